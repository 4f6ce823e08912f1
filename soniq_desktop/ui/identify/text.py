"""The words of the page: levels, confidence, reasons."""

import time

from soniq_desktop.fingerprint.records import EvidencePeak, Match
from soniq_desktop.fingerprint.reports import Trouble
from soniq_desktop.ui.genres import genre_family

RAREST = 1e-4  # false alarms a question: smaller rates are extrapolated, not counted
QUIET, FAINT, LOUD = -62.0, -46.0, -3.0  # dB


def level_words(level: float) -> str:
    """What to do about the level, where something should be done."""
    if level < QUIET:
        return "Almost silent"
    if level < FAINT:
        return "Quiet: move closer"
    return "Too loud" if level > LOUD else "Level is good"


def decibels(level: float) -> str:
    """ "−18 dB" with a true minus."""
    rounded = round(level)
    return f"−{-rounded} dB" if rounded < 0 else f"{rounded} dB"


def confidence_words(confidence: float) -> str:
    """How sure that is, as one would say it."""
    for least, words in ((0.995, "certain"), (0.97, "almost certain"), (0.9, "very likely")):
        if confidence >= least:
            return words
    return "likely"


def percent(share: float) -> str:
    """ "96 %"; never "100 %", which nothing measured is."""
    return f"{min(99, round(share * 100))} %"


def lit(evidence: tuple[EvidencePeak, ...]) -> int:
    """How many peaks were heard where the track has them."""
    return sum(peak.matched for peak in evidence)


def reason(match: Match) -> str:
    """Why it is sure."""
    heard = lit(match.evidence)
    parts = []
    if match.evidence:
        parts.append(f"{heard:,} of {len(match.evidence):,} peaks of this song line up at one offset.")
    parts.append(false_alarm(match.false_alarm_rate))
    return " ".join(parts)


def false_alarm(rate: float) -> str:
    """How often music that is not in the library would look like this."""
    if rate < RAREST:
        return f"Unknown music looks like this in fewer than one of {1 / RAREST:,.0f} cases."
    every = 1 / rate
    if every < 10:
        return f"Unknown music looks like this in {rate * 100:.0f} of 100 cases."
    steps = 10 ** (len(str(int(every))) - 1)
    return f"Unknown music looks like this about once in {round(every / steps) * steps:,} cases."


def speed(match: Match) -> str:
    """ "played 0.4 % fast", or nothing where it is not noticeable."""
    tempo, pitch = (match.tempo_ratio - 1) * 100, (match.pitch_ratio - 1) * 100
    if abs(tempo) < 0.15 and abs(pitch) < 0.15:
        return "at its own speed"
    if abs(tempo - pitch) < 0.5:
        return f"played {abs(tempo):.1f} % {'fast' if tempo > 0 else 'slow'}"
    parts = []
    if abs(tempo) >= 0.15:
        parts.append(f"tempo {tempo:+.1f} %".replace("-", "−"))
    if abs(pitch) >= 0.15:
        parts.append(f"pitch {pitch:+.1f} %".replace("-", "−"))
    return ", ".join(parts)


def seconds_text(seconds: float) -> str:
    """ "3.2 s"."""
    return f"{seconds:.1f} s"


def when(timestamp: float) -> str:
    """ "14:06" today, otherwise the day too."""
    then = time.localtime(timestamp)
    clock = time.strftime("%H:%M", then)
    if then[:3] == time.localtime()[:3]:
        return clock
    return f"{then.tm_mday} {time.strftime('%b', then)}, {clock}"


def families(tags: tuple[tuple[str, float], ...], most: int = 2) -> list[str]:
    """Genre families among the embedder's words, strongest first."""
    found = dict.fromkeys(family for name, _ in tags if (family := genre_family(name)))
    return list(found)[:most]


# kind of trouble -> icon, title, words of the one action
TROUBLES = {
    "none": ("ph.microphone-slash", "No microphone", "Try again"),
    "library": ("ph.microphone-slash", "No sound system", "Try again"),
    "denied": ("ph.microphone-slash", "No permission", "Open privacy settings"),
    "busy": ("ph.microphone-slash", "Microphone not available", "Try again"),
    "silent": ("ph.microphone-slash", "Microphone switched off", "Try again"),
    "lost": ("ph.microphone-slash", "Microphone unplugged", "Try again"),
    "file": ("ph.warning", "File not readable", "Choose another file"),
    "empty": ("ph.folder-plus", "No music yet", "Add folder"),
    "error": ("ph.warning", "That did not work", "Try again"),
}


def trouble_parts(trouble: Trouble) -> tuple[str, str, str]:
    """Icon, title and action."""
    return TROUBLES.get(trouble.kind, TROUBLES["error"])
