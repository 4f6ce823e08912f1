"""Parts of the For you page, and of everything else that says why a song is recommended."""
