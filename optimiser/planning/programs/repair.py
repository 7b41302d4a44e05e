"""The cheapest repair of an instance that no deployment can meet, as an elastic integer program.

Every requirement that a planner can change may be exceeded or fall short at a price; doctrine may not, nor what a
vehicle needs to work. The cheapest sum of prices under which some deployment exists is the repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pulp

from optimiser.common.errors import NoPlan, OptimiserError, Unrepairable
from optimiser.common.message import Message
from optimiser.files.edit import Edit, amend
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance, Team
from optimiser.model.values.arguments import Refusal, checked, maybe, whole
from optimiser.planning.programs.feasibility import Limits, Numbers, add_number, conflict_among, constrain, nearest
from optimiser.planning.programs.requirements import MOST, Cell, Frame, Requirement, Row, require, seat_share
from optimiser.planning.programs.solver import SolverName, Termination

# Points for one more (or fewer) of each, all assumed; only their relations matter. Room and permission are cheapest,
# because they need nobody who is not there; then people and vehicles from elsewhere; then what somebody decided; last
# what protects people, so that it is given up only where a hundred more heads would not do.
PRICES: dict[str, int] = {
    "room": 2,  # assumed
    "cap": 5,  # assumed
    "person": 10,  # assumed
    "vehicle": 50,  # assumed
    "seat": 30,  # assumed
    "maximum": 200,  # assumed
    "pin": 300,  # assumed
    "cover": 500,  # assumed
    "minimum": 1000,  # assumed
}
UNITS: dict[str, str] = {  # one unit of each measure
    "room": "head of room, `staging_capacity` of a place",
    "cap": "head deployed above `cap`",
    "person": "head brought, in a team or as the extra crew of a vehicle",
    "vehicle": "vehicle brought, besides its extra crew",
    "seat": "waiting head without the seat that `mobile` asks for",
    "maximum": "team above a sector's `maximum` of a role",
    "pin": "team or vehicle by which a pin is changed",
    "cover": "callable team below a sector's `cover`",
    "minimum": "team below a sector's `minimum` of a role",
}
MEASURE = {  # price by the code of a requirement; a code without one is never relaxed
    "staging": "room",
    "cap": "cap",
    "seats": "seat",
    "maximum": "maximum",
    "pin": "pin",
    "cover": "cover",
    "minimum": "minimum",
}
LARGEST = 10_000  # heads at a place that a repair makes room for; assumed, far above any staging area
HIGHEST = 1_000_000  # heads: the limit of the format for the cap
FINE = 10_000  # a share of seats is lowered to a multiple of 1 / 10,000; assumed, as fine as anybody writes


@dataclass(frozen=True)
class Change:
    """One thing that a repair changes.

    Attributes
    ----------
    code : requirement that is relaxed, as the checker calls it.
    edit : the number in the instance and its new value.
    place : identifier of the place concerned; empty where the whole town is.
    what : identifier of the team kind, vehicle type or role concerned; empty where heads or teams of any kind are.
    required, have : what is needed and what there is, or is left of what was asked for; in the unit of the rule.
    price : points for each of the difference.
    """

    code: str
    edit: Edit
    place: str
    what: str
    required: int
    have: int
    price: int

    @property
    def need(self) -> int:
        """What is missing: required minus have, at least 1."""
        return self.required - self.have

    @property
    def points(self) -> int:
        """Price of the change."""
        return self.need * self.price


@dataclass(frozen=True)
class Repair:
    """The cheapest changes that make a deployment possible, and one that then is.

    Attributes
    ----------
    instance : as it was.
    changes : none where it was feasible.
    proved : no set of changes is cheaper under `prices`; False where a limit ended the search.
    prices : points for each measure; None for one that was not allowed.
    deployment : the smallest one that meets every requirement of `repaired`; it passed the checker.
    """

    instance: Instance
    changes: tuple[Change, ...]
    proved: bool
    prices: Mapping[str, int | None]
    deployment: Deployment

    @cached_property
    def repaired(self) -> Instance:
        """The instance with the changes in it."""
        return amend(self.instance, self.edits)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes as data."""
        return tuple(change.edit for change in self.changes)

    @property
    def points(self) -> int:
        """Price of all changes together."""
        return sum(change.points for change in self.changes)


