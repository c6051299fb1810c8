"""How files arrive: a drop folder, an inbox; and how fresh each source is."""
