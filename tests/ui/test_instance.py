"""Two starts of one home: the first keeps it, the second hands its files over."""

from soniq_desktop.services.instance import SingleInstance


def test_the_second_start_hands_its_files_to_the_first(qapp, qtbot, tmp_path):
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.claim()
    assert not second.claim()
    with qtbot.waitSignal(first.opened, timeout=3000) as caught:
        assert second.hand_over(["/music/a song.flac"])
    assert caught.args == [["/music/a song.flac"]]
    first.release()


def test_a_released_home_can_be_claimed_again(qapp, tmp_path):
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.claim()
    first.release()
    assert second.claim()
    second.release()


def test_two_homes_do_not_know_each_other(qapp, tmp_path):
    one, other = SingleInstance(tmp_path / "one"), SingleInstance(tmp_path / "other")
    assert one.claim()
    assert other.claim()
    one.release()
    other.release()
    assert not one.hand_over([])
