"""Experiments: embedders, recommenders, tuning, training."""
