"""A law that was learned from logs, as people read it, and as a file that instances name."""
