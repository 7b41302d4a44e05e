"""The default law: words calm a crowd as the line does, means that hit everybody cost, harms end at what exists.

Grievance against perceived risk with a threshold (Epstein 2002); the signs of the effects are those of the elaborated
social identity model (Stott 2009). Sizes are assumed. Equations: docs/model.md, sections 3 and 4.
"""

from __future__ import annotations

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
    excess_posture,
    perceived_risk,
    saturating,
    talking,
)


def legitimacy(law: Law, view: View, excess: float) -> float:
    """L = L0 + dialogue + received - marks - excess - wide-area means - enclosure, within 0 to 1 (Stott 2009)."""
    level = law.legitimacy_0 + law.dialogue_gain * talking(law, view)
    level = level + law.received_gain * view.received - law.mark_loss * view.marks - law.visible_loss * excess
    level = level - law.indiscriminate_loss * view.spraying - law.lasting_loss * view.sprayed
    if is_enclosed(view):
        level = level - law.enclosed_loss
    return min(1.0, max(0.0, level))


def militant_share(law: Law, view: View) -> float:
    """Share of the people who side with those who act; wide-area means drive others to them (Stott 2009)."""
    return view.share + law.unite * (1.0 - view.share) * view.sprayed


def is_enclosed(view: View) -> bool:
    """Return whether people in disorder have no way out."""
    return view.phase in (YELLOW, RED) and view.exit_open <= 0.0


def deterrence(law: Law, phase: int, risk: float) -> float:
    """R P in disorder; 0 in green: a lawful assembly is no offence, and a line in front of it deters nobody from it."""
    return 0.0 if phase == GREEN else law.risk_aversion * risk


def forced_dispersal(law: Law, view: View, mood: Mood) -> float:
    """Rate per hour at which the line or water disperses a crowd in disorder; 0 without an open exit."""
    if view.phase == YELLOW:
        return law.disperse_yellow * mood.risk * view.exit_open
    pushed = law.disperse_red * mood.risk * (0.5 + 0.5 * mood.legitimacy)
    return (pushed + law.spray_disperse * view.spraying) * view.exit_open


class FacilitationLaw:
    """Calm by words, reception, time and exhaustion as well as by the line; encounters bounded by the smaller side."""

    name = "facilitation"

    def mood(self, law: Law, view: View) -> Mood:
        """G = tension (1 - L); activation x = max(0, G - deterrence - theta) / (1 - theta)."""
        active = active_people(law, view.people, militant_share(law, view), view.arrest)
        risk = perceived_risk(law, view.containment, active) if view.containment > 0.0 else 0.0
        posture = view.visible + law.presence * view.in_view
        excess = excess_posture(law, view.phase, posture, view.people)
        level = legitimacy(law, view, excess)
        net = view.tension * (1.0 - level) - deterrence(law, view.phase, risk) - law.threshold
        return Mood(active, risk, level, excess, max(0.0, net) / (1.0 - law.threshold))

    def hazards(self, law: Law, view: View, mood: Mood) -> Hazards:
        """Return the hazards of docs/model.md section 3."""
        if view.people <= 0.0 or view.phase in (QUIET, DISPERSED):
            return (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        x = mood.activation
        spread = saturating(view.people + law.commitment * mood.active, law.n_half)
        words = talking(law, view)
        worsen = fail = calm = disperse = spill = 0.0
        provoke = law.provoke * mood.excess
        if view.phase != GREEN:
            settle = law.calm * mood.risk + law.calm_words * words + law.calm_received * view.received
            calm = (settle * mood.legitimacy + law.calm_alone * (1.0 - view.tension)) * (1.0 - min(1.0, x))
            disperse = forced_dispersal(law, view, mood)
        if view.phase == GREEN:
            worsen = law.worsen_green * spread * x
        elif view.phase == YELLOW:
            worsen = law.worsen_yellow * spread * x * view.failed
            fail = law.fail * x * (1.0 + law.fail_mark * view.marks) / (1.0 + words) * (1.0 - view.failed)
            if view.received > 0.0:
                fail = fail * law.fail_received
        else:
            calm = 0.5 * calm
            disperse = disperse + law.exhaustion
            provoke = provoke + law.provoke_spray * view.spraying
            spill = law.spill * spread * x
        return (
            worsen * PER_HOUR,
            fail * PER_HOUR,
            calm * PER_HOUR,
            disperse * PER_HOUR,
            law.cool * mood.legitimacy * PER_HOUR,
            provoke * PER_HOUR,
            spill * PER_HOUR,
        )

    def harms(self, law: Law, view: View, mood: Mood) -> Harms:
        """Return the harm rates of docs/model.md section 4."""
        process = view.critical * max(view.stopped, law.yellow_process if view.phase == YELLOW else 0.0)
        ended = view.phase == RED or is_enclosed(view)
        kept_away = view.taking_part * (1.0 if ended else law.fear * mood.excess)
        if view.people <= 0.0:
            return (0.0, 0.0, 0.0, process, 0.0, 0.0, 0.0)
        if view.phase not in (YELLOW, RED):
            return (0.0, 0.0, 0.0, process, 0.0, 0.0, kept_away * PER_HOUR)
        level = 1.0 if view.phase == RED else law.yellow_level * min(1.0, mood.activation)
        care = 1.0 - law.medical_gain * saturating(view.medical, law.medical_half * view.people)
        apart = 1.0 - law.spray_distance * view.spraying
        crowding = 1.0 + law.closed_crush * (1.0 - view.exit_open)
        at_line = encounters(mood.active, view.containment)
        nearby = saturating(mood.active, law.active_half)
        fled = forced_dispersal(law, view, mood) * view.people * law.rush * (1.0 + law.rush_spray * view.spraying)
        deterred = 1.0 - law.shield * mood.risk
        struck = law.clash * at_line * deterred * apart + law.crush * crowding * mood.active
        struck = level * struck + law.spray_hurt * view.people * view.spraying + fled
        exposed = view.exposed + view.behind * (1.0 - mood.risk)
        personnel = law.line_hurt * encounters(mood.active, exposed) * deterred * apart
        public = law.public_hurt * view.public * nearby * (1.0 - 0.5 * mood.risk)
        damage = law.property_rate * view.property * nearby * (1.0 - mood.risk) * (1.0 - law.fire_gain * view.water)
        records = law.records_rate * view.records * nearby * (1.0 - mood.risk) if view.phase == RED else 0.0
        return (
            care * struck * PER_HOUR,
            level * care * public * PER_HOUR,
            level * care * personnel * PER_HOUR,
            process,
            level * damage * PER_HOUR,
            records * PER_HOUR,
            kept_away * PER_HOUR,
        )


def encounters(one: float, other: float) -> float:
    """Where two sides meet: a b / (a + b), never more than the smaller side; 0 where either is nobody."""
    total = one + other
    return one * other / total if total > 0.0 else 0.0
