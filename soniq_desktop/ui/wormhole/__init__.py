"""The parts of the Wormhole page."""
