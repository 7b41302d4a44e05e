"""The report: a whole plan on one page for people, facilitation first, with every claim in its exact words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import ends, figure, given, mean, percent, plain, span, tell_rare
from optimiser.files.examination import list_remarks
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.harms import LISTED
from optimiser.model.instance import Sector
from optimiser.output.documents.plan import admit, fingerprint, match
from optimiser.output.report.blocks import Block, Cell, Facts, Figures, Grid, Listing, Paragraph, Section
from optimiser.output.report.frontier import ask_for_frontier, frontier_section
from optimiser.output.report.page import render
from optimiser.output.report.pictures import draw_alternatives, draw_day, draw_hours, draw_place
from optimiser.output.report.roster import list_base, list_reserve, list_sectors
from optimiser.planning.evaluation import Interval
from optimiser.planning.solution import Alternative, Lever, Solution
from optimiser.questions.frontier import Frontier
from optimiser.simulation.dispatch import Dispatch, send_nearest

VIOLATIONS = 20  # of an alternative that are listed
TONES = {"better": "good", "worse": "bad"}


def write_report(
    solution: Solution,
    language: Language = ENGLISH,
    *,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
    more: Sequence[Section] = (),
    frontier: Frontier | None = None,
) -> bytes:
    """Write the report of a plan as one HTML file.

    Parameters
    ----------
    law, dispatch : those the solution was made with, if not the default ones; the plan is played again.
    more : further sections; they come before what is said about trust.
    frontier : how many are enough; if left out, the report says with which command it is added.

    Returns
    -------
    The page; the same solution gives the same bytes.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    Mismatch : the plan was made under another law, or the frontier is of another instance.
    """
    admit(solution)
    match(solution, law, frontier)
    instance, period = solution.instance, solution.instance.period
    words = {
        "date": language.date(period.start.date()),
        "start": language.clock(f"{period.start:%H:%M}"),
        "end": language.clock(instance.clock(period.minutes)),
        "hours": given(float(period.hours), language),
        "name": instance.name,
    }
    sections = [
        Section("", "", list(_head(solution, language))),
        Section("talk", language("First: who meets the crowd, and how soon"), list(_talk(solution, language))),
        Section("map", language("Map"), list(draw_place(solution, language))),
        Section("sectors", language("Sectors"), list(list_sectors(solution, language))),
        Section("reserve", language("Callable reserve, out of sight"), list(list_reserve(solution, language))),
        Section("base", language("Held at base, not callable"), list(list_base(solution, language))),
        Section("expected", language("What to expect"), list(_expected(solution, language))),
        Section("hours", language("Hour by hour"), list(draw_hours(solution, law, dispatch, language))),
        Section("day", language("A hard day, told"), list(draw_day(solution, law, dispatch, language))),
        Section("alternatives", language("Against other plans"), list(_alternatives(solution, language))),
        frontier_section(frontier, language) if frontier else ask_for_frontier(instance, language),
        *more,
        Section("trust", language("How far to trust this"), list(_trust(solution, language))),
        Section("settings", language("Settings"), list(_settings(solution, language))),
    ]
    subtitle = language("{date}, {start} to {end} ({hours} h), instance {name}", **words)
    shown = [section for section in sections if section.blocks]
    return render("report.html", language, title=instance.title, subtitle=subtitle, sections=shown)


def _head(solution: Solution, language: Language) -> Iterator[Block]:
    evaluation, heads = solution.evaluation, solution.verdict.heads
    shares = evaluation.worst_phase()
    injured = evaluation.harms["injuries"]
    about = " ".join(solution.instance.about.split())
    if about:
        yield Paragraph(about, "lead")
    number, cap = (language.number(f"{n:,}") for n in (heads.counted, heads.cap))
    hurt, lost = language("injured people, all alike"), language("points lost")
    yield Figures(
        [
            (percent(shares["peaceful"], language=language), language("of scenarios stay peaceful everywhere")),
            (percent(shares["red"], language=language), language("turn red somewhere")),
            (mean(injured, language=language), f"{hurt} {ends(injured, False, language)}"),
            (mean(evaluation.loss, language=language), f"{lost} {ends(evaluation.loss, False, language)}"),
            (number, language("heads deployed, {cap} allowed", cap=cap)),
        ]
    )
    loss = language(
        "{loss} points over {n:,} fresh scenarios, none of them used to choose the plan",
        loss=span(evaluation.loss, language=language),
        n=evaluation.loss.count,
    )
    checked = "good" if solution.verdict.passed else "bad"
    rows = [
        (language("Expected loss"), loss, ""),
        (language("Claim"), language(solution.certificate.sentence), ""),
        (language("Checked"), language(solution.verdict.sentence()), checked),
    ]
    rows += [(language(name), plain(language(line)), "bad") for name, line in list_remarks(solution.instance)]
    if solution.interrupted:
        said = language("before the search ended; this is the best plan found until then.")
        rows.append((language("Interrupted"), said, "bad"))
    yield Facts(rows)


# ---------------------------------------------------------------- facilitation


def _talk(solution: Solution, language: Language) -> Iterator[Block]:
    names = {s.id: s for s in solution.instance.sectors}
    agreed = [(s, s.official.promised) for s in solution.instance.sectors if s.official]
    promised = [
        language(
            "Agreed: {sector} receives the delegation within {minutes} min.",
            sector=plain(sector.name),
            minutes=given(float(minutes), language),
        )
        for sector, minutes in agreed
        if minutes is not None
    ]
    if promised:
        yield Listing(promised)
    if not solution.levers:
        return
    yield Paragraph(
        language(
            "Whether an official meets the crowd, and how soon, is the strongest lever, and it costs no personnel."
        )
    )
    columns = [
        (language("If a delegation were received, for certain, at"), False),
        (language("within"), True),
        (language("Points"), True),
        (language("Injured"), True),
        (language("Effect"), False),
    ]
    rows = [_lever(names[lever.sector], lever, language) for lever in solution.levers]
    yield Grid(columns, rows)
    said = language("Same plan, same scenarios, with minus without; [95 % interval]. It costs no personnel.")
    yield Paragraph(said, "note")
    yield from _rare((i for lever in solution.levers for i in lever.change.shown), language)


def _lever(sector: Sector, lever: Lever, language: Language) -> list[Cell]:
    lines = [plain(sector.name)]
    if sector.official:
        lines.append(
            language(
                "now {chance} likely, after about {minutes} min",
                chance=percent(float(sector.official.chance), language=language),
                minutes=given(float(sector.official.after), language),
            )
        )
    word = lever.change.sentence
    effect = {"better": language("helps"), "worse": language("harms")}.get(word) or language(word)
    return [
        Cell(tuple(lines)),
        Cell((language("{minutes} min", minutes=given(lever.minutes, language)),)),
        _difference(lever.change.loss, language),
        _difference(lever.change.harms["injuries"], language),
        Cell((effect,), TONES.get(word, "soft")),
    ]


def _difference(interval: Interval, language: Language) -> Cell:
    """Set a difference above its interval."""
    tone = "good" if interval.high < 0.0 else "bad" if interval.low > 0.0 else ""
    return Cell((mean(interval, True, language), ends(interval, True, language)), tone)


def _rare(intervals: Iterable[Interval], language: Language) -> Iterator[Block]:
    """Say under a table what its figures without an interval may be taken for, if it has any."""
    if said := tell_rare(intervals, language):
        yield Paragraph(said, "note")


# ---------------------------------------------------------------- what to expect


def _expected(solution: Solution, language: Language) -> Iterator[Block]:
    evaluation = solution.evaluation
    count = evaluation.loss.count
    yield Grid(
        [
            (language("Expected harm"), False),
            (language("Mean"), True),
            (language("95 % interval"), True),
            (language("Unit"), False),
        ],
        [
            [
                Cell((label.strip(),), "sub" if label.startswith(" ") else ""),
                Cell((mean(interval, language=language),)),
                Cell((ends(interval, language=language),), "soft"),
                Cell((unit,), "soft"),
            ]
            for label, interval, unit in _harms(solution, language)
        ],
        cards=False,
    )
    yield from _rare((interval for _, interval, _ in _harms(solution, language)), language)
    shares = evaluation.worst_phase()
    peaceful, yellow, red = (percent(shares[name], count, language) for name in ("peaceful", "yellow", "red"))
    parts = (
        language("peaceful {share}", share=peaceful),
        language("yellow {share}", share=yellow),
        language("red {share}", share=red),
    )
    lead = language("Scenarios by their worst phase anywhere:")
    yield Paragraph(f"{lead} {'; '.join(parts)}.")


def _harms(solution: Solution, language: Language) -> list[tuple[str, Interval, str]]:
    """Give label, interval and unit of every harm, and of the points they come to."""
    harms = solution.evaluation.harms
    return [
        *(
            (f"{'  ' * bool(harm.part_of)}{language(harm.label)}", harms[harm.id], language(harm.measure))
            for harm in LISTED
        ),
        (language("loss in all"), solution.evaluation.loss, language("points")),
    ]


# ---------------------------------------------------------------- against other plans


def _alternatives(solution: Solution, language: Language) -> Iterator[Block]:
    if not solution.alternatives:
        return
    yield from draw_alternatives(solution, language)
    columns = [
        (language("Alternative"), False),
        (language("Its points"), True),
        (language("Plan minus it"), True),
        (language("Injured"), True),
        (language("The plan is"), False),
    ]
    yield Grid(columns, [_alternative(other, language) for other in solution.alternatives])
    yield Paragraph(
        language("Paired on the same scenarios; negative is in the plan's favour; [95 % interval]."), "note"
    )
    yield from _rare((i for other in solution.alternatives for i in other.against.shown), language)
    for other in solution.alternatives:
        if not other.verdict.passed:
            yield Paragraph(language("{name} breaks:", name=plain(language(other.name))), "bad")
            said = [plain(str(violation)) for violation in other.verdict.violations]
            more = len(said) - VIOLATIONS
            yield Listing(said[:VIOLATIONS])
            if more > 0:
                yield Paragraph(language.plural("and {n} more", "and {n} more", more), "note")


def _alternative(other: Alternative, language: Language) -> list[Cell]:
    word, loss = other.against.sentence, other.evaluation.loss
    lines = [plain(language(other.name))]
    if not other.verdict.passed:
        count = len(other.verdict.violations)
        lines.append(language.plural("not allowed: {n} violation", "not allowed: {n} violations", count))
    return [
        Cell(tuple(lines)),
        Cell((mean(loss, language=language),)),
        _difference(other.against.loss, language),
        _difference(other.against.harms["injuries"], language),
        Cell((language(word),), TONES.get(word, "soft")),
    ]


# ---------------------------------------------------------------- trust


def _trust(solution: Solution, language: Language) -> Iterator[Block]:
    words = {
        "planning": figure(solution.planning_objective, language=language),
        "n": solution.settings.scenarios,
        "fresh": figure(solution.evaluation.objective, language=language),
        "optimism": figure(solution.optimism, language=language),
    }
    if solution.optimism > 0.0:
        flattery = language(
            "Objective (loss, tail and costs of placement): {planning} points on the {n:,} planning scenarios, {fresh} "
            "on fresh ones. The first flattered the plan by {optimism}.",
            **words,
        )
    else:
        flattery = language(
            "Objective (loss, tail and costs of placement): {planning} points on the {n:,} planning scenarios, {fresh} "
            "on fresh ones. No flattery shown.",
            **words,
        )
    yield Listing(
        [
            language(solution.certificate.sentence),
            flattery,
            language("Replayable: same instance, settings and versions give the same plan.")
            if solution.replayable
            else language("Not replayable: the clock or an interrupt decided when the search ended."),
            language(
                "What real crowds do is not proved by any of this: the law's constants are assumptions to be varied."
            ),
            language("It advises. Who commands decides, and a pin in the file puts any decision first."),
        ]
    )


def _settings(solution: Solution, language: Language) -> Iterator[Block]:
    settings, plural = solution.settings, language.plural
    tried = [plural("{n} deployment compared", "{n} deployments compared", solution.certificate.compared)]
    if solution.history:
        last = solution.history[-1]
        tried.append(plural("{n} iteration", "{n} iterations", last.iteration))
        tried.append(plural("{n} replication", "{n} replications", last.replications))
    number = language.number
    yield Facts(
        [
            (language("Instance"), solution.instance.name, ""),
            ("sha256", fingerprint(solution.instance), ""),
            (language("Seed"), str(settings.seed), ""),
            (language("Planning scenarios"), number(f"{settings.scenarios:,}"), ""),
            (language("Reporting scenarios"), number(f"{settings.reporting:,}"), ""),
            (language("Searched"), ", ".join(tried), ""),
            (language("Law of escalation"), plain(settings.law), ""),
            (language("Solver"), settings.solver, ""),
            (language("Engine"), settings.engine, ""),
            (language("Versions"), ", ".join(f"{name} {at}" for name, at in settings.versions.items()), ""),
        ]
    )
