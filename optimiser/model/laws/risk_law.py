"""The earlier laws: grievance against perceived risk in every phase, and thresholds of the people around.

Calm comes only with perceived risk, and personnel are hurt in proportion to their number: docs/model.md, section 11,
says what a review found in them. They stay so that plans made under them can be judged again.
"""

from __future__ import annotations

import math

from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import (
    DISPERSED,
    GREEN,
    PER_HOUR,
    QUIET,
    RED,
    YELLOW,
    Harms,
    Hazards,
    Mood,
    View,
    active_people,
    contagion,
    excess_posture,
    perceived_risk,
    saturating,
    talking,
)


def earlier_legitimacy(law: Law, view: View, excess: float) -> float:
    """L = L0 + dialogue + received - marks - excess - indiscriminate means, within 0 to 1 (signs: Stott 2009)."""
    level = law.legitimacy_0 + law.dialogue_gain * talking(law, view)
    level = level + law.received_gain * view.received - law.mark_loss * view.marks
    level = level - law.visible_loss * excess - law.indiscriminate_loss * view.spraying
    return min(1.0, max(0.0, level))


def rational_mood(law: Law, view: View) -> Mood:
    """G = tension (1 - L); activation x = max(0, G - R P - theta) / (1 - theta) (Epstein 2002)."""
    active = active_people(law, view.people, view.share, view.arrest)
    risk = perceived_risk(law, view.containment, active)
    excess = excess_posture(law, view.phase, view.visible, view.people)
    level = earlier_legitimacy(law, view, excess)
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
            patience = 1.0 + talking(law, view)
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
            return (0.0, 0.0, 0.0, process, 0.0, 0.0, 0.0)
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
            0.0,
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
