"""How many are enough: the answer, the curve level by level, and each harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import ends, mean
from optimiser.output.blocks import Block, Paragraph, Points, Section, Span, Table, TableColumn, Tone, Value
from optimiser.output.sections.parts import budget_spent, rare_note, title_section
from optimiser.output.words.harms import INDEPENDENT, INJURED, LISTED, Harm
from optimiser.planning.evaluation import Evaluation, Interval
from optimiser.questions.frontier import Frontier
from optimiser.questions.resources import tell_cut, tell_rule

TONES: dict[str, Tone] = {"the fewest not shown to be too few": "strong", "enough": "good", "too few": "bad"}


def frontier_sections(frontier: Frontier, language: Language = ENGLISH) -> list[Section]:
    """Lay out a frontier."""
    instance, resource = frontier.instance, frontier.resource
    name = resource.name(instance, language)
    asked = language("How many are enough? {name}, instance {instance}", name=name, instance=instance.name)
    answer = Paragraph(frontier.sentence(language), "strong")
    sections = [
        title_section(instance.title, asked),
        Section("", [answer]),
        Section(language("Expected loss, level by level"), list(levels_blocks(frontier, language))),
    ]
    if frontier.planned:
        sections.append(Section(language("Expected harms, level by level"), list(_harms(frontier, language))))
    return sections


def levels_blocks(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Lay out the curve level by level, and say what its figures are."""
    yield _curve(frontier, language)
    shown = [i for e in _evaluations(frontier) for i in (e.loss, e.harms["injuries"])]
    against = (level.against.loss for level in frontier.planned if level.against is not None)
    yield from rare_note((*shown, *against), language)
    if any(level.spent for level in frontier.levels):
        yield Paragraph(tell_cut(frontier.budget, language), "note")
    yield from _assumed(frontier, language)
    yield from _infeasible(frontier, language)
    yield Paragraph(tell_rule(frontier.instance, frontier.resource, language), "note")
    said = language(
        "Means over {n} fresh scenarios, the same for every level, with 95 % intervals; participants, public "
        "and personnel are parts of the injured. Each level is the best plan found, not a proved "
        "optimum, and starts from the plans of the other levels.",
        n=language.number(f"{frontier.reporting:,}"),
    )
    yield Paragraph(said, "note")


def _curve(frontier: Frontier, language: Language) -> Table:
    columns = (
        TableColumn(_counted(frontier, language), right=True, firm=True),
        TableColumn(language("Used"), right=True, firm=True),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("More than the largest"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("That is")),
    )

    def stacked(interval: Interval, sign: bool = False) -> Value:
        return mean(interval, sign, language), Span(ends(interval, sign, language), "soft")

    rows: list[Sequence[Value]] = []
    for level in frontier.levels:
        word = frontier.word(level)
        said = Span(language(word), TONES.get(word, "bad" if level.evaluation is None else "soft"))
        amount = Span(language.number(f"{level.amount:,}"), "strong")
        if level.evaluation is None:
            rows.append((amount, "", "", "", "", said))
            continue
        rows.append(
            (
                amount,
                language.number(f"{level.used:,}"),
                stacked(level.evaluation.loss),
                stacked(level.against.loss, True) if level.against else "–",
                stacked(level.evaluation.harms["injuries"]),
                budget_spent(said, level.spent, language),
            )
        )
    return Table(columns, rows)


def _counted(frontier: Frontier, language: Language) -> str:
    """Head the column of levels with what is counted; the name of a kind would leave no room for the others."""
    return _capitalise(frontier.unit(language))


def _capitalise(words: str) -> str:
    return words[:1].upper() + words[1:]


def _assumed(frontier: Frontier, language: Language) -> Iterator[Block]:
    """Say which teams are assumed beyond those that exist."""
    if frontier.resource.sort != "heads":
        return
    for level in frontier.levels:
        more = [
            f"{int(new.count)} x {new.name} ({int(new.count) - int(old.count):+d})"
            for new, old in zip(level.instance.teams, frontier.instance.teams, strict=True)
            if new.count != old.count
        ]
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


def _harms(frontier: Frontier, language: Language) -> Iterator[Block]:
    for harms in (INJURED, INDEPENDENT[1:]):
        yield _harms_table(frontier, harms, language)
    shown = (e.harms[harm.id] for e in _evaluations(frontier) for harm in LISTED)
    yield from rare_note(shown, language)


def _evaluations(frontier: Frontier) -> Iterator[Evaluation]:
    return (level.evaluation for level in frontier.planned if level.evaluation is not None)


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
