"""What-ifs: each change does what it says, and what does not fit is said in one go."""

from __future__ import annotations

import json

import pytest

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.apply_whatif import apply, changed_parts
from optimiser.files.read import parse, read
from optimiser.files.read_whatifs import parse_whatifs, read_whatifs
from optimiser.model.whatif import WhatIf
from optimiser.planning.search.hand_rules import proportional

TOWN = read("oku-250")
KPU = [s.id for s in TOWN.sectors].index("kpu")


def changed(*changes, instance=TOWN, plan=None):
    return apply(instance, parse_whatifs({"changes": list(changes)})[0], plan)


def count(instance, ident):
    return next(int(u.count) for u in (*instance.teams, *instance.vehicles) if u.id == ident)


def test_units_are_lost_and_gained_and_one_of_them_may_be_named():
    assert (
        count(changed({"do": "lose", "what": "dalmas-awal-regu", "number": 2}), "dalmas-awal-regu")
        == count(TOWN, "dalmas-awal-regu") - 2
    )
    assert count(changed({"do": "gain", "what": "dalmas-truck"}), "dalmas-truck") == count(TOWN, "dalmas-truck") + 1
    assert count(changed({"do": "lose", "what": "awc-1"}), "awc") == 0
    with pytest.raises(InputFault, match="did you mean 'awc'"):
        changed({"do": "lose", "what": "awc-2"})


def test_fields_are_set_by_path_and_reading_says_whether_they_fit():
    after = changed({"do": "set", "path": "sectors.kpu.official.chance", "value": 0.9})
    assert after.sectors[KPU].official.chance == 0.9
    assert changed_parts(TOWN, after) == ("sectors",)
    assert changed({"do": "set", "path": "law.arrest_k", "value": 2.0}).law == {"arrest_k": 2.0}
    after = changed({"do": "set", "path": "sectors.kpu.minimum.lantas", "value": 1})
    assert after.sectors[KPU].minimum["lantas"] == 1
    with pytest.raises(InputFault) as caught:
        changed(
            {"do": "set", "path": "sectors.kpu.official.chance", "value": 3},
            {"do": "set", "path": "sectors.nowhere.public", "value": 3},
            {"do": "set", "path": "sectors.kpu.partai", "value": 1},
        )
    assert {(f.code, f.place) for f in caught.value.faults} == {
        ("unknown-field", "changes[1] (set)"),
        ("out-of-range", f"sectors[{KPU}].official.chance"),
        ("forbidden-field", f"sectors[{KPU}].partai"),
    }


def test_a_road_is_closed_and_a_delegation_received():
    after = changed({"do": "close", "a": "terminal", "b": "simpang-lintas", "start": "14:00", "end": "15:00"})
    (closure,) = after.travel.closures
    assert (closure.a, closure.b, closure.start, closure.end) == ("terminal", "simpang-lintas", "14:00", "15:00")
    assert changed({"do": "receive", "minutes": 20.0}).sectors[KPU].official.promised == 20.0
    assert changed({"do": "receive", "minutes": 20.0, "sector": "kpu"}).sectors[KPU].official.promised == 20.0
    with pytest.raises(InputFault, match="a sector with an official"):
        changed({"do": "receive", "minutes": 20.0, "sector": "pasar"})


def test_whoever_comes_earlier_than_the_operation_makes_it_start_earlier_and_end_when_it_did():
    first = min(TOWN.gatherings, key=lambda g: TOWN.minutes(g.arrives))
    before = TOWN.minutes(first.arrives)
    after = changed({"do": "shift", "minutes": -int(before) - 60})
    assert after.period.start < TOWN.period.start
    assert (TOWN.period.start - after.period.start).total_seconds() == 3600.0
    assert after.period.minutes == TOWN.period.minutes + 60.0
    assert min(after.minutes(g.arrives) for g in after.gatherings) == 0.0
    later = changed({"do": "shift", "minutes": 15, "gathering": first.id})
    assert later.period == TOWN.period
    assert next(later.minutes(g.arrives) for g in later.gatherings if g.id == first.id) == before + 15
    with pytest.raises(InputFault, match="before the operation ends"):
        changed({"do": "shift", "minutes": 1000, "gathering": first.id})


