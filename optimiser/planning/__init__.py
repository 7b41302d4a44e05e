"""From an instance to a plan: the integer program, the search, evaluation, and what may be claimed.

`optimise` puts the parts together: `programs` build and solve, `search` alternates them with the simulation, and
`assessment` says what fresh scenarios show of the plan. `settings` has what all of them are given.
"""
