"""What really reaches a screen: partial repaints leave no holes, and the window opens and closes there.

`widget.grab()` paints everything anew, so only pixels read back from an X server show what a user sees.
"""

import os

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from soniq_desktop.app import build, name_application
from soniq_desktop.common.paths import Paths
from soniq_desktop.ui.spectrogram.canvas import GUTTER, SpectrogramCanvas
from soniq_desktop.ui.theme import Theme
from tests.live_fixtures import FakePlayer, make_track

OFFSCREEN = os.environ["QT_QPA_PLATFORM"] == "offscreen"
pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(OFFSCREEN, reason="needs an X server: run.py gives it Xvfb"),
]
RATE = 22050


def pixels(picture: QPixmap) -> np.ndarray:
    """(height, width, 4) uint8."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine() // 4, 4)[
        :, : image.width()
    ]


def on_screen(widget: QWidget) -> np.ndarray:
    return pixels(widget.screen().grabWindow(widget.winId()))


@pytest.fixture
def canvas(qtbot, tmp_path):
    Theme.current()
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(30 * RATE) / RATE)).astype(np.float32)
    player = FakePlayer(tone, RATE, make_track(tmp_path / "none.wav"))
    widget = SpectrogramCanvas(player)
    widget.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    widget.resize(GUTTER + 480, 300)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget, player
    widget.hide()


def test_axis_labels_stay_whole_while_the_picture_moves(canvas, qtbot):
    widget, player = canvas
    widget.set_playing(True)
    for _ in range(20):
        player.play_on(0.05)
        qtbot.wait(30)
    widget.set_playing(False)
    qtbot.wait(50)
    shown, whole = on_screen(widget), pixels(widget.grab())
    gutter = np.s_[: -widget.height() // 4, : GUTTER - 1, :3]
    assert whole[gutter].std() > 1, "the labels are there at all"
    np.testing.assert_array_equal(shown[gutter], whole[gutter])


def test_the_window_opens_on_a_screen_in_both_themes(qapp, qtbot, paths: Paths):
    name_application(qapp)
    assert not qapp.windowIcon().isNull()
    Theme.current().install(qapp)
    application = build(paths)
    window = application.window
    try:
        window.resize(1200, 760)
        window.show()
        qtbot.waitExposed(window)
        for theme in ("dark", "light"):
            application.settings.set("appearance.theme", theme)
            QTest.qWait(200)
            sidebar = QRect(
                window.sidebar.mapTo(window, window.sidebar.rect().topLeft()), window.sidebar.size()
            )
            blue, green, red, _ = on_screen(window)[sidebar.bottom() - 60, sidebar.left() + 3]
            assert (red, green, blue) == Theme.current().color("sidebar").getRgb()[:3]
    finally:
        window.close()
        application.close()
        QApplication.processEvents()
