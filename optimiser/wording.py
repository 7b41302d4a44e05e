"""Events in words, with names and numbers, as an after-action record tells them."""

from __future__ import annotations

from optimiser.figures import figure, given, plain, several
from optimiser.instance import Instance
from optimiser.outcome import KINDS, Event

SENTENCES = {
    "arrived": "{people} arrive",
    "left": "{people} go home",
    "marched": "{people} march on to {other}",
    "stayed": "{people} stay on",
    "triggered": "{trigger}: tension {shift}",
    "waiting": "a delegation of {gathering} starts to wait",
    "mark": "the delegation has waited {minutes} unmet",
    "received": "{official} receives the delegation",
    "phase": "turns {what}{command}",
    "tension": "tension is now {level}",
    "spilled": "{people} leave for {other}",
    "lapis": "lapis ganti, {minutes}: the second line takes over",
    "lintas": "lintas ganti, {minutes}: the order to act passes to PHH",
    "steady": "the line is at full strength again",
    "relief": "relief of {teams} begins",
    "asked": "asks for reserve: {note}{lacking}",
    "none_left": "no callable reserve is left",
    "sent": "{heads} set out from {other}",
    "came": "{heads} arrive from {other}",
    "formed": "{units} formed up",
    "released": "{units} go back to {other}",
    "back": "{units} callable again",
    "warned": "warning for {minutes}, the way out is shown",
    "spraying": "water cannon runs, {minutes} of water",
    "stopped_water": "water cannon stops, {minutes} of water left",
    "evacuating": "evacuation of {officials} begins",
    "process": "the critical process {note}",
}
INSIDE = ("asked", "process")  # their note is part of the sentence
PROCESS = {"due": "begins", "over": "ends"}


class Wording:
    """Tells the events of one instance; identifiers become names.

    Parameters
    ----------
    instance : the problem the events are of.
    """

    def __init__(self, instance: Instance) -> None:
        self.places = {p.id: plain(p.name) for p in (*instance.places, *instance.reinforcements)}
        self.kinds = {t.id: plain(t.name) for t in instance.teams} | {v.id: plain(v.name) for v in instance.vehicles}
        self.gatherings = {g.id: plain(g.name) for g in instance.gatherings}
        self.triggers = {t.id: plain(t.name) for t in instance.triggers}
        self.officials = {s.id: plain(s.official.name) for s in instance.sectors if s.official}
        self.command = {str(phase): plain(who) for phase, who in instance.doctrine.command.items()}

    def where(self, event: Event) -> str:
        """Name the place concerned."""
        return self.places.get(event.sector or event.other, "")

    def tell(self, event: Event) -> str:
        """Say what happened in one sentence; for the reason see `why`."""
        number, note = event.number, plain(event.note)
        gathering = self.gatherings.get(event.what, event.what)
        command = self.command.get(event.what)
        words = {
            "people": f"{number:,.0f} people ({gathering})",
            "gathering": gathering,
            "other": self.places.get(event.other, event.other),
            "trigger": self.triggers.get(event.what, event.what),
            "official": self.officials.get(event.sector, "an official"),
            "what": event.what,
            "command": f"; {command} commands" if command else "",
            "units": f"{number:,.0f} x {self.kinds.get(event.what, event.what)}",
            "teams": several(round(number), "team"),
            "heads": several(round(number), "head"),
            "officials": several(round(number), "official"),
            "minutes": f"{given(number)} min",
            "level": f"{number:.2f}",
            "shift": f"{number:+.2f}",
            "lacking": f"; the line lacks {figure(number)} head equivalents" if number > 0.0 else "",
            "note": PROCESS.get(note, note) if event.kind == "process" else note,
        }
        return SENTENCES.get(event.kind, KINDS.get(event.kind, event.kind)).format_map(words)

    def why(self, event: Event) -> str:
        """Say why, where the event tells."""
        return "" if event.kind in INSIDE else plain(event.note)
