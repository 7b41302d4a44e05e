"""What if, how many, what is one worth, why: questions to a plan, each a search or a comparison of its own.

`frontier` plans each level of a resource (`levels` say how many are enough), `worth` plans with one more, `what_if`
replans after a change, and `why` questions a plan; `played_plan` simulates one for people to look at.
"""
