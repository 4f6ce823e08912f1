"""A galaxy page over invented songs, without flights."""

from dataclasses import replace

import pytest

from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.galaxy import GalaxyPage
from soniq_desktop.ui.theme import Theme
from tests.galaxy_fixtures import FakeGalaxy, make_galaxy
from tests.ui_fixtures import fake_services


@pytest.fixture(autouse=True)
def still():
    """Flights end at once."""
    Theme.current().set_reduced_motion(True)
    yield
    Theme.current().set_reduced_motion(None)


@pytest.fixture
def galaxy() -> FakeGalaxy:
    return FakeGalaxy(make_galaxy(200))


@pytest.fixture
def page(qtbot, galaxy) -> GalaxyPage:
    services = replace(fake_services(200), galaxy=galaxy)
    page = GalaxyPage(services, Navigator())
    page.told, page.opened = [], []
    page._navigator.notice.connect(page.told.append)
    page._navigator.opened.connect(page.opened.append)
    qtbot.addWidget(page)
    page.resize(1208, 756)
    page.show()
    qtbot.waitExposed(page)
    page.activate({})
    return page
