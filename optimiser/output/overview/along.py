"""Who comes to a sector with the people: units that accompany a gathering that is expected there."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.number_format import percent, plain
from optimiser.files.examination.visits import Visit, join_ways
from optimiser.model.parts.movement import Accompaniment
from optimiser.output.orders.situation import Situation
from optimiser.output.words.reasons import name_visit


def tell_companions(at: Situation, sector: str) -> list[str]:
    """Say how many heads come to a sector with which people, and on how many days; nothing where nobody does."""
    told = []
    for along, visit in _companions(at, sector):
        who, n = name_visit(visit, at.language), at.heads(along.id)
        told.append(at.language.plural("{n} head comes with {who}", "{n} heads come with {who}", n, who=who))
    return told


def list_companions(at: Situation, sector: str) -> list[str]:
    """Give the same in few words, by the name of the accompaniment, which has a row of its own: +61 With the march."""
    return [
        f"+{at.number(at.heads(along.id))} {plain(along.name)}"
        + ("" if visit.is_sure else f" ({percent(visit.share, language=at.language)})")
        for along, visit in _companions(at, sector)
    ]


def _companions(at: Situation, sector: str) -> Iterator[tuple[Accompaniment, Visit]]:
    coming = {visit.gathering.id: visit for visit in join_ways(at.visits.get(sector, ()))}
    for along in at.instance.accompaniments:
        if along.gathering in coming and at.units[along.id]:
            yield along, coming[along.gathering]
