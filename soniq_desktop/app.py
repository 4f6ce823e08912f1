"""The only composition root: builds the services and the window, and takes them down again."""

import faulthandler
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

# Two spinning OpenMP pools cost more than they give (docs/decisions); set before any numeric library loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from soniq_desktop import __version__
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import start_logging, topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.resources import resource
from soniq_desktop.library.artwork import artwork_path
from soniq_desktop.library.backup import backup_if_due
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.distinct import NotDuplicates
from soniq_desktop.library.identifications import Identifications
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.library.recovery import open_documents, open_library
from soniq_desktop.services.demo import DemoService
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.duplicates import DuplicatesService, Found
from soniq_desktop.services.explain import ExplainService
from soniq_desktop.services.galaxy import GalaxyService
from soniq_desktop.services.genre import GenreService
from soniq_desktop.services.hybrid import HybridService
from soniq_desktop.services.identify import IdentifyService
from soniq_desktop.services.instance import SingleInstance
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.mpris import MprisService
from soniq_desktop.services.persona import PersonaService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.services.radio import RadioService
from soniq_desktop.services.scrobble import ScrobbleService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.signals import EndSignals
from soniq_desktop.services.sound_model import SoundModelService
from soniq_desktop.services.stems import StemService
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.services.wormhole import WormholeService
from soniq_desktop.stems.presets import Presets
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow

log = topic("app")
BACKUP_AFTER_MS = 60_000  # not while the window is being opened
COVER_SIZE = 320  # pixels, of the picture that the desktop is shown
BACKUP_LOOK_MS = 3_600_000  # a program that runs for days makes its daily copies, too


@dataclass
class Application:
    """Everything that lives as long as the window."""

    paths: Paths
    catalogue: Catalogue
    tasks: Tasks
    settings: SettingsService
    library: LibraryService
    player: PlayerService
    playlists: PlaylistService
    demo: DemoService
    identify: IdentifyService
    discovery: DiscoveryService
    wormhole: WormholeService
    galaxy: GalaxyService
    duplicates: DuplicatesService
    genre: GenreService
    stems: StemService
    explain: ExplainService
    hybrid: HybridService
    persona: PersonaService
    scrobble: ScrobbleService
    sound: SoundModelService
    mpris: MprisService
    window: MainWindow
    notices: list[str]  # what had to be done to open the user's data, plain sentences
    _backups: QTimer | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin background work; called once the first frame is on the screen."""
        log.info("The window is open.")
        self.library.start()
        self.player.start()
        self.genre.start()
        self.hybrid.start()
        self.scrobble.start()
        self.sound.start()
        self.mpris.start()
        for notice in self.notices:
            self.window.navigator.tell(notice)
        self._backups = QTimer(self.window)
        self._backups.timeout.connect(self._back_up)
        self._backups.start(BACKUP_AFTER_MS)

    def close(self) -> None:
        """Stop in the order in which things depend on each other; the user's data are written last."""
        if self._backups is not None:
            self._backups.stop()
        for part in (
            self.mpris,
            self.explain,
            self.persona,
            self.scrobble,
            self.stems,
            self.identify,
            self.duplicates,
            self.galaxy,
            self.genre,
            self.wormhole,
            self.hybrid,
            self.sound,
            self.discovery,
            self.demo,
            self.player,
            self.library,
            self.tasks,
            self.settings,
        ):
            part.close()
        self.catalogue.close()

    def _back_up(self) -> None:
        """Today's copy of what the user made, unless it is there already."""
        if self._backups is not None:
            self._backups.setInterval(BACKUP_LOOK_MS)
        self.tasks.run(lambda: backup_if_due(self.paths), failed=self._not_backed_up)

    def _not_backed_up(self, error: Exception) -> None:
        log.error("The daily backup failed.", exc_info=error)
        self.window.navigator.tell(f"Today's backup of your playlists and likes failed. {error}")


def _recordings(found: Found) -> list[list[int]]:
    """The groups of files that are one recording, as numbers: discovery knows nothing of fingerprints."""
    return [[group.keep.id, *(copy.track.id for copy in group.copies)] for group in found.duplicates.groups]


def _art_url(paths: Paths, key: str) -> str:
    """Where the desktop finds a cover; nothing where there is none any more."""
    file = artwork_path(paths, key, COVER_SIZE)
    return file.as_uri() if file is not None else ""


