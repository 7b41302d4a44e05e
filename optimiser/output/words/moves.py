"""Moves in words: who goes from where to where, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.instance import Instance
from optimiser.model.moves import BASE, Move
from optimiser.output.words.head_counts import with_start
from optimiser.planning.programs.requirements import Frame

SHOWN = 6  # moves that a sentence tells at most; assumed


def tell_moves(instance: Instance, moves: Sequence[Move], language: Language = ENGLISH) -> str:
    """Tell moves in one sentence without a full stop; what comes after the first six is only counted."""
    names = {place.id: plain(place.name) for place in instance.places}
    kinds = {
        kind.id: with_start(instance, kind, plain(kind.name), language) for kind in reversed(Frame.of(instance).kinds)
    }
    parts = []
    for move in moves[:SHOWN]:
        values = {"n": language.number(f"{move.number:,}"), "kind": kinds[move.what]}
        if move.origin == BASE:
            parts.append(language("{n} x {kind} from base to {goal}", goal=names[move.goal], **values))
        elif move.goal == BASE:
            parts.append(language("{n} x {kind} from {origin} to base", origin=names[move.origin], **values))
        else:
            where = {"origin": names[move.origin], "goal": names[move.goal]}
            parts.append(language("{n} x {kind} from {origin} to {goal}", **where, **values))
    if len(moves) > SHOWN:
        parts.append(language.plural("{n} more move", "{n} more moves", len(moves) - SHOWN))
    return "; ".join(parts)
