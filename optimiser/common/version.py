"""The version of this program, and of the packages that decide results."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def installed() -> dict[str, str]:
    """Versions of the packages that decide the result."""
    found = {}
    for name in ("deployment-optimiser", "simpy", "pulp", "highspy", "numpy", "numba"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


@cache
def program_version() -> str:
    """Return the version of this program, with a hash of its source and of the packages that decide results."""
    packages = installed()
    mark = hashlib.sha256(json.dumps(packages, sort_keys=True, separators=(",", ":")).encode())
    folder = Path(__file__).parents[1]
    for file in sorted(folder.rglob("*.py")):
        mark.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{packages['deployment-optimiser']}+{mark.hexdigest()[:16]}"
