"""How units get to their first places: no lift is planned, which papers say, and who arranges it is filled in."""

from __future__ import annotations

from typing import Any

from support.along_day import day
from support.along_town import along_town
from support.read_papers import page, rows, text

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance, VehicleType
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.blocks import BY_HAND
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders
from optimiser.output.orders.situation import Situation

TOWN = along_town()
HOME = TOWN.teams[0].home
TEAMS = {("kpu", "rope"): 2, ("kpu", "padal"): 1, (HOME, "rope"): 1}


def supply(orders: Orders) -> dict[str, Any]:
    paper = page(orders, "order")
    return dict(next(s for s in paper.sections if s.heading == "Heads and supply").blocks[0].pairs)  # type: ignore[union-attr]


def note(orders: Orders, place: str) -> str:
    block: Any = next(s for s in page(orders, place).sections if s.heading == "Strength").blocks[0]
    return str(block.note)


def heads(instance: Instance, teams: dict[tuple[str, str], int]) -> int:
    sizes = {team.id: int(team.size) for team in instance.teams}
    return sum(n * sizes[kind] for (place, kind), n in teams.items() if place != HOME)


def test_the_operation_order_says_who_has_to_get_somewhere_and_asks_who_arranges_it() -> None:
    told = supply(order(TOWN, Deployment.build(TOWN, TEAMS, {})))
    said = text(told["Lift, not planned"])
    assert said.startswith(f"{heads(TOWN, TEAMS)} heads leave home, 0 seats in this plan")
    assert told["Lift arranged by"] == BY_HAND


def test_seats_of_all_vehicles_of_the_plan_are_counted() -> None:
    bus = VehicleType(id="bus", name="Bus", count=2, home=HOME, seats=30, stands="posts")
    town = TOWN.altered(vehicles=(*TOWN.vehicles, bus))
    told = supply(order(town, Deployment.build(town, TEAMS, {(HOME, "bus"): 2})))
    assert "60 seats in this plan" in text(told["Lift, not planned"])


def test_sheets_of_those_who_go_refer_to_it_and_of_those_who_are_there_do_not() -> None:
    orders = order(TOWN, Deployment.build(TOWN, TEAMS, {}))
    assert note(orders, "kpu").endswith("Lift: as arranged in the operation order.")
    assert "Lift" not in note(orders, HOME)


def test_bug_who_rides_in_what_was_left_open_and_papers_did_not_say_what_has_to_be_settled() -> None:
    """22 heads go to KPU, 10 of them later, and the bus has 8 seats."""
    bus = VehicleType(id="bus", name="Bus", count=2, home=HOME, seats=8, stands="posts")
    data = TOWN.model_dump(mode="json")
    data["teams"] = [{**t, "available": "17:00"} if t["id"] == "shield" else t for t in data["teams"]]
    town = Instance.model_validate(data, context=SHAPE_ONLY).altered(vehicles=(*TOWN.vehicles, bus))
    teams = {**TEAMS, ("kpu", "rope"): 1, ("kpu", "shield"): 1}
    at = Situation(town, Deployment.build(town, teams, {(HOME, "bus"): 1}))
    told = rows(page(order(town, at.deployment, draft=True), "order"), "Lift to the first places, not planned")
    kpu = next(sector for sector in town.sectors if sector.id == "kpu")
    kinds = {team.id: team for team in town.teams}
    leaves = [at.clock(at.leave(kinds[kind], kpu) or 0.0) for kind in ("rope", "shield")]
    assert leaves[0] < leaves[1]
    assert [row[:4] for row in told] == [
        [f"{at.names[HOME]}\n22 heads, 8 seats: 3 turns at least", "KPU", "12", leaves[0]],
        ["", "KPU", "10", leaves[1]],
    ]
    assert all(row[5] == text(BY_HAND) for row in told)


def test_bug_a_place_without_an_open_way_was_counted_in_turns_and_one_turn_was_said_to_do() -> None:
    """The truck may drive to one place a turn; the only road to the mall is closed all day."""
    base = day(accompaniments=[])
    travel = base.travel.model_dump(mode="json", exclude_none=True) | {"closures": [{"a": "polres", "b": "mall"}]}
    town = day(accompaniments=[], travel=travel)
    plan = Deployment.build(
        town, {("mall", "rope"): 1, ("kpu", "rope"): 1, ("terminal", "rope"): 1}, {("kpu", "truck"): 1}
    )
    told = rows(page(order(town, plan, draft=True), "order"), "Lift to the first places, not planned")
    assert told[0][0] == "Polres\n20 heads, 30 seats: 1 turn at least"
    assert told[2] == ["", "Mall", "10", "–", "–", "no open way"]
    plan = Deployment.build(town, {("mall", "rope"): 1}, {})
    told = rows(page(order(town, plan, draft=True), "order"), "Lift to the first places, not planned")
    assert told == [["Polres", "Mall", "10", "–", "–", "no open way"]]


def test_where_everybody_is_at_home_nothing_is_said() -> None:
    papers = order(TOWN, Deployment.build(TOWN, {(HOME, "rope"): 1}, {}))
    assert "Lift, not planned" not in supply(papers)
    assert not [s for s in page(papers, "order").sections if s.heading == "Lift to the first places, not planned"]
