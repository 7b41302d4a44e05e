"""Why these people stand in this sector: what is expected, what simulation showed, what one team is worth.

Everything is read from the instance and the solution; nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import percent, plain, span
from optimiser.model.expected.visits import Visit, list_visits
from optimiser.model.instance import Gathering, Instance, Sector
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.parts.itinerary import may_displace
from optimiser.planning.solution import Solution
from optimiser.simulation.events import negligible

MOST_NAMED = 3  # units that cannot be spared and are named at the head of a plan; assumed


def name_visit(visit: Visit, language: Language = ENGLISH) -> str:
    """Return the name of the gathering, with the share of days on which it comes here where that is not every day."""
    name = plain(visit.gathering.name)
    if visit.is_sure:
        return name
    return language("{name} (on {share} of days)", name=name, share=tell_share(visit, language))


def tell_share(visit: Visit, language: Language = ENGLISH) -> str:
    """Write on how many days a gathering comes to a sector: up to which share, where it may go by where lines are."""
    most = percent(visit.most, language=language)
    if not visit.thinnest:
        return most
    if not visit.share:
        return language("up to {most}", most=most)
    return language("{low} to {high}", low=percent(visit.share, language=language), high=most)


def tell_thinnest(gathering: Gathering, language: Language = ENGLISH) -> str:
    """Say on how many days a gathering goes where the line is thinnest; empty of one that cannot choose."""
    if not may_displace(gathering):
        return ""
    return language(
        "On {share} of days {gathering} goes where the line is thinnest, which may be at any of its stops: where two "
        "shares stand, the second counts these days too.",
        share=percent(float(gathering.chance) * float(gathering.displacement), language=language),
        gathering=plain(gathering.name),
    )


def give_reasons(solution: Solution, language: Language = ENGLISH) -> dict[str, str]:
    """Give a line for each sector, by its identifier: crowd, phases reached, critical windows, least, margins."""
    instance = solution.instance.told_in(language.code)  # texts of a document are those of its file
    visits = list_visits(instance)
    green, yellow, red = (solution.evaluation.reached(phase) for phase in (GREEN, YELLOW, RED))
    lines = {}
    for i, sector in enumerate(instance.sectors):
        parts = [
            _crowd(instance, [v for v in visits if v.sector == sector.id], language),
            _phases(float(green[i]), float(yellow[i]), float(red[i]), language),
            *_windows(sector, language),
            _required(solution, instance, sector, language),
            tell_margin(solution, sector.id, language),
        ]
        text = "; ".join(part for part in parts if part)
        lines[sector.id] = f"{text[0].upper()}{text[1:]}."
    return lines


def _crowd(instance: Instance, visits: list[Visit], language: Language) -> str:
    if not visits:
        return language("no gathering is expected")
    people = sum({v.gathering.id: v.people for v in visits}.values())
    times = ", ".join(
        language(
            "{gathering} {start}–{end}",
            gathering=name_visit(v, language),
            start=language.clock(instance.clock(v.start)),
            end=language.clock(instance.clock(v.end)),
        )
        for v in visits[:3]
    )
    if len(visits) <= 3:
        return language("about {people:,} people expected ({gatherings})", people=people, gatherings=times)
    words = {"people": people, "gatherings": times, "more": len(visits) - 3}
    return language("about {people:,} people expected ({gatherings} and {more} more)", **words)


def _phases(green: float, yellow: float, red: float, language: Language) -> str:
    words = {"yellow": percent(yellow, language=language), "red": percent(red, language=language)}
    if yellow > 0.0 and red > 0.0:
        return language("yellow in {yellow}, red in {red} of scenarios", **words)
    if yellow > 0.0:
        return language("yellow in {yellow} of scenarios", **words)
    if red > 0.0:
        return language("red in {red} of scenarios", **words)
    return (
        language("never worse than green in any scenario") if green > 0.0 else language("nobody came in any scenario")
    )


def _windows(sector: Sector, language: Language) -> Iterator[str]:
    for window in sector.critical:
        start, end = language.clock(window.start), language.clock(window.end)
        yield language("{process} {start}–{end} must go on", process=plain(window.name), start=start, end=end)


def _required(solution: Solution, instance: Instance, sector: Sector, language: Language) -> str:
    """Name the roles that stand at exactly the least that is required here, so that no margin explains them."""
    roles = {team.id: team.role for team in instance.teams}
    here = solution.deployment.places.get(sector.id)
    bound = []
    for role in instance.roles:
        least = int(sector.minimum.get(role.id, 0))
        have = sum(n for kind, n in here.teams.items() if roles[kind] == role.id) if here else 0
        if least and have == least:
            bound.append(f"{least} {plain(role.name)}")
    return language("at the required least: {roles}", roles=", ".join(bound)) if bound else ""


def tell_margin(solution: Solution, place: str, language: Language = ENGLISH) -> str:
    """Say which team would be missed most at a place, and which further one would help most, as far as it is shown."""
    instance = solution.instance.told_in(language.code)
    least = negligible(instance.objective)  # a smaller margin is not worth a planner's line
    names = {team.id: plain(team.name) for team in instance.teams}
    here = [(m, m.change) for m in solution.margins if m.place == place and m.kind in names and m.change]
    fewer = [(m, i) for m, i in here if m.by < 0 and i.low > 0.0 and i.mean >= least]
    more = [(m, i) for m, i in here if m.by > 0 and i.high < 0.0 and i.mean <= -least]
    missed = max(fewer, key=lambda pair: pair[1].mean, default=None)
    wanted = min(more, key=lambda pair: pair[1].mean, default=None)
    told = []
    if missed:
        words = {"team": names[missed[0].kind], "points": span(missed[1], sign=True, language=language)}
        told.append(language("one {team} fewer: {points} points", **words))
    if wanted:
        words = {"team": names[wanted[0].kind], "points": span(wanted[1], sign=True, language=language)}
        if wanted[0].held:
            told.append(language("one {team} more, held at base: {points} points", **words))
        else:
            told.append(language("one {team} more than there are: {points} points", **words))
    return ", ".join(told)


def tell_indispensable(solution: Solution, language: Language = ENGLISH) -> tuple[str, ...]:
    """Name the units without one of which more is lost besides than all of the plan loses, the most costly first.

    Where the lower end of the 95 % interval lies above the expected loss of the plan; at most `MOST_NAMED` of them.
    """
    instance, loss = solution.instance.told_in(language.code), solution.evaluation.loss.mean
    names = {unit.id: plain(unit.name) for unit in (*instance.teams, *instance.vehicles, *instance.places)}
    missed = [(m, m.change) for m in solution.margins if m.by < 0 and m.change and m.change.low > loss > 0.0]
    return tuple(
        language(
            "{place}: one {unit} fewer costs {points} points, more than all that is lost by the plan",
            place=names[margin.place],
            unit=names[margin.kind],
            points=span(change, sign=True, language=language),
        )
        for margin, change in sorted(missed, key=lambda pair: -pair[1].mean)[:MOST_NAMED]
    )
