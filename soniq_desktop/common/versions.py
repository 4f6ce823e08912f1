"""Version numbers of what is computed, known to those who store it and to those who compute it."""

# Raised whenever listening to the same audio would store other values (features, waveform, embedding). The
# library then listens again in the background, while the old values stay in use.
FEATURES_VERSION = 2

# Raised whenever fingerprints of the same audio would be others, or are laid out otherwise on the disk. Those
# of the library are then made again in the background.
FINGERPRINT_VERSION = 2
