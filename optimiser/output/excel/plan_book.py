"""The plan as a workbook for the briefing room: who stands where, what is required, what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import percent, plain
from optimiser.files.plan_tables.layout import SHEET
from optimiser.output.blocks import Block, Pairs, Paragraph, Table, Value, lines, plain_text
from optimiser.output.documents.plan import admit
from optimiser.output.excel.balance import write_limits, write_needs
from optimiser.output.excel.book import Book, BookSheet
from optimiser.output.excel.expected import put_interval, put_rare, write_harms, write_timeline
from optimiser.output.excel.firmness import write_firmness
from optimiser.output.excel.moving import write_accompaniments, write_movements
from optimiser.output.excel.plotting import write_plotting, write_stamp
from optimiser.output.excel.stations import write_reserve, write_sectors, write_vehicles
from optimiser.output.sections.parts import name_law
from optimiser.output.sections.plan import (
    claim_pairs,
    overview_blocks,
    remark_blocks,
    tell_planning,
    tell_unproved,
    tell_when,
)
from optimiser.output.words.bands import tell_band, tell_draws
from optimiser.output.words.head_counts import list_head_counts
from optimiser.planning.evaluation import Interval
from optimiser.planning.solution import Solution
from optimiser.questions.firmness import Firmness
from optimiser.simulation.events import Event


def write_plan_book(
    solution: Solution, events: Iterable[Event], language: Language = ENGLISH, firmness: Firmness | None = None
) -> bytes:
    """Write a plan as a workbook; the same plan gives the same bytes.

    Parameters
    ----------
    events : of the scenario that is told, reporting scenario 0.
    language : of the reader.
    firmness : what is firm in the plan, where that was asked.

    Returns
    -------
    Content of a file in the format ``.xlsx``.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    book = Book(plain(solution.instance.title), language)
    _write_summary(book.sheet(language("Summary")), solution, language, firmness)
    write_sectors(book.sheet(language("Sectors")), solution, language)
    if solution.instance.accompaniments:
        write_accompaniments(book.sheet(language("With gatherings")), solution, language)
    if solution.instance.movements:
        write_movements(book.sheet(language("Movements")), solution, language)
    write_plotting(book.sheet(language(SHEET)), solution.instance, solution.deployment, language)
    write_reserve(book.sheet(language("Reserve")), solution, language)
    write_vehicles(book.sheet(language("Vehicles")), solution, language)
    if firmness is not None:
        write_firmness(book.sheet(language("Firm or negotiable")), firmness, language)
    write_needs(book.sheet(language("Required, have, need")), solution, language)
    write_limits(book.sheet(language("Limits")), solution, language)
    write_timeline(book.sheet(language("Timeline")), solution.instance, events, language)
    write_harms(book.sheet(language("Harms")), solution, language)
    _write_settings(book.sheet(language("Settings")), solution, language)
    write_stamp(book, solution.instance, solution.deployment, language)
    return book.finish()


def _write_summary(page: BookSheet, solution: Solution, language: Language, firmness: Firmness | None) -> None:
    instance = solution.instance
    page.widths(30, 15, 15, 15, 15, 15, 15, 15)
    page.whole_parts = True
    page.put(0, 0, plain(instance.title), "title")
    page.put_across(1, 0, 7, tell_when(instance, language), "under")
    row = 3
    for block in (*overview_blocks(solution, language, firmness), *remark_blocks(solution, language)):
        row = _write_block(page, row, block)
    row = _write_heads(page, row + 1, solution, language)
    row = _write_levers(page, row, solution, language)
    row = _write_alternatives(page, row, solution, language)
    page.put_across(row, 0, 7, language("How far to trust this"), "part")
    _write_block(page, row + 1, claim_pairs(solution, language))


def _write_block(page: BookSheet, row: int, block: Block) -> int:
    """Write facts, the places over the day, or a remark; give the row below."""
    match block:
        case Pairs():
            for name, value in block.pairs:
                page.put(row, 0, name, "bold")
                page.put_across(row, 1, 7, _text(value))
                row += 1
        case Table():
            _write_cells(page, row + 1, [column.title for column in block.columns], "head")
            row += 2
            for cells in block.rows:
                _write_cells(page, row, [_text(value) for value in cells], "text")
                row += 1
        case Paragraph():
            page.put_across(row, 0, 7, _text(block.text), "under")
            row += 1
    return row


def _write_cells(page: BookSheet, row: int, cells: Sequence[str], look: str) -> None:
    """Write the cells of the overview: where, who over three columns, when over two, yellow, red."""
    where, who, when, *risks = cells
    page.put(row, 0, where, "head" if look == "head" else "bold")
    page.put_across(row, 1, 3, who, look)
    page.put_across(row, 4, 5, when, look)
    page.put_row(row, risks, look, 6)


def _text(value: Value) -> str:
    return "\n".join(plain(plain_text(line)) for line in lines(value))


def _write_heads(page: BookSheet, row: int, solution: Solution, language: Language) -> int:
    heads = solution.verdict.heads
    page.put(row, 0, language("Heads"), "part")
    counts = list_head_counts(heads, language)
    page.put_row(row + 1, [name for name, _ in counts], "right", 1)
    page.put(row + 2, 0, language("Heads"), "bold")
    page.put_row(row + 2, [number for _, number in counts], "whole", 1)
    return row + 4


