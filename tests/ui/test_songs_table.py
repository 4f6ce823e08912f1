"""The songs table: rows come as they are needed, and every way to act on them works."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from soniq_desktop.ui.songs.columns import COLUMNS, INDEX, visible_columns
from soniq_desktop.ui.songs.delegate import heart_rect, menu_rect
from soniq_desktop.ui.songs.drag import dragged_ids, track_mime
from soniq_desktop.ui.songs.model import PREFETCH, SongsModel
from soniq_desktop.ui.songs.text import accessible_row, clock, long_duration, spoken_time, time_left
from soniq_desktop.ui.songs.view import SongsView
from soniq_desktop.ui.theme import Theme
from tests.ui_fixtures import FakeLibrary, make_track


@pytest.fixture
def library(qapp) -> FakeLibrary:
    return FakeLibrary(100_000)


@pytest.fixture
def view(library: FakeLibrary, qtbot) -> SongsView:
    Theme.current()
    model = SongsModel(library)
    view = SongsView(model, library)
    qtbot.addWidget(view)
    view.resize(874, 640)
    view.show()
    model.set_ids(np.arange(1, 100_001))
    qtbot.waitUntil(lambda: model.track(0) is not None)
    return view


def songs(view: SongsView) -> SongsModel:
    return view._songs


def cell(view: SongsView, row: int, name: str) -> QPoint:
    return view._cells(view._row_rect(row).top(), 40)[name].center().toPoint()


def test_a_hundred_thousand_rows_fetch_only_what_is_in_sight(view: SongsView, library: FakeLibrary) -> None:
    assert songs(view).rowCount() == 100_000
    fetched = {i for ids in library.fetched for i in ids}
    assert max(fetched) <= 640 // 40 + 2 + PREFETCH
    assert songs(view).track(99_999) is None


def test_scrolling_far_asks_for_the_rows_there(view: SongsView, library: FakeLibrary, qtbot) -> None:
    view.scroll_to_row(50_000)
    qtbot.waitUntil(lambda: songs(view).track(50_000) is not None)
    assert songs(view).track(50_000).id == 50_001
    assert sum(len(ids) for ids in library.fetched) < 1000


def test_while_a_request_is_under_way_only_the_last_place_is_asked_for(qtbot) -> None:
    library = FakeLibrary(100_000, delay_ms=40)
    model = SongsModel(library)
    model.set_ids(list(range(1, 100_001)))
    for first in range(0, 90_000, 1000):
        model.want(first, first + 20)
    qtbot.waitUntil(lambda: model.track(89_000) is not None)
    assert len(library.fetched) == 2


class LateLibrary(FakeLibrary):
    """Answers when the test says so, in any order."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.waiting: list[tuple[list[int], object]] = []

    def tracks(self, ids, done, key=None) -> None:
        self.waiting.append((list(ids), done))

    def answer(self, number: int) -> None:
        ids, done = self.waiting.pop(number)
        done([self.get(i) for i in ids])


def test_an_answer_from_before_other_ids_does_not_stop_their_fetching(qapp) -> None:
    library = LateLibrary()
    model = SongsModel(library)
    model.set_ids(range(1, 401))
    model.want(0, 10)
    model.set_ids(range(401, 801))
    model.want(0, 10)
    model.want(300, 310)
    library.answer(0)
    assert model.track(0) is None
    library.answer(0)
    assert model.track(0).id == 401
    library.answer(0)
    assert model.track(300).id == 701
    assert library.waiting == []


def test_a_change_while_its_row_is_being_fetched_is_not_lost(qapp) -> None:
    library = LateLibrary()
    model = SongsModel(library)
    model.set_ids(range(1, 11))
    model.want(0, 9)
    library.answer(0)
    library.tracks_updated.emit([3])
    late = library.get(3)
    library.edit(3, plays=99)
    library.waiting.pop(0)[1]([late])
    library.answer(0)
    assert model.known(3).plays == 99


