"""Forms of the Incident Command System: ICS 204, who is assigned where, and ICS 215, required, there and missing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.common.language import Language
from optimiser.common.number_format import given, plain
from optimiser.model.distances import mark_reach
from optimiser.model.instance import PHASES, Instance, Post, Sector
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import active_people
from optimiser.model.values.base import CallPhase
from optimiser.output.blocks import BY_HAND, Pairs, Section, Signatures, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import phase_mark
from optimiser.output.orders.form import Paper
from optimiser.output.orders.notes import leader_cell
from optimiser.output.orders.sheet import ring_name, unit_cells
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import list_for_line, may_be_called
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Facts as Numbers
from optimiser.simulation.indexed_instance import count


def assignment_list(at: Situation) -> Paper:
    """Write ICS 204: resources assigned, ring by ring, then the reserve."""
    _, instance = at.language, at.instance
    columns = (
        TableColumn(_("Place"), 2.4),
        TableColumn(_("Resource"), 3.6),
        TableColumn(_("No."), 0.8),
        TableColumn(_("Persons"), 0.9, right=True),
        TableColumn(_("Leader, contact"), 2.2),
        TableColumn(_("Reports to, when"), 2.6),
    )
    sections: list[Section] = [
        Section(
            "",
            (
                Pairs(
                    (
                        (_("1. Operation"), plain(instance.title)),
                        (_("2. Operational period"), period(at)),
                        (_("3. Operations officer"), BY_HAND),
                        (_("4. Branch officer"), BY_HAND),
                    )
                ),
            ),
        )
    ]
    for number in sorted({s.ring for s in instance.sectors}):
        rows = [row for s in instance.sectors if s.ring == number for row in _assigned(at, s)]
        if rows:
            sections.append(
                Section(
                    _("5. Resources assigned, ring {ring}", ring=ring_name(at, number)), (Table(columns, tuple(rows)),)
                )
            )
    waiting = [row for post in instance.posts for row in _assigned(at, post)]
    if waiting:
        sections.append(Section(_("5. Resources assigned, reserve"), (Table(columns, tuple(waiting)),)))
    sections.append(
        Section(
            "",
            (
                Pairs(
                    (
                        (_("6. Work assignments"), _("on the sheet of each place")),
                        (_("7. Special instructions"), _("facilitation first; exits kept open; firearms out of scope")),
                        (_("8. Communications"), BY_HAND),
                    )
                ),
            ),
        )
    )
    sections.append(Section("", (Signatures((_("9. Prepared by"), _("Approved by")), (_("Name, rank, date"),)),)))
    return Paper("ics-204", _("Assignment list, shape of ICS 204"), plain(instance.title), tuple(sections))


def period(at: Situation) -> str:
    """Write the operational period."""
    instance = at.instance
    start, end = at.clock(0.0), at.clock(instance.period.minutes)
    return f"{at.language.date(instance.period.start.date())}, {start}–{end}"


def _assigned(at: Situation, place: Sector | Post) -> Iterator[tuple[Value, ...]]:
    before = ""
    for i, unit in enumerate(at.units[place.id]):
        where = Span(plain(place.name), "strong") if i == 0 else ""
        if isinstance(place, Sector):
            goal = plain(place.officer_post) if place.officer_post else plain(place.name)
        else:
            goal = plain(place.name)
        reports = f"{goal}, {at.clock(at.report(unit.kind, place))}"
        yield (where, *unit_cells(at, unit), leader_cell(unit), Span("″", "soft") if reports == before else reports)
        before = reports


# ---------------------------------------------------------------- required, there, missing


def required_columns(language: Language) -> tuple[TableColumn, ...]:
    """Return the columns of what is required, there and missing, as ICS 215 has them."""
    return (
        TableColumn(language("Place"), 2.8),
        TableColumn(language("Resource"), 3.4),
        TableColumn(language("Req"), 0.8, right=True),
        TableColumn(language("Have"), 0.8, right=True),
        TableColumn(language("Need"), 0.8, right=True),
        TableColumn(language("Why"), 3.0),
    )


def planning_worksheet(at: Situation) -> Paper:
    """Write ICS 215: what is required at each place, there and missing; then what a crowd asks for."""
    _ = at.language
    columns = required_columns(_)
    rows: list[tuple[Value, ...]] = []
    for place, what, required, have, why in list_required(at):
        need = max(0, required - have)
        rows.append((place, what, required, have, Span(at.number(need), "bad") if need else 0, why))
    if not rows:
        rows = [(_("No rule and no pin requires anything."),)]
    note = _("Req: least that rules and pins ask for. Have: in this plan. Need: what is missing.")
    sections: list[Section] = [
        Section("", (Pairs(((_("Operation"), plain(at.instance.title)), (_("Operational period"), period(at)))),)),
        Section(_("Required by rules and pins"), (Table(columns, tuple(rows), note),)),
    ]
    held = _crowd(at)
    if held:
        sections.append(held)
    sections.append(Section("", (Signatures((_("Prepared by"), _("Approved by")), (_("Name, rank, date"),)),)))
    return Paper("ics-215", _("Planning worksheet, shape of ICS 215"), plain(at.instance.title), tuple(sections))


Requirement = tuple[str, str, int, int, str]  # place, resource, required, there, why


def list_required(at: Situation) -> Iterator[Requirement]:
    """List what rules and pins ask for at each place, beside what the plan has there."""
    instance = at.instance
    for sector in instance.sectors:
        yield from _of_sector(at, sector)
    for place in instance.places:
        yield from _of_vehicles(at, place)
    for post in instance.posts:
        yield from _of_post(at, post)
    yield from _of_pins(at)
    yield from _of_reserve(at)


def _of_sector(at: Situation, sector: Sector) -> Iterator[Requirement]:
    _, name, here = at.language, plain(sector.name), at.teams(sector.id)
    officers = {role.id for role in at.instance.roles if role.officer}
    if at.instance.doctrine.officer_per_sector and at.units[sector.id]:
        have = sum(n for t, n in here if t.role in officers)
        yield name, _("officer in charge (teams)"), 1, have, _("every occupied sector")
    for role, least in sorted(sector.minimum.items()):
        if least:
            have = sum(n for t, n in here if t.role == role)
            yield name, _("{role} (teams)", role=plain(at.roles[role].name)), int(least), have, _("least of the sector")
    if sector.traffic_need and at.active(sector):
        able = sum(float(at.roles[t.role].traffic) * float(t.fitness) * int(t.size) * n for t, n in here)
        yield name, _("traffic (heads)"), int(sector.traffic_need), math.floor(able + 1e-9), _("way out kept open")


def _of_vehicles(at: Situation, place: Sector | Post) -> Iterator[Requirement]:
    _ = at.language
    asked: dict[str, int] = {}
    for vehicle, n in at.vehicles(place.id):
        for role, heads in ((vehicle.crew_role, vehicle.crew), (vehicle.escort_role, vehicle.escort)):
            if role is not None and heads:
                asked[role] = asked.get(role, 0) + n * int(heads)
    for role, heads in asked.items():
        have = sum(n * int(t.size) for t, n in at.teams(place.id) if t.role == role)
        what = _("{role} (heads)", role=plain(at.roles[role].name))
        yield plain(place.name), what, heads, have, _("crew and escort of vehicles")


def _of_post(at: Situation, post: Post) -> Iterator[Requirement]:
    _ = at.language
    heads = sum(n * int(t.size) for t, n in at.teams(post.id))
    required = math.ceil(float(post.mobile) * heads - 1e-9)
    if required:
        seats = sum(n * int(v.seats) for v, n in at.vehicles(post.id))
        yield plain(post.name), _("seats"), required, seats, _("share that must ride")


def _of_pins(at: Situation) -> Iterator[Requirement]:
    _, instance = at.language, at.instance
    kinds = {r.id: plain(r.name) for r in instance.roles} | {v.id: plain(v.name) for v in instance.vehicles}
    kinds |= {t.id: plain(t.name) for t in instance.teams}
    for pin in instance.pins:
        if pin.at_least:
            have = sum(u.number for u in at.units[pin.place] if pin.what in (u.kind.id, getattr(u.kind, "role", None)))
            if pin.what not in kinds:  # all heads there, as the checker counts them
                have = sum(u.heads for u in at.units[pin.place])
            what = kinds.get(pin.what) or _("heads")
            yield at.names[pin.place], what, pin.at_least, have, plain(pin.why) or _("pin")


def _of_reserve(at: Situation) -> Iterator[Requirement]:
    _, instance = at.language, at.instance
    waiting = [sum(n for t, n in at.teams(p.id) if may_be_called(at, t)) for p in instance.posts]
    if instance.doctrine.reserve_least:
        least = int(instance.doctrine.reserve_least)
        yield _("all posts"), _("callable teams"), least, sum(waiting), _("least reserve")
    if any(sector.cover for sector in instance.sectors):
        within = mark_reach(instance)
        minutes = given(float(instance.doctrine.reserve_reach), at.language)
        for i, sector in enumerate(instance.sectors):
            if sector.cover:
                have = sum(n for n, near in zip(waiting, within[i], strict=True) if near)
                why = _("cover within {n} min", n=minutes)
                yield plain(sector.name), _("callable teams in reach"), int(sector.cover), have, why


# ---------------------------------------------------------------- what a crowd asks for


@dataclass(frozen=True)
class Balance:
    """The line that the expected crowd of a sector asks for in a phase, beside what there is, in head equivalents.

    Attributes
    ----------
    required : asked for at the most people expected.
    here, ready, outside : what stands there, what waits in reach, and all that may come from outside.
    """

    sector: Sector
    phase: CallPhase
    required: float
    here: float
    ready: float
    outside: float

    @property
    def missing(self) -> int:
        """What would be missing."""
        return max(0, math.ceil(self.required - self.here - self.ready - self.outside - 1e-9))


def list_balances(at: Situation) -> Iterator[Balance]:
    """Compare the line that the expected crowd would ask for in yellow and red with what stands and waits in reach.

    Head equivalents by the rule of dispatch: `A ln(1 / (1 - required_risk)) / arrest_k`, A the active people.
    """
    instance = at.instance
    if not at.visits:
        return
    facts, counts = index_instance(instance), count(instance, at.deployment)
    near = mark_reach(instance)
    for i, sector in enumerate(instance.sectors):
        if sector.id not in at.visits:
            continue
        posts = [post for post, is_near in zip(instance.posts, near[i], strict=True) if is_near]
        phases: tuple[CallPhase, CallPhase] = ("yellow", "red")
        for phase in phases:
            number = PHASES.index(phase)
            here = _line(facts, number, counts.teams[i], counts.vehicles[i])
            sent = Counter(team.id for post in posts for team in list_for_line(at, post, phase))
            ready = _line(facts, number, [sent[team.id] for team in instance.teams], ())
            required = _required_line(instance, facts, at, sector, number, counts.teams[i])
            yield Balance(sector, phase, required, here, ready, _outside(at, facts, number))


def _crowd(at: Situation) -> Section | None:
    """Lay out what the expected crowd would ask for, what there is, and what is missing."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for balance in list_balances(at):
        name = plain(balance.sector.name) if balance.phase == "yellow" else ""
        need: Value = Span(at.number(balance.missing), "bad") if balance.missing else 0
        have = (math.floor(balance.here), math.floor(balance.ready), math.floor(balance.outside))
        rows.append((name, phase_mark(at, balance.phase), math.ceil(balance.required), *have, need))
    if not rows:
        return None
    columns = (
        TableColumn(_("Sector"), 3.4),
        TableColumn(_("If it turns"), 1.3),
        TableColumn(_("Req"), 0.9, right=True),
        TableColumn(_("Have, there"), 1.1, right=True),
        TableColumn(_("Have, in reach"), 1.2, right=True),
        TableColumn(_("From outside"), 1.2, right=True),
        TableColumn(_("Need"), 0.9, right=True),
    )
    risk = given(100.0 * float(at.instance.doctrine.required_risk), _)
    note = _(
        "Head equivalents in the line for a perceived risk of {risk} % at the most people expected. Reserve in reach "
        "and help from outside are shared by all sectors. What is missing is asked of the higher command.",
        risk=risk,
    )
    return Section(_("If the expected crowd turns"), (Table(columns, tuple(rows), note),))


