"""Paths, logging, errors, processes: small pure helpers that every layer may use."""
