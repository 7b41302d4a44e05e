"""An exercise of a plan: the day that is played, its injects and branches, and who stands for the crowd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimiser.common.message import Message
from optimiser.model.admission import playable
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import between, checked, within
from optimiser.model.verdict import Verdict
from optimiser.operation.exercise.branches import LEAD, Condition, Fork, find_forks, join_branches, own_injects
from optimiser.operation.exercise.crowd import PLAYERS, Followed, PlayerMove, follow_day, list_moves_of_players
from optimiser.operation.exercise.days import ExerciseDay, Looked, NoDay, choose_day, look_at_days
from optimiser.operation.exercise.draws import Draws, note_draws
from optimiser.operation.exercise.injects import MOST, QUIET_AFTER, Inject, add_own, list_injects, select
from optimiser.operation.exercise.themes import THEMES, NoTheme, ThemeName, find_themes, list_possible, refuse_theme
from optimiser.simulation.events import Event
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

HARD = 0.8  # usual share of days that are no harder; assumed: an exercise plays a bad day, not the worst
SCENARIOS = 2000  # days that are looked at; assumed: one in a hundred is found twenty times
RADIO_AFTER = 2.0  # min from the first handover until communication is lost; assumed
FEW = 1.0 / 3.0  # of the day, when nothing was handed over; assumed


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes
    ----------
    verdict : of the checker on the plan that is exercised.
    law : name of the law that the day was simulated under.
    asked : themes that were asked for; all that are possible where none was.
    hard : hardness that was asked for.
    themes : themes of the day, each with the event that shows it first; None where the simulation knows nothing of it.
    left_out : possible themes that nobody asked for by name and that no day has together with the others.
    day, draws : the day, and what befalls players in it.
    followed : its events.
    injects : the list, in order of time.
    conditions : at which it branches.
    players : role-players there are.
    moves : how they move.
    """

    instance: Instance
    deployment: Deployment
    verdict: Verdict
    law: str
    asked: tuple[ThemeName, ...]
    hard: float
    themes: dict[ThemeName, Event | None]
    left_out: tuple[ThemeName, ...]
    day: ExerciseDay
    draws: Draws
    followed: Followed
    injects: tuple[Inject, ...]
    conditions: tuple[Condition, ...]
    players: int
    moves: tuple[PlayerMove, ...]

    @property
    def every_inject(self) -> tuple[Inject, ...]:
        """Those of the list and of branches, in the order in which they are printed."""
        after = {c.label: [i for b in c.branches for i in b.injects] for c in self.conditions}
        return tuple(one for i in self.injects for one in (i, *after.get(i.label, ())))


@checked(hard=between(0.0, 1.0), scenarios=within(2, 1_000_000), players=within(1, 100_000))
def make_exercise(
    instance: Instance,
    deployment: Deployment,
    themes: Sequence[ThemeName] = (),
    hard: float = HARD,
    seed: int = 1,
    scenarios: int = SCENARIOS,
    players: int = PLAYERS,
    law: EscalationLaw | str | None = None,
    workers: int = 1,
) -> Exercise:
    """Make an exercise that trains themes with a plan.

    Parameters
    ----------
    themes : to be trained; all that instance and plan can have if none is named.
    hard : share of simulated days that lose at most as much as the day to be played, 0 to 1.
    scenarios : reporting scenarios among which the day is looked for.
    players : role-players who stand for the crowd.

    Raises
    ------
    Unplayable : the plan names what the instance does not have.
    NoTheme : a theme is unknown, or needs what instance and plan do not have.
    NoDay : no day has all themes.
    BadSetting : an argument is none that can be used.
    """
    verdict = playable(instance, deployment)
    wanted = _admit_themes(instance, deployment, tuple(themes))
    used = find_law(law)
    with Simulator(instance, used, workers=workers) as simulator:
        looked = look_at_days(simulator, deployment, draw(instance, seed, scenarios, REPORTING))
        day, left_out = _choose(simulator, deployment, looked, wanted, hard, bool(themes))
    wanted = tuple(name for name in wanted if name not in left_out)
    followed = follow_day(instance, deployment, day.scenario, used)
    found = find_themes(instance, followed.events)
    had = {name: found.get(name) for name in THEMES if name in found or (name in wanted and THEMES[name].find is None)}
    forks = find_forks(instance, deployment, day.scenario, used, followed.events, followed.loss)
    injects, conditions = _list_all(instance, followed, forks, had)
    return Exercise(
        instance,
        deployment,
        verdict,
        used.name,
        wanted,
        hard,
        had,
        left_out,
        day,
        note_draws(instance, day.scenario, seed),
        followed,
        injects,
        conditions,
        players,
        list_moves_of_players(instance, day.scenario, followed, players),
    )


