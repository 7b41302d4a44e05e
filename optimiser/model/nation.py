"""Districts that share pools of reinforcements: a province or a nation as data.

Every district is an instance of its own, in a file of its own. A pool holds whole teams of one role, lends each to one
of the districts that it serves for their operational period, and says when borrowed teams can be there. What is lent is
decided before the operation begins; a team that one district has borrowed is nobody else's that day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from optimiser.model.instance import Instance, Team
from optimiser.model.values.base import Frozen, Identifier, Minutes, Model, Name, Share, Source, Teams, Text
from optimiser.model.values.quantity import Amount, Count

FORMAT: Literal["optimiser-nation/1"] = "optimiser-nation/1"
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


def lend(instance: Instance, pools: tuple[SharedPool, ...], loans: Mapping[str, int]) -> Instance:
    """Return a district with what it has borrowed: one more kind of team for each pool that serves it.

    Borrowed teams can be placed like the district's own, keep every rule of sectors and posts, do not count in its cap
    on heads, come from its first post, and can be used from the minute on that the pool names.

    Parameters
    ----------
    pools : those that serve the district.
    loans : teams borrowed, by pool; what is left out is none.
    """
    kinds = [_kind(instance, pool, loans.get(pool.id, 0)) for pool in pools]
    return instance.altered(teams=(*instance.teams, *kinds))


def find_arrival(pool: SharedPool, district: str) -> int:
    """Return the minute from which borrowed teams can be used: clock times are whole minutes."""
    return math.ceil(pool.serves[district])


def _kind(instance: Instance, pool: SharedPool, number: int) -> Team:
    after = find_arrival(pool, instance.name)
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
