"""A messy TOML or JSON file: everything wrong in it is said in one round, and nothing that only follows from it."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from support.messy_district import sound_district
from support.refusals import refusal

from optimiser.files.edit import file_values
from optimiser.files.read import parse, parse_workbook, read

GONE = object()
SOUND = file_values(parse_workbook(sound_district().write()))
SLIPS: tuple[tuple[str, Any, str, str], ...] = (  # place, what stands there, code, words of the repair
    ("title", "", "bad-text", "text"),
    ("cap", GONE, "missing-field", "add the field"),
    ("sectors[0].id", 7, "wrong-type", "type"),
    ("sectors[0].spill_to", "Pasar Baru", "bad-identifier", "did you mean 'pasar' (sectors[3].id)?"),
    ("sectors[0].critical[0].start", "jam sembilan", "bad-clock", "14:30"),
    ("sectors[0].minimum", 3, "wrong-type", "type"),
    ("sectors[1].name", GONE, "missing-field", "add the field"),
    ("sectors[1].ring", "inner", "wrong-type", "write a number"),
    ("sectors[2].lat", "-4.11", "wrong-type", "write -4.11"),
    ("sectors[2].official", "Ketua DPRD", "wrong-type", "type"),
    ("sectors[3].public", -800, "out-of-range", "limits"),
    ("vehicles[2]", "ambulans", "wrong-type", "type"),
    ("posts[0].id", "Mapolres OKU", "bad-identifier", "write it as mapolres, as"),
    ("posts[1].mobil", 0.5, "unknown-field", "did you mean 'mobile'?"),
    ("posts[1].staging_capacity", 80.5, "wrong-type", "write 80 or 81"),
    ("roles[0].phases", [], "too-few", "add what is missing"),
    ("roles[1].containment.green", "satu", "wrong-type", "write a number"),
    ("roles[2].phases[0]", "kuning", "not-a-choice", "choose"),
    ("roles[5].officer", "kadang", "wrong-type", "write true or false"),
    ("teams[0].role", "negosiator", "unknown-role", "did you mean 'nego' (roles[0].id)?"),
    ("teams[1].home", "gudang", "unknown-post", "name one, or add it"),
    ("teams[2].count", {"value": 4, "low": 5}, "range-order", "low"),
    ("teams[3].size", True, "wrong-type", "write a number"),
    ("teams[4].firearms", 2, "forbidden-field", "out of scope"),
    ("vehicles[1].endurance", "8 menit", "wrong-type", "write 8"),
    ("vehicles[1].escort_role", "lanjutan", "unknown-role", "did you mean 'lanjut' (roles[2].id)?"),
    ("gatherings[0].turnout.high", 300, "range-order", "low"),
    ("gatherings[0].itinerary", [], "too-few", "add what is missing"),
    ("gatherings[1].arrives", "25:00", "bad-clock", "14:30"),
    ("gatherings[2].tension", "damai", "wrong-type", "write a number"),
    ("gatherings[2].itinerary[0].sector", "alun-alun", "unknown-sector", "name one, or add it"),
    ("triggers[0].kind", "gosip", "not-a-choice", "choose"),
    ("triggers[1].at", "03:00", "time-outside", "period"),
    ("reinforcements[0].team", "brimob", "unknown-team", "name one"),
    ("pins[0].at_least", 5, "minimum-above-maximum", "correct one"),
    ("pins[1].what", "perwiraa", "unknown-kind", "did you mean 'perwira' (teams[5].id)?"),
    ("travel.closures[0].b", "pasarr", "unknown-place", "did you mean 'pasar' (sectors[3].id)?"),
    ("doctrine.waiting_marks", [15, 10, 60], "waiting-marks", "sort"),
    ("doctrine.relief_evry", 0.5, "unknown-field", "did you mean 'relief_every'?"),
    ("objective.tail", 1.5, "out-of-range", "limits"),
    ("law.clsh", 0.06, "unknown-constant", "did you mean 'clash'?"),
)
ELSEWHERE = {  # where the fault is told, if not where the slip is
    "gatherings[0].turnout.high": "gatherings[0].turnout",
    "doctrine.waiting_marks": "doctrine.waiting_marks[1]",
}
FOLLOWS = {"doctrine.relief_every": "out-of-range"}  # of the value under the misspelt name, which is a fault too


def keys_of(place: str) -> list[Any]:
    return [int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", place)]


def get(data: Any, place: str) -> Any:
    for key in keys_of(place):
        if isinstance(data, list):
            data = data[key] if key < len(data) else GONE
        else:
            data = data.get(key, GONE) if isinstance(data, dict) else GONE
    return data


def put(data: Any, place: str, value: Any) -> None:
    *path, last = keys_of(place)
    for key in path:
        data = data.setdefault(key, {}) if isinstance(data, dict) else data[key]
    if value is GONE:
        data.pop(last, None)
    else:
        data[last] = copy.deepcopy(value)


def messy() -> dict[str, Any]:
    data = copy.deepcopy(SOUND)
    for place, value, _, _ in SLIPS:
        put(data, place, value)
    return data


def test_every_fault_of_a_messy_file_is_told_in_one_round_and_nothing_else() -> None:
    assert len(SLIPS) >= 40
    faults = refusal(parse, messy(), "district").faults
    expected = [(code, ELSEWHERE.get(place, place)) for place, _, code, _ in SLIPS]
    expected += [(code, place) for place, code in FOLLOWS.items()]
    assert sorted((f.code, f.place) for f in faults) == sorted(expected)
    for place, _, code, words in SLIPS:
        where = ELSEWHERE.get(place, place)
        repairs = [fault.repair for fault in faults if (fault.code, fault.place) == (code, where)]
        assert any(words in repair for repair in repairs), (code, where, words, repairs)


@pytest.mark.parametrize("kind", [".json", ".toml"])
def test_a_messy_file_that_is_mended_where_it_was_told_has_no_fault(kind: str, tmp_path: Path) -> None:
    file, data = tmp_path / f"district{kind}", messy()

    def write() -> None:
        text = json.dumps(data, default=str) if kind == ".json" else tomlkit.dumps(data)
        file.write_text(text, encoding="utf-8")

    write()
    for fault in refusal(read, file).faults:
        put(data, str(fault.place), get(SOUND, str(fault.place)))
    write()
    assert read(file) == parse(SOUND)
