"""The pictures of the report, each with its keys and with words that say what it shows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from optimiser.common.language import Language
from optimiser.common.number_format import percent, plain
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import RED, YELLOW, EscalationLaw
from optimiser.model.parts.movement import Movement
from optimiser.output.blocks import Block, Gallery, Paragraph, Picture, Span, Spans, Table, TableColumn, Value
from optimiser.output.drawing.legend import (
    Key,
    along_key,
    area_key,
    list_fan_keys,
    list_gantt_keys,
    list_map_keys,
    list_phase_keys,
    march_key,
    outside_key,
)
from optimiser.output.map_pictures import Going, list_marches, picture_map
from optimiser.output.pictures import GROUPS, picture_fan, picture_gantt, picture_harms
from optimiser.output.render_page import drawing
from optimiser.output.words.events import Chronicle, chronicle
from optimiser.output.words.movements import list_phases
from optimiser.planning.solution import Solution
from optimiser.questions.played_plan import list_events, pick
from optimiser.simulation.dispatch import Dispatch
from optimiser.simulation.scenario import REPORTING, draw

WIDE, NARROW = 736, 348  # px; the latter is what a phone 390 px wide has room for
WIDEST, MANY = 1000, 20  # px, of a map of more places than so many
LISTED = 26  # gatherings in the list below the map: as many as there are letters
SCENARIOS, FEWEST = 200, 20  # of the reporting scenarios, what the fans are made of
WORK = 20_000  # sectors times scenarios that are played for them: about a second; assumed
FANS = 12  # sectors that get a fan
LASTING = 0.01  # share of scenarios still yellow or red at the end that is worth a line; assumed
HARD = 0.95  # share of the reporting scenarios that are no worse than the one that is told


def draw_place(solution: Solution, language: Language) -> Iterator[Block]:
    """Draw the map, and list the gatherings that are on it."""
    instance = solution.instance
    many = len(instance.places) > MANY
    wide, narrow = (
        picture_map(instance, solution.deployment, solution.evaluation, width=width, key=key, language=language)
        for width, key in ((WIDEST if many else WIDE, "map"), (NARROW, "map-s"))
    )
    if not wide:
        yield Paragraph(language("There is no map: fewer than two places of this instance have coordinates."), "note")
    else:
        apart = language("Places that would cover one another are drawn apart, with a line to where they are.")
        left_out = language("Names that find no room have a number and stand below.")
        keys = [(drawing(sign), text) for sign, text in _map_keys(solution, language)]
        yield Picture(drawing(wide), drawing(narrow), f"{apart} {left_out}", keys)
    marches = list_marches(instance)[:LISTED]
    if marches:
        names = {s.id: plain(s.name) for s in instance.sectors}
        columns = (
            TableColumn(language("Gathering"), 4),
            TableColumn(language("People"), 1, right=True),
            TableColumn(language("From"), 1, right=True),
            TableColumn(language("Way"), 5),
        )
        yield Table(columns, [_gathering(going, names, solution, language) for going in marches])
    if len(instance.gatherings) > LISTED:
        words = {"n": LISTED, "all": len(instance.gatherings)}
        yield Paragraph(language("The first {n} of {all} gatherings.", **words), "note")


def _map_keys(solution: Solution, language: Language) -> list[Key]:
    instance = solution.instance
    waiting = any(solution.deployment.places[p.id].teams for p in instance.posts if p.id in solution.deployment.places)
    reach = float(instance.doctrine.reserve_reach) if waiting and instance.travel.kind == "coordinates" else 0.0
    keys = list_map_keys("key", reach, {min(3, s.ring) for s in instance.sectors}, language)
    if any(len(going.stops) > 1 for going in list_marches(instance)):
        keys.append(march_key("key", language))
    if moving := [place for place in instance.moving if place.id in solution.deployment.places]:
        keys.append(along_key("key", any(isinstance(place, Movement) for place in moving), language))
    if instance.reinforcements:
        keys.append(outside_key("key", language))
    if any(sector.outline for sector in instance.sectors):
        keys.append(area_key("key", language))
    return keys


def _gathering(going: Going, names: dict[str, str], solution: Solution, language: Language) -> Sequence[Value]:
    name = f"{going.letter}: {going.name}" if going.letter else going.name
    if not going.is_sure:
        share = percent(going.share, language=language)
        name = language("{name} (on {share} of days)", name=name, share=share)
    return (
        name,
        language.number(f"{going.people:,}"),
        language.clock(solution.instance.clock(going.start)),
        " → ".join(names[stop] for stop in going.stops),
    )


def draw_hours(
    solution: Solution, law: EscalationLaw | None, dispatch: Dispatch, language: Language
) -> Iterator[Block]:
    """Draw crowd and phases over the day in the sectors where people come, those where most is lost."""
    instance, settings = solution.instance, solution.settings
    share = WORK // len(instance.sectors)
    count = min(settings.reporting, max(FEWEST, min(SCENARIOS, share)))
    scenarios = draw(instance, settings.seed, count, REPORTING, settings.uncertain)
    lost = solution.evaluation.outcome.losses(instance).mean(axis=0)
    visited = (solution.evaluation.outcome.minutes[:, :, 1:].sum(axis=(0, 2)) > 0.0).nonzero()[0]
    chosen = sorted(int(s) for s in sorted(visited, key=lambda s: (-lost[s], s))[:FANS])
    if not chosen:
        yield Paragraph(language("Nobody comes anywhere in any scenario."))
        return
    told = chronicle(instance, solution.deployment, scenarios, chosen, law, dispatch, settings.engine)
    items = [
        (
            plain(instance.sectors[sector].name),
            drawing(picture_fan(instance, told, column, sector, key=f"fan-{sector}", language=language)),
        )
        for column, sector in enumerate(chosen)
    ]
    text = language(
        "Above, how many people are there, on a scale of its own for each sector; below, how likely each phase is at "
        "that time. Taken from {n:,} of the reporting scenarios.",
        n=count,
    )
    yield Paragraph(text)
    if len(visited) > len(chosen):
        words = {"n": len(chosen), "all": len(visited)}
        yield Paragraph(language("The {n} sectors where most is lost, of {all} where people come.", **words), "note")
    yield from _still_there(instance, told, chosen, language)
    keys = [(drawing(sign), words) for sign, words in list_fan_keys("fan-key", language)]
    yield Gallery(items, keys=keys)


def _still_there(instance: Instance, told: Chronicle, chosen: Sequence[int], language: Language) -> Iterator[Block]:
    """Say what is shown after the period, and where disorder may outlast even that, for none of it is counted."""
    if told.edges[-1] > instance.period.minutes:
        end = language.clock(instance.clock(instance.period.minutes))
        yield Paragraph(language("The operation ends at {end}; later, people are on their way home.", end=end), "note")
    last = told.shares[-1]
    worst = max(range(len(chosen)), key=lambda i: float(last[i, YELLOW] + last[i, RED]))
    if float(last[worst, YELLOW] + last[worst, RED]) < LASTING:
        return
    words = {
        "end": language.clock(instance.clock(instance.period.simulated)),
        "sector": plain(instance.sectors[chosen[worst]].name),
        "yellow": percent(float(last[worst, YELLOW]), language=language),
        "red": percent(float(last[worst, RED]), language=language),
    }
    yield Paragraph(
        language(
            "What comes after {end} is not counted: {sector} is then still yellow in {yellow} and red in {red} of "
            "scenarios.",
            **words,
        ),
        "note",
    )


def draw_day(
    solution: Solution, law: EscalationLaw | None, dispatch: Dispatch, language: Language, file: str = ""
) -> Iterator[Block]:
    """Draw teams and vehicles over one scenario: one that is worse than most."""
    instance, made = solution.instance, solution.settings
    losses = solution.evaluation.losses
    order = np.argsort(losses, kind="stable")
    number = int(order[min(len(order) - 1, int(HARD * len(order)))])
    chosen = pick(instance, made.seed, number, made.uncertain)
    events = list_events(instance, solution.deployment, chosen, law, dispatch)
    wide, narrow = (
        picture_gantt(instance, solution.deployment, events, width=width, key=key, language=language)
        for width, key in ((WIDE, "day"), (NARROW, "day-s"))
    )
    if not wide:
        return
    worse = int((losses > losses[number]).sum())
    yield Paragraph(
        language(
            "One reporting scenario from beginning to end, number {number}: no forecast. {worse} of {all} are worse.",
            number=number,
            worse=language.number(f"{worse:,}"),
            all=language.number(f"{len(losses):,}"),
        )
    )
    visited = len(list_phases(events, instance.period.simulated))
    if visited > GROUPS:
        words = {"n": GROUPS, "all": visited}
        yield Paragraph(language("The {n} sectors that are red or yellow for longest, of {all}.", **words), "note")
    keys = [*list_phase_keys("day-key", True, language), *list_gantt_keys("day-key", language)]
    yield Picture(drawing(wide), drawing(narrow), "", [(drawing(sign), text) for sign, text in keys])
    command = f"optimiser simulate {shlex.quote(file or instance.name)} DIR/plan.json --scenario {number}"
    said = language("Event by event, DIR being the folder of this report: {command}", command="")
    yield Paragraph(Spans((said, Span(command, "typed"))), "note")


def draw_alternatives(solution: Solution, language: Language) -> Iterator[Block]:
    """Draw the harms of this plan and of the alternatives."""
    items = [(heading, drawing(svg)) for heading, svg in picture_harms(solution, language=language)]
    if items:
        text = language(
            "Means with 95 % intervals, each plan by itself. All were played in the same scenarios, so a difference "
            "can be sure where intervals overlap: the table says it."
        )
        yield Gallery(items, text)
