"""Identification through the air: tracks of a library played into the virtual room with noise.

    SONIQ_HOME=... python -m tests.bench.bench_identify_room NOISE [--snr 5 0 -3] [--tracks 20]

NOISE is a sound file (a coffee shop, say). Every track is played from a random place with noise of the given
level, recorded with the virtual microphone, and identified block by block as the window does it. The table
says how many were named rightly, wrongly or not at all, after how many seconds, and how far apart the errors
of the place in the track lie (their mean is the way from the player's pipe to the microphone).
"""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.capture import Recording, choose_input, input_devices
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.reports import Identified
from soniq_desktop.fingerprint.session import listen
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track
from tests.virtual_card import RATE, play_into_room, virtual_card

LENGTH = 18.0  # seconds that are played
Samples = NDArray[np.float32]


def read(path: str, start: float, seconds: float) -> Samples:
    decoder = Decoder(path, RATE, 1)
    decoder.seek(round(start * RATE))
    samples = decoder.read(round(seconds * RATE))[:, 0]
    decoder.close()
    return samples


def mixed(music: Samples, noise: Samples, snr: float, shift: int) -> Samples:
    """Music and noise at a microphone's level."""
    noise = np.roll(np.resize(noise, len(music)), shift)
    noise = noise / np.sqrt(np.mean(noise**2)) * 10 ** (-snr / 20)
    return (0.06 * (music / np.sqrt(np.mean(music**2)) + noise)).astype(np.float32)


def pieces(tracks: list[Track]) -> Iterator[tuple[Track, float, Samples]]:
    """Tracks that are long enough, with the place and the sound of a piece."""
    dice = np.random.default_rng(7)
    for track in tracks:
        start = dice.uniform(10.0, 60.0)
        music = read(track.path, start, LENGTH)
        if len(music) >= LENGTH * RATE - 1 and music.any():
            yield track, start, music


def ask(variables: dict[str, str], sound: Samples, engine: Identifier) -> tuple[Identified | None, float]:
    """The answer, and when the music began, by the monotonic clock."""
    with play_into_room(variables, sound):
        begun = time.monotonic()
        time.sleep(0.7)
        recording = Recording(choose_input(None, input_devices()))
        last = [each for each in listen(recording, engine, Path(os.devnull) / "none") if each is not None][-1]
    return (last if isinstance(last, Identified) else None), begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("noise")
    parser.add_argument("--snr", type=float, nargs="+", default=[5.0, 0.0, -3.0])
    parser.add_argument("--tracks", type=int, default=20)
    options = parser.parse_args()
    paths = Paths.from_environment()
    noise = read(options.noise, 0.0, 120.0)
    store = FingerprintStore(paths.fingerprints, merging=False)
    engine = Identifier(store)
    with Catalogue(paths.catalogue) as catalogue, virtual_card() as variables:
        os.environ.update(variables)
        chosen = list(pieces(catalogue.tracks(store.track_ids()[: options.tracks].tolist())))
        print("SNR dB   right  wrong  none   median s   longest s   spread of places, ms")
        for snr in options.snr:
            seconds, errors, wrong = [], [], 0
            for number, (track, start, music) in enumerate(chosen):
                sound = mixed(music, noise, snr, number * 7 * RATE)
                answer, begun = ask(variables, sound, engine)
                if answer is None:
                    continue
                if answer.match.track_id != track.id:
                    wrong += 1
                    continue
                seconds.append(answer.heard)
                errors.append(answer.match.offset_seconds - start - ((answer.started or 0.0) - begun))
            none = len(chosen) - wrong - len(seconds)
            print(
                f"{snr:6.1f} {len(seconds):7} {wrong:6} {none:5} {np.median(seconds):10.1f}"
                f" {max(seconds):11.1f} {1000 * np.ptp(errors):22.0f}",
                flush=True,
            )
    store.close()


if __name__ == "__main__":
    main()
