"""Names of parts of an instance as people type them into tables, by identifier or by name in any language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optimiser.common.faults import suggest
from optimiser.common.language import CODES
from optimiser.common.message import Message
from optimiser.common.number_format import plain
from optimiser.files.workbook.cells import take_text
from optimiser.model.instance import Instance


class KnownNames:
    """Finds things by identifier or name, without regard to case and space around it."""

    def __init__(self, things: Sequence[Any], names: Mapping[str, Sequence[str]]) -> None:
        self.by_id = {thing.id: thing for thing in things}
        self.by_name: dict[str, list[Any]] = defaultdict(list)
        for thing in things:
            for name in dict.fromkeys(map(fold_typed, names[thing.id])):
                self.by_name[name].append(thing)

    def find(self, text: str) -> list[Any]:
        """Return what a text may mean: nothing, one, or several of one name."""
        folded = fold_typed(text)
        return [self.by_id[folded]] if folded in self.by_id else self.by_name.get(folded, [])

    def suggest(self, text: str) -> Message:
        """Return a similar name."""
        return suggest(fold_typed(text), [*self.by_id, *self.by_name])


def fold_typed(text: str) -> str:
    """Return a name as it is compared; the apostrophe that guards a cell of a CSV file is left out."""
    folded = " ".join(plain(take_text(text)).split()).casefold()
    return folded[1:] if folded[:1] == "'" and folded[1:2] in ("=", "+", "-", "@") else folded


def list_told_names(instance: Instance, take_part: Callable[[Instance], Sequence[Any]]) -> dict[str, tuple[str, ...]]:
    """Return the names of parts of an instance by identifier, in every language that it is told in."""
    names: dict[str, list[str]] = defaultdict(list)
    for told in (instance, instance.as_filed(), *(instance.told_in(code) for code in CODES)):
        for part in take_part(told):
            names[part.id].append(part.name)
    return {ident: tuple(dict.fromkeys(of_one)) for ident, of_one in names.items()}
