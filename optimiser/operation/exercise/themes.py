"""What an exercise can train: themes, how each is recognised in the events of a day, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.simulation.events import DISORDER, NOTES, Event

ThemeName = Literal[
    "delegation",
    "lapis",
    "lintas",
    "second-site",
    "rumour",
    "gates",
    "evacuation",
    "reserve",
    "communication",
]
Events = Sequence[Event]
UNQUIET = ("yellow", "red")


class NoTheme(OptimiserError):
    """A theme that is unknown, or that this instance and plan cannot have."""

    exit_code = 3


@dataclass(frozen=True)
class Theme:
    """One thing to be trained.

    Attributes
    ----------
    title : what papers call it.
    spoken : other words that stand for it where it is typed.
    needs : what an instance must have for it.
    find : returns the first event that shows it in a day, None where the day does not have it; None where the
        simulation knows nothing of it.
    """

    title: Message
    spoken: tuple[str, ...]
    needs: Message
    find: Callable[[Instance, Events], Event | None] | None


def _first(events: Iterable[Event], *kinds: str) -> Event | None:
    return next((e for e in events if e.kind in kinds), None)


def _delegation(_: Instance, events: Events) -> Event | None:
    """A delegation that was kept waiting beyond a mark is received."""
    waited = set()
    for event in events:
        if event.kind == "mark":
            waited.add(event.sector)
        elif event.kind == "waiting":
            waited.discard(event.sector)
        elif event.kind == "received" and event.sector in waited:
            return event
    return None


def _second_site(_: Instance, events: Events) -> Event | None:
    """A second place turns yellow or red while another is, or because people come on from there in disorder."""
    phases: dict[str, str] = {}
    for event in events:
        if event.kind != "phase":
            continue
        others = [s for s, phase in phases.items() if s != event.sector and phase in UNQUIET]
        if event.what in UNQUIET and (others or event.note == NOTES[DISORDER]):
            return event
        phases[event.sector] = event.what
    return None


def _rumour(instance: Instance, events: Events) -> Event | None:
    rumours = {t.id for t in instance.triggers if t.kind == "rumour"}
    return next((e for e in events if e.kind == "triggered" and e.what in rumours), None)


def _reserve(_: Instance, events: Events) -> Event | None:
    """A place asks for reserve while reserve that another one called has not gone back."""
    away: set[str] = set()
    for event in events:
        if event.kind == "sent":
            away.add(event.sector)
        elif event.kind == "released":
            away.discard(event.sector)
        elif event.kind == "asked" and away - {event.sector}:
            return event
    return None


THEMES: dict[ThemeName, Theme] = {
    "delegation": Theme(
        Message("delegation kept waiting, then received"),
        ("delegasi",),
        Message("a sector with an official"),
        _delegation,
    ),
    "lapis": Theme(Message("lapis ganti"), ("lapis-ganti",), Message("a gathering"), lambda _, e: _first(e, "lapis")),
    "lintas": Theme(
        Message("lintas ganti"), ("lintas-ganti",), Message("a gathering"), lambda _, e: _first(e, "lintas")
    ),
    "second-site": Theme(
        Message("disorder at a second place"),
        ("second", "lokasi-kedua", "titik-kedua"),
        Message("two sectors"),
        _second_site,
    ),
    "rumour": Theme(
        Message("rumour"), ("rumor", "hoaks", "kabar", "kabar-bohong"), Message("a rumour among the triggers"), _rumour
    ),
    "gates": Theme(
        Message("gates of wide-area means"),
        ("awc", "gerbang", "syarat"),
        Message("a water cannon in the plan"),
        lambda _, e: _first(e, "warned", "withheld"),
    ),
    "evacuation": Theme(
        Message("evacuation of officials"),
        ("evakuasi",),
        Message("officials who can be evacuated"),
        lambda _, e: _first(e, "evacuating"),
    ),
    "reserve": Theme(
        Message("reserve needed at two places"), ("cadangan",), Message("two sectors and callable reserve"), _reserve
    ),
    "communication": Theme(Message("communication lost"), ("komunikasi", "radio"), Message("nothing"), None),
}
NAMES: tuple[ThemeName, ...] = get_args(ThemeName)


def parse_themes(text: str) -> tuple[ThemeName, ...]:
    """Read names of themes as people type them: English or Indonesian words between commas; all of them for none.

    Raises
    ------
    NoTheme : a word stands for none.
    """
    words = {spoken: name for name, theme in THEMES.items() for spoken in (name, *theme.spoken)}
    found: list[ThemeName] = []
    for part in text.replace(";", ",").split(","):
        word = "-".join(part.lower().replace("_", "-").split())
        if not word:
            continue
        if word not in words:
            raise refuse_theme(part)
        found.append(words[word])
    return tuple(dict.fromkeys(found))


def refuse_theme(word: str) -> NoTheme:
    """Return the fault of a word that stands for no theme."""
    words = {"word": word.strip()[:40], "names": ", ".join(NAMES)}
    return NoTheme(Message("no theme is called '{word}'; there are {names}", **words))


def list_possible(instance: Instance, deployment: Deployment) -> tuple[ThemeName, ...]:
    """List the themes that an instance and a plan have the means for, in the order of `THEMES`."""
    cannons = {v.id for v in instance.vehicles if v.water_cannon}
    placed = {v for place in deployment.places.values() for v, n in place.vehicles.items() if n}
    posts = {p.id for p in instance.posts}
    reserve = any(any(a.teams.values()) for p, a in deployment.places.items() if p in posts)
    several = len(instance.sectors) > 1
    there: dict[ThemeName, bool] = {
        "delegation": any(s.official for s in instance.sectors),
        "lapis": bool(instance.gatherings),
        "lintas": bool(instance.gatherings),
        "second-site": several,
        "rumour": any(t.kind == "rumour" for t in instance.triggers),
        "gates": bool(cannons & placed),
        "evacuation": any(s.official and int(s.official.staff) for s in instance.sectors),
        "reserve": several and (reserve or bool(instance.reinforcements)),
        "communication": True,
    }
    return tuple(name for name in NAMES if there[name])


def find_themes(instance: Instance, events: Events) -> dict[ThemeName, Event]:
    """Return the themes that a day has, each with the first event that shows it."""
    found = {}
    for name, theme in THEMES.items():
        event = theme.find(instance, events) if theme.find else None
        if event is not None:
            found[name] = event
    return found
