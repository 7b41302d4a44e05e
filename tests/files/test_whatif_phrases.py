"""What is typed becomes one change; what cannot be understood is said, all at once."""

from __future__ import annotations

import pytest

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.typed.amounts import read_amount
from optimiser.files.typed.changes import EXAMPLES
from optimiser.files.whatif_phrases import parse_phrases


@pytest.mark.parametrize(
    ("word", "text", "change"),
    [
        ("set", "sectors.kpu.official.chance=0.8", {"do": "set", "path": "sectors.kpu.official.chance", "value": 0.8}),
        ("set", "title=A new day", {"do": "set", "path": "title", "value": "A new day"}),
        ("set", "doctrine.waiting_marks=[10, 20]", {"do": "set", "path": "doctrine.waiting_marks", "value": [10, 20]}),
        ("heads", "200", {"do": "heads", "cap": 200}),
        ("lose", "vehicle:awc-1", {"do": "lose", "what": "vehicle:awc-1", "number": 1}),
        ("lose", "team:rope=2", {"do": "lose", "what": "team:rope", "number": 2}),
        ("gain", "rope", {"do": "gain", "what": "rope", "number": 1}),
        ("remove", "gathering:march", {"do": "remove", "what": "gathering:march"}),
        ("close", "a:b", {"do": "close", "a": "a", "b": "b", "start": None, "end": None}),
        ("close", "a:b@10:00-", {"do": "close", "a": "a", "b": "b", "start": "10:00", "end": None}),
        ("close", "a:b@-12:00", {"do": "close", "a": "a", "b": "b", "start": None, "end": "12:00"}),
        ("close", "a--b@10:00-12:00", {"do": "close", "a": "a", "b": "b", "start": "10:00", "end": "12:00"}),
        ("receive-delegation", "20min", {"do": "receive", "minutes": 20.0, "sector": None}),
        ("receive-delegation", "kpu=1h30min", {"do": "receive", "minutes": 90.0, "sector": "kpu"}),
        ("start", "2h-earlier", {"do": "shift", "minutes": -120, "gathering": None}),
        ("start", "march=30min-later", {"do": "shift", "minutes": 30, "gathering": "march"}),
        ("pin", "kpu:rope=3", {"do": "limit", "place": "kpu", "what": "rope", "at_least": 3, "at_most": 3}),
        (
            "at-least",
            "kpu:role:rope=3",
            {"do": "limit", "place": "kpu", "what": "role:rope", "at_least": 3, "at_most": None},
        ),
        ("at-most", "kpu:rope=3", {"do": "limit", "place": "kpu", "what": "rope", "at_least": None, "at_most": 3}),
        ("forbid", "kpu:rope", {"do": "limit", "place": "kpu", "what": "rope", "at_least": None, "at_most": 0}),
        ("keep", "kpu", {"do": "keep", "place": "kpu"}),
    ],
)
def test_a_phrase_is_a_change(word, text, change):
    assert [c.model_dump() for c in parse_phrases([(word, text)]).changes] == [change]


def test_everything_that_is_not_understood_is_said_with_an_example():
    wrong = [
        ("heads", "many"),
        ("lose", "="),
        ("start", "soon"),
        ("pin", "kpu"),
        ("close", ""),
        ("close", "a:b@-"),
        ("close", "a:b@"),
        ("set", "x"),
    ]
    with pytest.raises(InputFault) as caught:
        parse_phrases([*wrong, ("keep", "kpu"), ("receive-delegation", "soon"), ("forbid", "")])
    faults = caught.value.faults
    assert [f.place for f in faults] == [f"--{w}" for w, _ in wrong] + ["--receive-delegation", "--forbid"]
    assert all(example in f.expected for f in faults for example in EXAMPLES[f.place[2:]])


def test_what_is_added_is_read_at_once_so_that_the_file_is_not_needed_again(tmp_path):
    file = tmp_path / "more.toml"
    file.write_text('[[triggers]]\nid = "late"\nname = "Late news"\nat = "15:00"\n')
    (change,) = parse_phrases([("add", str(file))]).changes
    assert change.model_dump() == {
        "do": "add",
        "part": "triggers",
        "data": {"id": "late", "name": "Late news", "at": "15:00"},
    }
    file.write_text("[[triggers")
    with pytest.raises(InputFault, match="bad-syntax"):
        parse_phrases([("add", str(file))])
    file.write_text("triggers = 3")
    with pytest.raises(InputFault, match=r"\[\[gatherings\]\]"):
        parse_phrases([("add", str(file))])
    with pytest.raises(FileTrouble):
        parse_phrases([("add", str(tmp_path / "none.toml"))])


@pytest.mark.parametrize(
    ("text", "minutes"), [("20min", 20.0), ("2h", 120.0), ("1h30m", 90.0), ("1.5h", 90.0), ("", None), ("20", 20.0)]
)
def test_durations(text, minutes):
    assert read_amount(text, "min") == minutes


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("march=0,5min-later", ("0min", "1min")),
        ("90,7min-later", ("90min", "91min")),
        ("0.001h-earlier", ("0min", "1min")),
    ],
)
def test_bug_a_start_by_parts_of_a_minute_was_rounded_without_a_word(text: str, near: tuple[str, str]) -> None:
    with pytest.raises(InputFault) as caught:
        parse_phrases([("start", text)])
    (fault,) = caught.value.faults
    assert (fault.place, fault.found) == ("--start", f"'{text}'")
    assert all(one in fault.expected and one in fault.repair for one in near)


@pytest.mark.parametrize(("text", "minutes"), [("0,5h-later", 30), ("2.0500h-earlier", -123), ("1h0,0min-later", 60)])
def test_whole_minutes_may_be_written_as_hours(text: str, minutes: int) -> None:
    (change,) = parse_phrases([("start", text)]).changes
    assert change.model_dump()["minutes"] == minutes
