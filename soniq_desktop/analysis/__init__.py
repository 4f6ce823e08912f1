"""One decode into loudness, waveform, tempo, key, energy and embedding; the worker process."""
