"""Districts that share pools of reinforcements: a province or a nation as data.

Every district is an instance of its own, in a file of its own. A pool holds whole teams of one role, lends each to one
of the districts that it serves for their operational period, and says when borrowed teams can be there. What is lent is
decided before the operation begins; a team that one district has borrowed is nobody else's that day.
"""

from __future__ import annotations

import errno
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import make_fault, suggest
from optimiser.common.message import Message
from optimiser.common.parsing import cut
from optimiser.files.read import publish_model, read, read_document
from optimiser.model.instance import Instance, Team
from optimiser.model.values.base import Frozen, Identifier, Minutes, Model, Name, Share, Source, Teams, Text
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.values.quantity import Amount, Count

FORMAT: Literal["optimiser-nation/1"] = "optimiser-nation/1"
FOLDER = "districts"  # beside the file of the nation: where the files of districts are
MOST_DISTRICTS, MOST_POOLS = 2_000, 5_000  # assumed: far more than any country has


class District(Model):
    """One district or city: its identifier names its file and its instance."""

    id: Identifier
    name: Name
    province: Name = ""


class SharedPool(Model):
    """Whole teams of one role that several districts may borrow."""

    id: Identifier = Field(description="also names the kind of team in the districts that borrow")
    name: Name
    role: Identifier = Field(description="a role of every district served")
    size: Annotated[int, Amount("heads", 1, 1000, whole=True)]
    count: Teams
    fitness: Share = Field(1.0, validate_default=True)
    serves: Annotated[dict[Identifier, Minutes], Frozen, Field(min_length=1)] = Field(
        description="districts that may borrow, with the minutes after the start until borrowed teams are there"
    )
    source: Source = "assumed"


class Nation(Model):
    """Districts and the pools they share. Immutable."""

    format: Literal["optimiser-nation/1"] = FORMAT
    name: Identifier
    title: Name
    about: Text = ""
    districts: Annotated[tuple[District, ...], Field(min_length=1, max_length=MOST_DISTRICTS)]
    pools: Annotated[tuple[SharedPool, ...], Field(max_length=MOST_POOLS)] = ()
    source: Source = "assumed"

    def serving(self, district: str) -> tuple[SharedPool, ...]:
        """List the pools that a district may borrow from, in the order of the file."""
        return tuple(pool for pool in self.pools if district in pool.serves)


def nation_schema() -> dict[str, Any]:
    """Give the JSON Schema of the file of a nation."""
    return publish_model(Nation, "nation")


def read_nation(path: str | Path) -> Nation:
    """Read a nation from a TOML or JSON file; its districts are not read.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all its faults.
    """
    data, source = read_document(path), str(path)
    try:
        nation = Nation.model_validate(data)
    except ValidationError as error:
        faults = list_field_faults(error.errors(include_url=False), Nation.model_json_schema())
        raise InputFault(source, cut(faults)) from None
    if faults := [*_doubles(nation), *_strangers(nation)]:
        raise InputFault(source, cut(faults))
    return nation


def _doubles(nation: Nation) -> Iterator[Fault]:
    names = {"districts": [d.id for d in nation.districts], "pools": [pool.id for pool in nation.pools]}
    for section, listed in names.items():
        times = Counter(listed)
        for number, name in enumerate(listed):
            if times[name] > 1:
                expected = Message("an identifier used once in {sections}", sections=section)
                yield make_fault("duplicate-id", f"{section}[{number}].id", name, expected, Message("rename one"))


def _strangers(nation: Nation) -> Iterator[Fault]:
    known = {district.id for district in nation.districts}
    for number, pool in enumerate(nation.pools):
        for district in pool.serves:
            if district not in known:
                place, repair = f"pools[{number}].serves.{district}", suggest(district, known)
                expected = Message("a district that exists")
                yield make_fault("unknown-district", place, district, expected, repair or Message("leave it out"))


def district_file(folder: str | Path, district: str) -> Path:
    """Give the file of a district of the nation whose file lies in a folder."""
    return Path(folder) / FOLDER / f"{district}.toml"


def read_district(folder: str | Path, district: str, pools: tuple[SharedPool, ...]) -> Instance:
    """Read the instance of a district and see whether the pools that serve it fit.

    Raises
    ------
    FileTrouble : its file cannot be read.
    InputFault : it says something that cannot be used, or a pool does not fit; all faults.
    """
    file = district_file(folder, district)
    if not file.is_file():  # or it would be looked for among the shipped instances
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=os.strerror(errno.ENOENT)))
    instance = read(file)
    if faults := find_misfits(instance, district, pools):
        raise InputFault(str(file), cut(faults))
    return instance


def find_misfits(instance: Instance, district: str, pools: tuple[SharedPool, ...]) -> list[Fault]:
    """List what keeps a district from borrowing of the pools that serve it, or from being that district."""
    faults = []
    if instance.name != district:
        expected, repair = Message("the district's identifier, {name}", name=district), Message("correct the name")
        faults.append(make_fault("wrong-district", "name", instance.name, expected, repair))
    roles = {role.id for role in instance.roles}
    taken = roles | {team.id for team in instance.teams} | {vehicle.id for vehicle in instance.vehicles}
    for pool in pools:
        place = f"pools.{pool.id}"
        if pool.role not in roles:
            repair = suggest(pool.role, roles) or Message("add the role, or leave the district out of the pool")
            faults.append(make_fault("unknown-role", f"{place}.role", pool.role, Message("a role that exists"), repair))
        if pool.id in taken:
            expected = Message("an identifier used once in {sections}", sections="teams, roles, vehicles")
            faults.append(make_fault("duplicate-id", f"{place}.id", pool.id, expected, Message("rename the pool")))
        if _arrival(pool, district) >= instance.period.minutes:
            length = f"{instance.period.minutes:g}"
            expected = Message("less than {minutes} min, the length of the period", minutes=length)
            repair = Message("leave the district out of the pool")
            late = float(pool.serves[district])
            faults.append(make_fault("time-outside", f"{place}.serves.{district}", late, expected, repair))
    return faults


def lend(instance: Instance, pools: tuple[SharedPool, ...], loans: Mapping[str, int]) -> Instance:
    """Give a district with what it has borrowed: one more kind of team for each pool that serves it.

    Borrowed teams can be placed like the district's own, keep every rule of sectors and posts, do not count in its cap
    on heads, come from its first post, and can be used from the minute on that the pool names.

    Parameters
    ----------
    pools : those that serve the district.
    loans : teams borrowed, by pool; what is left out is none.
    """
    kinds = [_kind(instance, pool, loans.get(pool.id, 0)) for pool in pools]
    return instance.altered(teams=(*instance.teams, *kinds))


def _arrival(pool: SharedPool, district: str) -> int:
    """Give the minute from which borrowed teams can be used: clock times are whole minutes."""
    return math.ceil(pool.serves[district])


def _kind(instance: Instance, pool: SharedPool, number: int) -> Team:
    after = _arrival(pool, instance.name)
    return Team(
        id=pool.id,
        name=pool.name,
        role=pool.role,
        size=pool.size,
        count=Count(number),
        home=instance.posts[0].id,
        available=instance.clock(after) if after else None,
        fitness=pool.fitness,
        counts=False,
        source=pool.source,
    )
