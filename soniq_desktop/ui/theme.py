"""The look in force: colours, fonts, icons and motion, following the system or the user's choice.

`Theme.current()` is the one instance. Widgets ask it while painting and listen to `changed`; nothing keeps a
colour.
"""

from functools import lru_cache
from typing import ClassVar, Literal, cast

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from soniq_desktop.ui import fonts, icons, tokens
from soniq_desktop.ui.style import make_palette, make_style_sheet

Mode = Literal["system", "dark", "light"]
Scheme = Literal["dark", "light"]
SCALES = (0.9, 1.0, 1.15, 1.3)
# High contrast (tokens: lines become control_line, quieter text becomes text).
HIGH_CONTRAST = {"line": "control_line", "line_strong": "control_line", "text2": "text", "text3": "text"}


class Theme(QObject):
    """Colours, fonts, icons and durations in force. `changed` is emitted after any of them changed."""

    changed = Signal()
    _instance: ClassVar["Theme | None"] = None

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "system"
        self._scale = 1.0
        self._reduced_motion: bool | None = None
        self._high_contrast: bool | None = None
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int | None, bool], QFont] = {}
        fonts.register()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        self._rebuild()

    @classmethod
    def current(cls) -> "Theme":
        """The one theme of this process; made at the first call, which needs a QApplication."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    @property
    def scheme(self) -> Scheme:
        """ "dark" or "light", after the system's wish where the mode is "system"."""
        return self._mode if self._mode != "system" else _system_scheme()

    @property
    def dark(self) -> bool:
        return self.scheme == "dark"

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def scale(self) -> float:
        """The user's text size: 0.9, 1, 1.15 or 1.3."""
        return self._scale

    def color(self, token: str) -> QColor:
        """The colour of a token; KeyError for an unknown name."""
        return self._colors[token]

    def genre(self, name: str) -> QColor:
        """The colour of one of the twelve genre families; text3 for anything else."""
        return self._colors.get(f"genre:{name}") or self._colors["text3"]

    def ramp(self, name: str) -> list[QColor]:
        """The stops of a data ramp, low to high: "spectral" or "heatmap"."""
        stops = tokens.SPECTRAL[self.scheme] if name == "spectral" else tokens.HEATMAP
        return [QColor(stop) for stop in stops]

    def font(self, style: str, weight: int | None = None, *, figures: bool = False) -> QFont:
        """The font of a text style ("body", "caption", ...), scaled; `figures` for columns and clocks."""
        key = (style, weight, figures)
        if key not in self._fonts:
            self._fonts[key] = fonts.make_font(tokens.TYPE[style], self._scale, weight, figures=figures)
        return QFont(self._fonts[key])

    def line_height(self, style: str) -> int:
        """Pixels between the lines of a text style."""
        return round(tokens.TYPE[style].line * self._scale)

    def px(self, pixels: float) -> int:
        """A size that grows with the text: rows, buttons, chips."""
        return round(pixels * self._scale)

    def icon(self, name: str, color: str = "text2", size: int = 18) -> QIcon:
        """A QIcon (menus, standard widgets) in a token's colour."""
        return icons.make_icon(name, self.color(color), self.color("disabled"), size)

    def icon_pixmap(self, name: str, color: str = "text2", size: int = 18, ratio: float = 1.0) -> QPixmap:
        """An icon as a picture for custom painting; `ratio` is the widget's devicePixelRatioF()."""
        return icons.icon_pixmap(name, self.color(color), size, ratio)

    def paint_icon(self, painter: QPainter, name: str, rect: QRectF, color: str | QColor = "text2") -> None:
        """Draw an icon centred in `rect`."""
        icons.paint_glyph(painter, name, rect, self.color(color) if isinstance(color, str) else color)

    @property
    def reduced_motion(self) -> bool:
        """True where the user or the system asks for no movement."""
        return _system_prefers("motionPreference") if self._reduced_motion is None else self._reduced_motion

    @property
    def high_contrast(self) -> bool:
        """True where the user or the system asks for more contrast."""
        return _system_prefers("contrastPreference") if self._high_contrast is None else self._high_contrast

    def duration(self, name: str) -> int:
        """Milliseconds of a motion ("hover", "panel", ...); 0 with reduced motion."""
        return 0 if self.reduced_motion else tokens.MOTION_MS[name]

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay dark or light."""
        if mode != self._mode:
            self._mode = mode
            self._rebuild()

    def flip(self) -> None:
        """Change to the other of dark and light."""
        self.set_mode("light" if self.dark else "dark")

    def set_scale(self, scale: float) -> None:
        """Text size: the nearest of SCALES."""
        nearest = min(SCALES, key=lambda step: abs(step - scale))
        if nearest != self._scale:
            self._scale = nearest
            self._rebuild()

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """True or False; None follows the system."""
        self._reduced_motion = reduced
        self.changed.emit()

    def set_high_contrast(self, high: bool | None) -> None:
        """True or False; None follows the system."""
        self._high_contrast = high
        self._rebuild()

    def _follow_system(self) -> None:
        if self._mode == "system":
            self._rebuild()

    def _rebuild(self) -> None:
        self._fonts.clear()
        _text_width.cache_clear()
        self._colors = _colors(self.scheme, self.high_contrast)
        self.apply()
        self.changed.emit()

    def install(self, app: QApplication) -> None:
        """Dress `app`, and let go of pictures before it ends (a QPixmap may not outlive it)."""
        self.apply()
        app.aboutToQuit.connect(icons.clear)

    def apply(self) -> None:
        """Give the application its palette, font and style sheet."""
        app = cast(QApplication | None, QApplication.instance())
        if app is None:
            return
        if app.style().objectName() != "fusion":
            app.setStyle("fusion")
        app.setPalette(make_palette(self._colors))
        app.setFont(self.font("body"))
        app.setStyleSheet(make_style_sheet(self._colors, self._scale))


def _colors(scheme: Scheme, high_contrast: bool) -> dict[str, QColor]:
    values = dict(tokens.DARK if scheme == "dark" else tokens.LIGHT)
    if high_contrast:
        values |= {token: values[stronger] for token, stronger in HIGH_CONTRAST.items()}
    values |= {f"genre:{name}": value for name, value in tokens.GENRES[scheme].items()}
    return {token: QColor(value) for token, value in values.items()}


def _system_scheme() -> Scheme:
    """Dark, unless the desktop says that it is light."""
    return "light" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light else "dark"


def _system_prefers(question: str) -> bool:
    """What the platform's accessibility settings say; False where this Qt cannot know."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)
    ask = getattr(accessibility(), question, None) if accessibility else None
    return bool(ask and "No" not in str(ask().name))


def mix(first: QColor, second: QColor, amount: float) -> QColor:
    """`first` blended towards `second`: 0 is first, 1 is second. In sRGB, for hover fades and quiet fills."""
    keep = 1.0 - amount
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * amount,
        first.greenF() * keep + second.greenF() * amount,
        first.blueF() * keep + second.blueF() * amount,
        first.alphaF() * keep + second.alphaF() * amount,
    )


@lru_cache(maxsize=4096)
def _text_width(text: str, style: str, weight: int | None) -> float:
    return QFontMetricsF(Theme.current().font(style, weight)).horizontalAdvance(text)


def text_width(text: str, style: str, weight: int | None = None) -> float:
    """Width in pixels of one line in a text style; remembered, since tables ask again and again."""
    return _text_width(text, style, weight)
