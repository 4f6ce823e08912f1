"""The parts every view is made of. Import from here."""

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.components.buttons import Button, IconButton, PlayButton
from soniq_desktop.ui.components.card import Card, paint_shadow
from soniq_desktop.ui.components.chips import FilterChip, GenreChip, Pill, paint_genre_chip
from soniq_desktop.ui.components.cover import Cover, paint_cover, paint_placeholder
from soniq_desktop.ui.components.empty_state import EmptyState
from soniq_desktop.ui.components.focus_ring import FocusRing
from soniq_desktop.ui.components.label import Label
from soniq_desktop.ui.components.mark import Mark, paint_mark
from soniq_desktop.ui.components.menu import Menu
from soniq_desktop.ui.components.nav_item import NavItem
from soniq_desktop.ui.components.notice import NoticeBar
from soniq_desktop.ui.components.popover import Popover
from soniq_desktop.ui.components.progress_strip import ProgressRing, ProgressStrip
from soniq_desktop.ui.components.questions import ask_name, confirm
from soniq_desktop.ui.components.search_field import SearchField
from soniq_desktop.ui.components.slider import Slider
from soniq_desktop.ui.components.toggles import Segmented, Toggle
from soniq_desktop.ui.components.tooltip import tooltip

__all__ = [
    "Button",
    "Card",
    "Cover",
    "EmptyState",
    "FilterChip",
    "FocusRing",
    "GenreChip",
    "IconButton",
    "Label",
    "Mark",
    "Menu",
    "NavItem",
    "NoticeBar",
    "PaintedButton",
    "Pill",
    "PlayButton",
    "Popover",
    "ProgressRing",
    "ProgressStrip",
    "SearchField",
    "Segmented",
    "Slider",
    "Toggle",
    "ask_name",
    "confirm",
    "fill_rounded",
    "paint_cover",
    "paint_genre_chip",
    "paint_mark",
    "paint_placeholder",
    "paint_shadow",
    "tooltip",
]
