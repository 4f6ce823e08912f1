"""Listening events into entropy, archetype and habits."""
