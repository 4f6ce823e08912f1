"""What the stems page says about engines, progress and memory. Pure values."""

from typing import TYPE_CHECKING

from soniq_desktop.library.records import Track
from soniq_desktop.ui.songs.text import clock, file_size, key_texts, spoken_time, tempo_text, time_left
from soniq_desktop.ui.stems.look import look

if TYPE_CHECKING:
    from soniq_desktop.services.stem_choices import EngineChoice
    from soniq_desktop.services.stem_jobs import StemProgress

KEPT = "Result is kept with the track, so this runs once per song."
ABOUT = {
    "htdemucs": "The best separation that runs on this computer, in four stems.",
    "htdemucs-onnx": "The same network in its ONNX form.",
    "spleeter": "Several times faster and lighter, in two stems: enough for karaoke.",
}
GAP = "   ·   "


def facts(track: Track) -> str:
    """ "Tin Meridian · 124 BPM · 8A · 4:12", without what is not known."""
    tempo = tempo_text(track.features)
    parts = (
        track.artist,
        f"{tempo} BPM" if tempo else "",
        key_texts(track.features)[0],
        clock(track.tags.duration) if track.tags.duration else "",
    )
    return " · ".join(part for part in parts if part)


def stems_text(stems: tuple[str, ...]) -> str:
    """ "Vocals, drums, bass and other"."""
    names = [look(stem).title.lower() for stem in stems]
    text = ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
    return text.capitalize()


def about(seconds: float) -> str:
    """ "about 1 min 20 s", rounded as a forecast should be."""
    if seconds < 10:
        return "a few seconds"
    step = 5 if seconds < 90 else 15 if seconds < 600 else 60
    return f"about {time_left(round(seconds / step) * step).removesuffix(' left').removesuffix(' 0 s')}"


def time_text(choice: "EngineChoice") -> str:
    """How long one waits, and where that comes from."""
    source = "as measured here" if choice.learned else "estimated"
    return f"{about(choice.seconds)}, {source}"


def memory_text(choice: "EngineChoice") -> str:
    """ "1.5 GB, 12.4 GB are free"."""
    return f"{gigabytes(choice.memory)}, {gigabytes(choice.free_memory)} are free"


def short_of_memory(choice: "EngineChoice") -> str:
    """Why an engine does not fit."""
    return (
        f"{choice.title} needs about {gigabytes(choice.memory)} of memory, "
        f"and {gigabytes(choice.free_memory)} are free."
    )


def gigabytes(size: float) -> str:
    """ "1.5 GB"."""
    return f"{size / 1e9:.1f} GB"


def download_text(choice: "EngineChoice") -> str:
    """ "84 MB download", or where the weights are."""
    if choice.installed:
        return "on this computer"
    size = file_size(choice.download_bytes)
    return f"{file_size(choice.received)} of {size} are here" if choice.received else f"{size} download"


def share(progress: "StemProgress") -> float | None:
    """0 to 1 of the separation, None while nothing is known."""
    if progress.stage == "loading" or not progress.duration:
        return None
    return min(1.0, progress.seconds_ready / progress.duration)


def headline(progress: "StemProgress") -> str:
    """ "Separating, 62 %"."""
    done = share(progress)
    if progress.stage == "loading":
        return "Loading the model"
    percent = f", {int((done or 0) * 100)} %"
    return f"{'Paused' if progress.stage == 'paused' else 'Separating'}{percent}"


def figures(progress: "StemProgress") -> str:
    """ "48 s left · 2:36 of 4:12 ready to play"."""
    ready = ""
    if progress.duration:
        ready = f"{clock(progress.seconds_ready)} of {clock(progress.duration)} ready to play"
    left = "" if progress.stage == "paused" else time_left(progress.seconds_left)
    return GAP.join(part for part in (left, ready) if part)


def memory_now(progress: "StemProgress") -> str:
    """ "2.9 of 16 GB, peak about 3.4"."""
    if not progress.memory:
        return ""
    total = f" of {progress.total_memory / 1e9:.0f} GB" if progress.total_memory else " GB"
    return f"{progress.memory / 1e9:.1f}{total}, peak {progress.peak_memory / 1e9:.1f}"


def device_text(progress: "StemProgress") -> str:
    """ "4 CPU threads", "GPU"."""
    if progress.device == "cpu" and progress.threads:
        return f"{progress.threads} CPU thread{'' if progress.threads == 1 else 's'}"
    return {"cuda": "GPU (CUDA)", "mps": "GPU (Metal)", "cpu": "CPU"}.get(progress.device, "")


def next_chunk(progress: "StemProgress | None") -> str:
    """ "Next: chunk 17 of 26"."""
    if progress is None or not progress.chunks or progress.chunk >= progress.chunks:
        return ""
    word = "Paused before" if progress.stage == "paused" else "Next:"
    return f"{word} chunk {progress.chunk + 1} of {progress.chunks}"


def spoken(progress: "StemProgress") -> str:
    """For a screen reader."""
    left = "" if progress.seconds_left is None else f", {spoken_time(progress.seconds_left)} left"
    return headline(progress) + left
