"""What both parts of the replay need: codes of what is to be done, and working out what an event has changed."""

from __future__ import annotations

from optimiser.simulation.event_queue import Agenda, reset_clock
from optimiser.simulation.rates import refresh
from optimiser.simulation.state import State

# what is to be done when an event is due
(
    OPEN,
    CLOSE,
    ON_DUTY,
    ASSEMBLE,
    DEPART,
    MARCH,
    GO_HOME,
    LINGERING,
    STRAY,
    STRAY_HOME,
    STRIKE,
    PASS_MARK,
    MEET,
    SAFE,
    RESUME,
    STEADY,
    RELIEVE,
    RELIEVED,
    ASK,
    SET_OUT,
    ARRIVE,
    FORM_UP,
    WAY_BACK,
    AT_POST,
    GATE,
    WARNED,
    DRY,
    FULL,
    JOIN_DUTY,
    JOIN_ALONG,
    LOOK_ALONG,
    LEG_OVER,
    TIRING,
) = range(33)


def settle(st: State, ag: Agenda) -> None:
    """After a rule: work out changed sectors anew."""
    for i in range(st.dirty_count):
        s = st.dirty[i]
        st.is_dirty[s] = 0
        before = st.ring_at[s]
        refresh(st, s)
        if st.ring_at[s] != before:
            reset_clock(ag, st.ring_at, s)
    st.dirty_count = 0
