"""The plan as a briefing needs it: facilitation first, who stands where, what to expect, how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import figure, given, mean, percent, span
from optimiser.files.examination import list_remarks
from optimiser.model.expected.visits import list_due, order_by_day
from optimiser.model.instance import Instance, Sector
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.output.blocks import Block, Inline, Pairs, Paragraph, Section, Span, Table, TableColumn, Value
from optimiser.output.documents.plan import admit
from optimiser.output.orders.situation import Situation
from optimiser.output.overview.table import day_blocks, deciders, drawn_key
from optimiser.output.overview.trust import tell_outlook, tell_standing
from optimiser.output.sections.expected import expected_blocks, likeliest_places, phases_section
from optimiser.output.sections.parts import (
    HELPS,
    difference,
    judged,
    law_range_blocks,
    list_violations,
    name_law,
    rare_note,
    tell_uncertain,
    title_section,
)
from optimiser.output.sections.roster import (
    base_blocks,
    companions_blocks,
    heads_blocks,
    reserve_blocks,
    sectors_blocks,
    tell_moving,
)
from optimiser.output.words.bands import tell_band
from optimiser.output.words.firmness import tell_firm_places, tell_stay
from optimiser.output.words.reasons import tell_indispensable
from optimiser.output.words.relief import tell_overdue_briefly
from optimiser.planning.solution import Alternative, Lever, Solution
from optimiser.questions.firmness import WITHIN, Firmness

SHORT_HASH = 12  # digits of an instance's hash that a terminal shows


def plan_sections(solution: Solution, language: Language = ENGLISH) -> list[Section]:
    """Lay out a plan.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    instance, evaluation = solution.instance, solution.evaluation
    likeliest = likeliest_places(instance, evaluation, language)
    expected = [*expected_blocks(evaluation, solution.law_range, language), *likeliest]
    sections = [
        title_section(instance.title, tell_when(instance, language)),
        Section("", [*overview_blocks(solution, language), *remark_blocks(solution, language)]),
        receptions_section(solution, language),
        Section(language("Heads"), list(heads_blocks(solution, language))),
        Section(language("Sectors"), list(sectors_blocks(solution, language))),
        Section(language("Callable reserve, out of sight"), list(reserve_blocks(solution, language))),
        Section(tell_moving(language), list(companions_blocks(solution, language))),
        Section(language("Held at base, not callable"), list(base_blocks(solution, language))),
        Section(language("What to expect"), expected),
        phases_section(instance, evaluation, language),
        alternatives_section(solution, language),
        Section(language("How far to trust this"), list(_trust(solution, language))),
    ]
    return [section for section in sections if section.blocks]


def tell_when(instance: Instance, language: Language) -> str:
    """Say when the operation is, and which instance that is."""
    period = instance.period
    return language(
        "{date}, {start} to {end} ({hours} h), instance {name}",
        date=language.date(period.start.date()),
        start=language.clock(f"{period.start:%H:%M}"),
        end=language.clock(instance.clock(period.minutes)),
        hours=given(float(period.hours), language),
        name=instance.name,
    )


def overview_blocks(
    solution: Solution, language: Language, firmness: Firmness | None = None, drawn: bool = False
) -> Iterator[Block]:
    """Say in one screenful how sure the plan is, who decides, who is not relieved, and who stands where and when.

    Parameters
    ----------
    firmness : what is firm in it, where that was asked.
    drawn : whether drawings are shown, so that they are explained.
    """
    instance, evaluation = solution.instance, solution.evaluation
    at = Situation(instance, solution.deployment, language=language)
    reached = zip(evaluation.reached(YELLOW), evaluation.reached(RED), strict=True)
    shares = [(max(float(yellow), float(red)), float(red)) for yellow, red in reached]
    injured, scenarios = evaluation.harms["injuries"], evaluation.loss.count
    outlook = tell_outlook(scenarios, evaluation.worst_phase(), injured, language)
    sure = (outlook, tell_standing(solution, language))
    facts: list[tuple[str, Value]] = [(language("How sure"), sure), (language("Who decides"), deciders(at))]
    if firmness is not None:
        facts.append((language("Firm"), tell_firm_places(firmness, language)))
    if overdue := tell_overdue_briefly(instance, solution.deployment, language):
        facts.append((language("No relief"), Span(overdue, "warning")))
    if hung := tell_indispensable(solution, language):
        facts.append((language("Cannot be spared"), tuple(Span(line, "warning") for line in hung)))
    yield Pairs(facts)
    yield from day_blocks(at, {s.id: both for s, both in zip(instance.sectors, shares, strict=True)})
    if drawn:
        yield drawn_key(at)


def remark_blocks(solution: Solution, language: Language) -> Iterator[Block]:
    """Say what of the instance is unusual, and whether the search was interrupted; nothing where all is as usual."""
    facts: list[tuple[str, Value]] = [
        (language(name), Span(language(line), "warning")) for name, line in list_remarks(solution.instance)
    ]
    if solution.interrupted:
        said = language("before the search ended; this is the best plan found until then.")
        facts.append((language("Interrupted"), Span(said, "warning")))
    if facts:
        yield Pairs(facts)


