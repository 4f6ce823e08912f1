"""Settings: defaults, one signal per change, saved once for many changes."""

import pytest

from soniq_desktop.services.settings import DEFAULTS, SettingsService


class Store:
    def __init__(self, **values):
        self.values, self.flushed = dict(values), 0

    def get(self, name, default=None):
        return self.values.get(name, default)

    def set(self, name, value):
        self.values[name] = value

    def flush(self):
        self.flushed += 1


def test_a_stored_value_wins_over_the_default(qapp):
    settings = SettingsService(Store(**{"appearance.theme": "light"}))
    assert settings.get("appearance.theme") == "light"
    assert settings.get("playback.volume") == DEFAULTS["playback.volume"]


def test_a_change_is_announced_once_and_saved_together(qapp, qtbot):
    store = Store()
    settings = SettingsService(store)
    names = []
    settings.changed.connect(names.append)
    for volume in (0.1, 0.2, 0.2, 0.3):
        settings.set("playback.volume", volume)
    assert names == ["playback.volume"] * 3
    qtbot.waitUntil(lambda: store.flushed == 1, timeout=3000)
    assert store.values["playback.volume"] == 0.3


def test_a_misspelt_name_is_refused(qapp):
    settings = SettingsService(Store())
    with pytest.raises(KeyError):
        settings.set("playback.volumes", 1)


def test_closing_writes_what_is_outstanding(qapp):
    store = Store()
    settings = SettingsService(store)
    settings.set("appearance.scale", 1.15)
    settings.close()
    assert store.flushed == 1
