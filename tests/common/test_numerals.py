"""One rule for numbers wherever text becomes one: what can be read in two ways is refused with both readings."""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, PydanticSchemaGenerationError, TypeAdapter, ValidationError
from support.small import small_instance
from typer.testing import CliRunner

import optimiser
from optimiser.batch.list_cases import list_cases
from optimiser.batch.sweep import read_sweep, read_whatif
from optimiser.cli import app
from optimiser.common.errors import InputFault
from optimiser.common.numerals import find_readings, find_within, read_number, write_clearly
from optimiser.common.typed.amounts import read_amount
from optimiser.files.apply_whatif import apply
from optimiser.files.read_whatifs import read_whatifs
from optimiser.files.whatif_phrases import parse_phrases


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("3.000", ("3000", "3.0")),
        ("1.500", ("1500", "1.5")),
        ("1,500", ("1500", "1.5")),
        ("12.340", ("12340", "12.34")),
        ("104.175", ("104175", "104.1750")),
        ("-4.125", ("-4125", "-4.1250")),
        ("+999,999", ("+999999", "+999.9990")),
        (" 2.000 ", ("2000", "2.0")),
        ("\N{MINUS SIGN}1.500", ("-1500", "-1.5")),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_has_two_readings(text: str, readings: tuple[str, str]) -> None:
    found = find_readings(text)
    assert found is not None
    assert (found.thousands, found.decimals) == readings
    assert read_number(text) is None
    for one in readings:
        assert read_number(one) is not None, "what is offered can be read"
        assert find_readings(one) is None
    assert float(readings[0]) == pytest.approx(1000.0 * float(readings[1]))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.125", 0.125), ("0,125", 0.125), ("-0.500", -0.5), ("00.125", 0.125), ("3.0", 3.0), ("1,5", 1.5),
        ("3.00", 3.0),
        ("1.500.000", 1_500_000), ("1.500,00", 1500.0), ("1,500.5", 1500.5), ("1 500", 1500), ("1\u00a0500,5", 1500.5),
        ("\uff11\uff12", 12), ("\u200b20", 20),
        ("3.0000", 3.0), ("1234.567", 1234.567), ("3000", 3000), ("-12", -12), ("+7", 7), ("0", 0), ("1.5000", 1.5),
    ],
)  # fmt: skip
def test_a_number_that_can_be_read_in_one_way_is_read(text: str, number: float) -> None:
    assert read_number(text) == number
    assert type(read_number(text)) is type(number)
    assert find_readings(text) is None


ODD = ["", "1.500.00", "1.500.000.00", "1.50,00", "1,5000.00", "0.500.000", "1_000", "1e3", "abc", ".5", "5.", "1 50"]


@pytest.mark.parametrize("text", [*ODD, "٣", "5²", "1 500.000", "nan", "1" * 31])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_number_is_written_so_that_it_is_read(number: float) -> None:
    text = write_clearly(number)
    assert find_readings(text) is None
    assert "e" in text or read_number(text) == number


def test_a_number_is_found_within_a_phrase() -> None:
    assert find_within("kpu=1.500h")[0] == "1.500"  # type: ignore[index]
    for text in ("kpu=1.5h", "v1.500.2", "a1.500", "10.0.0.1", "0.125"):
        assert find_within(text) is None


# ---------------------------------------------------------------- phrases


UNCLEAR = [
    ("set", "gatherings.recount.turnout=3.000", "3.000"),
    ("set", "gatherings.recount.turnout=3,000", "3,000"),
    ("set", "gatherings.recount.turnout= -1.500", "-1.500"),
    ("set", "gatherings.recount.turnout={value = 3.000, low = 100}", "3.000"),
    ("set", "gatherings.recount.turnout={value = 900, low = 1.5, high = 1.200}", "1.200"),
    ("set", "doctrine.waiting_marks=[10, 20.000]", "20.000"),
    ("heads", "1.500", "1.500"),
    ("lose", "team:rope=1.000", "1.000"),
    ("gain", "rope=2,000", "2,000"),
    ("receive-delegation", "1.500min", "1.500"),
    ("receive-delegation", "kpu=1,500h", "1,500"),
    ("start", "1.500h-earlier", "1.500"),
    ("pin", "kpu:rope=1.000", "1.000"),
    ("at-least", "kpu:rope=1.000", "1.000"),
    ("at-most", "kpu:rope=1.000", "1.000"),
]


