"""Phases and events in words, with names and numbers, as an after-action record tells them."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure, given, plain
from optimiser.model.instance import Instance
from optimiser.simulation.events import Event

PHASE_WORDS: dict[str, Message] = {
    "quiet": Message("quiet"),
    "green": Message("green"),
    "yellow": Message("yellow"),
    "red": Message("red"),
    "dispersed": Message("dispersed"),
}
INSIDE = ("asked", "process")  # their note is part of the sentence


class Wording:
    """Tells the events of one instance; identifiers become names.

    Parameters
    ----------
    instance : the problem the events are of.
    language : of the reader.
    """

    def __init__(self, instance: Instance, language: Language = ENGLISH) -> None:
        self.language = language
        self.places = {p.id: plain(p.name) for p in (*instance.places, *instance.reinforcements)}
        self.kinds = {t.id: plain(t.name) for t in instance.teams} | {v.id: plain(v.name) for v in instance.vehicles}
        self.gatherings = {g.id: plain(g.name) for g in instance.gatherings}
        self.triggers = {t.id: plain(t.name) for t in instance.triggers}
        self.officials = {s.id: plain(s.official.name) for s in instance.sectors if s.official}
        self.command = {str(phase): plain(who) for phase, who in instance.doctrine.command.items()}

    def where(self, event: Event) -> str:
        """Name the place concerned."""
        return self.places.get(event.sector or event.other, "")

    def why(self, event: Event) -> str:
        """Say why, where the event tells."""
        return "" if event.kind in INSIDE else plain(self.language(event.note))

    def tell(self, event: Event) -> str:
        """Say what happened in one sentence; for the reason see `why`."""
        language, count = self.language, round(event.number)
        other = self.places.get(event.other, event.other)
        gathering = self.gatherings.get(event.what, event.what)
        unit = self.kinds.get(event.what, event.what)
        minutes = given(event.number, language)
        match event.kind:
            case "arrived":
                return language("{n:,} people ({gathering}) arrive", n=count, gathering=gathering)
            case "left":
                return language("{n:,} people ({gathering}) go home", n=count, gathering=gathering)
            case "marched":
                words = {"n": count, "gathering": gathering, "place": other}
                return language("{n:,} people ({gathering}) march on to {place}", **words)
            case "blocked":
                words = {"n": count, "gathering": gathering, "place": other}
                return language("{n:,} people ({gathering}) wait, because the way to {place} is closed", **words)
            case "displaced":
                goal = other or self.where(event)  # it begins there, or goes there
                if not count:
                    return language(
                        "{gathering} chooses {place}: nobody is in line there", gathering=gathering, place=goal
                    )
                return language.plural(
                    "{gathering} chooses {place}: the line is thinnest there, {n} head",
                    "{gathering} chooses {place}: the line is thinnest there, {n} heads",
                    count,
                    gathering=gathering,
                    place=goal,
                )
            case "stayed":
                return language("{n:,} people ({gathering}) stay on", n=count, gathering=gathering)
            case "spilled":
                words = {"n": count, "gathering": gathering, "place": other}
                return language("{n:,} people ({gathering}) leave for {place}", **words)
            case "triggered":
                trigger = self.triggers.get(event.what, event.what)
                return language("{trigger}: tension {shift:+.2f}", trigger=trigger, shift=event.number)
            case "tension":
                return language("tension is now {level:.2f}", level=event.number)
            case "waiting":
                return language("a delegation of {gathering} starts to wait", gathering=gathering)
            case "mark":
                return language("the delegation has waited {minutes} min unmet", minutes=minutes)
            case "received":
                official = self.officials.get(event.sector)
                if official is None:
                    return language("an official receives the delegation")
                return language("{official} receives the delegation", official=official)
            case "refused":
                return language("the delegation will not be received")
            case "failed":
                return language("negotiation has failed")
            case "phase":
                return self._phase(event)
            case "lapis":
                return language("lapis ganti, {minutes} min: the second line takes over", minutes=minutes)
            case "lintas":
                return language("lintas ganti, {minutes} min: the order to act passes to PHH", minutes=minutes)
            case "steady":
                return language("the line is at full strength again")
            case "relief":
                return language.plural("relief of {n} team begins", "relief of {n} teams begins", count)
            case "tired":
                return language("{unit} tire: {share:.0%} of their ability is left", unit=unit, share=event.number)
            case "asked":
                return self._asked(event)
            case "call_refused":
                return language("the call is refused and will be repeated")
            case "none_left":
                return language("no callable reserve is left")
            case "sent":
                return language.plural(
                    "{n} head sets out from {place}", "{n} heads set out from {place}", count, place=other
                )
            case "came":
                return language.plural(
                    "{n} head arrives from {place}", "{n} heads arrive from {place}", count, place=other
                )
            case "formed":
                return language("{n:,} x {unit} formed up", n=count, unit=unit)
            case "released":
                return language("{n:,} x {unit} go back to {place}", n=count, unit=unit, place=other)
            case "back":
                return language("{n:,} x {unit} callable again", n=count, unit=unit)
            case "moves" | "moved" | "held":
                return self._moving(event, count, other)
            case "withheld":
                return language("wide-area means are withheld")
            case "warned":
                return language("warning for {minutes} min, the way out is shown", minutes=minutes)
            case "spraying":
                return language("water cannon runs, {minutes} min of water", minutes=minutes)
            case "stopped_water":
                return language("water cannon stops, {minutes} min of water left", minutes=minutes)
            case "empty":
                return language("the tank is empty")
            case "refilled":
                return language("the tank is full again")
            case "evacuating":
                return language.plural("evacuation of {n} official begins", "evacuation of {n} officials begins", count)
            case "evacuated":
                return language("officials are safe")
            case "process":
                return self._process(event)
        return event.kind

    def _moving(self, event: Event, count: int, place: str) -> str:
        """Say what units that move as planned do; without teams these are vehicles."""
        language = self.language
        words = {"name": self.places.get(event.what, event.what), "place": place}
        if event.kind == "held" and not place:
            if not count:
                return language("vehicles stay: their people have gone home ({name})", **words)
            return language.plural(
                "{n} team stays: its people have gone home ({name})",
                "{n} teams stay: their people have gone home ({name})",
                count,
                **words,
            )
        if not count:
            return {
                "moves": language("vehicles set out for {place} ({name})", **words),
                "moved": language("vehicles are in place ({name})", **words),
                "held": language("vehicles cannot set out for {place} yet ({name})", **words),
            }[event.kind]
        return {
            "moves": language.plural(
                "{n} team sets out for {place} ({name})", "{n} teams set out for {place} ({name})", count, **words
            ),
            "moved": language.plural(
                "{n} team has formed up ({name})", "{n} teams have formed up ({name})", count, **words
            ),
            "held": language.plural(
                "{n} team cannot set out for {place} yet ({name})",
                "{n} teams cannot set out for {place} yet ({name})",
                count,
                **words,
            ),
        }[event.kind]

    def _phase(self, event: Event) -> str:
        language, phase = self.language, self.language(PHASE_WORDS.get(event.what, event.what))
        command = self.command.get(event.what)
        if command is None:
            return language("turns {phase}", phase=phase)
        return language("turns {phase}; {command} commands", phase=phase, command=command)

    def _asked(self, event: Event) -> str:
        language, what = self.language, self.language(event.note)
        if event.number <= 0.0:
            return language("asks for reserve: {what}", what=what)
        heads = figure(event.number, language=language)
        return language("asks for reserve: {what}; the line lacks {heads} head equivalents", what=what, heads=heads)

    def _process(self, event: Event) -> str:
        language = self.language
        match event.note:
            case "due":
                return language("the critical process begins")
            case "over":
                return language("the critical process ends")
            case "stops":
                return language("the critical process stops")
            case "runs again":
                return language("the critical process runs again")
        return language("the critical process: {note}", note=plain(event.note))
