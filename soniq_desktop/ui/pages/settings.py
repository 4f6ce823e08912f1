"""Settings: every change holds at once."""

import os
import platform
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop import __version__
from soniq_desktop.common.paths import Paths
from soniq_desktop.ui.adding import ask_for_folder
from soniq_desktop.ui.components import Button, IconButton, Label, Slider, Toggle, confirm
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead, emptied, scrolled
from soniq_desktop.ui.pages.settings_parts import Choice, SettingsCard
from soniq_desktop.ui.persona.settings_card import listening_cards
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import show_in_folder
from soniq_desktop.ui.sound.card import SoundCard
from soniq_desktop.ui.theme import Theme

WIDEST = 760
DEVICES_MS = 300
SLOWEST_FADE = 12  # seconds
SCALES = (("Small", 0.9), ("Normal", 1.0), ("Large", 1.15), ("Very large", 1.3))
GENRE_MODELS = (("Tags and embedding", "head"), ("Spectrogram network", "crnn"))
THEMES = (("Follow the system", "system"), ("Dark", "dark"), ("Light", "light"))
LOUDNESS = (("Same for every song", "track"), ("Same for every album", "album"), ("As recorded", "off"))
SWEEPS = (("Every minute", 1), ("Every 5 minutes", 5), ("Every 15 minutes", 15), ("Every hour", 60))


