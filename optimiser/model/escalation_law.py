"""The law of escalation: pure functions of numbers, each constant with unit, range and source.

Between two events everything these functions see is constant, so every hazard is constant and ringing times are
exact. Only ``math.exp``, ``math.erf`` and plain arithmetic are used, so that a compiled engine can repeat the same
bits.

No source settles the law of escalation, so it is exchangeable: anything with the three methods of `EscalationLaw` may
take its place. `RiskLaw` is the default, `ThresholdLaw` an alternative after Granovetter (1978).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, NamedTuple, Protocol, get_type_hints

QUIET, GREEN, YELLOW, RED, DISPERSED = range(5)
WORSEN, FAIL, CALM, DISPERSE, COOL, PROVOKE, SPILL = range(7)
CHANNELS = ("worsen", "fail", "calm", "disperse", "cool", "provoke", "spill")
PER_HOUR = 1.0 / 60.0


class Constant(NamedTuple):
    """One constant of the law: name, unit, plausible low, default, plausible high, source, meaning."""

    name: str
    unit: str
    low: float
    default: float
    high: float
    source: str
    meaning: str


class _Row(NamedTuple):
    unit: str
    low: float
    default: float
    high: float
    source: str
    meaning: str


_E = "Epstein 2002, doi 10.1073/pnas.092080199"
_S = "sign: Stott 2009 (ESIM); size assumed"
_A = "assumed"


class Law(NamedTuple):
    """The constants of the law; each annotation gives unit, low, default, high, source and meaning."""

    arrest_k: Annotated[
        float, _Row("1", 1.0, 2.3, 4.0, _E, "steepness of perceived risk in containment per active person")
    ]
    risk_aversion: Annotated[float, _Row("1", 0.1, 0.3, 0.6, _A, "weight of perceived risk against grievance (R)")]
    threshold: Annotated[
        float, _Row("1", 0.05, 0.1, 0.2, f"{_E}: form; size assumed", "grievance below which nobody acts (T)")
    ]
    n_half: Annotated[float, _Row("persons", 200.0, 500.0, 1500.0, _A, "crowd at which contagion reaches one half")]
    legitimacy_0: Annotated[float, _Row("1", 0.2, 0.4, 0.6, _A, "legitimacy before anything is done (L0)")]
    dialogue_gain: Annotated[float, _Row("1", 0.1, 0.2, 0.3, _S, "legitimacy won by dialogue at most")]
    dialogue_half: Annotated[
        float, _Row("heads per participant", 0.005, 0.01, 0.03, _A, "dialogue giving half of its gain")
    ]
    liaison_gain: Annotated[float, _Row("1", 1.0, 1.5, 2.0, _S, "factor on dialogue when organisers are in contact")]
    received_gain: Annotated[float, _Row("1", 0.2, 0.35, 0.5, _S, "legitimacy won when the delegation is received")]
    mark_loss: Annotated[float, _Row("1 per mark", 0.03, 0.08, 0.12, _S, "legitimacy lost at each waiting mark")]
    visible_loss: Annotated[
        float, _Row("1", 0.1, 0.3, 0.5, _S, "legitimacy lost to hard posture out of proportion, at most")
    ]
    visible_green: Annotated[
        float, _Row("heads per participant", 0.02, 0.05, 0.1, _A, "hard posture in proportion, green")
    ]
    visible_yellow: Annotated[
        float, _Row("heads per participant", 0.05, 0.15, 0.3, _A, "hard posture in proportion, yellow")
    ]
    indiscriminate_loss: Annotated[float, _Row("1", 0.05, 0.12, 0.3, _S, "legitimacy lost while wide-area means run")]
    arrest_gain: Annotated[
        float, _Row("1", 0.1, 0.4, 0.6, _S, "share of the active taken out by differentiated action, at most")
    ]
    arrest_half: Annotated[
        float, _Row("heads per active", 0.05, 0.2, 0.5, _A, "arrest strength giving half of its gain")
    ]
    worsen_green: Annotated[
        float, _Row("per h", 0.8, 1.6, 3.2, _A, "green to yellow at full activation and contagion (r1)")
    ]
    worsen_yellow: Annotated[float, _Row("per h", 1.0, 2.0, 4.0, _A, "yellow to red once negotiation failed (r2)")]
    fail: Annotated[float, _Row("per h", 1.5, 3.0, 6.0, _A, "negotiation fails at full activation (r3)")]
    fail_mark: Annotated[
        float, _Row("1 per mark", 0.2, 0.5, 1.0, _S, "each waiting mark speeds up failing by this share")
    ]
    fail_received: Annotated[float, _Row("1", 0.1, 0.25, 0.5, _S, "factor on failing once the delegation is received")]
    calm: Annotated[float, _Row("per h", 0.75, 1.5, 3.0, _A, "one phase back at full perceived risk and legitimacy")]
    disperse_yellow: Annotated[float, _Row("per h", 0.2, 0.4, 0.8, _A, "crowd gives up from yellow")]
    disperse_red: Annotated[float, _Row("per h", 0.75, 1.5, 3.0, _A, "crowd disperses from red")]
    spray_disperse: Annotated[
        float, _Row("per h", 1.0, 3.0, 6.0, _A, "added to dispersing while water runs and the exit is open")
    ]
    cool: Annotated[float, _Row("per h", 0.5, 1.0, 2.0, _A, "one step of tension down at full legitimacy")]
    provoke: Annotated[float, _Row("per h", 0.6, 1.2, 2.4, _S, "one step of tension up at full excess of hard posture")]
    provoke_spray: Annotated[
        float, _Row("per h", 0.3, 0.8, 2.0, _S, "one step of tension up while wide-area means run")
    ]
    tension_step: Annotated[float, _Row("1", 0.05, 0.1, 0.2, _A, "size of a step of tension")]
    spill: Annotated[float, _Row("per h", 0.2, 0.6, 1.2, _A, "red crowd sends people elsewhere at full activation")]
    spill_share: Annotated[float, _Row("1", 0.1, 0.25, 0.5, _A, "share of a crowd that spills over")]
    rumour_gain: Annotated[
        float, _Row("1", 0.3, 0.6, 0.9, _S, "share of a rumour that information takes away, at most")
    ]
    rumour_half: Annotated[float, _Row("heads", 1.0, 4.0, 10.0, _A, "information strength giving half of its gain")]
    clash: Annotated[
        float, _Row("injured per h and encounter", 0.02, 0.06, 0.15, _A, "participants hurt where both sides meet")
    ]
    crush: Annotated[
        float, _Row("injured per h and active", 0.002, 0.006, 0.02, _A, "participants hurt by the crowd itself")
    ]
    spray_hurt: Annotated[
        float, _Row("injured per h and participant", 0.0005, 0.002, 0.01, _A, "participants hurt by water")
    ]
    spray_distance: Annotated[float, _Row("1", 0.2, 0.5, 0.8, _A, "share of encounters that water keeps apart")]
    line_hurt: Annotated[
        float, _Row("injured per h and head", 0.02, 0.06, 0.15, _A, "personnel hurt at full outnumbering")
    ]
    public_hurt: Annotated[
        float, _Row("injured per h and person", 0.002, 0.008, 0.02, _A, "public hurt next to a large red crowd")
    ]
    active_half: Annotated[
        float, _Row("persons", 20.0, 50.0, 150.0, _A, "active people at which harm nearby reaches one half")
    ]
    yellow_harm: Annotated[float, _Row("1", 0.05, 0.1, 0.25, _A, "harm in yellow as a share of the same in red")]
    medical_gain: Annotated[
        float, _Row("1", 0.3, 0.5, 0.7, _A, "share of injury severity that care takes away, at most")
    ]
    medical_half: Annotated[
        float, _Row("heads per participant", 0.002, 0.008, 0.02, _A, "medical strength giving half of its gain")
    ]
    property_rate: Annotated[
        float, _Row("share per h", 0.1, 0.25, 0.6, _A, "property damaged in an unguarded red sector")
    ]
    fire_gain: Annotated[
        float, _Row("1", 0.2, 0.5, 0.8, _A, "share of damage prevented while an AWC with water stands by")
    ]
    records_rate: Annotated[float, _Row("share per h", 0.1, 0.3, 0.8, _A, "records lost in an unguarded red sector")]
    yellow_process: Annotated[
        float, _Row("1", 0.1, 0.3, 0.6, _A, "share of the process lost while its sector is yellow")
    ]


CONSTANTS: tuple[Constant, ...] = tuple(
    Constant(name, *hint.__metadata__[0]) for name, hint in get_type_hints(Law, include_extras=True).items()
)


def make_law(changes: Mapping[str, float] | None = None) -> Law:
    """Return the default constants with some of them changed.

    Raises
    ------
    KeyError : a name is not a constant of the law.
    """
    values = {c.name: c.default for c in CONSTANTS}
    for name, value in (changes or {}).items():
        if name not in values:
            raise KeyError(name)
        values[name] = float(value)
    return Law(**values)


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


class Mood(NamedTuple):
    """What the law makes of a view: active people, perceived risk, legitimacy, excess of posture, net activation."""

    active: float
    risk: float
    legitimacy: float
    excess: float
    activation: float


Hazards = tuple[float, float, float, float, float, float, float]
Harms = tuple[float, float, float, float, float, float]


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


def legitimacy(law: Law, view: View, excess: float) -> float:
    """L = L0 + dialogue + received - marks - excess - indiscriminate means, within 0 to 1 (signs: Stott 2009)."""
    talking = view.dialogue * (1.0 + (law.liaison_gain - 1.0) * view.liaison)
    level = law.legitimacy_0 + law.dialogue_gain * saturating(talking, law.dialogue_half * view.people)
    level = level + law.received_gain * view.received - law.mark_loss * view.marks
    level = level - law.visible_loss * excess - law.indiscriminate_loss * view.spraying
    return min(1.0, max(0.0, level))


def highest_hazards(law: Law, marks: int) -> Hazards:
    """Return what no hazard of `RiskLaw` or `ThresholdLaw` exceeds, per minute, whatever it sees after so many marks.

    Perceived risk, legitimacy, contagion, excess and shares are at most 1, and so is activation; where constants that
    are no plausible ones break that, the hazard may be infinite.
    """
    strange = law.n_half < 0.0 or law.arrest_k < 0.0 or law.dialogue_half < 0.0 or not 0.0 <= law.threshold < 1.0
    if strange or min(law) < 0.0:
        return (math.inf,) * 7
    return (
        max(law.worsen_green, law.worsen_yellow) * PER_HOUR,
        law.fail * (1.0 + law.fail_mark * marks) * max(1.0, law.fail_received) * PER_HOUR,
        law.calm * PER_HOUR,
        max(law.disperse_yellow, law.disperse_red + law.spray_disperse) * PER_HOUR,
        law.cool * PER_HOUR,
        max(law.provoke, law.provoke_spray) * PER_HOUR,
        law.spill * PER_HOUR,
    )


def contagion(law: Law, people: float) -> float:
    """c(n) = n / (n + n_half)."""
    return saturating(people, law.n_half)


def rational_mood(law: Law, view: View) -> Mood:
    """G = tension (1 - L); activation x = max(0, G - R P - theta) / (1 - theta) (Epstein 2002)."""
    active = active_people(law, view.people, view.share, view.arrest)
    risk = perceived_risk(law, view.containment, active)
    excess = excess_posture(law, view.phase, view.visible, view.people)
    level = legitimacy(law, view, excess)
    net = view.tension * (1.0 - level) - law.risk_aversion * risk - law.threshold
    return Mood(active, risk, level, excess, max(0.0, net) / (1.0 - law.threshold))


class RiskLaw:
    """Grievance against perceived risk with a threshold (Epstein 2002), so that a small shock dies out."""

    name = "risk"

    def mood(self, law: Law, view: View) -> Mood:
        """G = tension (1 - L); activation x = max(0, G - R P - theta) / (1 - theta)."""
        return rational_mood(law, view)

    def hazards(self, law: Law, view: View, mood: Mood) -> Hazards:
        """Return the hazards of docs/model.md section 3."""
        if view.people <= 0.0 or view.phase in (QUIET, DISPERSED):
            return (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        x, spread = mood.activation, contagion(law, view.people)
        worsen = fail = calm = disperse = spill = 0.0
        provoke = law.provoke * mood.excess
        if view.phase == GREEN:
            worsen = law.worsen_green * spread * x
        elif view.phase == YELLOW:
            worsen = law.worsen_yellow * spread * x * view.failed
            talking = view.dialogue * (1.0 + (law.liaison_gain - 1.0) * view.liaison)
            patience = 1.0 + saturating(talking, law.dialogue_half * view.people)
            fail = law.fail * x * (1.0 + law.fail_mark * view.marks) / patience * (1.0 - view.failed)
            if view.received > 0.0:
                fail = fail * law.fail_received
            calm = law.calm * mood.risk * mood.legitimacy
            disperse = law.disperse_yellow * mood.risk * mood.legitimacy * view.exit_open
        else:
            calm = 0.5 * law.calm * mood.risk * mood.legitimacy
            disperse = law.disperse_red * mood.risk * (0.5 + 0.5 * mood.legitimacy)
            disperse = (disperse + law.spray_disperse * view.spraying) * view.exit_open
            provoke = provoke + law.provoke_spray * view.spraying
            spill = law.spill * spread * x
        cool = law.cool * mood.legitimacy
        return (
            worsen * PER_HOUR,
            fail * PER_HOUR,
            calm * PER_HOUR,
            disperse * PER_HOUR,
            cool * PER_HOUR,
            provoke * PER_HOUR,
            spill * PER_HOUR,
        )

    def harms(self, law: Law, view: View, mood: Mood) -> Harms:
        """Return the harm rates of docs/model.md section 4."""
        process = view.critical * max(view.stopped, law.yellow_process if view.phase == YELLOW else 0.0)
        if view.people <= 0.0 or view.phase not in (YELLOW, RED):
            return (0.0, 0.0, 0.0, process, 0.0, 0.0)
        level = 1.0 if view.phase == RED else law.yellow_harm
        care = 1.0 - law.medical_gain * saturating(view.medical, law.medical_half * view.people)
        apart = 1.0 - law.spray_distance * view.spraying
        total = mood.active + view.containment
        meeting = mood.active * view.containment / total if total > 0.0 else 0.0
        outnumbered = mood.active / total if total > 0.0 else 0.0
        nearby = saturating(mood.active, law.active_half)
        participants = (
            law.clash * meeting * apart + law.crush * mood.active + law.spray_hurt * view.people * view.spraying
        )
        personnel = law.line_hurt * view.personnel * outnumbered * apart
        public = law.public_hurt * view.public * nearby * (1.0 - 0.5 * mood.risk)
        damage = law.property_rate * view.property * nearby * (1.0 - mood.risk) * (1.0 - law.fire_gain * view.water)
        records = law.records_rate * view.records * (1.0 - mood.risk) if view.phase == RED else 0.0
        return (
            level * care * participants * PER_HOUR,
            level * care * public * PER_HOUR,
            level * care * personnel * PER_HOUR,
            process,
            level * damage * PER_HOUR,
            records * PER_HOUR,
        )


class ThresholdLaw(RiskLaw):
    """People join when enough others have joined (Granovetter 1978): r <- F(r), F normal, iterated to rest.

    The threshold's mean falls with grievance and rises with perceived risk; activation is the share joined at rest.
    """

    name = "threshold"
    spread = 0.122  # share of the crowd; critical spread for mean 0.25 (computed from Granovetter 1978)

    def mood(self, law: Law, view: View) -> Mood:
        """Iterate the joining share to its first fixed point, at most 200 rounds."""
        base = rational_mood(law, view)
        mean = 0.25 + law.threshold + law.risk_aversion * base.risk - view.tension * (1.0 - base.legitimacy)
        joined = 0.0
        for _ in range(200):
            further = 0.5 * (1.0 + math.erf((joined - mean) / (self.spread * math.sqrt(2.0))))
            if abs(further - joined) < 1e-9:
                break
            joined = further
        return Mood(base.active, base.risk, base.legitimacy, base.excess, min(1.0, max(0.0, joined)))
