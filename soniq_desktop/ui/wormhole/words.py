"""What the Wormhole page says about paths and hops."""

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.discovery.wormhole_hops import Hop
from soniq_desktop.discovery.wormhole_reasons import signed
from soniq_desktop.library.records import Track
from soniq_desktop.ui.genres import genre_family, split_genres
from soniq_desktop.ui.songs.text import key_texts, long_duration, songs, tempo_text

THIN = "\u202f"
LARGE_TEMPO = 12.0  # per cent, from which on a change of tempo is marked in a weak hop


def headline(path: Wormhole, *, short: bool = False) -> str:
    """ "12 songs · 48 min · mean smoothness 0.88, random order 0.41"; short: "... · 0.88, random 0.41"."""
    length = long_duration(sum(track.tags.duration for track in path.tracks))
    parts = [songs(len(path.tracks)), length]
    if path.hops and short:
        parts.append(f"{figure(path.smoothness)}, random {figure(path.random_order)}")
    elif path.hops:
        parts.append(f"mean smoothness {figure(path.smoothness)}, random order {figure(path.random_order)}")
    return " · ".join(parts)


def found_in(path: Wormhole, seconds: float) -> str:
    """ "Found in 0.14 s across 20,418 songs."; what the seed does."""
    seed = (
        "The same seed always gives the same path."
        if path.recipe.detour
        else ("Without a detour there is one most direct path; the seed changes nothing.")
    )
    return f"Found in {max(seconds, 0.01):.2f}{THIN}s across {songs(path.among)}. {seed}"


def figure(smoothness: float) -> str:
    """ "0.88", "−0.12"."""
    return f"{smoothness:.2f}".replace("-", "−")


def short_figure(smoothness: float) -> str:
    """ ".88" beside a line."""
    text = figure(smoothness)
    return text.replace("0.", ".", 1) if text.lstrip("−").startswith("0.") else text


def family_of(track: Track) -> str:
    """The genre family that gives a track its colour, or an empty string."""
    names = split_genres(track.tags.genre)
    return next((family for name in names if (family := genre_family(name))), "")


def tempo_words(track: Track, hop: Hop | None) -> tuple[str, str]:
    """("124", "+11 %"), with empty strings for what is not known."""
    change = hop.tempo_change if hop else None
    return tempo_text(track.features), "" if change is None else f"{signed(change)}{THIN}%"


def key_words(before: Track, track: Track) -> tuple[str, str]:
    """("7A", "→ 8A"), ("5A", "same"), ("", "→ 8A") where the earlier one is not known."""
    first, last = key_texts(before.features)[0], key_texts(track.features)[0]
    if not last:
        return first or "", "→ —" if first else ""
    if first == last:
        return first, "same"
    return (first, f"→ {last}") if first else (last, "")


def node_name(path: Wormhole, place: int, *, playing: bool = False, pinned: bool = False) -> str:
    """What a screen reader says for a song of the path."""
    track = path.tracks[place]
    parts = [f"{place + 1} of {len(path.tracks)}", track.title, track.artist]
    if place:
        hop = path.hops[place - 1]
        weak = ", weak hop" if hop.weak else ""
        parts.append(f"smoothness {figure(hop.smoothness)} from the song before{weak}")
    parts += ["playing"] * playing + ["keeps its place"] * pinned
    return ", ".join(parts)


def row_name(path: Wormhole, row: int, *, playing: bool = False) -> str:
    """What a screen reader says for a row: the hop that arrives at song `row` + 1."""
    before, track, hop = path.tracks[row], path.tracks[row + 1], path.hops[row]
    tempo, change = tempo_words(track, hop)
    code, key = key_words(before, track)
    parts = [
        f"{row + 1} to {row + 2}", track.title, track.artist,
        f"{tempo} BPM {change}".strip() if tempo else "", f"key {code} {key}".strip() if code else "",
        f"smoothness {figure(hop.smoothness)}", "weak hop" if hop.weak else "", hop.reason,
        "playing" if playing else "",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


def tunnel_name(path: Wormhole) -> str:
    """One sentence about the picture, with the number that matters."""
    worst = path.worst
    tail = (
        ""
        if worst is None
        else (f"; the worst hop is {figure(path.hops[worst].smoothness)}, from {worst + 1} to {worst + 2}")
    )
    return (
        f"Path of {songs(len(path.tracks))} from {path.tracks[0].title} to {path.tracks[-1].title}, "
        f"mean smoothness {figure(path.smoothness)}{tail}"
    )
