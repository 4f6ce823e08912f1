"""The parts of the page that names what is playing."""
