"""The Wormhole through the window: real catalogue, services and engine, songs made of numbers alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from soniq_desktop.app import Application, build
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.wormhole_recipe import Recipe
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.library.recovery import open_documents
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.progress import Progress
from soniq_desktop.ui.pages.wormhole import WormholePage
from soniq_desktop.ui.songs.drag import dragged_ids
from soniq_desktop.ui.theme import Theme, text_width
from soniq_desktop.ui.wormhole.controls import SEEDS, fresh_seed
from soniq_desktop.ui.wormhole.energy_curve import smooth
from soniq_desktop.ui.wormhole.head import WormholeHead
from soniq_desktop.ui.wormhole.picker import SongPicker
from soniq_desktop.ui.wormhole.tunnel_painting import paint_figures, worst_box
from soniq_desktop.ui.wormhole.tunnel_shape import Shape

SPEC = embedder_spec(DEFAULT_EMBEDDER)
LONG = 20_000  # ms, on a busy machine


def fill(paths: Paths, count: int, *, heard: int | None = None) -> list[int]:
    """`count` songs by as many artists, of which the first `heard` have been listened to."""
    rng = np.random.default_rng(11)
    genres = ("Rock", "Jazz", "Ambient", "Hip-Hop", "Techno")
    centres = rng.standard_normal((5, SPEC.dim))
    with Catalogue(paths.catalogue, paths.waveforms) as catalogue:
        catalogue.add_folder("/music")
        files = [
            ScannedFile(
                f"/music/{i:03d}.flac", 1000, 1,
                Tags(title=f"Song {i}", artist=f"Artist {i}", genre=genres[i % 5], duration=200.0),
            )
            for i in range(count)
        ]  # fmt: skip
        ids = catalogue.store_scanned(files)
        with catalogue.database.writing() as connection:
            for i, track_id in enumerate(ids[: count if heard is None else heard]):
                features = Features(
                    version=FEATURES_VERSION, tempo=float(rng.uniform(80, 160)), tempo_confidence=0.9,
                    key=int(i % 12),
                    mode="minor", key_confidence=0.9, energy=float(rng.random()), loudness=-12.0,
                    brightness=2000.0, onset_rate=3.0, loudness_range=6.0,
                )  # fmt: skip
                put_listening(connection, track_id, features, centres[i % 5] + rng.standard_normal(SPEC.dim))
    return ids


def put_listening(connection, track_id: int, features: Features, vector: np.ndarray) -> None:
    embedding = Embedding(SPEC.name, SPEC.version, vector.astype(np.float32))
    listened.put_listening(connection, track_id, features, (embedding,))


class Room:
    """The application at its Wormhole."""

    def __init__(self, home: Path, qtbot, count: int = 60, heard: int | None = None) -> None:
        self.bot, self.home = qtbot, home
        paths = Paths.under(home).ensure()
        self.ids = fill(paths, count, heard=heard)
        Theme.current().install(QApplication.instance())
        self.app: Application = build(paths)
        self.window = self.app.window
        self.window.resize(1440, 900)
        self.window.show()

    def open(self, **params) -> WormholePage:
        self.window.navigator.open("wormhole", **params)
        page = self.window.page("wormhole")
        assert isinstance(page, WormholePage)
        self.page = page
        return page

    def path(self, start: int = 0, end: int = 1) -> WormholePage:
        """The page with a path between two songs."""
        page = self.open(start=self.ids[start], end=self.ids[end])
        wanted = [self.ids[start], self.ids[end]]
        self.wait(lambda: page.path is not None and self.shown()[:: len(self.shown()) - 1] == wanted)
        return page

    def wait(self, condition) -> None:
        self.bot.waitUntil(condition, timeout=LONG)

    def after(self, action) -> list[int]:
        """Ids of the next path that is found after an action."""
        with self.bot.waitSignal(self.app.wormhole.found, timeout=LONG):
            action()
        return self.shown()

    def shown(self) -> list[int]:
        return [track.id for track in self.page.path.tracks]

    def told(self) -> str:
        return self.window.notice.text() if hasattr(self.window.notice, "text") else ""

    def close(self) -> None:
        self.app.window.close()
        self.app.close()


@pytest.fixture
def room(tmp_path, qtbot):
    rooms: list[Room] = []

    def make(count: int = 60, heard: int | None = None) -> Room:
        rooms.append(Room(tmp_path / "home", qtbot, count, heard))
        return rooms[-1]

    yield make
    for each in rooms:
        each.close()


def test_two_songs_are_joined_and_the_page_says_how(room) -> None:
    it = room()
    page = it.path()
    assert it.shown()[0] == it.ids[0]
    assert it.shown()[-1] == it.ids[1]
    assert page.hops.hops.rowCount() == len(page.path.hops) == 11
    assert page.head.figures.text().startswith("12 songs · 40 min · mean smoothness 0.")
    assert "across 60 songs" in page.controls.found.text()
    assert page.controls.ends.start.accessibleName() == "From: Song 0, Artist 0"
    assert len(page.tunnel.nodes) == 12
    assert page.tunnel.nodes[3].accessibleName().startswith("4 of 12, Song ")
    assert "mean smoothness" in page.tunnel.accessibleName()
    row = page.hops.hops.index(0, 0)
    assert row.data(Qt.ItemDataRole.AccessibleTextRole).startswith("1 to 2, Song ")
    assert page.hops.hops.index(0, 5).data() == page.path.hops[0].reason


def test_the_path_follows_the_controls(room) -> None:
    it = room()
    page = it.path()
    assert len(it.after(lambda: page.controls.length.setValue(20))) == 20
    first = it.shown()
    assert it.after(page.controls.reroll.click) != first
    seed = page.controls.seed.value()
    assert page.path.recipe.seed == seed
    it.after(lambda: page.controls.presets._group.button(1).click())
    assert page.path.recipe.energy == page.controls.curve.values() != ()
    it.after(page.controls.keys.click)
    assert page.path.recipe.keys
    it.after(page.controls.per_artist.more.click)
    assert page.path.recipe.artist_cap == 2


def test_a_moving_slider_asks_once_it_rests(room, qtbot) -> None:
    it = room()
    page = it.path()
    asked = []
    it.app.wormhole.started.connect(lambda: asked.append(1))
    for value in range(12, 32):
        page.controls.length.setValue(value)
    it.wait(lambda: len(page.path.tracks) == 31)
    assert len(asked) == 1


def test_ends_swap_and_the_way_back_has_the_energy_turned_round(room) -> None:
    it = room()
    page = it.path()
    it.after(lambda: page.controls.presets._group.button(3).click())
    curve = page.controls.curve.values()
    it.after(page.controls.ends.swap.click)
    assert (it.shown()[0], it.shown()[-1]) == (it.ids[1], it.ids[0])
    assert page.controls.curve.values() == curve[::-1]
    assert page.controls.curve_text.text() == "Your own"


def test_a_song_is_searched_for_and_chosen_by_keys(room, qtbot) -> None:
    it = room()
    page = it.path()
    page.controls.ends.end.click()
    picker = it.window.findChild(SongPicker)
    QTest.keyClicks(picker.field.edit, "Song 33")
    it.wait(lambda: [track.title for track in picker.songs.tracks] == ["Song 33"])
    path = it.after(lambda: QTest.keyClick(picker.field.edit, Qt.Key.Key_Return))
    assert path[-1] == it.ids[33]
    assert path[0] == it.ids[0]


def test_dropped_songs_become_ends(room) -> None:
    it = room()
    page = it.path()
    assert it.after(lambda: page.controls.ends.start.dropped.emit([it.ids[7]]))[0] == it.ids[7]
    path = it.after(lambda: page.controls.ends.start.dropped.emit([it.ids[8], it.ids[9], it.ids[10]]))
    assert (path[0], path[-1]) == (it.ids[8], it.ids[10])


def test_stops_on_the_way_are_passed_in_order_and_can_be_left_out(room) -> None:
    it = room()
    page = it.path()
    for song in (20, 30):
        it.after(lambda song=song: page.controls.add(it.app.catalogue.track(it.ids[song])))
    path = it.shown()
    assert 0 < path.index(it.ids[20]) < path.index(it.ids[30]) < 11
    rows = [page.controls._stops_box.itemAt(i).widget() for i in range(2)]
    path = it.after(rows[1].up.click)
    assert path.index(it.ids[30]) < path.index(it.ids[20])
    it.after(page.controls._stops_box.itemAt(0).widget().remove.click)
    assert [stop.track_id for stop in page.path.recipe.via] == [it.ids[20]]


def test_another_song_at_one_place_leaves_the_rest(room, qtbot) -> None:
    it = room()
    page = it.path()
    before = it.shown()
    page.hops.setFocus()
    page.hops.setCurrentIndex(page.hops.hops.index(4, 0))
    after = it.after(lambda: QTest.keyClick(page.hops, Qt.Key.Key_Delete))
    assert [i for i in range(12) if before[i] != after[i]] == [5]
    row = page.hops.visualRect(page.hops.hops.index(2, 0))
    arrows = QPoint(page.hops.viewport().width() - 24, row.center().y())
    third = it.after(lambda: QTest.mouseClick(page.hops.viewport(), Qt.MouseButton.LeftButton, pos=arrows))
    assert [i for i in range(12) if third[i] != after[i]] == [3]


def test_a_pinned_song_stays_while_the_seed_changes(room) -> None:
    it = room()
    page = it.path()
    kept = it.shown()[4]
    page._pin(4)
    assert page.tunnel.nodes[4].accessibleName().endswith("keeps its place")
    for _ in range(3):
        assert it.after(page.controls.reroll.click)[4] == kept
    page._pin(4)
    assert not page.tunnel.nodes[4].accessibleName().endswith("keeps its place")


def test_arrows_go_along_the_songs_of_the_picture(room) -> None:
    it = room()
    page = it.path()
    page.tunnel.nodes[0].setFocus()
    QTest.keyClick(page.tunnel.nodes[0], Qt.Key.Key_Right)
    assert page.tunnel.nodes[1].hasFocus()
    assert page.hops.currentIndex().row() == 0
    QTest.keyClick(page.tunnel.nodes[1], Qt.Key.Key_End)
    assert page.tunnel.nodes[11].hasFocus()
    tabs = [
        node
        for node in page.tunnel.nodes
        if node.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    ]
    assert tabs == [page.tunnel.nodes[11]]
    QTest.keyClick(page.tunnel.nodes[11], Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().partition("\t")[0] for action in menu.actions()]
    assert texts[:3] == ["Play the path from here", "Try another here", "Keep it at this place"]
    assert not menu.actions()[1].isEnabled()  # the end is the user's choice
    menu.close()


def test_play_starts_the_path_and_the_playing_hop_follows_the_player(room) -> None:
    it = room()
    page = it.path()
    asked = []
    it.app.player.play = lambda ids, start=0, source="": asked.append((list(ids), start, source))
    page.head.play.click()
    page.hops.setCurrentIndex(page.hops.hops.index(3, 0))
    QTest.keyClick(page.hops, Qt.Key.Key_Return)
    assert asked == [(it.shown(), 0, "wormhole"), (it.shown(), 4, "wormhole")]
    it.app.player.track_changed.emit(page.path.tracks[6])
    assert page.hops.hops.playing_id == it.shown()[6]
    assert [node.playing for node in page.tunnel.nodes].index(True) == 6
    assert page.tunnel.nodes[6].accessibleName().endswith("playing")


def test_a_saved_path_keeps_its_recipe_and_opens_again(room) -> None:
    it = room()
    page = it.path()
    it.after(lambda: page.controls.length.setValue(9))
    shown, recipe = it.shown(), page.path.recipe
    with it.bot.waitSignal(it.app.playlists.changed, timeout=LONG):
        page.head.save.click()
    (saved,) = Playlists(open_documents(it.app.paths)).all()
    assert (saved.name, saved.kind, len(saved.entries)) == ("Song 0 to Song 1", "path", 9)
    assert Recipe.from_data(saved.recipe) == recipe
    it.path(5, 6)
    it.window.navigator.open("playlist", playlist_id=saved.id)
    playlist = it.window.page("playlist")
    it.wait(playlist.reopen.isVisible)
    assert playlist.head.kind.text() == "Wormhole"
    assert it.after(playlist.reopen.click) == shown
    it.wait(lambda: page.controls.ends.end.track().id == it.ids[1])
    assert page.controls.length.value() == 9
    assert page.controls.seed.value() == recipe.seed


def test_a_path_is_exported(room, tmp_path) -> None:
    it = room()
    page = it.path()
    file = tmp_path / "path.m3u8"
    with it.bot.waitSignal(it.app.wormhole.message, timeout=LONG) as said:
        it.app.wormhole.export(page.path, file)
    assert said.args == ["Saved path.m3u8."]
    assert sum(line.endswith(".flac") for line in file.read_text(encoding="utf-8").splitlines()) == 12


def test_ends_that_were_not_heard_are_listened_to_first(room) -> None:
    it = room(60, heard=40)
    first = []
    it.app.library.listen_first = lambda ids: first.append(list(ids))
    page = it.open(start=it.ids[0], end=it.ids[50])
    it.wait(lambda: bool(first))
    assert first[-1] == [it.ids[50]]
    it.wait(page.strip.isVisible)
    assert "Listening to “Song 50” first" in page.strip.headline.text()
    it.app.library.progress.emit(Progress("listen", 1, 4, "/music/050.flac"))
    assert page.strip.percent.text() == "25 %"
    with it.app.catalogue.database.writing() as connection:
        put_listening(connection, it.ids[50], Features(version=FEATURES_VERSION), np.ones(SPEC.dim))
    path = it.after(lambda: it.app.library.tracks_updated.emit([it.ids[50]]))
    assert path[-1] == it.ids[50]
    assert page.strip.isHidden()


def test_an_end_that_cannot_be_analysed_is_said(room) -> None:
    it = room(60, heard=40)
    it.app.catalogue.store_problem("/music/050.flac", "listen", "Broken.", it.ids[50])
    page = it.open(start=it.ids[0], end=it.ids[50])
    it.wait(lambda: "“Song 50” could not be analysed." in page.empty.accessibleName())
    assert not page.head.play.isEnabled()
    assert page.suggest.isVisible()


@pytest.mark.parametrize("count", [0, 1])
def test_a_library_without_two_songs_says_what_to_do(room, count) -> None:
    it = room(count)
    page = it.open()
    assert "Nothing to travel through yet" in page.empty.accessibleName()
    assert not page.head.play.isEnabled()
    assert page.suggest.isHidden()


@pytest.mark.parametrize("count", [2, 3])
def test_a_tiny_library_gives_what_it_has_and_says_so(room, count) -> None:
    it = room(count)
    page = it.path()
    assert len(it.shown()) == count
    assert f"only {count} songs" in page.notice.text()
    assert page.notice.isVisible()


def test_nothing_chosen_suggests_two_songs_that_are_far_apart(room) -> None:
    it = room()
    page = it.open()
    assert "Choose two songs" in page.empty.accessibleName()
    path = it.after(page.suggest.click)
    assert path[0] != path[-1]
    assert page.stack.currentIndex() == 0


def test_what_plays_is_where_it_starts(room) -> None:
    it = room()
    track = it.app.catalogue.track(it.ids[12])
    it.app.player.track = lambda: track
    page = it.open()
    assert page.controls.ends.start.track().id == track.id
    assert "Where to from “Song 12”?" in page.empty.accessibleName()
    assert page.choose.text() == "Choose an end"


def test_w_and_the_menu_of_songs_lead_here(room, qtbot) -> None:
    it = room()
    it.window.navigator.open("songs")
    songs = it.window.page("songs")
    it.wait(lambda: songs.model.rowCount() == 60)
    it.wait(lambda: songs.model.track(3) is not None)
    menu = songs.actions_.menu([it.ids[3], it.ids[9]], [], songs)
    item = next(each for each in menu.actions() if each.text() == "Wormhole between these")
    it.page = it.window.page("wormhole")
    path = it.after(item.trigger)
    assert (path[0], path[-1]) == (it.ids[3], it.ids[9])
    one = songs.actions_.menu([it.ids[20]], [it.app.catalogue.track(it.ids[20])], songs)
    to_here = next(each for each in one.actions() if each.text() == "Wormhole to here")
    assert it.after(to_here.trigger)[-1] == it.ids[20]


def test_the_energy_curve_is_moved_by_pointer_and_keys(room, qtbot) -> None:
    it = room()
    page = it.path()
    curve = page.controls.curve
    QTest.mousePress(curve, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert curve.values()[0] > 0.9
    assert curve.values()[1:] == (0.5, 0.5, 0.5)
    curve.setFocus()
    QTest.keyClick(curve, Qt.Key.Key_Right)
    QTest.keyClick(curve, Qt.Key.Key_Down)
    assert curve.values()[1] == pytest.approx(0.45)
    assert "first third 45 %" in curve.accessibleDescription()
    it.wait(lambda: page.path.recipe.energy == curve.values())


def test_the_page_comes_back_as_it_was(room) -> None:
    it = room()
    page = it.path()
    shown = it.shown()
    it.window.navigator.open("songs")
    it.window.navigator.back()
    assert it.shown() == shown
    it.after(lambda: page.controls.length.setValue(7))
    it.window.navigator.open("songs")
    assert it.app.settings.get("wormhole.settings")["length"] == 7


@pytest.mark.parametrize(("size", "mode"), [((1080, 680), "dark"), ((1440, 900), "light")])
def test_it_paints_in_both_themes_and_sizes(room, size, mode) -> None:
    it = room()
    it.app.settings.set("appearance.theme", mode)
    it.window.resize(*size)
    page = it.path()
    it.after(lambda: page.controls.length.setValue(40))
    image = it.window.grab().toImage()
    assert page.side.isVisible()
    assert page.tunnel.height() >= 200
    inside = page.tunnel.rect()
    assert all(inside.contains(node.geometry()) for node in page.tunnel.nodes)
    at = page.tunnel.mapTo(it.window, QPointF(20, page.tunnel.height() - 20).toPoint())
    assert image.pixelColor(at).lightness() < 40  # the canvas is dark in both


def test_another_seed_is_another() -> None:
    assert all(fresh_seed(seed) != seed for seed in range(50))
    assert 0 <= fresh_seed() < SEEDS


def test_where_there_is_little_room_the_figures_are_said_shorter(qtbot) -> None:
    head = WormholeHead()
    qtbot.addWidget(head)
    head.set_figures("12 songs · mean smoothness 0.88, random order 0.41", "12 songs · 0.88, random 0.41")
    head.resize(900, 40)
    head.show()
    assert "mean smoothness" in head.figures.text()
    head.resize(640, 40)
    qtbot.waitUntil(lambda: head.figures.text() == "12 songs · 0.88, random 0.41")
    assert head.figures.width() >= text_width(head.figures.text(), "body")


def test_no_figure_lies_below_the_tag_of_the_worst_hop(room, monkeypatch) -> None:
    path = room().path().path
    written: list[QRectF] = []
    for width, height in ((684, 200), (840, 270), (1100, 400)):
        shape = Shape(width, height, len(path.tracks))
        for hop in range(len(path.hops)):
            worst = replace(path.hops[hop], smoothness=-0.9)
            other = replace(path, hops=(*path.hops[:hop], worst, *path.hops[hop + 1 :]))
            painter = Writer(written)
            paint_figures(painter, shape, other)
            tag = worst_box(shape, other)
            assert not any(box.intersects(tag) for box in written)
            assert written
            written.clear()


class Writer:
    """A painter that notes where text goes."""

    def __init__(self, written: list[QRectF]) -> None:
        self.drawText = lambda box, _flags, _text: written.append(box)

    def setFont(self, _font: object) -> None: ...

    def setPen(self, _pen: object) -> None: ...


def test_the_controls_fill_the_panel_as_in_the_design(room) -> None:
    controls = room().path().controls
    assert controls.presets.width() == controls.curve.width()
    for slider in (controls.length, controls.detour):
        picture = slider.grab().toImage()
        inside = picture.pixelColor(3, picture.height() // 2)
        assert inside.name() == Theme.current().color("accent_text").name()


def test_the_drawn_energy_curve_goes_through_its_points_without_corners(qtbot) -> None:
    points = [QPointF(0, 80), QPointF(100, 40), QPointF(200, 40), QPointF(300, 0)]
    line = smooth(points)
    slopes = np.diff([point.y() for point in line]) / np.diff([point.x() for point in line])
    assert np.abs(np.diff(slopes)).max() < 0.06  # a broken line turns by 0.4 at once
    assert min(min((p - q).manhattanLength() for p in line) for q in points) < 3


def test_a_dragged_hop_shows_its_song_and_carries_it(room, monkeypatch) -> None:
    it = room()
    page = it.path()
    seen: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _actions: seen.append(drag))
    page.hops.show_place(3)
    page.hops.startDrag(Qt.DropAction.CopyAction)
    assert dragged_ids(seen[0].mimeData()) == [it.shown()[3]]
    assert 0 < seen[0].pixmap().deviceIndependentSize().width() <= 260  # a label, not a whole row


def test_the_swap_button_is_whole_while_an_end_is_pointed_at(room) -> None:
    card = room().path().controls.ends
    at = card.swap.geometry().topLeft() + QPoint(6, card.swap.height() * 3 // 4)
    QTest.mouseMove(card.end, QPoint(60, 30))
    card.end.setDown(True)  # the loudest of its grounds
    ground = card.grab().toImage().pixelColor(at)
    card.end.setDown(False)
    assert ground.name() == Theme.current().color("raised").name()
