"""The sheet of units that move as planned: who goes, where they stand one after the other, what ends each stand.

Its table of legs is that of the likeliest ways; one order is for every way: with people, go where these go.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from optimiser.common.number_format import given, percent, plain
from optimiser.model.distances import LOOK_AGAIN
from optimiser.model.expected.stands import Stand, count_passages
from optimiser.model.instance import Gathering
from optimiser.model.parts.movement import Leg, Movement
from optimiser.output.blocks import BY_HAND, Pairs, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.orders.form import Paper
from optimiser.output.orders.notes import contact_pairs, radio_pair
from optimiser.output.orders.sheet import room, signature_section, strength_section
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import name_assembly
from optimiser.output.orders.staffing.in_charge import acting_section, places_section
from optimiser.output.orders.staffing.relief import list_own_reliefs, movement_pairs, overdue_pairs, tell_likeliest
from optimiser.output.orders.staffing.tasks import list_hard_units


@dataclass(frozen=True)
class Relocation:
    """One way of a movement, from a sector to the next.

    Attributes
    ----------
    start, goal : where its units stand before and after it.
    how : on foot, riding, or with which people.
    minutes : on the way, forming up left out.
    """

    movement: Movement
    start: Stand
    goal: Stand
    how: str
    minutes: float


def list_relocations(at: Situation, movement: Movement) -> list[Relocation]:
    """List the ways of a movement in order of time, on the likeliest ways of people."""
    stands, form_up = at.stands(movement), float(at.instance.travel.form_up)
    return [
        Relocation(movement, start, goal, tell_how(at, movement, start, goal), goal.formed - form_up - goal.sent)
        for start, goal in pairwise(stands)
    ]


def tell_how(at: Situation, movement: Movement, start: Stand, goal: Stand) -> str:
    """Say how units get from one stand to the next."""
    _, leg = at.language, movement.legs[goal.leg]
    if leg.gathering is not None:
        return _("on foot, with the crowd") if goal.leg == start.last else _("on foot")
    if at.ride(movement) is None:
        return _("on foot")
    return _("ride: {vehicles}", vehicles=at.list((v, n) for v, n in at.vehicles(movement.id) if not v.water_cannon))


def movement_sheet(at: Situation, movement: Movement) -> Paper:
    """Write the sheet of units that move from sector to sector, or from people to a sector or back."""
    _ = at.language
    sections = (
        _head(at, movement),
        strength_section(at, movement),
        _legs(at, movement),
        _orders(at, movement),
        places_section(at, movement, _("Who is in charge of you where you stand")),
        acting_section(at, movement),
        _liaison(at, movement),
        signature_section(at, None if at.is_led(movement) else _("Received: leader of these units")),
    )
    name, kind = plain(movement.name), _("Order sheet, movement")
    return Paper(movement.id, kind, name, sections, movement.id, at.units[movement.id])


def _head(at: Situation, movement: Movement) -> Section:
    _ = at.language
    pairs: list[tuple[str, Value]] = [
        (_("Officer in charge (Padal)") if at.is_led(movement) else _("Leader of these units"), BY_HAND),
        (_("Forms up at"), Span(name_assembly(at, movement), "strong")),
        (_("Formed up by"), Span(at.clock(at.stand(movement)), "strong")),
    ]
    first_place = at.assembly[movement.id]
    if at.units[first_place.id] and (post := first_place.officer_post):
        pairs.append((_("Officer of this place stands at"), plain(post)))
    pairs += [(_("Heads that move"), room(at, movement)), *overdue_pairs(at, movement.id)]
    pairs += movement_pairs(at, movement)
    return Section("", (Pairs((*pairs, *contact_pairs(at, movement))),))


def _legs(at: Situation, movement: Movement) -> Section:
    """List where units stand, when they set out and why then, and how they get to the next place."""
    _, stands, steps = at.language, at.stands(movement), list_relocations(at, movement)
    rows: list[tuple[Value, ...]] = []
    for number, stand in enumerate(stands):
        where: tuple[str | Span, ...] = (Span(at.names[stand.sector], "strong"),)
        if (crowd := _crowd(at, movement.legs[stand.leg])) is not None:
            where = (*where, Span(_("with {crowd}", crowd=plain(crowd.name)), "soft"))
        elif movement.legs[stand.leg].post is not None:
            where = (*where, Span(_("rest"), "soft"))
        row: tuple[Value, ...] = (number + 1, where, at.clock(stand.formed))
        if number < len(steps):
            step = steps[number]
            way = (at.range((step.goal.km,) * 2), step.how, at.range((step.minutes,) * 2, up=True))
            rows.append((*row, Span(at.clock(step.goal.sent), "strong"), tell_end(at, movement, step), *way))
        else:
            rows.append((*row, _("stays"), _("until released"), "–", "–", "–"))
    if not rows:
        rows = [("–", _("not expected while the operation lasts"))]
    columns = (
        TableColumn(_("No."), 0.5, right=True),
        TableColumn(_("Stands at"), 3.0),
        TableColumn(_("Formed up by"), 1.0),
        TableColumn(_("Sets out"), 0.9),
        TableColumn(_("When"), 3.0),
        TableColumn(_("Way, km"), 0.8, right=True),
        TableColumn(_("How"), 2.0),
        TableColumn(_("Min"), 0.6, right=True),
    )
    return Section(_("Where you stand, and when you go on"), (Table(columns, tuple(rows), _note(at, movement)),))


def _note(at: Situation, movement: Movement) -> str:
    """Say what the times are, and how sure the way of people is."""
    _ = at.language
    form_up = given(float(at.instance.travel.form_up), _)
    note = _("Formed up: {n} min after the arrival.", n=form_up)
    if any(leg.gathering or leg.until_left for leg in movement.legs):
        note += " " + _("Times that depend on people are mean times.")
    passages = at.passages[movement.id]
    if any(passage.stands != passages[0].stands for passage in passages):
        alike = math.fsum(passage.share for passage in passages if passage.stands == passages[0].stands)
        share = percent(alike, language=_)
        note += " " + _("People may take other ways; this is the likeliest ({share}).", share=share)
    elif likeliest := tell_likeliest(at, list_own_reliefs(at, movement)):
        note += " " + likeliest
    if (ways := count_passages(at.instance, movement)) > len(passages):
        told = percent(math.fsum(passage.share for passage in passages), language=_)
        words = {"n": at.number(len(passages)), "ways": at.number(ways), "share": told}
        note += " " + _("Of {ways} combinations of their ways the {n} likeliest are told: {share} of days.", **words)
    return note


def tell_end(at: Situation, movement: Movement, step: Relocation) -> str:
    """Say what ends a stand: the clock, or people who go on; and where a closed road delays it."""
    _, leg = at.language, movement.legs[step.start.last]
    clock = at.language.clock(leg.until) if leg.until is not None else ""
    if not step.start.lasts and step.start.km:
        if leg.gathering is None and leg.until_left is None:
            return _("at once: the time there, until {clock}, is over by then", clock=clock)
        return _("at once: the crowd has gone on by then, or the time there is over")
    if leg.until_left is not None:
        crowd = plain(next(g.name for g in at.instance.gatherings if g.id == leg.until_left))
        said = _("once {crowd} has gone on, at {clock} at the latest", crowd=crowd, clock=clock)
    elif leg.gathering is None:
        said = _("at {clock}", clock=clock)
    elif step.goal.leg == step.start.last:
        said = _("when the crowd marches on")
    elif clock:
        said = _("when the last of the crowd have gone home, at {clock} at the latest", clock=clock)
    else:
        said = _("when the last of the crowd have gone home")
    if step.goal.sent > step.goal.ready + 1e-9:
        said = _("{what}; the road is closed: set out at {clock}", what=said, clock=at.clock(step.goal.sent))
    return said


def _crowd(at: Situation, leg: Leg) -> Gathering | None:
    return next((g for g in at.instance.gatherings if g.id == leg.gathering), None)


def _name_leg(at: Situation, leg: Leg) -> str:
    if (crowd := _crowd(at, leg)) is not None:
        return at.language("with {crowd}", crowd=plain(crowd.name))
    return plain(at.names[str(leg.sector or leg.post)])


def _orders(at: Situation, movement: Movement) -> Section:
    _ = at.language
    items = [*_on_the_way(at, movement)]
    if timed := [
        _("{place} ({clock})", place=_name_leg(at, leg), clock=_.clock(leg.until))
        for leg in movement.legs[1:]
        if leg.until
    ]:
        places = "; ".join(timed)
        items.append(_("Leave out a place if its time is over when you would set out for it: {places}.", places=places))
    items += [
        _("Where your sector is yellow or red then: stay until it is green or empty, report, then go on."),
        _("Where the road is closed: stay, report, and look again every {n} min.", n=given(LOOK_AGAIN, _)),
        _("On the way you have no task. Report setting out, arrival, and formed up."),
        _("You are no reserve: nobody calls you away, whatever happens elsewhere."),
    ]
    if any(leg.post for leg in movement.legs):
        items.append(_("At a post you rest: out of kit, food, water, prayer, nobody calls you."))
    if hard := list_hard_units(at, movement):
        items.append(
            _(
                "{units} go along by this plan and are seen, which its figures count; in green they hold back.",
                units=at.list(hard, at.stand(movement)),
            )
        )
    return Section(_("Orders"), (Points(tuple(items)),))


def _on_the_way(at: Situation, movement: Movement) -> Iterator[str]:
    """Say when to set out, with whom, and how."""
    _ = at.language
    yield _("Set out as in the table, in order and formed; no new order is needed.")
    if any(leg.gathering for leg in movement.legs):
        yield _("With people: go where they go, at their pace, vehicles too, whichever way they take.")
        if movement.legs[-1].gathering is None or sum(leg.gathering is not None for leg in movement.legs) > 1:
            yield _("If these people go home or do not come: go on to your next place at once, and report.")
        else:
            yield _("If these people go home or do not come: stay until the command post releases you.")
    if not at.vehicles(movement.id):
        return
    seats = sum(n * int(v.seats) for v, n in at.vehicles(movement.id) if not v.water_cannon)
    words = {"n": at.number(seats), "heads": at.number(sum(n * int(t.size) for t, n in at.teams(movement.id)))}
    if at.ride(movement) is None:
        yield _("{n} seats for {heads} heads of teams: all go on foot, vehicles at their pace.", **words)
    elif not any(leg.post for leg in movement.legs) and any(leg.sector for leg in movement.legs[1:]):
        yield _("{n} seats for {heads} heads of teams: into a sector all ride, at the pace of the slowest.", **words)
    elif any(leg.gathering is None for leg in movement.legs[1:]):
        yield _(
            "{n} seats for {heads} heads of teams: into a sector or to a post all ride, at the pace of the slowest.",
            **words,
        )


def _liaison(at: Situation, movement: Movement) -> Section:
    _ = at.language
    crowds = {g.id: g for leg in movement.legs if (g := _crowd(at, leg)) is not None}
    organisers = tuple(_("Organisers, {name}", name=plain(g.name)) for g in crowds.values())
    labels = (_("Command post"), *organisers, _("Medical, ambulance"))
    pairs = (radio_pair(at, movement), *((label, BY_HAND) for label in labels))
    return Section(_("Communications and liaison"), (Pairs(pairs),))
