"""Catalogue (SQLite), scanner, tags, artwork, identity, and the user's documents (TinyDB)."""
