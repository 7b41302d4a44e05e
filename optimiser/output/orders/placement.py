"""Who stands where in the operation order: sectors in the order of the day, accepted risks, the callable reserve."""

from __future__ import annotations

from optimiser.common.number_format import given, plain
from optimiser.model.deployment import count_unit_heads
from optimiser.model.expected.visits import order_by_day
from optimiser.model.instance import Post, Sector
from optimiser.output.blocks import BY_HAND, Section, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import phase_name
from optimiser.output.orders.sheet import tell_shares
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.accepted_risk import first_people, list_unmanned, nearest_help
from optimiser.output.orders.staffing.along import find_gathering, name_assembly, tell_extra
from optimiser.output.orders.staffing.callable import list_guards
from optimiser.output.orders.staffing.movement import list_relocations
from optimiser.output.orders.staffing.relief import relief_sections


def placement_sections(at: Situation) -> list[Section]:
    """List who stands in sectors, where nobody does, and who waits at posts."""
    risks = accepted_risks(at)
    moving = (_with_gatherings(at), _movements(at), risks)
    return [deployment(at), *(section for section in moving if section), *relief_sections(at), _reserve(at)]


def deployment(at: Situation) -> Section:
    """List who stands in which sector: the plotting of personnel; sectors with nobody are named below."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for s in order_by_day(at.instance.sectors, at.due):
        if at.units[s.id]:
            units = ", ".join(at.count(u.kind, u.number, at.stand(s)) for u in at.units[s.id])
            post = plain(s.officer_post) if s.officer_post else BY_HAND
            rows.append((plain(s.name), s.ring, post, at.clock(at.stand(s)), units, at.heads(s.id)))
    columns = (
        TableColumn(_("Sector"), 2.6),
        TableColumn(_("Ring"), 0.6, right=True),
        TableColumn(_("Officer stands at"), 2.0),
        TableColumn(_("By"), 0.8),
        TableColumn(_("Who"), 4.2),
        TableColumn(_("Heads"), 1.05, right=True),
    )
    passed = {stand.sector for one in at.passages.values() for passage in one for stand in passage.stands}
    empty = [plain(s.name) for s in at.instance.sectors if not at.active(s) and s.id not in passed]
    note = _("Nobody is placed and nothing is expected at: {names}.", names=", ".join(empty[:30])) if empty else ""
    if len(empty) > 30:
        note += " " + at.language.plural("And {n} more.", "And {n} more.", len(empty) - 30)
    return Section(_("Who stands where"), (Table(columns, tuple(rows), note),))


def _with_gatherings(at: Situation) -> Section | None:
    """List who accompanies a gathering, where and when they form up, and where they may come."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for one in at.instance.accompaniments:
        if at.units[one.id]:
            units = ", ".join(at.count(u.kind, u.number, at.stand(one)) for u in at.units[one.id])
            crowd, sign = plain(find_gathering(at, one).name), plain(one.call_sign) if one.call_sign else BY_HAND
            forms = _("{place}, {clock}", place=name_assembly(at, one), clock=at.clock(at.stand(one)))
            rows.append(((plain(one.name), Span(crowd, "soft")), forms, sign, units, at.heads(one.id)))
    if not rows:
        return None
    columns = (
        TableColumn(_("Goes with"), 2.9),
        TableColumn(_("Forms up at, by"), 2.2),
        TableColumn(_("Call sign"), 1.1),
        TableColumn(_("Who"), 4.0),
        TableColumn(_("Heads"), 1.05, right=True),
    )
    note = _(
        "They go where the crowd goes, whichever way it takes; no new order is needed. Ways and times are on their "
        "sheets. In no sector are they counted among those who stand there."
    )
    return Section(_("Who goes with the people"), (Table(columns, tuple(rows), note),))


