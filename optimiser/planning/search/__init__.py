"""The search: bound, decoupled start, trust region, local search, cuts, perturbation; `loop` shows it on a page."""
