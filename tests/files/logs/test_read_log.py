"""Logs of days that happened: what is written is read back, what people type is understood, faults name their cell."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from support.refusals import listed, refusal

from optimiser.common.language import CODES, language
from optimiser.files.logs.layout import TITLES, words_by_text
from optimiser.files.logs.read import parse_log, read_log
from optimiser.files.read import read, read_deployment
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.observed_log import WHATS, WORDS, Observation, ObservedDay, ObservedLog
from optimiser.operation.day_log import log_of
from optimiser.output.score.log_book import write_log_table, write_log_template
from optimiser.questions.played_plan import pick
from optimiser.simulation.events import KINDS, NOTES
from optimiser.simulation.simulator import simulate

ROOT = Path(__file__).parents[3]
NAMES = ("muba-2024", "seram-timur-2024", "kaur-2005")


def historical(name: str) -> Deployment:
    return read_deployment(ROOT / "instances" / f"{name}.historical.json")


def simulated(name: str, number: int) -> tuple[Instance, ObservedDay]:
    instance = read(name)
    replication, events = simulate(instance, historical(name), pick(instance, 1, number))
    return instance, log_of(instance, events, replication, historical(name), f"day {number}")


def table(*rows: tuple[Any, ...], head: tuple[str, ...] = ("time", "place", "what happened", "number")) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in (head, *rows)).encode()


def workbook(*rows: tuple[Any, ...], shape: str = "hh:mm") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page, clock = book.add_worksheet("Log"), book.add_format({"num_format": shape})
    for row, cells in enumerate([("time", "place", "what happened", "number"), *rows]):
        for column, cell in enumerate(cells):
            page.write(row, column, cell, clock if column == 0 and row and not isinstance(cell, str) else None)
    book.close()
    return stream.getvalue()


def one(raw: bytes, instance: Instance, name: str = "log.csv") -> ObservedDay:
    (day,) = parse_log(raw, name, instance).days
    return day


def faults(raw: bytes, instance: Instance, name: str = "log.csv") -> list[tuple[str, str]]:
    return listed(refusal(parse_log, raw, name, instance), name)


# ---------------------------------------------------------------- words


def test_every_kind_of_event_has_a_word_and_every_word_means_one_thing() -> None:
    assert set(KINDS) <= set(WHATS)
    assert {kind for word in WORDS for kind in word.kinds} == set(KINDS)
    assert {word.note for word in WORDS} - {""} <= set(map(str, NOTES))
    for code in CODES:
        texts = [language(code)(word.text).casefold() for word in WORDS]
        assert len(set(texts)) == len(texts)
    assert len(set(map(id, words_by_text().values()))) == len(WORDS)


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", CODES)
def test_a_simulated_day_is_written_and_read_back_as_the_same_log(name: str, code: str) -> None:
    instance, _ = simulated(name, 0)
    log = ObservedLog(tuple(simulated(name, number)[1] for number in range(3)))
    assert all(day.complete and len(day.rows) > 20 for day in log.days)
    tongue = language(code)  # type: ignore[arg-type]
    assert parse_log(write_log_table(log, instance, tongue), "log.csv", instance) == log
    assert parse_log(write_log_template(instance, tongue, log), "log.xlsx", instance) == log


texts = st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters="#'"), max_size=20)
rows = st.builds(
    Observation,
    minute=st.floats(0.0, 500.0).map(lambda m: m + 0.0),
    what=st.sampled_from(["contact", "received", "injured", "asked", "came"]),
    place=st.sampled_from(["", "kpu-muba", "polres-muba"]),
    number=st.none() | st.floats(0.0, 1e6),
    note=texts,
)


@given(st.lists(rows, min_size=1, max_size=8), st.booleans())
def test_any_log_of_known_words_is_written_and_read_back(seen: list[Observation], complete: bool) -> None:
    instance = read("muba-2024")
    places = ["", instance.sectors[0].id, instance.posts[0].id]
    known = [Observation(o.minute, o.what, places[len(o.place) % 3], number=o.number, note=o.note) for o in seen]
    day = ObservedDay("", tuple(sorted(known, key=lambda row: row.minute)), complete)
    for code in CODES:
        assert one(write_log_table(ObservedLog((day,)), instance, language(code)), instance) == day


def test_the_harms_of_a_simulated_day_stand_in_its_log() -> None:
    instance = read("kaur-2005")
    replication, events = simulate(instance, historical("kaur-2005"), pick(instance, 1, 0))
    day = log_of(instance, events, replication)
    assert sum(row.number or 0.0 for row in day.of("injured")) == pytest.approx(sum(replication.total()[:3]))
    assert [row.what for row in day.rows if row.what in KINDS] == [event.kind for event in events]


# ---------------------------------------------------------------- what people type


@pytest.mark.parametrize(
    "time", ["13:40", "13.40", "jam 13.40", "pukul 13:40 WIB", "13:40:00", "1.40 PM", "40", "40 min", "40 menit"]
)
def test_a_time_is_understood_as_people_write_it(small: Instance, time: str) -> None:
    (row,) = one(table((time, "kpu", "received")), small).rows
    assert row == Observation(40.0, "received", "kpu")


def test_what_people_write_for_a_word_is_understood(small: Instance) -> None:
    raw = table(
        ("13:40", "kpu", "Delegasi diterima"), ("13:41", "kpu", "korban luka", 2), ("14:00", "kpu", "Log lengkap")
    )
    day = one(raw, small)
    assert [row.what for row in day.rows] == ["received", "injured"]
    assert day.complete


def test_seconds_and_minutes_beside_the_clock_are_kept(small: Instance) -> None:
    assert one(table(("13:40:30", "kpu", "received")), small).rows[0].minute == 40.5
    head = ("time", "minute", "what happened")
    assert one(table(("13:40", "40.4375", "received"), head=head), small).rows[0].minute == 40.4375
    assert faults(table(("13:40", "47", "received"), head=head), small) == [("time-order", "log!B2")]


def test_rows_are_put_in_order_and_names_may_be_used_in_either_language(small: Instance) -> None:
    raw = table(
        ("14:00", "Market", "Massa datang", 120),
        ("13:40", " KPU ", "Perwakilan  Massa DITERIMA", ""),
        ("", "", "semua dicatat", ""),
        head=("Waktu", "Tempat", "Kejadian", "Jumlah"),
    )
    day = one(raw, small)
    assert day.complete
    assert day.rows == (
        Observation(40.0, "received", "kpu"),
        Observation(60.0, "arrived", "market", number=120.0),
    )


def test_several_days_fit_into_one_file(small: Instance) -> None:
    head = ("day", "time", "what happened")
    raw = table(
        ("Monday", "14:00", "received"), ("Friday", "15:00", "received"), ("Monday", "13:30", "contact"), head=head
    )
    log = parse_log(raw, "log.csv", small)
    assert [(day.name, len(day.rows), day.complete) for day in log.days] == [("Monday", 2, False), ("Friday", 1, False)]


def test_a_phase_is_told_by_name_and_a_word_by_what_it_says(small: Instance) -> None:
    head = ("time", "place", "what happened", "who or what")
    raw = table(("14:00", "kpu", "phase", "merah"), ("14:10", "kpu", "phase changes", "yellow"), head=head)
    assert [row.about for row in one(raw, small).rows] == ["red", "yellow"]
    assert faults(table(("14:00", "kpu", "phase", ""), head=head), small) == [("missing-field", "log!D2")]
    assert faults(table(("14:00", "kpu", "phase", "purple"), head=head), small) == [("not-a-choice", "log!D2")]


def test_words_that_differ_by_their_note_put_it_there(small: Instance) -> None:
    raw = table(("14:00", "kpu", "process stops"), ("14:10", "kpu", "proses penting berjalan lagi"))
    assert [(row.what, row.note) for row in one(raw, small).rows] == [("process", "stops"), ("process", "runs again")]


def test_times_of_a_workbook_are_read_as_its_format_shows_them(small: Instance) -> None:
    assert one(workbook((0.5694444444, "kpu", "received")), small, "log.xlsx").rows[0].minute == pytest.approx(40.0)
    dated = workbook((45524.5694444444, "kpu", "received"), shape="yyyy-mm-dd hh:mm")
    assert one(dated, small, "log.xlsx").rows[0].minute == pytest.approx(40.0, abs=1e-3)
    plain = workbook((40, "kpu", "received"), shape="General")
    assert one(plain, small, "log.xlsx").rows[0].minute == 40.0
    assert faults(workbook((0.39, "kpu", "received"), shape="General"), small, "log.xlsx") == [("bad-clock", "Log!A2")]
    assert faults(workbook((13.4, "kpu", "received")), small, "log.xlsx") == [("bad-clock", "Log!A2")]
    wrong = workbook((45999.6, "kpu", "received"), shape="yyyy-mm-dd hh:mm")
    assert faults(wrong, small, "log.xlsx") == [("time-outside", "Log!A2")]


def test_the_template_is_empty_and_has_every_word_in_both_languages(small: Instance) -> None:
    for code in CODES:
        raw = write_log_template(small, language(code))
        assert faults(raw, small, "log.xlsx") == [("too-few", f"{language(code)('Log')}!E1")]
        assert raw == write_log_template(small, language(code))


# ---------------------------------------------------------------- faults


def test_all_faults_are_told_at_once_by_row_and_column(small: Instance) -> None:
    raw = table(
        ("25:70", "kpu", "received", 1),
        ("08:00", "kpu", "received", 1),
        ("14:00", "kpuu", "received", 1),
        ("14:00", "kpu", "recieved", 1),
        ("14:00", "kpu", "received", "1.500"),
        ("14:00", "kpu", "received", "many"),
        ("", "kpu", "received", 1),
        ("14:00", "kpu", "", 1),
    )
    assert faults(raw, small) == [
        ("bad-clock", "log!A2"),
        ("time-outside", "log!A3"),
        ("unknown-place", "log!B4"),
        ("not-a-choice", "log!C5"),
        ("wrong-type", "log!D6"),
        ("wrong-type", "log!D7"),
        ("missing-field", "log!A8"),
        ("missing-field", "log!C9"),
    ]
    said = str(refusal(parse_log, raw, "log.csv", small))
    assert "did you mean 'kpu'?" in said
    assert "did you mean 'received'?" in said
    assert "write 1500 if thousands are meant, else 1.5" in said


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (b"", "log.csv", "missing-header"),
        (b"a,b\n1,2", "log.csv", "missing-header"),
        (b"\xff\xfe\x00\xd8", "log.csv", "not-text"),
        (b"PK\x03\x04 rubbish", "log.xlsx", "not-a-workbook"),
        (b"time,what\n14:00,received", "log.txt", "wrong-format"),
        (b"time,time,what\n14:00,14:00,received", "log.csv", "duplicate-key"),
        (b"time,what\n", "log.csv", "too-few"),
        (b"time,what,note\n14:00,received," + b"x" * 501, "log.csv", "bad-text"),
        (b"time,what,note\n14:00,received,a\x07b", "log.csv", "bad-text"),
        (b"time,what,number\n14:00,received,1e400", "log.csv", "wrong-type"),
        (b"time,what,number\n14:00,received,nan", "log.csv", "wrong-type"),
        (b"time,what,number\n14:00,arrived,-5", "log.csv", "out-of-range"),
        (b"time,what,number\n14:00,injured,-0.5", "log.csv", "out-of-range"),
        (b"time,what,number\n14:00,arrived,99999999999", "log.csv", "out-of-range"),
        (b"time,what\n-5,received", "log.csv", "time-outside"),
        (b"time,what\n99999999999999999999999999999,received", "log.csv", "time-outside"),
        (b"minute,what\ninf,received", "log.csv", "bad-clock"),
        (b"time,what\n" + b"14:00,received\n" * 100_001, "log.csv", "too-many"),
        (b"day,time,what\n" + b"".join(b"%d,14:00,received\n" % n for n in range(1001)), "log.csv", "too-many"),
        (b"x" * 20_000_001, "log.csv", "too-large"),
    ],
    ids=range(20),
)
def test_a_hostile_file_is_refused_with_a_fault(small: Instance, raw: bytes, name: str, code: str) -> None:
    assert code in {found for found, _ in faults(raw, small, name)}


@given(st.lists(st.lists(st.text(max_size=12) | st.floats().map(str), min_size=4, max_size=4), max_size=6))
def test_whatever_stands_in_the_cells_it_is_read_or_refused(cells: list[list[str]]) -> None:
    instance = read("muba-2024")
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)
    refusal(parse_log, f"time,place,what,number\n{text}".encode("utf-8", "replace"), "log.csv", instance)


@given(st.binary(max_size=200), st.sampled_from([".csv", ".xlsx"]))
def test_whatever_the_bytes_they_are_read_or_refused(raw: bytes, kind: str) -> None:
    refusal(parse_log, raw, f"log{kind}", read("muba-2024"))


def test_headers_are_unlike_one_another() -> None:
    for code in CODES:
        names = [language(code)(title).casefold() for title in TITLES.values()]
        assert len(set(names)) == len(names)


def test_a_file_that_is_not_there_is_told(small: Instance, tmp_path) -> None:
    from optimiser.common.errors import FileTrouble

    with pytest.raises(FileTrouble, match="cannot be read"):
        read_log(tmp_path / "none.csv", small)


def test_bug_a_log_that_was_pasted_twice_counted_everybody_twice() -> None:
    """Nobody was told, and people, injuries and hours of the day were twice as many."""
    instance, day = simulated("kaur-2005", 3)
    head, *lines = write_log_table(ObservedLog((day,)), instance).decode().splitlines()
    twice = "\n".join([head, *lines * 2]).encode()
    at, what = len(lines) + 2, "ABCDEFGHI"[head.split(",").index("what happened")]
    assert faults(twice, instance) == [("duplicate-row", f"log!{what}{at}")]
    found = refusal(parse_log, twice, "log.csv", instance).faults[0]
    assert found.expected == "each row once; from row 2 on the same is said"
    other = [line.replace("day 3", "day 4") for line in lines]
    assert len(parse_log("\n".join([head, *lines, *other]).encode(), "log.csv", instance)) == 2


def test_many_rows_of_one_minute_may_say_the_same() -> None:
    instance = read("kaur-2005")
    rows = [("09:40", "kpu", "people injured", 1)] * 40
    assert len(one(table(*rows), instance).rows) == 40