def _movements(at: Situation) -> Section | None:
    """List the planned ways of units from sector to sector, numbered in order of time."""
    _ = at.language
    placed = [movement for movement in at.instance.movements if at.units[movement.id]]
    steps = sorted((step for one in placed for step in list_relocations(at, one)), key=lambda step: step.goal.sent)
    rows: list[tuple[Value, ...]] = []
    first: dict[str, int] = {}
    for number, step in enumerate(steps, 1):
        one = step.movement
        told = ", ".join(at.count(u.kind, u.number, at.stand(one)) for u in at.units[one.id])
        if (before := first.setdefault(one.id, number)) != number:
            told = _("as in no. {n}", n=before)
        units = Span(told, "soft")
        since = Span(_("from {clock}", clock=at.clock(step.start.formed)), "soft")
        way = _("{km} km, {how}", km=at.range((step.goal.km,) * 2), how=step.how)
        rows.append(
            (
                number,
                Span(at.clock(step.goal.sent), "strong"),
                (plain(one.name), units),
                at.heads(one.id),
                (at.names[step.start.sector], since),
                at.names[step.goal.sector],
                way,
                at.range((step.minutes,) * 2, up=True),
                at.clock(step.goal.formed),
            )
        )
    if not rows:
        return None
    columns = (
        TableColumn(_("No."), 0.5, right=True),
        TableColumn(_("Sets out"), 0.9),
        TableColumn(_("Who"), 3.0),
        TableColumn(_("Heads"), 0.9, right=True),
        TableColumn(_("Where from"), 2.1),
        TableColumn(_("To"), 2.1),
        TableColumn(_("Way"), 1.7),
        TableColumn(_("Min"), 0.6, right=True),
        TableColumn(_("Formed up"), 1.0),
    )
    note = _(
        "Nobody sets out of a sector that is yellow or red. What ends each stand is on the sheet of the movement. "
        "In no sector are they counted among those who stand there."
    )
    if any(leg.gathering for one in placed for leg in one.legs):
        note += " " + _("With people the times are the mean times of their likeliest way.")
    return Section(_("Movements as planned"), (Table(columns, tuple(rows), note),))


def accepted_risks(at: Situation) -> Section | None:
    """List the sectors where something is expected and nobody is placed, each to be accepted by signature."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for s in list_unmanned(at):
        people = at.number(at.peaks[s.id]) if s.id in at.peaks else "–"
        rows.append((plain(s.name), first_people(at, s), people, tell_shares(at, s), _nearest(at, s), BY_HAND))
    if not rows:
        return None
    columns = (
        TableColumn(_("Sector"), 2.6),
        TableColumn(_("First people"), 1.3),
        TableColumn(_("Most people"), 0.9, right=True),
        TableColumn(_("Reached in scenarios"), 2.2),
        TableColumn(_("Nearest"), 2.6),
        TableColumn(_("Accepted by"), 1.6),
    )
    note = _("Each has a sheet: what manning would take, and the decision.")
    return Section(
        _("Accepted risk: people are expected, and nobody is placed there"), (Table(columns, tuple(rows), note),)
    )


def _nearest(at: Situation, sector: Sector) -> Value:
    """Say who comes to a sector with people, and who is nearest besides."""
    extra = tell_extra(at, sector)
    return (extra, nearest_help(at, sector)) if extra else nearest_help(at, sector)


def _reserve(at: Situation) -> Section:
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for post in at.instance.posts:
        if at.units[post.id]:
            units = ", ".join(at.count(u.kind, u.number) for u in at.units[post.id])
            units += _with_cannon(at, post)
            rows.append((plain(post.name), units, at.number(int(post.keep)), at.heads(post.id)))
    kinds = {t.id: t for t in at.instance.teams}
    for outside in at.instance.reinforcements:
        team = kinds[outside.team]
        text = _(
            "{units}, on request once {phase}; sets out {n} min later",
            units=at.count(team, int(outside.teams)),
            phase=phase_name(at, outside.asked),
            n=given(float(outside.delay), _),
        )
        heads = count_unit_heads(team, int(outside.teams))
        rows.append((_("{place} (from outside)", place=plain(outside.name)), text, "–", heads))
    if not rows:
        rows = [(Span(_("no reserve"), "bad"),)]
    columns = (
        TableColumn(_("Post"), 2.8),
        TableColumn(_("Who"), 5.2),
        TableColumn(_("Teams kept back"), 1.2, right=True),
        TableColumn(_("Heads"), 1.05, right=True),
    )
    return Section(_("Callable reserve, out of sight"), (Table(columns, tuple(rows)),))


def _with_cannon(at: Situation, post: Post) -> str:
    """Say which teams of a post stay with its water cannons."""
    said = [
        at.language("{units} with {vehicle}", units=at.list(along), vehicle=at.count(vehicle, n))
        for vehicle, n in at.vehicles(post.id)
        if (along := list_guards(at, post).get(vehicle.id))
    ]
    return "; " + at.language("stays together: {units}", units=", ".join(said)) if said else ""
