"""Several plans beside each other: what each comes to, what it is better or worse by, and who stands elsewhere.

Also what many plans that are about as good have in common, and how good the best one may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import figure, given, mean, percent
from optimiser.model.harms import INDEPENDENT
from optimiser.output.blocks import Block, Pairs, Paragraph, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import (
    difference,
    judged,
    law_range_blocks,
    list_violations,
    rare_note,
    title_section,
)
from optimiser.output.sections.plan import tell_when
from optimiser.output.words.firmness import tell_firm, tell_firm_places, tell_number, tell_stay
from optimiser.output.words.moves import tell_moves
from optimiser.questions.firmness import FIRM, Firmness
from optimiser.questions.optimum import OptimumEstimate
from optimiser.questions.plan_comparison import PairedPlan, PlanComparison

HELD = 0.97  # share of cases with a known optimum in which an estimate held, see docs/search.md, section 8
MOST_VIOLATIONS = 6  # of one plan that are listed; assumed


def comparison_sections(compared: PlanComparison, names: Sequence[str], language: Language = ENGLISH) -> list[Section]:
    """Lay out plans beside each other.

    Parameters
    ----------
    names : of the plans, in their order.
    """
    named = list(zip(names, compared.plans, strict=True))
    sections = [
        title_section(compared.instance.title, tell_when(compared.instance, language)),
        Section(language("Plans compared"), list(_plans(compared, named, language))),
        Section(language("Each harm"), [_harms(named, language)]),
        Section(language("Who stands elsewhere"), list(_elsewhere(compared, named, language))),
        Section(language("Rules broken"), list(_broken(named, language))),
    ]
    return [section for section in sections if section.blocks]


def _plans(compared: PlanComparison, named: Sequence[tuple[str, PairedPlan]], language: Language) -> Iterator[Block]:
    columns = (
        TableColumn(language("Plan")),
        TableColumn(language("Heads"), right=True),
        TableColumn(language("Points"), right=True),
        TableColumn(language("This minus the first"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("It is")),
    )
    yield Table(columns, [_plan(name, plan, language) for name, plan in named])
    count = language.number(f"{compared.plans[0].evaluation.loss.count:,}")
    yield Paragraph(
        language(
            "{n} fresh scenarios with seed {seed}, the same random numbers for all; negative is in favour of the plan "
            "of the row; [95 % interval].",
            n=count,
            seed=str(compared.seed),
        ),
        "note",
    )
    shown = (plan.against_first.shown for _, plan in named if plan.against_first is not None)
    yield from rare_note((interval for pair in shown for interval in pair), language)
    names = [name for name, _ in named]
    what = language("This minus the first")
    if compared.law_range is not None:
        yield from law_range_blocks(compared.law_range, what, names[1:], names, language)


def _plan(name: str, plan: PairedPlan, language: Language) -> Sequence[Value]:
    label: Value = Span(name, "strong")
    if not plan.verdict.passed:
        count = len(plan.verdict.violations)
        refused = language.plural("not allowed: {n} violation", "not allowed: {n} violations", count)
        label = (Span(name, "strong"), Span(refused, "bad"))
    heads = language.number(f"{plan.verdict.heads.counted:,}")
    points = mean(plan.evaluation.loss, language=language)
    if plan.against_first is None:
        return label, heads, points, "", "", Span(language("the first"), "soft")
    against = plan.against_first
    told = judged(against.sentence, language(against.sentence))
    return (
        label,
        heads,
        points,
        difference(against.loss, language),
        difference(against.harms["injuries"], language),
        told,
    )


def _harms(named: Sequence[tuple[str, PairedPlan]], language: Language) -> Table:
    columns = [TableColumn(language("Expected harm")), *(TableColumn(name, right=True) for name, _ in named)]
    rows: list[Sequence[Value]] = []
    for harm in INDEPENDENT:
        cells: list[Value] = []
        for _, plan in named:
            level = mean(plan.evaluation.harms[harm.id], language=language)
            against = plan.against_first
            cells.append(level if against is None else (level, *_spans(difference(against.harms[harm.id], language))))
        rows.append((language(harm.label), *cells))
    return Table(columns, rows)


def _spans(value: Value) -> tuple[Span, ...]:
    return tuple(part for part in value if isinstance(part, Span)) if isinstance(value, tuple) else ()


def _elsewhere(
    compared: PlanComparison, named: Sequence[tuple[str, PairedPlan]], language: Language
) -> Iterator[Block]:
    first = named[0][0]
    for name, plan in named[1:]:
        moves = tell_moves(compared.instance, plan.moves, language)
        words = {"name": name, "first": first, "moves": moves or language("nobody")}
        yield Paragraph(language("{name}, seen from {first}: {moves}.", **words))


def _broken(named: Sequence[tuple[str, PairedPlan]], language: Language) -> Iterator[Block]:
    for name, plan in named:
        if not plan.verdict.passed:
            yield Paragraph(language("{name} breaks:", name=name), "bad")
            yield from list_violations(plan.verdict.violations, language, MOST_VIOLATIONS)


# ---------------------------------------------------------------- firm or negotiable


def firmness_sections(found: Firmness, language: Language = ENGLISH) -> list[Section]:
    """Lay out which placements are firm and which are negotiable, in the order of the instance."""
    asked = language("What is firm and what is negotiable, instance {instance}", instance=found.instance.name)
    return [title_section(found.instance.title, asked), Section("", list(firmness_blocks(found, language)))]


def firmness_blocks(found: Firmness, language: Language) -> Iterator[Block]:
    """Say in how many places a plan is firm, then each placement, then what that means and how it was found."""
    stay = tell_stay(found.beyond, found.points, found.within, language)
    yield Pairs([(language("Firm"), tell_firm_places(found, language)), (language("The plan"), stay)])
    yield _placed(found, language)
    yield from about_firmness(found, language)


def _placed(found: Firmness, language: Language) -> Table:
    columns = (
        TableColumn(language("Place")),
        TableColumn(language("Who")),
        TableColumn(language("Plan (range)"), right=True, firm=True),
        TableColumn(language("Same"), right=True),
        TableColumn(language("It is")),
    )
    instance = found.instance
    places = {one.id: one.name for one in instance.places}
    kinds = {team.id: team.name for team in instance.teams}
    kinds |= {one.id: one.name for one in instance.vehicles}
    rows: list[Sequence[Value]] = []
    for place, here in groupby(found.placings, key=lambda one: one.place):
        name: Value = Span(places[place], "strong")
        others = []
        for one in here:
            if one.number:
                told = tell_number(one, language), percent(one.share, language=language), tell_firm(one, language)
                rows.append((name, kinds[one.kind], *told))
                name = ""
            elif not one.firm:
                others.append(f"{kinds[one.kind]} {tell_number(one, language)}")
        if others:
            said = language("in other plans also: {who}", who=", ".join(others))
            rows.append((name, Span(said, "soft"), "", "", Span(language("negotiable"), "soft")))
    return Table(columns, rows)


def about_firmness(found: Firmness, language: Language) -> Iterator[Paragraph]:
    """Say what plans are about as good, what a range is, and how they were found."""
    words = {
        "plans": language.number(f"{found.plans:,}"),
        "within": given(100.0 * found.within, language),
        "points": figure(found.points, language=language),
        "n": language.number(f"{found.scenarios:,}"),
    }
    if found.plans == 1:
        yield Paragraph(language("Every other plan tried is shown to lose more than {within} % more.", **words))
    else:
        yield Paragraph(
            language(
                "{plans} different plans are about as good: none is shown to lose more than {within} % ({points} "
                "points) above this one, on either of two sets of {n} fresh scenarios.",
                **words,
            )
        )
    yield Paragraph(
        language(
            "Range: of units there in all of them. Same: share of them that has as many as the plan; from {firm} on a "
            "placement is firm. What is negotiable is so together with the rest of those plans, not by itself: ask "
            "'optimiser whatif' before you change it.",
            firm=percent(FIRM, language=language),
        ),
        "note",
    )
    yield Paragraph(
        language.plural(
            "Found by {tried} exchanges at random, from the plan and from {n} plan of an independent search that is "
            "about as good. There may be others: what is firm here is firm among the plans found.",
            "Found by {tried} exchanges at random, from the plan and from {n} plans of independent searches that are "
            "about as good. There may be others: what is firm here is firm among the plans found.",
            found.searches,
            tried=language.number(f"{found.tried:,}"),
        ),
        "note",
    )


# ---------------------------------------------------------------- an estimate of the optimum


def optimum_sections(found: OptimumEstimate, language: Language = ENGLISH) -> list[Section]:
    """Lay out an estimate of the optimum: the plan, what is proved, where searches ended, and what that suggests."""
    asked = language("How good may the best plan be? Instance {instance}", instance=found.instance.name)
    return [title_section(found.instance.title, asked), Section("", list(_optimum(found, language)))]


def _optimum(found: OptimumEstimate, language: Language) -> Iterator[Block]:
    value, bound = (figure(points, language=language) for points in (found.value, found.bound))
    lines: list[tuple[str, Value]] = [
        (language("The plan"), language("{points} points on the planning scenarios", points=value)),
        (language("Proved bound"), language("{points} points", points=bound)),
    ]
    if found.proved:
        lines.append((language("Optimum"), Span(language("The plan is proved optimal for these scenarios."), "good")))
        yield Pairs(lines)
        return
    low, high = (figure(points, language=language) for points in (found.ends[0], found.ends[-1]))
    lines.append((language("Independent searches"), _tell_ends(found, low, high, language)))
    lines.append((language("Estimate of the optimum"), tell_optimum(found, language)))
    yield Pairs(lines)
    if found.best != found.deployment:
        better = language(
            "A search ended at a deployment that is better than the plan on these scenarios; --json and --out give it."
        )
        yield Paragraph(better, "warning")
    yield Paragraph(
        language(
            "An estimate, no bound and no proof: searches from deployments drawn at random, on the same {n} planning "
            "scenarios; the optimum may lie below the best of them by twice as much as their ends lie apart. Where the "
            "optimum is known it lay within in {held} of cases. That all ended at the same deployment does not "
            "prove it best either. Figures are of the planning scenarios, which flatter what is chosen on them.",
            n=language.number(f"{found.scenarios:,}"),
            held=percent(HELD, language=language),
        ),
        "note",
    )


def _tell_ends(found: OptimumEstimate, low: str, high: str, language: Language) -> str:
    """Say how many searches ended at the best of their deployments, and between which values all ended."""
    return language.plural(
        "{n} of {all} ended at the best of their deployments; {low} to {high} points",
        "{n} of {all} ended at the same deployment, the best of theirs; {low} to {high} points",
        found.same,
        all=len(found.ends),
        low=low,
        high=high,
    )


def tell_optimum(found: OptimumEstimate, language: Language) -> Span:
    """Say between which values the optimum is estimated to lie, and how much that is below the plan."""
    if found.low is None:
        said = language("None: the plan is better than the searches by more than they can tell.")
        return Span(said, "warning")
    if found.low <= found.bound:
        said = language("None above the proved bound: the searches ended too far apart. A larger --budget may help.")
        return Span(said, "warning")
    below = 100.0 * (1.0 - found.low / found.value) if found.value > 0.0 else 0.0
    return Span(
        language(
            "{low} to {high} points on these scenarios, at most {below} % below the plan",
            low=figure(found.low, language=language),
            high=figure(found.high, language=language),
            below=figure(below, language=language),
        )
    )
