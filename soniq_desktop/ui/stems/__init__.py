"""The parts of the stems page."""
