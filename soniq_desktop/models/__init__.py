"""Registry and loading code of the weights under models/."""
