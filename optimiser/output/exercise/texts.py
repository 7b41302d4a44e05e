"""What injects, expected actions and their sources read on paper."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import given, plain
from optimiser.model.instance import Instance
from optimiser.model.parts.doctrine import Doctrine
from optimiser.model.values.words import TENSION, find_nearest
from optimiser.operation.exercise.branches import Condition
from optimiser.operation.exercise.expected import ActionName, ExpectedAction, SourceName
from optimiser.operation.exercise.injects import Inject, InjectKind, Player
from optimiser.output.orders.doctrine import USUAL

INJECTS: dict[InjectKind, Message] = {
    "start": Message("The exercise begins. All stations are called by radio, one by one."),
    "arrives": Message("{n:,} people arrive: {gathering}."),
    "grows": Message("{n:,} more people arrive: {gathering}."),
    "delegation": Message("A delegation ({gathering}) asks to be received by: {official}."),
    "waits": Message("The delegation has waited {n} min and asks when it will be received."),
    "received": Message("{official} receives the delegation."),
    "refused": Message("The delegation is told that nobody will receive it."),
    "announced": Message("{trigger}. It is read out to the crowd."),
    "rumour_starts": Message("A few in the crowd ask the police whether it is true: {trigger}."),
    "rumour": Message("The whole crowd talks of it: {trigger}."),
    "yellow": Message("The crowd turns disorderly: it blocks the way and pushes against the rope."),
    "red": Message("The crowd breaks through the marked line and goes for the marked objects."),
    "calm": Message("The crowd calms down and takes one step back."),
    "dispersed": Message("The crowd runs apart. Two role-players lie down as injured."),
    "gone": Message("The last people have gone."),
    "marches": Message("{n:,} people ({gathering}) march on to {place}."),
    "stays": Message("{n:,} people ({gathering}) stay on while the others leave."),
    "spills": Message("{n:,} people ({gathering}) leave in disorder for {place}."),
    "blocked": Message("{n:,} people ({gathering}) find the way to {place} closed."),
    "talks_fail": Message("The delegation breaks off the talks."),
    "desk_refuses": Message("The duty desk refuses the call for reserve."),
    "none_left": Message("The duty desk answers the call: no callable reserve is left."),
    "gates": Message("The crowd pushes on. The crew of the water cannon asks for the order to use it."),
    "evacuate": Message("{n} people of the process ask to be taken out of the building."),
    "process": Message("The process begins: {process}."),
    "provoked": Message("The crowd points at shields and vehicles in view and grows tenser."),
    "radio_lost": Message("The radio here is dead for 15 minutes: the controller takes the set."),
    "decide": Message("The controller decides how to go on."),
    "end": Message("The end of the exercise is announced by all controllers."),
}
WHYS: dict[InjectKind, Message] = {"gates": Message("In the simulated day: {why}.")}
PLAYERS: dict[Player, Message] = {
    "control": Message("controller"),
    "crowd": Message("role-players, crowd"),
    "delegation": Message("role-players, delegation"),
    "official": Message("role-player, official"),
    "desk": Message("controller, duty desk"),
}
DOINGS: dict[ActionName, Message] = {
    "report_ready": Message("Every officer in charge reports strength, place and readiness"),
    "report_crowd": Message("Number and mood reported; rope and caps, no shields in view; organisers spoken to"),
    "report_number": Message("New number and mood reported; the line kept as it is or made longer"),
    "take_request": Message("Negotiators take the request to the official; the delegation is received"),
    "tell_wait": Message("The delegation is told honestly when, and by whom"),
    "bring_back": Message("Delegation led in and back; organisers tell the crowd the answer themselves"),
    "tell_refusal": Message("Told openly, with what else is possible; negotiators go on"),
    "answer_rumour": Message("Checked at its source and answered through organisers and loudspeaker"),
    "prepare": Message("Organisers spoken to; line in place without shields; reserve warned"),
    "change_line": Message("{yellow} commands; lapis ganti; appeals step by step; negotiators go on"),
    "call_reserve": Message("Reserve called; within reach, formed up, reported"),
    "hand_over_red": Message("Order of {red} asked for; lintas ganti on order only; offenders alone arrested"),
    "keep_exit": Message("A way out kept open and shown to the crowd"),
    "keep_gates": Message("Each gate ticked in its order; where one is shut, no water"),
    "evacuate": Message("Officials led to safety, in a protected vehicle where there is one"),
    "secure": Message("Records locked away; the stop of the process written down with its time"),
    "call_again": Message("The call repeated, no column waited for in vain"),
    "ask_outside": Message("Help from outside asked for; the place told how long it is alone"),
    "open_way": Message("The way cleared; the next place told how many come and when"),
    "talk_on": Message("Another negotiator, another offer; the talks opened again"),
    "differentiate": Message("Those who stay are spoken to; nothing is done to all because of some"),
    "share_reserve": Message("The command post decides who goes where; the new place is reported"),
    "step_back": Message("One step back: shields out of view, the soft line takes over"),
    "help_injured": Message("Injured helped, whoever they are; nobody pursued; way out open"),
    "report_gone": Message("The place reported empty; called reserve sent back"),
    "guard_process": Message("Access kept open for those who work and those who attend; reported"),
    "other_channel": Message("Messenger or second channel; the officer in charge acts by his sheet"),
    "close": Message("Roll call; injured and lost kit reported; first review on the spot"),
}
SOURCES: dict[SourceName, Message] = {  # that of doctrine has the name that the instance gives it
    "force": Message("Perkap 1/2009; UN Basic Principles 1990"),
    "plan": Message("plan, sheet of the place"),
    "review": Message("review (kaji ulang) after every operation"),
    "exercise": Message("rule of this exercise"),
}
ORDER = Message("plan, operation order")


class ExerciseWords:
    """Tells injects of one instance in one language; identifiers become names."""

    def __init__(self, instance: Instance, language: Language) -> None:
        self.instance, self.language = instance, language
        self.places = {s.id: plain(s.name) for s in instance.sectors}
        self.gatherings = {g.id: plain(g.name) for g in instance.gatherings}
        self.triggers = {t.id: plain(t.name) for t in instance.triggers}
        self.officials = {s.id: plain(s.official.name) for s in instance.sectors if s.official}
        self.processes = {s.id: ", ".join(plain(w.name) for w in s.critical) for s in instance.sectors}

    def where(self, sector: str) -> str:
        """Name a sector, or the whole town."""
        return self.places.get(sector) or self.language("whole town")

    def clock(self, minute: float) -> str:
        """Write a minute of the day as a clock time."""
        return self.language.clock(self.instance.clock(minute))

    def tell_inject(self, inject: Inject, condition: Condition | None = None, why: bool = True) -> str:
        """Say what is put before the players.

        Parameters
        ----------
        condition : which is decided with it.
        why : whether to say why it was so in the simulated day, which role-players need not know.
        """
        if condition is not None:
            return self.ask(condition)
        words = {
            "n": inject.number,
            "gathering": self.gatherings.get(inject.what, ""),
            "trigger": self.triggers.get(inject.what, ""),
            "place": self.places.get(inject.other, ""),
            "official": self.officials.get(inject.sector, self.language("an official")),
            "process": self.processes.get(inject.sector, ""),
        }
        said = self.language(INJECTS[inject.kind], **words)
        if why and inject.kind in WHYS and inject.why:
            said += " " + self.language(WHYS[inject.kind], why=self.language(inject.why))
        return said

    def ask(self, condition: Condition) -> str:
        """Say what the next injects depend on."""
        yes, no = condition.branches
        words = {"clock": self.clock(condition.minute), "yes": self._lead(yes.label), "no": self._lead(no.label)}
        if condition.asks == "received":
            return self.language("If the delegation has been received by {clock}: {yes}; if not: {no}.", **words)
        return self.language("If the rumour has been answered by {clock}: {yes}; if not: {no}.", **words)

    def _lead(self, label: str) -> str:
        return self.language("go on with {label}", label=label)

    def tell_player(self, inject: Inject) -> str:
        """Name who plays an inject."""
        return self.language(PLAYERS[inject.player])

    def tell_expected(self, expected: ExpectedAction) -> str:
        """Say what players are expected to do."""
        command = {str(phase): plain(who) for phase, who in self.instance.doctrine.command.items()}
        words = {phase: command.get(phase, "?") for phase in ("yellow", "red")}
        return self.language(DOINGS[expected.action], **words)

    def tell_source(self, expected: ExpectedAction) -> str:
        """Say where an expected action comes from."""
        if expected.source == "plan" and not expected.sector:
            return self.language(ORDER)
        if expected.source == "doctrine":
            return self._doctrine()
        return self.language(SOURCES[expected.source])

    def _doctrine(self) -> str:
        """Name the doctrine, in the reader's language where a file leaves its name to the default."""
        name = self.instance.doctrine.name
        return self.language(USUAL) if name == Doctrine.model_fields["name"].default else plain(name)

    def limit(self, inject: Inject, expected: ExpectedAction) -> tuple[str, str]:
        """Say by when something is expected: clock time and minutes, one below the other."""
        minutes = self.language("{n} min", n=given(expected.limit, self.language))
        return self.clock(inject.minute + expected.limit), minutes

    def mood(self, tension: float) -> str:
        """Put tension into a word, as workbooks and reports have it."""
        return self.language(find_nearest(tension, TENSION).words[0])


def code_of(instance: Instance, letter: str, sector: str) -> str:
    """Give the short name of an evaluator or controller: 0 for the command post, else by the order of sectors."""
    order = {s.id: n for n, s in enumerate(instance.sectors, 1)}
    return f"{letter}{order.get(sector, 0)}"
