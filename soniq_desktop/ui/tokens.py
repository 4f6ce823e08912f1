"""Design tokens: the colours, type, sizes and durations of the look. Values only, no Qt.

Text colours reach 4.5:1 and marks 3:1 against every surface of their theme (WCAG 2). The genre palettes keep
the accent's hue band empty, so a genre can never be mistaken for "this is on". Sizes are device-independent
pixels at a text scale of 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One text style: family, size and line height in pixels, weight, tracking in hundredths of the size."""

    family: str
    px: int
    line: int
    weight: int
    tracking: float = 0.0


DARK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "window": "#0C0D12",
        "sidebar": "#0F1117",
        "surface": "#14161E",
        "raised": "#1B1E28",
        "overlay": "#232733",
        "canvas": "#07080C",
        "line": "#222632",
        "line_strong": "#343A4A",
        "control_line": "#6B758B",
        "row_hover": "#14161E",
        "row_selected": "#1B1E28",
        "text": "#F0F2F7",
        "text2": "#AEB5C4",
        "text3": "#8C94A6",
        "disabled": "#565D6E",
        "accent": "#CDF24B",
        "accent_hover": "#DAF96A",
        "accent_pressed": "#B4D733",
        "accent_text": "#CDF24B",
        "on_accent": "#12160A",
        "accent_bg": "#232A18",
        "accent_line": "#4A5A22",
        "warn": "#FFC555",
        "warn_bg": "#2A2418",
        "danger": "#FF8A80",
        "danger_bg": "#2C1C1E",
        "ok": "#6FDDB0",
        "info": "#8DBBFF",
        "playhead": "#CDF24B",
        "label_ink": "#0C0D12",
        "accent_border": "#CDF24B",
        "primary_disabled": "#2A2E26",
        "on_primary_disabled": "#6E7563",
        "genre_chip": "#1B1E28",
        "genre_chip_line": "#1B1E28",
        "nav_active": "#1B1E28",
        "nav_line": "#1B1E28",
        "popover": "#1B1E28",
        "track": "#232733",
        "raised_hover": "#232733",
        "raised_pressed": "#161922",
        "accent_bg_hover": "#2E3620",
        "accent_bg_pressed": "#1C2213",
    }
)

LIGHT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "window": "#F4F5F8",
        "sidebar": "#ECEEF3",
        "surface": "#FFFFFF",
        "raised": "#EDEFF4",
        "overlay": "#FFFFFF",
        "canvas": "#07080C",
        "line": "#E1E4EB",
        "line_strong": "#C6CBD7",
        "control_line": "#788193",
        "row_hover": "#EBEDF3",
        "row_selected": "#E0E4ED",
        "text": "#14161E",
        "text2": "#454C5C",
        "text3": "#5A6273",
        "disabled": "#A3A9B7",
        "accent": "#CDF24B",
        "accent_hover": "#C2EA37",
        "accent_pressed": "#B4D733",
        "accent_text": "#4C6300",
        "on_accent": "#12160A",
        "accent_bg": "#EEF7CF",
        "accent_line": "#B9D45A",
        "accent_border": "#9DBD2A",
        "warn": "#8A5A00",
        "warn_bg": "#FBF1DA",
        "danger": "#B3261E",
        "danger_bg": "#FBE9E7",
        "ok": "#0B6B47",
        "info": "#1F55B5",
        "playhead": "#14161E",
        "label_ink": "#0C0D12",
        "primary_disabled": "#E4E8D8",
        "on_primary_disabled": "#8B927C",
        "genre_chip": "#FFFFFF",
        "genre_chip_line": "#E1E4EB",
        "nav_active": "#FFFFFF",
        "nav_line": "#E1E4EB",
        "popover": "#FFFFFF",
        "track": "#D5D9E3",
        "raised_hover": "#E0E4ED",
        "raised_pressed": "#D5D9E3",
        "accent_bg_hover": "#E2EFB4",
        "accent_bg_pressed": "#D8E8A2",
    }
)

