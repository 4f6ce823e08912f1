"""The player bar, the waveform, the right panel and the queue: they show the player and steer it."""

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent

from soniq_desktop.ui.player_bar import NO_TIME, PlayerBar
from soniq_desktop.ui.queue_list import SHOWN, QueueList
from soniq_desktop.ui.right_panel import RightPanel
from soniq_desktop.ui.songs.drag import track_mime
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.waveform_bar import WaveformBar, ramp_table
from tests.ui_fixtures import FakeLibrary, fake_services, make_track, make_waveform


@pytest.fixture
def services(qapp) -> Any:
    Theme.current()
    return fake_services(50)


@pytest.fixture
def bar(services: Any, qtbot) -> PlayerBar:
    bar = PlayerBar(services)
    qtbot.addWidget(bar)
    bar.resize(1440, 88)
    bar.show()
    return bar


@pytest.fixture
def panel(services: Any, qtbot) -> RightPanel:
    panel = RightPanel(services)
    qtbot.addWidget(panel)
    panel.resize(319, 756)
    panel.show()
    return panel


def test_with_nothing_loaded_the_bar_is_there_but_disabled(bar: PlayerBar) -> None:
    assert bar.title.text() == "Nothing playing"
    assert not bar.play.isEnabled()
    assert not bar.waveform.isEnabled()
    assert bar.elapsed.text() == NO_TIME
    assert bar.volume.isEnabled()


def test_the_bar_shows_what_plays_and_where(bar: PlayerBar, services: Any, qtbot) -> None:
    services.player.play([4, 5], 0)
    services.player.seek(98.4)
    assert bar.title.text() == make_track(4).title
    assert bar.elapsed.text() == "1:38"
    assert bar.waveform.value_text() == "1:38 of 2:28"
    assert bar.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: bar.waveform._waveform is not None)
    assert bar.play.playing


def test_transport_buttons_steer_the_player(bar: PlayerBar, services: Any, qtbot) -> None:
    player = services.player
    player.play([1, 2, 3], 1)
    for button, index in ((bar.next, 2), (bar.previous, 1), (bar.previous, 0)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert player.current_index() == index
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert player.state() == "paused"
    assert bar.play.accessibleName() == "Play"


def test_shuffle_repeat_crossfade_and_mute_go_round(bar: PlayerBar, services: Any) -> None:
    player = services.player
    player.play([1], 0)
    bar.shuffle.click()
    assert player.shuffle()
    for expected in ("all", "one", "off"):
        bar.repeat.click()
        assert player.repeat() == expected
        assert bar.repeat.isChecked() == (expected != "off")
    player.set_crossfade(4.0)
    bar.toggle_crossfade()
    assert player.crossfade() == 0
    bar.toggle_crossfade()
    assert player.crossfade() == 4.0
    bar.toggle_mute()
    assert (player.muted(), bar.volume.value()) == (True, 0)
    bar.step_volume(2)
    assert (player.muted(), player.volume()) == (False, 0.1)


def test_liking_in_the_bar_is_written_and_shown(bar: PlayerBar, services: Any, qtbot) -> None:
    services.player.play([2], 0)
    assert not bar.heart.isChecked()
    bar.toggle_like()
    qtbot.waitUntil(bar.heart.isChecked)
    assert ("set_liked", (2, True)) in services.library.calls


def test_the_waveform_appears_once_the_song_was_listened_to(bar: PlayerBar, services: Any, qtbot) -> None:
    services.player.play([12], 0)
    qtbot.wait(20)
    assert bar.waveform._waveform is None
    services.library.edit(12, features=make_track(1).features, state="listened")
    qtbot.waitUntil(lambda: bar.waveform._waveform is not None)


def waveform_bar(qtbot) -> WaveformBar:
    Theme.current()
    bar = WaveformBar()
    qtbot.addWidget(bar)
    bar.resize(500, 48)
    bar.set_waveform(make_waveform())
    bar.set_duration(200.0)
    bar.show()
    return bar


def test_a_click_on_the_waveform_seeks_there(qtbot) -> None:
    bar = waveform_bar(qtbot)
    with qtbot.waitSignal(bar.seek_wanted) as sought:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(250, 24))
    assert sought.args[0] == pytest.approx(100.0)


