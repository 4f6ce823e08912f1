"""Settings of listening: private session, histories in and out, and telling other services."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from soniq_desktop.library.history_import import ImportReport
from soniq_desktop.services.persona import PRIVATE, PersonaService
from soniq_desktop.services.scrobble import ScrobbleService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.ui.components import Button, Toggle
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.settings_parts import SettingsCard
from soniq_desktop.ui.persona.tables import TablePopover, missing_table
from soniq_desktop.ui.persona.text import import_words, plays
from soniq_desktop.ui.services import Services

FILES = "Listening histories (*.json *.jsonl *.csv *.tsv *.zip);;All files (*)"
EXPORTS = "JSON (*.json);;CSV (*.csv)"
FIELD = 240


def listening_cards(services: Services, navigator: Navigator) -> list[SettingsCard]:
    """The cards of those services that are there."""
    cards: list[SettingsCard] = []
    if services.persona is not None:
        cards.append(HistoryCard(services.persona, services.settings, navigator))
    if services.scrobble is not None:
        cards.append(ScrobbleCard(services.scrobble, services.settings, navigator))
    return cards


class HistoryCard(SettingsCard):
    """What is kept of your listening."""

    def __init__(self, persona: PersonaService, settings: SettingsService, navigator: Navigator) -> None:
        super().__init__("Listening history", "Kept on this computer. Persona and For you go by it.")
        self._persona, self._navigator = persona, navigator
        self.private = switch(settings, PRIVATE, "Private session")
        self.add("Private session", "Plays are not kept until you end it.", self.private)
        import_, export = Button("Import", "ph.download-simple"), Button("Export", "ph.export")
        import_.setAccessibleName("Import a listening history")
        export.setAccessibleName("Export all plays")
        import_.clicked.connect(lambda: choose_import(self, persona, navigator))
        export.clicked.connect(lambda: choose_export(self, persona, navigator))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(import_)
        row.addWidget(export)
        self.add("Plays as files", "From Last.fm, ListenBrainz, Spotify or CSV; to JSON or CSV.", both)


class ScrobbleCard(SettingsCard):
    """Telling ListenBrainz and Last.fm; off until it is switched on."""

    def __init__(self, scrobble: ScrobbleService, settings: SettingsService, navigator: Navigator) -> None:
        super().__init__(
            "Scrobbling", "Tells other services what you play. Off by default; what cannot be sent waits."
        )
        self._scrobble, self._settings, self._navigator = scrobble, settings, navigator
        self._token = ""
        self.listenbrainz = switch(settings, "scrobble.listenbrainz", "Scrobble to ListenBrainz")
        self.add("ListenBrainz", "", self.listenbrainz)
        self.add(
            "User token", "From your ListenBrainz settings.", field(settings, "scrobble.listenbrainz_token")
        )
        self.lastfm = switch(settings, "scrobble.lastfm", "Scrobble to Last.fm")
        self.add("Last.fm", "", self.lastfm)
        self.add("API key", "Of an API account of your own.", field(settings, "scrobble.lastfm_key"))
        self.add("Shared secret", "", field(settings, "scrobble.lastfm_secret"))
        self.connect_button = Button("Connect", "ph.arrow-square-out")
        self.connect_button.clicked.connect(self._connect)
        self.add("Permission", "Opens last.fm; press again when you have allowed it.", self.connect_button)
        scrobble.message.connect(navigator.tell)
        settings.changed.connect(lambda _name: self._show())
        self._show()

    def _show(self) -> None:
        get = self._settings.get
        connected = bool(get("scrobble.lastfm_session"))
        words = "I have allowed it" if self._token else "Connect again" if connected else "Connect"
        self.connect_button.setText(words)
        self.connect_button.setEnabled(bool(get("scrobble.lastfm_key") and get("scrobble.lastfm_secret")))

    def _connect(self) -> None:
        if self._token:
            token, self._token = self._token, ""
            self._scrobble.finish_lastfm(token, self._connected, self._failed)
        else:
            self._scrobble.ask_lastfm(self._opened, self._failed)

    def _opened(self, token: str, url: str) -> None:
        self._token = token
        QDesktopServices.openUrl(QUrl(url))
        self._show()

    def _connected(self) -> None:
        self._navigator.tell("Last.fm is connected.")
        self._show()

    def _failed(self, error: Exception) -> None:
        self._token = ""
        self._navigator.tell(str(error))
        self._show()


def switch(settings: SettingsService, name: str, words: str) -> Toggle:
    """A toggle over a setting that follows it, wherever it is changed."""
    toggle = Toggle(words)
    toggle.setChecked(bool(settings.get(name)))
    toggle.toggled.connect(lambda on: settings.set(name, on))

    def follow(changed: str) -> None:
        if changed == name:
            toggle.setChecked(bool(settings.get(name)))

    settings.changed.connect(follow)
    return toggle


def field(settings: SettingsService, name: str) -> QLineEdit:
    """A line for a secret, kept when the user leaves it."""
    line = QLineEdit(str(settings.get(name)))
    line.setAccessibleName(name.rpartition(".")[2].replace("_", " "))
    line.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
    line.setMinimumWidth(FIELD)
    line.editingFinished.connect(lambda: settings.set(name, line.text().strip()))
    return line


def choose_import(owner: QWidget, persona: PersonaService, navigator: Navigator) -> None:
    """Ask for a file and take it in; what did not match is listed."""
    file, _ = QFileDialog.getOpenFileName(owner, "Import a listening history", str(Path.home()), FILES)
    if file:
        navigator.tell("Reading the history.")
        persona.import_file(Path(file), lambda report: imported(owner, navigator, report))


def imported(owner: QWidget, navigator: Navigator, report: ImportReport) -> None:
    """Say what an import did, and list the songs that are not in the library."""
    navigator.tell(import_words(report))
    if report.missing:
        TablePopover(owner, missing_table(report), plays(report.unmatched)).open_centred()


def choose_export(owner: QWidget, persona: PersonaService, navigator: Navigator) -> None:
    """Ask for a file and write all plays."""
    name = str(Path.home() / "soniq-history.json")
    file, _ = QFileDialog.getSaveFileName(owner, "Export all plays", name, EXPORTS)
    if file:
        persona.export_file(Path(file), lambda count: navigator.tell(f"{plays(count)} written."))