GENRES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "dark": MappingProxyType(
            {
                "Rock": "#FD7064",
                "Metal": "#B3C9E5",
                "Pop": "#FD98B7",
                "Electronic": "#0FA9DF",
                "Hip-Hop": "#F38B09",
                "Jazz": "#F4CF5B",
                "Blues": "#5775EB",
                "Classical": "#C6AEFF",
                "Folk": "#B77B29",
                "Soul": "#B168BA",
                "Reggae": "#69AD7C",
                "Ambient": "#9AE9DB",
            }
        ),
        "light": MappingProxyType(
            {
                "Rock": "#D93950",
                "Metal": "#616D7E",
                "Pop": "#E7678D",
                "Electronic": "#007CB4",
                "Hip-Hop": "#A35500",
                "Jazz": "#B28A1F",
                "Blues": "#304AC1",
                "Classical": "#8C65ED",
                "Folk": "#6F4912",
                "Soul": "#8D2D95",
                "Reggae": "#297E4E",
                "Ambient": "#13A19C",
            }
        ),
    }
)

SPECTRAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "dark": ("#6A63F6", "#A45CE6", "#DC5BB4", "#FA6A82", "#FF8F5E", "#FFBF66", "#FFE9A8"),
        "light": ("#3B3FD8", "#7A32C8", "#B82C92", "#D93357", "#E0602B", "#C98A00", "#A38B00"),
    }
)
# Not yet played = mixed this far towards the bar's background.
UNPLAYED_MIX: Final[Mapping[str, float]] = MappingProxyType({"dark": 0.66, "light": 0.62})

HEATMAP: Final = ("#1B1E28", "#37305F", "#6349AE", "#A45CE6", "#EBB8F2")
# The picture below the evidence of a class, quiet to loud; and the parts of a similarity.
GREY_RAMP: Final = ("#06070B", "#10131E", "#1D2334", "#333B52", "#586178", "#8C94A6", "#D5DAE6")
FACET_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "timbre": "#7C6BE0",
        "rhythm": "#F4A261",
        "harmony": "#6FBFA8",
        "energy": "#8C94A6",
        "mood": "#5B6374",
    }
)

TYPE: Final[Mapping[str, TypeStyle]] = MappingProxyType(
    {
        "hero": TypeStyle("Inter Display", 40, 48, 700, -3),
        "track": TypeStyle("Inter Display", 36, 44, 700, -2),
        "title": TypeStyle("Inter Display", 28, 32, 700, -2),
        "heading": TypeStyle("Inter Display", 20, 28, 600, -1),
        "panel": TypeStyle("Inter Display", 18, 24, 600, -1),
        "large": TypeStyle("Inter", 15, 24, 400),
        "body": TypeStyle("Inter", 13, 20, 400),
        "body_medium": TypeStyle("Inter", 13, 20, 500),
        "small": TypeStyle("Inter", 12, 16, 400),
        "caption": TypeStyle("Inter", 11, 16, 500),
        "mono": TypeStyle("JetBrains Mono", 11, 16, 400),
    }
)

SPACE: Final = (4, 8, 12, 16, 20, 24, 32, 40, 48)

RADIUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "mark": 2,
        "cover": 4,
        "cover_large": 8,
        "control": 8,
        "card": 12,
        "pill": 999,
    }
)

SIZE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "sidebar": 232,
        "rail": 64,
        "right_panel": 320,
        "now_playing_panel": 360,
        "top_bar": 56,
        "player_bar": 88,
        "row": 40,
        "row_compact": 32,
        "table_header": 32,
        "queue_row": 44,
        "button": 32,
        "button_large": 40,
        "button_hero": 48,
        "play": 48,
        "icon_button": 32,
        "icon": 18,
        "filter_chip": 28,
        "genre_chip": 22,
        "search": 36,
        "min_hit": 32,
    }
)

MOTION_MS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "press": 80,
        "hover": 120,
        "toggle": 160,
        "panel": 220,
        "page": 180,
        "overlay": 140,
        "level_decay": 300,
    }
)
