"""From an instance to a plan: the integer program, the loop, evaluation, and what may be claimed.

`optimise` puts the parts together; `programs` build and solve, `search` alternates them with the simulation.
"""
