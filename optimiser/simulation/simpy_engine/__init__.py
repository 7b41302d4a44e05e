"""Timelines of SimPy processes, open to processes of a user's own.

Each process stands in `compiled_engine` too, with the same name: change both; the tests compare them bit for bit.
"""
