"""The stems page over real services, with two songs that nobody had to scan."""

import pytest

from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.ingest import ScannedFile
from soniq_desktop.library.tags import read_tags
from soniq_desktop.ui.pages.stems import MIXER
from soniq_desktop.ui.theme import Theme
from tests.audio_fixtures import write_audio
from tests.stems_fixtures import chords
from tests.ui.stems.helpers import LRC, SECONDS, open_page, prepare, put_together


@pytest.fixture
def app(tmp_path, qapp):
    """The window over real services, with two songs that nobody had to scan."""
    Theme.current().install(qapp)
    music = tmp_path / "music"
    music.mkdir()
    for name in ("song", "other"):
        write_audio(music / f"{name}.flac", chords(SECONDS, seed=len(name)), tags={"title": name.title()})
    (music / "song.lrc").write_text(LRC)
    app = put_together(Paths.under(tmp_path / "home").ensure())
    app.catalogue.add_folder(str(music))
    for file in sorted(music.glob("*.flac")):
        stat = file.stat()
        scanned = ScannedFile(
            str(file), stat.st_size, stat.st_mtime_ns, read_tags(str(file)), audio_hash(str(file))
        )
        app.catalogue.store_scanned([scanned])
    app.window.resize(1440, 900)
    app.window.show()
    app.player.start()
    yield app
    app.window.close()
    for service in (app.stems, app.player, app.library, app.tasks, app.settings, app.catalogue):
        service.close()


@pytest.fixture
def page(app, qtbot):
    """The mixer with four lanes."""
    page = open_page(app, qtbot, prepare(app), MIXER)
    page.setFocus()
    return page