def claim_pairs(solution: Solution, language: Language) -> Pairs:
    """Say what is lost, what may be claimed in its exact words, and what the checker found."""
    loss: list[Inline] = [
        language(
            "{loss} points over {n:,} fresh scenarios, none of them used to choose the plan",
            loss=span(solution.evaluation.loss, language=language),
            n=solution.evaluation.loss.count,
        )
    ]
    if solution.law_range is not None:
        loss.append(tell_band(solution.law_range.losses[0], language))
    checked = Span(language(solution.verdict.sentence()), "good" if solution.verdict.passed else "bad")
    return Pairs(
        [
            (language("Expected loss"), tuple(loss)),
            (language("Claim"), language(solution.certificate.sentence)),
            (language("Checked"), checked),
        ]
    )


# ---------------------------------------------------------------- facilitation


def receptions_section(solution: Solution, language: Language) -> Section:
    """Say which officials have agreed to meet the crowd, and what it would bring if others did."""
    in_order = order_by_day(solution.instance.sectors, list_due(solution.instance))
    levers = {lever.sector: lever for lever in solution.levers}
    agreed = [(s, s.official.promised) for s in in_order if s.official]
    blocks: list[Block] = [
        Paragraph(
            language(
                "Agreed: {sector} receives the delegation within {minutes} min.",
                sector=sector.name,
                minutes=given(float(minutes), language),
            )
        )
        for sector, minutes in agreed
        if minutes is not None
    ]
    if solution.levers:
        columns = (
            TableColumn(language("If a delegation were surely received at")),
            TableColumn(language("within"), right=True, firm=True),
            TableColumn(language("Points"), firm=True),
            TableColumn(language("Injured"), firm=True),
            TableColumn(language("Effect")),
        )
        blocks.append(Table(columns, [_reception(s, levers[s.id], language) for s in in_order if s.id in levers]))
        said = language("Same plan, same scenarios, with minus without; [95 % interval]. It costs no personnel.")
        blocks.append(Paragraph(said, "note"))
        blocks += rare_note((i for lever in solution.levers for i in lever.change.shown), language)
    return Section(language("First: who meets the crowd, and how soon"), blocks, "talk")


def _reception(sector: Sector, lever: Lever, language: Language) -> Sequence[Value]:
    official, word = sector.official, lever.change.sentence
    where: list[Inline] = [Span(sector.name, "strong")]
    if official:
        now = language(
            "now {chance} likely, after about {minutes} min",
            chance=percent(float(official.chance), language=language),
            minutes=given(float(official.after), language),
        )
        where.append(Span(now, "soft"))
    return (
        tuple(where),
        language("{minutes} min", minutes=given(lever.minutes, language)),
        difference(lever.change.loss, language),
        difference(lever.change.harms["injuries"], language),
        judged(word, language(HELPS.get(word, word))),
    )


# ---------------------------------------------------------------- against other plans


