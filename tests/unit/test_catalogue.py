"""Scanning side, albums and groups, problems, and what the user makes."""

import os
from pathlib import Path

import pytest

from soniq_desktop.common.errors import CatalogueError, NotFoundError
from soniq_desktop.library import ingest
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.play_history import like_moments
from soniq_desktop.library.records import LibraryCounts, Play, TrackQuery
from tests.catalogue_fixtures import digest, listening, open_catalogue, scanned


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def test_a_scanned_file_comes_back_as_it_was_stored(catalogue: Catalogue):
    file = scanned("/music/a.flac", title="Jóga", artist="Björk", year=1997, track_number=2, bitrate=900_000)
    (track_id,) = catalogue.store_scanned([file])
    track = catalogue.track(track_id)
    assert track is not None
    assert (track.path, track.tags, track.size, track.state) == ("/music/a.flac", file.tags, 1000, "new")
    assert catalogue.track_by_path("/music/a.flac") == track
    assert catalogue.known_files("/music")["/music/a.flac"][:4] == (track_id, 1000, 1, False)


def test_an_empty_library_answers_everything(catalogue: Catalogue):
    assert catalogue.track_ids(TrackQuery(text="x")).tolist() == []
    assert catalogue.albums() == catalogue.artists() == catalogue.genres() == catalogue.problems() == []
    assert catalogue.counts() == LibraryCounts(folders=1)
    assert catalogue.total_duration([1, 2]) == 0
    assert catalogue.embeddings("any")[0].shape == (0,)
    assert catalogue.track(1) is None
    assert catalogue.waveform(1) is None


def test_a_path_that_is_not_utf8_survives(catalogue: Catalogue):
    path = os.fsdecode(b"/music/caf\xe9/\xff.flac")
    (track_id,) = catalogue.store_scanned([scanned(path)])
    assert catalogue.track_by_path(path).id == track_id
    assert list(catalogue.known_files("/music")) == [path]
    assert catalogue.track_ids(TrackQuery(text="caf")).tolist() == [track_id]
    catalogue.store_problem(path, "tags", "Broken \udcff", track_id)
    assert catalogue.problems()[0].path == path


def test_known_files_are_those_below_the_folder_only(catalogue: Catalogue):
    catalogue.store_scanned([scanned("/music/a/1"), scanned("/music/ab/2"), scanned("/music/a0/3")])
    assert list(catalogue.known_files("/music/a")) == ["/music/a/1"]


