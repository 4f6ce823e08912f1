"""The application's palette and style sheet, made from the colours in force.

Only standard widgets are styled here (menus, text fields, scroll bars, tool tips, spin boxes); our own
components paint themselves. QSS has no colour mixing, so every colour is a solid token.
"""

from collections.abc import Mapping
from string import Template

from PySide6.QtGui import QColor, QPalette

ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.Base: "window",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "text",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent_text",
    QPalette.ColorRole.LinkVisited: "accent_text",
    QPalette.ColorRole.ToolTipBase: "popover",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "raised",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line_strong",
    QPalette.ColorRole.Shadow: "window",
}
DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)

SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QLabel { background: transparent; }
QToolTip {
  background: $popover; color: $text; border: 1px solid $line_strong; padding: ${px6}px ${px8}px;
}
QMenu {
  background: $popover; border: 1px solid $line_strong; border-radius: 8px; padding: 6px;
}
QMenu::item {
  height: ${px32}px; padding: 0 ${px24}px 0 ${px12}px; border-radius: 6px;
  color: $text; background: transparent;
}
QMenu::item:selected { background: $raised_hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: 10px; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 8px; }
QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {
  background: $surface; color: $text; border: 1px solid $line_strong; border-radius: 8px; padding: 0 10px;
  min-height: ${px30}px; selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus { border-color: $accent_text; }
QLineEdit:disabled, QSpinBox:disabled { color: $disabled; border-color: $line; }
QLineEdit[bare="true"] { background: transparent; border: none; padding: 0; min-height: 0; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { width: 0; border: none; }
QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; border: none; }
QScrollBar::handle { background: $line_strong; border-radius: 2px; }
QScrollBar::handle:vertical { min-height: 40px; margin-left: 2px; margin-right: 2px; }
QScrollBar::handle:horizontal { min-width: 40px; margin-top: 2px; margin-bottom: 2px; }
QScrollBar::handle:vertical:hover, QScrollBar::handle:vertical:pressed { margin: 0; border-radius: 4px; }
QScrollBar::handle:horizontal:hover, QScrollBar::handle:horizontal:pressed { margin: 0; border-radius: 4px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  background: transparent; border: none; width: 0; height: 0;
}
QSplitter::handle { background: $line; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QComboBox {
  background: $raised; color: $text; border: 1px solid $line_strong; border-radius: 8px; padding: 0 12px;
  min-height: ${px30}px;
}
QComboBox:hover { background: $raised_hover; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView {
  background: $popover; border: 1px solid $line_strong; selection-background-color: $raised_hover;
  selection-color: $text; outline: 0; padding: 4px;
}
""")


def make_palette(colors: Mapping[str, QColor]) -> QPalette:
    """A palette for everything that a style sheet does not reach."""
    palette = QPalette()
    for role, token in ROLES.items():
        palette.setColor(role, colors[token])
    for role in DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, colors["disabled"])
    return palette


def make_style_sheet(colors: Mapping[str, QColor], scale: float) -> str:
    """The style sheet; sizes that hold text grow with `scale`."""
    names = {token: color.name() for token, color in colors.items() if ":" not in token}
    sizes = {f"px{size}": str(round(size * scale)) for size in (6, 8, 12, 24, 30, 32)}
    return SHEET.substitute(names | sizes)