def _prices(place: str, value: Any) -> Any:
    """Take points by the names of `PRICES`, None for what is not allowed."""
    if not isinstance(value, Mapping):
        raise Refusal("wrong-type", place, value, Message("points by name"), Message("give a dictionary"))
    for name, points in value.items():
        if name not in PRICES:
            expected = Message("one of {names}", names=", ".join(PRICES))
            raise Refusal("not-a-choice", place, name, expected, Message("correct the name"))
        if points is not None:
            whole(f"{place}[{name}]", points, 1)
    return value


@checked(prices=maybe(_prices))
def repair(
    instance: Instance,
    prices: Mapping[str, int | None] | None = None,
    *,
    solver: SolverName = "highs",
    seconds: float | None = None,
    nodes: int | None = None,
) -> Repair:
    """Find the cheapest changes that make an instance feasible.

    Parameters
    ----------
    prices : points that differ from `PRICES`, at least 1; None forbids a measure. Forbidding ``person`` forbids more
        teams and vehicles that bring people.
    seconds, nodes : limits of the search; with a limit the repair may not be proved the cheapest, and says so.

    Returns
    -------
    Repair, whose deployment was found for the repaired instance and passed the checker.

    Raises
    ------
    Unrepairable : it is proved that no allowed change helps.
    NoPlan : no repair was found within the limits.
    BadSetting : an argument is none that can be used, such as prices that are none of `PRICES`, or below 1.
    """
    all_prices: dict[str, int | None] = {**PRICES, **(prices or {})}
    program = _Elastic(instance, all_prices)
    answer = Limits.of(solver, seconds, nodes).run(program.problem)
    if answer.termination is Termination.INFEASIBLE:
        raise Unrepairable(conflict_among(program.fixed, solver=solver))
    if answer.values is None:
        raise NoPlan(Message("no repair was found within the limits; {words}", words=answer.words))
    changes = tuple(program.changes({name: round(value) for name, value in answer.values.items()}))
    repaired = amend(instance, (change.edit for change in changes))
    plan = nearest(repaired, {}, solver=solver)
    if not (verdict := check(repaired, plan)).passed:
        words = "the repair is withheld, because the checker refuses what it makes possible: {verdict}"
        raise OptimiserError(Message(words, verdict=str(verdict)))
    return Repair(instance, changes, answer.termination is Termination.OPTIMAL, all_prices, plan)


