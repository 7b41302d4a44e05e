"""Changes of a what-if as people type them, in English and Indonesian: each becomes plain data."""
