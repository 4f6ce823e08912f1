"""Parts of the galaxy page."""
