"""The theme: tokens as designed, live changes, fonts and icons that exist."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication

from soniq_desktop.ui import icons, tokens
from soniq_desktop.ui import theme as theme_module
from soniq_desktop.ui.genres import genre_family, split_genres
from soniq_desktop.ui.theme import SCALES, Theme, mix

UI = Path(icons.__file__).parent


def luminance(color: QColor) -> float:
    """WCAG 2 relative luminance."""
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: QColor, second: QColor) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def theme(qapp: QApplication):
    theme = Theme.current()
    theme.install(qapp)
    theme.set_mode("dark")
    yield theme
    theme.set_scale(1.0)
    theme.set_reduced_motion(None)
    theme.set_high_contrast(None)
    theme.set_mode("system")


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_text_is_readable_on_every_surface(theme: Theme, mode: str) -> None:
    theme.set_mode(mode)
    for text in ("text", "text2", "text3", "accent_text", "warn", "danger"):
        for surface in ("window", "sidebar", "surface", "raised", "row_hover", "row_selected"):
            assert contrast(theme.color(text), theme.color(surface)) >= 4.45, (text, surface)
    assert contrast(theme.color("on_accent"), theme.color("accent")) >= 7


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_genre_marks_stand_out_from_their_chip(theme: Theme, mode: str) -> None:
    theme.set_mode(mode)
    for family in tokens.GENRES[mode]:
        assert contrast(theme.genre(family), theme.color("genre_chip")) >= 2.95, family


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens.DARK.keys() == tokens.LIGHT.keys()
    assert tokens.GENRES["dark"].keys() == tokens.GENRES["light"].keys()


def test_a_change_of_mode_reaches_palette_style_sheet_and_listeners(
    theme: Theme, qapp: QApplication, qtbot
) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("light")
    assert qapp.palette().window().color() == QColor(tokens.LIGHT["window"])
    assert tokens.LIGHT["popover"].lower() in qapp.styleSheet().lower()
    theme.flip()
    assert theme.dark


def test_the_system_mode_follows_the_system_live(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    # The offscreen platform has no colour scheme of its own: only the question to it is replaced.
    hints = QGuiApplication.styleHints()
    theme.set_mode("system")
    for scheme, values in (("light", tokens.LIGHT), ("dark", tokens.DARK)):
        monkeypatch.setattr(theme_module, "_system_scheme", lambda scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert theme.color("window") == QColor(values["window"])


@pytest.mark.parametrize("scale", SCALES)
def test_text_size_scales_every_style(theme: Theme, scale: float) -> None:
    theme.set_scale(scale)
    for name, style in tokens.TYPE.items():
        assert theme.font(name).pixelSize() == max(8, round(style.px * scale))
    assert theme.px(40) == round(40 * scale)


def test_fonts_are_the_bundled_ones_with_tabular_figures_and_real_weights(theme: Theme) -> None:
    font = theme.font("body", 600, figures=True)
    assert font.family() == "Inter"
    assert font.featureValue(QFont.Tag("tnum")) == 1
    assert not theme.font("body").isFeatureSet(QFont.Tag("tnum"))
    assert font.variableAxisValue(QFont.Tag("wght")) == 600
    assert theme.font("title").variableAxisValue(QFont.Tag("opsz")) == 32
    assert theme.font("mono").family() == "JetBrains Mono"


def test_digits_have_one_width(theme: Theme) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.font("body", figures=True))
    assert len({round(metrics.horizontalAdvance(digit * 8), 3) for digit in "0123456789"}) == 1


def test_reduced_motion_makes_every_duration_zero(theme: Theme) -> None:
    theme.set_reduced_motion(True)
    assert {theme.duration(name) for name in tokens.MOTION_MS} == {0}
    theme.set_reduced_motion(False)
    assert theme.duration("hover") == 120


def test_high_contrast_strengthens_lines_and_quiet_text(theme: Theme) -> None:
    theme.set_high_contrast(True)
    assert theme.color("line") == theme.color("control_line")
    assert theme.color("text3") == theme.color("text")


def test_every_icon_named_in_the_code_exists() -> None:
    names = set()
    for file in UI.rglob("*.py"):
        names |= set(re.findall(r'"((?:ph|mdi6)\.[a-z0-9-]+)"', file.read_text(encoding="utf-8")))
    assert len(names) > 40
    for name in names:
        assert not icons.glyph_path(name).isEmpty(), name


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(icons.UnknownIconError):
        icons.glyph_path("ph.no-such-thing")


def test_icons_have_real_pixels_at_double_scale(theme: Theme) -> None:
    pixmap = theme.icon_pixmap("ph.play-fill", "text", 18, ratio=2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (36, 2.0)


def test_an_icon_is_centred_in_its_box(theme: Theme) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    theme.paint_icon(painter, "ph.pause-fill", QRectF(0, 0, 64, 64), "text")
    painter.end()
    columns = [x for x in range(64) if any(image.pixelColor(x, y).alpha() > 128 for y in range(64))]
    assert abs((columns[0] + columns[-1]) / 2 - 31.5) <= 1.5


def test_mix_goes_from_one_colour_to_the_other() -> None:
    first, second = QColor("#000000"), QColor("#ffffff")
    assert mix(first, second, 0) == first
    assert mix(first, second, 1) == second
    assert mix(first, second, 0.5).red() in (127, 128)


@pytest.mark.parametrize(
    ("tag", "family"),
    [
        ("Hard Rock", "Rock"),
        ("Death Metal", "Metal"),
        ("Synthpop", "Electronic"),
        ("Hip Hop", "Hip-Hop"),
        ("Country", "Folk"),
        ("Disco", "Soul"),
        ("Experimental", "Ambient"),
        ("Soundtrack", "Classical"),
        ("Dubstep", "Electronic"),
        ("Dub", "Reggae"),
        ("Polka", None),
    ],
)
def test_genre_tags_find_their_family(tag: str, family: str | None) -> None:
    assert genre_family(tag) == family


def test_a_tag_with_several_genres_is_split_once_each() -> None:
    assert split_genres("Rock; Pop / Rock") == ("Rock", "Pop")
    assert split_genres("  ") == ()
