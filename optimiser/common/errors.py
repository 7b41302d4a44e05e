"""One tree of errors: every class says in one sentence what went wrong, and knows its exit code.

A user's mistake is an `OptimiserError` and is printed without a traceback; anything else is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from optimiser.common.message import Message


class OptimiserError(Exception):
    """Anything this package raises on purpose."""

    exit_code: ClassVar[int] = 1

    @property
    def message(self) -> str:
        """What went wrong, a `Message` where it can be told in other languages."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in an input file: where, what was found, what was expected, how to repair.

    Attributes
    ----------
    code : stable name of the kind of fault, for example ``out-of-range``.
    place : path inside the file, for example ``sectors[3].staging_capacity``.
    found : the value found, as text.
    expected : what would have been accepted, with units.
    repair : what to do about it.
    """

    code: str
    place: str
    found: str
    expected: str
    repair: str

    @property
    def sentence(self) -> Message:
        """All of it in one sentence, for a reader in any language."""
        return Message(
            "{place} = {found}; expected {expected}; {repair} [{code}]",
            place=self.place,
            found=self.found,
            expected=self.expected,
            repair=self.repair,
            code=self.code,
        )

    def __str__(self) -> str:
        return str(self.sentence)


class InputFault(OptimiserError):
    """An input file says something that cannot be used; all its faults are listed at once."""

    exit_code = 3

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.source = source
        self.faults = tuple(faults)
        lines = (Message("{source}: {fault}", source=source, fault=fault.sentence) for fault in self.faults)
        super().__init__(Message.chain("\n", lines))

    def __reduce__(self) -> tuple[type[InputFault], tuple[str, tuple[Fault, ...]]]:
        return InputFault, (self.source, self.faults)


class BadSetting(InputFault, ValueError):
    """A function was called with settings that it cannot use; all of them are listed at once."""

    def __reduce__(self) -> tuple[type[InputFault], tuple[str, tuple[Fault, ...]]]:
        return BadSetting, (self.source, self.faults)


class Mismatch(OptimiserError):
    """Things were given together that do not belong together, such as a plan of another town."""

    exit_code = 3


class FileTrouble(OptimiserError):
    """A file could not be read or written."""

    exit_code = 4


class DamagedLedger(FileTrouble):
    """A ledger is not what was written: it was cut short, overwritten or mixed up."""


class ClusterTrouble(FileTrouble):
    """A cluster could not be reached, or is gone."""


class Unfinished(OptimiserError):
    """A batch has ended, and some of its cases have no result."""

    exit_code = 8


class Infeasible(OptimiserError):
    """It is proved that no deployment can meet the requirements; the clashing ones are named."""

    exit_code = 5

    def __init__(self, clashing: Sequence[str]) -> None:
        self.clashing = tuple(clashing)
        lines = (Message("  - {line}", line=clashing) for clashing in self.clashing)
        super().__init__(Message("these requirements cannot be met together:\n{list}", list=Message.chain("\n", lines)))

    def __reduce__(self) -> tuple[type[Infeasible], tuple[tuple[str, ...]]]:
        return Infeasible, (self.clashing,)


class Unrepairable(Infeasible):
    """It is proved that no allowed change of the instance makes a deployment possible."""

    def __init__(self, clashing: Sequence[str]) -> None:
        super().__init__(clashing)
        lines = Message.chain("\n", (Message("  - {line}", line=clashing) for clashing in self.clashing))
        head = Message("no change that is allowed makes a deployment possible")
        more = Message("{head}; whatever else is changed, these clash:\n{list}", head=head, list=lines)
        self.args = (more if self.clashing else head,)

    def __reduce__(self) -> tuple[type[Infeasible], tuple[tuple[str, ...]]]:
        return Unrepairable, (self.clashing,)


class NoProof(OptimiserError):
    """A proof was required and none was reached within the limits."""

    exit_code = 6


class NoPlan(OptimiserError):
    """No deployment was found within the limit; this does not prove that there is none."""

    exit_code = 7


class Cancelled(OptimiserError):
    """Whoever asked called it off before there was a result, see `optimiser.cancelled_by`."""

    exit_code = 130  # as after Ctrl-C


class SolverFailure(OptimiserError):
    """The solver stopped for a reason of its own; its words are kept."""


class CacheWarning(UserWarning):
    """Machine code of the simulation cannot be kept on disk, or what was kept was damaged; results are what they are.

    It is told through `warnings`, once in a process, and on the command line as one line.
    """

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, a `Message`."""
        return str(self) if not isinstance(self.args[0], str) else self.args[0]
