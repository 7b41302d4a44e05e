"""How well a rehearsal or an operation went: its log against limits, and against simulated days of the same plan."""
