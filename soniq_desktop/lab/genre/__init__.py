"""Training of the genre networks: data, augmentation, the loop, the report, export for edge use."""