def build(paths: Paths) -> Application:
    """Open the user's data and wire services and window. Raises SoniqError."""
    opened = open_library(paths)
    catalogue = opened.catalogue
    documents = open_documents(paths)
    tasks = Tasks()
    settings = SettingsService(documents.settings)
    library = LibraryService(catalogue, paths, settings, tasks)
    discovery = DiscoveryService(catalogue, library, paths.index, settings)
    galaxy = GalaxyService(paths.catalogue, paths.index, discovery, library)
    player = PlayerService(catalogue, tasks, settings)
    radio = RadioService(player, discovery, settings)
    playlists = PlaylistService(Playlists(documents), catalogue, tasks)
    wormhole = WormholeService(discovery, library, playlists)
    demo = DemoService(paths, library)
    history = Identifications(documents)
    identify = IdentifyService(catalogue, history, library, discovery, paths, settings, tasks)
    genre = GenreService(catalogue, library, settings)
    duplicates = DuplicatesService(catalogue, NotDuplicates(documents), paths, settings)
    duplicates.found.connect(lambda found: discovery.know_copies(_recordings(found)))
    stems = StemService(paths, tasks, player, Presets(documents))
    explain = ExplainService()
    hybrid = HybridService(paths.catalogue, paths.index, discovery)
    persona = PersonaService(catalogue, library, player, settings)
    scrobble = ScrobbleService(catalogue, player, settings, paths.scrobbles)
    sound = SoundModelService(catalogue, library, discovery, settings, paths)
    services = Services(
        library,
        player,
        settings,
        playlists,
        demo,
        identify,
        discovery,
        galaxy,
        duplicates=duplicates,
        genre=genre,
        radio=radio,
        wormhole=wormhole,
        stems=stems,
        explain=explain,
        hybrid=hybrid,
        persona=persona,
        scrobble=scrobble,
        sound=sound,
    )
    window = MainWindow(services)
    sound.message.connect(window.navigator.tell)
    mpris = MprisService(player, partial(_art_url, paths))
    mpris.raise_wanted.connect(window.come_forward)
    mpris.quit_wanted.connect(window.close)
    mpris.open_wanted.connect(window.open_paths)
    notices = [*opened.notices, *documents.notices]
    return Application(
        paths,
        catalogue,
        tasks,
        settings,
        library,
        player,
        playlists,
        demo,
        identify,
        discovery,
        wormhole,
        galaxy,
        duplicates,
        genre,
        stems,
        explain,
        hybrid,
        persona,
        scrobble,
        sound,
        mpris,
        window,
        notices,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; `argv` may name audio files and folders to play or add. Returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    files = [str(Path(argument).absolute()) for argument in arguments if not argument.startswith("-")]
    qt = QApplication.instance() or QApplication([sys.argv[0], *arguments])
    assert isinstance(qt, QApplication)
    name_application(qt)
    paths = Paths.from_environment()
    instance = SingleInstance(paths.data)
    if not instance.claim():
        return 0 if instance.hand_over(files) else _say("SONIQ is already running but does not answer.")
    try:
        return _run(qt, paths, instance, files)
    except SoniqError as error:
        log.exception("SONIQ could not start.")
        return _say(str(error))
    finally:
        instance.release()


def name_application(qt: QApplication) -> None:
    """Name, version and desktop file, as desktops show them."""
    qt.setApplicationName("SONIQ")
    qt.setApplicationDisplayName("SONIQ")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("soniq")
    qt.setWindowIcon(QIcon(str(resource("icons", "soniq.svg"))))


def _run(qt: QApplication, paths: Paths, instance: SingleInstance, files: list[str]) -> int:
    paths.ensure()
    start_logging(paths.logs)
    log.info("SONIQ %s starts.", __version__)
    with (paths.logs / "crash.log").open("a", encoding="utf-8") as crashes:
        faulthandler.enable(crashes)
        Theme.current().install(qt)
        application = build(paths)
        sys.excepthook = _log_exception
        instance.opened.connect(application.window.open_paths)
        application.window.show()
        QTimer.singleShot(0, application.start)
        if files:
            QTimer.singleShot(0, lambda: application.window.open_paths(files))
        signals = EndSignals(application.window.close)
        try:
            return qt.exec()
        finally:
            signals.close()
            application.close()
            faulthandler.disable()
            log.info("SONIQ ends.")


def _log_exception(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """An unexpected error is written down and the player goes on."""
    log.critical("Unexpected error", exc_info=(kind, error, trace))  # type: ignore[arg-type]
    sys.__excepthook__(kind, error, trace)  # type: ignore[arg-type]


def _say(sentence: str) -> int:
    """One plain sentence, in a box where there is a screen, and on the terminal."""
    print(sentence, file=sys.stderr)
    if QApplication.platformName() not in {"offscreen", "minimal"}:
        QMessageBox.critical(None, "SONIQ", sentence)
    return 2
