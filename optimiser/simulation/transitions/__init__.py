"""What an event changes, written once for both engines: people and phases, officials and talks, units.

A transition reads and changes a `State` at the present minute and leaves behind *effects*: things that take time and
that the engine must carry out (a handover, a column on the road). None waits, draws or logs by itself.
"""
