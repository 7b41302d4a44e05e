"""What is firm and what is negotiable, as a section of the report."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.model.instance import Instance
from optimiser.output.blocks import Section
from optimiser.output.report.frontier import tell_unasked
from optimiser.output.sections.comparison import firmness_blocks
from optimiser.questions.firmness import Firmness


def firmness_section(found: Firmness, language: Language = ENGLISH) -> Section:
    """Make the section of what is firm in the plan."""
    return Section(language("Firm or negotiable?"), list(firmness_blocks(found, language)), "firm")


def ask_for_firmness(instance: Instance, language: Language = ENGLISH, file: str = "") -> Section:
    """Make the section that says how a report gets it.

    Parameters
    ----------
    file : as in `ask_for_frontier`.
    """
    return Section(language("Firm or negotiable?"), [tell_unasked("--firm", instance, language, file)], "firm")
