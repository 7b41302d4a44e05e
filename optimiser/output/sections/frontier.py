"""How many are enough: the answer, the curve level by level, and each harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import ends, mean, span
from optimiser.model.harms import INDEPENDENT, INJURED, Harm
from optimiser.output.blocks import Block, Paragraph, Points, Section, Span, Table, TableColumn, Tone, Value
from optimiser.output.sections.parts import law_range_blocks, mark_spent, rare_note, title_section
from optimiser.planning.evaluation import Evaluation, Interval
from optimiser.questions.frontier import Frontier
from optimiser.questions.resources import tell_rule, tell_spent

TONES: dict[str, Tone] = {"the fewest not shown to be too few": "strong", "enough": "good", "too few": "bad"}


def frontier_sections(frontier: Frontier, language: Language = ENGLISH) -> list[Section]:
    """Lay out a frontier."""
    instance = frontier.instance
    name = frontier.resource.name(instance, language)
    asked = language("How many are enough? {name}, instance {instance}", name=name, instance=instance.name)
    answer = Paragraph(frontier.sentence(language), "strong")
    curve = [_curve_table(frontier, language), *_level_notes(frontier, language), *_over_law(frontier, language)]
    foot = [*rare_note(_shown(frontier), language), _means_note(frontier, language), _search_note(language)]
    sections = [
        title_section(instance.title, asked),
        Section("", [answer, _rule_note(frontier, language)]),
        Section(language("Expected loss, level by level"), curve if frontier.planned else [*curve, *foot]),
    ]
    if frontier.planned:
        harms = (_harms_table(frontier, harms, language) for harms in (INJURED, INDEPENDENT[1:]))
        sections.append(Section(language("Expected harms, level by level"), [*harms, *foot]))
    return sections


def _shown(frontier: Frontier) -> Iterator[Interval]:
    for level in frontier.planned:
        assert level.evaluation is not None
        yield from (level.evaluation.loss, *level.evaluation.harms.values())
        if level.against is not None:
            yield level.against.loss


def curve_blocks(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Lay out the curve where there is no room for each harm, with those injured, and say what its figures are."""
    yield _curve_table(frontier, language, injured=True)
    shown = [i for e in _evaluations(frontier) for i in (e.loss, e.harms["injuries"])]
    against = (level.against.loss for level in frontier.planned if level.against is not None)
    yield from rare_note((*shown, *against), language)
    yield from _level_notes(frontier, language)
    yield from _over_law(frontier, language)
    yield _rule_note(frontier, language)
    yield _means_note(frontier, language)


def _evaluations(frontier: Frontier) -> Iterator[Evaluation]:
    return (level.evaluation for level in frontier.planned if level.evaluation is not None)


def _curve_table(frontier: Frontier, language: Language, injured: bool = False) -> Table:
    """Lay out expected loss level by level.

    Parameters
    ----------
    injured : whether a column tells those injured too; intervals stand below their means then.
    """
    columns = [
        TableColumn(_counted(frontier, language), right=True, firm=True),
        TableColumn(language("Used"), right=True, firm=True),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("More than the largest"), firm=True),
        *([TableColumn(language("Injured"), firm=True)] if injured else []),
        TableColumn(language("That is")),
    ]

    def interval(shown: Interval, sign: bool = False) -> Value:
        if not injured:
            return span(shown, sign, language)
        return mean(shown, sign, language), Span(ends(shown, sign, language), "soft")

    rows: list[Sequence[Value]] = []
    for level in frontier.levels:
        word = frontier.word(level)
        said = Span(language(word), TONES.get(word, "bad" if level.evaluation is None else "soft"))
        row: list[Value] = [Span(language.number(f"{level.amount:,}"), "strong")]
        if level.evaluation is None:
            row += [""] * (len(columns) - 2)
        else:
            row += [language.number(f"{level.used:,}"), interval(level.evaluation.loss)]
            row.append(interval(level.against.loss, True) if level.against else "–")
            row += [interval(level.evaluation.harms["injuries"])] if injured else []
        rows.append([*row, mark_spent(said, level.evaluation is not None and level.spent)])
    return Table(columns, rows)


def _level_notes(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Say which searches were cut off, which teams are assumed, and which requirements clash."""
    if any(level.spent for level in frontier.levels):
        yield Paragraph(tell_spent(frontier.budget, language), "note")
    yield from _assumed(frontier, language)
    yield from _infeasible(frontier, language)


def _over_law(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Say which differences from the largest level survive the plausible constants of the law, and how levels move."""
    if frontier.law_range is not None:
        unit = frontier.unit(language)
        names = [f"{language.number(f'{level.amount:,}')} {unit}" for level in frontier.planned]
        what = language("More than the largest")
        yield from law_range_blocks(frontier.law_range, what, names[:-1], names, language)


def _rule_note(frontier: Frontier, language: Language) -> Paragraph:
    """Say what varies, and what is assumed beyond what exists."""
    return Paragraph(tell_rule(frontier.instance, frontier.resource, language), "note")


def _means_note(frontier: Frontier, language: Language) -> Paragraph:
    """Say what the figures are means of."""
    said = language(
        "Means over {n} fresh scenarios, the same for every level, with 95 % intervals; participants, public "
        "and personnel are parts of the injured. Each level is the best plan found, not a proved "
        "optimum, and starts from the plans of the other levels.",
        n=language.number(f"{frontier.reporting:,}"),
    )
    return Paragraph(said, "note")


def _search_note(language: Language) -> Paragraph:
    """Say why a level may differ from the plan that was made by itself."""
    said = language(
        "'optimiser plan' searches longer than each level does here: its plan for the same number may be better."
    )
    return Paragraph(said, "note")


def _counted(frontier: Frontier, language: Language) -> str:
    """Head the column of levels with what is counted; the name of a kind would leave no room for the others."""
    return _capitalise(frontier.unit(language))


def _capitalise(words: str) -> str:
    return words[:1].upper() + words[1:]


def _assumed(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Say which teams are assumed beyond those that exist."""
    if frontier.resource.sort != "heads":
        return
    there = {team.id: int(team.count) for team in frontier.instance.teams}
    for level in frontier.levels:
        beyond = ((team, int(team.count) - there.get(team.id, int(team.count))) for team in level.instance.teams)
        more = [f"{int(team.count)} x {team.name} ({number:+d})" for team, number in beyond if number]
        if more:
            amount = language.number(f"{level.amount:,}")
            said = language("Assumed at {amount}: {teams}.", amount=amount, teams=", ".join(more))
            yield Paragraph(said, "note")


def _infeasible(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Say which requirements clash where there is no plan."""
    for level in frontier.levels:
        if level.why:
            amount = language.number(f"{level.amount:,}")
            yield Paragraph(language("With {amount} these cannot be met together:", amount=amount), "bad")
            yield Points([language(name) for name in level.why])


def _harms_table(frontier: Frontier, harms: Sequence[Harm], language: Language) -> Table:
    names = (_counted(frontier, language), *(_capitalise(language(harm.short)) for harm in harms))
    rows: list[Sequence[Value]] = []
    for level in frontier.planned:
        assert level.evaluation is not None
        found = [level.evaluation.harms[harm.id] for harm in harms]
        amount = Span(language.number(f"{level.amount:,}"), "strong")
        cells = ((mean(i, language=language), Span(ends(i, language=language), "soft")) for i in found)
        rows.append((amount, *cells))
    return Table([TableColumn(name, right=True, firm=True) for name in names], rows)
