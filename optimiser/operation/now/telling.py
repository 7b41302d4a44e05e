"""What a commander would report of a simulated situation: rough numbers of people, moods in words, who stands where."""

from __future__ import annotations

import numpy as np

from optimiser.model.instance import Instance
from optimiser.model.values.words import TENSION, find_nearest
from optimiser.operation.now.report import (
    DELEGATIONS,
    FORMAT,
    PHASES,
    SectorReport,
    SituationReport,
    parse_situation,
)
from optimiser.simulation.compiled_engine.actions import PASS_MARK
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.situations.situation import Snapshot
from optimiser.simulation.state import WAITING

ROUND = 50  # persons: how roughly people are counted; assumed


def report_situation(instance: Instance, situation: Snapshot) -> SituationReport:
    """Report a situation as it is seen from outside; who is on the road, and how tired, is not told."""
    facts, told = index_instance(instance), situation.fields
    kinds = [team.id for team in instance.teams]
    sectors = []
    for s, sector in enumerate(instance.sectors):
        slots = range(facts.slot_first[s], facts.slot_first[s + 1])
        people = {instance.gatherings[facts.slot_gathering[b]].id: told["present"][b] for b in slots}
        one = {
            "id": sector.id,
            "phase": PHASES[told["phase"][s]],
            "people": {name: _roughly(n) for name, n in people.items()},
            "teams": {kind: n for kind, n in zip(kinds, told["teams"][s], strict=True) if n},
            "exit_open": bool(told["exit_open"][s]),
        }
        if told["people"][s]:
            one["mood"] = find_nearest(told["tension"][s], TENSION).say("en")
        if sector.official is not None:
            one["delegation"] = DELEGATIONS[told["delegation"][s]]
            if told["delegation"][s] == WAITING:
                one["since"] = instance.clock(_waiting_since(situation, s))
        if sector.critical:
            one["stopped"] = bool(told["stopped"][s])
        sectors.append(SectorReport.model_validate(one))
    posts = [
        {"id": post.id, "teams": {k: n for k, n in zip(kinds, told["reserve"][p], strict=True) if n}}
        for p, post in enumerate(instance.posts)
    ]
    said = {
        "format": FORMAT,
        "instance": instance.name,
        "at": instance.clock(situation.minute),
        "sectors": [one.model_dump(mode="json", exclude_none=True) for one in sectors],
        "posts": posts,
    }
    return parse_situation(said, instance)


def _roughly(persons: int) -> int:
    """Round a number of people; some stay some."""
    return persons if persons < ROUND else ROUND * round(persons / ROUND)


def _waiting_since(situation: Snapshot, s: int) -> float:
    """Return the minute since which a delegation has waited; that of the report where nothing tells."""
    starts = [one.value for one in situation.waits if one.what == PASS_MARK and one.numbers[0] == s]
    return float(np.floor(min(starts, default=situation.minute)))
