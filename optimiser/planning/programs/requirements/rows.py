"""What a rule of feasibility is made of: linear rows in whole numbers, and the requirement that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimiser.common.message import Message
from optimiser.model.parts.presence import NUMBERS, find_rule

if TYPE_CHECKING:
    from optimiser.planning.programs.requirements.frame import Frame

SHORT = 1000  # longest denominator that goes into a row as it is: coefficients stay far below a solver's 1e9
MOST = 10_000  # teams or vehicles of a kind at a place: the limit of the deployment format

Cell = tuple[int, int]  # place by index of `Instance.places`, kind by index


@dataclass(frozen=True)
class Row:
    """least <= sum of coefficient * number <= most; all whole, so that a solver's tolerance cannot blur it.

    Attributes
    ----------
    terms : coefficient by place and kind.
    least, most : limits in the unit of the rule (teams, vehicles, heads or seats); None where there is none.
    """

    terms: Mapping[Cell, int]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Requirement:
    """One thing a planner or doctrine asks for.

    Attributes
    ----------
    code : name of the rule, as the checker calls it.
    name : the requirement in a planner's words.
    place : index of the only place concerned; None where several are.
    rows : what must hold.
    number : where the number that is asked for stands in the instance, such as ``("sectors", 0, "minimum", "line")``;
        empty where no single number is.
    """

    code: str
    name: Message
    place: int | None
    rows: tuple[Row, ...]
    number: tuple[str | int, ...] = ()

    @property
    def switch(self) -> str:
        """The change that would switch it off, as it is typed; empty where it is no rule of presence."""
        rule = find_rule(self.code)
        return "" if rule is None else f"--presence {rule}=off"

    @property
    def told(self) -> Message:
        """Its name, and how it could be switched off, for whoever learns that it stands in the way."""
        rule = find_rule(self.code)
        if rule is None:
            return self.name
        field = f"presence.{rule} = {'0' if rule in NUMBERS else 'false'}"
        return Message(
            "{requirement} (rule of presence, could be switched off: {field} in the file, {typed} in a what-if)",
            requirement=self.name,
            field=field,
            typed=self.switch,
        )


def in_charge(frame: Frame, place: int, leading: Iterable[int]) -> Iterator[Row]:
    """Ask for an officer at one of some places for whatever is at a place: n <= 10,000 * officers for other kinds."""
    led = {(p, k): -MOST for p in leading for k in frame.officers}
    for k in range(len(frame.kinds)):
        if k not in frame.officers:
            yield Row({(place, k): 1, **led}, most=0)


def count_units(places: Iterable[int], kinds: Sequence[int]) -> dict[Cell, int]:
    """Count every unit of some kinds at some places once."""
    return {(p, k): 1 for p in places for k in kinds}


def tell_teams(number: int) -> Message:
    """Say a number of teams."""
    return Message.plural("{n} team", "{n} teams", int(number))
