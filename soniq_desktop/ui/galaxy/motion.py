"""Movement on the map: flying, stars that travel to a new layout, the pulse of what plays."""

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QTimer, QVariantAnimation

from soniq_desktop.ui.theme import Theme

FLY_MS, TRAVEL_MS = 700, 1400
PULSE_MS, PULSE_STEP = 40, 0.028


class Glide(QObject):
    """One movement at a time: `step(share)` from 0 to 1; at once where motion is reduced."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._moved)
        self._step: Callable[[float], None] | None = None

    @property
    def running(self) -> bool:
        return self._animation.state() == QVariantAnimation.State.Running

    def run(self, milliseconds: int, step: Callable[[float], None]) -> None:
        """Begin; an older movement is finished first, so that nothing stays half way."""
        self.finish()
        if Theme.current().reduced_motion:
            step(1.0)
            return
        self._step = step
        step(0.0)
        self._animation.setDuration(milliseconds)
        self._animation.start()

    def stop(self) -> None:
        """Stay where it is: the user took hold of the map."""
        self._step = None
        self._animation.stop()

    def finish(self) -> None:
        """Go to the end at once."""
        step, self._step = self._step, None
        self._animation.stop()
        if step is not None:
            step(1.0)

    def _moved(self, share: float) -> None:
        if self._step is not None:
            self._step(float(share))
            if share >= 1.0:
                self._step = None


class Pulse(QObject):
    """The phase of the playing mark, 0 to 1 and over again; stands still with reduced motion."""

    def __init__(self, tick: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self.phase = 0.35
        self._tick = tick
        self._timer = QTimer(self)
        self._timer.setInterval(PULSE_MS)
        self._timer.timeout.connect(self._beat)

    def set_running(self, running: bool) -> None:
        """Run while something plays and the map can be seen."""
        wanted = running and not Theme.current().reduced_motion
        if wanted != self._timer.isActive():
            self._timer.start() if wanted else self._timer.stop()

    def _beat(self) -> None:
        self.phase = (self.phase + PULSE_STEP) % 1.0
        self._tick()
