"""Qt widgets, models, delegates and the theme. Sees services; holds no SQL and no signal processing."""
