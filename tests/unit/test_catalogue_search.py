"""Searching, sorting and filtering against plain Python on the same tracks."""

import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Filters, Track, TrackQuery
from soniq_desktop.library.text import fold, index_text, match_expression, sort_key, words
from tests.bench.generate_library import generate
from tests.catalogue_fixtures import listening, open_catalogue, scanned, unhurried

COUNT = 400
EVERY = [1, 2, 3, 4, 5]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A generated library that no test changes."""
    with open_catalogue(tmp_path_factory.mktemp("search")) as catalogue:
        generate(catalogue, COUNT)
        yield catalogue


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def find(catalogue: Catalogue, text: str) -> list[int]:
    return sorted(catalogue.track_ids(TrackQuery(text=text)).tolist())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bjork", [1]), ("BJÖRK", [1]), ("björ hom", [1]), ("hom björ", [1]), ("jork", []), ("bjork rem", []),
        ("ac/dc", [2]), ("acdc", [2]), ("ac dc", [2]), ("dont", [2]), ("don't", [2]), ("don’t", [2]),
        ("rem", [3]), ("r.e.m.", [3]), ("Sørensen", [3]), ("sorensen", [3]), ("straße", [3]),
        ("strasse", [3]),
        ("宇多", [4]), ("多田", [4]), ("ひかる", [4]), ("zappa", [4]), ("live", [5]),
        ("हिन्दी", [5]), ("हिन", [5]),
        ("music", []), ("flac", EVERY), ("", EVERY), ("  ", EVERY), ("!?", EVERY), ("a", [2]),
    ],
)  # fmt: skip
def test_words_are_found_as_people_type_them(catalogue: Catalogue, typed, found):
    catalogue.store_scanned(
        [
            scanned("/music/1.flac", title="Jóga", artist="Björk", album="Homogenic"),
            scanned("/music/2.flac", title="Don't Stop", artist="AC/DC"),
            scanned("/music/3.flac", title="Straße", artist="R.E.M.", album_artist="Sørensen"),
            scanned("/music/4.flac", title="宇多田ひかる", genre="Zappa"),
            scanned("/music/Live/5.flac", title="हिन्दी"),
        ]
    )
    assert find(catalogue, typed) == found


@unhurried
@given(st.text())
def test_no_text_is_an_error(library: Catalogue, text: str):
    assert set(find(library, text)) <= set(range(1, COUNT + 1))


@pytest.mark.parametrize(
    "text",
    ['"', '"a" OR "b"', "NOT a", "a*", "title:a", "^a", "a NEAR b", "(", "-a", "{a b}", "\0", "\udcff"],
)
def test_operators_are_only_text(library: Catalogue, text: str):
    find(library, text)


@unhurried
@given(st.text(), st.text())
def test_more_words_never_find_more(library: Catalogue, one: str, other: str):
    assert set(find(library, f"{one} {other}")) <= set(find(library, one))


@unhurried
@given(st.text())
@example("𝕬ngel ϒ ℃")
def test_folded_words_stay_as_they_are(text: str):
    assert words(" ".join(words(text))) == words(text)
    assert fold(fold(text)) == fold(text)


@unhurried
@given(st.text(min_size=1))
def test_every_text_finds_itself(text: str):
    indexed = index_text(text).split()
    assert all(any(each.startswith(word) for each in indexed) for word in words(text))
    assert match_expression(text).count('"') == 2 * min(12, len(set(words(text))))


@pytest.mark.parametrize(
    "ordered",
    [
        ["A Night", "night 2", "Night 10", "The Nightmare", "Nights"],
        ["Abba", "Äbbb", "abbc"],
        ["...And Justice", "Anthem", "'Heroes'", "The The", "(Untitled)"],
        ["2 Unlimited", "10cc", "100 gecs", "1975"],
    ],
)
def test_names_sort_as_in_a_record_shop(ordered):
    assert sorted(ordered, key=sort_key) == ordered


def by_name(library: Catalogue) -> list[Track]:
    return library.tracks(library.track_ids(TrackQuery()))


def home_key(track: Track):
    tags = track.tags
    return (sort_key(track.artist), sort_key(tags.album), tags.disc_number or 0, tags.track_number or 0)


def test_the_artist_order_goes_by_album_and_number(library: Catalogue):
    tracks = by_name(library)
    assert len(tracks) == COUNT
    assert [home_key(track) for track in tracks] == sorted(home_key(track) for track in tracks)


VALUES = {
    "title": lambda t: sort_key(t.title),
    "album": lambda t: sort_key(t.tags.album),
    "genre": lambda t: sort_key(t.tags.genre),
    "path": lambda t: t.path.encode(),
    "tempo": lambda t: t.features.tempo,
    "key": lambda t: (t.features.key, t.features.mode == "minor"),
    "energy": lambda t: t.features.energy,
    "duration": lambda t: t.tags.duration,
    "plays": lambda t: t.plays,
    "added": lambda t: int(t.added_at),
    "year": lambda t: t.tags.year,
}


@pytest.mark.parametrize("sort", VALUES)
@pytest.mark.parametrize("descending", [False, True])
def test_every_sort_orders_by_its_value_and_then_by_artist(library: Catalogue, sort, descending):
    found = library.tracks(library.track_ids(TrackQuery(sort=sort, descending=descending)))
    value = VALUES[sort]
    keys = [value(track) for track in found]
    assert keys == sorted(keys, reverse=descending)
    place = {track.id: position for position, track in enumerate(by_name(library))}
    for one, next_one in pairwise(found):
        # Namesakes among titles stay in the order of their ids, among albums by artist in the same direction.
        if sort not in {"title", "album"} and value(one) == value(next_one):
            assert place[one.id] < place[next_one.id]


@pytest.mark.parametrize("sort", ["tempo", "key", "energy", "year", "last_played", "album", "genre"])
@pytest.mark.parametrize("descending", [False, True])
def test_unknown_values_come_last_in_both_directions(catalogue: Catalogue, sort, descending):
    bare, full = catalogue.store_scanned(
        [scanned("/music/a", artist="A"), scanned("/music/b", artist="B", year=1990, album="X", genre="Y")]
    )
    catalogue.store_listening(full, listening("b"))
    with catalogue.database.writing() as connection:
        connection.execute("UPDATE tracks SET last_played = 5, revision = 99 WHERE id = ?", (full,))
    assert catalogue.track_ids(TrackQuery(sort=sort, descending=descending)).tolist() == [full, bare]


def test_shuffle_is_a_repeatable_order_of_everything(library: Catalogue):
    once = library.track_ids(TrackQuery(sort="shuffle", seed=4)).tolist()
    assert once == library.track_ids(TrackQuery(sort="shuffle", seed=4)).tolist()
    assert once != library.track_ids(TrackQuery(sort="shuffle", seed=5)).tolist()
    assert sorted(once) == list(range(1, COUNT + 1))


FILTERS = {
    "lossless": (Filters(lossless=True), lambda t: t.tags.codec == "flac"),
    "liked": (Filters(liked=True), lambda t: t.liked),
    "unplayed": (Filters(unplayed=True), lambda t: t.plays == 0),
    "added": (Filters(added_after=1_750_000_000.0), lambda t: t.added_at >= 1_750_000_000),
    "duration": (Filters(duration=(200, 250)), lambda t: 200 <= t.tags.duration <= 250),
    "tempo": (Filters(tempo=(110, 125)), lambda t: 110 <= t.features.tempo <= 125),
    "year": (Filters(year=(1970, 1985)), lambda t: 1970 <= t.tags.year <= 1985),
    "energy": (Filters(energy=(0.4, 0.6)), lambda t: 0.4 <= t.features.energy <= 0.6),
    "keys": (
        Filters(keys=frozenset({(9, "minor"), (0, "major")})),
        lambda t: (t.features.key, t.features.mode) in {(9, "minor"), (0, "major")},
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_keeps_what_it_says(library: Catalogue, name):
    filters, keeps = FILTERS[name]
    found = library.track_ids(TrackQuery(filters=filters)).tolist()
    assert found == [track.id for track in by_name(library) if keeps(track)]
    assert 0 < len(found) < COUNT


def test_filters_text_and_group_work_together(library: Catalogue):
    genre = by_name(library)[0].tags.genre
    query = TrackQuery(text="a", genre=genre, filters=Filters(tempo=(0, 400), unplayed=True))
    found = set(library.track_ids(query).tolist())
    assert found == set(find(library, "a")) & set(library.track_ids(replace(query, text="")).tolist())
    assert found


def test_a_track_without_tempo_passes_no_tempo_filter(catalogue: Catalogue):
    catalogue.store_scanned([scanned("/music/a")])
    assert catalogue.track_ids(TrackQuery(filters=Filters(tempo=(-10, 1000)))).tolist() == []


def test_lists_follow_every_change(catalogue: Catalogue):
    query = TrackQuery(sort="tempo")
    assert catalogue.track_ids(query).tolist() == []
    a, b = catalogue.store_scanned([scanned("/music/a", artist="A"), scanned("/music/b", artist="B")])
    assert catalogue.track_ids(query).tolist() == [a, b]
    catalogue.store_listening(b, listening("b", tempo=80.0))
    assert catalogue.track_ids(query).tolist() == [b, a]
    catalogue.store_listening(a, listening("a", tempo=70.0))
    assert catalogue.track_ids(query).tolist() == [a, b]
    catalogue.set_liked(b, True)
    assert catalogue.track_ids(replace(query, filters=Filters(liked=True))).tolist() == [b]
    catalogue.store_scanned([scanned("/music/b", artist="Aa", title="Changed", mtime_ns=2)])
    assert catalogue.track_ids(TrackQuery(text="chan")).tolist() == [b]
    catalogue.add_folder("/other")
    (c,) = catalogue.store_scanned([scanned("/other/c", artist="Ab", duration=2.5)])
    assert catalogue.track_ids(TrackQuery()).tolist() == [a, b, c]
    assert catalogue.total_duration([c, a, c]) == 15.0
    catalogue.remove_folder("/music")
    assert catalogue.track_ids(query).tolist() == [c]


def test_another_connection_sees_the_same_changes(tmp_path, catalogue: Catalogue):
    with Catalogue(tmp_path / "library.sqlite3") as other:
        assert other.track_ids(TrackQuery()).tolist() == []
        (a,) = catalogue.store_scanned([scanned("/music/a", title="Here")])
        assert other.track_ids(TrackQuery(text="here")).tolist() == [a]
        other.set_liked(a, True)
    assert catalogue.track_ids(TrackQuery(filters=Filters(liked=True))).tolist() == [a]


def test_threads_that_read_while_one_writes_see_whole_states(catalogue: Catalogue):
    """Every batch has 20 tracks: any list must be a multiple of that, and sorted."""
    errors: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for query in (TrackQuery(), TrackQuery(text="song"), TrackQuery(sort="title", descending=True)):
                found = catalogue.track_ids(query)
                if len(found) % 20 or len(set(found.tolist())) != len(found):
                    errors.append(f"{query}: {len(found)}")

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for batch in range(15):
            files = [scanned(f"/music/{batch}/{n}", title=f"Song {n}", artist=f"A{n % 3}") for n in range(20)]
            catalogue.store_scanned(files)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert len(catalogue.track_ids(TrackQuery())) == 300
