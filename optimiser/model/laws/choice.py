"""The laws that ship, by name, and what no hazard of any of them exceeds."""

from __future__ import annotations

import math
from typing import Literal

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import PER_HOUR, EscalationLaw, Hazards
from optimiser.model.laws.facilitation_law import FacilitationLaw
from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw

DefaultLaw = FacilitationLaw
LawName = Literal["facilitation", "risk", "threshold"]
LAWS: dict[str, type[EscalationLaw]] = {law.name: law for law in (FacilitationLaw, RiskLaw, ThresholdLaw)}

# Constants by the name of the law that does not read them, nor anything else in a simulation; a law that is not named
# here, as one of a user, may read any.
_OF_FACILITATION = frozenset(
    (
        "commitment",
        "presence",
        "unite",
        "lasting_loss",
        "calm_words",
        "calm_received",
        "calm_alone",
        "exhaustion",
        "closed_crush",
        "rush",
        "rush_spray",
        "shield",
        "yellow_level",
        "enclosed_loss",
        "fear",
    )
)
UNREAD: dict[str, frozenset[str]] = {
    FacilitationLaw.name: frozenset(("yellow_harm",)),
    RiskLaw.name: _OF_FACILITATION,
    ThresholdLaw.name: _OF_FACILITATION,
}


def find_law(law: EscalationLaw | str | None) -> EscalationLaw:
    """Return the law that is meant: one that ships by its name, the default one by None, any other as it is.

    Raises
    ------
    KeyError : no law of that name ships.
    """
    if isinstance(law, str):
        return LAWS[law]()
    return DefaultLaw() if law is None else law


def highest_hazards(law: Law, marks: int) -> Hazards:
    """Return what no hazard of a law that ships exceeds, per minute, whatever it sees after so many marks.

    Perceived risk, legitimacy, contagion, excess and shares are at most 1, and so is activation; where constants that
    are no plausible ones break that, the hazard may be infinite.
    """
    strange = law.n_half < 0.0 or law.arrest_k < 0.0 or law.dialogue_half < 0.0 or not 0.0 <= law.threshold < 1.0
    if strange or min(law) < 0.0:
        return (math.inf,) * 7
    settle = law.calm + law.calm_words + law.calm_received + law.calm_alone
    return (
        max(law.worsen_green, law.worsen_yellow) * PER_HOUR,
        law.fail * (1.0 + law.fail_mark * marks) * max(1.0, law.fail_received) * PER_HOUR,
        settle * PER_HOUR,
        max(law.disperse_yellow, law.disperse_red + law.spray_disperse + law.exhaustion) * PER_HOUR,
        law.cool * PER_HOUR,
        max(law.provoke, law.provoke_spray) * PER_HOUR,
        law.spill * PER_HOUR,
    )
