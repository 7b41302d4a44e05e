"""Accompaniments: who goes with a gathering is declared, placed, counted and checked like whoever is in a sector."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.common.errors import InputFault
from optimiser.files.read import parse, parse_workbook
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.moves import list_moves
from optimiser.output.excel.template import write_template
from tests.support.small import small_data, small_instance

WITH = {"id": "with-recount", "name": "With the recount", "gathering": "recount"}
QUEUE = {"id": "queue", "name": "Queue", "turnout": 50, "arrives": "14:30", "itinerary": [{"sector": "market"}]}


def accompanied(**changes: Any) -> Instance:
    return small_instance(**{"accompaniments": [WITH], "pins": [], **changes})


def faults(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputFault) as error:
        small_instance(**changes)
    return [(fault.code, fault.place) for fault in error.value.faults]


def broken(
    instance: Instance, teams: dict[tuple[str, str], int], **vehicles: int
) -> list[tuple[str, str, str, int, int]]:
    """List what a deployment breaks; vehicles go with the recount."""
    plan = Deployment.build(instance, teams, {("with-recount", name): n for name, n in vehicles.items()})
    return [(v.code, v.place, v.what, v.found, v.required) for v in check(instance, plan).violations]


def test_accompaniments_come_last_among_the_places() -> None:
    instance = accompanied()
    assert [p.id for p in instance.places] == [*(p.id for p in (*instance.sectors, *instance.posts)), "with-recount"]


def test_an_instance_without_accompaniments_is_written_as_before() -> None:
    bare = small_instance()
    assert "accompaniments" not in bare.model_dump(mode="json")
    assert '"accompaniments"' not in bare.model_dump_json()
    assert small_instance(accompaniments=[]).fingerprint() == bare.fingerprint()
    assert accompanied().fingerprint() != accompanied(accompaniments=[]).fingerprint()


def test_a_call_sign_does_not_change_the_fingerprint() -> None:
    assert accompanied(accompaniments=[{**WITH, "call_sign": "Alpha"}]).fingerprint() == accompanied().fingerprint()


def test_the_gathering_must_exist() -> None:
    expected = [("unknown-gathering", "accompaniments[0].gathering")]
    assert faults(accompaniments=[{**WITH, "gathering": "recuont"}]) == expected


def test_the_gathering_must_go_somewhere() -> None:
    data = small_data()
    changes = {"gatherings": [*data["gatherings"], QUEUE], "accompaniments": [{**WITH, "gathering": "queue"}]}
    assert faults(**changes) == [("nowhere-to-go", "accompaniments[0].gathering")]


def test_bug_units_knew_the_route_drawn_before_anybody_had_come() -> None:
    """They waited where the gathering would assemble in that scenario; now all its ways must begin at one place."""
    data = small_data()
    first, second = (s["id"] for s in data["sectors"][:2])
    ways = [{"id": name, "weight": 1.0} for name in ("north", "south")]
    stops = [
        {"sector": first, "stay": 30.0, "route": "north"},
        {"sector": second, "stay": 30.0, "route": "north"},
        {"sector": second, "stay": 30.0, "route": "south"},
        {"sector": first, "stay": 30.0, "route": "south"},
    ]
    crowd = {**QUEUE, "routes": ways, "itinerary": stops}
    changes = {"gatherings": [*data["gatherings"], crowd], "accompaniments": [{**WITH, "gathering": "queue"}]}
    assert faults(**changes) == [("starts-anywhere", "accompaniments[0].gathering")]
    ways[1]["weight"] = 0.0  # a way that is never taken does not count
    small_instance(**changes)


def test_one_route_that_goes_on_is_enough() -> None:
    (march,) = small_data()["gatherings"]
    stops = [{"sector": "kpu"}, {"sector": "market", "route": "long"}]
    split = {**march, "routes": [{"id": "long"}, {"id": "short"}], "itinerary": stops}
    assert accompanied(gatherings=[split]).accompaniments[0].gathering == "recount"


def test_a_gathering_is_accompanied_once() -> None:
    assert faults(accompaniments=[WITH, {**WITH, "id": "other"}]) == [
        ("accompanied-twice", "accompaniments[1].gathering")
    ]


def test_its_identifier_is_that_of_no_other_place() -> None:
    assert faults(accompaniments=[{**WITH, "id": "kpu"}]) == [("duplicate-id", "accompaniments[0].id")]


def test_a_workbook_says_the_same_as_the_file() -> None:
    several = {"value": 120, "low": 80, "high": 160, "source": "Polres"}
    instance = accompanied(accompaniments=[{**WITH, "staging_capacity": several, "contact": "Karo Ops"}])
    again = parse_workbook(write_template(instance))
    assert again.model_dump(mode="json") == instance.model_dump(mode="json")
    assert parse(instance.model_dump(mode="json"), "again") == instance


def test_a_deployment_has_a_row_for_it_after_the_posts() -> None:
    instance = accompanied()
    plan = Deployment.build(instance, {("with-recount", "dalmas"): 2}, {})
    numbers = plan.numbers(instance)
    assert numbers.shape[0] == len(instance.sectors) + len(instance.posts) + 1
    assert numbers[-1].sum() == 2
    assert Deployment.of_numbers(instance, numbers).places == plan.places
    placed = plan.table(instance).query("place == 'with-recount'")
    assert placed[["place_name", "kind", "number"]].to_numpy().tolist() == [["With the recount", "accompaniment", 2]]


def test_who_joins_a_gathering_comes_from_where_it_stops_first() -> None:
    instance = accompanied()
    one = Deployment.build(instance, {("with-recount", "dalmas"): 1}, {})
    both = Deployment.build(instance, {("kpu", "dalmas"): 1, ("market", "dalmas"): 1}, {})
    (move,) = (m for m in list_moves(instance, both, one) if m.goal)
    assert (move.origin, move.goal, move.number) == ("kpu", "with-recount", 1)


# --- the checker -----------------------------------------------------------------------------------------------------

KPU = {("kpu", "nego"): 1, ("kpu", "chief"): 1}  # what the small instance asks for: negotiators, and so an officer


def room(**capacity: int) -> Instance:
    sectors = [{**s, **({"staging_capacity": capacity[s["id"]]} if s["id"] in capacity else {})} for s in SECTORS]
    return accompanied(sectors=sectors)


SECTORS = small_data()["sectors"]


def test_who_accompanies_counts_in_the_cap_and_in_what_there_is() -> None:
    instance = accompanied()
    assert broken(instance, {**KPU, ("with-recount", "dalmas"): 3, ("with-recount", "chief"): 1}) == []
    plan = {**KPU, ("with-recount", "dalmas"): 4, ("with-recount", "chief"): 1}
    assert broken(instance, plan) == [("availability", "", "dalmas", 4, 3)]
    tight = accompanied(cap=34)
    assert broken(tight, {**KPU, ("with-recount", "dalmas"): 3, ("with-recount", "chief"): 1}) == [
        ("cap", "", "", 35, 34)
    ]
    heads = check(instance, Deployment.build(instance, {("with-recount", "dalmas"): 3}, {})).heads
    assert (heads.sectors, heads.posts, heads.accompanying, heads.lost, heads.counted) == (0, 0, 30, 0, 30)


def test_an_accompaniment_has_room_for_so_many() -> None:
    instance = accompanied(accompaniments=[{**WITH, "staging_capacity": 20}])
    plan = {**KPU, ("with-recount", "dalmas"): 2, ("with-recount", "chief"): 1}
    assert broken(instance, plan) == [("staging", "with-recount", "", 21, 20)]


@pytest.mark.parametrize("sector", ["kpu", "market"])
def test_every_stop_has_room_for_who_comes_and_who_stands_there(sector: str) -> None:
    plan = {**KPU, ("with-recount", "dalmas"): 2, ("with-recount", "chief"): 1}  # 4 heads at kpu, 21 with the march
    here = 25 if sector == "kpu" else 21
    assert broken(room(**{sector: here}), plan) == []
    assert broken(room(**{sector: here - 1}), plan) == [("staging", sector, "", here, here - 1)]


def test_the_least_of_a_sector_is_of_who_is_placed_there() -> None:
    plan = {("with-recount", "nego"): 1, ("with-recount", "chief"): 1}
    assert broken(accompanied(), plan) == [("minimum", "kpu", "talk", 0, 1)]


@pytest.mark.parametrize("sector", ["kpu", "market"])
def test_bug_the_most_of_a_sector_did_not_count_who_comes_with_the_people(sector: str) -> None:
    """Where no shields may stand, none may come with a march."""
    plan = {**KPU, ("with-recount", "nego"): 1, ("with-recount", "chief"): 1}
    here = 2 if sector == "kpu" else 1
    limited = lambda most: accompanied(  # noqa: E731
        sectors=[{**s, "minimum": {}, **({"maximum": {"talk": most}} if s["id"] == sector else {})} for s in SECTORS]
    )
    assert broken(limited(here), plan) == []
    assert broken(limited(here - 1), plan) == [("maximum", sector, "talk", here, here - 1)]
    (said,) = check(limited(here - 1), Deployment.build(limited(here - 1), plan, {})).violations
    assert "have come with people or as planned" in str(said.sentence)


def test_who_accompanies_has_an_officer() -> None:
    plan = {**KPU, ("with-recount", "dalmas"): 1}
    assert broken(accompanied(), plan) == [("officer", "with-recount", "", 0, 1)]
    assert broken(accompanied(doctrine={"officer_per_sector": False}), plan) == []


def test_a_water_cannon_neither_accompanies_nor_moves() -> None:
    plan = {**KPU, ("with-recount", "dalmas"): 1, ("with-recount", "brimob"): 1, ("with-recount", "chief"): 1}
    assert broken(accompanied(), plan, awc=1) == [("stands", "with-recount", "awc", 1, 0)]
    assert broken(accompanied(), plan, truck=1) == []


def test_what_stands_only_at_posts_accompanies_nobody() -> None:
    data = small_data()
    plan = {**KPU, ("with-recount", "dalmas"): 1, ("with-recount", "chief"): 1}
    for stands, expected in (("posts", [("stands", "with-recount", "dalmas", 1, 0)]), ("sectors", [])):
        roles = [{**r, "stands": stands} if r["id"] == "line" else r for r in data["roles"]]
        assert broken(accompanied(roles=roles), plan) == expected


def test_a_crew_goes_with_its_vehicle() -> None:
    vehicles = [{**v, "crew_role": "line", "crew": 4} if v["id"] == "truck" else v for v in small_data()["vehicles"]]
    plan = {**KPU, ("market", "dalmas"): 1, ("market", "chief"): 1, ("with-recount", "nego"): 1}
    teams = [{**t, "count": 5} for t in small_data()["teams"]]
    instance = accompanied(vehicles=vehicles, teams=teams)
    officer = {("with-recount", "chief"): 1}
    assert broken(instance, {**plan, **officer}, truck=1) == [("crew", "with-recount", "line", 0, 4)]


def test_a_pin_may_ask_for_who_accompanies() -> None:
    instance = accompanied(pins=[{"place": "with-recount", "what": "line", "at_least": 1, "at_most": 2}])
    assert broken(instance, KPU) == [("pin", "with-recount", "line", 0, 1)]
    assert broken(instance, {**KPU, ("with-recount", "dalmas"): 1, ("with-recount", "chief"): 1}) == []


def test_who_accompanies_is_no_reserve() -> None:
    instance = accompanied(doctrine={"reserve_least": 1})
    plan = {**KPU, ("with-recount", "dalmas"): 3, ("with-recount", "chief"): 1}
    assert broken(instance, plan) == [("reserve", "", "", 0, 1)]
