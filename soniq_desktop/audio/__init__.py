"""Decoding, output, capture, resampling and gain."""