def test_values_that_changed_are_fetched_again(view: SongsView, library: FakeLibrary, qtbot) -> None:
    library.edit(3, plays=777)
    qtbot.waitUntil(lambda: songs(view).track(2).plays == 777)


def test_a_row_that_left_the_library_does_not_loop(view: SongsView, library: FakeLibrary, qtbot) -> None:
    songs(view).set_ids([200_000, 1, 2])
    qtbot.waitUntil(lambda: songs(view).track(1) is not None)
    calls = len(library.fetched)
    qtbot.wait(60)
    assert len(library.fetched) <= calls + 1
    assert songs(view).track(0) is None


def test_a_click_on_the_number_plays_and_on_the_playing_one_pauses(view: SongsView, qtbot) -> None:
    with qtbot.waitSignal(view.play_row) as played:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell(view, 4, "number"))
    assert played.args == [4]
    view.set_playing(5, "playing")
    with qtbot.waitSignal(view.toggle_play):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell(view, 4, "number"))


def test_a_double_click_plays_the_row(view: SongsView, qtbot) -> None:
    with qtbot.waitSignal(view.play_row) as played:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell(view, 2, "title"))
    assert played.args == [2]


def test_heart_and_menu_have_their_own_targets(view: SongsView, qtbot) -> None:
    box = view._cells(view._row_rect(6).top(), 40)["heart"]
    with qtbot.waitSignal(view.like_clicked) as liked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=heart_rect(box).center().toPoint())
    assert liked.args == [6]
    with qtbot.waitSignal(view.menu_wanted):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=menu_rect(box).center().toPoint())
    assert view.selected_rows() == [6]


def test_enter_plays_with_shift_next_with_control_queues(view: SongsView, qtbot) -> None:
    view.select_row(1)
    for modifier, signal in (
        (Qt.KeyboardModifier.NoModifier, view.play_selection),
        (Qt.KeyboardModifier.ShiftModifier, view.play_next),
        (Qt.KeyboardModifier.ControlModifier, view.add_to_queue),
    ):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(view, Qt.Key.Key_Return, modifier)


def test_shift_and_control_select_several_rows(view: SongsView, qtbot) -> None:
    viewport = view.viewport()
    click, title = Qt.MouseButton.LeftButton, "title"
    qtbot.mouseClick(viewport, click, pos=cell(view, 1, title))
    qtbot.mouseClick(viewport, click, Qt.KeyboardModifier.ShiftModifier, cell(view, 3, title))
    qtbot.mouseClick(viewport, click, Qt.KeyboardModifier.ControlModifier, cell(view, 6, title))
    assert view.selected_ids() == [2, 3, 4, 7]


def test_the_whole_library_can_be_selected(view: SongsView) -> None:
    view.selectAll()
    assert len(view.selected_ids()) == 100_000


def test_columns_leave_a_narrow_table_in_the_designed_order() -> None:
    wanted = {column.name for column in COLUMNS if column.shown}
    gone: list[str] = []
    for width in range(900, 300, -4):
        kept = visible_columns(wanted, width)
        gone += sorted(wanted - kept - set(gone))
    assert gone[:4] == ["plays", "album", "energy", "key"] or gone[:4] == ["plays", "energy", "album", "key"]
    assert {"number", "title", "heart"} <= kept


def test_at_the_design_width_every_column_has_its_designed_place(view: SongsView) -> None:
    cells = view._cells(0, 40)
    assert view.viewport().width() == 866
    assert cells["title"].left() == 52
    assert [cells[name].width() for name in ("album", "genre", "bpm", "key", "energy", "time", "plays")] == [
        128, 152, 44, 72, 56, 48, 48,
    ]  # fmt: skip


