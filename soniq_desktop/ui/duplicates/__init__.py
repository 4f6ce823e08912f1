"""Parts of the Duplicates page."""
