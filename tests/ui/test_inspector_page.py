"""The Inspector through the window: which song, which part, which class, what is said, what can be done."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget

from soniq_desktop.app import build
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import ScannedFile
from soniq_desktop.library.records import Tags
from soniq_desktop.services.explain import PART
from soniq_desktop.ui.components import Popover, Toggle
from soniq_desktop.ui.inspector.neighbours import NeighbourRow
from soniq_desktop.ui.inspector.words import NOTES
from soniq_desktop.ui.pages.inspector import InspectorPage
from soniq_desktop.ui.pages.player import PlayerPage
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow
from tests.audio_fixtures import sine, sweep, write_audio
from tests.genre_fixtures import listened_to
from tests.inspector_fixtures import ROCK, inspector_services, make_heard


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    window = MainWindow(inspector_services())
    qtbot.addWidget(window)
    window.show()
    yield window
    window.services.settings.close()
    Theme.current().set_mode("system")


@pytest.fixture
def fakes(window: MainWindow) -> Any:
    """The services, untyped: they are stand-ins."""
    return window.services


def opened(window: MainWindow, qtbot: Any, **params: Any) -> InspectorPage:
    window.navigator.open("inspector", **params)
    page: Any = window.page("inspector")
    if "track_id" in params:
        known = window.services.genre.table.get(params["track_id"], ROCK)  # type: ignore[union-attr]
        qtbot.waitUntil(lambda: page.track is not None and page.track.id == params["track_id"])
        qtbot.waitUntil(lambda: page.heard is known)
    return page


def explained(page: InspectorPage, qtbot: Any) -> None:
    view = page.listened.view
    qtbot.waitUntil(lambda: view.evidence is not None and not view._message)


def test_without_a_song_it_asks_for_one_and_takes_what_is_played(
    window: MainWindow, fakes: Any, qtbot: Any
) -> None:
    page = opened(window, qtbot)
    assert page.stack.currentWidget() is page.empty
    assert not page.head.play.isVisible()
    fakes.player.play([7])
    assert page.track is not None
    assert page.track.id == 7
    explained(page, qtbot)


def test_a_song_is_found_by_search(window: MainWindow, qtbot: Any) -> None:
    page = opened(window, qtbot)
    qtbot.mouseClick(page.search_button, Qt.MouseButton.LeftButton)
    picker: Any = window.findChild(Popover)
    qtbot.waitUntil(lambda: bool(picker.songs.tracks))
    wanted = picker.songs.tracks[2]
    picker._take(2)
    qtbot.waitUntil(lambda: page.track is not None and page.track.id == wanted.id)


def test_the_set_is_offered_and_its_first_genre_explained(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    assert page.listened.classes.labels[:2] == ("Rock", "Metal")
    assert page.listened.classes.current() == "Rock"
    assert fakes.explain.asked[-1].label == "Rock"
    assert "The song’s classifier agrees" in page.listened.says.text()
    assert "musicnn-msd" in page.classes.who.text()
    assert page.set_card.heading.text().startswith("90")
    assert "90.4" in page.set_card.coverage.text()
    assert "Metal 93" in page.set_card.coverage.text()


def test_another_class_is_explained_from_the_segments_and_from_the_menu(
    window: MainWindow, fakes: Any, qtbot: Any
) -> None:
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    classes = page.listened.classes
    metal = next(each for each in classes._group.buttons() if each.text() == "Metal")
    qtbot.mouseClick(metal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.listened.view.evidence.label == "Metal")  # type: ignore[union-attr]
    assert "says Rock first" in page.listened.says.text()
    folk = next(each for each in classes.menu().actions() if each.text() == "Folk")
    folk.trigger()
    qtbot.waitUntil(lambda: page.listened.view.evidence.label == "Folk")  # type: ignore[union-attr]
    assert "Folk" in classes.labels
    assert "disagree" in page.listened.says.text()


def test_it_follows_what_plays_until_another_part_is_picked(
    window: MainWindow, fakes: Any, qtbot: Any
) -> None:
    fakes.player.play([7])
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    fakes.player.seek(50.0)
    assert fakes.explain.asked[-1].start == 4 * PART
    assert page.listened.view._position == 50.0
    qtbot.keyClick(page.listened.parts, Qt.Key.Key_Right)
    assert not page.listened.follow.isChecked()
    assert fakes.explain.asked[-1].start == 5 * PART
    fakes.player.seek(10.0)
    assert fakes.explain.asked[-1].start == 5 * PART
    page.listened.follow.click()
    assert fakes.explain.asked[-1].start == 0.0


def test_a_click_in_the_picture_is_heard(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.player.play([7])
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    view = page.listened.view
    plot = view.plot()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=plot.center().toPoint())
    assert fakes.player.now == pytest.approx(PART / 2, abs=0.2)
    head, line = view.reading(plot.center())
    assert head.startswith("0:0")
    assert line.startswith("Evidence for Rock")
    view.setFocus()
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert fakes.player.now > PART / 2


def test_strength_and_overlay_change_the_picture(window: MainWindow, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    view, shown = page.listened.view, []
    for strength, on in ((70, True), (10, True), (10, False)):
        page.listened.strength.setValue(strength)
        page.listened.overlay.setChecked(on)
        shown.append(view.grab().toImage())
    assert shown[0] != shown[1]
    assert shown[1] != shown[2]
    assert not page.listened.strength.isEnabled()


def test_the_picture_is_saved(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    page.listened.save(tmp_path / "evidence")
    image = QImage(str(tmp_path / "evidence.png"))
    assert (image.width(), image.height()) == (1600, 720)


@pytest.mark.parametrize(
    ("card", "rows", "columns"), [("classes", 12, 3), ("neighbours", 5, 7), ("listened", 2, 4)]
)
def test_each_plot_is_a_table_too(window: MainWindow, qtbot: Any, card: str, rows: int, columns: int) -> None:
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    qtbot.waitUntil(lambda: len(page.neighbours.found) == 5)
    qtbot.mouseClick(getattr(page, card).table, Qt.MouseButton.LeftButton)
    table: Any = window.findChild(QTableWidget)
    assert (table.rowCount(), table.columnCount()) == (rows, columns)
    assert all(table.item(row, column).text() for row in range(rows) for column in range(columns))


def test_correcting_is_one_choice_and_can_be_taken_back(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    actions = {each.text(): each for each in page.genre_menu().actions() if each.text()}
    assert len(actions) == 13
    assert not actions["Take my correction back"].isEnabled()
    actions["Jazz"].trigger()
    assert fakes.genre.corrections == [([7], "Jazz")]
    qtbot.waitUntil(lambda: "You say Jazz" in page.set_card.said.text())
    back = next(each for each in page.genre_menu().actions() if each.text() == "Take my correction back")
    back.trigger()
    assert fakes.genre.corrections[-1] == ([7], None)


def test_the_level_is_chosen_in_the_card(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    page.set_card.levels._group.button(2).click()
    assert fakes.genre.levels == [0.95]
    fakes.settings.set("genre.level", 0.95)
    assert page.set_card.heading.text().startswith("95")


def test_a_song_without_a_genre_says_why(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    for note, (head, why) in NOTES.items():
        if note == "new":
            continue
        fakes.genre.table[7] = heard = make_heard({"Rock": 0.4}, (), note)
        fakes.genre.taught.emit(None)
        qtbot.waitUntil(lambda heard=heard: page.heard is heard)
        assert page.set_card.chips.isHidden()
        assert (page.set_card.note.text(), page.set_card.why.text()) == (head, why)
    explained(page, qtbot)  # the network may be asked all the same
    assert page.listened.classes.current() == "Rock"


def test_a_song_that_was_not_listened_to_goes_first(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.genre.table[12] = None
    page = opened(window, qtbot, track_id=12)
    assert ("listen_first", ([12],)) in fakes.library.calls
    assert page.strip.isVisible()
    assert page.set_card.note.text() == "Not analysed yet"
    fakes.genre.table[12] = make_heard({"Soul": 0.8}, ("Soul",))
    fakes.library.edit(12, state="listened", features=fakes.library.get(7).features)
    fakes.library.listened.emit(12)
    qtbot.waitUntil(lambda: page.heard is not None and page.heard.shown == ("Soul",))
    assert page.strip.isHidden()


def test_analyse_again_listens_once_more(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    page.head.again.click()
    assert ("listen_again", 7) in fakes.library.calls
    assert page.strip.isVisible()
    fakes.library.listened.emit(7)
    assert page.strip.isHidden()


def test_a_missing_file_is_said_and_nothing_is_asked(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.library.edited[7] = replace(fakes.library.get(7), missing=True)
    page = opened(window, qtbot, track_id=7)
    assert "not there" in page.notice.text()
    assert "not there" in page.listened.view.accessibleDescription()
    assert not page.head.play.isEnabled()
    assert fakes.explain.asked == []


def test_trouble_stands_where_the_picture_would(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.explain.trouble = "The weights of the model “genre_crnn” are damaged."
    page = opened(window, qtbot, track_id=7)
    qtbot.waitUntil(lambda: "damaged" in page.listened.view.accessibleDescription())
    assert page.listened.view.evidence is None
    assert page.listened.says.text() == ""
    fakes.player.play([7])
    before = len(fakes.explain.asked)
    for tenth in range(10):
        fakes.player.seek(30 + tenth / 10)
        qtbot.wait(1)
    assert len(fakes.explain.asked) <= before + 1
    fakes.genre.notice.emit("The weights of the model “genre_head” are damaged.")
    assert "genre_head" in page.set_card.coverage.text()


def test_a_neighbour_is_inspected_played_and_explained(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    page = opened(window, qtbot, track_id=7)
    qtbot.waitUntil(lambda: len(page.findChildren(NeighbourRow)) == 5)
    row = page.findChildren(NeighbourRow)[1]
    assert "similarity 0.94" in row.accessibleName()
    assert row.toolTip() == row.found.reason.sentence
    row.play.click()
    assert fakes.player.ids == [row.found.track.id]
    row.click()
    qtbot.waitUntil(lambda: page.track is not None and page.track.id == row.found.track.id)
    window.navigator.back()
    qtbot.waitUntil(lambda: page.track is not None and page.track.id == 7)


def test_measured_values_and_the_other_octave(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    features = replace(
        fakes.library.get(7).features, tempo=148.0, tempo_alternative=74.0, key=11, mode="minor",
        key_confidence=0.81, loudness=-6.8, loudness_range=4.9, energy=0.91, danceability=0.5,
    )  # fmt: skip
    fakes.library.edited[7] = replace(fakes.library.get(7), features=features)
    page = opened(window, qtbot, track_id=7)
    said = page.measured.grid.accessibleDescription()
    assert "Tempo 148.0 BPM, or 74.0" in said
    assert "Key B minor 10A, 0.81 sure" in said
    assert "Loudness −6.8 LUFS, range 4.9" in said
    assert "Energy 0.91 of 1. Danceability 0.50" in said
    page.measured.tempo.half.click()
    assert ("correct_tempo", (7, 74.0)) in fakes.library.calls


def test_e_and_the_menu_and_a_genre_chip_lead_here(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    songs: Any = window.page("songs")
    qtbot.waitUntil(lambda: songs.model.track(3) is not None)
    songs.view.setCurrentIndex(songs.model.index(3, 1))
    songs.view.selectionModel().select(
        songs.model.index(3, 1),
        songs.view.selectionModel().SelectionFlag.ClearAndSelect
        | songs.view.selectionModel().SelectionFlag.Rows,
    )
    wanted = songs.view.selected_ids()[0]
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_E)
    page: Any = window.page("inspector")
    qtbot.waitUntil(lambda: page.track is not None and page.track.id == wanted)
    menu = songs.actions_.menu([9], [fakes.library.get(9)], window)
    next(each for each in menu.actions() if each.text().startswith("Inspect")).trigger()
    qtbot.waitUntil(lambda: page.track.id == 9)
    window.navigator.open("songs")
    fakes.player.play([5])
    qtbot.mouseClick(window.right_panel.genre, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.waitUntil(lambda: page.track.id == 5)


def test_who_judges_and_whether_each_genre_holds_the_level_are_settings(
    window: MainWindow, fakes: Any, qtbot: Any
) -> None:
    page = opened(window, qtbot, track_id=7)
    crnn = next(each for each in page.classes.menu().actions() if each.text().startswith("CRNN"))
    assert not crnn.isChecked()
    crnn.trigger()
    assert fakes.settings.get("genre.model") == "crnn"
    assert page.classes.menu().actions()[1].isChecked()
    qtbot.mouseClick(page.set_card.info, Qt.MouseButton.LeftButton)
    popover: Any = window.findChild(Popover)
    popover.panel.findChild(Toggle).click()
    assert fakes.settings.get("genre.per_class") is True
    assert page.set_card.per_class


@pytest.mark.parametrize(
    ("width", "height", "mode"), [(1080, 680, "light"), (1440, 900, "dark"), (1920, 1200, "light")]
)
def test_it_fits_every_window_in_both_themes(
    window: MainWindow, fakes: Any, qtbot: Any, width: int, height: int, mode: Any
) -> None:
    Theme.current().set_mode(mode)
    window.resize(width, height)
    fakes.library.edited[7] = replace(
        fakes.library.get(7), tags=replace(fakes.library.get(7).tags, title="A very long title " * 9)
    )
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    for part in (page.head, page.listened, page.classes, page.set_card, page.measured, page.neighbours):
        right = part.mapTo(page, QPoint(part.width(), 0)).x()
        assert right <= page.width()
        assert part.width() >= part.minimumSizeHint().width()
    assert page.listened.view.plot().width() > 300
    qtbot.waitUntil(lambda: page.listened.view.plot().height() > 230)  # the design has 271


def test_nothing_is_asked_while_nobody_looks(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.player.play([7])
    page = opened(window, qtbot, track_id=7)
    explained(page, qtbot)
    window.navigator.open("songs")
    before = len(fakes.explain.asked)
    fakes.player.seek(100.0)
    assert len(fakes.explain.asked) == before
    window.navigator.open("inspector")
    assert fakes.explain.asked[-1].start == 8 * PART


def test_the_full_player_shows_evidence_of_what_comes(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.player.play([7])
    window.navigator.open("player")
    page: Any = window.page("player")
    assert isinstance(page, PlayerPage)
    assert page.evidence is not None
    assert fakes.explain.asked == []
    qtbot.waitUntil(lambda: page.evidence._label == "Rock")
    page.evidence.switch.click()
    qtbot.waitUntil(lambda: page.evidence._layer.holds(0.0))
    fakes.player.seek(2.0)
    qtbot.waitUntil(lambda: page.evidence._layer.holds(PART))
    bright = page.canvas.grab().toImage()
    page.evidence.switch.click()
    assert page.canvas._evidence is None
    assert page.canvas.grab().toImage() != bright
    page.evidence.switch.click()
    folk = next(each for each in page.evidence.menu().actions() if each.text() == "Folk")
    folk.trigger()
    assert fakes.explain.asked[-1].label == "Folk"


def test_the_options_of_the_full_player_have_room_in_a_small_window(
    window: MainWindow, fakes: Any, qtbot: Any
) -> None:
    window.resize(1080, 680)
    fakes.player.play([7])
    window.navigator.open("player")
    page: Any = window.page("player")
    qtbot.waitUntil(lambda: page.evidence._label == "Rock")
    page.evidence.switch.click()
    parts = (page.follow, page.beats, page.evidence.switch, page.evidence.classes, page.modes)
    qtbot.waitUntil(lambda: all(part.width() >= part.sizeHint().width() for part in parts))


def test_a_silent_part_is_not_asked_for_again(window: MainWindow, fakes: Any, qtbot: Any) -> None:
    fakes.player.play([7])
    fakes.explain.trouble = "There is no sound to explain at this place."
    window.navigator.open("player")
    page: Any = window.page("player")
    page.evidence.switch.click()
    qtbot.waitUntil(lambda: bool(page.evidence._silent))
    before = len(fakes.explain.asked)
    fakes.player.seek(3.0)
    fakes.player.seek(4.0)
    assert len(fakes.explain.asked) <= before + 1  # the next part, once


def test_a_real_song_is_explained_by_the_shipped_network(qtbot: Any, tmp_path: Path) -> None:
    """Everything real: catalogue, services, the explaining process, the weights."""
    path = tmp_path / "song.wav"
    write_audio(path, 0.3 * sine(30, frequency=330.0) + 0.1 * sweep(30))
    app = build(Paths.under(tmp_path / "home").ensure())
    try:
        file = ScannedFile(str(path), path.stat().st_size, 1, Tags(title="Song", artist="A", duration=30.0))
        (track_id,) = app.catalogue.store_scanned([file])
        listened_to(app.catalogue, track_id)
        app.window.show()
        app.window.navigator.open("inspector", track_id=track_id)
        page: Any = app.window.page("inspector")
        qtbot.waitUntil(lambda: page.listened.view.evidence is not None, timeout=90_000)
        found = page.listened.view.evidence
        assert (found.start, found.end) == (pytest.approx(0, abs=0.05), pytest.approx(PART, abs=0.1))
        assert found.probabilities.sum() == pytest.approx(1, abs=1e-3)
        assert found.heat.shape == found.image.shape
        page.listened.classes.chosen.emit("Jazz")
        qtbot.waitUntil(lambda: page.listened.view.evidence.label == "Jazz", timeout=30_000)
        assert "explains the CRNN" in page.listened.says.text()
    finally:
        app.window.close()
        app.close()
