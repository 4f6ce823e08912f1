"""What songs are compared by: the card of the settings, and the question before a model begins to hear."""