def test_a_click_on_a_header_sorts_and_again_turns_round(view: SongsView, qtbot) -> None:
    header = view.songs_header
    place = QPoint(header.sectionViewportPosition(INDEX["plays"]) + 20, 12)
    with qtbot.waitSignal(view.sort_wanted) as first:
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert first.args == ["plays", True]
    header.show_sort("plays", descending=True)
    with qtbot.waitSignal(view.sort_wanted) as second:
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert second.args == ["plays", False]


def test_the_playing_bars_move_only_while_sound_comes_out(view: SongsView) -> None:
    view.set_playing(3, "playing")
    assert view._bars.isActive()
    view.set_playing(3, "paused")
    assert not view._bars.isActive()
    Theme.current().set_reduced_motion(True)
    try:
        view.set_playing(3, "playing")
        assert not view._bars.isActive()
    finally:
        Theme.current().set_reduced_motion(None)


def test_rows_in_sight_that_were_not_listened_to_jump_the_queue(view: SongsView, qtbot) -> None:
    with qtbot.waitSignal(view.in_sight, timeout=2000) as told:
        view.scroll_to_row(10)
    assert 12 in told.args[0]
    assert all(i % 12 == 0 for i in told.args[0])


def test_a_cut_title_is_whole_in_the_tooltip(view: SongsView, library: FakeLibrary, qtbot) -> None:
    from dataclasses import replace

    long = "The Very Long And Winding Title Of A Song That Does Not Fit Into Its Column At All"
    library.edit(1, tags=replace(make_track(1).tags, title=long))
    qtbot.waitUntil(lambda: songs(view).track(0).title == long)
    assert view.cut_text_at(cell(view, 0, "title")) == long
    assert view.cut_text_at(cell(view, 1, "title")) == ""


def test_letters_search_by_name_only_where_they_are_not_shortcuts(view: SongsView, qtbot) -> None:
    searched: list[str] = []
    view.search_title = searched.append
    qtbot.keyClicks(view, "ab")
    assert searched == []
    view.letters_search = True
    qtbot.keyClicks(view, "ab")
    assert searched == ["a", "ab"]


def test_compact_rows_are_lower_and_keep_the_place(view: SongsView) -> None:
    view.scroll_to_row(1000)
    view.set_compact(True)
    assert view.delegate.row_height() == 32
    assert view.first_row() == 1000


def test_a_row_says_itself_in_one_sentence(view: SongsView) -> None:
    track = make_track(5, liked=True)
    sentence = accessible_row(track, playing=True)
    assert sentence.startswith(f"{track.title}, {track.artist}, ")
    assert " BPM, " in sentence
    assert sentence.endswith("liked, playing")
    index = songs(view).index(4, INDEX["title"])
    assert songs(view).data(index, Qt.ItemDataRole.AccessibleTextRole) == accessible_row(make_track(5))


def test_a_drag_carries_ids_and_files(qapp) -> None:
    mime = track_mime([3, 1, 2], ["/music/a.flac"])
    assert dragged_ids(mime) == [3, 1, 2]
    assert mime.urls()[0].toLocalFile() == "/music/a.flac"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (98.9, "1:38"), (252, "4:12"), (3723, "1:02:03"), (-1, "0:00")]
)
def test_times_read_like_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_durations_read_like_words() -> None:
    assert spoken_time(252) == "4 minutes 12"
    assert spoken_time(60) == "1 minute"
    assert long_duration(73 * 3600 + 12 * 60) == "73 h 12 min"
    assert time_left(158) == "2 min 38 s left"
    assert time_left(None) == ""


def test_painting_covers_every_state_without_a_warning(view: SongsView, library: FakeLibrary, qtbot) -> None:
    library.edit(2, missing=True)
    library.edit(3, features=None, state="problem")
    view.set_playing(1, "playing")
    view.keyboard_focus = True
    view.select_row(4)
    view._hovered = 5
    for mode in ("dark", "light"):
        Theme.current().set_mode(mode)
        assert not view.grab().isNull()
    Theme.current().set_mode("system")
