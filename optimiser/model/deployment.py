"""The plan as data: how many teams of each kind, and which vehicles, stand where.

Whatever is not placed is held at base and cannot be called. At a sector teams stand in the line; at a post they are
callable reserve; those of an accompaniment go with a gathering and stand in the line wherever it stops.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.common.notebook import make_card
from optimiser.model.clocks import find_first_minute, find_late_start
from optimiser.model.instance import Instance, Post, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.model.parts.notes import NOTES, find_notes, join_notes
from optimiser.model.values.base import Frozen, Identifier, Model, Name

if TYPE_CHECKING:
    import pandas as pd

FORMAT: Literal["optimiser-deployment/1"] = "optimiser-deployment/1"
Numbers = NDArray[np.int64]
Number = Annotated[int, Field(ge=0, le=10_000, strict=True)]


class Allotment(Model):
    """What one place gets: teams by kind and vehicles by type; zeros are left out."""

    teams: Annotated[dict[Identifier, Number], Frozen] = Field({}, validate_default=True)
    vehicles: Annotated[dict[Identifier, Number], Frozen] = Field({}, validate_default=True)


def count_unit_heads(kind: Team | VehicleType, number: int) -> int:
    """Return the heads of so many teams, or of the extra crews of so many vehicles.

    A crew that teams at the same place give is counted with them. Every paper, screen and file counts by this.
    """
    if isinstance(kind, Team):
        return number * int(kind.size)
    return number * int(kind.crew) if kind.crew_role is None else 0


def count_heads_at(instance: Instance, here: Allotment) -> int:
    """Return the heads at a place: those of its teams, within the cap or not, and of extra crews of its vehicles."""
    teams = sum(count_unit_heads(team, here.teams.get(team.id, 0)) for team in instance.teams)
    return teams + sum(count_unit_heads(v, here.vehicles.get(v.id, 0)) for v in instance.vehicles)


def count_heads_over_time(instance: Instance, here: Allotment) -> list[tuple[float, int]]:
    """Return the minutes at which the heads at a place change, from 0, with the heads that can be used from then on.

    The last number is that of `count_heads_at`.
    """
    steps = {0.0: 0}
    for team in instance.teams:
        minute = find_first_minute(instance, team)
        steps[minute] = steps.get(minute, 0) + count_unit_heads(team, here.teams.get(team.id, 0))
    steps[0.0] += sum(count_unit_heads(v, here.vehicles.get(v.id, 0)) for v in instance.vehicles)
    found = [(0.0, steps.pop(0.0))]
    for minute, heads in sorted(steps.items()):
        if heads:
            found.append((minute, found[-1][1] + heads))
    return found


class Deployment(Model):
    """Who stands where for one operational period.

    Attributes
    ----------
    places : allotment by the identifier of a sector, post or accompaniment; places that get nothing may be left out.
    """

    format: Literal["optimiser-deployment/1"] = FORMAT
    instance: Identifier
    title: Name = "deployment"
    places: Annotated[dict[Identifier, Allotment], Frozen] = Field({}, validate_default=True)

    @classmethod
    def build(
        cls,
        instance: Instance,
        teams: Mapping[tuple[str, str], int],
        vehicles: Mapping[tuple[str, str], int],
        title: str = "deployment",
    ) -> Deployment:
        """Make a deployment from counts by (place, kind); zeros vanish, order follows the instance.

        Raises
        ------
        Mismatch : a place or a kind is none of the instance.
        """
        known = {p.id for p in instance.places}, {t.id for t in instance.teams}, {v.id for v in instance.vehicles}
        wrong = [
            name
            for counts, kinds in ((teams, known[1]), (vehicles, known[2]))
            for name in counts
            if name[0] not in known[0] or name[1] not in kinds
        ]
        if wrong:
            words = {"name": instance.name, "names": ", ".join(f"'{place}: {kind}'" for place, kind in wrong)}
            raise Mismatch(Message("the instance '{name}' does not have {names}", **words))
        some = {place for (place, _), n in (*teams.items(), *vehicles.items()) if n}
        places: dict[str, Allotment] = {}
        for place in instance.places:
            if place.id not in some:
                continue
            t = {k.id: int(teams[place.id, k.id]) for k in instance.teams if teams.get((place.id, k.id), 0)}
            v = {k.id: int(vehicles[place.id, k.id]) for k in instance.vehicles if vehicles.get((place.id, k.id), 0)}
            if t or v:
                places[place.id] = Allotment(teams=t, vehicles=v)
        return cls(instance=instance.name, title=title, places=places)

    @classmethod
    def of_numbers(cls, instance: Instance, numbers: Numbers, title: str = "deployment") -> Deployment:
        """Make a deployment from numbers by place and kind, see `numbers`.

        Raises
        ------
        Mismatch : there are not as many places and kinds as in the instance.
        """
        kinds = [*(t.id for t in instance.teams), *(v.id for v in instance.vehicles)]
        split, places = len(instance.teams), [p.id for p in instance.places]
        if numbers.shape != (len(places), len(kinds)):
            words = {"name": instance.name, "places": len(places), "kinds": len(kinds), "shape": str(numbers.shape)}
            raise Mismatch(
                Message("'{name}' has {places} places and {kinds} kinds; the numbers have shape {shape}", **words)
            )
        teams: dict[tuple[str, str], int] = {}
        vehicles: dict[tuple[str, str], int] = {}
        for p, k in zip(*np.nonzero(numbers), strict=True):
            (teams if k < split else vehicles)[places[p], kinds[k]] = int(numbers[p, k])
        return cls.build(instance, teams, vehicles, title)

    def numbers(self, instance: Instance, *, known_only: bool = False) -> Numbers:
        """Return the numbers of teams and vehicles, shape (places, kinds): team kinds, then vehicle types.

        Parameters
        ----------
        known_only : leave out what the instance does not have, instead of refusing it.

        Raises
        ------
        Mismatch : the deployment is of another instance, or names what this one does not have.
        """
        if not known_only:
            self.belong(instance)
        split = len(instance.teams)
        team = {k.id: i for i, k in enumerate(instance.teams)}
        vehicle = {v.id: split + i for i, v in enumerate(instance.vehicles)}
        result = np.zeros((len(instance.places), split + len(vehicle)), dtype=np.int64)
        for p, place in enumerate(instance.places):
            here = self.places.get(place.id)
            if here is not None:
                for index, amounts in ((team, here.teams), (vehicle, here.vehicles)):
                    for kind, n in amounts.items():
                        if kind in index:
                            result[p, index[kind]] = n
        return result

    def leave_out_strange(self, instance: Instance) -> Deployment:
        """Return what of it the instance has a place for; who accompanied a gathering that is gone is at base."""
        known = {place.id for place in instance.places}
        if known >= set(self.places):
            return self
        places = {place: here for place, here in self.places.items() if place in known}
        return self.model_copy(update={"places": places})

    def belong(self, instance: Instance) -> None:
        """Refuse an instance that this deployment was not made for; nothing of it would be left out in silence.

        Raises
        ------
        Mismatch : it names another instance, or a place, kind of team or type of vehicle that this one does not have.
        """
        words: dict[str, str] = {"title": self.title, "name": instance.name}
        if self.instance != instance.name:
            words["other"] = self.instance
            raise Mismatch(
                Message("the plan '{title}' was made for the instance '{other}', and this one is '{name}'", **words)
            )
        places, teams = {p.id for p in instance.places}, {t.id for t in instance.teams}
        vehicles = {v.id for v in instance.vehicles}
        strange = [place for place in self.places if place not in places]
        for here in self.places.values():
            strange += [kind for kind in here.teams if kind not in teams]
            strange += [kind for kind in here.vehicles if kind not in vehicles]
        if strange:
            words["names"] = ", ".join(f"'{one}'" for one in dict.fromkeys(strange))
            raise Mismatch(
                Message("the plan '{title}' names what the instance '{name}' does not have: {names}", **words)
            )

    def team_count(self, place: str, kind: str) -> int:
        """Teams of one kind at one place."""
        allotment = self.places.get(place)
        return int(allotment.teams.get(kind, 0)) if allotment else 0

    def vehicle_count(self, place: str, kind: str) -> int:
        """Vehicles of one type at one place."""
        allotment = self.places.get(place)
        return int(allotment.vehicles.get(kind, 0)) if allotment else 0

    def heads_by_place(self, instance: Instance) -> dict[str, int]:
        """Return the heads at each place of the instance, by its identifier; see `count_heads_at`."""
        return {p.id: count_heads_at(instance, self.places.get(p.id, Allotment())) for p in instance.places}

    def table(self, instance: Instance) -> pd.DataFrame:
        """List the deployment with one row a place and kind.

        Returns
        -------
        Data frame with columns place, place_name, kind (sector, post, accompaniment or base), what (team or vehicle),
        id, role, number, heads, available, and those of officer_post, call_sign, contact and equipment that the
        instance has; the heads of a vehicle are its extra crew; available is the clock time from which a team can be
        used, empty from the start. What is held at base comes last.

        Raises
        ------
        Mismatch : see `belong`.
        """
        self.belong(instance)
        roles, numbers = {role.id: role.name for role in instance.roles}, self.first_numbers(instance)
        rows: list[tuple[Any, ...]] = []
        notes = find_notes((*instance.places, *instance.teams, *instance.vehicles), ("officer_post", *NOTES))

        def add(
            kind: str,
            place: Sector | Post | Moving | None,
            teams: Mapping[str, int],
            vehicles: Mapping[str, int],
        ) -> None:
            where = ("", "base", kind) if place is None else (place.id, place.name, kind)
            units: tuple[Team | VehicleType, ...] = (*instance.teams, *instance.vehicles)
            for unit in units:
                team = isinstance(unit, Team)
                if n := (teams if team else vehicles).get(unit.id, 0):
                    role = roles[unit.role] if isinstance(unit, Team) else unit.name
                    start = find_late_start(instance, unit) or ""
                    first = numbers[place.id if place else "", unit.id]
                    said = (join_notes(note, unit, place, first, n) for note in notes)
                    what = "team" if team else "vehicle"
                    rows.append((*where, what, unit.id, role, n, count_unit_heads(unit, n), start, *said))

        for place in instance.places:
            allotment = self.places.get(place.id, Allotment())
            add(type(place).__name__.lower(), place, allotment.teams, allotment.vehicles)
        placed = list(self.places.values())
        left_teams = {t.id: t.count - sum(a.teams.get(t.id, 0) for a in placed) for t in instance.teams}
        left_vehicles = {v.id: v.count - sum(a.vehicles.get(v.id, 0) for a in placed) for v in instance.vehicles}
        add("base", None, left_teams, left_vehicles)
        columns = ["place", "place_name", "kind", "what", "id", "role", "number", "heads", "available", *notes]
        import pandas as pd  # noqa: PLC0415 - whoever makes no table is spared it

        return pd.DataFrame(rows, columns=columns)

    def first_numbers(self, instance: Instance) -> dict[tuple[str, str], int]:
        """Return the first running number, from 1, of each kind at each place, in their order, with base, "", last."""
        units: tuple[Team | VehicleType, ...] = (*instance.teams, *instance.vehicles)
        used: dict[str, int] = {}
        first = {}
        for place in (*(place.id for place in instance.places), ""):
            here = self.places.get(place, Allotment())
            for unit in units:
                first[place, unit.id] = used.get(unit.id, 0) + 1
                count = (here.teams if isinstance(unit, Team) else here.vehicles).get(unit.id, 0)
                used[unit.id] = used.get(unit.id, 0) + int(count)
        return first

    def _repr_html_(self) -> str:
        """Show who stands where in a notebook; names are in the instance."""
        rows = (
            (place, kind, number)
            for place, here in self.places.items()
            for kind, number in (*here.teams.items(), *here.vehicles.items())
        )
        return make_card(self.title, {"instance": self.instance}, ("place", "what", "number"), rows)

    def fingerprint(self) -> str:
        """Return the sha256 of the content, the same in every process; the title does not count."""
        body = self.model_dump(mode="json", exclude={"title"})
        return hashlib.sha256(
            json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        ).hexdigest()
