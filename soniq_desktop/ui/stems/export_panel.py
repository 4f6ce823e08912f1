"""Writing stems or the mix to files."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.stems.export import ExportRequest, targets
from soniq_desktop.ui.components import Button, Label, Popover, ProgressRing, Segmented, Toggle
from soniq_desktop.ui.songs.actions import show_in_folder
from soniq_desktop.ui.stems.look import look

if TYPE_CHECKING:
    from soniq_desktop.services.stems import OpenStems, StemService

FORMATS = ("wav", "flac", "mp3")
QUALITY = ("24 bit", "24 bit, half the size", "320 kbit/s")
WIDTH = 400


class ExportPanel(Popover):
    """What, how and where; then progress, then where it went. Closing it stops nothing."""

    def __init__(self, owner: QWidget, service: "StemService", opened: "OpenStems", folder: Path) -> None:
        super().__init__(owner, name="Export", width=WIDTH)
        self._service, self._open, self.folder = service, opened, folder
        self.what = Segmented(("Mix", "Stems"), "What to write")
        self.format = Segmented(("WAV", "FLAC", "MP3"), "Format")
        self.format.set_current(1)
        self.stems = {stem: Toggle(look(stem).title, text=look(stem).title) for stem in opened.stems}
        self.place = Label("", "small", "text", elide=Qt.TextElideMode.ElideMiddle)
        self.choose = Button("Choose", kind="secondary", size="chip")
        self.files = Label("", "small", "text3", wrap=True)
        self.trouble = Label("", "small", "warn", wrap=True)
        self.replace = Toggle("Replace files of these names", text="Replace them")
        self.ring, self.share = ProgressRing(20, 2.5), Label("", "small", "text2", figures=True)
        self.cancel, self.go = Button("Close"), Button("Export", "ph.export", "primary")
        self.show_files = Button("Show in folder", "ph.folder-open")
        self._written: list[Path] = []
        self._busy = False
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        body = self.body
        body.addWidget(Label("Export", "panel"))
        body.addWidget(self.what)
        self._stem_row = QWidget()
        row = QHBoxLayout(self._stem_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for toggle in self.stems.values():
            toggle.setChecked(True)
            row.addWidget(toggle)
        row.addStretch(1)
        body.addWidget(self._stem_row)
        body.addWidget(self.format)
        where = QHBoxLayout()
        where.setSpacing(12)
        where.addWidget(Label("Folder", "small", "text3"))
        where.addWidget(self.place, 1)
        where.addWidget(self.choose)
        body.addLayout(where)
        for part in (self.files, self.trouble, self.replace):
            body.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.ring)
        buttons.addWidget(self.share, 1)
        buttons.addStretch(0)
        for button in (self.show_files, self.cancel, self.go):
            buttons.addWidget(button)
        body.addLayout(buttons)

    def _connect(self) -> None:
        service = self._service
        self.what.changed.connect(self._refresh)
        self.format.changed.connect(self._refresh)
        for toggle in self.stems.values():
            toggle.toggled.connect(self._refresh)
        self.choose.clicked.connect(self._choose)
        self.go.clicked.connect(self._export)
        self.cancel.clicked.connect(self._cancel)
        self.show_files.clicked.connect(lambda: show_in_folder(str(self._written[0])))
        service.export_progress.connect(self._progressed)
        service.exported.connect(self._exported)
        service.export_failed.connect(self._failed)
        service.progress.connect(self._refresh)

    def request(self) -> ExportRequest:
        """What the panel is set to."""
        track = self._open.track
        chosen = tuple(stem for stem, toggle in self.stems.items() if toggle.isChecked())
        return ExportRequest(
            self.folder, track.title, FORMATS[self.format.current()],  # type: ignore[arg-type]
            chosen if self.what.current() == 1 else (), None, _tags(track),
            self.replace.isVisibleTo(self) and self.replace.isChecked(),
        )  # fmt: skip

    def _refresh(self, *_: object) -> None:
        stems = self.what.current() == 1
        request = self.request()
        self._stem_row.setVisible(stems)
        self.place.setText(str(self.folder))
        nothing = stems and not request.stems
        names = ", ".join(file.name for file in targets(request).values())
        quality = QUALITY[self.format.current()]
        self.files.setText("Choose at least one stem." if nothing else f"{names}. {quality}.")
        whole = self._open.stem_set.complete
        if not self._busy:
            self._say("" if whole else "The song is not separated to its end yet. Export when it is.")
        self._show_parts(can=whole and not nothing)

    def _show_parts(self, *, can: bool) -> None:
        self.ring.setVisible(self._busy)
        self.share.setVisible(self._busy or bool(self._written))
        self.show_files.setVisible(bool(self._written) and not self._busy)
        self.cancel.setText("Cancel" if self._busy else "Close")
        self.go.setEnabled(can and not self._busy)
        if not self._busy and not self.trouble.text():
            self.replace.hide()

    def _say(self, sentence: str, *, exists: bool = False) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self.replace.setVisible(exists)
        if not exists:
            self.replace.setChecked(False)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to", str(self.folder))
        if folder:
            self.folder = Path(folder)
            self._written = []
            self._refresh()

    def _export(self) -> None:
        request = self.request()
        self._busy, self._written = True, []
        self._say("")
        self._progressed(0.0)
        self._show_parts(can=False)
        self._service.export(request)

    def _cancel(self) -> None:
        if self._busy:
            self._service.cancel_export()
        else:
            self.close_popover()

    def _progressed(self, share: float) -> None:
        if self._busy:
            self.ring.set_share(share)
            self.share.setText(f"{int(share * 100)} %")

    def _exported(self, files: list[Path]) -> None:
        self._busy, self._written = False, list(files)
        self.share.setText(f"{len(files)} file{'' if len(files) == 1 else 's'} written.")
        self._refresh()
        self.show_files.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, sentence: str, hint: str, exists: bool) -> None:
        self._busy = False
        self._refresh()
        self._say(sentence if exists else f"{sentence} {hint}".strip(), exists=exists)


def _tags(track: Track) -> dict[str, str]:
    tags = track.tags
    found = {"title": track.title, "artist": tags.artist, "album": tags.album, "genre": tags.genre}
    found["date"] = str(tags.year) if tags.year else ""
    return {name: value for name, value in found.items() if value}