class _Elastic:
    """The elastic program: a slack for each requirement that has a price."""

    def __init__(self, instance: Instance, prices: Mapping[str, int | None]) -> None:
        self.instance, self.prices = instance, prices
        self.frame = Frame.of(instance)
        self.widest = Frame(_widen(instance))  # where rules of seats hold for any number of heads that may come
        self.problem = pulp.LpProblem("repair", pulp.LpMinimize)
        self.numbers: Numbers = _every_number(self.problem, self.frame)
        self.slacks: list[tuple[Requirement, pulp.LpVariable, int]] = []  # with its price
        self.fixed: list[Requirement] = []
        for requirement in require(instance):
            self._add(requirement)
        constrain(self.problem, self.numbers, (row for requirement in self.fixed for row in requirement.rows))
        costs = {slack: price for _, slack, price in self.slacks}
        self.problem.setObjective(pulp.LpAffineExpression(costs))

    def _add(self, requirement: Requirement) -> None:
        price, most = self._price(requirement), self._most(requirement)
        if price is None or most <= 0:
            self.fixed.append(requirement)
            return
        slack = self.problem.add_variable(f"r{len(self.slacks)}", 0, most, cat="Integer")
        self.slacks.append((requirement, slack, price))
        row, scale = requirement.rows[0], 1
        if requirement.code == "seats":
            row, scale = self._seats(requirement)
        terms = {self.numbers[cell]: c for cell, c in row.terms.items() if cell in self.numbers and c}
        if row.least is not None:
            self.problem += pulp.LpAffineExpression({**terms, slack: scale}) >= row.least
        else:
            self.problem += pulp.LpAffineExpression({**terms, slack: -scale}) <= row.most

    def _price(self, requirement: Requirement) -> int | None:
        """Points for one unit, None where it is not allowed."""
        if requirement.code != "availability":
            return self.prices[MEASURE[requirement.code]] if requirement.code in MEASURE else None
        part, index, _ = requirement.number
        kind = (self.instance.teams if part == "teams" else self.instance.vehicles)[int(index)]
        heads = int(kind.size) if isinstance(kind, Team) else 0 if kind.crew_role else int(kind.crew)
        person, vehicle = self.prices["person"], 0 if isinstance(kind, Team) else self.prices["vehicle"]
        if vehicle is None or (heads and person is None):
            return None
        return vehicle + heads * (person or 0)

    def _most(self, requirement: Requirement) -> int:
        """Units by which a number may change and still be one that the format takes."""
        row = requirement.rows[0]
        if requirement.code == "seats":
            return LARGEST
        if row.least is not None:
            return row.least
        limits = {"staging": LARGEST, "cap": HIGHEST}
        return limits.get(requirement.code, MOST) - int(row.most or 0)

    def _seats(self, requirement: Requirement) -> tuple[Row, int]:
        """Return the row of seats and how much one head without a seat counts in it."""
        p = int(requirement.number[1]) + self.frame.posts.start
        post = self.widest.instance.posts[int(requirement.number[1])]
        share = seat_share(self.widest, post)
        terms: dict[Cell, int] = {(p, k): -share.numerator * self.frame.heads[k] for k in self.frame.teams}
        terms.update({(p, k): share.denominator * int(v.seats) for k, v in self.frame.vehicles if v.seats})
        return Row(terms, least=0), share.denominator

    def changes(self, values: Mapping[str, int]) -> Iterable[Change]:
        """Read what the solver relaxed."""
        for requirement, slack, price in self.slacks:
            amount = values[slack.name]
            if amount <= 0:
                continue
            if requirement.code == "seats":
                yield self._fewer_seats(requirement, values, amount, price)
                continue
            row = requirement.rows[0]
            asked = row.least if row.least is not None else row.most
            assert asked is not None
            value = asked - amount if row.least is not None else asked + amount
            required, have = (asked, value) if row.least is not None else (value, asked)
            place, what = self._name(requirement)
            yield Change(requirement.code, Edit(requirement.number, value), place, what, required, have, price)

    def _fewer_seats(self, requirement: Requirement, values: Mapping[str, int], amount: int, price: int) -> Change:
        """Lower the share of heads that must have a seat to what the seats there allow."""
        p = int(requirement.number[1]) + self.frame.posts.start
        here = {k: values[n.name] for (q, k), n in self.numbers.items() if q == p}
        heads = sum(here.get(k, 0) * self.frame.heads[k] for k in self.frame.teams)
        seats = sum(here.get(k, 0) * int(v.seats) for k, v in self.frame.vehicles)
        share = (seats * FINE // heads) / FINE
        return Change(
            "seats", Edit(requirement.number, share), self._name(requirement)[0], "", seats + amount, seats, price
        )

    def _name(self, requirement: Requirement) -> tuple[str, str]:
        """Return the place and the kind or role that a requirement is about."""
        part, *rest = requirement.number
        if part == "cap":
            return "", ""
        index = int(rest[0])
        if part in ("teams", "vehicles"):
            return "", getattr(self.instance, str(part))[index].id
        if part == "pins":
            return self.instance.pins[index].place, self.instance.pins[index].what
        place = getattr(self.instance, str(part))[index].id
        return place, str(rest[2]) if len(rest) > 2 else ""


def _every_number(problem: pulp.LpProblem, frame: Frame) -> dict[Cell, pulp.LpVariable]:
    """One variable for each place and kind that may stand there, whether or not there is any of the kind yet."""
    numbers = {}
    for p in range(len(frame.instance.places)):
        for k in range(len(frame.kinds)):
            if frame.may_stand(p, k):
                numbers[p, k] = add_number(problem, (p, k), MOST)
    return numbers


def _widen(instance: Instance) -> Instance:
    """Copy an instance with as many teams and as much room at posts as a repair may bring."""
    teams = tuple(team.altered(count=MOST) for team in instance.teams)
    posts = tuple(p.altered(staging_capacity=max(LARGEST, p.staging_capacity)) for p in instance.posts)
    return instance.altered(teams=teams, posts=posts)
