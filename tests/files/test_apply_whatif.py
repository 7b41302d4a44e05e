"""What-ifs: each change does what it says, and what does not fit is said in one go."""

from __future__ import annotations

import itertools
import json

import pytest

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.apply_whatif import apply
from optimiser.files.edit import changed_parts
from optimiser.files.read import parse, read
from optimiser.files.read_whatifs import parse_whatifs, read_whatifs
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.parts.itinerary import may_displace
from optimiser.model.whatif import WhatIf
from optimiser.planning.search.hand_rules import proportional

TOWN = read("oku-250").replace(accompaniments=(), movements=(), presence=None)
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


def routed(**weights):
    """Have the first gathering of the town go by routes, each with its only stop."""
    data = TOWN.model_dump(mode="json")
    stop = data["gatherings"][0]["itinerary"][0]
    data["gatherings"][0]["itinerary"] = [{**stop, "route": name} for name in weights]
    data["gatherings"][0]["routes"] = [{"id": name, "weight": weight} for name, weight in weights.items()]
    return parse(data, "town")


def test_routes_are_taken_for_certain_by_shares_or_not_at_all():
    instance = routed(north=2.0, south=1.0, west={"value": 1.0, "low": 0.5, "high": 2.0})
    ident = instance.gatherings[0].id

    def shares(**given):
        after = changed({"do": "route", "gathering": ident, "shares": given}, instance=instance)
        return [way.share for way in after.gatherings[0].ways]

    assert shares(north=1.0) == [1.0, 0.0, 0.0]
    assert shares(south=0.7, west=0.3) == pytest.approx([0.0, 0.7, 0.3])
    assert shares(north=0.0) == [0.0, 0.5, 0.5]
    assert shares(south=0.4) == pytest.approx([0.4, 0.4, 0.2])
    assert shares(north=0.7, south=0.2, west=0.1) == pytest.approx([0.7, 0.2, 0.1])
    for given, found in (({"nort": 1.0}, "did you mean 'north'"), ({"north": 0.7, "south": 0.6}, "130%")):
        with pytest.raises(InputFault, match=found):
            shares(**given)
    with pytest.raises(InputFault, match="100 %"):
        shares(north=0.3, south=0.3, west=0.3)
    with pytest.raises(InputFault, match="unknown-route"):
        changed({"do": "route", "gathering": ident, "shares": {"north": 1.0}})


def test_a_gathering_is_sent_where_the_line_is_thinnest_if_it_has_routes_to_choose_from():
    instance = routed(north=2.0, south=1.0)
    where = f"gatherings.{instance.gatherings[0].id}.displacement"
    assert changed({"do": "set", "path": where, "value": 0.3}, instance=instance).gatherings[0].displacement == 0.3
    change = parse_phrases([("set", f"{where}=30%")]).changes[0]
    assert changed(change.model_dump(), instance=instance).gatherings[0].displacement == 0.3
    with pytest.raises(InputFault, match="no-choice-of-routes"):
        changed({"do": "set", "path": where, "value": 0.3}, instance=routed(north=1.0))
    certain = {"do": "route", "gathering": instance.gatherings[0].id, "shares": {"north": 1.0}}
    after = changed({"do": "set", "path": where, "value": 1}, certain, instance=instance)  # weight 0 is still a route
    assert not may_displace(after.gatherings[0])


def test_bug_a_route_was_given_to_a_crowd_that_goes_where_the_line_is_thinnest_without_a_word() -> None:
    """A route that is certain is; shares are those of the route drawn, and the answer says so."""
    plain = routed(north=2.0, south=1.0)
    data = plain.model_dump(mode="json")
    data["gatherings"][0]["displacement"] = {"value": 1.0, "low": 0.5, "high": 1.0}
    instance, ident = parse(data, "town"), plain.gatherings[0].id
    certain = changed({"do": "route", "gathering": ident, "shares": {"north": 1.0}}, instance=instance)
    assert certain.gatherings[0].displacement == 0.0
    assert [c.code for c in certain.noted] == []
    shared = changed({"do": "route", "gathering": ident, "shares": {"north": 0.6, "south": 0.4}}, instance=instance)
    assert [(c.code, c.place) for c in shared.noted] == [("displaced", "gatherings[0].displacement")]
    assert "100%" in str(shared.noted[0].found)
    drawn = changed({"do": "route", "gathering": ident, "shares": {"north": 0.6}}, instance=plain)
    assert drawn.noted == ()


