"""The wormhole page over real services."""

import pytest

from tests.ui.wormhole.helpers import Room


@pytest.fixture
def room(tmp_path, qtbot):
    rooms: list[Room] = []

    def make(count: int = 60, heard: int | None = None) -> Room:
        rooms.append(Room(tmp_path / "home", qtbot, count, heard))
        return rooms[-1]

    yield make
    for each in rooms:
        each.close()
