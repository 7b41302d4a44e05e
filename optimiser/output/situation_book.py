"""A workbook to fill in with a situation report: what is there stands in it already, what is heard is typed."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.files.workbook.cells import WORDS
from optimiser.model.instance import Instance
from optimiser.model.values.words import TENSION, find_nearest
from optimiser.operation.now.report import PostReport, SectorReport, SituationReport
from optimiser.operation.now.sheets import (
    ANSWERS,
    CLOCKS,
    COLUMNS,
    DELEGATION_WORDS,
    LABELS,
    PHASE_WORDS,
    SHEETS,
    UNHEARD,
)
from optimiser.output.excel.book import Book, BookSheet, clock_value
from optimiser.simulation.index_instance import index_instance

ROAD = 20  # rows for columns on the road; assumed
MOST_PEOPLE, MOST_UNITS = 10_000_000, 10_000  # what a cell takes; assumed
_ANY_TIME = {"validate": "time", "criteria": "between", "minimum": 0.0, "maximum": 0.99999, "error_type": "warning"}


def write_situation_template(
    instance: Instance, language: Language = ENGLISH, report: SituationReport | None = None
) -> bytes:
    """Make a workbook of a report to fill in; a cell where nothing can be said is grey.

    Parameters
    ----------
    report : what stands in it already; nothing if left out.
    """
    told = instance.told_in(language.code)
    book = Book(language("Situation of {name}", name=told.title), language)
    _write_head(book, told, report)
    _write_sectors(book, told, report)
    _write_people(book, told, report)
    _write_units(book, told, report)
    _write_road(book, told, report)
    return book.finish()


def _write_head(book: Book, told: Instance, report: SituationReport | None) -> None:
    _, title, road = book.language, SHEETS["report"], SHEETS["road"]
    page = book.sheet(_(title))
    page.widths(44, 26, 60)
    values: dict[str, object] = {"instance": told.name, "at": None, "listed": None}
    if report is not None:
        values |= {"at": clock_value(report.at), "listed": None if report.road is None else WORDS[_.code][0]}
    helps = {
        "instance": told.title,
        "at": _("a clock time such as 14:30"),
        "listed": _("yes: nobody else is on the road than the sheet {name} says", name=_(road)),
    }
    for row, (key, label) in enumerate(LABELS.items()):
        look = {"instance": "text", "at": "clock", "listed": "text"}[key]
        page.put(row, 0, _(label), "head")
        page.put(row, 1, values[key], look)
        page.put(row, 2, helps[key], "under")
        if key != "instance":
            page.choose((row, row), (1, 1), _ANY_TIME if key == "at" else _list(WORDS[_.code]))
    page.put(len(LABELS) + 1, 0, _(UNHEARD), "under")


def _begin(book: Book, key: str, widths: Sequence[float], more: Sequence[str] = (), pinned: int = 1) -> BookSheet:
    """Add a sheet with its header."""
    page = book.sheet(book.language(SHEETS[key]))
    page.widths(*widths)
    titles = list(COLUMNS[key])
    numbers = [n for n, title in enumerate(titles) if title in ("number", "water")]
    page.head(
        0,
        [*(book.language(COLUMNS[key][t]) for t in titles), *more],
        (*numbers, *range(len(titles), len(titles) + len(more))),
    )
    page.sheet.freeze_panes(1, pinned)
    page.sheet.repeat_rows(0)
    return page


def _write_sectors(book: Book, told: Instance, report: SituationReport | None) -> None:
    _, facts = book.language, index_instance(told)
    page = _begin(book, "sectors", (38, 13, 14, 20, 12, 14, 18, 12, 12))
    choices = {
        "phase": [_(word) for word in PHASE_WORDS.values()],
        "mood": [anchor.say(_.code) for anchor in TENSION],
        "delegation": [_(word) for word in DELEGATION_WORDS.values()],
        **dict.fromkeys(ANSWERS, WORDS[_.code]),
    }
    known = {} if report is None else {one.id: one for one in report.sectors}
    for s, sector in enumerate(told.sectors):
        visited = facts.slot_first[s] < facts.slot_first[s + 1]
        closed = {
            *(() if visited else ("phase", "mood")),
            *(() if sector.official is not None else ("delegation", "since")),
            *(() if sector.critical else ("stopped",)),
        }
        page.put(s + 1, 0, sector.name)
        for column, key in enumerate(COLUMNS["sectors"]):
            if key == "place":
                continue
            look = "info" if key in closed else "clock" if key in CLOCKS else "number" if key == "water" else "text"
            page.put(s + 1, column, _say(known.get(sector.id), key, _), look)
            if key in closed:
                continue
            if key in choices:
                page.choose((s + 1, s + 1), (column, column), _list(choices[key], "warning"))
            elif key in CLOCKS:
                page.choose((s + 1, s + 1), (column, column), _ANY_TIME)


def _write_people(book: Book, told: Instance, report: SituationReport | None) -> None:
    page, facts, row = _begin(book, "people", (38, 44, 18), pinned=2), index_instance(told), 0
    known = {} if report is None else {one.id: one.people for one in report.sectors}
    for s, sector in enumerate(told.sectors):
        for slot in range(facts.slot_first[s], facts.slot_first[s + 1]):
            row += 1
            gathering = told.gatherings[facts.slot_gathering[slot]]
            number = known.get(sector.id, {}).get(gathering.id)
            page.put_row(row, (sector.name, gathering.name, number), ("text", "text", "whole"))
            page.choose((row, row), (2, 2), _count(MOST_PEOPLE))


def _write_units(book: Book, told: Instance, report: SituationReport | None) -> None:
    dry = [vehicle.name for vehicle in told.vehicles if not vehicle.water_cannon]
    kinds = [team.name for team in told.teams]
    page = _begin(book, "units", (38, *(12.0 for _ in (*kinds, *dry))), (*kinds, *dry))
    help_ = Message("Once one number of a row is given, kinds left empty are not there.")
    page.sheet.write_comment(0, 0, book.language(help_), {"x_scale": 1.4})
    last = len(kinds) + len(dry)
    known: dict[str, SectorReport | PostReport] = {}
    if report is not None:
        known |= {one.id: one for one in report.sectors}
        known |= {one.id: one for one in report.posts}
    for row, place in enumerate((*told.sectors, *told.posts), 1):
        closed = len(dry) if row <= len(told.sectors) else 0
        page.put(row, 0, place.name)
        page.put_row(row, _list_units(known.get(place.id), told), ["whole"] * (last - closed) + ["info"] * closed, 1)
        page.choose((row, row), (1, last - closed), _count(MOST_UNITS))


def _write_road(book: Book, told: Instance, report: SituationReport | None) -> None:
    page = _begin(book, "road", (34, 34, 34, 12, 12), pinned=0)
    choices = (
        [place.name for place in (*told.posts, *told.reinforcements)],
        [sector.name for sector in told.sectors],
        [team.name for team in told.teams],
    )
    for row in range(1, ROAD + 1):
        page.put_row(row, (None,) * 5, ("text", "text", "text", "whole", "clock"))
    names = {place.id: place.name for place in (*told.posts, *told.reinforcements, *told.sectors)}
    kinds = {team.id: team.name for team in told.teams}
    columns = () if report is None else report.road or ()
    rows = [(one, kind, n) for one in columns for kind, n in one.teams.items()]
    for row, (one, kind, n) in enumerate(rows, 1):
        cells = (names[one.start], names[one.sector], kinds[kind], n, clock_value(one.arrives))
        page.put_row(row, cells, ("text", "text", "text", "whole", "clock"))
    lists = book.sheet("_lists")
    lists.sheet.hide()
    for column, offered in enumerate(choices):
        for row, name in enumerate(offered):
            lists.put(row, column, name)
        if offered:
            letter = "ABC"[column]
            rule = {"validate": "list", "source": f"=_lists!${letter}$1:${letter}${len(offered)}"}
            page.choose((1, ROAD), (column, column), rule)
    page.choose((1, ROAD), (3, 3), _count(MOST_UNITS))
    page.choose((1, ROAD), (4, 4), _ANY_TIME)


def _say(told: SectorReport | None, key: str, language: Language) -> object:
    """Return what is reported of a sector as it stands in a cell; None where nothing is."""
    value = None if told is None else getattr(told, key)
    if value is None or key in CLOCKS:
        return None if value is None else clock_value(value)
    if key in ANSWERS:
        return WORDS[language.code][0 if value else 1]
    if key in ("phase", "delegation"):
        return language((PHASE_WORDS if key == "phase" else DELEGATION_WORDS)[value])
    if key == "mood":
        word = find_nearest(float(value), TENSION)
        return word.say(language.code) if word.value == float(value) else float(value)
    return float(value)


def _list_units(told: SectorReport | PostReport | None, instance: Instance) -> list[int | None]:
    """List how many of each kind are reported in a place, in the order of the columns."""
    teams = told.teams if told is not None else None
    vehicles = told.vehicles if isinstance(told, PostReport) else None
    return [
        *(None if teams is None else teams.get(team.id, 0) for team in instance.teams),
        *(None if vehicles is None else vehicles.get(v.id, 0) for v in instance.vehicles if not v.water_cannon),
    ]


def _list(words: Sequence[str], strictness: str = "stop") -> dict[str, object]:
    return {"validate": "list", "source": list(words), "error_type": strictness}


def _count(most: int) -> dict[str, object]:
    return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": most, "error_type": "warning"}
