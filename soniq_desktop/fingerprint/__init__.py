"""Landmark fingerprints: peaks, index, matcher."""
