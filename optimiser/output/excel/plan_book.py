"""The plan as a workbook for the briefing room: who stands where, what is required, what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given, percent, plain, span
from optimiser.output.documents.plan import admit, fingerprint
from optimiser.output.excel.book import Book, Page
from optimiser.output.report.balance import write_limits, write_needs
from optimiser.output.report.expected import put_interval, put_rare, write_harms, write_timeline
from optimiser.output.report.stations import write_plotting, write_reserve, write_sectors, write_vehicles
from optimiser.planning.evaluation import Interval
from optimiser.planning.solution import Solution
from optimiser.simulation.events import Event


def write_plan_book(solution: Solution, events: Iterable[Event], language: Language = ENGLISH) -> bytes:
    """Write a plan as a workbook; the same plan gives the same bytes.

    Parameters
    ----------
    events : of the scenario that is told, reporting scenario 0.
    language : of the reader.

    Returns
    -------
    Content of a file in the format ``.xlsx``.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    book = Book(plain(solution.instance.title), language)
    _write_summary(book.sheet(language("Summary")), solution, language)
    write_sectors(book.sheet(language("Sectors")), solution, language)
    write_plotting(book.sheet(language("Plotting")), solution, language)
    write_reserve(book.sheet(language("Reserve")), solution, language)
    write_vehicles(book.sheet(language("Vehicles")), solution, language)
    write_needs(book.sheet(language("Required, have, need")), solution, language)
    write_limits(book.sheet(language("Limits")), solution, language)
    write_timeline(book.sheet(language("Timeline")), solution.instance, events, language)
    write_harms(book.sheet(language("Harms")), solution, language)
    _write_settings(book.sheet(language("Settings")), solution, language)
    return book.finish()


def _write_summary(page: Page, solution: Solution, language: Language) -> None:
    instance, period = solution.instance, solution.instance.period
    page.widths(30, 15, 15, 15, 15, 15, 15, 15)
    page.put(0, 0, plain(instance.title), "title")
    when = language(
        "{date}, {start} to {end} ({hours} h)",
        date=language.date(period.start),
        start=language.clock(f"{period.start:%H:%M}"),
        end=language.clock(instance.clock(period.minutes)),
        hours=given(float(period.hours), language),
    )
    page.put_across(1, 0, 7, when, "under")
    loss = solution.evaluation.loss
    facts = (
        (
            language("Expected loss"),
            language(
                "{loss} points over {n} fresh scenarios, none of them used to choose the plan",
                loss=span(loss, language=language),
                n=language.number(f"{loss.count:,}"),
            ),
        ),
        (language("Claim"), plain(language(solution.certificate.sentence))),
        (language("Checked"), language(solution.verdict.sentence())),
    )
    row = 3
    for name, value in facts:
        page.put(row, 0, name, "bold")
        page.put_across(row, 1, 7, value)
        row += 1
    row = _write_heads(page, row + 1, solution, language)
    row = _write_levers(page, row, solution, language)
    _write_alternatives(page, row, solution, language)


def _write_heads(page: Page, row: int, solution: Solution, language: Language) -> int:
    heads = solution.verdict.heads
    page.put(row, 0, language("Heads"), "part")
    names = (
        language("in sectors"),
        language("at posts"),
        language("vehicle crews"),
        language("deployed"),
        language("cap"),
        language("held at base"),
        language("outside the cap"),
    )
    page.put_row(row + 1, names, "right", 1)
    values = (heads.sectors, heads.posts, heads.crews, heads.counted, heads.cap, heads.base, heads.outside)
    page.put(row + 2, 0, language("Heads"), "bold")
    page.put_row(row + 2, values, "whole", 1)
    return row + 4


def _write_levers(page: Page, row: int, solution: Solution, language: Language) -> int:
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


def _put_mean(page: Page, row: int, column: int, interval: Interval) -> None:
    page.put(row, column, interval.mean, "change")


def _write_alternatives(page: Page, row: int, solution: Solution, language: Language) -> None:
    if not solution.alternatives:
        return
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
    put_rare(page, row + 3, 7, (other.against.loss for other in solution.alternatives), language)


def _write_settings(page: Page, solution: Solution, language: Language) -> None:
    settings = solution.settings
    rows: list[tuple[str, object]] = [
        (language("instance"), solution.instance.name),
        ("sha256", fingerprint(solution.instance)),
        (language("Seed"), settings.seed),
        (language("Planning scenarios"), settings.scenarios),
        (language("Reporting scenarios"), settings.reporting),
        (language("Joint replications at most"), settings.budget),
        (language("Law of escalation"), settings.law),
        (language("Solver"), settings.solver),
        (language("Engine"), settings.engine),
        *settings.versions.items(),
        (language("claim"), plain(language(solution.certificate.sentence))),
        (language("checked"), language(solution.verdict.sentence())),
        (language("objective on planning scenarios, points"), solution.planning_objective),
        (language("objective on fresh scenarios, points"), solution.evaluation.objective),
        (language("the first flattered the plan by, points"), solution.optimism),
        (
            language("replayable"),
            language("yes") if solution.replayable else language("no: the clock ended the search"),
        ),
    ]
    page.widths(40, 110)
    _put_facts(page, rows)
    note = language(
        "What real crowds do is not proved by any of this: the law's constants are assumptions to be varied."
    )
    page.put_across(len(rows) + 1, 0, 1, note, "under")


def _put_facts(page: Page, rows: Sequence[tuple[str, object]]) -> None:
    for row, (name, value) in enumerate(rows):
        page.put(row, 0, name, "bold")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        page.put(row, 1, value, "left" if number else "text")
