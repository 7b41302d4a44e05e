"""What tests of the laws of escalation have in common: sectors and constants to try, and how signs are asserted."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from optimiser.model.harms import HARMS
from optimiser.model.laws.choice import LAWS
from optimiser.model.laws.constants import CONSTANTS, Law
from optimiser.model.laws.escalation_law import View

FLAGS = st.sampled_from([0.0, 1.0])
SHARES = st.floats(0.0, 1.0)
CROWDS = st.floats(20.0, 20_000.0)
HEADS = st.floats(0.0, 500.0)
RANGES = {
    "people": CROWDS,
    "tension": SHARES,
    "share": st.floats(0.01, 0.5),
    "containment": HEADS,
    "dialogue": st.floats(0.0, 50.0),
    "visible": HEADS,
    "medical": st.floats(0.0, 50.0),
    "arrest": st.floats(0.0, 50.0),
    "personnel": HEADS,
    "public": HEADS,
    "property": HEADS,
    "records": st.floats(0.0, 50.0),
    "received": FLAGS,
    "marks": st.integers(0, 4).map(float),
    "failed": FLAGS,
    "exit_open": FLAGS,
    "spraying": FLAGS,
    "water": FLAGS,
    "liaison": SHARES,
    "stopped": FLAGS,
    "critical": FLAGS,
    "exposed": HEADS,
    "behind": HEADS,
    "in_view": HEADS,
    "taking_part": HEADS,
    "sprayed": FLAGS,
}
all_laws = pytest.mark.parametrize("law", [kind() for kind in LAWS.values()], ids=lambda law: law.name)


@st.composite
def views(draw, *phases, **fixed):
    """A sector in one of the phases; `fixed` fields are as given."""
    drawn = {field: draw(values) for field, values in RANGES.items() if field not in fixed}
    return View(phase=draw(st.sampled_from(phases)), **drawn, **fixed)


laws = st.builds(Law, **{c.name: st.floats(c.low, c.high) for c in CONSTANTS})


def hazards(law, constants, view):
    return law.hazards(constants, view, law.mood(constants, view))


def harms(law, constants, view):
    return dict(zip((harm.id for harm in HARMS), law.harms(constants, view, law.mood(constants, view)), strict=True))


def legitimacy_moves(law, constants, view):
    """Tell whether legitimacy lies within its bounds, so that a change is not cut off by them."""
    return 0.0 < law.mood(constants, view).legitimacy < 1.0


def mood_moves(law, constants, view):
    """Tell whether legitimacy matters for activation: there is a grievance, and some but not all act upon it."""
    active = 1e-4 < law.mood(constants, view).activation < 1.0 - 1e-4
    return active and view.tension > 0.05 and legitimacy_moves(law, constants, view)


def no_higher(after, before, strict):
    """Assert the sign; `strict` where a real difference must show, beyond rounding and the law's last iteration."""
    assert after <= before + 1e-9
    if strict:
        assert after < before
