#!/usr/bin/env bash
# Put menu entry, icon and metadata of SONIQ where the desktop looks for them: for this user, or PREFIX=/usr/local.
# SONIQ itself is installed with pip or pipx; this only announces it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share=${PREFIX:+$PREFIX/share}
share=${share:-${XDG_DATA_HOME:-$HOME/.local/share}}
install -Dm644 "$here/soniq.desktop" "$share/applications/soniq.desktop"
install -Dm644 "$here/io.github.soniq_desktop.soniq.metainfo.xml" \
  "$share/metainfo/io.github.soniq_desktop.soniq.metainfo.xml"
install -Dm644 "$here/../../resources/icons/soniq.svg" "$share/icons/hicolor/scalable/apps/soniq.svg"
if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications"; fi
echo "SONIQ is in the menu now."
