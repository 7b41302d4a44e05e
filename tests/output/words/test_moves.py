"""Moves in words: base is named, long lists are cut."""

from __future__ import annotations

from support.town import posted, town

from optimiser.model.deployment import Deployment
from optimiser.model.moves import Move, list_moves
from optimiser.output.words.moves import tell_moves


def test_moves_are_told_with_places_and_base() -> None:
    instance = town()
    before = posted(instance)
    after = before.numbers(instance)
    after[0, 1] -= 2  # two squads of rope from the terminal: one to the KPU, one to base
    after[1, 1] += 1
    after[2, 0] += 1  # a negotiator team from base to the mall
    told = tell_moves(instance, list_moves(instance, before, Deployment.of_numbers(instance, after)))
    assert "1 x Dalmas awal squad from Terminal to KPU" in told
    assert "1 x Dalmas awal squad from Terminal to base" in told
    assert "1 x Negotiator team from base to Mall" in told


def test_long_lists_are_cut() -> None:
    instance = town()
    moves = [Move(1, "talk", "", "kpu", 3)] * 9
    assert tell_moves(instance, moves).endswith("3 more moves")
    assert tell_moves(instance, []) == ""
