"""The pages beside the songs table; each module is imported when its page is first opened."""
