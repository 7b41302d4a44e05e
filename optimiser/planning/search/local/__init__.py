"""Local search over single exchanges, what it knows of them, and random exchanges to begin it elsewhere."""
