"""Stem separation engines, stem cache and mixdown."""
