"""A line of text, such as a cell of a table holds, as phrases: ``--lose vehicle:awc --at-most kpu:60 heads``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import make_fault, suggest
from optimiser.common.message import Message
from optimiser.files.typed.changes import EXAMPLES, read_change
from optimiser.files.typed.unclear import Data
from optimiser.model.instance import Instance

Phrases = Sequence[tuple[str, str]]


def split_phrases(text: str, place: str = "whatif") -> list[tuple[str, str]]:
    """Split a line into pairs of a word of `EXAMPLES` and what is said after it.

    Parameters
    ----------
    place : where the line stands.

    Raises
    ------
    InputFault : it does not begin with ``--`` and a word, or a word is none; all faults.
    """
    try:
        tokens = shlex.split(text)
    except ValueError:
        tokens = []
    expected = Message("phrases such as {example}", example="--lose vehicle:awc --heads 200")
    pairs: list[tuple[str, list[str]]] = []
    faults: list[Fault] = []
    for token in tokens:
        name, equals, value = token.removeprefix("--").partition("=")
        word = name.lower()
        if not token.startswith("--") and pairs:
            pairs[-1][1].append(token)
            continue
        pairs.append((word, [value] if equals else []))
        if not token.startswith("--") or word not in EXAMPLES:
            advice = suggest(word, list(EXAMPLES)) or Message("write it so")
            faults.append(make_fault("bad-text", place, token, expected, advice))
    if faults or not pairs:
        raise InputFault(place, faults or [make_fault("bad-text", place, text, expected, Message("write it so"))])
    return [(word, " ".join(parts)) for word, parts in pairs]


def read_changes(
    phrases: Phrases, files: bool = True, instance: Instance | None = None
) -> tuple[list[Data], list[Fault]]:
    """Read phrases one after another: all their changes as plain data, and the faults of those not understood.

    Parameters
    ----------
    files : whether a phrase may name a file, whose content is then part of the what-if.
    instance : see `read_change`.

    Raises
    ------
    InputFault, FileTrouble : of a file that is to be added.
    """
    changes: list[Data] = []
    faults: list[Fault] = []
    for word, text in phrases:
        if word == "add" and not files:
            expected, repair = Message("a change that needs no file"), Message('write it as data, do = "add"')
            faults.append(make_fault("bad-text", f"--{word}", text, expected, repair))
            continue
        found, refused = read_change(word, text, instance)
        changes += found
        faults += refused
    return changes, faults
