"""From a score to a record: play the parts, place them in a room, balance, limit."""

from dataclasses import dataclass

import numpy as np

from soniq_desktop.demo import dsp
from soniq_desktop.demo.dsp import RATE, Signal
from soniq_desktop.demo.instruments import VOICES
from soniq_desktop.demo.score import Note, Part, Piece, Stem

STEMS: tuple[Stem, ...] = ("drums", "bass", "vocals", "other")
VARIANTS = 3  # takes of each note, so that repeats are not machine-like
KICKS = frozenset({"kick", "deep_kick", "soft_kick", "rock_kick"})
CEILING = 0.80  # -1.9 dBFS, so that peaks between the samples stay below full scale


@dataclass(frozen=True, slots=True)
class Record:
    """The finished sound (n, 2) at 44.1 kHz, and its stems where they were asked for; they sum to it."""

    sound: Signal
    stems: dict[Stem, Signal]


class _Player:
    """Plays notes; a sound that was made once is used again."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made: dict[tuple[str, int, int, int, int], Signal] = {}

    def sound(self, instrument: str, note: Note, held: float, take: int) -> Signal:
        """Stereo; velocity in eighths and length in 20 ms steps, so that notes can share a sound."""
        strength = max(1, round(note.velocity * 8))
        key = (instrument, round(note.pitch * 100), round(held * 50), strength, take % VARIANTS)
        if key not in self._made:
            # crc-like but stable: the sound of a note does not depend on what was played before it
            seed = [self._seed, *instrument.encode(), *(abs(part) for part in key[1:])]
            rng = np.random.default_rng(seed)
            made = VOICES[instrument](note.pitch, max(held, 0.04), strength / 8, rng).astype(np.float32)
            self._made[key] = made if made.ndim == 2 else np.repeat(made[:, None], 2, axis=1)
        return self._made[key]


def _pan(position: float) -> Signal:
    """Equal-power gains for -1 (left) .. 1 (right), 1 in the middle."""
    angle = (position + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))


def _perform(part: Part, piece: Piece, player: _Player, rng: np.random.Generator, count: int) -> Signal:
    """All notes of one part, (count, 2), with human timing and touch."""
    out = np.zeros((count, 2), np.float32)
    for number, note in enumerate(sorted(part.notes, key=lambda n: (n.start, n.pitch))):
        beat = piece.swung(note.start) if part.swing else note.start
        start = float(piece.seconds(beat))
        held = float(piece.seconds(beat + note.length)) - start
        late = float(np.clip(rng.normal(0, part.loose), -2.5 * part.loose, 2.5 * part.loose))
        touch = float(np.clip(note.velocity * rng.normal(1, 0.04), 0.05, 1.0))
        sound = player.sound(note.instrument or part.instrument, note, held, number)
        at = max(0, int((start + late) * RATE))
        end = min(count, at + len(sound))
        side = np.clip(part.pan + part.width * (note.pitch - 60) / 24, -1, 1)
        out[at:end] += sound[: end - at] * (_pan(side) * np.float32(touch**1.4))
    return out


def _treat(sound: Signal, part: Part) -> Signal:
    if part.drive:
        sound = dsp.overdrive(sound, part.drive)
    if part.chorus:
        sound = dsp.chorus(sound, part.chorus)
    return sound


def _level(sound: Signal, target: float) -> Signal:
    """Bring the louder moments (90th percentile of what is not silence) to `target` LUFS."""
    blocks = dsp.momentary(sound)
    heard = blocks[blocks > blocks.max() - 25]
    return sound * np.float32(10 ** ((target - np.percentile(heard, 90)) / 20))


def _ducking(piece: Piece, count: int) -> Signal:
    """1 where nothing kicks, dips to 0 at each kick and comes back within 0.22 s."""
    gain = np.ones(count, np.float32)
    length = int(0.22 * RATE)
    dip = np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 1.5
    dip[:130] = np.maximum(dip[:130], np.linspace(1, 0, 130, dtype=np.float32))
    for part in piece.parts:
        for note in part.notes:
            if (note.instrument or part.instrument) in KICKS:
                at = int(float(piece.seconds(note.start)) * RATE)
                end = min(count, at + length)
                gain[at:end] = np.minimum(gain[at:end], dip[: end - at])
    return gain


def render(piece: Piece, seed: int, *, stems: bool = False) -> Record:
    """Play, mix and master a piece. The same seed gives the same samples."""
    count = int(piece.duration * RATE)
    player, rng = _Player(seed), np.random.default_rng([seed, 1])
    groups: dict[Stem, list[Part]] = {
        name: [p for p in piece.parts if p.stem == name and p.notes] for name in STEMS
    }
    gain = _ducking(piece, count) if any(part.duck for part in piece.parts) else None
    buses: dict[Stem, Signal] = {}
    for name, parts in groups.items():
        if parts:
            buses[name] = _bus(parts, piece, player, rng, count, gain)
    if stems:
        return _master_stems(buses, piece)
    return Record(_master(sum(buses.values(), np.zeros((count, 2), np.float32)), piece), {})


def _bus(
    parts: list[Part],
    piece: Piece,
    player: _Player,
    rng: np.random.Generator,
    count: int,
    gain: Signal | None,
) -> Signal:
    """Parts of one stem with their share of the room and the delay."""
    dry, room, delay = (np.zeros((count, 2), np.float32) for _ in range(3))
    for part in parts:
        sound = _level(_treat(_perform(part, piece, player, rng, count), part), part.level)
        if part.duck and gain is not None:
            sound *= (1 - part.duck * (1 - gain))[:, None]
        dry += sound
        room += part.reverb * sound
        if part.delay:
            delay += part.delay * sound
    if delay.any():
        wet = dsp.echo(delay, 0.75 * 60.0 / piece.tempo)
        dry += wet
        room += 0.3 * wet
    return dry + dsp.reverb(room, piece.room).astype(np.float32)


def _master_gain(mix: Signal, piece: Piece) -> tuple[Signal, float]:
    mix = dsp.band(mix, 26.0, None)
    return mix, 10 ** ((piece.target - dsp.loudness(mix)) / 20)


def _master(mix: Signal, piece: Piece) -> Signal:
    """Rumble filter, loudness, limiter, and an end that is really silent."""
    mix, gain = _master_gain(mix, piece)
    return dsp.fade_out(dsp.limit(mix * np.float32(gain), CEILING), 0.6)


def _master_stems(buses: dict[Stem, Signal], piece: Piece) -> Record:
    """Stems that sum to the record exactly: they get the gain and the limiter's curve of the whole."""
    mix = sum(buses.values(), np.zeros_like(next(iter(buses.values()))))
    filtered, gain = _master_gain(mix, piece)
    loud = filtered * np.float32(gain)
    whole = dsp.fade_out(dsp.limit(loud, CEILING), 0.6)
    curve = np.where(np.abs(loud) > 1e-6, whole / np.where(np.abs(loud) > 1e-6, loud, 1), 1).astype(
        np.float32
    )
    return Record(
        whole, {name: dsp.band(bus, 26.0, None) * np.float32(gain) * curve for name, bus in buses.items()}
    )
