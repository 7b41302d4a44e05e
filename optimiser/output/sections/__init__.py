"""What each answer says, as sections of blocks: the plan, a what-if, why, how many, the nation, a repair.

One module an answer. Every renderer shows the same sections; the report adds drawings between them.
"""
