"""How many are enough, as a section of the report: the answer, the drawing, and the curve level by level."""

from __future__ import annotations

import shlex

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.instance import Instance
from optimiser.output.blocks import Block, Paragraph, Picture, Section
from optimiser.output.drawing.frontier import WIDTH, draw_frontier
from optimiser.output.render_page import drawing
from optimiser.output.sections.frontier import curve_blocks
from optimiser.questions.frontier import Frontier

NARROW = 348  # px; what a phone 390 px wide has room for


def frontier_section(frontier: Frontier, language: Language = ENGLISH) -> Section:
    """Make the section of a frontier that was traced."""
    blocks: list[Block] = [Paragraph(frontier.sentence(language))]
    if frontier.planned:
        wide = drawing(draw_frontier(frontier, language, width=WIDTH, key="frontier"))
        narrow = drawing(draw_frontier(frontier, language, width=NARROW, key="frontier-s"))
        caption = language("Means with 95 % intervals. Ring and dashed line: the fewest not shown to be too few.")
        blocks.append(Picture(wide, narrow, caption))
    return Section(language("How many are enough?"), [*blocks, *curve_blocks(frontier, language)], "frontier")


def ask_for_frontier(instance: Instance, language: Language = ENGLISH, file: str = "") -> Section:
    """Make the section that says how a report gets a frontier.

    Parameters
    ----------
    file : what a command is given to read the instance; its name if empty.
    """
    return Section(language("How many are enough?"), [tell_unasked("--frontier", instance, language, file)], "frontier")


def tell_unasked(option: str, instance: Instance, language: Language, file: str) -> Paragraph:
    """Say with which option of `optimiser plan` a section gets its answer."""
    command = f"optimiser plan {shlex.quote(file or instance.name)} --out DIR {option}"
    said = language(
        "This was not asked. {command} adds it to this report, DIR being its folder.", command=plain(command)
    )
    return Paragraph(said, "note")
