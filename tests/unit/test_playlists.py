"""Playlists: finding tracks again, ordering, other programs' files."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.common.errors import DocumentError, NotFoundError
from soniq_desktop.discovery.wormhole_recipe import Pin, Recipe, Stop
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.m3u import read_m3u, write_m3u
from soniq_desktop.library.playlists import PlaylistEntry, Playlists, moved
from tests.catalogue_fixtures import listening, open_catalogue, scanned, unhurried


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        opened.store_scanned(
            [scanned(f"/music/{n}.flac", title=f"T{n}", artist="A", duration=n) for n in range(1, 5)]
        )
        yield opened


@pytest.fixture
def playlists(tmp_path):
    return Playlists(Documents(tmp_path / "documents.json"))


def titles(playlists: Playlists, playlist_id: int) -> list[str]:
    return [entry.title for entry in playlists.get(playlist_id).entries]


def test_a_playlist_is_on_the_disk_at_once(tmp_path, playlists, catalogue):
    made = playlists.create(" Evening ", catalogue.tracks([3, 1]))
    again = Playlists(Documents(tmp_path / "documents.json"))
    assert again.all() == [made]
    assert (made.name, made.kind, [entry.title for entry in made.entries]) == (
        "Evening",
        "manual",
        ["T3", "T1"],
    )
    assert again.resolve(made.id, catalogue) == [3, 1]


def test_names_are_free_and_lists_stay_in_the_order_of_making(playlists):
    made = [playlists.create(name).id for name in ("Mix", "mix", "", "Zebra", "Ape")]
    assert [each.name for each in playlists.all()] == ["Mix", "mix 2", "New playlist", "Zebra", "Ape"]
    playlists.rename(made[3], "MIX")
    playlists.rename(made[4], "  ")
    playlists.rename(made[0], "Mix")
    assert [each.name for each in playlists.all()] == ["Mix", "mix 2", "New playlist", "MIX 3", "Ape"]
    playlists.delete(made[0])
    assert playlists.create("Last").name == "Last"
    assert [each.name for each in playlists.all()][-1] == "Last"


def test_entries_are_added_removed_and_moved(playlists, catalogue):
    made = playlists.create("P", catalogue.tracks([1, 2])).id
    playlists.add(made, catalogue.tracks([3]), at=0)
    playlists.add(made, catalogue.tracks([4]))
    playlists.add(made, catalogue.tracks([1]), at=99)
    assert titles(playlists, made) == ["T3", "T1", "T2", "T4", "T1"]
    playlists.move(made, [0, 3], 2)
    assert titles(playlists, made) == ["T1", "T3", "T4", "T2", "T1"]
    playlists.remove(made, [0, 2, 77])
    assert titles(playlists, made) == ["T3", "T2", "T1"]


@unhurried
@given(st.lists(st.integers(), max_size=12), st.sets(st.integers(-2, 14)), st.integers(-3, 15))
def test_moving_keeps_every_entry_and_all_orders(numbers, positions, to):
    entries = [PlaylistEntry(str(place), title=str(number)) for place, number in enumerate(numbers)]
    after = moved(entries, positions, to)
    chosen = [entry for place, entry in enumerate(entries) if place in positions]
    rest = [entry for place, entry in enumerate(entries) if place not in positions]
    assert sorted(after, key=lambda each: int(each.path)) == entries
    assert [each for each in after if each in rest] == rest
    assert [each for each in after if each in chosen] == chosen
    if chosen:
        start = after.index(chosen[0])
        assert after[start : start + len(chosen)] == chosen
        assert start == sum(place not in positions for place in range(max(0, min(to, len(entries)))))


def test_an_entry_is_found_after_moving_and_retagging(playlists, catalogue):
    made = playlists.create("P", catalogue.tracks([1, 2])).id
    catalogue.store_listening(1, listening("one"))
    assert playlists.resolve(made, catalogue) == [1, 2]  # learns the sound
    catalogue.mark_missing([1])
    (new,) = catalogue.store_scanned([scanned("/music/elsewhere.flac", title="Retagged", duration=1)])
    assert catalogue.store_listening(new, listening("one")) == 1
    assert playlists.resolve(made, catalogue) == [1, 2]
    assert playlists.get(made).entries[0].path == "/music/elsewhere.flac"
    assert titles(playlists, made) == ["Retagged", "T2"]


def test_an_entry_follows_its_sound_into_a_rebuilt_library(playlists, catalogue):
    catalogue.store_listening(1, listening("one"))
    made = playlists.create("P", catalogue.tracks([1])).id
    catalogue.remove_folder("/music")
    assert playlists.resolved(made, catalogue)[0][1] is None
    catalogue.add_folder("/other")
    (new,) = catalogue.store_scanned([scanned("/other/x.flac", duration=1)])
    catalogue.store_listening(new, listening("one"))
    assert playlists.resolve(made, catalogue) == [new]


def test_entries_that_are_away_are_kept_and_shown(playlists, catalogue):
    made = playlists.create("P", catalogue.tracks([1, 2])).id
    catalogue.remove_folder("/music")
    found = playlists.resolved(made, catalogue)
    assert [(entry.title, track_id) for entry, track_id in found] == [("T1", None), ("T2", None)]
    assert playlists.resolve(made, catalogue) == []
    assert titles(playlists, made) == ["T1", "T2"]


def test_what_is_not_there_is_an_error(playlists, catalogue):
    for call in (
        lambda: playlists.get(1),
        lambda: playlists.rename(1, "x"),
        lambda: playlists.delete(1),
        lambda: playlists.add(1, []),
        lambda: playlists.remove(1, [0]),
        lambda: playlists.move(1, [0], 0),
        lambda: playlists.resolve(1, catalogue),
    ):
        with pytest.raises(NotFoundError):
            call()


@pytest.mark.parametrize("relative", [True, False])
def test_an_exported_list_comes_back(tmp_path, playlists, catalogue, relative):
    odd = [
        "/music/#hash.flac",
        "/music/ space .flac",
        "/music/new\nline.flac",
        os.fsdecode(b"/music/\xff.flac"),
        "/music/é.flac",
    ]
    ids = catalogue.store_scanned([scanned(path, title="Odd", artist="B - C") for path in odd])
    made = playlists.create("P", catalogue.tracks([1, *ids]))
    file = tmp_path / "lists" / "P.m3u8"
    playlists.export_m3u(made.id, file, relative=relative)
    again = playlists.import_m3u(file, catalogue)
    assert (again.name, again.kind) == ("P 2", "import")
    assert playlists.resolve(again.id, catalogue) == [1, *ids]
    assert file.read_bytes().startswith(b"#EXTM3U\n#EXTINF:1,A - T1\n")
    assert (b"../" in file.read_bytes()) is relative


def test_a_relative_list_moves_with_its_files(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    write_m3u(one / "list.m3u8", [PlaylistEntry(str(one / "sub" / "a.flac"))], relative=True)
    one.rename(two)
    assert [line.path for line in read_m3u(two / "list.m3u8")] == [str(two / "sub" / "a.flac")]


def test_lists_of_other_programs_are_understood(tmp_path):
    (tmp_path / "Music").mkdir()
    (tmp_path / "Music" / "b.mp3").touch()
    file = tmp_path / "list.m3u"
    file.write_bytes(
        b'\xef\xbb\xbf#EXTM3U\r\n#PLAYLIST:Name\r\n#EXTINF:123 tvg-id="x",Artist - Title - Live\r\na.mp3\r\n'
        b"#EXTINF:-1,Only a title\r\nMusic\\b.mp3\r\n\r\nhttp://radio.example/stream\r\n"
        b"file:///abs/with%20space.mp3\r\n#EXTINF:nonsense\r\n../up.mp3\r\ncaf\xe9.mp3"
    )
    lines = read_m3u(file)
    assert [line.path for line in lines] == [
        str(tmp_path / "a.mp3"),
        str(tmp_path / "Music" / "b.mp3"),
        "/abs/with space.mp3",
        str(tmp_path.parent / "up.mp3"),
        str(tmp_path / os.fsdecode(b"caf\xe9.mp3")),
    ]
    assert (lines[0].artist, lines[0].title, lines[0].duration) == ("Artist", "Title - Live", 123.0)
    assert (lines[1].artist, lines[1].title, lines[1].duration) == ("", "Only a title", 0.0)


@unhurried
@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(tmp_path_factory, data: bytes):
    file = tmp_path_factory.mktemp("m3u") / "x.m3u"
    file.write_bytes(data)
    assert all(Path(line.path).is_absolute() for line in read_m3u(file))


def test_a_list_that_is_not_there_is_said(tmp_path, playlists, catalogue):
    with pytest.raises(DocumentError, match="cannot be read"):
        playlists.import_m3u(Path(tmp_path / "none.m3u8"), catalogue)
    assert playlists.all() == []


def test_a_path_keeps_its_recipe(tmp_path, playlists):
    recipe = Recipe(
        Stop(3, "ab" * 16), Stop(9), (Stop(4),), 14, 4127, 0.35, 1, (0.2, 0.8), True, 7.0, True,
        (Pin(5, Stop(7, "cd" * 16)),), (Stop(8),),
    )  # fmt: skip
    made = playlists.create("Copper to Anvil", (), "path", recipe.as_data())
    assert Recipe.from_data(made.recipe) == recipe
    playlists.rename(made.id, "Copper")
    playlists.create("By hand")
    path, manual = Playlists(Documents(tmp_path / "documents.json")).all()
    assert (path.name, path.kind) == ("Copper", "path")
    assert Recipe.from_data(path.recipe) == recipe
    assert manual.recipe is None
