"""The Identify page, driven by invented answers."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QHelpEvent
from PySide6.QtWidgets import QApplication

from soniq_desktop.fingerprint.records import EvidencePeak
from soniq_desktop.fingerprint.reports import Trouble
from soniq_desktop.library.identifications import Identification
from soniq_desktop.library.records import Features
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.services.set_list_file import as_csv, as_text, save_set_list
from soniq_desktop.ui.identify import text
from soniq_desktop.ui.identify.constellation import joined
from soniq_desktop.ui.identify.table import peaks_table
from soniq_desktop.ui.persona.tables import TablePopover
from soniq_desktop.ui.window import MainWindow
from tests.identify_fixtures import (
    MONITOR,
    identify_services,
    make_answer,
    make_evidence,
    make_hearing,
    make_match,
    make_miss,
    make_set_list,
)
from tests.ui_fixtures import fake_services, make_track


@pytest.fixture
def services():
    services = identify_services()
    yield services
    services.settings.close()


@pytest.fixture
def window(qtbot, services):
    window = MainWindow(services)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    window.navigator.open("identify")
    return window


@pytest.fixture
def page(window):
    return window.page("identify")


@pytest.fixture
def identify(services):
    return services.identify


def called(identify, name):
    return [arguments for each, arguments in identify.calls if each == name]


def test_without_the_service_the_page_is_out_of_reach(qtbot):
    plain = fake_services()
    window = MainWindow(plain)
    qtbot.addWidget(window)
    assert not window.sidebar.items["identify"].isEnabled()
    assert not window.topbar.microphone.isEnabled()
    window.close()
    plain.settings.close()


def test_keys_open_the_page_and_start_and_stop(qtbot, window, identify):
    window.navigator.open("songs")
    window.shortcuts  # noqa: B018 - installed on the window
    qtbot.keyClick(window, Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
    assert window.navigator.place.page == "identify"
    window.navigator.open("songs")
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert window.navigator.place.page == "identify"
    assert called(identify, "toggle") == [()]
    assert window.sidebar.items["identify"].isChecked()
    assert window.right_panel.isHidden()


def test_button_in_the_middle_toggles_and_says_what_it_does(qtbot, page, identify):
    assert page.constellation.button.accessibleName() == "Listen"
    qtbot.mouseClick(page.constellation.button, Qt.MouseButton.LeftButton)
    assert called(identify, "toggle") == [()]
    identify.go("starting")
    assert page.constellation.button.accessibleName() == "Stop listening"


def test_what_is_heard_is_counted_and_lit(page, identify):
    identify.go("starting")
    identify.go("listening")
    for tenth in range(1, 31):
        identify.heard.emit(make_hearing(tenth / 10))
    identify.heard.emit(make_hearing(3.1, evidence=make_evidence(3.0)))
    lit = text.lit(make_evidence(3.0))
    assert page.figures["heard"].text() == "3.1 s"
    assert page.figures["peaks"].text() == f"{31 * 14}"
    assert page.figures["lit"].text() == str(lit)
    assert page.figures["input"].text() == "−18 dB"
    assert page.input.words.text() == "Level is good"
    assert f"{lit} of them fit" in page.constellation.accessibleDescription()


def test_level_is_told_to_screen_readers(page, identify):
    ring, meter = page.constellation.ring, page.input.meter
    identify.go("listening")
    identify.heard.emit(make_hearing(1.0, -18.0))
    for widget in (ring, meter):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.role() == QAccessible.Role.ProgressBar
        assert interface.text(QAccessible.Text.Name).startswith("Input level")
        assert interface.valueInterface().currentValue() == -18
        assert widget.accessibleDescription() == "−18 dB"
    identify.go("idle")
    assert ring.accessibleDescription() == meter.accessibleDescription() == "Silent"


def test_peaks_are_shown_as_a_table(qtbot, window, page, identify):
    identify.heard.emit(make_hearing(1.0))
    qtbot.keyClick(page.constellation.button, Qt.Key.Key_T)
    popover = window.findChild(TablePopover)
    assert popover.view.rowCount() == page.constellation.peaks
    popover.close_popover()
    evidence = (
        EvidencePeak(2.5, 440.0, True),
        EvidencePeak(0.5, 1234.0, True),
        EvidencePeak(1.0, 300.0, False),
    )
    identify.heard.emit(make_hearing(3.0, evidence=evidence))
    table = peaks_table(page.constellation)
    assert table.rows == [("0.50 s", "1,234 Hz"), ("2.50 s", "440 Hz")]


def test_long_titles_are_cut_and_told_in_full(window, page, identify):
    answer = make_answer(time.monotonic())
    name = "Symphony No. 9 in D minor, Op. 125, IV. Presto: O Freunde, nicht diese Töne! (Live in Vienna)"
    long = replace(answer.track, tags=replace(answer.track.tags, title=name, artist=name, album=name))
    identify.identified.emit(replace(answer, track=long))
    window.resize(1080, 680)
    QApplication.processEvents()
    window.grab()
    card = page.answers.result
    assert card.width() <= page._side.viewport().width()
    for label in (card.title, card.artist):
        assert label.geometry().right() < card.width()
        QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(), QPoint()))
        assert name in label.toolTip()
    assert name in card.accessibleName()


def test_peaks_go_round_in_ten_seconds_and_outwards_with_frequency(page):
    wheel = page.constellation
    centre = wheel._centre()
    quarter = wheel.place(2.5, 1000)
    assert quarter.x() > centre.x()
    assert quarter.y() == pytest.approx(centre.y(), abs=0.01)
    assert wheel.place(12.5, 1000) == quarter
    assert wheel.place(2.5, 4000).x() > quarter.x()


def test_lines_join_near_matched_peaks_only():
    evidence = [peak for peak in make_evidence(5.0) if peak.matched]
    for first, second in joined(evidence):
        assert 0 <= evidence[second].seconds - evidence[first].seconds <= 1.2


def test_result_shows_track_place_and_reason(page, identify):
    answer = make_answer(time.monotonic() - 5.0)
    identify.identified.emit(answer)
    card = page.answers.result
    assert not card.isHidden()
    assert page.answers.card.isHidden()
    assert card.title.text() == answer.track.title
    assert card.found.text() == "Found in 3.2 s"
    assert card.place.text().startswith("1:40 ")
    assert card.play.text() == "Play from 1:40"
    assert card.confidence.text() == "96 %"
    assert f"{text.lit(answer.match.evidence)} of {len(answer.match.evidence)} peaks" in card.why.text()
    assert "about once in 2,000 cases" in card.why.text()
    assert card.speed.text() == "played 0.4 % fast"
    assert [row.line.title for row in page.answers.others.rows] == [
        track.title for track, _ in answer.alternatives
    ]


def test_play_from_here_is_where_the_room_is_now(qtbot, page, identify, services):
    answer = make_answer(time.monotonic() - 5.0, tempo_ratio=1.0)
    identify.identified.emit(answer)
    qtbot.mouseClick(page.answers.result.play, Qt.MouseButton.LeftButton)
    player = services.player
    assert player.ids == [answer.track.id]
    assert player.now == pytest.approx(100.0 + 0.35, abs=0.3)
    page._live._started = (answer, time.monotonic(), player.now)
    other, player.ids = player.ids, [9]
    player.position_changed.emit(3.0)  # what played before is still heard
    player.ids = other
    assert page._live._started is not None
    # The first sound came half a second after the order: the place is put right, once.
    page._live._started = (answer, time.monotonic() - 0.9, player.now)
    player.position_changed.emit(player.now + 0.4)
    assert player.now == pytest.approx(answer.live_position() + 0.5, abs=0.15)
    seeks = len(player.calls)
    player.position_changed.emit(player.now + 0.1)
    assert len(player.calls) == seeks


def test_song_that_must_have_ended_is_played_from_its_start(qtbot, page, identify, services):
    answer = make_answer(time.monotonic() - 5000.0)
    identify.identified.emit(answer)
    assert page.answers.result.play.text() == "Play from the start"
    qtbot.mouseClick(page.answers.result.play, Qt.MouseButton.LeftButton)
    assert services.player.now == 0


def test_result_can_be_queued_and_liked(qtbot, page, identify, services):
    answer = make_answer(time.monotonic())
    identify.identified.emit(answer)
    qtbot.mouseClick(page.answers.result.queue, Qt.MouseButton.LeftButton)
    assert services.player.ids == [answer.track.id]
    page.answers.result.heart.setChecked(False)
    page.answers.result.heart.click()
    assert ("set_liked", (answer.track.id, True)) in services.library.calls


def test_miss_offers_again_and_keep_and_what_is_close(qtbot, page, identify):
    identify.go("starting")
    identify.go("idle")
    identify.missed.emit(make_miss())
    assert page.answers.card.title.text() == "Not in your library"
    assert "only 31 % likely" in page.answers.card.sentence.text()
    page.answers.card.primary.click()
    page.answers.card.secondary.click()
    assert called(identify, "start") == [()]
    assert called(identify, "keep_clip") == [()]
    features = Features(1, tempo=97.0, tempo_confidence=0.8, key=2, mode="minor", key_confidence=0.6)
    sound = ClipSound(features, (("jazz", 0.6), ("soul", 0.4)), None)
    identify.sound_described.emit(sound, [(make_track(4), 0.84)])
    assert (
        page.answers.card.facts.accessibleName()
        == "Sounds like: Jazz · Soul. Tempo: 97 BPM. Key: D minor · 7A"
    )
    assert [row.line.figure for row in page.answers.closest.rows] == ["0.84"]
    for part in (page.answers.card.facts, page.answers.closest.rows[0]):
        assert not part.grab().isNull(), "genres as a chip, a sign for playing"


@pytest.mark.parametrize("kind", sorted(text.TROUBLES))
def test_every_trouble_is_one_card_with_one_action(page, identify, kind, monkeypatch):
    monkeypatch.setattr("soniq_desktop.ui.identify.answers.sys.platform", "linux")
    identify.trouble.emit(Trouble(kind, "A sentence.", "A hint."))
    assert page.answers.card.sentence.text() == "A sentence. A hint."
    assert not page.answers.card.primary.isHidden()
    assert page.answers.card.secondary.isHidden()
    if kind not in ("file", "empty"):
        page.answers.card.primary.click()
        assert called(identify, "start") == [()]


def test_devices_are_offered_and_a_choice_is_passed_on(page, identify):
    assert page.input.device.text() == "Built-in microphone"
    page.input.device_chosen.emit(MONITOR.name)
    page.input.keep.click()
    assert called(identify, "set_device") == [("mon",)]
    assert called(identify, "set_keep_listening") == [(True,)]


def test_dropped_file_is_identified(page, identify, tmp_path):
    file = tmp_path / "clip.wav"
    file.write_bytes(b"")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(drop)
    assert called(identify, "identify_file") == [(str(file),)]


def test_history_is_listed_and_plays_from_its_place(qtbot, page, identify, services):
    known = Identification(
        time.time(), "microphone", 3.0, "Ferry Wake", "Hex Laundry", "/x", None, 55.0, id=1
    )
    identify.past = [(known, make_track(9)), (Identification(time.time(), "microphone", 15.0, id=2), None)]
    identify.history_changed.emit()
    qtbot.waitUntil(lambda: len(page.answers.history.rows) == 2)
    page.answers.history.rows[0].click()
    assert (services.player.ids, services.player.now) == ([9], 55.0)
    assert page.answers.history.rows[1].line.title == "Not in your library"


def test_set_list_grows_and_is_exported(page, identify, tmp_path):
    lines = make_set_list()
    identify.set_list_changed.emit(lines, None)
    assert [row.line.before for row in page.answers.set_list.rows] == ["3:40", "7:00", "10:20", "13:40"]
    save_set_list(lines, tmp_path / "list.csv")
    save_set_list(lines, tmp_path / "list.txt")
    assert (tmp_path / "list.csv").read_text().count("\n") == 5
    assert as_csv(lines).splitlines()[0].startswith("begins,ends,title")
    first = lines[0].track
    assert as_text(lines).splitlines()[0] == f"0:03:40  {first.artist} – {first.title}"


def test_mix_tells_how_far_it_is(page, identify):
    identify.go("reading")
    identify.set_list_changed.emit(make_set_list()[:1], 0.42)
    assert page.answers.card.title.text() == "Reading, 42 %"
    identify.set_list_changed.emit(make_set_list(), 1.0)
    identify.go("idle")
    assert "4 songs of your library" in page.answers.card.sentence.text()


def test_stopping_without_an_answer_shows_the_start_again(page, identify):
    identify.go("starting")
    identify.go("listening")
    identify.go("idle")
    assert page.answers.card.title.text() == "What is playing?"


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("size", [(1440, 900), (1080, 680)])
def test_nothing_is_cut_off_in_small_windows_and_both_themes(window, page, identify, services, mode, size):
    services.settings.set("appearance.theme", mode)
    window.resize(*size)
    identify.identified.emit(make_answer(time.monotonic()))
    QApplication.processEvents()
    window.grab()
    card, side = page.answers.result, page._side
    assert card.width() <= side.viewport().width()
    for widget in (card.play, card.queue, card.heart, card.why):
        assert widget.geometry().right() <= card.width()
        assert widget.width() >= widget.minimumSizeHint().width()


def test_words_for_levels_speeds_and_rates():
    assert text.level_words(-70) == "Almost silent"
    assert text.level_words(-50) == "Quiet: move closer"
    assert text.level_words(-1) == "Too loud"
    assert text.decibels(-0.2) == "0 dB"
    assert text.speed(make_match(tempo_ratio=1.0, pitch_ratio=1.0)) == "at its own speed"
    assert text.speed(make_match(tempo_ratio=0.98, pitch_ratio=1.0)) == "tempo −2.0 %"
    assert text.speed(make_match(tempo_ratio=0.98, pitch_ratio=0.98)) == "played 2.0 % slow"
    assert text.percent(0.9999) == "99 %"
    assert text.false_alarm(0.005) == "Unknown music looks like this about once in 200 cases."
    assert text.false_alarm(3e-11) == "Unknown music looks like this in fewer than one of 10,000 cases."
    assert text.confidence_words(0.999) == "certain"
