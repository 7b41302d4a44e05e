"""Events, moves, head counts and reasons in words, in the reader's language."""
