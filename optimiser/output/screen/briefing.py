"""The plan on paper or screen, as a briefing needs it: facilitation first, who stands where, what to expect."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, given, mean, percent, plain, span
from optimiser.files.examination import list_remarks
from optimiser.model.escalation_law import RED, YELLOW
from optimiser.model.instance import Sector
from optimiser.output.documents.plan import admit, fingerprint
from optimiser.output.screen.roster import show_base, show_heads, show_posts, show_sectors
from optimiser.output.screen.tables import (
    Grid,
    grid,
    heading,
    note,
    note_rare,
    show_harms,
    show_phases,
    show_shares,
    show_violations,
    text,
)
from optimiser.planning.evaluation import Interval
from optimiser.planning.solution import Alternative, Lever, Solution

STYLES = {"better": "green", "worse": "red"}
HELPS = {"better": Message("helps"), "worse": Message("harms")}


def brief(solution: Solution, language: Language = ENGLISH) -> RenderableType:
    """Lay out a plan.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    standing = (show_heads, show_sectors, show_posts, show_base)
    parts = (_head, _levers, *standing, _expected, _phases, _alternatives, _trust)
    return Group(*(line for part in parts for line in part(solution, language)))


def _head(solution: Solution, language: Language) -> Iterator[RenderableType]:
    instance, period = solution.instance, solution.instance.period
    yield Text(plain(instance.title), style="bold reverse")
    yield Text(
        language(
            "{date}, {start} to {end} ({hours} h), instance {name}",
            date=language.date(period.start.date()),
            start=language.clock(f"{period.start:%H:%M}"),
            end=language.clock(instance.clock(period.minutes)),
            hours=given(float(period.hours), language),
            name=instance.name,
        )
    )
    yield Text()
    facts = Grid.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column()
    evaluation = solution.evaluation
    loss = language(
        "{loss} points over {n:,} fresh scenarios, none of them used to choose the plan",
        loss=span(evaluation.loss, language=language),
        n=evaluation.loss.count,
    )
    facts.add_row(language("Expected loss"), loss)
    facts.add_row(language("Claim"), text(language(solution.certificate.sentence)))
    style = "green" if solution.verdict.passed else "red"
    facts.add_row(language("Checked"), Text(language(solution.verdict.sentence()), style=style))
    for name, line in list_remarks(solution.instance):
        facts.add_row(language(name), Text(plain(language(line)), style="yellow"))
    if solution.interrupted:
        said = language("before the search ended; this is the best plan found until then.")
        facts.add_row(language("Interrupted"), Text(said, style="yellow"))
    yield facts


# ---------------------------------------------------------------- facilitation


def _levers(solution: Solution, language: Language) -> Iterator[RenderableType]:
    names = {s.id: s for s in solution.instance.sectors}
    agreed = [(s, s.official.promised) for s in solution.instance.sectors if s.official]
    promised = [(s, float(minutes)) for s, minutes in agreed if minutes is not None]
    if not solution.levers and not promised:
        return
    yield heading(language("First: who meets the crowd, and how soon"))
    for sector, minutes in promised:
        words = {"sector": plain(sector.name), "minutes": given(minutes, language)}
        yield Text(language("Agreed: {sector} receives the delegation within {minutes} min.", **words))
    if solution.levers:
        columns = (
            language("If a delegation were received, for certain, at"),
            language("within"),
            language("Points"),
            language("Injured"),
            language("Effect"),
        )
        table = grid(*columns, right=(1,), firm=(1, 2, 3))
        for lever in solution.levers:
            table.add_row(*_lever(names[lever.sector], lever, language))
        yield table
        yield note(language("Same plan, same scenarios, with minus without; [95 % interval]. It costs no personnel."))
        yield from note_rare((i for lever in solution.levers for i in lever.change.shown), language)


def _lever(sector: Sector, lever: Lever, language: Language) -> tuple[RenderableType, ...]:
    official, word = sector.official, lever.change.sentence
    where = Text(plain(sector.name), style="bold")
    if official:
        now = language(
            "now {chance} likely, after about {minutes} min",
            chance=percent(float(official.chance), language=language),
            minutes=given(float(official.after), language),
        )
        where.append(f"\n{now}", style="not bold dim")
    return (
        where,
        language("{minutes} min", minutes=given(lever.minutes, language)),
        _difference(lever.change.loss, language),
        _difference(lever.change.harms["injuries"], language),
        Text(language(HELPS.get(word, word)), style=STYLES.get(word, "dim")),
    )


# ---------------------------------------------------------------- what to expect


