"""Relief on papers: who relieves whom by the movements of the plan, and who is relieved by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimiser.common.number_format import given, plain
from optimiser.files.examination.relief import Relief, join_overdue, list_overdue, list_reliefs
from optimiser.model.instance import Sector
from optimiser.model.parts.movement import Movement
from optimiser.output.blocks import Section, Span, Table, TableColumn, Value
from optimiser.output.orders.situation import Situation
from optimiser.output.words.relief import tell_overdue


def relief_pairs(at: Situation) -> list[tuple[str, Value]]:
    """Say how people are relieved: like for like at intervals, or by movements of the plan, and who is not."""
    _, every = at.language, float(at.instance.doctrine.relief_every)
    if every > 0.0:
        hours, minutes = given(every / 60.0, _), given(float(at.instance.doctrine.relief), _)
        return [(_("Relief"), _("every {hours} h, like for like, {minutes} min", hours=hours, minutes=minutes))]
    said: list[str | Span] = []
    if number := len(list_reliefs(at.instance, at.deployment)):
        said.append(_.plural("{n} relief by movements, as listed", "{n} reliefs by movements, as listed", number))
    if overdue := tell_overdue(at.instance, at.deployment, _):
        said.append(Span(overdue, "bad"))
    return [(_("Relief"), tuple(said))] if said else []


def relief_sections(at: Situation) -> Iterator[Section]:
    """List who relieves whom, in order of time, then who is on duty for too long and is not relieved."""
    _ = at.language
    if reliefs := list_reliefs(at.instance, at.deployment):
        columns = (
            TableColumn(_("Sector"), 2.6),
            TableColumn(_("Sets out"), 1.0),
            TableColumn(_("Who is relieved"), 3.4),
            TableColumn(_("Heads"), 0.9, right=True),
            TableColumn(_("Formed up"), 1.0),
            TableColumn(_("Who relieves"), 3.4),
            TableColumn(_("Heads"), 0.9, right=True),
        )
        table = Table(columns, tuple(_row(at, relief) for relief in reliefs), tell_likeliest(at, reliefs))
        yield Section(_("Relief by movements"), (table,))
    if overdue := list_overdue(at.instance, at.deployment):
        rows = [
            (at.names[one.place] if not number else "", _.clock(clock), at.number(heads))
            for one in overdue
            for number, (clock, heads) in enumerate(join_overdue(at.instance, (one,)))
        ]
        hours = given(float(at.instance.doctrine.longest_duty) / 60.0, _)
        note = _("On duty for longer than {hours} h, and nobody in this plan relieves them.", hours=hours)
        if any(int(vehicle.crew) for one in overdue for vehicle, _n in at.vehicles(one.place)):
            note += " " + _("Crews of vehicles are not among them.")
        if n := float(at.instance.doctrine.relief):
            note += " " + _("Whoever leaves or is done at most {n} min after that is left out.", n=given(n, _))
        shape = (TableColumn(_("Where"), 5.0), TableColumn(_("From"), 1.2), TableColumn(_("Heads"), 1.2, right=True))
        yield Section(_("Without relief"), (Table(shape, tuple(rows), note),), half=True)


def tell_likeliest(at: Situation, reliefs: Iterable[Relief]) -> str:
    """Say that times of relief are those of the likeliest ways; nothing where others lead to the same times."""
    moving = {ident for relief in reliefs for ident in (relief.goes, relief.comes)}
    if any(len({passage.stands for passage in at.passages[ident]}) > 1 for ident in moving):
        return at.language("With people the times are the mean times of their likeliest way.")
    return ""


def _row(at: Situation, relief: Relief) -> tuple[Value, ...]:
    goes, comes = (
        (at.names[ident], Span(_list_kinds(at, units), "soft"))
        for ident, units in ((relief.goes, relief.relieved), (relief.comes, relief.relieving))
    )
    alone = at.language("nobody relieves: {units}", units=_list_kinds(at, relief.unrelieved))
    who: Value = (*goes, Span(alone, "bad")) if relief.unrelieved else goes
    times = at.clock(relief.minute), at.clock(relief.formed)
    heads = at.number(relief.heads), at.number(relief.fresh)
    return at.names[relief.sector], times[0], who, heads[0], times[1], comes, heads[1]


def _list_kinds(at: Situation, units: Iterable[tuple[str, int]]) -> str:
    kinds = {team.id: team for team in at.instance.teams}
    return at.list((kinds[ident], n) for ident, n in units)


def overdue_pairs(at: Situation, place: str) -> Iterator[tuple[str, Value]]:
    """Say how many heads at a place nobody relieves, and from when they are on duty for too long."""
    _ = at.language
    hours = given(float(at.instance.doctrine.longest_duty) / 60.0, _)
    for one in list_overdue(at.instance, at.deployment):
        if one.place == place:
            (clock, first), *later = join_overdue(at.instance, (one,))
            words = {"n": at.number(one.heads), "hours": hours, "clock": _.clock(clock)}
            said = _("{n} heads, on duty for longer than {hours} h from {clock}", **words)
            if later:
                words |= {"first": at.number(first), "last": _.clock(later[-1][0])}
                said = _(
                    "{n} heads, on duty for longer than {hours} h: {first} from {clock}, the last from {last}", **words
                )
            yield _("No relief"), Span(said, "bad")


def list_own_reliefs(at: Situation, movement: Movement) -> list[Relief]:
    """List the reliefs in which units of a movement relieve others, or are relieved."""
    reliefs = list_reliefs(at.instance, at.deployment)
    return [relief for relief in reliefs if movement.id in (relief.goes, relief.comes)]


def movement_pairs(at: Situation, movement: Movement) -> Iterator[tuple[str, Value]]:
    """Say whom units of a movement relieve, and who relieves them."""
    _ = at.language
    for relief in list_own_reliefs(at, movement):
        words = {"place": at.names[relief.sector], "clock": at.clock(relief.minute)}
        if relief.comes == movement.id:
            other = {"name": at.names[relief.goes], "n": at.number(relief.heads)}
            yield _("Relieves"), _("{name} at {place}, {clock}, {n} heads", **words, **other)
        if relief.goes == movement.id:
            other = {"name": at.names[relief.comes], "n": at.number(relief.fresh)}
            yield _("Relieved by"), _("{name} at {place}, {clock}, {n} heads", **words, **other)
    for relief in list_own_reliefs(at, movement):
        if relief.goes == movement.id and relief.unrelieved:
            words = {"place": at.names[relief.sector], "clock": at.clock(relief.minute)}
            said = _("{units} at {place}, {clock}", **words, units=_list_kinds(at, relief.unrelieved))
            yield _("Nobody relieves"), Span(said, "bad")


def relief_times(at: Situation, sector: Sector) -> Iterator[tuple[float, str]]:
    """List the reliefs by movements in a sector, with their minutes."""
    for relief in list_reliefs(at.instance, at.deployment):
        if relief.sector == sector.id:
            words = {"comes": plain(at.names[relief.comes]), "goes": plain(at.names[relief.goes])}
            yield relief.minute, at.language("relief: {comes} instead of {goes}", **words)
