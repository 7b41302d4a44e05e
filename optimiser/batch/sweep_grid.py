"""Sweeps from Python: every combination of instances, changes, values that vary and seeds as cases of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from optimiser.batch.case import Case, Effort, Subject
from optimiser.batch.sweep import vary
from optimiser.common.message import Message
from optimiser.files.apply_whatif import apply
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import Refusal, a, checked, list_of, maybe, within
from optimiser.model.values.build import plain_values
from optimiser.model.whatif import WhatIf


def _values(place: str, given: Any) -> dict[str, tuple[Any, ...]]:
    """Take lists of values by the path of their field; values of numpy as the plain ones that they stand for."""
    if not isinstance(given, Mapping):
        expected, repair = Message("lists of values by the path of their field"), Message("give a dictionary of lists")
        raise Refusal("wrong-type", place, given, expected, repair)
    for path in given:
        if not isinstance(path, str) or not path:
            expected = Message("a path, for example {example}", example="gatherings.march.turnout")
            raise Refusal("wrong-type", f"{place}, key", path, expected, Message("write it in quotes"))
    one = list_of(lambda _, value: plain_values(value), 1)
    return {path: one(f"{place}[{path}]", values) for path, values in given.items()}


@checked(
    instances=list_of(a(Instance, Message("read it first, read(file or name)")), 1),
    seeds=list_of(within(0), 1),
    whatifs=list_of(maybe(a(WhatIf)), 1),
    values=maybe(_values),
    effort=maybe(a(Effort)),
)
def list_grid(
    instances: Iterable[Instance],
    *,
    seeds: Iterable[int] = (1,),
    whatifs: Iterable[WhatIf | None] = (None,),
    values: Mapping[str, Sequence[Any]] | None = None,
    effort: Effort | None = None,
) -> Iterator[Case]:
    """Give the cases of a sweep, as `optimiser batch` makes them of a file.

    Parameters
    ----------
    seeds : of every random stream; each case is planned with each.
    whatifs : changes that each instance is planned with; None is the instance as it is.
    values : values that vary, by the path of the field as in ``optimiser whatif --set``, for example
        ``{"gatherings.march.turnout": [1000, 2000]}``; every combination is planned.
    effort : how hard to look at each case.

    Raises
    ------
    InputFault : a change does not fit an instance; told before the first case is given.
    BadSetting : an argument is none that can be used.
    """
    changes = list(vary(list(whatifs), values or {}))
    subjects = [Subject(instance, name=instance.name) for instance in instances]
    for subject in subjects:
        for change in changes:
            if change is not None:
                apply(subject.instance, change)
    wanted, how = list(seeds), effort or Effort()
    return (Case(s, seed, change, how) for s in subjects for change in changes for seed in wanted)