def alternatives_section(
    solution: Solution, language: Language, drawn: Sequence[Block] = (), most: int | None = None
) -> Section:
    """Lay out other plans beside this one, each with the rules it breaks.

    Parameters
    ----------
    drawn : what stands above the table.
    most : violations of a plan that are listed.
    """
    heading = language("Against other plans")
    if not solution.alternatives:
        return Section(heading, ())
    columns = (
        TableColumn(language("Alternative")),
        TableColumn(language("Its points"), right=True),
        TableColumn(language("Plan minus it"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("The plan is")),
    )
    said = language("Paired on the same scenarios; negative is in the plan's favour; [95 % interval].")
    blocks: list[Block] = [
        *drawn,
        Table(columns, [_alternative(other, language) for other in solution.alternatives]),
        Paragraph(said, "note"),
        *rare_note((i for other in solution.alternatives for i in other.against.shown), language),
    ]
    blocks += [block for other in solution.alternatives for block in _may_stay(solution, other, language)]
    if solution.law_range is not None:
        names = [language(other.name) for other in solution.alternatives]
        what = language("The plan minus")
        blocks += law_range_blocks(solution.law_range, what, names, [language("the plan"), *names], language)
    for other in solution.alternatives:
        if not other.verdict.passed:
            blocks.append(Paragraph(language("{name} breaks:", name=language(other.name)), "bad"))
            blocks += list_violations(other.verdict.violations, language, most)
    return Section(heading, blocks, "alternatives")


def _may_stay(solution: Solution, other: Alternative, language: Language) -> Iterator[Block]:
    """Say whether the plan that was used in reality may stay as it is."""
    if other.name == "historical" and other.verdict.passed:
        allowed = WITHIN * solution.evaluation.loss.mean
        yield Pairs([(language("The historical plan"), tell_stay(-other.against.loss, allowed, WITHIN, language))])


def _alternative(other: Alternative, language: Language) -> Sequence[Value]:
    word = other.against.sentence
    name: Value = language(other.name)
    if not other.verdict.passed:
        count = len(other.verdict.violations)
        refused = language.plural("not allowed: {n} violation", "not allowed: {n} violations", count)
        name = (language(other.name), Span(refused, "bad"))
    return (
        name,
        mean(other.evaluation.loss, language=language),
        difference(other.against.loss, language),
        difference(other.against.harms["injuries"], language),
        judged(word, language(word)),
    )


# ---------------------------------------------------------------- trust


def _trust(solution: Solution, language: Language) -> Iterator[Block]:
    settings = solution.settings
    yield claim_pairs(solution, language)
    yield Paragraph(tell_objective(solution, language))
    yield Paragraph(
        language(
            "{tried}; seed {seed}, law '{law}', solver {solver}.",
            tried=_tell_tried(solution, language),
            seed=settings.seed,
            law=settings.law,
            solver=settings.solver,
        )
    )
    if said := tell_uncertain(settings, language):
        yield Paragraph(said)
    mark = solution.instance.fingerprint()[:SHORT_HASH]
    said = language("{versions}; instance sha256 {mark}.", versions=_list_versions(solution), mark=mark)
    yield Paragraph(said, "note")
    yield Paragraph(tell_replayable(solution.replayable, language), "" if solution.replayable else "warning")
    yield from (Paragraph(said) for said in (tell_robust(solution, language), tell_unproved(language)) if said)


def tell_robust(solution: Solution, language: Language) -> str:
    """Say in how many draws of the law's constants the plan is preferred to each alternative; empty if not measured."""
    found = solution.law_range
    if found is None or not found.differences:
        return ""
    others = [one for one in found.differences if one.equal < 1.0]
    if not others:
        return language("Over {n} draws of the law's constants no alternative loses more or less.", n=found.draws)
    lower, worse = min(one.lower for one in others), max(one.worse for one in others)
    if lower == 1.0 and worse == 0.0:
        said = language(
            "In each of {n} draws of the law's constants the plan loses less than every alternative.", n=found.draws
        )
    else:
        said = language(
            "Over {n} draws of the law's constants the plan has a lower loss than each alternative in {lower} of them "
            "or more; it is shown to be worse than one in {worse} of them at most.",
            n=found.draws,
            lower=percent(lower, language=language),
            worse=percent(worse, language=language),
        )
    if len(others) < len(found.differences):
        said += " " + language("Alternatives that lose the same in every draw are left out.")
    return said


def tell_objective(solution: Solution, language: Language) -> str:
    """Say what the objective is on planning and on fresh scenarios, and by how much the first flattered the plan."""
    words = {
        "planning": figure(solution.planning_objective, language=language),
        "n": solution.certificate.scenarios,
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


def _tell_tried(solution: Solution, language: Language) -> str:
    """Say how much was looked at."""
    plural = language.plural
    tried = [plural("{n} deployment compared", "{n} deployments compared", solution.certificate.compared)]
    if solution.history:
        last = solution.history[-1]
        tried.append(plural("{n} iteration", "{n} iterations", last.iteration))
        tried.append(plural("{n} replication", "{n} replications", last.replications))
    return ", ".join(tried)


def tell_planning(solution: Solution, language: Language) -> str | int:
    """Say how many planning scenarios were asked for, and how many the plan was chosen on where that differs."""
    asked, used = solution.settings.scenarios, solution.certificate.scenarios
    if used == asked:
        return asked
    return language("{asked:,} asked for; the plan was chosen on {used:,}", asked=asked, used=used)


def tell_replayable(replayable: bool, language: Language) -> str:
    """Say whether the same input gives the same result."""
    if replayable:
        return language("Replayable: same instance, settings and versions give the same plan.")
    return language("Not replayable: the clock or an interrupt decided when the search ended.")


def tell_unproved(language: Language) -> str:
    """Say what no run can prove."""
    return language(
        "What real crowds do is not proved by any of this: the law's constants are assumptions to be varied."
    )


def _list_versions(solution: Solution) -> str:
    """List what the plan was made with."""
    return ", ".join(f"{name} {number}" for name, number in solution.settings.versions.items())


def settings_pairs(solution: Solution, language: Language) -> Pairs:
    """List what the plan was made from, with and how."""
    settings = solution.settings
    return Pairs(
        [
            (language("Instance"), solution.instance.name),
            ("sha256", solution.instance.fingerprint()),
            (language("Seed"), str(settings.seed)),
            (language("Planning scenarios"), tell_planning(solution, language)),
            (language("Reporting scenarios"), settings.reporting),
            (language("Searched"), _tell_tried(solution, language)),
            (language("Law of escalation"), name_law(settings, language)),
            (language("Solver"), settings.solver),
            (language("Engine"), settings.engine),
            (language("Versions"), _list_versions(solution)),
        ]
    )
