"""The same timelines compiled by numba, some hundred times faster.

Each process stands in `simpy_engine` too, with the same name: change both; the tests compare them bit for bit.
"""
