"""Bundled typefaces: registration, and fonts with the right axes and tabular figures.

Inter is a variable font whose optical-size axis holds "Inter Display" at its upper end. Qt picks the
regular instance of such a family and would embolden it artificially for `setWeight`, so weights go through
the `wght` axis.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from soniq_desktop.common.log import topic
from soniq_desktop.ui.tokens import TypeStyle

PACKAGES = ("fontpkg_inter", "fontpkg_jetbrains_mono")
OPTICAL_SIZES = {"Inter": 14.0, "Inter Display": 32.0}


@lru_cache(maxsize=1)
def register() -> tuple[str, ...]:
    """Load the upright files of the font packages once; returns the families found."""
    families: list[str] = []
    for package in PACKAGES:
        for file in _font_files(package):
            families += QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    if not families:
        topic("ui").warning("No bundled fonts found: the system font is used.")
    return tuple(families)


def _font_files(package: str) -> list[Path]:
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    files = Path(folders[0]).joinpath("files").glob("*.ttf") if folders else ()
    return sorted(file for file in files if "Italic" not in file.name)


def make_font(
    style: TypeStyle, scale: float = 1.0, weight: int | None = None, *, figures: bool = False
) -> QFont:
    """A font for a text style: optical size, weight by axis, tracking in pixels.

    `figures` gives every digit one width. It is not for words: Inter then widens hyphens and full stops, too.
    """
    font = QFont("Inter" if style.family == "Inter Display" else style.family)
    if style.family == "JetBrains Mono":
        font.setStyleHint(QFont.StyleHint.Monospace)
    pixels = max(8, round(style.px * scale))
    font.setPixelSize(pixels)
    if figures:
        font.setFeature(QFont.Tag("tnum"), 1)
    font.setVariableAxis(QFont.Tag("wght"), float(weight or style.weight))
    if style.family in OPTICAL_SIZES:
        font.setVariableAxis(QFont.Tag("opsz"), OPTICAL_SIZES[style.family])
    if style.tracking:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, pixels * style.tracking / 100)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