def _choose(
    simulator: Simulator,
    deployment: Deployment,
    looked: Looked,
    wanted: tuple[ThemeName, ...],
    hard: float,
    asked: bool,
) -> tuple[ExerciseDay, tuple[ThemeName, ...]]:
    """Choose a day; where nobody asked for themes by name, the rarest is left out as long as no day has all of them."""
    left_out: tuple[ThemeName, ...] = ()
    while True:
        rest = tuple(name for name in wanted if name not in left_out)
        try:
            return choose_day(simulator, deployment, looked, rest, hard), left_out
        except NoDay:
            if asked:
                raise
            rarest = min((name for name in rest if THEMES[name].find is not None), key=looked.count)
            left_out = (*left_out, rarest)


def _admit_themes(instance: Instance, deployment: Deployment, themes: tuple[ThemeName, ...]) -> tuple[ThemeName, ...]:
    possible = list_possible(instance, deployment)
    for name in themes:
        if name not in THEMES:
            raise refuse_theme(str(name))
        if name not in possible:
            words = {"theme": THEMES[name].title, "needs": THEMES[name].needs}
            raise NoTheme(Message("this instance and plan cannot train '{theme}': it needs {needs}", **words))
    return tuple(name for name in THEMES if name in (themes or possible))


def _list_all(
    instance: Instance, followed: Followed, forks: Sequence[Fork], themes: dict[ThemeName, Event | None]
) -> tuple[tuple[Inject, ...], tuple[Condition, ...]]:
    """Put the injects of the day and of the exercise itself into one list, number it, and join the branches."""
    told = list_injects(instance, followed.events)
    kept = [i for i in told if any(e is not None and shows(i, e) for e in themes.values())]
    own = [own_injects(fork, told) for fork in forks]
    forks, own = _that_matter(forks, own)
    ours = _own_of_exercise(instance, followed, forks, "communication" in themes)
    last = max(i.minute for mine in (told, *own, ours) for i in mine) if told else float(instance.period.minutes)
    ours.append(add_own(instance, "end", last + QUIET_AFTER))
    chosen = select([*told, *ours], MOST - sum(map(len, own)), kept)
    listed = tuple(replace(inject, label=str(n)) for n, inject in enumerate(chosen, 1))
    labels = iter(i.label for i in listed if i.kind == "decide")
    known = [name for name, event in themes.items() if event is not None]
    pairs = zip(forks, own, strict=True)
    return listed, tuple(join_branches(fork, next(labels), mine, listed, known) for fork, mine in pairs)


def _that_matter(forks: Sequence[Fork], own: list[list[Inject]]) -> tuple[list[Fork], list[list[Inject]]]:
    """Leave out forks after which nothing else is put before the players."""
    pairs = [(fork, mine) for fork, mine in zip(forks, own, strict=True) if mine]
    return [fork for fork, _ in pairs], [mine for _, mine in pairs]


def _own_of_exercise(instance: Instance, followed: Followed, forks: Sequence[Fork], radio: bool) -> list[Inject]:
    """List injects that the simulation does not know: start, first words of a rumour, decisions, communication lost."""
    found = [add_own(instance, "start", 0.0)]
    for fork in forks:
        if fork.asks == "answered":
            found.append(add_own(instance, "rumour_starts", max(0.0, fork.minute - LEAD), what=fork.what))
        found.append(add_own(instance, "decide", fork.minute, fork.sector, fork.what))
    if radio:
        handover = next((e for e in followed.events if e.kind in ("lapis", "lintas")), None)
        if handover is not None:
            found.append(add_own(instance, "radio_lost", handover.minute + RADIO_AFTER, handover.sector))
        else:
            found.append(add_own(instance, "radio_lost", FEW * float(instance.period.minutes)))
    return found


def shows(inject: Inject, event: Event) -> bool:
    """Return whether an inject puts an event before the players, or what the event answers."""
    kinds = {"lapis": ("yellow",), "lintas": ("red",), "asked": ("yellow", "red"), "phase": ("yellow", "red")}
    kinds |= {"triggered": ("rumour",), "warned": ("gates",), "withheld": ("gates",), "evacuating": ("evacuate",)}
    near = abs(inject.minute - event.minute) < 1e-9
    return near and inject.kind in kinds.get(event.kind, (event.kind,)) and inject.sector in (event.sector, "")
