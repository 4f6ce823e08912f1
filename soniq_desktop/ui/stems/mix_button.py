"""In the player bar while a mix is heard in place of the file: says so, and leads to the mixer."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from soniq_desktop.audio.mixer import MixState
from soniq_desktop.ui.components import IconButton
from soniq_desktop.ui.stems.look import semitones_text

if TYPE_CHECKING:
    from soniq_desktop.services.player import PlayerService
    from soniq_desktop.services.stems import StemService


class MixButton(IconButton):
    """Hidden while the song plays as the file that it is."""

    def __init__(
        self, service: "StemService | None", player: "PlayerService", parent: QWidget | None = None
    ) -> None:
        super().__init__("ph.faders", "Stems", checkable=True, parent=parent)
        self._service, self._player = service, player
        self.hide()
        if service is None:
            return
        service.mixer_changed.connect(lambda _state: self._refresh())
        service.opened.connect(lambda _opened: self._refresh())
        player.track_changed.connect(lambda _track: self._refresh())
        self.clicked.connect(lambda: self.setChecked(True))

    def _refresh(self) -> None:
        current, loaded = self._service.current() if self._service else None, self._player.track()
        heard = current is not None and loaded is not None and current.track.id == loaded.id
        state = self._service.mixer() if self._service else MixState()
        if not heard or state.plain:
            self.hide()
            return
        self.setChecked(True)
        preset = self._service.preset() if self._service else ""
        self.set_name(f"Stems: {described(state, preset)}. Open the mixer")
        self.show()


def described(state: MixState, preset: str) -> str:
    """What differs from the file, in words: "karaoke, 90 % speed"."""
    if state.original:
        return "comparing with the original"
    parts = [] if preset == "Original" else [preset.lower() if preset != "Custom" else "own mix"]
    if state.loop is not None:
        parts.append("loop")
    if state.speed != 1.0:
        parts.append(f"{state.speed * 100:.0f} % speed")
    if state.semitones:
        parts.append(semitones_text(state.semitones))
    return ", ".join(parts)