@pytest.mark.parametrize(("word", "text", "number"), UNCLEAR)
def test_bug_three_thousand_people_were_three(word: str, text: str, number: str) -> None:
    for ask in (lambda: parse_phrases([(word, text)]), lambda: read_whatif(f'--{word} "{text}"')):
        with pytest.raises(InputFault) as caught:
            ask()
        (fault,) = caught.value.faults
        readings = find_readings(number)
        assert readings is not None
        assert (fault.place, fault.found) == (f"--{word}", f"'{number}'")
        assert readings.thousands in fault.expected
        assert readings.decimals in fault.repair


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=3.0", 3.0), ("x=1,5", 1.5), ("x=0.125", 0.125), ("x=3000", 3000), ("x=1_500", 1500), ("x=007", "007"),
        ('x="3.000"', "3.000"), ("x=March of 1.500 people", "March of 1.500 people"), ("x=[0.125, 2]", [0.125, 2]),
        ("x=1e3", 1000.0), ("x={value = 1.25}", {"value": 1.25}),
    ],
)  # fmt: skip
def test_a_phrase_sets_what_can_be_read_in_one_way(text: str, value: Any) -> None:
    (change,) = parse_phrases([("set", text)]).changes
    found = change.value  # type: ignore[union-attr]
    assert found == value
    assert type(found) is type(value)
    json.dumps(found)


def test_durations_follow_the_rule() -> None:
    assert (read_amount("1,5h", "min"), read_amount("1.5h", "min"), read_amount("0.125h", "min")) == (90.0, 90.0, 7.5)
    assert (read_amount("1.500h", "min"), read_amount("1h1.500min", "min"), read_amount("20.000m", "min")) == (
        None,
        None,
        None,
    )


def test_a_text_is_no_number_of_an_instance() -> None:
    """What is set as a text is refused where a number belongs: '3.000' in quotes does not become three."""
    for text in ('"3.000"', '"3"'):
        with pytest.raises(InputFault):
            apply(small_instance(), parse_phrases([("set", f"gatherings.recount.turnout={text}")]))


# ---------------------------------------------------------------- tables, sweeps, files of what-ifs, options


@pytest.mark.parametrize(
    ("column", "cell", "thousands"),
    [("scenarios", "2.000", "2000"), ("budget", "5,000", "5000"), ("seconds", "1.500", "1500"),
     ("seed", "1.000", "1000"),
     ("reporting", "20.000", "20000"), ("whatif", "--heads 1.500", "1500")],
)  # fmt: skip
def test_bug_a_table_read_two_thousand_scenarios_as_two(tmp_path: Path, column: str, cell: str, thousands: str) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(f'instance;{column}\ntiny-2;"{cell}"\n')
    with pytest.raises(InputFault) as caught:
        list(list_cases([str(file)]))
    (fault,) = caught.value.faults
    assert "row 2" in fault.place
    assert thousands in fault.expected
    assert thousands in fault.repair


