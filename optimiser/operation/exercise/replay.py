"""The check of an exercise: its injects are played again, and the day must be the one that it tells."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import checked
from optimiser.operation.exercise.document import StoredExercise, StoredInject, store_exercise
from optimiser.operation.exercise.draws import draw_same
from optimiser.operation.exercise.exercise import Exercise
from optimiser.operation.exercise.injects import Inject, list_injects
from optimiser.operation.exercise.themes import THEMES, ThemeName, find_themes
from optimiser.questions.played_plan import list_events
from optimiser.simulation.events import Event

OWN = ("start", "rumour_starts", "radio_lost", "decide", "end")  # injects that the simulation knows nothing of


class NotReplayed(OptimiserError):
    """An exercise that, played again, is not the day that it tells."""


@dataclass(frozen=True)
class Replayed:
    """What an exercise comes to when its draws are played again.

    Attributes
    ----------
    events : of the day.
    themes : that it has, each with the event that shows it first.
    missing : themes asked for that it does not have; none in a sound exercise.
    strays : labels of injects that the day does not have at their minute; none in a sound exercise.
    dead_ends : labels of branches that do not lead on; none in a sound exercise.
    """

    events: tuple[Event, ...]
    themes: dict[ThemeName, Event]
    missing: tuple[ThemeName, ...]
    strays: tuple[str, ...]
    dead_ends: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the exercise is what it says."""
        return not (self.missing or self.strays or self.dead_ends)


@checked()
def replay_exercise(instance: Instance, exercise: Exercise | StoredExercise) -> Replayed:
    """Play the draws of an exercise again: turnout, arrivals, triggers and receptions as it says them.

    Raises
    ------
    Mismatch : the exercise is of another instance.
    """
    if isinstance(exercise, Exercise):
        exercise = store_exercise(exercise)
    scenario = draw_same(instance, exercise.draws)[0]
    events = tuple(list_events(instance, exercise.deployment, scenario, exercise.settings.law))
    themes = find_themes(instance, events)
    wanted = [t for t in exercise.settings.themes if THEMES[t].find is not None]
    there = list_injects(instance, events)
    strays = [i.label for i in exercise.injects if i.kind not in OWN and not any(_is_same(i, j) for j in there)]
    return Replayed(
        events,
        themes,
        tuple(t for t in wanted if t not in themes),
        tuple(strays),
        tuple(_list_dead_ends(exercise)),
    )


def _is_same(stored: StoredInject, inject: Inject) -> bool:
    said = (stored.minute, stored.kind, stored.sector, stored.other, stored.what, stored.number)
    return said == (inject.minute, inject.kind, inject.sector, inject.other, inject.what, inject.number)


def _list_dead_ends(exercise: StoredExercise) -> list[str]:
    """List branches after which no inject of the list follows that is still given."""
    minutes = {i.label: i.minute for i in exercise.injects}
    found = []
    for condition in exercise.conditions:
        for branch in condition.branches:
            leads = branch.next in minutes and branch.next not in branch.falls_away
            later = leads and minutes[branch.next] >= condition.minute
            if not later or any(i.minute < condition.minute for i in branch.injects):
                found.append(branch.label)
    return found


def demand_sound(replayed: Replayed) -> None:
    """Refuse an exercise that is not what it says.

    Raises
    ------
    NotReplayed : it is not.
    """
    if replayed.sound:
        return
    words = {
        "themes": ", ".join(replayed.missing) or "-",
        "injects": ", ".join(replayed.strays) or "-",
        "branches": ", ".join(replayed.dead_ends) or "-",
    }
    raise NotReplayed(
        Message(
            "the exercise is not the day it tells: themes that do not come {themes}; injects of no event {injects}; "
            "branches that lead nowhere {branches}",
            **words,
        )
    )
