"""One running SONIQ per home: a second start hands its files to the first and ends."""

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from soniq_desktop.common.log import topic

log = topic("instance")
CONNECT_MS = 1500


class SingleInstance(QObject):
    """The lock of one home, and the door at which later starts knock.

    `opened` carries the list of paths that a later start was given (empty: just come to the front).
    A lock whose owner has died is taken over.
    """

    opened = Signal(list)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        home.mkdir(parents=True, exist_ok=True)
        self._name = (
            "soniq-"
            + hashlib.blake2b(str(home.resolve()).encode(errors="replace"), digest_size=8).hexdigest()
        )
        self._lock = QLockFile(str(home / "soniq.lock"))
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """True where this process is the first of its home; it then listens for later ones."""
        if not self._lock.tryLock(0):
            return False
        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        if not self._server.listen(self._name):
            log.warning("Later starts cannot reach this one: %s", self._server.errorString())
        return True

    def hand_over(self, paths: list[str]) -> bool:
        """Give `paths` to the running SONIQ. False where it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(CONNECT_MS):
            return False
        socket.write(json.dumps(paths).encode() + b"\n")
        sent = socket.waitForBytesWritten(CONNECT_MS)
        socket.disconnectFromServer()
        return sent

    def release(self) -> None:
        """Give the home free again."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _greet(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            # Taken from the server, which would delete it under us when it closes.
            socket.setParent(self)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
        self._read()

    def _read(self) -> None:
        for socket in self.findChildren(QLocalSocket):
            while socket.canReadLine():
                self._understand(bytes(socket.readLine().data()))

    def _understand(self, line: bytes) -> None:
        try:
            paths = json.loads(line)
        except ValueError:
            log.warning("A message of another start could not be read.")
            return
        if isinstance(paths, list):
            self.opened.emit([str(path) for path in paths])
