"""What a law of escalation sees and must answer, and the pure functions that several laws share.

Between two events everything these functions see is constant, so every hazard is constant and ringing times are
exact. Only ``math.exp``, ``math.erf`` and plain arithmetic are used, so that a compiled engine can repeat the same
bits.

No source settles the law of escalation, so it is exchangeable: anything with the three methods of `EscalationLaw` may
take its place. `choice` says which laws ship.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

from optimiser.model.laws.constants import Law

QUIET, GREEN, YELLOW, RED, DISPERSED = range(5)
WORSEN, FAIL, CALM, DISPERSE, COOL, PROVOKE, SPILL = range(7)
CHANNELS = ("worsen", "fail", "calm", "disperse", "cool", "provoke", "spill")
PER_HOUR = 1.0 / 60.0


class View(NamedTuple):
    """What the law sees of one sector at one instant. Counts are persons or head equivalents, shares are 0 to 1."""

    phase: int
    people: float
    tension: float
    share: float  # militant share in this phase
    containment: float
    dialogue: float
    visible: float
    medical: float
    arrest: float
    personnel: float
    public: float
    property: float
    records: float
    received: float  # 1 once the delegation is received
    marks: float  # waiting marks passed unmet
    failed: float  # 1 once negotiation has failed
    exit_open: float  # 1 while a way out is open
    spraying: float  # 1 while wide-area means run
    water: float  # 1 while an AWC with water stands by
    liaison: float  # share of the people whose organisers are in contact
    stopped: float  # 1 while a critical process is stopped, 0.. otherwise
    critical: float  # 1 while a critical process should run here
    exposed: float  # heads of the line, and extra crews
    sprayed: float  # share of the people against whose gathering wide-area means were used
    behind: float  # heads of others whose role may act in this phase: they stand behind the line, as far as it holds
    in_view: float  # heads of roles that can hold a line, and extra crews
    taking_part: float  # lawful persons of gatherings that still mean to be here


class Mood(NamedTuple):
    """What the law makes of a view: active people, perceived risk, legitimacy, excess of posture, net activation."""

    active: float
    risk: float
    legitimacy: float
    excess: float
    activation: float


Hazards = tuple[float, float, float, float, float, float, float]
Harms = tuple[float, float, float, float, float, float, float]


class EscalationLaw(Protocol):
    """What a law must offer; hazards and harm rates are per minute."""

    name: str

    def mood(self, law: Law, view: View) -> Mood:
        """Return how the crowd sees its situation."""
        ...

    def hazards(self, law: Law, view: View, mood: Mood) -> Hazards:
        """Return the hazard of each channel, per minute, in the order of `CHANNELS`."""
        ...

    def harms(self, law: Law, view: View, mood: Mood) -> Harms:
        """Return the rate of each harm, per minute, in the order of `harms.HARMS`.

        Never negative: bounds rest on it, and a rate below 0 counts as 0 (`rates.touch`).
        """
        ...


def saturating(amount: float, half: float) -> float:
    """Return amount / (amount + half): 0 at nothing, one half at `half`, 1 in the limit; 0 where both are 0."""
    if amount <= 0.0:
        return 0.0
    return amount / (amount + half)


def talking(law: Law, view: View) -> float:
    """Return how much of its gain dialogue has, 0 to 1: contact with organisers makes it count more."""
    words = view.dialogue * (1.0 + (law.liaison_gain - 1.0) * view.liaison)
    return saturating(words, law.dialogue_half * view.people)


def active_people(law: Law, people: float, share: float, arrest: float) -> float:
    """Persons ready to act, lowered by differentiated action against offenders."""
    active = share * people
    return active * (1.0 - law.arrest_gain * saturating(arrest, law.arrest_half * active))


def perceived_risk(law: Law, containment: float, active: float) -> float:
    """P = 1 - exp(-k C / A), k = 2.3, not floored (Epstein 2002); 1 where nobody is active."""
    if active <= 0.0:
        return 1.0
    return 1.0 - math.exp(-law.arrest_k * containment / active)


def excess_posture(law: Law, phase: int, visible: float, people: float) -> float:
    """Share of visible hard posture that is out of proportion to the crowd; green and yellow only."""
    if phase == GREEN:
        fitting = law.visible_green * people
    elif phase == YELLOW:
        fitting = law.visible_yellow * people
    else:
        return 0.0
    if visible <= fitting:
        return 0.0
    return 1.0 - fitting / visible


def contagion(law: Law, people: float) -> float:
    """c(n) = n / (n + n_half)."""
    return saturating(people, law.n_half)