def test_a_table_takes_numbers_that_can_be_read_in_one_way(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("instance;scenarios;seconds;budget\ntiny-2;20.0;1,5;300\n")
    (case,) = list_cases([str(file)])
    assert (case.settings.scenarios, case.settings.seconds, case.settings.budget) == (20, 1.5, 300)


@pytest.mark.parametrize("text", ["20.5", "twenty", "true", "1_000", "1e3"])
def test_a_table_takes_nothing_else_for_a_number(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(f"instance,scenarios\ntiny-2,{text}\n")
    with pytest.raises(InputFault):
        list(list_cases([str(file)]))


SWEEP = 'format = "optimiser-sweep/1"\ninstances = ["tiny-2"]\n'


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("seconds = 1.500", "seconds"),
        ('[vary]\n"gatherings.large.turnout" = [150, 1.500]', "vary.gatherings.large.turnout[1]"),
        ('[vary]\n"gatherings.large.turnout" = [{value = 3.000, low = 2}]', "vary.gatherings.large.turnout[0].value"),
    ],
)
def test_bug_a_sweep_read_thousands_as_decimals(tmp_path: Path, line: str, place: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP + line)
    with pytest.raises(InputFault) as caught:
        read_sweep(file)
    (fault,) = caught.value.faults
    assert fault.place == place
    assert "thousands" in fault.repair


@pytest.mark.parametrize(
    "line", ['scenarios = "2.000"', 'seeds = ["1.000"]', "seeds = true", 'seconds = "1.5"', "scenarios = 20.5"]
)
def test_a_sweep_takes_no_text_for_a_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP + line)
    with pytest.raises(InputFault):
        read_sweep(file)


def test_a_file_of_what_ifs_follows_the_rule_and_coordinates_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "asked.toml"
    head = 'name = "more"\ntitle = "more"\n[[changes]]\n'
    file.write_text(f'{head}do = "set"\npath = "gatherings.recount.turnout"\nvalue = 3.000\n')
    with pytest.raises(InputFault, match=r"3000 or 3\.0"):
        read_whatifs(file)
    file.write_text(
        f'{head}do = "add"\npart = "posts"\ndata = {{ id = "yard", name = "Yard", lat = -4.125, lon = 104.175 }}\n'
    )
    assert len(read_whatifs(file)) == 1
    stored = tmp_path / "asked.json"
    change = {"do": "set", "path": "gatherings.recount.turnout", "value": 3.125}
    stored.write_text(json.dumps({"name": "more", "title": "more", "changes": [change]}))
    assert len(read_whatifs(stored)) == 1, "JSON is written by programs, and has one mark"


@pytest.mark.parametrize(
    "option",
    [
        ["batch", "tiny-2", "--out", "run", "--seconds"],
        ["nation", "none", "--gap"],
        ["frontier", "tiny-2", "--tolerance"],
    ],
)
def test_bug_an_option_read_thousands_as_decimals(option: list[str]) -> None:
    done = CliRunner().invoke(app, [*option, "1.500"])
    assert done.exit_code == 2
    assert "1500 or 1.5" in done.stderr
    for text in ("nan", "inf", "-1", "much"):
        assert CliRunner().invoke(app, [*option, text]).exit_code == 2, text


def test_no_model_takes_a_text_or_a_truth_for_a_number() -> None:
    """Look at every field of every model: files, requests, sweeps and what-ifs."""
    for module in pkgutil.walk_packages(optimiser.__path__, "optimiser."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    wrong, looked = [], 0
    for model in _below(BaseModel):
        if not model.__module__.startswith("optimiser") or model.model_config.get("strict"):
            continue
        for name, info in model.model_fields.items():
            kind = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            try:
                field: TypeAdapter[Any] = TypeAdapter(kind)
            except PydanticSchemaGenerationError:
                continue
            for value in ("3", "3.000", "0.5", True):
                looked += 1
                try:
                    read = field.validate_python(value)
                except ValidationError:
                    continue
                if isinstance(read, int | float) and not isinstance(read, bool):
                    wrong.append((model.__name__, name, value))
    assert wrong == []
    assert looked > 500


def _below(kind: type[BaseModel]) -> list[type[BaseModel]]:
    return [inner for below in kind.__subclasses__() for inner in (below, *_below(below))]
