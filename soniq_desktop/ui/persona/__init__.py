"""Parts of the Persona page: painted plots that can be hovered, walked by keys, and read as tables."""
