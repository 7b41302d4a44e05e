"""Transitions of talks, triggers, the critical process and officials: what reception, a rumour or red changes there."""

from __future__ import annotations

from optimiser.model.laws.escalation_law import saturating
from optimiser.simulation import events
from optimiser.simulation.rates import strength, touch
from optimiser.simulation.state import INFORMING, RECEIVED, REFUSED, State, log_event
from optimiser.simulation.transitions.tiring import wake

# ---------------------------------------------------------------- talking


def pass_mark(st: State, s: int, minutes: float) -> None:
    """A waiting mark passes unmet."""
    touch(st, s, False)
    st.marks[s] += 1
    log_event(st, events.MARK, s, -1, -1, minutes, 0)


def receive(st: State, s: int) -> None:
    """An official receives the delegation: legitimacy is won and negotiation opens again."""
    touch(st, s, False)
    st.delegation[s], st.failed[s] = RECEIVED, 0
    log_event(st, events.RECEPTION, s, -1, -1, 0.0, 0)


def refuse_delegation(st: State, s: int, why: int = events.NO_NOTE) -> None:
    """Settle that the delegation will not be received."""
    touch(st, s, False)
    st.delegation[s] = REFUSED
    log_event(st, events.NO_RECEPTION, s, -1, -1, 0.0, why)


def strike_reached(st: State, t: int) -> None:
    """A trigger strikes the sectors that it reaches."""
    f = st.facts
    for i in range(f.reach_first[t], f.reach_first[t + 1]):
        strike(st, t, f.reach_sector[i])


def strike(st: State, t: int, s: int) -> None:
    """A trigger strikes one sector, if people stand there; information takes a share of a rumour away."""
    f = st.facts
    if st.people[s] > 0:
        touch(st, s, False)
        change = f.trigger_tension[t]
        if f.trigger_rumour[t] and change > 0.0:
            change *= 1.0 - st.constants.rumour_gain * saturating(strength(st, s)[INFORMING], st.constants.rumour_half)
        st.tension[s] = min(1.0, max(0.0, st.tension[s] + change))
        log_event(st, events.TRIGGERED, s, -1, t, change, 0)


# ---------------------------------------------------------------- process and officials


def open_window(st: State, s: int, by: int) -> None:
    """A critical window of a sector begins (by = 1) or ends (by = -1)."""
    touch(st, s, False)
    st.critical[s] += by
    wake(st, s)
    log_event(st, events.PROCESS, s, -1, -1, by, events.DUE if by > 0 else events.OVER)


def restart(st: State, s: int) -> None:
    """The critical process runs again."""
    touch(st, s, False)
    st.stopped[s] = 0
    log_event(st, events.PROCESS, s, -1, -1, 0.0, events.RUNS_AGAIN)


def evacuated(st: State, s: int) -> None:
    """Officials of a red sector are safe."""
    touch(st, s, False)
    st.staff[s], st.leaving[s] = 0.0, 0
    log_event(st, events.EVACUATED, s, -1, -1, 0.0, 0)