def test_a_gathering_takes_place_with_another_chance():
    ident = TOWN.gatherings[0].id
    assert changed({"do": "chance", "gathering": ident, "chance": 0.8}).gatherings[0].chance == 0.8
    with pytest.raises(InputFault, match="did you mean"):
        changed({"do": "chance", "gathering": f"{ident}x", "chance": 0.8})


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


def pins_of(instance, why):
    return [(p.place, p.what, p.at_most) for p in instance.pins if p.why == why]


def test_a_gathering_comes_at_a_clock_time_and_the_operation_starts_earlier_for_it():
    after = changed({"do": "arrive", "gathering": "pawai", "at": "08:00"})
    assert (after.period.start.hour, after.period.minutes) == (8, TOWN.period.minutes + 60.0)
    assert next(g.arrives for g in after.gatherings if g.id == "pawai") == "08:00"
    later = changed({"do": "arrive", "gathering": "pawai", "at": "11:15"})
    assert later.period == TOWN.period
    with pytest.raises(InputFault, match=r"pawai at 18:00.*--period -HH:MM"):
        changed({"do": "arrive", "gathering": "pawai", "at": "18:00"})


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("07:00", "17:00", ("2024-08-20T07:00:00", 10.0)),
        (None, "19:30", ("2024-08-20T09:00:00", 10.5)),
        ("09:15", None, ("2024-08-20T09:15:00", 7.75)),
        ("20:00", "17:00", ("2024-08-20T20:00:00", 21.0)),
    ],
)
def test_the_period_is_changed_where_every_time_still_lies_in_it(start, end, told):
    empty = TOWN.replace(gatherings=[], triggers=[])
    calm = empty.replace(sectors=[s.model_copy(update={"critical": ()}) for s in empty.sectors])
    after = changed({"do": "period", "start": start, "end": end}, instance=calm)
    assert (after.period.start.isoformat(), after.period.hours) == told


def test_a_period_that_starts_after_somebody_came_is_refused_with_who_did():
    with pytest.raises(InputFault) as caught:
        changed({"do": "period", "start": "10:00", "end": None})
    assert {f.found for f in caught.value.faults} == {"pawai at 09:30", "doa-bersama at 09:30"}
    with pytest.raises(InputFault) as caught:
        changed({"do": "period", "start": None, "end": "16:00"})
    assert {f.code for f in caught.value.faults} == {"time-outside"}


def test_a_period_over_midnight_starts_on_the_day_that_is_nearest():
    night = TOWN.replace(
        period={"start": "2024-08-20T20:00:00", "hours": 12.0},
        gatherings=[{**TOWN.gatherings[2].model_dump(mode="json"), "arrives": "07:00"}],
        triggers=[],
        sectors=[s.model_copy(update={"critical": ()}) for s in TOWN.sectors],
    )
    for start, moment in (("06:30", "2024-08-21T06:30:00"), ("18:00", "2024-08-20T18:00:00")):
        after = changed({"do": "period", "start": start, "end": None}, instance=night)
        assert after.period.start.isoformat() == moment
        assert f"{after.clock(after.period.minutes)}" == "08:00"
        assert after.gatherings[0].arrives == "07:00"


def test_rain_slows_every_way_and_keeps_people_away_by_the_factors_that_are_told():
    from optimiser.files.rain import FACTORS, tell_rain
    from optimiser.model.whatif import Rain

    for strength in ("light", "heavy"):
        after = changed({"do": "rain", "strength": strength})
        factor = {name: getattr(one, strength) for name, one in FACTORS.items()}
        assert after.travel.march == pytest.approx(TOWN.travel.march * factor["march"])
        assert after.travel.drive == pytest.approx(TOWN.travel.drive * factor["drive"])
        for part, name in (("vehicles", "speed"), ("reinforcements", "speed"), ("gatherings", "turnout")):
            before, now = (getattr(instance, part) for instance in (TOWN, after))
            times = factor["people" if name == "turnout" else "drive"]
            assert [getattr(x, name) for x in now] == pytest.approx([times * getattr(x, name) for x in before])
    march, wet = TOWN.gatherings[0].turnout, changed({"do": "rain"}).gatherings[0].turnout
    assert (wet.low, wet.high) == pytest.approx((0.6 * march.low, 0.6 * march.high))
    assert all("assumed" in sentence for sentence in tell_rain(Rain()))
    assert [str(s).partition(" times ")[2] for s in tell_rain(Rain(people=0.5))] == ["0.5 (as typed)"]
    assert changed({"do": "rain", "people": 0.5}).travel == TOWN.travel


