"""SONIQ Desktop: a music player that listens to the user's own files."""

__version__ = "0.1.0"
