"""Sound with many channels."""

from fractions import Fraction

import av
import numpy as np
import pytest

from soniq_desktop.analysis.listen import listen_to_file
from soniq_desktop.audio.decode import Decoder

RATE, FRAME = 48_000, 960


@pytest.fixture
def seven_point_one(tmp_path):
    """One second of Opus, which FFmpeg decodes into eight planes; only the left channel sounds."""
    path = tmp_path / "surround.opus"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.layout, stream.format = "7.1", "flt"
        for start in range(0, RATE, FRAME):
            block = np.zeros((FRAME, 8), np.float32)
            block[:, 0] = 0.5 * np.sin(2 * np.pi * 440 * np.arange(start, start + FRAME) / RATE)
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "flt", "7.1")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def test_eight_planes_can_be_played(seven_point_one):
    decoder = Decoder(seven_point_one)
    samples = decoder.read(RATE)
    decoder.close()
    assert samples.shape == (RATE, 2)
    left, right = np.sqrt(np.mean(samples[4_800:-4_800] ** 2, axis=0))
    assert left > 0.05
    assert right < 0.1 * left


def test_eight_planes_keep_their_time(seven_point_one):
    decoder = Decoder(seven_point_one)
    whole = decoder.read(RATE)
    decoder.seek(RATE // 2)
    part = decoder.read(RATE)
    decoder.close()
    assert np.allclose(part, whole[RATE // 2 :], atol=0.01)


def test_eight_planes_can_be_listened_to(seven_point_one):
    assert listen_to_file(seven_point_one).features.loudness == pytest.approx(-10, abs=1.5)
