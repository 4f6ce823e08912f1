"""Parts of the Inspector: what the genre model heard, how sure it is, what was measured."""