def _expected(solution: Solution, language: Language) -> Iterator[RenderableType]:
    yield heading(language("What to expect"))
    yield from show_harms(solution.evaluation, language)
    yield show_shares(solution.evaluation, language)
    for phase, sentence in (
        (YELLOW, Message("Most often yellow: {sector}, {share} of scenarios.")),
        (RED, Message("Most often red: {sector}, {share} of scenarios.")),
    ):
        reached = solution.evaluation.reached(phase)
        worst = max(range(len(reached)), key=lambda i: reached[i])
        if reached[worst] > 0.0:
            where = plain(solution.instance.sectors[worst].name)
            share = percent(float(reached[worst]), language=language)
            yield Text(language(sentence, sector=where, share=share))


def _phases(solution: Solution, language: Language) -> Iterator[RenderableType]:
    yield Text()
    yield show_phases(solution.instance, solution.evaluation, language)


def _alternatives(solution: Solution, language: Language) -> Iterator[RenderableType]:
    if not solution.alternatives:
        return
    yield heading(language("Against other plans"))
    columns = (
        language("Alternative"),
        language("Its points"),
        language("Plan minus it"),
        language("Injured"),
        language("The plan is"),
    )
    table = grid(*columns, right=(1,), firm=(2, 3))
    for other in solution.alternatives:
        word, loss = other.against.sentence, other.evaluation.loss
        name = Text(plain(language(other.name)))
        if not other.verdict.passed:
            refused = language.plural(
                "not allowed: {n} violation", "not allowed: {n} violations", len(other.verdict.violations)
            )
            name.append("\n").append(refused, style="red")
        table.add_row(
            name,
            mean(loss, language=language),
            _difference(other.against.loss, language),
            _difference(other.against.harms["injuries"], language),
            Text(language(word), style=STYLES.get(word, "dim")),
        )
    yield table
    yield note(language("Paired on the same scenarios; negative is in the plan's favour; [95 % interval]."))
    yield from note_rare((i for other in solution.alternatives for i in other.against.shown), language)
    for other in solution.alternatives:
        yield from _refused(other, language)


def _difference(interval: Interval, language: Language) -> Text:
    """Set a difference above its interval."""
    style = "green" if interval.high < 0.0 else "red" if interval.low > 0.0 else ""
    cell = Text().append(mean(interval, sign=True, language=language), style=style)
    return cell.append("\n").append(ends(interval, sign=True, language=language), style="dim")


def _refused(other: Alternative, language: Language) -> Iterator[RenderableType]:
    if not other.verdict.passed:
        yield Text(language("{name} breaks:", name=plain(language(other.name))), style="red")
        yield show_violations(other.verdict, language)


def _trust(solution: Solution, language: Language) -> Iterator[RenderableType]:
    settings = solution.settings
    yield heading(language("How far to trust this"))
    yield Text(_objective(solution, language))
    yield Text(
        language(
            "{tried}; seed {seed}, law '{law}', solver {solver}.",
            tried=_tried(solution, language),
            seed=settings.seed,
            law=plain(settings.law),
            solver=settings.solver,
        )
    )
    versions = ", ".join(f"{name} {number}" for name, number in settings.versions.items())
    mark = fingerprint(solution.instance)[:12]
    yield note(language("{versions}; instance sha256 {mark}.", versions=versions, mark=mark))
    if solution.replayable:
        yield Text(language("Replayable: same instance, settings and versions give the same plan."))
    else:
        said = language("Not replayable: the clock or an interrupt decided when the search ended.")
        yield Text(said, style="yellow")
    yield Text(
        language("What real crowds do is not proved by any of this: the law's constants are assumptions to be varied.")
    )


def _objective(solution: Solution, language: Language) -> str:
    words = {
        "planning": figure(solution.planning_objective, language=language),
        "n": solution.settings.scenarios,
        "fresh": figure(solution.evaluation.objective, language=language),
        "optimism": figure(solution.optimism, language=language),
    }
    if solution.optimism > 0.0:
        return language(
            "Objective (loss, tail and costs of placement): {planning} points on the {n:,} planning scenarios, {fresh} "
            "on fresh ones. The first flattered the plan by {optimism}.",
            **words,
        )
    return language(
        "Objective (loss, tail and costs of placement): {planning} points on the {n:,} planning scenarios, {fresh} on "
        "fresh ones. No flattery shown.",
        **words,
    )


def _tried(solution: Solution, language: Language) -> str:
    plural = language.plural
    compared = plural("{n} deployment compared", "{n} deployments compared", solution.certificate.compared)
    if not solution.history:
        return compared
    last = solution.history[-1]
    iterations = plural("{n} iteration", "{n} iterations", last.iteration)
    return f"{compared}, {iterations}, " + plural("{n} replication", "{n} replications", last.replications)
