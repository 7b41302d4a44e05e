"""The loop: bounds, columns, trust region, local search, cuts, until a stop rule ends it."""