def test_a_drag_seeks_once_at_its_end_and_ignores_the_clock_meanwhile(qtbot) -> None:
    bar = waveform_bar(qtbot)
    sought: list[float] = []
    bar.seek_wanted.connect(sought.append)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(50, 24))
    bar.set_position(150.0)
    assert bar._share() == pytest.approx(0.1)
    qtbot.mouseMove(bar, QPoint(400, 24))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(400, 24))
    assert sought == [pytest.approx(160.0)]


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 105),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 95),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 130),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ],
)
def test_arrows_seek_five_seconds_and_with_shift_thirty(qtbot, key, modifier, expected: float) -> None:
    bar = waveform_bar(qtbot)
    bar.set_position(100.0)
    with qtbot.waitSignal(bar.seek_wanted) as sought:
        qtbot.keyClick(bar, key, modifier)
    assert sought.args[0] == pytest.approx(expected)


def test_seeking_stays_inside_the_song(qtbot) -> None:
    bar = waveform_bar(qtbot)
    bar.set_position(199.0)
    with qtbot.waitSignal(bar.seek_wanted) as sought:
        qtbot.keyClick(bar, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert sought.args[0] == pytest.approx(200.0)


def test_played_bars_are_stronger_than_those_to_come(qtbot) -> None:
    bar = waveform_bar(qtbot)
    Theme.current().set_mode("dark")
    bar.set_position(100.0)
    image = bar.grab().toImage()
    left = max(image.pixelColor(x, 24).value() for x in range(20, 200))
    right = max(image.pixelColor(x, 24).value() for x in range(300, 480))
    assert left > right + 40
    Theme.current().set_mode("system")


def test_the_colours_of_the_bars_run_along_the_ramp(qtbot) -> None:
    stops = Theme.current().ramp("spectral")
    table = ramp_table(stops)
    assert len(table) == 256
    assert (table[0], table[255]) == (stops[0], stops[-1])


def test_the_panel_shows_only_what_was_measured(panel: RightPanel, services: Any) -> None:
    services.player.play([4], 0)
    assert panel.title.text() == make_track(4).title
    assert panel.tempo.text() == "112"
    assert panel.key.text() == "12B"
    assert panel.energy.text() == "0.48"
    services.player.play([12], 0)
    assert not panel.tempo.isVisible()
    assert not panel.energy.isVisible()


def test_up_next_counts_what_follows(panel: RightPanel, services: Any, qtbot) -> None:
    services.player.play(list(range(1, 13)), 0)
    qtbot.waitUntil(lambda: "min" in panel.queue_count.text())
    assert panel.queue_count.text() == "11 songs · 42 min"
    assert panel.queue._model.id_at(0) == 2


def test_alt_and_arrows_reorder_delete_removes_enter_jumps(panel: RightPanel, services: Any, qtbot) -> None:
    player = services.player
    player.play([1, 2, 3, 4], 0)
    queue = panel.queue
    queue.setCurrentIndex(queue._model.index(0))
    qtbot.keyClick(queue, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert player.queue() == [1, 3, 2, 4]
    assert queue.currentIndex().row() == 1
    qtbot.keyClick(queue, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert player.queue() == [1, 2, 3, 4]
    qtbot.keyClick(queue, Qt.Key.Key_Delete)
    assert player.queue() == [1, 3, 4]
    qtbot.keyClick(queue, Qt.Key.Key_Return)
    assert player.current_index() == 1


def drop(queue: QueueList, mime: QMimeData, y: int) -> None:
    event = QDropEvent(
        QPointF(40, y),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    queue.dropEvent(event)


def test_songs_dropped_between_two_rows_stand_there(panel: RightPanel, services: Any) -> None:
    player = services.player
    player.play([1, 2, 3, 4], 0)
    drop(panel.queue, track_mime([8, 9]), 44 + 4)
    assert player.queue() == [1, 2, 8, 9, 3, 4]
    drop(panel.queue, track_mime([7]), 600)
    assert player.queue() == [1, 2, 8, 9, 3, 4, 7]


def test_the_x_of_a_row_removes_it(panel: RightPanel, services: Any, qtbot) -> None:
    player = services.player
    player.play([1, 2, 3], 0)
    rect = panel.queue.visualRect(panel.queue._model.index(1))
    place = QPoint(rect.right() - 14, rect.center().y())
    qtbot.mouseClick(panel.queue.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert player.queue() == [1, 2]


def test_a_queue_of_a_whole_library_lists_only_its_beginning(qtbot) -> None:
    library = FakeLibrary(100_000)
    queue = QueueList(library)
    qtbot.addWidget(queue)
    queue.set_ids(list(range(1, 100_001)))
    assert queue._model.rowCount() == SHOWN
