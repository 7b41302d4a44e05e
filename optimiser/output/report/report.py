"""The report: a whole plan on one page for people, facilitation first, with every claim in its exact words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import ends, mean, percent
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.output.blocks import Block, Figures, Paragraph, Points, Section
from optimiser.output.documents.plan import admit, match
from optimiser.output.render_page import to_page
from optimiser.output.report.firmness import ask_for_firmness, firmness_section
from optimiser.output.report.frontier import ask_for_frontier, frontier_section
from optimiser.output.report.pictures import draw_alternatives, draw_day, draw_hours, draw_place
from optimiser.output.sections.expected import expected_blocks, tell_overtime
from optimiser.output.sections.plan import (
    alternatives_section,
    claim_pairs,
    overview_blocks,
    receptions_section,
    remark_blocks,
    settings_pairs,
    tell_objective,
    tell_replayable,
    tell_robust,
    tell_unproved,
    tell_when,
)
from optimiser.output.sections.roster import (
    base_blocks,
    companions_blocks,
    heads_blocks,
    most_lost,
    reserve_blocks,
    sectors_blocks,
    tell_moving,
)
from optimiser.output.words.bands import tell_band
from optimiser.planning.participation import share_held
from optimiser.planning.solution import Solution
from optimiser.questions.firmness import Firmness
from optimiser.questions.frontier import Frontier
from optimiser.simulation.dispatch import Dispatch, send_nearest

VIOLATIONS = 20  # of an alternative that are listed
MOST = 40  # sectors in the table; of more, those where most is lost, so that it stays a report


def write_report(
    solution: Solution,
    language: Language = ENGLISH,
    *,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    more: Sequence[Section] = (),
    frontier: Frontier | None = None,
    firmness: Firmness | None = None,
    file: str = "",
) -> bytes:
    """Write the report of a plan as one HTML file.

    Parameters
    ----------
    law, dispatch : as in `write.write_solution`; the plan is simulated again.
    more : further sections; they come before what is said about trust.
    frontier : how many are enough; if left out, the report says with which command it is added.
    firmness : what is firm in the plan; likewise.
    file : as in `write.write_solution`.

    Returns
    -------
    The page; the same solution gives the same bytes.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    Mismatch : the plan was made under another law, or what is given besides is of another instance or plan.
    """
    admit(solution)
    law = match(solution, law, frontier, firmness)
    instance = solution.instance
    chosen = most_lost(solution, MOST) if len(instance.sectors) > MOST else None
    sectors = [*heads_blocks(solution, language), *sectors_blocks(solution, language, chosen)]
    expected = [_figures(solution, language), *expected_blocks(solution.evaluation, solution.law_range, language)]
    drawn = list(draw_alternatives(solution, language)) if solution.alternatives else []
    sections = [
        Section("", list(_head(solution, language, firmness))),
        _receptions(solution, language),
        Section(language("Map"), list(draw_place(solution, language)), "map"),
        Section(language("Sectors"), sectors, "sectors"),
        Section(language("Callable reserve, out of sight"), list(reserve_blocks(solution, language)), "reserve"),
        Section(tell_moving(language), list(companions_blocks(solution, language)), "companions"),
        Section(language("Held at base, not callable"), list(base_blocks(solution, language)), "base"),
        Section(language("What to expect"), expected, "expected"),
        Section(language("Hour by hour"), list(draw_hours(solution, law, dispatch, language)), "hours"),
        Section(language("A hard day, told"), list(draw_day(solution, law, dispatch, language, file)), "day"),
        alternatives_section(solution, language, drawn, VIOLATIONS),
        frontier_section(frontier, language) if frontier else ask_for_frontier(instance, language, file),
        firmness_section(firmness, language) if firmness else ask_for_firmness(instance, language, file),
        *more,
        Section(
            language("How far to trust this"), [claim_pairs(solution, language), _trust(solution, language)], "trust"
        ),
        Section(language("Settings"), [settings_pairs(solution, language)], "settings"),
    ]
    shown = [section for section in sections if section.blocks]
    return to_page(
        "report.html", language, title=instance.title, subtitle=tell_when(instance, language), sections=shown
    )


def _head(solution: Solution, language: Language, firmness: Firmness | None) -> Iterator[Block]:
    yield from overview_blocks(solution, language, firmness, drawn=True)
    about = " ".join(solution.instance.about.split())
    if about:
        yield Paragraph(about)
    yield from remark_blocks(solution, language)


def _figures(solution: Solution, language: Language) -> Figures:
    """Set what is expected in key figures."""
    evaluation, heads = solution.evaluation, solution.verdict.heads
    shares = evaluation.worst_phase()
    injured, share = evaluation.harms["injuries"], share_held(evaluation)
    held_of = language("of the time for which people come can be held")
    held = [] if share is None else [(percent(share, language=language), held_of)]
    number, cap = (language.number(f"{n:,}") for n in (heads.counted, heads.cap))
    hurt, lost = language("injured people, all alike"), language("points lost")
    points = f"{lost} {ends(evaluation.loss, False, language)}"
    if solution.law_range is not None:
        points = f"{points}, {tell_band(solution.law_range.losses[0], language)}"
    return Figures(
        [
            (percent(shares["peaceful"], language=language), language("of scenarios stay peaceful everywhere")),
            (percent(shares["red"], language=language), language("turn red somewhere")),
            (mean(injured, language=language), f"{hurt} {ends(injured, False, language)}"),
            *held,
            (mean(evaluation.loss, language=language), points),
            (number, language("heads deployed, {cap} allowed", cap=cap)),
        ]
    )


def _receptions(solution: Solution, language: Language) -> Section:
    """Say before the table of receptions why it comes first."""
    section = receptions_section(solution, language)
    if not solution.levers:
        return section
    said = language(
        "Whether an official meets the crowd, and how soon, is the strongest lever, and it costs no personnel."
    )
    return replace(section, blocks=[Paragraph(said), *section.blocks])


def _trust(solution: Solution, language: Language) -> Points:
    return Points(
        [
            tell_objective(solution, language),
            tell_replayable(solution.replayable, language),
            tell_overtime(solution.instance, language),
            *([said] if (said := tell_robust(solution, language)) else []),
            tell_unproved(language),
            language("It advises. Who commands decides, and a pin in the file puts any decision first."),
        ]
    )