def test_bug_a_shift_beyond_the_end_was_said_twice() -> None:
    with pytest.raises(InputFault) as told:
        changed({"do": "shift", "minutes": 1000})
    assert len(told.value.faults) == len({fault.found for fault in told.value.faults}) == len(TOWN.gatherings)


def test_parts_are_added_and_removed():
    more = {"id": "late", "name": "Late news", "at": "15:00"}
    after = changed({"do": "add", "part": "triggers", "data": more})
    assert after.triggers[-1].id == "late"
    assert len(changed({"do": "remove", "what": "late"}, instance=after).triggers) == len(TOWN.triggers)
    with pytest.raises(InputFault, match="unknown-gathering"):
        changed({"do": "remove", "what": "nobody"})


def test_limits_become_pins_and_a_place_is_kept_as_the_plan_has_it():
    after = changed(
        {"do": "limit", "place": "kpu", "what": "dalmas-awal-regu", "at_most": 1}, {"do": "heads", "cap": 100}
    )
    assert (after.pins[-1].at_most, after.cap) == (1, 100)
    plan = proportional(TOWN)
    kept = changed({"do": "keep", "place": "kpu"}, plan=plan)
    assert {p.what: p.at_least for p in kept.pins} == {t.id: plan.team_count("kpu", t.id) for t in TOWN.teams} | {
        v.id: plan.vehicle_count("kpu", v.id) for v in TOWN.vehicles
    }
    assert all(p.at_least == p.at_most for p in kept.pins)
    with pytest.raises(InputFault, match="name a plan"):
        changed({"do": "keep", "place": "kpu"})


def test_changes_are_applied_in_order():
    grown = changed(
        {"do": "gain", "what": "dalmas-awal-regu", "number": 3}, {"do": "lose", "what": "dalmas-awal-regu", "number": 3}
    )
    assert grown == parse(json.loads(TOWN.model_dump_json()))


def test_every_fault_of_a_stored_what_if_is_said(tmp_path):
    file = tmp_path / "ask.json"
    file.write_text(
        json.dumps(
            {
                "whatifs": [
                    {"name": "NOT A NAME", "changes": [{"do": "heads", "cap": 1}]},
                    {
                        "changes": [
                            {"do": "fly"},
                            {"do": "lose", "what": "dalmas-awal-regu", "number": 0},
                            {"do": "heads"},
                            {},
                        ]
                    },
                ]
            }
        )
    )
    with pytest.raises(InputFault) as caught:
        read_whatifs(file)
    assert [(f.code, f.place) for f in caught.value.faults] == [
        ("bad-identifier", "whatifs[0].name"),
        ("not-a-choice", "whatifs[1].changes[0].do"),
        ("out-of-range", "whatifs[1].changes[1].number"),
        ("missing-field", "whatifs[1].changes[2].cap"),
        ("not-a-choice", "whatifs[1].changes[3].do"),
    ]
    file.write_text("{")
    with pytest.raises(InputFault, match="bad-syntax"):
        read_whatifs(file)
    file.write_text('{"whatifs": 3}')
    with pytest.raises(InputFault, match="a list of what-ifs"):
        read_whatifs(file)
    with pytest.raises(FileTrouble):
        read_whatifs(tmp_path / "none.json")


def test_a_what_if_comes_back_from_its_data():
    whatif = parse_whatifs({"name": "a", "changes": [{"do": "heads", "cap": 9}, {"do": "keep", "place": "kpu"}]})[0]
    assert WhatIf.model_validate(json.loads(whatif.model_dump_json())) == whatif


@pytest.mark.parametrize(
    "change", [{"do": "lose", "what": "awc"}, {"do": "gain", "what": "awc"}, {"do": "shift", "minutes": 5}]
)
@pytest.mark.parametrize("value", ["null", None, 3, [1], [{"id": "awc"}]])
def test_a_change_after_one_that_spoils_the_shape_is_refused_like_any_fault(change, value):
    part = "gatherings" if change["do"] == "shift" else "vehicles"
    with pytest.raises(InputFault, match=part):
        changed({"do": "set", "path": part, "value": value}, change)
