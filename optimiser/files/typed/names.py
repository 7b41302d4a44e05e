"""What the names in changes stand for: parts of an instance that is written as plain data, by kind and identifier."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from optimiser.common.message import Message
from optimiser.files.typed.unclear import Unclear
from optimiser.model.instance import Instance
from optimiser.model.values.references import advise_name
from optimiser.model.whatif import KIND_WORDS, split_reference

Part = dict[str, Any]

KIND_NAMES = {
    "team": Message("a team"),
    "vehicle": Message("a vehicle"),
    "role": Message("a role"),
    "sector": Message("a sector"),
    "post": Message("a post"),
    "accompaniment": Message("an accompaniment"),
    "movement": Message("a movement"),
    "gathering": Message("a gathering"),
    "trigger": Message("a trigger"),
    "reinforcement": Message("help from outside"),
}
UNITS = ("team", "vehicle", "role")
ADVISED = 4  # parts that may be meant and are named; assumed
PLACES = ("sector", "post", "accompaniment", "movement")
_CODES = {"sector": "unknown-sector", "team": "unknown-kind", "gathering": "unknown-gathering"}


class PartNames:
    """Finds parts of an instance by what is typed of them, their identifier with or without their kind.

    Parameters
    ----------
    data : the instance as plain data; what is added to it later is found too.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def find(self, reference: str, kinds: Sequence[str], beside: Sequence[str] = ()) -> tuple[str, Part]:
        """Find a part: its kind and its values.

        Parameters
        ----------
        kinds : it may be of, the likeliest first.
        beside : further kinds that could be typed as well, but are not looked for.

        Raises
        ------
        Unclear : there is none of that name, or it is of another kind than was typed or can be meant.
        """
        typed, ident = split_reference(reference)
        if typed and typed not in KIND_WORDS:
            named = Message("one of {names}", names=", ".join(f"{kind}:" for kind in kinds))
            raise Unclear(named, Message("write one of them before '{name}', or none", name=ident))
        looked = [typed] if typed in kinds else [] if typed else list(kinds)
        for kind in looked:
            if ident in (known := self._list(kind)):
                return kind, known[ident]
        wanted = _either([typed] if typed in (*kinds, *beside) else kinds)
        for kind in (*kinds, *beside, *KIND_WORDS):
            if ident in self._list(kind):
                words = {"name": ident, "kind": KIND_NAMES[kind], "typed": f"{kind}:{ident}"}
                if kind in (*kinds, *beside):
                    repair = Message("'{name}' is {kind}; write {typed}", **words)
                else:
                    repair = Message("'{name}' is {kind}; name {wanted}", **words, wanted=_either(kinds))
                raise Unclear(wanted, repair, _code(kinds))
        known = {name: part for kind in looked or kinds for name, part in self._list(kind).items()}
        titles = {str(part["name"]).lower(): name for name, part in known.items()}
        titles |= {"-".join(_split_words(title)): name for title, name in titles.items()}  # as it is typed
        expected = Message("one of {names}", names=", ".join(known) or "-")
        repair = advise_name(ident, dict.fromkeys(known, ""), titles) or Message("correct the name")
        raise Unclear(expected, self._list_meant(ident, looked or kinds) or repair, _code(kinds))

    def _list_meant(self, typed: str, kinds: Sequence[str]) -> Message | None:
        """Say which parts may be meant where several have all the words that are typed in their name; else None."""
        words = set(_split_words(typed))
        meant = [
            f"{kind}:{ident} ({part['name']})"
            for kind in kinds
            for ident, part in self._list(kind).items()
            if words and words <= set(_split_words(str(part["name"])))
        ]
        if len(meant) < 2:
            return None
        return Message("did you mean {names}?", names=", ".join(meant[:ADVISED]))

    def find_unit(self, reference: str, kinds: Sequence[str] = UNITS) -> tuple[str, Part]:
        """Find a kind of team or vehicle by its name, by one of its units, ``awc-1``, or by a role that it alone has.

        Parameters
        ----------
        kinds : what may be named; for a role the team that has it is returned.

        Raises
        ------
        Unclear : there is none of that name, or not one team has that role.
        """
        typed, ident = split_reference(reference)
        units = {**self._list("team"), **self._list("vehicle")}
        whole, dash, number = ident.rpartition("-")
        single = ident not in units and dash and number.isdecimal() and whole in units
        if single and 1 <= int(number) <= bare_number(units[whole]["count"]):
            reference = f"{typed}:{whole}" if typed else whole
        kind, part = self.find(reference, kinds)
        if kind != "role":
            return kind, part
        teams = [team for team in self._list("team").values() if team["role"] == part["id"]]
        if len(teams) == 1:
            return "team", teams[0]
        expected = Message("a team or a vehicle; '{name}' is a role", name=ident)
        names = ", ".join(str(team["id"]) for team in teams)
        repair = Message("name a team that has it: {names}", names=names) if teams else Message("no team has it")
        raise Unclear(expected, repair, _code(kinds))

    def list_neighbours(self, ident: str) -> list[str]:
        """List where ways lead from a place: along its roads, or to every other place where there are none."""
        if self.data["travel"]["kind"] == "roads":
            ends = [(road["a"], road["b"]) for road in self.data["travel"]["roads"]]
            return sorted({b if a == ident else a for a, b in ends if ident in (a, b)})
        parts = ("sectors", "posts", "reinforcements")
        return [place["id"] for part in parts for place in self.data[part] if place["id"] != ident]

    def _list(self, kind: str) -> dict[str, Part]:
        return {part["id"]: part for part in self.data.get(f"{kind}s", ())}


def list_strange(unclear: Unclear, instance: Instance) -> list[tuple[str, Unclear]]:
    """List what a refused phrase names and the instance does not have, each with what it has instead."""
    names = PartNames(instance.model_dump(mode="json"))
    looks: list[tuple[str, Callable[[str], object]]] = [
        (unclear.unit, names.find_unit),
        (unclear.place, partial(names.find, kinds=PLACES)),
    ]
    strange = []
    for name, look in looks:
        try:
            look(name) if name else None
        except Unclear as why:
            strange.append((name, why))
    return strange


def _split_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def bare_number(number: Any) -> Any:
    """Return the number of a quantity that is written as plain data."""
    return number["value"] if isinstance(number, Mapping) else number


def _either(kinds: Sequence[str]) -> Message:
    *others, last = (KIND_NAMES[kind] for kind in kinds)
    return Message("{kinds} or {last}", kinds=Message.chain(", ", others), last=last) if others else last


def _code(kinds: Sequence[str]) -> str:
    return _CODES.get(kinds[0], "unknown-place")
