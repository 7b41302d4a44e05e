"""How a rehearsal is scored, on paper and as data, and the log that it is scored by."""