class SettingsPage(QWidget):
    """Cards for the library, sound, analysis, look, keyboard and data."""

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Settings"
        self._services, self._navigator = services, navigator
        self._settings = services.settings
        column = QWidget()
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, MARGIN - 4, MARGIN)
        cards.setSpacing(16)
        for card in (
            self._folders_card(),
            self._sound_card(),
            self._analysis_card(),
            *self._sound_model_cards(),
            self._look_card(),
            self._keyboard_card(),
            *listening_cards(self._services, self._navigator),
            self._data_card(),
        ):
            card.setMaximumWidth(WIDEST)
            cards.addWidget(card)
        cards.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 20, 4, 0)
        layout.setSpacing(16)
        layout.addWidget(PageHead("Settings"))
        self._area = scrolled(column)
        layout.addWidget(self._area, 1)
        self._connect()

    def _connect(self) -> None:
        library, player = self._services.library, self._services.player
        self._settings.changed.connect(lambda _name: self._show_values())
        # Asking for devices makes the player look for new ones: not at every step of the volume.
        self._look = QTimer(self, singleShot=True, interval=DEVICES_MS)
        self._look.timeout.connect(self._show_devices)
        player.options_changed.connect(self._options_changed)
        if hasattr(library, "folders_changed"):
            library.folders_changed.connect(lambda _folders: self._show_folders())
        library.counts_changed.connect(lambda _counts: self._show_folders())

    # what the window asks

    def activate(self, _params: dict[str, Any]) -> None:
        self._show_folders()
        self._show_devices()
        self._show_values()
        if self.sound_model is not None:
            self.sound_model.refresh()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.add_folder.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # folders

    def _folders_card(self) -> SettingsCard:
        card = SettingsCard(
            "Music folders", "Files stay where they are; nothing is moved, renamed or uploaded."
        )
        self._folders = QVBoxLayout()
        self._folders.setSpacing(4)
        card.rows.addLayout(self._folders)
        self.add_folder = Button("Add folder", "ph.folder-plus")
        self.rescan = Button("Look for changes", "ph.arrows-clockwise", "ghost")
        self.deep = Button("Compare every file", "ph.magnifying-glass-plus", "ghost")
        self.deep.setToolTip("Deep rescan: also finds files that were retagged without a new date")
        buttons = QHBoxLayout()
        for button in (self.add_folder, self.rescan, self.deep):
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.rows.addLayout(buttons)
        self.watch = self._toggle("library.watch", "Watch folders")
        card.add("Watch folders", "New and changed files appear by themselves.", self.watch)
        self.sweep = self._choice("library.sweep_minutes", "Look at network drives", SWEEPS)
        card.add("Look at network drives", "They do not report changes, so SONIQ looks itself.", self.sweep)
        if self._services.duplicates is not None:
            duplicates = Button("Show", "ph.copy")
            duplicates.setAccessibleName("Show duplicates")
            duplicates.clicked.connect(lambda: self._navigator.open("duplicates"))
            card.add("Duplicates", "Copies and versions of a recording, whatever their format.", duplicates)
        self.add_folder.clicked.connect(self._choose_folder)
        self.rescan.clicked.connect(lambda: self._rescan(deep=False))
        self.deep.clicked.connect(lambda: self._rescan(deep=True))
        return card

    def _choose_folder(self) -> None:
        ask_for_folder(self, self._services.library)

    def _rescan(self, *, deep: bool) -> None:
        self._services.library.rescan(deep)
        self._navigator.tell("Every file is compared by its content." if deep else "Looking for changes.")

    def _show_folders(self) -> None:
        emptied(self._folders)
        folders = self._services.library.folders()
        for folder in folders:
            self._folders.addWidget(self._folder_row(folder))
        if not folders:
            self._folders.addWidget(Label("No folders yet", "body", "text3"))
        for button in (self.rescan, self.deep):
            button.setEnabled(bool(folders))

    def _folder_row(self, folder: str) -> QWidget:
        demo = self._services.demo
        is_demo = demo is not None and folder == demo.folder
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        name = "Demo library" if is_demo else folder
        layout.addWidget(
            Label(name, "mono" if not is_demo else "body", elide=Qt.TextElideMode.ElideMiddle), 1
        )
        show = IconButton("ph.folder-open", f"Open {name}")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)))
        remove = IconButton("ph.x", f"Remove {name}")
        remove.clicked.connect(lambda: self._remove(folder, name))
        layout.addWidget(show)
        layout.addWidget(remove)
        return row

    def _remove(self, folder: str, name: str) -> None:
        confirm(
            self,
            f"Take “{name}” out of the library?",
            "No file is touched. Likes and plays come back if you add it again.",
            "Remove",
            lambda: self._services.library.remove_folder(folder),
        )

    # sound

    def _sound_card(self) -> SettingsCard:
        card = SettingsCard("Sound")
        self.device = Choice("Output device")
        self.device.chosen.connect(self._services.player.set_device)
        card.add("Output device", "", self.device)
        self.loudness = Choice("Loudness", LOUDNESS)
        self.loudness.chosen.connect(self._services.player.set_loudness)
        card.add(
            "Loudness",
            "Measured by EBU R128, with headroom for true peaks. Needs analysed songs.",
            self.loudness,
        )
        self.fade = Slider("Crossfade", 0, SLOWEST_FADE)
        self.fade.setSingleStep(1)
        self.fade.setFixedWidth(140)
        self.fade_text = Label("", "body", "text2")
        self.fade_text.setFixedWidth(60)
        self.fade_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.fade.valueChanged.connect(self._fade_changed)
        both = QWidget()
        layout = QHBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fade)
        layout.addWidget(self.fade_text)
        card.add("Crossfade", "Songs of one album always follow each other without a gap.", both)
        return card

    def _fade_changed(self, seconds: int) -> None:
        self.fade_text.setText(f"{seconds} s" if seconds else "off")
        if float(seconds) != float(self._services.player.crossfade()):
            self._services.player.set_crossfade(float(seconds))

    def _options_changed(self) -> None:
        if self.isVisible():
            self._look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look.stop()

    def _show_devices(self) -> None:
        devices = [(each.name, each.name) for each in self._services.player.devices()]
        self.device.set_options([("System default", None), *devices])
        self.device.set_value(self._settings.get("playback.device"))
        self.device.setEnabled(bool(devices))
        self.device.setToolTip("" if devices else "No sound device was found")

    # analysis

    def _analysis_card(self) -> SettingsCard:
        card = SettingsCard("Analysis", "Songs are listened to once, on this computer, at low priority.")
        cores = os.cpu_count() or 2
        best = max(1, cores - 1)
        options = [(f"Automatic ({best})", 0), *((str(n), n) for n in range(1, cores + 1))]
        self.workers = self._choice("analysis.workers", "Workers", options)
        card.add(
            "Workers", "Processes that listen at the same time. More is faster and warmer.", self.workers
        )
        self.genre_model = self._choice("genre.model", "Genre by", GENRE_MODELS)
        card.add(
            "Genre by",
            "Both are estimates. With the spectrogram, every song is listened to once more.",
            self.genre_model,
        )
        return card

    def _sound_model_cards(self) -> list[SoundCard]:
        """None where the service is not there."""
        sound = self._services.sound
        self.sound_model = None if sound is None else SoundCard(self._services, sound)
        return [] if self.sound_model is None else [self.sound_model]

    # look and keyboard

    def _look_card(self) -> SettingsCard:
        card = SettingsCard("Look")
        self.theme = self._choice("appearance.theme", "Theme", THEMES)
        self.theme.chosen.connect(Theme.current().set_mode)
        card.add("Theme", "", self.theme)
        self.scale = self._choice("appearance.scale", "Text size", SCALES)
        self.scale.chosen.connect(Theme.current().set_scale)
        card.add("Text size", "", self.scale)
        self.motion = self._toggle("appearance.reduced_motion", "Reduce motion")
        self.motion.clicked.connect(lambda on: Theme.current().set_reduced_motion(True if on else None))
        card.add("Reduce motion", "No animations. The system's own wish is always followed.", self.motion)
        return card

    def _keyboard_card(self) -> SettingsCard:
        card = SettingsCard("Keyboard")
        self.letters = self._toggle("keyboard.single_letters", "Single-letter shortcuts")
        card.add(
            "Single-letter shortcuts", "L likes, M mutes, V opens the full player. ? shows all.", self.letters
        )
        return card

    # data

    def _data_card(self) -> SettingsCard:
        card = SettingsCard("Data", "What you made is kept apart from what SONIQ worked out.")
        paths = Paths.from_environment()
        for name, folder in (("Your data", paths.data), ("Cache", paths.cache), ("Log files", paths.logs)):
            card.add(name, str(folder), self._open_button(name, folder))
        facts = f"SONIQ {__version__} · Python {platform.python_version()} · Qt {qVersion()}"
        self.about = Label(f"{facts} · GPL-3.0-or-later", "small", "text3")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.rows.addWidget(self.about)
        return card

    def _open_button(self, name: str, folder: Path) -> Button:
        button = Button("Open", "ph.folder-open")
        button.setAccessibleName(f"Open {name.lower()}")
        button.clicked.connect(lambda: show_in_folder(str(folder / "x")))
        return button

    # controls over settings

    def _toggle(self, setting: str, name: str) -> Toggle:
        toggle = Toggle(name)
        toggle.setChecked(bool(self._settings.get(setting)))
        toggle.toggled.connect(lambda on: self._settings.set(setting, on))
        return toggle

    def _choice(self, setting: str, name: str, options: Any) -> Choice:
        choice = Choice(name, options)
        choice.set_value(self._settings.get(setting))
        choice.chosen.connect(lambda value: self._settings.set(setting, value))
        return choice

    def _show_values(self) -> None:
        """Show what holds now, also where it was changed elsewhere."""
        get = self._settings.get
        for toggle, setting in (
            (self.watch, "library.watch"),
            (self.motion, "appearance.reduced_motion"),
            (self.letters, "keyboard.single_letters"),
        ):
            toggle.setChecked(bool(get(setting)))
        for choice, setting in (
            (self.sweep, "library.sweep_minutes"),
            (self.workers, "analysis.workers"),
            (self.genre_model, "genre.model"),
            (self.theme, "appearance.theme"),
            (self.scale, "appearance.scale"),
            (self.loudness, "playback.loudness"),
        ):
            choice.set_value(get(setting))
        self.sweep.setEnabled(bool(get("library.watch")))
        self.fade.setValue(round(self._services.player.crossfade()))
        self._fade_changed(self.fade.value())
