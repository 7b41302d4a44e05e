"""Many districts that share pools of reinforcements, by Dantzig-Wolfe decomposition.

What a district borrows and how it is planned with that is a *column* of the master program. The linear master program
over all columns known prices the pools; at these prices each district solves its *subproblem*, which returns columns
and a lower bound; prices and bounds together are the Lagrangian bound of the whole. The integer master program chooses
one column a district. Each chosen column is evaluated in fresh scenarios, and the audit checks loans and plans from
their files alone (Dantzig and Wolfe 1960; docs/nation.md).
"""
