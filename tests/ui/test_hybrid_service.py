"""The service of the habits: checks in a process, takes over what has won, says what it may say."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.discovery.hybrid import FOR_YOU, RADIO
from soniq_desktop.library.records import Play
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.hybrid import HybridService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.ui.pages.player_side import PlayerSide
from soniq_desktop.ui.persona.recommender_card import NOT_YET, RecommenderCard
from tests.reasons_fixtures import Shelf
from tests.ui_fixtures import MemoryStore, fake_services, make_track

SPEC = embedder_spec(DEFAULT_EMBEDDER)
WAIT = 60_000


class Listens(QObject):
    listened = Signal(int)


class Room:
    """A library of 40 songs with the service over it."""

    def __init__(self, folder):
        self.folder = folder
        self.shelf = Shelf(folder, SPEC)
        random = np.random.default_rng(0)
        self.ids = [self.shelf.add(random.standard_normal(SPEC.dim)) for _ in range(40)]
        self.discovery = DiscoveryService(
            self.shelf.catalogue, Listens(), folder / "index", SettingsService(MemoryStore())
        )
        (folder / "index").mkdir(exist_ok=True)
        self.service = HybridService(folder / "library.sqlite3", folder / "index", self.discovery)

    def listen(self, sessions, random=None):
        """Sessions of four songs, each followed by the one with the next number, or by any."""
        begin = time.time() - (sessions + 1) * 7_200
        for session in range(sessions):
            for place in range(4):
                song = (7 * session + place) % 40 if random is None else int(random.integers(40))
                at = begin + session * 7_200 + place * 210
                ended = "skipped" if (session + place) % 9 == 0 and random is not None else "finished"
                heard = 5.0 if ended == "skipped" else 200.0
                self.shelf.catalogue.record_play(Play(self.ids[song], at, heard, ended, "songs"))

    def close(self):
        self.service.close()
        self.discovery.close()
        self.shelf.catalogue.close()


@pytest.fixture
def room(tmp_path, qtbot):
    room = Room(tmp_path)
    yield room
    room.close()


def test_before_the_first_check_nothing_is_claimed(room, qtbot):
    said = []
    room.service.finishing(room.ids[0], said.append)
    assert room.service.lines() == ()
    assert said == [None]


def test_habits_that_win_are_used_by_the_radio_and_said(room, qtbot):
    room.listen(120)
    with qtbot.waitSignal(room.service.changed, timeout=WAIT):
        room.service.check()
    assert room.service.verdicts()[0].wins
    assert "by the sound and by your habits" in room.service.lines()[0]
    assert RADIO in room.discovery._engine.habits
    found = []
    room.discovery.run(lambda engine: _radio(engine, room.ids[10]), found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT)
    assert found[0].track.id == room.ids[11]
    assert "Often follows “Track 11” in your listening" in found[0].reason.sentence


def _radio(engine, seed):
    from soniq_desktop.discovery.radio import Radio

    return Radio(engine.recommender, [seed]).next()


def test_persona_says_what_recommends(room, qtbot):
    card = RecommenderCard(room.service)
    qtbot.addWidget(card)
    assert card.words.text() == NOT_YET
    room.listen(3)
    with qtbot.waitSignal(room.service.changed, timeout=WAIT):
        room.service.check()
    assert card.words.text() == "\n".join(room.service.lines())
    assert "12 plays so far" in card.words.text()


def test_random_listening_changes_nothing(room, qtbot):
    room.listen(90, np.random.default_rng(1))
    with qtbot.waitSignal(room.service.changed, timeout=WAIT):
        room.service.check()
    assert room.discovery._engine.habits == {}
    assert all("by the sound alone" in line for line in room.service.lines())
    said = []
    room.service.finishing(room.ids[0], said.append)
    assert said == [None]


def test_what_was_checked_is_there_after_a_restart_and_not_checked_again_that_day(room, qtbot):
    room.listen(5)
    with qtbot.waitSignal(room.service.changed, timeout=WAIT):
        room.service.check()
    other = HybridService(room.folder / "library.sqlite3", room.folder / "index", room.discovery)
    with qtbot.waitSignal(other.changed, timeout=WAIT):
        other.start()
    assert other.lines() == room.service.lines()
    assert FOR_YOU.name in {verdict.use for verdict in other.verdicts()}
    other._look()
    assert not other._running
    other.close()


def test_a_chance_to_finish_is_said_with_its_evidence_and_shown_among_the_facts(room, qtbot):
    """Songs with even numbers are left early by this listener."""
    begin = time.time() - 400 * 7_200
    random = np.random.default_rng(0)
    for number in range(400):
        song = int(random.integers(40))
        left = song % 2 == 0 and random.random() < 0.9
        room.shelf.catalogue.record_play(
            Play(
                room.ids[song], begin + number * 7_200, 5.0 if left else 200.0,
                "skipped" if left else "finished", "songs",
            )
        )  # fmt: skip
    with qtbot.waitSignal(room.service.changed, timeout=WAIT):
        room.service.check()
    said = {}
    for song in (0, 1):
        room.service.finishing(room.ids[song], lambda words, song=song: said.update({song: words}))
        qtbot.waitUntil(lambda song=song: song in said, timeout=WAIT)
    assert int(said[0][0].split("\u202f")[0]) < 40 < 60 < int(said[1][0].split("\u202f")[0])
    assert said[0][1].startswith("from 400 plays, AUC 0.")
    services = replace(fake_services(5), hybrid=room.service)
    side = PlayerSide(services)
    qtbot.addWidget(side)
    side.set_track(replace(make_track(1), id=room.ids[1]))
    qtbot.waitUntil(lambda: "Finish" in side.facts.accessibleDescription(), timeout=WAIT)
    side.set_track(None)
    assert "Finish" not in side.facts.accessibleDescription()


def test_closing_ends_a_running_check(room, qtbot):
    room.listen(20)
    room.service.check()
    begun = time.monotonic()
    room.service.close()
    assert time.monotonic() - begun < 20
