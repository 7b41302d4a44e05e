"""A proof where sectors influence each other: all feasible deployments are listed, and each is simulated jointly.

`listing` says which there are; `elimination` simulates each until it has lost more than the best one does in all.
"""
