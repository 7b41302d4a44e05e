"""Who relieves whom is read off the movements of a plan; who is on duty for too long and not relieved is told.

The day is that of `along_day`: the march is at the terminal from 13:30 until 14:10 and at KPU, whose window opens at
14:00, from 15:08 until 17:08; the operation ends at 19:00. From the post to KPU it is 27.6 minutes on foot, and 4 more
to form up.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.along_day import VAN, WITH, day, march, place

from optimiser.common.language import language
from optimiser.files.examination import examine, examine_plan
from optimiser.files.examination.proposals import propose_moving
from optimiser.files.examination.relief import list_begins, list_overdue, list_reliefs
from optimiser.files.examination.rotations import propose_rotations
from optimiser.files.followers import leave_out
from optimiser.model.checker import check
from optimiser.model.expected.stands import list_stands
from optimiser.model.instance import Instance
from optimiser.output.words.relief import tell_overdue, tell_overdue_briefly
from optimiser.planning.programs.requirements import require

WAY = 60.0 * 1.3 * 2.0**0.5 / 4.0  # min on foot from the post to KPU
FORM_UP = 4.0
FIRST = {"id": "first", "name": "First", "legs": [{"sector": "kpu", "until": "16:30"}, {"post": "polres"}]}
SECOND = {"id": "second", "name": "Second", "legs": [{"post": "polres", "until": "15:50"}, {"sector": "kpu"}]}


def turns(*movements: dict[str, Any], doctrine: dict[str, Any] | None = None, **changes: Any) -> Instance:
    rules = {"refusal": 0.0, "relief_every": 0.0, "longest_duty": 120.0, **(doctrine or {})}
    return day(**{"accompaniments": [], "movements": list(movements), "doctrine": rules, **changes})


def reliefs(instance: Instance, teams: Any) -> list[tuple[str, str, str, float, float]]:
    found = list_reliefs(instance, place(instance, teams))
    return [(one.sector, one.goes, one.comes, one.minute, pytest.approx(one.formed)) for one in found]


def overdue(instance: Instance, teams: Any) -> list[tuple[str, float, int]]:
    return [(one.place, m, n) for one in list_overdue(instance, place(instance, teams)) for m, n in one.since]


# ---------------------------------------------------------------- who relieves whom


def test_who_comes_from_a_post_as_others_leave_for_one_relieves_them() -> None:
    instance = turns(FIRST, SECOND)
    teams = {("first", "rope"): 2, ("second", "rope"): 1, ("second", "talk"): 1}
    assert reliefs(instance, teams) == [("kpu", "first", "second", 210.0, 170.0 + WAY + FORM_UP)]
    (one,) = list_reliefs(instance, place(instance, teams))
    assert (one.relieved, one.heads, one.relieving, one.fresh) == ((("rope", 1),), 10, (("rope", 1),), 10)
    assert one.unrelieved == (("rope", 1),)


def test_nobody_relieves_who_has_another_role_stands_elsewhere_or_comes_much_later() -> None:
    instance = turns(FIRST, SECOND)
    assert reliefs(instance, {("first", "rope"): 2, ("second", "talk"): 1}) == []
    assert reliefs(instance, {("first", "rope"): 2}) == []
    late = {**SECOND, "legs": [{"post": "polres", "until": "17:30"}, {"sector": "kpu"}]}
    assert reliefs(turns(FIRST, late), {("first", "rope"): 1, ("second", "rope"): 1}) == []
    elsewhere = {**SECOND, "legs": [{"post": "polres", "until": "15:50"}, {"sector": "mall"}]}
    assert reliefs(turns(FIRST, elsewhere), {("first", "rope"): 1, ("second", "rope"): 1}) == []


def test_each_relieves_one_and_is_relieved_once_the_nearest_in_time_first() -> None:
    third = {**FIRST, "id": "third", "legs": [{"sector": "kpu", "until": "16:40"}, {"post": "polres"}]}
    fourth = {**SECOND, "id": "fourth", "legs": [{"post": "polres", "until": "16:10"}, {"sector": "kpu"}]}
    instance = turns(FIRST, SECOND, third, fourth)
    teams = {(ident, "rope"): 1 for ident in ("first", "second", "third", "fourth")}
    assert [step[:3] for step in reliefs(instance, teams)] == [("kpu", "first", "second"), ("kpu", "third", "fourth")]


def test_who_rides_relieves_earlier() -> None:
    instance = turns(FIRST, SECOND, vehicles=[{**VAN, "speed": 30.0}])
    plan = place(instance, {("first", "rope"): 1, ("second", "talk"): 1, ("first", "talk"): 1}, {("second", "van"): 1})
    (one,) = list_reliefs(instance, plan)
    assert one.formed == pytest.approx(170.0 + WAY * 4.0 / 30.0 + FORM_UP)


def test_bug_whoever_had_an_officer_in_common_was_said_to_relieve() -> None:
    """A rope is no relief of shields; and of two that come, it is the later one that brings the role that leaves."""
    third = {**SECOND, "id": "third", "legs": [{"post": "polres", "until": "15:40"}, {"sector": "kpu"}]}
    instance = turns(FIRST, SECOND, third)
    led = {(ident, "padal"): 1 for ident in ("first", "second", "third")}
    assert reliefs(instance, {**led, ("first", "shield"): 1, ("second", "rope"): 1}) == []
    teams = {**led, ("first", "shield"): 1, ("first", "care"): 1, ("second", "rope"): 1, ("third", "shield"): 2}
    (one,) = list_reliefs(instance, place(instance, teams))
    assert (one.comes, one.relieved, one.relieving) == (
        "third",
        (("shield", 1), ("padal", 1)),
        (("shield", 2), ("padal", 1)),
    )
    assert (one.heads, one.fresh, one.unrelieved) == (12, 22, (("care", 1),))
    assert [step[1:3] for step in reliefs(instance, {k: n for k, n in led.items() if k[0] != "second"})] == [
        ("first", "third")
    ], "where nobody but an officer leaves, another one relieves him"


def test_bug_relief_that_came_with_a_second_movement_was_no_relief() -> None:
    """Ropes come with the one and talkers a minute later with the other; each team that leaves is relieved once."""
    third = {**SECOND, "id": "third", "legs": [{"post": "polres", "until": "15:51"}, {"sector": "kpu"}]}
    instance = turns(FIRST, SECOND, third)

    def told(teams: Any) -> list[tuple[Any, ...]]:
        found = list_reliefs(instance, place(instance, teams))
        return [(one.comes, dict(one.relieved), dict(one.relieving), dict(one.unrelieved)) for one in found]

    first = {("first", "rope"): 1, ("first", "talk"): 1}
    one = {"rope": 1}
    assert told({**first, ("second", "rope"): 1, ("third", "talk"): 1}) == [
        ("second", one, one, {}),
        ("third", {"talk": 1}, {"talk": 1}, {}),
    ]
    assert told({("first", "rope"): 4, ("second", "rope"): 1}) == [("second", one, one, {"rope": 3})]
    assert told({("first", "rope"): 4, ("second", "rope"): 1, ("third", "rope"): 1}) == [
        ("second", one, one, {"rope": 2}),
        ("third", one, one, {}),
    ], "counted over all who come"
    assert told({("first", "rope"): 1, ("second", "rope"): 3, ("third", "rope"): 1}) == [("third", one, one, {})], (
        "the nearest in time"
    )


# ---------------------------------------------------------------- who is not relieved


def test_who_stands_for_longer_than_the_longest_duty_is_not_relieved() -> None:
    """At KPU duty begins with the window at 60, at the terminal with the march at 30; 120 minutes later it is over."""
    instance = turns(FIRST, SECOND)
    assert list_begins(instance) == {"terminal": 30.0, "kpu": 60.0, "mall": pytest.approx(276.07716446627535)}
    teams = {("kpu", "rope"): 2, ("terminal", "talk"): 1, ("mall", "rope"): 1}
    assert overdue(instance, teams) == [("terminal", 150.0, 3), ("kpu", 180.0, 20)]
    assert tell_overdue(instance, place(instance, teams)) == (
        "23 heads at 2 places come to be on duty for longer than 2 h, 3 of them from 15:30 and the last from 16:00, "
        "and nobody in this plan relieves them"
    )
    (caution,) = examine_plan(instance, place(instance, teams))[len(examine(instance)) :]
    assert (caution.code, caution.place) == ("no-relief", "deployment")
    told = tell_overdue(instance, place(instance, teams), language("id"))
    assert told == (
        "23 personel di 2 tempat akan bertugas lebih dari 2 jam, 3 di antaranya sejak pukul 15.30 dan yang terakhir "
        "sejak pukul 16.00, dan dalam rencana ini tidak ada yang menggantikan"
    )


def test_bug_all_who_lack_relief_were_said_to_lack_it_from_the_first_minute_of_any() -> None:
    """The talkers at KPU begin an hour later than the rope there, so that they are over an hour later."""
    data = turns().model_dump(mode="json")
    for team in data["teams"]:
        if team["id"] == "talk":
            team["available"] = "15:00"
    instance = turns(teams=data["teams"])
    teams = {("kpu", "rope"): 2, ("kpu", "talk"): 1}
    assert overdue(instance, teams) == [("kpu", 180.0, 20), ("kpu", 240.0, 3)]
    plan = place(instance, teams)
    assert "20 of them from 16:00 and the last from 17:00" in tell_overdue(instance, plan)
    assert tell_overdue_briefly(instance, plan) == "20 from 16:00, 23 by 17:00"
    assert tell_overdue_briefly(instance, plan, language("id")) == ("20 sejak 16.00, 23 per 17.00")


def test_bug_who_is_done_two_minutes_later_was_said_to_lack_relief() -> None:
    """The operation ends at 360; a relief takes 10 minutes."""
    units = {("kpu", "rope"): 1}
    assert overdue(turns(doctrine={"longest_duty": 360.0 - 60.0 - 10.0}), units) == []
    assert overdue(turns(doctrine={"longest_duty": 360.0 - 60.0 - 11.0}), units) == [("kpu", 349.0, 10)]


def test_who_rests_in_time_and_who_comes_later_lacks_nothing() -> None:
    instance = turns(FIRST, SECOND, doctrine={"longest_duty": 170.0})
    assert overdue(instance, {("first", "rope"): 1, ("second", "rope"): 1}) == []
    assert tell_overdue(instance, place(instance, {("first", "rope"): 1})) == ""
    short = turns(FIRST, SECOND)
    assert overdue(short, {("first", "rope"): 1, ("second", "rope"): 1}) == [
        ("first", 180.0, 10),
        ("second", pytest.approx(170.0 + WAY + FORM_UP + 120.0), 10),
    ]


def test_a_rest_in_the_middle_counts_if_it_is_long_enough() -> None:
    legs = [{"sector": "kpu", "until": "15:45"}, {"post": "polres", "until": "17:00"}, {"sector": "kpu"}]
    turn = {"id": "turn", "name": "Turn", "legs": legs}
    units = {("turn", "rope"): 1}
    rested = 240.0 - 165.0 - WAY - FORM_UP
    assert overdue(turns(turn, doctrine={"shortest_rest": rested - 0.1}), units) == []
    assert overdue(turns(turn, doctrine={"shortest_rest": rested + 0.1}), units) == [("turn", 180.0, 10)]


def test_where_others_relieve_like_for_like_in_time_nobody_lacks_relief() -> None:
    units = {("kpu", "rope"): 2}
    assert overdue(turns(doctrine={"relief_every": 120.0}), units) == []
    assert overdue(turns(doctrine={"relief_every": 121.0}), units) == [("kpu", 180.0, 20)]


def test_bug_who_forms_up_with_people_was_on_duty_since_others_guard_records_there() -> None:
    """Records at the terminal are guarded from 13:00; who goes with the march forms up at 13:30, for two hours."""
    data = turns().model_dump(mode="json")
    data["sectors"][0]["records"] = 5.0
    instance = turns(sectors=data["sectors"], accompaniments=[WITH], presence={})
    units = {("terminal", "rope"): 1, ("with", "rope"): 1}
    assert overdue(instance, units) == [("terminal", 120.0, 10), ("with", 30.0 + 120.0, 10)]


# ---------------------------------------------------------------- what is proposed, and warned of


def test_rest_in_turns_and_relief_are_proposed_where_nobody_relieves_and_the_day_is_long() -> None:
    """Each proposed movement rests at the post, and who relieves has formed up when the others leave."""
    longer = march(itinerary=[{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 220.0}])
    changes = {"gatherings": [longer], "doctrine": {"shortest_rest": 20.0}}
    instance = turns(**changes)
    found = propose_rotations(instance)
    assert [movement.id for movement in found[:4]] == ["kpu-rest-1", "kpu-rest-2", "kpu-first", "kpu-second"]
    first, second, goes, comes, with_march, after = (list_stands(instance, movement) for movement in found)
    for stands in (first, second):
        assert [stand.sector for stand in stands] == ["kpu", "polres", "kpu"]
        assert stands[1].left - stands[1].formed >= 20.0
    assert second[0].left >= first[2].formed  # the second leaves when the first is back
    assert comes[1].formed <= goes[0].left == 180.0
    assert [movement.id for movement in found[4:]] == ["march-first", "march-second"]
    assert [stand.sector for stand in with_march] == ["terminal", "kpu", "polres"]
    assert [stand.sector for stand in after] == ["polres", "kpu"]
    assert with_march[1].left == 150.0  # 120 minutes after it came to the terminal
    assert 145.0 < after[1].formed <= 150.0
    named = turns(*(movement.model_dump(mode="json") for movement in found), **changes)
    assert propose_rotations(named) == found
    known = {movement.legs for movement in found}
    assert not [m for m in propose_moving(named) if getattr(m, "legs", ()) in known]
    assert not list(examine_movements(named))
    teams = {("kpu-first", "rope"): 1, ("kpu-second", "rope"): 1}
    assert [step[:3] for step in reliefs(named, teams)] == [("kpu", "kpu-first", "kpu-second")]


@pytest.mark.parametrize("doctrine", [{"relief_every": 240.0}, {"longest_duty": 360.0}])
def test_nothing_of_it_is_proposed_where_others_relieve_or_the_day_is_short(doctrine: dict[str, float]) -> None:
    assert propose_rotations(turns(doctrine=doctrine)) == []


def test_bug_rest_could_not_be_proposed_where_only_records_are_guarded() -> None:
    """Nobody comes to the mall and nothing happens there, so no time was known until when its line must stand."""
    sectors = [s.model_dump(mode="json") for s in day().sectors]
    sectors[2]["records"] = 5.0
    people = march(itinerary=[{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 90.0}])
    instance = turns(presence={"source": "assumed"}, sectors=sectors, gatherings=[people])
    found = propose_rotations(instance, places=3)
    assert {"mall-first", "mall-second"} <= {movement.id for movement in found}  # they stand there to the end


def test_bug_relief_was_proposed_for_a_march_that_was_home() -> None:
    """Who goes with people stays where these went home, and was to be relieved there though nobody was left."""
    long, short = (
        march(itinerary=[{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": stay}]) for stay in (90.0, 5.0)
    )
    proposed = [
        [m.id for m in propose_rotations(turns(gatherings=[one])) if m.id.startswith("march")] for one in (long, short)
    ]
    assert proposed == [["march-first", "march-second"], []]


def examine_movements(instance: Instance) -> list[tuple[str, str]]:
    return [(c.code, c.place) for c in examine(instance) if c.place.startswith("movements")]


def test_relief_that_comes_once_the_others_have_gone_is_warned_of() -> None:
    late = {**SECOND, "legs": [{"post": "polres", "until": "16:20"}, {"sector": "kpu"}]}
    assert ("late-relief", "movements[1].legs[0].until") in examine_movements(turns(FIRST, late))
    assert "late-relief" not in {code for code, _ in examine_movements(turns(FIRST, SECOND))}


def test_a_rest_that_makes_nobody_fresh_is_warned_of() -> None:
    legs = [{"sector": "kpu", "until": "15:45"}, {"post": "polres", "until": "17:00"}, {"sector": "kpu"}]
    turn = {"id": "turn", "name": "Turn", "legs": legs}
    assert examine_movements(turns(turn, doctrine={"shortest_rest": 60.0})) == [
        ("short-rest", "movements[0].legs[1].until")
    ]
    assert examine_movements(turns(turn, doctrine={"shortest_rest": 40.0})) == []


# ---------------------------------------------------------------- what data and rules say of it


def test_who_rests_at_a_post_needs_room_there_beside_those_who_wait() -> None:
    posts = [{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0, "staging_capacity": 25}]
    instance = turns(FIRST, posts=posts)
    assert check(instance, place(instance, {("first", "talk"): 1, ("polres", "rope"): 2, ("first", "padal"): 1})).passed
    (broken,) = check(
        instance, place(instance, {("first", "talk"): 2, ("polres", "rope"): 2, ("first", "padal"): 1})
    ).violations
    assert (broken.code, broken.place) == ("staging", "polres")
    rows = [r for r in require(instance) if r.code == "staging" and "as planned" in str(r.name)]
    assert any("Polres" in str(r.name) for r in rows)


def test_a_movement_that_is_left_with_rest_alone_is_left_out_with_its_people() -> None:
    legs = [{"post": "polres", "until": "14:00"}, {"gathering": "march", "until": "16:00"}, {"post": "polres"}]
    data = {"accompaniments": [], **turns({"id": "m", "name": "M", "legs": legs}).model_dump(mode="json")}
    notes = list(leave_out(data, "march", "March"))
    assert data["movements"] == []
    assert [note.code for note in notes] == ["nobody-to-follow"]
