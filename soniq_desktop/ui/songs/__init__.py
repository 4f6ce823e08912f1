"""The songs table: virtual model, row painting, view, filters and page."""
