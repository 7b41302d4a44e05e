"""An exercise as a document, with everything by which the same injects can be simulated again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.files.formats import demand_format
from optimiser.files.read import publish_model, read_document
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import LawName
from optimiser.model.values.arguments import checked
from optimiser.model.values.base import Model, Share, YesNo
from optimiser.model.values.build import build_model
from optimiser.operation.exercise.branches import Branch, Question
from optimiser.operation.exercise.draws import Draws, Minute
from optimiser.operation.exercise.exercise import Exercise
from optimiser.operation.exercise.expected import ActionName, SourceName
from optimiser.operation.exercise.injects import Inject, InjectKind, Player
from optimiser.operation.exercise.themes import ThemeName
from optimiser.operation.stored import AboutInstance, Count
from optimiser.simulation.events import Event

FORMAT: Literal["optimiser-exercise/1"] = "optimiser-exercise/1"
Label = Annotated[str, Field(pattern=r"^[0-9]{1,3}([ab][0-9]{0,2})?$", description="number in the list: 7, 12b, 12b2")]
PlaceName = Annotated[str, Field(max_length=60, description="identifier; empty for the whole town")]


class StoredSettings(Model):
    """What was asked for."""

    themes: tuple[ThemeName, ...]
    hard: Annotated[Share, Field(description="share of days that are to lose at most as much")]
    scenarios: Annotated[Count, Field(description="days among which the day was looked for")]
    law: LawName
    players: Annotated[Count, Field(description="role-players who stand for the crowd")]


class StoredDay(Model):
    """The day that is played, and why."""

    rank: Annotated[Share, Field(description="share of days that lose at most as much")]
    loss: Annotated[float, Field(strict=True, description="points")]
    eligible: Annotated[Count, Field(description="days with all themes asked for")]
    parts: Annotated[dict[str, Count], Field(description="scenario that crowds, officials and triggers are taken from")]


class StoredTheme(Model):
    """A theme of the day, with the event that shows it; nothing where the simulation knows nothing of it."""

    theme: ThemeName
    minute: Minute | None
    sector: PlaceName
    event: Annotated[str, Field(max_length=20, description="kind of event")]


class StoredAction(Model):
    """What players are expected to do."""

    action: ActionName
    limit: Annotated[float, Field(ge=0, le=1440, strict=True, description="min from the inject")]
    source: SourceName
    evaluator: PlaceName


class StoredInject(Model):
    """One inject."""

    label: Label
    clock: Annotated[str, Field(max_length=5)]
    minute: Minute
    kind: InjectKind
    player: Player
    sector: PlaceName
    other: PlaceName
    what: PlaceName
    number: Count
    expected: tuple[StoredAction, ...]


class StoredBranch(Model):
    """One way to go on."""

    label: Label
    met: YesNo
    main: Annotated[YesNo, Field(description="whether it is the day that the list tells")]
    injects: tuple[StoredInject, ...]
    falls_away: tuple[Label, ...]
    next: Label
    lacks: tuple[ThemeName, ...]


class StoredCondition(Model):
    """What the next injects depend on."""

    label: Label
    asks: Question
    sector: PlaceName
    what: PlaceName
    minute: Minute
    branches: Annotated[tuple[StoredBranch, ...], Field(min_length=2, max_length=2)]


class StoredMove(Model):
    """Role-players who go from one place to another."""

    minute: Minute
    gathering: PlaceName
    origin: PlaceName
    goal: PlaceName
    persons: Count
    players: Count


class StoredExercise(Model):
    """An exercise as it is written and read."""

    format: Literal["optimiser-exercise/1"]
    instance: AboutInstance
    settings: StoredSettings
    deployment: Deployment
    day: StoredDay
    draws: Draws
    themes: tuple[StoredTheme, ...]
    injects: Annotated[tuple[StoredInject, ...], Field(max_length=200)]
    conditions: Annotated[tuple[StoredCondition, ...], Field(max_length=20)]
    moves: Annotated[tuple[StoredMove, ...], Field(max_length=20_000)]


def store_exercise(exercise: Exercise) -> StoredExercise:
    """Turn an exercise into what is written; the same in every language."""
    instance = exercise.instance
    about = AboutInstance.of(instance)
    settings = StoredSettings(
        themes=exercise.asked,
        hard=exercise.hard,
        scenarios=exercise.day.looked,
        law=exercise.law,
        players=exercise.players,
    )
    day = exercise.day
    return StoredExercise(
        format=FORMAT,
        instance=about,
        settings=settings,
        deployment=exercise.deployment,
        day=StoredDay(rank=day.rank, loss=day.loss, eligible=day.eligible, parts=day.parts),
        draws=exercise.draws,
        themes=tuple(_store_theme(name, event) for name, event in exercise.themes.items()),
        injects=tuple(_store_inject(instance, i) for i in exercise.injects),
        conditions=tuple(
            StoredCondition(
                label=c.label,
                asks=c.asks,
                sector=c.sector,
                what=c.what,
                minute=c.minute,
                branches=tuple(_store_branch(instance, b) for b in c.branches),
            )
            for c in exercise.conditions
        ),
        moves=tuple(
            StoredMove(
                minute=m.minute,
                gathering=m.gathering,
                origin=m.origin,
                goal=m.goal,
                persons=m.persons,
                players=m.players,
            )
            for m in exercise.moves
        ),
    )


def _store_theme(name: ThemeName, event: Event | None) -> StoredTheme:
    if event is None:
        return StoredTheme(theme=name, minute=None, sector="", event="")
    return StoredTheme(theme=name, minute=event.minute, sector=event.sector, event=event.kind)


def _store_inject(instance: Instance, inject: Inject) -> StoredInject:
    expected = tuple(
        StoredAction(action=e.action, limit=e.limit, source=e.source, evaluator=e.sector) for e in inject.expected
    )
    return StoredInject(
        label=inject.label,
        clock=instance.clock(inject.minute),
        minute=inject.minute,
        kind=inject.kind,
        player=inject.player,
        sector=inject.sector,
        other=inject.other,
        what=inject.what,
        number=inject.number,
        expected=expected,
    )


def _store_branch(instance: Instance, branch: Branch) -> StoredBranch:
    return StoredBranch(
        label=branch.label,
        met=branch.met,
        main=branch.main,
        injects=tuple(_store_inject(instance, i) for i in branch.injects),
        falls_away=branch.falls_away,
        next=branch.next,
        lacks=branch.lacks,
    )


def exercise_schema() -> dict[str, Any]:
    """Return the JSON Schema of an exercise."""
    return publish_model(StoredExercise, "exercise")


def parse_exercise(data: Any, source: str = "exercise") -> StoredExercise:
    """Read an exercise from plain data.

    Raises
    ------
    InputFault : all faults.
    """
    if isinstance(data, Mapping):
        demand_format(data, source)
    return build_model(StoredExercise, data, source)


@checked()
def read_exercise(path: str | Path, instance: Instance) -> StoredExercise:
    """Read the exercise of an instance from ``exercise.json``, or from the folder that holds it.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    Mismatch : it is of another instance, or of this one before it was changed.
    """
    file = Path(path) / "exercise.json" if Path(path).is_dir() else Path(path)
    stored = parse_exercise(read_document(file), str(file))
    if stored.instance.sha256 != instance.fingerprint():
        words = {"file": str(file), "made_for": stored.instance.name, "name": instance.name}
        raise Mismatch(
            Message(
                "{file} is an exercise of '{made_for}' as it was then, and not of '{name}' as it is now; make it anew",
                **words,
            )
        )
    return stored
