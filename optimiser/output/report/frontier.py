"""How many are enough, as a section of the report: the answer, the drawing, and the curve level by level."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, ends, mean, plain, tell_rare
from optimiser.model.instance import Instance
from optimiser.output.drawing.frontier import WIDTH, draw_frontier
from optimiser.output.report.blocks import Block, Cell, Grid, Listing, Paragraph, Picture, Section
from optimiser.output.report.page import drawing
from optimiser.planning.evaluation import Interval
from optimiser.questions.frontier import Frontier, Level
from optimiser.questions.resources import tell_rule, tell_spent

NARROW = 348  # px; what a phone 390 px wide has room for
TONES = {"too few": "bad", "enough": "good"}


def frontier_section(frontier: Frontier, language: Language = ENGLISH) -> Section:
    """Make the section of a frontier that was traced."""
    return Section("frontier", language("How many are enough?"), list(_blocks(frontier, language)))


def ask_for_frontier(instance: Instance, language: Language = ENGLISH) -> Section:
    """Make the section that says how a report gets a frontier."""
    command = f"optimiser plan {instance.name} --out DIR --frontier"
    said = language("This was not asked. {command} adds it to this report.", command=command)
    return Section("frontier", language("How many are enough?"), [Paragraph(said, "note")])


def _blocks(frontier: Frontier, language: Language) -> Iterator[Block]:
    yield Paragraph(frontier.sentence(language))
    if frontier.planned:
        wide = drawing(draw_frontier(frontier, language, width=WIDTH, key="frontier"))
        narrow = drawing(draw_frontier(frontier, language, width=NARROW, key="frontier-s"))
        caption = language("Means with 95 % intervals. Ring and dashed line: the fewest not shown to be too few.")
        yield Picture(wide, narrow, caption)
    unit = frontier.unit(language)
    columns = [
        (capitalise(unit), False),
        (language("Used"), True),
        (language("Points"), True),
        (language("More than the largest"), True),
        (language("Injured"), True),
        (language("That is"), False),
    ]
    yield Grid(columns, [_row(frontier, level, language) for level in frontier.levels])
    if said := tell_rare(_shown(frontier), language):
        yield Paragraph(said, "note")
    if any(level.spent for level in frontier.levels):
        yield Paragraph(tell_spent(frontier.budget, language), "note")
    for level in frontier.levels:
        if level.why:
            amount = language.number(f"{level.amount:,}")
            yield Paragraph(language("With {amount} these cannot be met together:", amount=amount))
            yield Listing([plain(language(name)) for name in level.why])
    yield Paragraph(plain(tell_rule(frontier.instance, frontier.resource, language)), "note")
    said = language(
        "Over {n} fresh scenarios, the same for every level. Each level is the best plan found, not a proved optimum.",
        n=language.number(f"{frontier.reporting:,}"),
    )
    yield Paragraph(said, "note")


def _shown(frontier: Frontier) -> Iterator[Interval]:
    """Give the intervals that the table shows."""
    for level in frontier.planned:
        if level.evaluation is not None:
            yield from (level.evaluation.loss, level.evaluation.harms["injuries"])
        if level.against is not None:
            yield level.against.loss


def _row(frontier: Frontier, level: Level, language: Language) -> list[Cell]:
    amount = Cell((language.number(f"{level.amount:,}"),))
    word = frontier.word(level)
    if level.evaluation is None:
        return [amount, *(Cell(("",)) for _ in range(4)), Cell((language(word),), "bad")]
    loss, injured, more = level.evaluation.loss, level.evaluation.harms["injuries"], level.against
    return [
        amount,
        Cell((language.number(f"{level.used:,}"),)),
        Cell((mean(loss, language=language), ends(loss, language=language))),
        Cell((mean(more.loss, True, language), ends(more.loss, True, language)) if more else ("–",)),
        Cell((mean(injured, language=language), ends(injured, language=language))),
        Cell((language(word), *((language("budget spent"),) if level.spent else ())), TONES.get(word, "")),
    ]
