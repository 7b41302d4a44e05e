"""Many districts that share pools: a master program sets prices, subproblems answer (Dantzig and Wolfe 1960)."""
