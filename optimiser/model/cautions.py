"""Warnings about an instance that can be used: what is unusual enough to be looked at before anybody trusts a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Self

from pydantic import BaseModel, PrivateAttr

from optimiser.common.errors import Fault
from optimiser.common.message import Message

TOLD = 3  # warnings that one line names; further ones are counted

CAUTIONS: dict[str, Message] = {
    # where places are, and the ways between them
    "far-place": Message("A place lies far from all the others."),
    "odd-coordinates": Message("A place lies at 0, 0, or where nobody lives."),
    "same-name": Message("Two places have the same name."),
    "two-roads": Message("Two roads join the same two ends; the shorter one is used."),
    "long-distance": Message("A distance cannot be driven within the operational period."),
    "no-way": Message("No way leads to a place where people gather."),
    "closed-march": Message("A closure lies on the way of an announced march."),
    "closed-outside": Message("A closure is not in force at any time of the operational period."),
    # who is there
    "cap-and-heads": Message("The cap is far from the heads that exist."),
    "useless-kind": Message("A kind of team or vehicle has no ability that does anything."),
    "unguarded": Message("Nobody may stand where records are kept or a critical process runs."),
    "nobody-able": Message("A rule of presence asks for an ability that no team has."),
    "no-official": Message("People stop where a critical process runs and no official is named."),
    # who comes, and in what mood
    "no-choice": Message("A crowd is to go where the line is thinnest, and has one route only."),
    "displaced": Message("Shares of routes hold only where a crowd does not go where the line is thinnest."),
    "turnout": Message("An expected number of people is unusually large or small."),
    "tension": Message("A tension, or its change, is outside the usual."),
    "chance": Message("A chance is outside the usual."),
    "short-stay": Message("A gathering stays for a few minutes only, as if hours had been written."),
    "after-the-end": Message("Something is expected after the end of what is simulated, where it is not counted."),
    # who moves
    "nobody-to-follow": Message("Units were to go with a gathering that is gone."),
    "late-movement": Message("Units set out before something begins at a place, and form up there after it has begun."),
    "late-relief": Message("Units that relieve others form up once those have gone."),
    "short-rest": Message("Units rest between two legs for less than makes them fresh."),
    "early-movement": Message("Units leave a place before the people come for whom they may have stood there."),
    "missed-leg": Message("Units cannot be at a place, or with people, before they are to go on or the day is over."),
    "never-left": Message("Units wait until people leave a place to which these do not come."),
    "no-relief": Message("Units of a plan are on duty for longer than doctrine allows, and nobody relieves them."),
    "late-team": Message("Teams are asked for where others have set out before they come on duty."),
    # how a file was filled in
    "unused-text": Message("A translation is of a text that the file does not have."),
    "capitals": Message("A short name was written with capitals or outer spaces, and read in small letters."),
    "hidden-rows": Message("Hidden or filtered rows, columns or sheets of a workbook were read."),
    "example-rows": Message("Example rows of a template were left as they were."),
}


@dataclass(frozen=True)
class Caution:
    """One thing that is allowed and unusual: where, what, what is usual, what to check.

    Attributes
    ----------
    code : stable name of the kind, one of `CAUTIONS`.
    place : path inside the file, ``sectors[3].lat``, or the cell of a workbook, ``sectors!F7``.
    found : what is unusual, in words that name the part of the instance.
    usual : what would not have been said anything about, with units.
    check : what to look at, and what to do if it is meant so.
    """

    code: str
    place: str
    found: Message
    usual: Message
    check: Message

    def __post_init__(self) -> None:
        if self.code not in CAUTIONS:
            raise KeyError(self.code)

    @property
    def sentence(self) -> Message:
        """All of it in one sentence, for a reader in any language."""
        words = {"place": self.place, "found": self.found, "usual": self.usual, "check": self.check}
        return Message("{place}: {found}; usual is {usual}; {check} [{code}]", **words, code=self.code)

    @property
    def fault(self) -> Fault:
        """The same as a fault, for those who want no warnings left."""
        return Fault(self.code, self.place, self.found, self.usual, self.check)

    def __str__(self) -> str:
        return str(self.sentence)


def tell_cautions(cautions: Sequence[Caution]) -> Message | None:
    """Say in one line what is unusual, and where to read on; None where nothing is."""
    if not cautions:
        return None
    parts: list[str] = [caution.found for caution in cautions[:TOLD]]
    if len(cautions) > TOLD:
        parts.append(Message.plural("{n} more", "{n} more", len(cautions) - TOLD))
    list_ = Message.chain("; ", parts)
    return Message("{list}. What to check: optimiser validate", list=list_)


def caution_values(cautions: Iterable[Caution]) -> list[dict[str, str]]:
    """Return warnings as plain values."""
    return [{field.name: str(getattr(caution, field.name)) for field in fields(caution)} for caution in cautions]


class Noted(BaseModel):
    """What carries the cautions of the file that it was read from; they are no part of its value or of its files."""

    _noted: tuple[Caution, ...] = PrivateAttr(())

    @property
    def noted(self) -> tuple[Caution, ...]:
        """What reading noticed in the file itself, such as hidden rows of a workbook."""
        return self._noted

    def note(self, cautions: Iterable[Caution]) -> Self:
        """Return a copy that carries these cautions too."""
        added = tuple(cautions)
        return self.renote((*self._noted, *added)) if added else self

    def renote(self, cautions: Iterable[Caution]) -> Self:
        """Return a copy that carries these cautions instead of its own."""
        copied = self.model_copy()
        copied._noted = tuple(cautions)
        return copied

    def __eq__(self, other: object) -> bool:
        """Compare values alone, whatever file they came from."""
        if isinstance(other, Noted) and self._noted != other._noted:
            other = other.model_copy()
            other._noted = self._noted
        return super().__eq__(other)

    __hash__ = BaseModel.__hash__
