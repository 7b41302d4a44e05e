"""A repair in words: what is required, there, and needed, as in ICS 215, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given
from optimiser.model.checker import check
from optimiser.model.instance import Instance, Role, Team, VehicleType
from optimiser.planning.programs.repair import Change, Repair


@dataclass(frozen=True)
class RepairLine:
    """One line of the sheet, all in words and whole numbers.

    Attributes
    ----------
    resource : what is short.
    where : the place; for teams and vehicles, where the deployment that becomes possible puts them.
    required, have, need : numbers of the resource.
    action : what to do.
    points : price of it.
    """

    resource: str
    where: str
    required: int
    have: int
    need: int
    action: str
    points: int


def list_repair_lines(repair: Repair, language: Language = ENGLISH) -> tuple[RepairLine, ...]:
    """Return the lines of the sheet, in the order of the instance's rules."""
    return tuple(
        RepairLine(
            _resource(repair.instance, change, language),
            _where(repair, change, language),
            change.required,
            change.have,
            change.need,
            _action(repair.instance, change, language),
            change.points,
        )
        for change in repair.changes
    )


def repair_claim(repair: Repair, language: Language = ENGLISH) -> str:
    """Say what is known of a repair, no more."""
    if not repair.changes:
        return language("Nothing has to be changed: a deployment meets every requirement.")
    heads = check(repair.repaired, repair.deployment).heads.counted
    proof = (
        language("Proved under these prices: no cheaper set of changes makes a deployment possible.")
        if repair.proved
        else language("The cheapest repair found within the limits; that no other is cheaper was not proved.")
    )
    possible = language.plural(
        "With it the checker passes a deployment of {n} head.",
        "With it the checker passes a deployment of {n} heads.",
        heads,
    )
    return f"{proof} {possible}"


def price_list(repair: Repair, language: Language = ENGLISH) -> str:
    """Say what each measure was taken to cost, and what is never changed."""
    words = {
        "room": language("room for a head"),
        "cap": language("a head above the cap"),
        "person": language("a head brought"),
        "vehicle": language("a vehicle brought without its extra crew"),
        "seat": language("a waiting head without a seat"),
        "maximum": language("a team above a limit"),
        "pin": language("a pin changed by one"),
        "cover": language("a callable team fewer within reach"),
        "minimum": language("a team fewer than the least"),
    }
    allowed = [
        f"{words[name]} {language.number(f'{price:,}')}" for name, price in repair.prices.items() if price is not None
    ]
    text = language("Prices in points, all assumed: {list}.", list=", ".join(allowed))
    if barred := [words[name] for name, price in repair.prices.items() if price is None]:
        text += " " + language("Not allowed here: {list}.", list=", ".join(barred))
    never = language(
        "Doctrine is never changed: officers in charge, the least reserve, crews, escorts, and who may stand where."
    )
    if (presence := repair.instance.presence) is not None and presence.in_force:
        never += " " + language(
            "Nor are rules of presence; who can do without one switches it off in the file, in its part presence."
        )
    return f"{text} {never}"


def _resource(instance: Instance, change: Change, language: Language) -> str:
    role = {role.id: role.name for role in instance.roles}.get(change.what, "")
    match change.code:
        case "availability":
            kind = _kind(instance, change)
            if isinstance(kind, Team):
                return language.plural(
                    "{name} (team of {n} head)", "{name} (team of {n} heads)", kind.size, name=kind.name
                )
            return _with_crew(instance, kind, language)
        case "cap":
            return language("Heads deployed, of those who count")
        case "staging":
            return language("Room for heads")
        case "seats":
            return language("Seats for those who wait")
        case "maximum":
            return language("{role}: most teams", role=role)
        case "minimum":
            return language("{role}: least teams", role=role)
        case "cover":
            minutes = given(float(instance.doctrine.reserve_reach), language)
            return language("Teams ready to be called within {minutes} min", minutes=minutes)
    return language("{what}: wanted by a pin", what=_pinned(instance, change.what) or language("heads"))


def _where(repair: Repair, change: Change, language: Language) -> str:
    instance = repair.instance
    names = {place.id: place.name for place in instance.places}
    if change.code == "cap":
        return language("whole town")
    if change.code != "availability":
        return names[change.place]
    return "\n".join(f"{names[place]}: {n}" for place, n in _placed(repair, change))


def _placed(repair: Repair, change: Change) -> Iterator[tuple[str, int]]:
    """List where the deployment that becomes possible puts a kind."""
    teams = change.edit.keys[0] == "teams"
    for place, allotment in repair.deployment.places.items():
        if n := (allotment.teams if teams else allotment.vehicles).get(change.what, 0):
            yield place, n


def _action(instance: Instance, change: Change, language: Language) -> str:
    match change.code:
        case "availability":
            kind = _kind(instance, change)
            if not isinstance(kind, Team):
                return language.plural("bring {n} more vehicle", "bring {n} more vehicles", change.need)
            team = language.plural("bring {n} more team", "bring {n} more teams", change.need)
            heads = change.need * int(kind.size)
            return language.plural("{team}, {n} head", "{team}, {n} heads", heads, team=team)
        case "cap":
            return language("allow {new} instead of {old}", new=change.required, old=change.have)
        case "staging":
            return language.plural("make room for {n} more head", "make room for {n} more heads", change.need)
        case "seats":
            share = given(100.0 * float(change.edit.value), language)
            return language.plural(
                "let {n} head wait without a seat (mobile {share} %)",
                "let {n} heads wait without a seat (mobile {share} %)",
                change.need,
                share=share,
            )
        case "maximum":
            return language("allow {new} instead of {old}", new=change.required, old=change.have)
        case "pin":
            if change.edit.keys[-1] == "at_most":
                return language("change the pin: at most {new}", new=change.required)
            if change.have == 0:
                return language("drop the pin")
            return language("change the pin: at least {new}", new=change.have)
    return language("ask for {new} instead of {old}", new=change.have, old=change.required)


def _with_crew(instance: Instance, vehicle: VehicleType, language: Language) -> str:
    """Name a vehicle and who it needs: an extra crew is part of its price, one of a role has to be there."""
    if not vehicle.crew:
        return vehicle.name
    if vehicle.crew_role is None:
        return language.plural(
            "{name} (price with an extra crew of {n} head)",
            "{name} (price with an extra crew of {n} heads)",
            int(vehicle.crew),
            name=vehicle.name,
        )
    role = next(role.name for role in instance.roles if role.id == vehicle.crew_role)
    return language.plural(
        "{name} (its crew is {n} head of {role} there)",
        "{name} (its crew is {n} heads of {role} there)",
        int(vehicle.crew),
        name=vehicle.name,
        role=role,
    )


def _kind(instance: Instance, change: Change) -> Team | VehicleType:
    part, index, *_ = change.edit.keys
    return (instance.teams if part == "teams" else instance.vehicles)[int(index)]


def _pinned(instance: Instance, what: str) -> str:
    """Name what a pin is about, heads by no name; a team kind goes before a role before a vehicle type."""
    named: tuple[Team | Role | VehicleType, ...] = (*instance.teams, *instance.roles, *instance.vehicles)
    return next((kind.name for kind in named if kind.id == what), "")
