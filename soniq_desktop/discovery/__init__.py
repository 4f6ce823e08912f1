"""Nearest neighbours and what is built on them: similar tracks, reasons, paths, maps."""
