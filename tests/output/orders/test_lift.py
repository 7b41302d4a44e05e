"""How units get to their first places: no lift is planned, which papers say, and who arranges it is filled in."""

from __future__ import annotations

from typing import Any

from support.along_town import along_town
from support.read_papers import page, text

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance, VehicleType
from optimiser.output.blocks import BY_HAND
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders

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


def test_where_everybody_is_at_home_nothing_is_said() -> None:
    assert "Lift, not planned" not in supply(order(TOWN, Deployment.build(TOWN, {(HOME, "rope"): 1}, {})))