def test_a_changed_file_keeps_id_and_history_and_waits_for_listening(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a", title="Old", album="First")])
    catalogue.set_liked(track_id, True)
    catalogue.store_listening(track_id, listening())
    again = catalogue.store_scanned([scanned("/music/a", title="New", album="Second", mtime_ns=2)])
    track = catalogue.track(track_id)
    assert again == [track_id]
    assert (track.state, track.liked, track.features.tempo) == ("new", True, 120.0)
    assert catalogue.track_ids(TrackQuery(text="old")).tolist() == []
    assert catalogue.track_ids(TrackQuery(text="new")).tolist() == [track_id]
    assert [album.title for album in catalogue.albums()] == ["Second"]


@pytest.mark.parametrize(("hash_of", "state"), [("sound", "listened"), ("another", "new")])
def test_the_sound_decides_whether_a_changed_file_is_listened_to_again(catalogue, hash_of, state):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.store_listening(track_id, listening("sound"))
    catalogue.store_scanned([scanned("/music/a", mtime_ns=2, audio_hash=digest(hash_of), title="Retagged")])
    assert catalogue.track(track_id).state == state


def test_a_file_time_that_goes_back_counts_as_a_change(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a", mtime_ns=10**18)])
    catalogue.store_listening(track_id, listening())
    catalogue.store_scanned([scanned("/music/a", mtime_ns=5)])
    assert [track.id for track in catalogue.to_listen(9)] == [track_id]


def test_a_missing_file_stays_listed_until_it_is_back(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.mark_missing([track_id])
    assert catalogue.track(track_id).missing
    assert catalogue.track_ids(TrackQuery()).tolist() == [track_id]
    assert catalogue.to_listen(9) == []
    catalogue.mark_present([track_id])
    assert not catalogue.track(track_id).missing


def test_a_moved_file_is_adopted_with_its_history(catalogue: Catalogue):
    old, other = catalogue.store_scanned(
        [scanned("/music/old", title="Song"), scanned("/music/other", duration=99.0)]
    )
    catalogue.store_listening(old, listening("song"))
    catalogue.set_liked(old, True)
    catalogue.mark_missing([old, other])
    assert [track.id for track in catalogue.missing_like(10.05, "flac")] == [old]
    assert catalogue.missing_like(10.05, "mp3") == []
    survivor = catalogue.adopt(old, scanned("/music/new", title="Song", audio_hash=digest("song")))
    track = catalogue.track(old)
    assert survivor == old
    assert (track.path, track.missing, track.liked, track.state) == ("/music/new", False, True, "listened")


def test_adopting_a_path_that_has_a_row_merges_both(catalogue: Catalogue):
    old, new = catalogue.store_scanned([scanned("/music/old"), scanned("/music/new")])
    catalogue.store_listening(old, listening("song"))
    catalogue.record_play(Play(new, 5.0, 10.0, "finished", "songs"))
    catalogue.adopt(old, scanned("/music/new"))
    assert catalogue.track(new) is None
    assert catalogue.track(old).plays == 1
    assert catalogue.track_ids(TrackQuery()).tolist() == [old]


def test_adopting_an_unknown_track_is_an_error(catalogue: Catalogue):
    with pytest.raises(NotFoundError):
        catalogue.adopt(99, scanned("/music/new"))


def test_removing_a_folder_keeps_tracks_of_a_folder_inside(catalogue: Catalogue):
    catalogue.add_folder("/music/kept")
    catalogue.store_scanned([scanned("/music/gone", album="A", genre="B"), scanned("/music/kept/stays")])
    catalogue.store_problem("/music/bad", "tags", "Broken.")
    catalogue.remove_folder("/music")
    assert [track.path for track in catalogue.tracks(catalogue.track_ids(TrackQuery()))] == [
        "/music/kept/stays"
    ]
    assert catalogue.folders() == ["/music/kept"]
    assert catalogue.albums() == catalogue.genres() == catalogue.problems() == []


def test_likes_and_plays_come_back_when_a_removed_folder_does(catalogue: Catalogue):
    by_hash, by_path = catalogue.store_scanned([scanned("/music/a"), scanned("/music/b", duration=7.0)])
    catalogue.store_listening(by_hash, listening("a"))
    catalogue.set_liked(by_hash, True)
    catalogue.record_play(Play(by_path, 1.0, 4.0, "part", "album"))
    catalogue.remove_folder("/music")
    catalogue.add_folder("/music")
    moved, same_place = catalogue.store_scanned(
        [scanned("/music/elsewhere"), scanned("/music/b", duration=7.0)]
    )
    catalogue.store_listening(moved, listening("a"))
    assert catalogue.track(moved).liked
    assert catalogue.track(same_place).plays == 1


def test_a_sound_that_was_liked_twice_is_liked_once(catalogue: Catalogue):
    first, second = catalogue.store_scanned([scanned("/music/a"), scanned("/music/b")])
    for each in (first, second):
        catalogue.store_listening(each, listening("same"))
        catalogue.set_liked(each, True)
    catalogue.remove_folder("/music")
    (again,) = catalogue.store_scanned([scanned("/music/c")])
    catalogue.store_listening(again, listening("same"))
    with catalogue.database.reading() as connection:
        assert connection.execute("SELECT track_id FROM likes").fetchall() == [(again,)]


def test_an_id_is_never_used_twice(catalogue: Catalogue):
    (first,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.remove_folder("/music")
    (second,) = catalogue.store_scanned([scanned("/music/a")])
    assert second > first


def test_albums_share_title_and_album_artist_or_else_the_folder(catalogue: Catalogue):
    catalogue.store_scanned(
        [
            scanned(
                "/music/x/1", album="Best Of", album_artist="ABBA", artist="ABBA", year=1999, artwork="cover"
            ),
            scanned("/music/y/2", album="best of", album_artist="Abba", artist="ABBA", year=2001),
            scanned("/music/z/3", album="Best Of", album_artist="Queen", artist="Queen"),
            scanned("/music/mix/CD 1/4", album="Hits", artist="One"),
            scanned("/music/mix/cd2/5", album="Hits", artist="Two"),
            scanned("/music/own/6", album="Hits", artist="Three"),
            scanned("/music/7", artist="Three"),
        ]
    )
    found = [(album.title, album.artist, album.tracks) for album in catalogue.albums()]
    assert found == [
        ("Best Of", "ABBA", 2),
        ("Best Of", "Queen", 1),
        ("Hits", "Three", 1),
        ("Hits", "Various artists", 2),
    ]
    best = catalogue.albums()[0]
    assert (best.year, best.artwork, best.duration) == (2001, "cover", 20.0)
    assert [album.artist for album in catalogue.albums(artist="two")] == ["Various artists"]
    assert [album.artist for album in catalogue.albums("hit var")] == ["Various artists"]
    assert catalogue.track_ids(TrackQuery(album_id=best.id)).tolist() == [1, 2]


def test_groups_are_counted_and_searched_by_word(catalogue: Catalogue):
    catalogue.store_scanned(
        [
            scanned("/music/1", artist="The Zombies", album="A", genre="Rock", artwork="a"),
            scanned("/music/2", artist="the zombies", album="B", genre="rock", artwork="b"),
            scanned("/music/3", artist="Björk", genre="Trip-Hop"),
            scanned("/music/4"),
        ]
    )
    artists = catalogue.artists()
    assert [(each.name, each.tracks, each.albums) for each in artists] == [
        ("Björk", 1, 0), ("Unknown artist", 1, 0), ("The Zombies", 2, 2),
    ]  # fmt: skip
    assert artists[2].artwork == ("a", "b")
    assert artists[2].duration == 20.0
    assert [each.name for each in catalogue.artists("zom")] == ["The Zombies"]
    assert [each.name for each in catalogue.genres("hop")] == ["Trip-Hop"]
    assert catalogue.track_ids(TrackQuery(artist="THE ZOMBIES")).tolist() == [1, 2]
    assert catalogue.track_ids(TrackQuery(artist="Unknown artist")).tolist() == [4]
    assert catalogue.track_ids(TrackQuery(genre="Rock")).tolist() == [1, 2]
    assert catalogue.track_ids(TrackQuery(genre="nothing")).tolist() == []


def test_counts_add_up(catalogue: Catalogue):
    first, _ = catalogue.store_scanned(
        [
            scanned("/music/1", artist="A", album="X", genre="Hard rock"),
            scanned("/music/2", artist="B", size=24),
        ]
    )
    catalogue.store_listening(first, listening())
    catalogue.store_problem("/music/3", "scan", "Gone.")
    assert catalogue.counts() == LibraryCounts(2, 1, 2, 1, 1, 1024, 1, 1)


def test_a_problem_counts_attempts_and_can_be_retried(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.store_problem("/music/a", "listen", "It hangs.", track_id)
    catalogue.store_problem("/music/a", "listen", "It crashes.", track_id)
    (problem,) = catalogue.problems()
    assert (problem.reason, problem.attempts, problem.track_id) == ("It crashes.", 2, track_id)
    assert catalogue.to_listen(9) == []
    assert catalogue.forget_problem(problem.id, retry=True) == problem
    assert catalogue.problems() == []
    assert [track.id for track in catalogue.to_listen(9)] == [track_id]


def test_a_dismissed_problem_is_not_retried(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.store_problem("/music/a", "listen", "It hangs.", track_id)
    catalogue.dismiss_problem(catalogue.problems()[0].id)
    assert catalogue.to_listen(9) == []
    assert catalogue.problems() == []
    assert catalogue.counts().problems == 0
    assert len(catalogue.problems(dismissed=True)) == 1
    assert catalogue.forget_problem(12345) is None


def test_a_dismissed_problem_comes_back_only_with_another_reason(catalogue: Catalogue):
    catalogue.store_problem("/music/a", "tags", "Half a file.")
    catalogue.dismiss_problem(catalogue.problems()[0].id)
    catalogue.store_problem("/music/a", "tags", "Half a file.")
    assert catalogue.problems() == []
    catalogue.store_problem("/music/a", "tags", "No file at all.")
    assert [problem.reason for problem in catalogue.problems()] == ["No file at all."]


def test_a_tag_problem_goes_away_when_the_file_can_be_read(catalogue: Catalogue):
    catalogue.store_problem("/music/a", "tags", "Half a file.")
    catalogue.store_scanned([scanned("/music/a")])
    assert catalogue.problems() == []


def test_a_problem_of_a_track_that_left_is_kept_without_it(catalogue: Catalogue):
    catalogue.store_problem("/music/a", "listen", "Gone.", 77)
    assert catalogue.problems()[0].track_id is None


def test_plays_skips_and_likes_are_counted(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a", duration=200.0)])
    for at, ended in ((100.0, "finished"), (300.0, "part"), (200.0, "skipped")):
        catalogue.record_play(Play(track_id, at, 150.0, ended, "songs", position=4.0))
    catalogue.set_liked(track_id, True)
    catalogue.set_liked(track_id, True)
    track = catalogue.track(track_id)
    assert (track.plays, track.skips, track.last_played, track.liked) == (2, 1, 300.0, True)
    assert [play.started_at for play in catalogue.plays(track_id)] == [100.0, 200.0, 300.0]
    catalogue.set_liked(track_id, False)
    assert not catalogue.track(track_id).liked


def test_half_of_a_song_or_four_minutes_count_as_a_play(catalogue: Catalogue):
    song, epic = catalogue.store_scanned(
        [scanned("/music/a", duration=200.0), scanned("/music/b", duration=3_600.0)]
    )
    for track_id, heard in ((song, 99.0), (song, 3.0), (song, 100.0), (epic, 239.0), (epic, 240.0)):
        catalogue.record_play(Play(track_id, 1_000.0, heard, "part", "songs"))
    assert [track.plays for track in catalogue.tracks([song, epic])] == [1, 1]


def test_a_jingle_on_repeat_counts_once_an_hour(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a", duration=10.0)])
    for number in range(20):
        catalogue.record_play(Play(track_id, 7_200 + 10.0 * number, 10.0, "finished", "songs"))
    assert catalogue.track(track_id).plays == 1


def test_likes_and_unlikes_are_kept_as_they_happened(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    for liked in (True, True, False, False, True):
        catalogue.set_liked(track_id, liked)
    assert len(like_moments(catalogue.database)) == 3


def test_plays_are_kept_when_the_clock_goes_back(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.record_play(Play(track_id, 4e9, 5.0, "finished", "songs"))
    catalogue.record_play(Play(track_id, 10.0, 5.0, "finished", "songs"))
    assert catalogue.track(track_id).plays == 2
    assert catalogue.track(track_id).last_played == 4e9


def test_a_correction_is_kept_and_taken_back(catalogue: Catalogue):
    (track_id,) = catalogue.store_scanned([scanned("/music/a")])
    catalogue.set_correction(track_id, "tempo", 90.0)
    catalogue.set_correction(track_id, "tempo", 91.5)
    catalogue.set_correction(track_id, "key", [3, "minor"])
    assert catalogue.corrections(track_id) == {"tempo": 91.5, "key": [3, "minor"]}
    catalogue.set_correction(track_id, "tempo", None)
    assert catalogue.corrections(track_id) == {"key": [3, "minor"]}


def test_the_user_cannot_like_a_track_that_is_not_there(catalogue: Catalogue):
    with pytest.raises(NotFoundError):
        catalogue.set_liked(5, True)
    with pytest.raises(NotFoundError):
        catalogue.record_play(Play(5, 0.0, 1.0, "part", "songs"))


def test_locate_prefers_sound_over_path_and_presence_over_absence(catalogue: Catalogue):
    a, b, c = catalogue.store_scanned(
        [scanned(f"/music/{name}", duration=d) for name, d in (("a", 1.0), ("b", 2.0), ("c", 3.0))]
    )
    catalogue.store_listening(a, listening("same"))
    catalogue.store_listening(b, listening("same"))
    catalogue.mark_missing([a])
    wanted = [
        (digest("same"), "/else"),
        (digest("same"), "/music/a"),
        (None, "/music/c"),
        (digest("no"), "/music/c"),
        (None, "/x"),
    ]
    assert catalogue.locate(wanted) == [b, a, c, c, None]


def test_a_closed_catalogue_says_so(tmp_path: Path):
    catalogue = open_catalogue(tmp_path)
    catalogue.counts()
    catalogue.close()
    catalogue.close()
    with pytest.raises(CatalogueError, match="closed"):
        catalogue.counts()
    with pytest.raises(CatalogueError, match="closed"):
        catalogue.add_folder("/x")


def test_a_large_folder_is_removed_part_by_part(catalogue: Catalogue, monkeypatch):
    remove = ingest.remove_part_of_folder
    monkeypatch.setattr(ingest, "remove_part_of_folder", lambda *args: remove(*args, limit=4))
    catalogue.store_scanned([scanned(f"/music/{n}", album=str(n)) for n in range(8)])
    catalogue.remove_folder("/music")
    assert catalogue.counts() == LibraryCounts()
