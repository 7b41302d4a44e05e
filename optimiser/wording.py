"""Events in words, with names and numbers, as an after-action record tells them."""

from __future__ import annotations

from collections.abc import Callable

from optimiser.figures import figure, plain, several
from optimiser.instance import Instance
from optimiser.outcome import KINDS, Event


class Wording:
    """Tells the events of one instance; identifiers become names.

    Parameters
    ----------
    instance : the problem the events are of.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.kinds = {k.id: plain(k.name) for k in (*instance.teams, *instance.vehicles)}
        self.triggers = {t.id: plain(t.name) for t in instance.triggers}
        self.places = {p.id: plain(p.name) for p in (*instance.places, *instance.reinforcements)}
        self.gatherings = {g.id: plain(g.name) for g in instance.gatherings}
        self.officials = {s.id: plain(s.official.name) for s in instance.sectors if s.official}

    def where(self, event: Event) -> str:
        """Name the place concerned."""
        return self.places.get(event.sector or event.other, "")

    def tell(self, event: Event) -> str:
        """Say what happened in one sentence without its reason, which is the event's note."""
        teller = _TELLERS.get(event.kind)
        return teller(self, event) if teller else KINDS.get(event.kind, event.kind)

    def why(self, event: Event) -> str:
        """Say why, where the event tells; reasons that are part of the sentence are not repeated."""
        return "" if event.kind in _TOLD else plain(event.note)

    def people(self, event: Event) -> str:
        """Write so many people and which gathering they are of."""
        return f"{event.number:,.0f} people ({self.gatherings.get(event.what, event.what)})"

    def units(self, event: Event) -> str:
        """Write so many teams or vehicles of a kind."""
        return f"{event.number:,.0f} x {self.kinds.get(event.what, event.what)}"

    def other(self, event: Event) -> str:
        """Name the other place."""
        return self.places.get(event.other, event.other)

    def phase(self, event: Event) -> str:
        """Say which phase begins and who commands in it."""
        command = self.instance.doctrine.command.get(event.what)
        return f"turns {event.what}" + (f"; {plain(command)} commands" if command else "")

    def asked(self, event: Event) -> str:
        """Say what reserve is asked for; the number is what the line lacks."""
        lacking = f"; the line lacks {figure(event.number)} head equivalents" if event.number > 0.0 else ""
        return f"asks for reserve: {plain(event.note)}{lacking}"

    def left(self, event: Event) -> str:
        """Say that people leave, by themselves or dispersed."""
        return f"{self.people(event)} " + ("are dispersed" if event.note == "dispersed" else "go home")


def _minutes(number: float) -> str:
    return f"{figure(number)} min"


def _shift(change: float) -> str:
    return f"tension {'+' if change >= 0 else ''}{change:.2f}"


_TELLERS: dict[str, Callable[[Wording, Event], str]] = {
    "arrived": lambda w, e: f"{w.people(e)} arrive",
    "left": Wording.left,
    "marched": lambda w, e: f"{w.people(e)} march on to {w.other(e)}",
    "stayed": lambda w, e: f"{w.people(e)} stay on",
    "triggered": lambda w, e: f"{w.triggers.get(e.what, e.what)}: {_shift(e.number)}",
    "waiting": lambda w, e: f"a delegation of {w.gatherings.get(e.what, e.what)} starts to wait",
    "mark": lambda w, e: f"the delegation has waited {_minutes(e.number)} unmet",
    "received": lambda w, e: f"{w.officials.get(e.sector, 'an official')} receives the delegation",
    "phase": Wording.phase,
    "tension": lambda w, e: f"tension is now {e.number:.2f}",
    "spilled": lambda w, e: f"{w.people(e)} leave for {w.other(e)}",
    "lapis": lambda w, e: f"lapis ganti, {_minutes(e.number)}: the second line takes over",
    "lintas": lambda w, e: f"lintas ganti, {_minutes(e.number)}: the order to act passes to PHH",
    "steady": lambda w, e: "the line is at full strength again",
    "relief": lambda w, e: f"relief of {several(round(e.number), 'team')} begins",
    "asked": Wording.asked,
    "none_left": lambda w, e: "no callable reserve is left",
    "sent": lambda w, e: f"{several(round(e.number), 'head')} set out from {w.other(e)}",
    "came": lambda w, e: f"{several(round(e.number), 'head')} arrive from {w.other(e)}",
    "formed": lambda w, e: f"{w.units(e)} formed up",
    "released": lambda w, e: f"{w.units(e)} go back to {w.other(e)}",
    "back": lambda w, e: f"{w.units(e)} callable again",
    "warned": lambda w, e: f"warning given for {_minutes(e.number)}, way out shown",
    "spraying": lambda w, e: f"water cannon runs, {_minutes(e.number)} of water",
    "stopped_water": lambda w, e: f"water cannon stops, {_minutes(e.number)} of water left",
    "evacuating": lambda w, e: f"evacuation of {several(round(e.number), 'official')} begins",
    "process": lambda w, e: {"due": "the critical process begins", "over": "the critical process ends"}.get(
        e.note, f"the critical process {e.note}"
    ),
}
_TOLD = ("asked", "left", "process")  # their note is in the sentence
