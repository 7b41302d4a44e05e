"""The sheet of those who accompany a gathering: who goes, where it begins, the ways it may take, what holds everywhere.

One order is for every way: whoever accompanies people goes where they go, so no way is chosen beforehand.
"""

from __future__ import annotations

from itertools import pairwise

from optimiser.common.number_format import given, percent, plain
from optimiser.model.distances import LOOK_AGAIN
from optimiser.model.instance import Gathering
from optimiser.model.parts.movement import Accompaniment
from optimiser.output.blocks import BLANK, BY_HAND, Pairs, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.orders.form import Paper
from optimiser.output.orders.notes import contact_pairs, radio_pair
from optimiser.output.orders.sheet import room, signature_section, strength_section
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import Course, find_gathering, list_courses, name_assembly
from optimiser.output.orders.staffing.in_charge import acting_section, places_section
from optimiser.output.orders.staffing.relief import overdue_pairs
from optimiser.output.orders.staffing.tasks import list_hard_units


def accompaniment_sheet(at: Situation, accompaniment: Accompaniment) -> Paper:
    """Write the sheet of units that accompany a gathering."""
    _, gathering = at.language, find_gathering(at, accompaniment)
    courses = list_courses(at, gathering)
    sections = (
        _head(at, accompaniment, gathering, courses),
        strength_section(at, accompaniment),
        _ways(at, gathering, courses),
        _orders(at, accompaniment),
        places_section(at, accompaniment, _("Where it may come, and who is in charge there")),
        acting_section(at, accompaniment),
        _liaison(at, accompaniment, gathering),
        signature_section(at),
    )
    name, kind = plain(accompaniment.name), _("Order sheet, accompanying units")
    return Paper(accompaniment.id, kind, name, sections, accompaniment.id, at.units[accompaniment.id])


def _head(at: Situation, accompaniment: Accompaniment, gathering: Gathering, courses: list[Course]) -> Section:
    _ = at.language
    people = at.number(round(float(gathering.turnout)))
    pairs: list[tuple[str, Value]] = [
        (_("Officer in charge (Padal)"), BY_HAND),
        (_("Goes with"), Span(_("{name}, about {n} people", name=plain(gathering.name), n=people), "strong")),
        (_("Forms up at"), Span(name_assembly(at, accompaniment), "strong")),
        (_("Formed up by"), Span(at.clock(at.stand(accompaniment)), "strong")),
    ]
    first_place = at.assembly[accompaniment.id]
    if at.units[first_place.id] and (post := first_place.officer_post):
        pairs.append((_("Officer of this place stands at"), plain(post)))
    if first := [legs[0] for _way, legs in courses if legs]:
        comes, goes = min(leg.arrives for leg in first), min(leg.leaves for leg in first)
        words = {"clock": at.clock(comes), "onward": at.clock(goes)}
        pairs.append((_("Crowd expected"), _("about {clock}, marches on about {onward}", **words)))
    pairs += [(_("Heads that go along"), room(at, accompaniment)), *overdue_pairs(at, accompaniment.id)]
    return Section("", (Pairs((*pairs, *contact_pairs(at, accompaniment))),))


def _ways(at: Situation, gathering: Gathering, courses: list[Course]) -> Section:
    """List every way after its first stop: when the crowd is at each stop, and when units have formed up there."""
    _ = at.language
    form_up, chance = float(at.instance.travel.form_up), float(gathering.chance)
    elsewhere = chance * float(gathering.displacement)  # where the line is thinnest
    rows: list[tuple[Value, ...]] = []
    for way, legs in courses:
        share: Value = Span(percent((chance - elsewhere) * way.share, language=_), "strong")
        for before, leg in pairwise(legs):
            on_foot, stay = leg.arrives - before.leaves, leg.leaves - leg.arrives
            rows.append(
                (
                    share,
                    at.names[way.stops[leg.stop].sector],
                    at.range((on_foot, on_foot), up=True),
                    at.clock(leg.arrives),
                    at.clock(leg.arrives + form_up),
                    at.range((stay, stay), up=True),
                    at.clock(min(leg.leaves, at.instance.period.minutes)),
                )
            )
            share = BLANK
        if len(legs) < 2:
            stays = _("stays at {place}", place=at.names[way.stops[0].sector])
            rows.append((share, stays if legs else _("not expected while the operation lasts")))
    columns = (
        TableColumn(_("Way"), 0.7),
        TableColumn(_("Next stop"), 3.6),
        TableColumn(_("On foot, min"), 1.0, right=True),
        TableColumn(_("Arrives"), 0.9),
        TableColumn(_("Formed up"), 1.0),
        TableColumn(_("Stays, min"), 1.0, right=True),
        TableColumn(_("Until"), 0.9),
    )
    words = {"crowd": plain(gathering.name), "share": percent(elsewhere, language=_)}
    note = _("Shares of days, and mean times: {crowd} decides which way it takes.", **words)
    if elsewhere > 0.0:
        note += " " + _("On {share} of days it goes, stop by stop, where the line is thinnest.", **words)
    return Section(_("Ways that it may take"), (Table(columns, tuple(rows), note),))


def _orders(at: Situation, accompaniment: Accompaniment) -> Section:
    _ = at.language
    form_up = given(float(at.instance.travel.form_up), _)
    items: list[str] = [
        _("Go where the crowd goes. If it takes another way than expected, go with it: no new order is needed."),
        _("Set out when most of it sets out, at its pace; vehicles too. Report the way at once, then every arrival."),
        _("Form up {n} min after the arrival, and report formed up.", n=form_up),
        _("Where your sector is yellow or red when the crowd has left: stay until it is green or empty, then follow."),
        _("Where the road is closed: stay, report, and look again every {n} min.", n=given(LOOK_AGAIN, _)),
        _("If the crowd goes home or does not come: stay where you are until the command post releases you."),
        _("You are no reserve: nobody calls you away from this crowd, whatever happens elsewhere."),
    ]
    if hard := list_hard_units(at, accompaniment):
        items.append(
            _(
                "{units} go along by this plan and are seen, which its figures count; in green they hold back.",
                units=at.list(hard, at.stand(accompaniment)),
            )
        )
    return Section(_("Orders"), (Points(tuple(items)),))


def _liaison(at: Situation, accompaniment: Accompaniment, gathering: Gathering) -> Section:
    _ = at.language
    organisers = _("Organisers, {name}", name=plain(gathering.name))
    labels = (_("Command post"), organisers, _("Medical, ambulance"))
    pairs = (radio_pair(at, accompaniment), *((label, BY_HAND) for label in labels))
    return Section(_("Communications and liaison"), (Pairs(pairs),))