def _line(facts: Numbers, phase: int, teams: list[int] | tuple[int, ...], vehicles: tuple[int, ...]) -> float:
    """Containment of teams and vehicles in a phase, head equivalents; water cannons are left out."""
    total = math.fsum(n * facts.containment[k][phase] for k, n in enumerate(teams))
    return total + math.fsum(
        n * facts.vehicle_containment[w][phase] for w, n in enumerate(vehicles) if not facts.water[w]
    )


def _outside(at: Situation, facts: Numbers, phase: int) -> float:
    """Containment of all reinforcements that may be asked for in a phase, head equivalents."""
    index = {team.id: k for k, team in enumerate(at.instance.teams)}
    sent = [0] * len(index)
    for outside in at.instance.reinforcements:
        if PHASES.index(outside.asked) <= phase:
            sent[index[outside.team]] += int(outside.teams)
    return _line(facts, phase, sent, ())


def _required_line(
    instance: Instance, facts: Numbers, at: Situation, sector: Sector, phase: int, teams: tuple[int, ...]
) -> float:
    """Head equivalents that a sector asks for at the most people expected."""
    law, visits = make_law(instance.law), at.visits[sector.id]
    index = {g.id: i for i, g in enumerate(instance.gatherings)}
    people = float(at.peaks[sector.id])
    share = math.fsum(v.people * facts.militant[index[v.gathering.id]][phase] for v in visits)
    share /= max(1.0, math.fsum(v.people for v in visits))
    arrest = math.fsum(n * facts.arrest[k][phase] for k, n in enumerate(teams))
    active = active_people(law, people, share, arrest)
    return active * -math.log(1.0 - min(0.999, facts.required_risk)) / law.arrest_k
