"""Grad-CAM by deletion: does masking what it marks lower the class more than masking as much at random?

    python -m tests.bench.bench_gradcam FOLDER [--tracks 40] [--seconds 3.7]

FOLDER holds music. Of each track 3.7 s (or `--seconds`) from its middle are explained, the likeliest class;
the hottest 20 % of the blocks become the image's mean, then eight random 20 %. Prints mean probabilities, how
often the hottest cost more, and the processor time of an explanation without the decode.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from soniq_desktop.analysis.genre.gradcam import deletion, excerpt, explain_image, loaded, picture, setup
from soniq_desktop.audio.decode import probe
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.models.genre_mel import FRAME_SECONDS, WINDOW_FRAMES

SOUND = {".ogg", ".mp3", ".flac", ".wav", ".opus", ".m4a"}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--tracks", type=int, default=40)
    arguments.add_argument("--seconds", type=float, default=WINDOW_FRAMES * FRAME_SECONDS)
    given = arguments.parse_args()
    setup()
    files = sorted(path for path in given.folder.rglob("*") if path.suffix.lower() in SOUND)
    rows, seconds = [], []
    for path in files[:: max(1, len(files) // (3 * given.tracks))]:
        try:
            duration = probe(str(path)).duration
            if duration < 20:
                continue
            image = picture(excerpt(str(path), duration / 2, given.seconds + 0.05))
            image = image[: round(given.seconds / FRAME_SECONDS)]
        except SoniqError:
            continue
        began = time.process_time()
        explanation = explain_image(loaded("genre_crnn"), image)
        seconds.append(time.process_time() - began)
        found = deletion(loaded("genre_crnn"), explanation)
        rows.append((found.whole, found.without_hottest, found.without_random))
        if len(rows) == given.tracks:
            break
    whole, hottest, random = np.array(rows).T
    print(f"{len(rows)} tracks")
    print(f"probability of the class: {whole.mean():.3f}")
    print(f"without the hottest 20 %: {hottest.mean():.3f} (drop {(whole - hottest).mean():.3f})")
    print(f"without random 20 %:      {random.mean():.3f} (drop {(whole - random).mean():.3f})")
    print(f"the hottest cost more in  {(hottest < random).mean():.0%} of tracks")
    print(f"processor time:           {1000 * np.median(seconds):.0f} ms an explanation")


if __name__ == "__main__":
    main()
