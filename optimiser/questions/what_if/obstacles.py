"""Changes that have no effect on who stands where: what the plan meets already, and what another limit keeps back.

Six more teams change nothing where the cap is reached: then it is said which limit binds, and what to ask with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from optimiser.common.message import Message
from optimiser.files.apply_whatif import EVERYWHERE, KEPT, LOST
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import SECTIONS
from optimiser.model.values.base import EVERYBODY
from optimiser.planning.programs.requirements import Cell, Frame, Requirement, Row, pinned, require

ROUNDS = 4  # crews that escorts that crews need; assumed: nothing nests deeper
PLACES = 200  # where one more of a kind is tried at most; assumed
NOTHING: Mapping[Cell, int] = MappingProxyType({})  # added to a plan
COMPANIONS = (
    "crew",
    "escort",
    "officer",
    "seats",
    "presence-backed",
)  # rules that more units at the same place can meet


@dataclass(frozen=True)
class Obstacle:
    """Why a change has no effect.

    Attributes
    ----------
    path : the number that was changed, as ``--set`` takes it, such as ``teams.dalmas.count``.
    sentence : what is so.
    limits : requirements that bind instead; none where there are none.
    offers : changes to ask for besides, as they are typed.
    """

    path: str
    sentence: Message
    limits: tuple[Message, ...] = ()
    offers: tuple[str, ...] = ()


def find_obstacles(before: Instance, after: Instance, old: Deployment, new: Deployment) -> tuple[Obstacle, ...]:
    """Look for limits that a what-if changed without an effect.

    Parameters
    ----------
    before, after : without and with the change.
    old : the plan before it.
    new : the plan that is advised after it.
    """
    known = {key: r.rows[0] for key, r in _tell_apart(before, require(before))}
    room = _Room(after, new.numbers(after))
    kept = old.numbers(after)
    places = {place.id for place in before.places}
    found = []
    for key, requirement in _tell_apart(after, room.requirements):
        row = requirement.rows[0]
        nothing = Row({}, most=0 if requirement.code == "availability" else None)  # of a kind that is new
        earlier = known.get(key, nothing)
        if (row.least, row.most) == (earlier.least, earlier.most):
            continue
        if str(requirement.number[0]) in ("sectors", "posts", *SECTIONS) and _part(after, requirement) not in places:
            continue  # the place is new
        if requirement.code == "pin" and after.pins[int(requirement.number[1])].why in (KEPT, LOST, EVERYWHERE):
            continue  # it was taken from the plan, or says the same of every place
        if _loosened(earlier.most, row.most):
            if earlier.most is not None and room.have(row) <= earlier.most:
                found.append(room.explain(requirement, earlier.most))
        elif (row.most is not None or row.least is not None) and not _loosened(row.least, earlier.least):
            halves = _halves(requirement, room.requirements)
            exact = len(halves) > 1 and halves[0].rows[0].least == halves[1].rows[0].most
            if all(_keeps(half.rows[0], kept) for half in halves) and (requirement is halves[0] or not exact):
                found.append(_met(after, requirement, _count(row, kept), room.requirements, exact))
    return (*found, *_met_everywhere(before, after, kept))


def _tell_apart(
    instance: Instance, requirements: Iterable[Requirement]
) -> Iterator[tuple[tuple[str, ...], Requirement]]:
    """Yield requirements with a number, each with what tells it from others, before and after a change alike.

    Parts are told apart by their identifiers and pins by what they are about: one that is taken away moves others up.
    """
    alike: Counter[tuple[str, ...]] = Counter()
    for one in requirements:
        if one.code == "pin":
            pin = instance.pins[int(one.number[1])]
            about = (one.code, pin.place, pin.what, pin.why, str(one.number[2]))
            alike[about] += 1
            yield (*about, str(alike[about])), one
        elif one.number:
            yield (one.code, write_path(instance, one.number)), one


def _halves(requirement: Requirement, others: Iterable[Requirement]) -> list[Requirement]:
    """Return both requirements of a pin that asks for at least and at most something; else the one."""
    if requirement.code != "pin":
        return [requirement]
    return [one for one in others if one.code == "pin" and one.number[:2] == requirement.number[:2]]


def _count(row: Row, numbers: Numbers) -> int:
    """Count what a row counts in a plan."""
    return sum(c * int(numbers[cell]) for cell, c in row.terms.items())


def _keeps(row: Row, numbers: Numbers) -> bool:
    """Tell whether a plan keeps to a row."""
    have = _count(row, numbers)
    return (row.most is None or have <= row.most) and (row.least is None or have >= row.least)


def _met_everywhere(before: Instance, after: Instance, kept: Numbers) -> Iterator[Obstacle]:
    """Say that nothing stands anywhere already of what is not to stand anywhere."""
    frame = Frame.of(after)
    named = {pin.what: pin for pin in after.pins[len(before.pins) :] if pin.why == EVERYWHERE}
    for what, pin in named.items():
        kinds, name = pinned(frame, pin)
        if not kept[:, kinds].any():
            yield Obstacle(f"pins.{what}", Message("No place has any of {what} in the plan already.", what=name))


def _part(instance: Instance, requirement: Requirement) -> str:
    return write_path(instance, requirement.number[:2]).rpartition(".")[2]


def _loosened(lower: int | None, higher: int | None) -> bool:
    return lower is not None and higher is not None and lower < higher


def _met(
    instance: Instance, requirement: Requirement, have: int, others: Sequence[Requirement], exact: bool
) -> Obstacle:
    """Say that the plan keeps to a new or stricter limit already, and which others are stricter still.

    Parameters
    ----------
    exact : it is half of a pin that asks for so many and no others.
    """
    row, path = requirement.rows[0], write_path(instance, requirement.number)
    stricter = tuple(
        other.name
        for other in others
        for one in other.rows
        if other is not requirement
        and other.code not in (*COMPANIONS, "stands")
        and row.most is not None
        and one.most is not None
        and one.most < row.most
        if set(row.terms) <= set(one.terms) and all(one.terms[cell] >= c for cell, c in row.terms.items())
    )
    words = {"limit": requirement.name, "have": have}
    if exact:
        pin = instance.pins[int(requirement.number[1])]
        what = Message("heads") if pin.what == EVERYBODY else pinned(Frame.of(instance), pin)[1]
        place = next(place.name for place in instance.places if place.id == pin.place)
        words["limit"] = Message("pin: exactly {n} x {what} at {place}", n=have, what=what, place=place)
        return Obstacle(path, Message("{limit}: the plan has that already.", **words))
    if not stricter:
        return Obstacle(path, Message("{limit}: the plan keeps to that already, with {have}.", **words))
    words["others"] = Message.chain("; ", stricter)
    sentence = Message("{limit}: the plan keeps to that already, with {have}; stricter is: {others}.", **words)
    return Obstacle(path, sentence, stricter)


class _Room:
    """What could be added to a plan."""

    def __init__(self, instance: Instance, plan: Numbers) -> None:
        self.instance, self.plan, self.frame = instance, plan, Frame.of(instance)
        self.requirements = require(instance)
        self._had: dict[int, int] = {}

    @cached_property
    def local(self) -> dict[int, list[Requirement]]:
        """Requirements that concern one place alone, by place."""
        found: dict[int, list[Requirement]] = defaultdict(list)
        for requirement in self.requirements:
            if requirement.place is not None:
                found[requirement.place].append(requirement)
        return found

    @cached_property
    def _index(self) -> dict[int, int]:
        return {id(requirement): i for i, requirement in enumerate(self.requirements)}

    @cached_property
    def everywhere(self) -> list[Requirement]:
        """Requirements about several places, those that more units could break."""
        several = ("availability", "cap", "stands", "staging", "maximum", "officer")
        return [r for r in self.requirements if r.place is None and r.code in several]

    def have(self, row: Row) -> int:
        """Count what a row counts in the plan."""
        if id(row) not in self._had:
            self._had[id(row)] = sum(c * int(self.plan[cell]) for cell, c in row.terms.items())
        return self._had[id(row)]

    def spare(self, kind: int) -> int:
        """Units of a kind that are held at base."""
        return int(self.frame.kinds[kind].count) - int(self.plan[:, kind].sum())

    def explain(self, requirement: Requirement, before: int) -> Obstacle:
        """Say why a higher limit is not used."""
        row, path = requirement.rows[0], write_path(self.instance, requirement.number)
        assert row.most is not None
        name: str = requirement.name
        kinds = sorted({k for (_, k), c in row.terms.items() if c > 0})
        number = 1
        if requirement.code == "availability":
            name, number = self.frame.kinds[kinds[0]].name, row.most - before
        places = sorted({p for p, _ in row.terms})
        tries = [(k, self._best(k, min(number, self.spare(k)), places)) for k in kinds if self.spare(k) > 0]
        if not tries:
            sentence = Message("{what}: more is allowed, and nothing is left at base that could use it.", what=name)
            return Obstacle(path, sentence)
        kind, best = min(tries, key=lambda one: len(one[1]))
        wanted = min(number, self.spare(kind))
        added = self._fill(kind, wanted, places)
        fits = sum(n for (_, k), n in added.items() if k == kind)
        rest = self._best(kind, wanted - fits, places, added)
        if not best or not rest:
            return Obstacle(path, Message("{what}: there is room for more, but no use of it was shown.", what=name))
        return self._blame_rest(path, name, (fits, wanted), rest) if fits else self._blame(path, name, best)

    def _blame(self, path: str, name: str, broken: Mapping[int, int]) -> Obstacle:
        """Name the limits that leave no room, and what to ask besides."""
        limits = [self.requirements[i] for i in broken]
        offers = tuple(filter(None, (self._offer(r, need) for r, need in zip(limits, broken.values(), strict=True))))
        names = tuple(r.name for r in limits)
        words: dict[str, object] = {"what": name, "limits": Message.chain("; ", names)}
        sentence = Message(
            "{what}: what is more stays at base, because another limit binds: {limits}. No exchange for others was "
            "shown to help.",
            **words,
        )
        local = [r.place for r in limits if r.place is not None]
        if local:
            sentence = Message(
                "{what}: what is more stays at base, because other limits bind at every place, the fewest at {place}: "
                "{limits}. No exchange for others was shown to help.",
                place=self.instance.places[local[0]].name,
                **words,
            )
        return Obstacle(path, sentence, names, offers)

    def _blame_rest(self, path: str, name: str, fits: tuple[int, int], broken: Mapping[int, int]) -> Obstacle:
        """Say for how many of those that came there is room, and which limits bind for the others."""
        limits = [self.requirements[i] for i in broken]
        pairs = zip(limits, broken.values(), strict=True)
        offers = tuple(filter(None, (f"--heads {n}" if r.code == "cap" else self._offer(r, n) for r, n in pairs)))
        names = tuple(r.name for r in limits)
        words = {"what": name, "n": fits[0], "all": fits[1], "limits": Message.chain("; ", names)}
        sentence = Message(
            "{what}: there is room for {n} of the {all}, but no use of it was shown; another limit binds for the "
            "others: {limits}.",
            **words,
        )
        return Obstacle(path, sentence, names, offers)

    def _fill(self, kind: int, number: int, places: Sequence[int]) -> dict[Cell, int]:
        """Add one after the other, with what has to come with them, as long as no limit breaks; at most so many."""
        added: dict[Cell, int] = {}
        left = number
        for place in self._open(kind, places):
            while left and not self._breaches(place, more := self._accompanied(kind, 1, place, added)):
                added, left = more, left - 1
        return added

    def _open(self, kind: int, places: Sequence[int]) -> list[int]:
        """Return places where a kind may stand, those first where it does."""
        fits = [p for p in places if self.frame.may_stand(p, kind)]
        return sorted(fits, key=lambda p: (not self.plan[p, kind], p))[:PLACES]

    def _best(
        self, kind: int, number: int, places: Sequence[int], already: Mapping[Cell, int] = NOTHING
    ) -> dict[int, int]:
        """Return the fewest limits that so many more would break at a place: by index, with what they would count."""
        tries = (self._try(kind, number, p, already) for p in self._open(kind, places))
        return min(tries, key=lambda broken: (len(broken), self._heads(broken)), default={})

    def _heads(self, broken: Mapping[int, int]) -> int:
        """Return the heads that would be deployed where that is more than the cap: few companions are better."""
        return sum(need for i, need in broken.items() if self.requirements[i].code == "cap")

    def _try(self, kind: int, number: int, place: int, already: Mapping[Cell, int] = NOTHING) -> dict[int, int]:
        """Return the limits that so many more at a place would break, with crew, escort, officer and seats."""
        added = self._accompanied(kind, number, place, already)
        return {self._index[id(r)]: have for r, _, have in self._breaches(place, added)}

    def _accompanied(self, kind: int, number: int, place: int, already: Mapping[Cell, int]) -> dict[Cell, int]:
        """Return what was added already, so many more at a place and what has to come with them."""
        added: dict[Cell, int] = defaultdict(int, already)
        added[place, kind] += number
        for _ in range(ROUNDS):
            lacking = [(r, row) for r, row, have in self._breaches(place, added) if r.code in COMPANIONS]
            helped = [self._accompany(place, added, row) for _, row in lacking]
            if not any(helped):
                break
        return added

    def _breaches(self, place: int, added: Mapping[Cell, int]) -> list[tuple[Requirement, Row, int]]:
        """List the rows that a plan with more units would break, with what they would count."""
        found = []
        for requirement in (*self.everywhere, *self.local[place]):
            for row in requirement.rows:
                more = sum(row.terms.get(cell, 0) * n for cell, n in added.items())
                have = self.have(row) + more
                over = row.most is not None and have > row.most and more > 0
                if over or (row.least is not None and have < row.least and more < 0):
                    found.append((requirement, row, have))
        return found

    def _accompany(self, place: int, added: dict[Cell, int], row: Row) -> bool:
        """Add the units that a row lacks at a place, from base as far as there are any; tells whether that helps."""
        sign = 1 if row.least is not None else -1
        givers = [(k, sign * c) for (p, k), c in row.terms.items() if p == place and sign * c > 0]
        if not givers:
            return False
        have = self.have(row) + sum(row.terms.get(cell, 0) * n for cell, n in added.items())
        lack = row.least - have if row.least is not None else have - (row.most or 0)
        if lack <= 0:  # what came with another rule is enough
            return False
        needs = [(k, -(-lack // c)) for k, c in givers]
        kind, need = min(needs, key=lambda one: max(0, one[1] + added[place, one[0]] - self.spare(one[0])))
        added[place, kind] += need
        return True

    def _offer(self, requirement: Requirement, need: int) -> str:
        """Write the change that would lift a limit as far as it takes."""
        if requirement.code == "cap":  # as many more as come
            row = requirement.rows[0]
            return f"--heads {(row.most or 0) + need - self.have(row)}"
        if requirement.code == "availability":
            part, kind, _ = write_path(self.instance, requirement.number).split(".")
            return f"--gain {part.removesuffix('s')}:{kind}={need - (requirement.rows[0].most or 0)}"
        if requirement.switch:
            return requirement.switch
        if requirement.number and requirement.rows[0].most is not None:
            return f"--set {write_path(self.instance, requirement.number)}={need}"
        return ""


def write_path(instance: Instance, keys: Sequence[str | int]) -> str:
    """Write where a number stands as ``--set`` takes it, parts by their identifiers."""
    return ".".join(_steps(instance, keys))


def _steps(instance: Instance, keys: Sequence[str | int]) -> Iterator[str]:
    here: object = instance
    for key in keys:
        if isinstance(key, int) and isinstance(here, tuple):
            here = here[key]
            yield str(getattr(here, "id", key))
        else:
            here = here.get(key) if isinstance(here, Mapping) else getattr(here, str(key), None)
            yield str(key)