def test_a_lost_post_holds_nobody_and_no_vehicle():
    from optimiser.files.apply_whatif import LOST

    for change in ({"do": "vacate", "post": "pos-kpu"}, {"do": "lose", "what": "pos-kpu"}):
        after = changed(change)
        post = next(p for p in after.posts if p.id == "pos-kpu")
        assert (post.staging_capacity, post.keep, post.mobile) == (0, 0, 0.0)
        roomless = [v.id for v in TOWN.vehicles if v.crew_role or not v.crew]
        assert pins_of(after, LOST) == [("pos-kpu", v, 0) for v in roomless]
    with pytest.raises(InputFault, match="--close kpu"):
        changed({"do": "lose", "what": "kpu"})


def test_every_way_of_a_place_is_closed():
    after = changed({"do": "close", "a": "kpu", "start": "10:00", "end": "12:00"})
    others = {p.id for p in (*TOWN.places, *TOWN.reinforcements)} - {"kpu"}
    assert {c.b for c in after.travel.closures} == others
    assert {(c.a, c.start, c.end) for c in after.travel.closures} == {("kpu", "10:00", "12:00")}
    roads = [{"a": a.id, "b": b.id, "km": 1.0} for a, b in itertools.pairwise((*TOWN.places, *TOWN.reinforcements))]
    by_road = TOWN.replace(travel={**TOWN.travel.model_dump(mode="json"), "kind": "roads", "roads": roads})
    after = changed({"do": "close", "a": "kpu"}, instance=by_road)
    assert {c.b for c in after.travel.closures} == {"gedung-kesenian", "bawaslu"}
    with pytest.raises(InputFault, match="did you mean 'kpu'"):
        changed({"do": "close", "a": "kpuu"})


def test_what_is_forbidden_without_a_place_stands_nowhere():
    from optimiser.files.apply_whatif import EVERYWHERE

    after = changed({"do": "limit", "what": "AWC", "at_most": 0})
    assert pins_of(after, EVERYWHERE) == [(p.id, "awc", 0) for p in TOWN.places]
    with pytest.raises(InputFault, match="name the place"):
        changed({"do": "limit", "what": "awc", "at_most": 1})


def test_per_cent_and_capitals_are_understood_where_a_field_is_set():
    after = changed({"do": "set", "path": "sectors.KPU.official.chance", "value": "80%"})
    assert after.sectors[KPU].official.chance == 0.8
    for typed in ("2,5 %", "2.5 persen"):
        assert changed({"do": "set", "path": "gatherings.pawai.regroup", "value": typed}).gatherings[0].regroup == 0.025
    assert changed({"do": "set", "path": "gatherings.Pawai.arrives", "value": "10.15"}).gatherings[0].arrives == "10:15"
    with pytest.raises(InputFault, match=r"gatherings\.pawai\.turnout=1200 if 80% of 1500 is meant"):
        changed({"do": "set", "path": "gatherings.pawai.turnout", "value": "80%"})
    with pytest.raises(InputFault, match=r"1500 or 1\.5"):
        changed({"do": "set", "path": "gatherings.pawai.tension", "value": "1.500%"})


def test_a_role_with_one_kind_of_team_may_be_lost_by_its_name():
    assert count(changed({"do": "lose", "what": "negotiator", "number": 2}), "negotiator-tim") == 4
    with pytest.raises(InputFault, match="unknown-kind"):
        changed({"do": "lose", "what": "phantom"})


@pytest.mark.parametrize(("typed", "meant"), [("ya", True), ("tidak", False), ("yes", True), ("no", False), (0, False)])
def test_bug_what_a_workbook_takes_for_yes_and_no_was_refused_in_a_phrase(typed, meant):
    assert changed({"do": "set", "path": "sectors.kpu.exit_open", "value": typed}).sectors[KPU].exit_open is meant


@pytest.mark.parametrize("typed", ["T", "t", "off", 2])
def test_bug_t_which_is_short_for_tidak_was_set_as_yes(typed):
    with pytest.raises(InputFault, match="write yes or no"):
        changed({"do": "set", "path": "sectors.kpu.exit_open", "value": typed})


