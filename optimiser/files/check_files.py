"""A plan checked from its files."""

from __future__ import annotations

from pathlib import Path

from optimiser.files.read import read, read_deployment
from optimiser.model.checker import check
from optimiser.model.verdict import Verdict


def check_files(instance_path: str | Path, plan_path: str | Path) -> Verdict:
    """Read an instance and a deployment from their files and check the one against the other.

    Raises
    ------
    FileTrouble : a file cannot be read.
    InputFault : a file says something that cannot be used.
    """
    return check(read(instance_path), read_deployment(plan_path))
