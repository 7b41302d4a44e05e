"""Who comes to a sector with the people: units that accompany a gathering that is expected there."""

from __future__ import annotations

from optimiser.files.examination.visits import join_ways
from optimiser.output.orders.situation import Situation
from optimiser.output.words.reasons import name_visit


def tell_companions(at: Situation, sector: str) -> list[str]:
    """Say how many heads come to a sector with the people, and on how many days; nothing where nobody does."""
    coming = {visit.gathering.id: visit for visit in join_ways(at.visits.get(sector, ()))}
    told = []
    for along in at.instance.accompaniments:
        if along.gathering in coming and at.units[along.id]:
            who, n = name_visit(coming[along.gathering], at.language), at.heads(along.id)
            told.append(at.language.plural("{n} head comes with {who}", "{n} heads come with {who}", n, who=who))
    return told
