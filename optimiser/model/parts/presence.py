"""Presence as data: who must be there whatever it costs, a rule of doctrine for each reason."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from optimiser.common.message import Message
from optimiser.model.values.base import Model, People, Share, Source, YesNo

# Rules in the order of the fields; all but the share are on or off, and a share of 0 is off.
RuleName = Literal[
    "officer",
    "dialogue",
    "observers",
    "medical",
    "backed",
    "records",
    "windows",
    "reserve_share",
    "one_officer",
    "escort_stays",
]
RULES: tuple[RuleName, ...] = get_args(RuleName)
NUMBERS = ("expected", "reserve_share")  # fields that are numbers
NAMES: dict[str, Message] = {
    "officer": Message("an officer at every crowd"),
    "dialogue": Message("a dialogue team at every crowd"),
    "observers": Message("observers at every crowd"),
    "medical": Message("medical care at every crowd of ring 1"),
    "backed": Message("nobody without a line in front of a crowd"),
    "records": Message("records guarded at all hours"),
    "windows": Message("critical windows guarded"),
    "reserve_share": Message("a share of the line as reserve for ring 1"),
    "one_officer": Message("one officer a sector"),
    "escort_stays": Message("the water cannon keeps its escort"),
}


def name_rule(rule: str) -> str:
    """Write the code of a rule, as the checker calls it, by its field."""
    return f"presence-{rule.replace('_', '-')}"


def find_rule(code: str) -> RuleName | None:
    """Find the rule that the checker calls by this code; None where the code is none of a rule of presence."""
    return next((rule for rule in RULES if name_rule(rule) == code), None)


class Presence(Model):
    """Who must be there, as a commander will not sign without: hard rules, each of which can be switched off.

    A crowd is more than so many people of one gathering, expected at a stop that it may come to while the operation
    lasts, whatever the chance.
    """

    expected: People = Field(200, validate_default=True, description="persons; a gathering of more is a crowd")
    officer: YesNo = Field(True, description="an officer in charge where a crowd is expected")
    dialogue: YesNo = Field(True, description="a dialogue team where a crowd is expected")
    observers: YesNo = Field(True, description="a team with information where a crowd is expected")
    medical: YesNo = Field(True, description="medical care in sectors of ring 1 where a crowd is expected")
    backed: YesNo = Field(True, description="whoever holds no line stands in front of a crowd only beside a line")
    records: YesNo = Field(True, description="a line guards records at all hours")
    windows: YesNo = Field(True, description="a line guards a critical window from before it opens until it ends")
    reserve_share: Share = Field(
        0.2, validate_default=True, description="share of the heads of all lines that waits for ring 1; 0 is off"
    )
    one_officer: YesNo = Field(True, description="one officer a sector, unless more are asked for")
    escort_stays: YesNo = Field(True, description="crew and escort of a waiting water cannon are not called from it")
    source: Source = "assumed"

    @property
    def in_force(self) -> tuple[RuleName, ...]:
        """The rules that are on, by their fields."""
        return tuple(rule for rule in RULES if getattr(self, rule))

    def without(self, *rules: RuleName) -> Presence:
        """Switch rules off."""
        return self.model_copy(update={rule: 0.0 if rule == "reserve_share" else False for rule in rules})
