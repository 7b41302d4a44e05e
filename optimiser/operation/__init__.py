"""From the plan to the operation: an exercise, its score, the law learned from logs, and advice in the middle of it."""
