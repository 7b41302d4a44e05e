"""Documents of what follows the plan: exercise, score, calibration, advice in the operation."""
