"""Histories of other programs: formats, matching, nothing twice, and our own export round."""

import contextlib
import json
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.common.errors import DocumentError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_export import export_history
from soniq_desktop.library.history_files import Listen, moment, read_history
from soniq_desktop.library.history_import import import_history, store_history
from soniq_desktop.library.history_match import loose_key
from soniq_desktop.library.play_history import genre_set, like_moments, play_columns, played_songs
from soniq_desktop.library.records import Play
from soniq_desktop.library.schema import MIGRATIONS
from tests.catalogue_fixtures import digest, listening, open_catalogue, scanned, unhurried

AT = 1_600_000_000


@pytest.fixture
def catalogue(tmp_path: Path):
    with open_catalogue(tmp_path) as opened:
        opened.store_scanned(
            [
                scanned("/music/1", title="Jóga", artist="Björk", album="Homogenic", duration=305.0),
                scanned("/music/2", title="Blue Monday", artist="New Order", album="Singles", duration=449.0),
                scanned(
                    "/music/3", title="Blue Monday", artist="New Order", album="Substance", duration=447.0
                ),
                scanned("/music/4", title="Stan", artist="Eminem feat. Dido", duration=404.0),
            ]
        )
        yield opened


def write(folder: Path, name: str, data: object) -> Path:
    file = folder / name
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


def test_lastfm_csv_without_a_head(tmp_path):
    file = write(tmp_path, "a.csv", 'Björk,Homogenic,Jóga,"13 Sep 2020 12:26"\n')
    assert read_history(file) == [Listen("Björk", "Jóga", "Homogenic", 1_599_999_960.0, source="Last.fm")]


def test_lastfm_csv_with_a_head(tmp_path):
    head = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
    file = write(tmp_path, "a.csv", head + f'{AT},"13 Sep 2020, 12:26","Björk",,"Homogenic",,"Jóga",\n')
    (found,) = read_history(file)
    assert (found.artist, found.title, found.started, found.source) == ("Björk", "Jóga", AT, "Last.fm")


def test_lastfm_pages(tmp_path):
    track = {"artist": {"#text": "Björk"}, "album": {"#text": "Homogenic"}, "name": "Jóga"}
    playing = track | {"@attr": {"nowplaying": "true"}}
    page = {"recenttracks": {"track": [playing, track | {"date": {"uts": str(AT), "#text": "13 Sep"}}]}}
    (found,) = read_history(write(tmp_path, "a.json", [page]))
    assert (found.album, found.started) == ("Homogenic", AT)


def test_listenbrainz_lines_in_a_zip(tmp_path):
    entry = {
        "listened_at": AT,
        "track_metadata": {
            "artist_name": "Björk", "track_name": "Jóga", "release_name": "Homogenic",
            "additional_info": {"duration_ms": 305_000},
        },
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("user.json", json.dumps({"user_id": 1, "username": "somebody"}))
        archive.writestr("listens/2020/9.jsonl", f"{json.dumps(entry)}\nnot json\n")
    (found,) = read_history(tmp_path / "export.zip")
    assert (found.source, found.duration, found.heard) == ("ListenBrainz", 305.0, None)


def spotify(title: str = "Jóga", played: int = 305_000, **more: object) -> dict[str, object]:
    return {
        "ts": "2020-09-13T12:26:40Z", "ms_played": played, "master_metadata_track_name": title,
        "master_metadata_album_artist_name": "Björk", "master_metadata_album_album_name": "Homogenic",
        "reason_end": "trackdone", "skipped": None,
    } | more  # fmt: skip


def test_spotify_tells_the_end_and_how_it_came(tmp_path):
    entries = [
        spotify(),
        spotify(played=12_000, reason_end="fwdbtn", skipped=True),
        spotify(played=90_000, reason_end="logout"),
        spotify(played=400),
        spotify(title=None, episode_name="A podcast"),
    ]
    found = read_history(write(tmp_path, "Streaming_History_Audio_2020.json", entries))
    assert [(each.ended, each.heard) for each in found] == [("finished", 305), ("skipped", 12), ("part", 90)]
    assert found[0].started == AT - 305


def test_the_small_export_of_spotify(tmp_path):
    entry = {"endTime": "2020-09-13 12:26", "artistName": "Björk", "trackName": "Jóga", "msPlayed": 305_000}
    (found,) = read_history(write(tmp_path, "StreamingHistory0.json", [entry, entry | {"msPlayed": 10}]))
    assert (found.started, found.heard, found.source) == (1_599_999_960.0 - 305, 305.0, "Spotify")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["ts", "ms_played", "listened_at", "track_metadata", "artist", "name", "date", "uts", "track",
             "started_at", "seconds_heard", "title", "plays", "recenttracks", "endTime", "msPlayed"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
@unhurried
def test_whatever_a_file_holds_it_is_plays_or_a_plain_sentence(data):
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder), "x.json", json.dumps(data))
        try:
            found = read_history(file)
        except DocumentError:
            return
    assert all(each.title and each.started > 0 for each in found)


