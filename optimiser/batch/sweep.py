"""A sweep: instances, what-ifs, values that vary and seeds, as they are written; every combination is a case."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from optimiser.batch.case_files import path_beside
from optimiser.common.errors import InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import clarify
from optimiser.common.parsing import refuse_unclear
from optimiser.files.read import read_document, read_text
from optimiser.files.read_whatifs import read_whatifs
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.laws.choice import LawName
from optimiser.model.values.base import Model
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.whatif import Put, WhatIf
from optimiser.planning.programs.solver import SolverName

FORMAT: Literal["optimiser-sweep/1"] = "optimiser-sweep/1"
MOST_SEED = 2**63 - 1  # largest seed
MOST_SEEDS = 1_000_000  # in one list; assumed
MOST_BUDGET = 10**12  # joint replications; assumed, months of work
MOST_SECONDS = 1e8  # three years; assumed
_FLOAT = re.compile(r"[0-9]+\.0*")
_SPAN = re.compile(r"([0-9]{1,19})(?::([0-9]{1,19}))?")
Seeds = tuple[range, ...]
Number = Annotated[int, Field(ge=2, le=1_000_000, strict=True)]


class Sweep(Model):
    """A sweep as it stands in a TOML file: every instance with every what-if, every value that varies and every seed.

    Attributes
    ----------
    instances : as on the command line, relative to the file of the sweep.
    whatifs : phrases as on the command line of ``whatif``, or files.
    vary : values by path, as ``--set`` takes it.
    unchanged : whether each instance is also planned as it is.
    """

    format: Literal["optimiser-sweep/1"] = FORMAT
    instances: Annotated[tuple[str, ...], Field(min_length=1)]
    whatifs: tuple[str, ...] = ()
    vary: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(default_factory=dict)
    unchanged: bool = True
    seeds: str | Annotated[int, Field(strict=True)] | tuple[Annotated[int, Field(strict=True)], ...] | None = None
    scenarios: Number | None = None
    reporting: Number | None = None
    budget: Annotated[int, Field(ge=1, le=MOST_BUDGET, strict=True)] | None = None
    seconds: Annotated[float, Field(ge=0.0, le=MOST_SECONDS, strict=True)] | None = None
    solver: SolverName | None = None
    certify: bool | None = None
    uncertain: bool | None = None
    law: LawName | None = None


def parse_seeds(text: str) -> Seeds:
    """Read seeds: ``7``, ``1:21`` (1 to 20, as Python counts) or ``1:4,10,20:23``.

    Raises
    ------
    InputFault : that is no list of seeds.
    """
    spans = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        first = int(match[1]) if match else 0
        spans.append(range(first, int(match[2]) if match[2] else first + 1) if match else range(0))
    if not all(spans) or spans[-1][-1] > MOST_SEED or sum(map(len, spans)) > MOST_SEEDS:
        expected, repair = Message("seeds such as 7, 1:21 or 1:4,10"), Message("write it so; 1:21 is 1 to 20")
        if _FLOAT.fullmatch(text.strip()):
            repair = Message("write it without the point; a data frame makes 1.0 of 1 where its column has a gap")
        raise InputFault("seeds", clarify([make_fault("bad-text", Message("seeds"), text, expected, repair)]))
    return tuple(spans)


def read_whatif(text: str, folder: Path | None = None) -> list[WhatIf]:
    """Read what-ifs: a file of them, or phrases such as ``--lose vehicle:awc --heads 200``.

    Parameters
    ----------
    folder : where the file is looked for first.

    Raises
    ------
    InputFault : it cannot be understood; all faults.
    FileTrouble : the file cannot be read.
    """
    if text.lower().endswith((".toml", ".json")) and not text.startswith("--"):
        return list(read_whatifs(path_beside(text, folder)))
    return [parse_phrases(split_phrases(text))]


def read_sweep(path: Path) -> Sweep | None:
    """Read a sweep; None if the file is of another kind.

    Raises
    ------
    InputFault : it has faults; all of them.
    """
    data = read_document(path)
    if not str(data.get("format", "")).startswith("optimiser-sweep/"):
        return None
    refuse_unclear(*read_text(path), str(path))
    try:
        return Sweep.model_validate(data)
    except ValidationError as error:
        raise InputFault(
            str(path), list_field_faults(error.errors(include_url=False), Sweep.model_json_schema())
        ) from None


def vary_values(changes: Sequence[WhatIf | None], vary: Mapping[str, Sequence[Any]]) -> Iterator[WhatIf | None]:
    """Yield every what-if with every combination of the values that vary."""
    for change in changes:
        for values in itertools.product(*vary.values()):
            if not values:
                yield change
                continue
            puts = [Put(path=path, value=value) for path, value in zip(vary, values, strict=True)]
            title = ", ".join([*([change.title] if change else []), *(f"{p.path}={p.value}" for p in puts)])
            before = change.changes if change else ()
            yield WhatIf(title=title if len(title) <= 120 else title[:117] + "...", changes=(*before, *puts))