def _write_levers(page: BookSheet, row: int, solution: Solution, language: Language) -> int:
    if not solution.levers:
        return row
    sectors = {sector.id: sector for sector in solution.instance.sectors}
    page.put_across(row, 0, 7, language("First: who meets the crowd, and how soon"), "part")
    header = (
        language("If a delegation were received at"),
        language("within, min"),
        language("now likely"),
        language("points"),
        language("from"),
        language("to"),
        language("injured"),
        language("effect"),
    )
    page.head(row + 1, header, {1, 3, 4, 5, 6})
    words = {"better": (language("helps"), "good"), "worse": (language("harms"), "bad")}
    row += 2
    for lever in solution.levers:
        official = sectors[lever.sector].official
        page.put(row, 0, plain(sectors[lever.sector].name), "bold")
        page.put(row, 1, lever.minutes, "whole")
        page.put(row, 2, percent(float(official.chance), language=language) if official else "")
        put_interval(page, row, 3, lever.change.loss, language, "change")
        _put_mean(page, row, 6, lever.change.harms["injuries"])
        page.put(row, 7, *words.get(lever.change.sentence, (language(lever.change.sentence), "pale")))
        row += 1
    note = language("Same plan, same scenarios, with minus without, with its 95 % interval. It costs no personnel.")
    page.put_across(row, 0, 7, note, "under")
    return put_rare(page, row + 1, 7, (lever.change.loss for lever in solution.levers), language) + 1


def _put_mean(page: BookSheet, row: int, column: int, interval: Interval) -> None:
    page.put(row, column, interval.mean, "change")


def _write_alternatives(page: BookSheet, row: int, solution: Solution, language: Language) -> int:
    if not solution.alternatives:
        return row
    page.put_across(row, 0, 7, language("Against other plans"), "part")
    header = (
        language("alternative"),
        language("its points"),
        language("plan minus it"),
        language("from"),
        language("to"),
        language("injured"),
        language("the plan is"),
        language("it breaks"),
    )
    page.head(row + 1, header, {1, 2, 3, 4, 5})
    looks = {"better": "good", "worse": "bad"}
    for other in solution.alternatives:
        page.put(row + 2, 0, plain(language(other.name)), "bold")
        page.put(row + 2, 1, other.evaluation.loss.mean, "two")
        put_interval(page, row + 2, 2, other.against.loss, language, "change")
        _put_mean(page, row + 2, 5, other.against.harms["injuries"])
        page.put(row + 2, 6, language(other.against.sentence), looks.get(other.against.sentence, "pale"))
        broken = len(other.verdict.violations)
        page.put(row + 2, 7, language.plural("{n} rule", "{n} rules", broken) if broken else language("none"), "pale")
        row += 1
    note = language("Paired on the same scenarios; negative is in the plan's favour; 95 % interval.")
    page.put_across(row + 2, 0, 7, note, "under")
    row = put_rare(page, row + 3, 7, (other.against.loss for other in solution.alternatives), language)
    return _write_law_range(page, row + 1, solution, language)


def _write_law_range(page: BookSheet, row: int, solution: Solution, language: Language) -> int:
    """Write in how many draws of the law's constants the plan is preferred, and between which points losses lie."""
    found = solution.law_range
    if found is None:
        return row
    page.put_across(row, 0, 7, language("Over the law's ranges"), "part")
    header = (
        language("alternative"),
        language("plan minus it, from"),
        language("to"),
        language("lower loss in"),
        language("shown better in"),
        language("shown worse in"),
        language("its points, from"),
        language("to"),
    )
    page.head(row + 1, header, range(1, 8))
    row += 2
    for other, one, band in zip(solution.alternatives, found.differences, found.losses[1:], strict=True):
        page.put(row, 0, plain(language(other.name)), "bold")
        page.put_row(row, one.band, "change", 1)
        if one.equal == 1.0:
            page.put(row, 3, language("the same in every draw"), "pale")
        else:
            page.put_row(row, (one.lower, one.better, one.worse), "share", 3)
        page.put_row(row, band, "two", 6)
        row += 1
    page.put(row, 0, language("the plan"), "bold")
    page.put_row(row, found.losses[0], "two", 6)
    page.put_across(row + 1, 0, 7, tell_draws(found, language), "under")
    return row + 3


def _write_settings(page: BookSheet, solution: Solution, language: Language) -> None:
    settings, ranged = solution.settings, solution.law_range
    rows: list[tuple[str, object]] = [
        (language("instance"), solution.instance.name),
        ("sha256", solution.instance.fingerprint()),
        (language("Seed"), settings.seed),
        (language("Planning scenarios"), tell_planning(solution, language)),
        (language("Reporting scenarios"), settings.reporting),
        (language("Simulated days at most"), settings.budget),
        (language("Law of escalation"), name_law(settings, language)),
        (language("Solver"), settings.solver),
        (language("Engine"), settings.engine),
        *settings.versions.items(),
        (language("claim"), plain(language(solution.certificate.sentence))),
        (language("checked"), language(solution.verdict.sentence())),
        (language("objective on planning scenarios, points"), solution.planning_objective),
        (language("objective on fresh scenarios, points"), solution.evaluation.objective),
        (language("the first flattered the plan by, points"), solution.optimism),
        *([(language("loss over the law's ranges"), tell_band(ranged.losses[0], language))] if ranged else []),
        (
            language("replayable"),
            language("yes") if solution.replayable else language("no: the clock ended the search"),
        ),
    ]
    page.widths(40, 110)
    _put_facts(page, rows)
    page.put_across(len(rows) + 1, 0, 1, tell_unproved(language), "under")


def _put_facts(page: BookSheet, rows: Sequence[tuple[str, object]]) -> None:
    for row, (name, value) in enumerate(rows):
        page.put(row, 0, name, "bold")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        page.put(row, 1, value, "left" if number else "text")
