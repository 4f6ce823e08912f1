"""Files, differences and likenesses as words."""

from soniq_desktop.fingerprint.duplicates import Copy, Group, is_copy, is_version
from soniq_desktop.library.records import Track
from soniq_desktop.services.duplicates import Found, Likeness
from soniq_desktop.ui.songs.text import clock, day, file_size, songs

NOTHING = "They have no stretch of sound in common. Another performance is another recording."
NOTICED = 0.5  # seconds by which copies begin apart, from which on it is said
CODECS = {
    "mp3": "MP3", "flac": "FLAC", "vorbis": "Ogg Vorbis", "opus": "Opus", "aac": "AAC", "alac": "ALAC",
    "wav": "WAV", "aiff": "AIFF", "wavpack": "WavPack", "pcm": "WAV", "wmav2": "WMA",
}  # fmt: skip


def format_text(track: Track) -> str:
    """ "FLAC · 24 bit · 96 kHz", "MP3 · 128 kbit/s · 44.1 kHz"."""
    tags = track.tags
    quality = f"{tags.bit_depth} bit" if tags.bit_depth else ""
    if not quality and tags.bitrate:
        quality = f"{tags.bitrate / 1000:.0f} kbit/s"
    rate = f"{tags.sample_rate / 1000:g} kHz" if tags.sample_rate else ""
    return " · ".join(filter(None, (CODECS.get(tags.codec, tags.codec), quality, rate)))


def history_text(track: Track) -> str:
    """When it was added, and what the user did with it."""
    added = f"added {day(track.added_at)}" if track.added_at else ""
    plays = "" if not track.plays else f"{track.plays:,} play{'' if track.plays == 1 else 's'}"
    return " · ".join(filter(None, (added, plays, "liked" if track.liked else "")))


def difference_text(copy: Copy) -> str:
    """How a copy differs in time from the one that is proposed to be kept."""
    if copy.identical:
        return "the same sound, bit by bit"
    if abs(copy.offset_seconds) < NOTICED:
        return ""
    way = "later" if copy.offset_seconds < 0 else "earlier"
    return f"begins {abs(copy.offset_seconds):.1f} s {way} in the music"


def group_facts(group: Group) -> str:
    """ "Ostra Kvarn · 3 files · 24 MB in the others"."""
    others = sum(copy.track.size for copy in group.copies)
    size = f"{file_size(others)} in the other{'s' if len(group.copies) > 1 else ''}" if others else ""
    return " · ".join(filter(None, (group.keep.artist, f"{len(group.copies) + 1} files", size)))


def summary(found: Found) -> str:
    """Figures beside the page's title."""
    groups = found.duplicates.groups
    if not groups:
        return ""
    spare = sum(copy.track.size for group in groups for copy in group.copies)
    noun = "song" if len(groups) == 1 else "songs"
    held = f" · {file_size(spare)} in the copies" if spare else ""
    return f"{len(groups):,} {noun} more than once{held}"


def coverage(found: Found) -> str:
    """What was compared; and what could not be yet."""
    left = found.tracks - found.compared
    text = f"{songs(found.compared)} compared by sound."
    if found.complete and left > 0:
        text += " The others are equal files, or have not been analysed yet."
    return text


def overlap_text(one: Track, other: Track, offset: float, overlap: float) -> str:
    """ "2:31 in common. “Edit” begins 0:12 into “Album version”"."""
    common = f"{clock(overlap)} in common"
    if abs(offset) < NOTICED:
        return f"{common}, from the same moment on"
    later, earlier = (other, one) if offset < 0 else (one, other)
    return f"{common}. “{later.title}” begins {clock(abs(offset))} into “{earlier.title}”"


def verdict(likeness: Likeness) -> tuple[str, str]:
    """Title and sentence of the answer to "is this the same recording"."""
    one, other, relation = likeness.one, likeness.other, likeness.relation
    if not likeness.known:
        return "Not known yet", "One of them has not been analysed. Ask again when SONIQ has listened to it."
    if relation is None:
        return "Not the same recording", NOTHING
    common = overlap_text(one, other, relation.offset_seconds, relation.overlap_seconds)
    shares = f"{percent(relation.share)} of the first and {percent(relation.share_of_other)} of the second"
    if is_copy(relation):
        return "The same recording", f"{common}: {shares}."
    if is_version(relation):
        return "Two versions of one recording", f"{common}: {shares}."
    return (
        "Different recordings that share a part",
        f"{common}: {shares}. A sample or a loop may be the cause.",
    )


def percent(share: float) -> str:
    """ "97 %"; never a rounded 100 %."""
    whole = round(100 * min(1.0, share))
    return f"{99 if whole == 100 and share < 0.995 else whole} %"