def test_nesting_without_end_is_refused(tmp_path):
    with pytest.raises(DocumentError):
        read_history(write(tmp_path, "x.json", "[" * 100_000))


def test_csv_by_the_names_of_its_columns(tmp_path):
    file = write(tmp_path, "a.csv", "Played at;Song;Artist\n2020-09-13T12:26:40+00:00;Jóga;Björk\n;;\n")
    (found,) = read_history(file)
    assert (found.title, found.started, found.source) == ("Jóga", AT, "imported")


@pytest.mark.parametrize("text", ["", "hello", '{"a": 1}', "a,b\n1,2\n", "[1, 2]"])
def test_what_is_no_history_is_refused_with_a_sentence(tmp_path, text):
    with pytest.raises(DocumentError, match="no listening history"):
        read_history(write(tmp_path, "x.json", text))


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00rubbish")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_history(tmp_path / "x.csv")


def test_times_are_seconds_milliseconds_or_dates():
    assert moment(AT) == moment(AT * 1000) == moment(str(AT)) == moment("2020-09-13 12:26:40") == AT
    assert moment("soon") is None
    assert moment(None) is None


def test_plays_are_matched_without_accents_and_remaster_notes(catalogue):
    report = store_history(
        catalogue,
        [
            Listen("Bjork", "Joga", "", AT, source="Last.fm"),
            Listen("BJÖRK", "Jóga - 2019 Remaster", "", AT + 9_000, source="Last.fm", duration=306.0),
            Listen("BJÖRK", "Jóga (Live)", "", AT + 18_000, source="Last.fm"),
            Listen("Eminem", "Stan (feat. Dido)", "", AT, source="Last.fm"),
        ],
    )
    assert (report.added, report.unmatched) == (3, 1)
    assert report.missing == (("BJÖRK", "Jóga (Live)", 1),)


def test_loose_names_must_agree_in_duration(catalogue):
    report = store_history(catalogue, [Listen("Björk", "Jóga (Remastered)", "", AT, duration=250.0)])
    assert report.unmatched == 1


def test_the_album_and_then_the_duration_decide_between_songs_of_one_name(catalogue):
    store_history(
        catalogue,
        [
            Listen("New Order", "Blue Monday", "Substance", AT),
            Listen("New Order", "Blue Monday", "", AT + 9_000, duration=449.0),
        ],
    )
    assert [len(catalogue.plays(track)) for track in (2, 3)] == [1, 1]


def test_importing_twice_changes_nothing(catalogue):
    listens = [Listen("Björk", "Jóga", "", AT + 4_000 * n, source="Last.fm") for n in range(5)]
    assert store_history(catalogue, listens).added == 5
    again = store_history(catalogue, listens)
    assert (again.added, again.known) == (0, 5)
    assert catalogue.track(1).plays == 5


