"""The live spectrogram driven through mouse, keys and a player whose clock the test turns."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.library.records import Waveform
from soniq_desktop.ui.spectrogram.canvas import GUTTER, MODES, SpectrogramCanvas
from soniq_desktop.ui.spectrogram.loudness import LoudnessCurve
from soniq_desktop.ui.spectrogram.palette import colour_table, magma
from soniq_desktop.ui.theme import Theme
from tests.live_fixtures import FakePlayer, make_track

RATE = 22_050
SECONDS = 30
MEL, CHROMA, FFT, TEMPOGRAM = range(4)


@pytest.fixture(scope="module")
def tone_file(tmp_path_factory):
    """A440 with a click each half second, 30 s."""
    t = np.arange(SECONDS * RATE) / RATE
    tone = 0.25 * np.sin(2 * np.pi * 440 * t)
    clicks = np.exp(-((t * 2) % 1) * 60) * np.random.default_rng(0).standard_normal(t.size) * 0.3
    path = tmp_path_factory.mktemp("live") / "tone.wav"
    soundfile.write(path, (tone + clicks).astype(np.float32), RATE)
    return path


@pytest.fixture
def player(tone_file):
    samples, _ = soundfile.read(tone_file, dtype="float32")
    return FakePlayer(samples, RATE, make_track(tone_file))


@pytest.fixture
def canvas(qtbot, player):
    player.seek(12.0)
    player.seeks.clear()
    widget = SpectrogramCanvas(player)
    widget.resize(GUTTER + 480, 228)
    qtbot.addWidget(widget)
    widget.show()
    yield widget
    widget.hide()


def full(canvas: SpectrogramCanvas) -> bool:
    start = canvas.window_.start
    return canvas.source.memory.first_unknown(start, start + canvas.window_.seconds) >= start + 9.5


def wheel(canvas: SpectrogramCanvas, turns: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    at = QPointF(canvas.plot().center())
    event = QWheelEvent(
        at, canvas.mapToGlobal(at.toPoint()).toPointF(), QPoint(), QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_picture_is_full_soon_after_it_is_shown(canvas, qtbot):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    raster = canvas._picture._raster
    assert (raster.picture.max(axis=0) > 100).all()


def test_a_tone_lies_at_its_height(canvas, qtbot):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    raster = canvas._picture._raster
    row = int(np.argmax(raster.picture.astype(int).sum(axis=1)))
    hz = canvas._view.axis.value(1 - (row + 0.5) / raster.height)
    assert hz == pytest.approx(440, rel=0.05)


def test_what_is_heard_replaces_what_was_decoded_ahead(canvas, qtbot, player):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    player.gain = 0.1
    for _ in range(60):
        player.play_on(1 / 60)
        canvas._step()
    assert canvas.source.memory.gain == pytest.approx(-20.0, abs=1.0)
    heard = canvas.source.memory._heard.known(np.arange(12 * COLUMN_RATE, 13 * COLUMN_RATE))
    assert heard.sum() > 70


def test_seeking_fills_the_picture_around_the_new_place(canvas, qtbot, player):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    player.seek(25.0)
    canvas.refresh()
    assert canvas.window_.start == pytest.approx(25.0 - 0.58 * 9.6, abs=0.01)
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)


def test_a_click_seeks_to_the_time_under_it(canvas, qtbot, player):
    canvas.seek_requested.connect(player.seek)
    plot = canvas.plot()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.left() + plot.width() / 2), 60))
    assert player.seeks == [pytest.approx(canvas_middle(12.0), abs=0.05)]


def canvas_middle(position: float) -> float:
    return position - 0.58 * 9.6 + 4.8


def test_dragging_pans_and_stops_following(canvas, qtbot, player):
    canvas.seek_requested.connect(player.seek)
    before = canvas.window_.start
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseMove(canvas, QPoint(250, 60))
    qtbot.mouseMove(canvas, QPoint(204, 60))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(204, 60))
    assert not canvas.follow
    assert canvas.window_.start == pytest.approx(before + 96 / 480 * 9.6, abs=0.1)
    assert player.seeks == []


def test_wheel_zooms_time_and_with_ctrl_frequency(canvas):
    wheel(canvas, 2)
    assert canvas.window_.seconds == pytest.approx(9.6 / 1.25**2)
    wheel(canvas, 2, Qt.KeyboardModifier.ControlModifier)
    assert canvas._view.axis.zoomed
    assert "40 Hz – 16 kHz" not in canvas.range_text()
    canvas.reset_zoom()
    assert canvas.range_text() == "40 Hz – 16 kHz"
    assert canvas.window_text() == ("Window", "9.6 s")


def test_arrow_keys_move_the_cross_hair_and_it_speaks(canvas, qtbot, player):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    canvas.seek_requested.connect(player.seek)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    first = canvas.accessibleDescription()
    assert "Hz" in first
    assert "dB" in first
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.accessibleDescription() != first
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert len(player.seeks) == 1


def test_reading_finds_the_tone(canvas, qtbot):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    plot = canvas.plot()
    at = QPointF(plot.center().x(), plot.bottom() - canvas._view.axis.fraction(440.0) * plot.height())
    reading = canvas.reading(at)
    assert reading.head == "440 Hz"
    assert reading.side == "A4 ±0 ct"
    level = float(reading.right.removesuffix(" dB").replace("−", "-"))
    assert level == pytest.approx(-12.0, abs=2.5)


def test_every_mode_paints_and_names_its_range(canvas, qtbot, player):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    canvas._playing = True
    ranges = []
    for mode in range(len(MODES)):
        canvas.set_mode(mode)
        player.play_on(0.3)
        canvas._step()
        ranges.append(canvas.range_text())
        image = canvas.grab().toImage()
        colours = {image.pixel(x, y) for x in range(GUTTER, image.width(), 7) for y in range(0, 200, 3)}
        assert len(colours) > 10, MODES[mode]
    assert ranges == ["40 Hz – 16 kHz", "C – B, all octaves", "40 Hz – 16 kHz", "40 – 240 BPM"]


def test_chroma_shows_the_note(canvas, qtbot):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    canvas.set_mode(CHROMA)
    plot = canvas.plot()
    reading = canvas.reading(QPointF(plot.center().x(), plot.bottom() - 9.5 / 12 * plot.height()))
    assert (reading.head, reading.right) == ("A", "100 %")


def test_tempogram_estimates_the_clicks(canvas, qtbot):
    canvas.set_mode(TEMPOGRAM)
    qtbot.waitUntil(lambda: canvas.source.memory.first_unknown(4.0, 12.0) == 12.0, timeout=5000)
    canvas._tempo_at = 0.0
    canvas._step()
    assert canvas.tempo is not None
    assert canvas.tempo.bpm == pytest.approx(120.0, rel=0.02)


def test_timer_and_thread_run_only_while_they_are_needed(canvas, qtbot):
    assert not canvas._timer.isActive()
    canvas.set_playing(True)
    assert canvas._timer.isActive()
    canvas.set_playing(False)
    assert not canvas._timer.isActive()
    canvas.set_playing(True)
    canvas.hide()
    assert not canvas._timer.isActive()
    assert canvas.source._thread is None
    canvas.show()
    assert canvas._timer.isActive()


def test_a_file_that_cannot_be_decoded_shows_what_is_heard(qtbot, player, tmp_path):
    player._track = make_track(tmp_path / "gone.wav")
    canvas = SpectrogramCanvas(player)
    canvas.resize(GUTTER + 300, 200)
    qtbot.addWidget(canvas)
    canvas.show()
    qtbot.waitUntil(lambda: canvas.source._broken is not None, timeout=3000)
    for _ in range(30):
        player.play_on(1 / 30)
        canvas._step()
    assert canvas.source.memory.known(np.arange(20, 80)).all()
    canvas.hide()


def test_without_a_track_or_a_tap_it_stays_calm(qtbot, player):
    player._track = None
    player.tap = None
    canvas = SpectrogramCanvas(player)
    canvas.resize(400, 200)
    qtbot.addWidget(canvas)
    canvas.show()
    canvas.set_playing(True)
    for mode in range(len(MODES)):
        canvas.set_mode(mode)
        canvas.grab()
    canvas.hide()


def test_another_track_begins_with_an_empty_memory(canvas, qtbot, player, tone_file):
    qtbot.waitUntil(lambda: full(canvas), timeout=5000)
    player._track = make_track(str(tone_file) + ".other", 2)
    canvas.refresh()
    assert not canvas.source.memory.known(np.arange(0, 3000)).any()


def test_canvas_stays_dark_in_the_light_theme(canvas, qtbot):
    theme = Theme.current()
    before = theme.mode
    try:
        theme.set_mode("light")
        canvas.set_mode(FFT)
        corner = canvas.grab().toImage().pixelColor(GUTTER + 30, 8)
        assert corner.lightness() < 40
    finally:
        theme.set_mode(before)


def test_palette_is_dark_to_bright_and_fades_towards_the_canvas():
    canvas = QColor("#07080C")
    bright, dim = colour_table(canvas), colour_table(canvas, 0.5)
    lightness = [QColor(value).lightness() for value in bright]
    assert len(bright) == 256
    assert lightness[0] < 10
    assert lightness[-1] > 200
    assert QColor(dim[255]).lightness() < lightness[-1]
    assert magma().shape == (256, 3)


def test_loudness_curve_seeks_by_click_and_keys(qtbot):
    curve = LoudnessCurve()
    curve.resize(400, 44)
    qtbot.addWidget(curve)
    curve.show()
    quiet = np.zeros(8, np.uint8)
    curve.set_waveform(Waveform(quiet, quiet, quiet, np.array([-np.inf, -20, -10, -12], np.float32)))
    curve.set_duration(200.0)
    curve.set_position(50.0)
    assert curve.measured
    assert curve.accessibleDescription() == "0:50 of 3:20"
    curve.grab()
    seeks: list[float] = []
    curve.seek_requested.connect(seeks.append)
    qtbot.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(200, 20))
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    qtbot.keyClick(curve, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert seeks == [pytest.approx(100.0), 55.0, 20.0]


def test_loudness_of_silence_is_not_a_curve(qtbot):
    curve = LoudnessCurve()
    qtbot.addWidget(curve)
    quiet = np.zeros(8, np.uint8)
    curve.set_waveform(Waveform(quiet, quiet, quiet, np.full(4, -np.inf, np.float32)))
    assert not curve.measured
    curve.grab()
