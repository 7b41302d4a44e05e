"""The constants of the laws of escalation, each with unit, range, source and meaning; an instance may change any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple, get_type_hints


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
        float, _Row("1", 0.05, 0.1, 0.2, f"{_E}: 0.1; range assumed", "grievance below which nobody acts (T)")
    ]
    n_half: Annotated[float, _Row("persons", 200.0, 500.0, 1500.0, _A, "crowd at which contagion reaches one half")]
    legitimacy_0: Annotated[float, _Row("1", 0.3, 0.5, 0.7, _A, "legitimacy before anything is done (L0)")]
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
    disperse_yellow: Annotated[float, _Row("per h", 0.1, 0.2, 0.4, _A, "crowd gives up from yellow")]
    disperse_red: Annotated[float, _Row("per h", 0.75, 1.5, 3.0, _A, "crowd disperses from red")]
    spray_disperse: Annotated[
        float, _Row("per h", 0.5, 2.0, 5.0, _A, "added to dispersing while water runs and the exit is open")
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
        float, _Row("injured per h and encounter", 0.04, 0.12, 0.3, _A, "personnel hurt where both sides meet")
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
    commitment: Annotated[
        float, _Row("persons per active", 2.0, 10.0, 30.0, _A, "people whom one active person counts for in contagion")
    ]
    presence: Annotated[
        float, _Row("1", 0.03, 0.1, 0.3, _S, "hard posture that one head in view counts for, without any gear")
    ]
    unite: Annotated[
        float, _Row("1", 0.02, 0.05, 0.15, _S, "share of the others who side with the active after wide-area means")
    ]
    lasting_loss: Annotated[
        float, _Row("1", 0.1, 0.25, 0.4, _S, "legitimacy lost for as long as people stay who saw wide-area means used")
    ]
    calm_words: Annotated[float, _Row("per h", 0.5, 1.0, 2.0, _S, "one phase back by dialogue, at full legitimacy")]
    calm_received: Annotated[
        float, _Row("per h", 0.75, 1.5, 3.0, _S, "one phase back because received, at full legitimacy")
    ]
    calm_alone: Annotated[float, _Row("per h", 0.5, 1.0, 2.0, _A, "one phase back by itself, where nobody is tense")]
    exhaustion: Annotated[float, _Row("per h", 0.1, 0.25, 0.5, _A, "a red crowd tires and goes by itself")]
    closed_crush: Annotated[
        float, _Row("1", 1.0, 4.0, 10.0, _A, "added to crush as so many times itself where no way out is open")
    ]
    rush: Annotated[
        float, _Row("injured per person dispersed", 0.0005, 0.002, 0.01, _A, "participants hurt by being dispersed")
    ]
    rush_spray: Annotated[float, _Row("1", 1.0, 3.0, 8.0, _A, "added to that as so many times itself while water runs")]
    shield: Annotated[
        float, _Row("1", 0.2, 0.5, 0.8, _A, "share of harm where both sides meet that full perceived risk keeps away")
    ]
    yellow_level: Annotated[
        float, _Row("1", 0.1, 0.3, 0.6, _A, "harm in yellow at full activation as a share of the same in red")
    ]
    enclosed_loss: Annotated[
        float, _Row("1", 0.05, 0.15, 0.3, _S, "legitimacy lost while a crowd in disorder has no way out")
    ]
    fear: Annotated[float, _Row("1", 0.05, 0.2, 0.5, _S, "share of participation lost at full excess of hard posture")]


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