def test_a_play_that_soniq_recorded_and_scrobbled_is_one(catalogue):
    catalogue.record_play(Play(1, AT + 20.0, 305.0, "finished", "album"))
    report = store_history(catalogue, [Listen("Björk", "Jóga", "", AT, source="ListenBrainz")])
    assert (report.added, report.known) == (0, 1)


def test_a_skip_and_a_start_soon_after_are_two(catalogue):
    listens = [
        Listen("Björk", "Jóga", "", AT, 5.0, "skipped", "Spotify"),
        Listen("Björk", "Jóga", "", AT + 10, 305.0, "finished", "Spotify"),
    ]
    assert store_history(catalogue, listens).added == 2
    track = catalogue.track(1)
    assert (track.plays, track.skips) == (1, 1)


@pytest.mark.parametrize("name", ["out.json", "out.csv"])
def test_an_export_is_read_back_as_it_was(catalogue, tmp_path, name):
    catalogue.record_play(Play(1, AT + 0.25, 304.5, "finished", "wormhole", 305.0))
    catalogue.record_play(Play(2, AT + 999.0, 12.0, "skipped", "radio", 12.0))
    assert export_history(catalogue, tmp_path / name) == 2
    assert import_history(catalogue, tmp_path / name).added == 0
    (tmp_path / "other").mkdir()
    with open_catalogue(tmp_path / "other") as other:
        other.store_scanned([scanned("/elsewhere/1", title="Jóga", artist="Björk"), scanned("/music/2")])
        assert import_history(other, tmp_path / name).added == 2
        assert [other.plays(track)[0] for track in (1, 2)] == [
            Play(1, AT + 0.25, 304.5, "finished", "wormhole", 305.0),
            Play(2, AT + 999.0, 12.0, "skipped", "radio", 12.0),
        ]


def test_a_renamed_song_is_found_by_its_sound(catalogue, tmp_path):
    catalogue.store_listening(1, listening("joga"))
    listen = Listen("Somebody", "Else", "", AT, audio_hash=digest("joga"))
    assert store_history(catalogue, [listen]).tracks == (1,)


def test_loose_keys():
    assert loose_key("Eminem feat. Dido", "Stan") == loose_key("Eminem", "Stan (feat. Dido)")
    assert loose_key("A", "B (Live)") != loose_key("A", "B")
    assert loose_key("A", "(Version)") == ("a", "version")


def test_the_history_comes_as_arrays_with_genres(catalogue):
    catalogue.record_play(Play(2, AT + 999.5, 12.0, "skipped", "radio"))
    catalogue.record_play(Play(1, AT, 304.5, "finished", "album"))
    columns, songs = play_columns(catalogue.database), played_songs(catalogue.database)
    assert columns.tracks.tolist() == [1, 2]
    assert columns.started.tolist() == [AT, AT + 999.5]
    assert [columns.source_names[code] for code in columns.sources] == ["album", "radio"]
    assert columns.ended.tolist() == [0, 2]
    assert songs.ids.tolist() == [1, 2]
    catalogue.set_correction(1, "genre", "Jazz")
    assert played_songs(catalogue.database).genres[0].tolist() == genre_set("Jazz", None, None).tolist()


def test_an_older_library_is_counted_by_the_new_rule_and_keeps_its_likes(tmp_path):
    with open_catalogue(tmp_path) as opened:
        opened.store_scanned([scanned("/music/1", title="Jóga", artist="Björk", duration=305.0)])
        opened.set_liked(1, True)
        for number, heard in enumerate((305.0, 100.0, 160.0)):
            opened.record_play(Play(1, AT + 1_000.0 * number, heard, "part", "songs"))
    with contextlib.closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection:
        connection.execute("DROP TABLE like_events")
        connection.execute("UPDATE tracks SET plays = 3")
        connection.executescript(MIGRATIONS[4])
        connection.commit()
    with Catalogue(tmp_path / "library.sqlite3") as opened:
        assert opened.track(1).plays == 2
        assert len(like_moments(opened.database)) == 1