def test_bug_of_a_unit_that_is_named_in_words_the_nearest_was_not_offered():
    team = TOWN.teams[0]
    for do in ("lose", "gain"):
        with pytest.raises(InputFault, match=f"did you mean '{team.id}'"):
            apply(TOWN, parse_phrases([(do, team.name)]))


# --- accompaniments --------------------------------------------------------------------------------------------------

WITH_MARCH = {"id": "with-march", "name": "With the march", "gathering": "pawai"}
ALONG = TOWN.replace(accompaniments=[WITH_MARCH])


def test_an_accompaniment_is_added_and_goes_with_its_gathering():
    added = changed({"do": "add", "part": "accompaniments", "data": WITH_MARCH})
    assert added == ALONG
    assert changed({"do": "remove", "what": "pawai"}, instance=ALONG).accompaniments == ()
    assert changed({"do": "remove", "what": "doa-bersama"}, instance=ALONG).accompaniments == ALONG.accompaniments


def test_who_accompanies_is_limited_kept_and_left_out_like_whoever_stands_somewhere():
    (pin,) = changed({"do": "limit", "place": "with-march", "what": "awc", "at_most": 0}, instance=ALONG).pins[-1:]
    assert (pin.place, pin.what, pin.at_most) == ("with-march", "awc", 0)
    everywhere = changed({"do": "limit", "what": "awc", "at_most": 0}, instance=ALONG)
    assert [p.place for p in everywhere.pins if p.what == "awc"] == [p.id for p in ALONG.places]
    plan = proportional(ALONG)
    kept = changed({"do": "keep", "place": "with-march"}, instance=ALONG, plan=plan)
    assert any(p.at_least for p in kept.pins if p.place == "with-march")


def test_nobody_goes_along_where_an_accompaniment_is_forbidden():
    for typed in ("with-march", "pengawalan:with-march"):
        (pin,) = apply(ALONG, parse_phrases([("forbid", typed)])).pins[-1:]
        assert (pin.place, pin.what, pin.at_least, pin.at_most) == ("with-march", "heads", None, 0)
    with pytest.raises(InputFault, match="'kpu' is a sector"):
        apply(ALONG, parse_phrases([("forbid", "kpu")]))


def test_an_accompaniment_is_not_lost_but_forbidden_and_that_is_said():
    with pytest.raises(InputFault, match="write --forbid with-march if nobody is to be in it"):
        apply(ALONG, parse_phrases([("lose", "with-march")]))


def move(**more):
    return {"do": "move", "here": "terminal", "onward": "kpu", "at": "12:30", **more}


def test_a_movement_is_added_with_so_many_units_in_it():
    after = changed(move(what="dalmas-awal", number=2))
    assert changed_parts(TOWN, after) == ("movements", "pins")
    (movement,) = after.movements
    assert [(leg.sector, leg.until) for leg in movement.legs] == [("terminal", "12:30"), ("kpu", None)]
    pin = after.pins[-1]
    assert (pin.place, pin.what, pin.at_least, pin.at_most) == (movement.id, "dalmas-awal-regu", 2, 2)
    assert changed_parts(TOWN, changed(move())) == ("movements",)
    some = changed(move(what="dalmas-awal")).pins[-1]
    assert (some.at_least, some.at_most) == (1, None)


def test_movements_that_are_alike_are_one_and_others_have_other_names():
    both = changed(move(what="dalmas-awal", number=2), move(what="negotiator-tim"), move(at="13:30"))
    assert [m.id for m in both.movements] == ["terminal-then-kpu", "terminal-then-kpu-2"]
    assert [pin.place for pin in both.pins[len(TOWN.pins) :]] == ["terminal-then-kpu"] * 2


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (move(here="kpuu"), "unknown-sector", "did you mean 'kpu'"),
        (move(here="pos-kpu"), "unknown-sector", "is a post"),
        (move(here="kpu"), "nowhere-to-go", "two sectors"),
        (move(at="20:00"), "time-outside", "while the operation lasts"),
        (move(at="09:00"), "time-outside", "while the operation lasts"),
        (move(what="negotiator-tim", number=99), "out-of-range", "move fewer"),
        (move(what="awc"), "unknown-kind", "--pin terminal:awc=1"),
        (move(what="negotiatr-tim"), "unknown-kind", "negotiator-tim"),
    ],
)
def test_a_movement_that_cannot_be_made_is_refused_with_what_can(change, code, told):
    with pytest.raises(InputFault) as caught:
        changed(change)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert told in str(caught.value)
