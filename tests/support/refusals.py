"""What is said of files that are refused."""

from __future__ import annotations

from optimiser.common import faults
from optimiser.common.errors import InputFault


def refusal(call, *arguments):
    """Give the refusal that a call ends with, or None; anything else it raises is a traceback that users would see."""
    try:
        call(*arguments)
    except InputFault as fault:
        return fault
    return None


def listed(refused, source):
    """List code and place of all faults, and look at how they are said."""
    if refused is None:
        return []
    assert (refused.source, refused.exit_code) == (source, 3)
    lines = str(refused).splitlines()
    assert len(lines) == len(refused.faults) > 0
    assert all(line.startswith(f"{source}: ") and line.isprintable() for line in lines)
    assert {f.code for f in refused.faults} <= set(faults.CODES)
    return [(f.code, f.place) for f in refused.faults]
