"""What is planned and expected at each place over the day, as numbers, in the order of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimiser.model.clocks import span_window
from optimiser.model.expected.visits import Visit, join_ways
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.balance import list_balances

MOST = 16  # places of an overview, so that it stays one page; assumed
Shares = Mapping[str, tuple[float, float]]  # of scenarios that turn yellow or worse, and red, by sector
Stand = tuple[str, float, float]  # sector, minutes from and until


@dataclass(frozen=True)
class PlaceDay:
    """A place over the day.

    Attributes
    ----------
    heads : from a minute of the operation on, how many stand there; empty where nobody does.
    visits : expected gatherings, one for each, whichever way it takes.
    shares : of scenarios in which it turns yellow or worse, and red; None where nothing was simulated, and of posts.
    windows : minutes from and until which a process must go on.
    missing : head equivalents that the line would lack if the expected crowd turned yellow, and red; who comes with
        the people is counted.
    stops : of units that move: sector, minutes from and until, along the likeliest ways.
    """

    place: Sector | Post | Moving
    heads: tuple[tuple[float, int], ...]
    visits: tuple[Visit, ...] = ()
    shares: tuple[float, float] | None = None
    windows: tuple[tuple[float, float], ...] = ()
    missing: tuple[int, int] = (0, 0)
    stops: tuple[Stand, ...] = ()

    @property
    def begins(self) -> float:
        """Minute at which personnel stands or people are expected here first; else at which a process begins."""
        starts = [*(m for m, _ in self.heads), *(v.start for v in self.visits)]
        return min(starts or [begin for begin, _ in self.windows], default=0.0)


def list_place_days(at: Situation, shares: Shares | None = None) -> list[PlaceDay]:
    """List sectors where anybody stands or anything is expected, in the order of the day, then posts and companions.

    Parameters
    ----------
    shares : by sector; None where nothing was simulated.
    """
    missing: dict[str, dict[str, int]] = {}
    for balance in list_balances(at):
        missing.setdefault(balance.sector.id, {})[balance.phase] = balance.missing
    sectors = []
    for sector in at.instance.sectors:
        if not at.active(sector):
            continue
        short = missing.get(sector.id, {})
        windows = [span_window(at.instance, w)[:2] for w in sector.critical]
        sectors.append(
            PlaceDay(
                sector,
                _heads(at, sector),
                join_ways(at.visits.get(sector.id, ())),
                None if shares is None else shares.get(sector.id, (0.0, 0.0)),
                tuple(windows),
                (short.get("yellow", 0), short.get("red", 0)),
            )
        )
    posts = [PlaceDay(post, _heads(at, post)) for post in at.instance.posts if at.units[post.id]]
    companions = [PlaceDay(m, _heads(at, m), stops=_stops(at, m)) for m in at.instance.moving if at.units[m.id]]
    return [*sorted(sectors, key=lambda day: day.begins), *posts, *companions]


def pick_worst(days: list[PlaceDay], most: int = MOST) -> list[PlaceDay]:
    """Pick so many places, in their order: those first that turn red most often, then yellow, then with most heads."""

    def rank(number: int) -> tuple[float, float, int, int]:
        day = days[number]
        yellow, red = day.shares or (0.0, 0.0)
        return -red, -yellow, -sum(n for _, n in day.heads), number

    return [days[number] for number in sorted(sorted(range(len(days)), key=rank)[:most])]


def _stops(at: Situation, moving: Moving) -> tuple[Stand, ...]:
    """Give where units that move stand, along the likeliest ways, as long as the operation lasts."""
    return tuple((stand.sector, stand.formed, stand.left) for stand in at.stands(moving))


def _heads(at: Situation, place: Sector | Post | Moving) -> tuple[tuple[float, int], ...]:
    """Add up the heads at a place from when they must stand, later where a team can be used only later."""
    found = {max(at.stand(place), minute): heads for minute, heads in at.strength(place.id) if heads}
    return tuple(found.items())
