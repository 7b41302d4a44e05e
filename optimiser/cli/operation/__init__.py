"""Commands that follow the plan: exercise, score, calibration, advice in the operation."""
