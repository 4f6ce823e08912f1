"""The two interfaces of MPRIS 2 as Qt hands them to the bus. Names and types are the specification's."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import ClassInfo, Property, QObject, QUrl, Signal, Slot
from PySide6.QtDBus import QDBusAbstractAdaptor, QDBusObjectPath

if TYPE_CHECKING:
    from soniq_desktop.services.mpris import MprisService


MIME_TYPES = ("audio/mpeg", "audio/flac", "audio/ogg", "audio/opus", "audio/mp4", "audio/x-wav")
LIST: Any = "QStringList"  # types that Python has no name for
MAP: Any = "QVariantMap"
INT64: Any = "qlonglong"


def interface(name: str) -> Any:
    """A class decorator: what the bus calls this adaptor."""
    decorate: Any = ClassInfo  # a class to the type checker, and no decorator
    return decorate({"D-Bus Interface": name})


def told(kind: Any, name: str) -> Any:
    """A property that is read from the service's state."""
    return Property(kind, lambda adaptor: adaptor.service.state()[name])


@interface("org.mpris.MediaPlayer2")
class ApplicationAdaptor(QDBusAbstractAdaptor):
    """The program as a whole."""

    def __init__(self, service: "MprisService", parent: QObject) -> None:
        super().__init__(parent)
        self.service = service

    CanQuit = Property(bool, lambda _: True)
    CanRaise = Property(bool, lambda _: True)
    HasTrackList = Property(bool, lambda _: False)
    Identity = Property(str, lambda _: "SONIQ")
    DesktopEntry = Property(str, lambda _: "soniq")
    SupportedUriSchemes = Property(LIST, lambda _: ["file"])
    SupportedMimeTypes = Property(LIST, lambda _: list(MIME_TYPES))

    @Slot()
    def Raise(self) -> None:
        self.service.raise_wanted.emit()

    @Slot()
    def Quit(self) -> None:
        self.service.quit_wanted.emit()


@interface("org.mpris.MediaPlayer2.Player")
class PlayerAdaptor(QDBusAbstractAdaptor):
    """What plays, and the buttons."""

    Seeked = Signal(INT64)

    def __init__(self, service: "MprisService", parent: QObject) -> None:
        super().__init__(parent)
        self.service = service

    PlaybackStatus = told(str, "PlaybackStatus")
    Metadata = told(MAP, "Metadata")
    CanGoNext = told(bool, "CanGoNext")
    CanGoPrevious = told(bool, "CanGoPrevious")
    CanPlay = told(bool, "CanPlay")
    CanPause = told(bool, "CanPause")
    CanSeek = told(bool, "CanSeek")
    CanControl = Property(bool, lambda _: True)
    MinimumRate = Property(float, lambda _: 1.0)
    MaximumRate = Property(float, lambda _: 1.0)
    Rate = Property(float, lambda _: 1.0, lambda _, _rate: None)
    Position = Property(INT64, lambda adaptor: adaptor.service.position())
    Volume = Property(
        float,
        lambda adaptor: adaptor.service.state()["Volume"],
        lambda adaptor, value: adaptor.service.set_volume(value),
    )
    Shuffle = Property(
        bool,
        lambda adaptor: adaptor.service.state()["Shuffle"],
        lambda adaptor, value: adaptor.service.set_shuffle(value),
    )
    LoopStatus = Property(
        str,
        lambda adaptor: adaptor.service.state()["LoopStatus"],
        lambda adaptor, value: adaptor.service.set_loop(value),
    )

    @Slot()
    def Play(self) -> None:
        self.service.play()

    @Slot()
    def Pause(self) -> None:
        self.service.pause()

    @Slot()
    def PlayPause(self) -> None:
        self.service.toggle()

    @Slot()
    def Stop(self) -> None:
        self.service.stop()

    @Slot()
    def Next(self) -> None:
        self.service.next()

    @Slot()
    def Previous(self) -> None:
        self.service.previous()

    @Slot(INT64)
    def Seek(self, offset: int) -> None:
        self.service.seek_by(offset)

    @Slot(QDBusObjectPath, INT64)
    def SetPosition(self, track: QDBusObjectPath, position: int) -> None:
        self.service.seek_to(track.path(), position)

    @Slot(str)
    def OpenUri(self, uri: str) -> None:
        url = QUrl(uri)
        if url.isLocalFile():
            self.service.open_wanted.emit([url.toLocalFile()])
