"""The rules of feasibility as linear rows in whole numbers, each belonging to a requirement in a planner's words.

A row is about the numbers of teams and vehicles at places. Both are counted by kind: the kinds of an instance are its
team kinds, then its vehicle types. No solver is needed here; `programs.allocation` turns rows into constraints.
"""

from optimiser.planning.programs.requirements.frame import Frame, require, shared
from optimiser.planning.programs.requirements.joint import overall
from optimiser.planning.programs.requirements.local import local, pinned, seat_share
from optimiser.planning.programs.requirements.rows import MOST, Cell, Requirement, Row

__all__ = [
    "MOST", "Cell", "Frame", "Requirement", "Row", "local", "overall", "pinned", "require", "seat_share",
    "shared",
]  # fmt: skip
