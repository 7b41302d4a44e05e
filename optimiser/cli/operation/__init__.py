"""Commands from the plan to the operation: the exercise, and what follows from it."""
