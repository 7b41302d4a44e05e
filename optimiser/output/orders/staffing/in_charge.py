"""Where units that move may stand, who is in charge there, and who of them may act: on the sheet of each."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.number_format import plain
from optimiser.model.instance import Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import BY_HAND, Section, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, commander, phase_mark
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import Coming, list_coming, meets, tell_days, tell_formed
from optimiser.output.orders.staffing.tasks import tell_acting


def places_section(at: Situation, moving: Moving, heading: str) -> Section:
    """List where units that move may stand, who is in charge there, and what stands there anyway."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for sector, one in sorted(_stops(at, moving), key=lambda stop: stop[1].formed[0]):
        share = tell_days(at, one)
        where = _tell_officer(at, sector, one)
        sign: Value = plain(sector.call_sign) if sector.call_sign else BY_HAND
        heads = at.number(at.heads(sector.id))
        rows.append((_tell_place(at, sector, one), share, tell_formed(at, one), heads, where, sign))
    columns = (
        TableColumn(_("Sector"), 3.0),
        TableColumn(_("Comes there"), 1.0, right=True),
        TableColumn(_("Formed up about"), 1.5),
        TableColumn(_("Placed there"), 0.9, right=True),
        TableColumn(_("Report to the officer at"), 2.7),
        TableColumn(_("Call sign"), 1.1),
    )
    note = _(
        "Whoever is in charge of a sector is in charge of you while you stand there. Tasks by phase are on its sheet; "
        "where nobody is placed, those of the operation order hold."
    )
    return Section(heading, (Table(columns, tuple(rows), note),))


def _tell_place(at: Situation, sector: Sector, one: Coming) -> Value:
    """Name a sector, and with which people units come there where they may come with others too."""
    led = {part.gathering for part in one.moving.parts}
    if one.led is None or len(led) < 2:
        return plain(sector.name)
    crowd = at.language("with {crowd}", crowd=plain(one.led.name))
    return plain(sector.name), Span(crowd, "soft")


def _tell_officer(at: Situation, sector: Sector, one: Coming) -> Value:
    """Say where the officer in charge of a sector stands, or who is in charge where nobody is placed."""
    _ = at.language
    if at.units[sector.id]:
        return plain(sector.officer_post) if sector.officer_post else BY_HAND
    others = [plain(c.moving.name) for c in list_coming(at, sector) if c.moving != one.moving and meets(c, one)]
    if others:
        names = "; ".join(dict.fromkeys(others))  # names of movements have commas
        return (
            _("nobody is placed there; of you and those who may be there too ({names}), in charge:", names=names),
            BY_HAND,
        )
    return Span(_("nobody is placed there: you are in charge"), "strong")


def _stops(at: Situation, moving: Moving) -> Iterator[tuple[Sector, Coming]]:
    """Give the sectors where units may come, with each leg."""
    for sector in at.instance.sectors:
        for one in list_coming(at, sector):
            if one.moving.id == moving.id:
                yield sector, one


def acting_section(at: Situation, moving: Moving) -> Section:
    """Say who of units that move may act in a sector of each phase."""
    _ = at.language
    here, needed = at.teams(moving.id), at.stand(moving)
    rows = tuple((phase_mark(at, p), commander(at, p), tell_acting(at, here, p, needed)) for p in CALL_PHASES)
    columns = (
        TableColumn(_("A sector that is"), 1.5),
        TableColumn(_("In command"), 1.4),
        TableColumn(_("May act"), 7.0),
    )
    return Section(_("Who may act"), (Table(columns, rows),))
