"""What the law makes of a state: integrals brought up to date, strength, hazards and harm rates of a sector.

Hazards and harm rates are constant between events. `touch` brings the integrals of a sector up to the present minute
before anything about it changes; `refresh` works out its rates afterwards.
"""

from __future__ import annotations

import math
from typing import Any

from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW, Harms, Hazards, Mood, View
from optimiser.simulation.record import Floats
from optimiser.simulation.state import (
    ARRESTING,
    BEHIND,
    CHANNEL_COUNT,
    EXPOSED,
    GUIDING,
    HARM_COUNT,
    HEADS,
    IN_VIEW,
    INFORMING,
    LINE_UP,
    MEDICAL,
    PARTICIPATION,
    PROCESS,
    PROPERTY,
    RECEIVED,
    RECORDS,
    TALKING,
    VISIBLE,
    State,
)


def touch(st: State, s: int, units: bool = True) -> None:
    """Bring clocks, harms and phase minutes of a sector up to now, and mark it for `refresh`.

    Unless the caller says that neither units nor phase change, what is known of their strength is forgotten.
    """
    if units:
        st.power_known[s] = 0
    passed = st.now - st.last[s]
    if passed > 0.0:
        left, hazard = st.left[s], st.hazard[s]
        for c in range(CHANNEL_COUNT):
            if hazard[c] > 0.0:
                left[c] -= hazard[c] * passed
        harms, rate = st.harms[s], st.harm_rate[s]
        for h in range(HARM_COUNT):
            if rate[h] > 0.0:
                harms[h] += rate[h] * passed
        harms[PROPERTY] = min(harms[PROPERTY], st.facts.property[s])  # no more than there is
        harms[RECORDS] = min(harms[RECORDS], st.facts.records[s])
        st.minutes[s][st.phase[s]] += passed
        st.last[s] = st.now
    if not st.is_dirty[s]:
        st.is_dirty[s] = 1
        st.dirty[st.dirty_count] = s
        st.dirty_count += 1


def lose_hours(st: State, g: int, s: int, persons: int, minutes: float) -> None:
    """Count so many minutes of lawful assembly that so many people of a gathering lose."""
    if minutes > 0.0:
        touch(st, s, False)
        st.harms[s][PARTICIPATION] += persons * (1.0 - st.facts.militant[g][GREEN]) * minutes / 60.0


def refresh(st: State, s: int) -> None:
    """Work out hazards, harm rates and the next ringing time of a sector from its present state.

    Where nobody stands no clock runs and the law is not asked; only a stopped process still costs minutes.
    """
    hazard, rate = st.hazard[s], st.harm_rate[s]
    if st.people[s] == 0:
        for c in range(CHANNEL_COUNT):
            hazard[c] = 0.0
        for h in range(HARM_COUNT):
            rate[h] = 0.0
        rate[PROCESS] = 1.0 if st.stopped[s] and st.critical[s] > 0 else 0.0
        st.ring_at[s] = math.inf
        return
    view = look(st, s)
    _, hazards, harms = ask_law(st, view)
    best, channel = math.inf, 0
    for c in range(CHANNEL_COUNT):
        hazard[c] = hazards[c]
        if hazards[c] > 0.0:
            t = st.now + max(0.0, st.left[s][c]) / hazards[c]
            if t < best:
                best, channel = t, c
    for h in range(HARM_COUNT):
        rate[h] = harms[h]
    st.ring_at[s], st.ring_channel[s] = best, channel
    _note_force(st, s, view)


def ask_law(st: Any, view: View) -> tuple[Mood, Hazards, Harms]:
    """Ask the law for mood, hazards and harm rates, both per minute; compiled code calls the law's machine code."""
    mood = st.law.mood(st.constants, view)
    return mood, st.law.hazards(st.constants, view, mood), st.law.harms(st.constants, view, mood)


def look(st: State, s: int) -> View:
    """Assemble what the law sees of a sector."""
    f, phase, people = st.facts, st.phase[s], st.people[s]
    share = liaison = sprayed = taking_part = 0.0
    if people > 0:
        for b in range(f.slot_first[s], f.slot_first[s + 1]):
            n = st.present[b]
            if n > 0:
                g = f.slot_gathering[b]
                share += max(n * f.militant[g][phase], float(st.hard[b]) if phase in (YELLOW, RED) else 0.0)
                liaison += n * f.liaison[g]
                sprayed += n * st.sprayed[g]
                if st.standing[g] == s and st.now < st.due[g]:
                    taking_part += n * (1.0 - f.militant[g][GREEN])
        share /= people
        liaison /= people
        sprayed /= people
    power = strength(st, s)
    water = 0.0
    for u in range(st.cannons):
        if st.cannon_sector[u] == s and not st.cannon_dry[u]:
            water = 1.0
    received = 1.0 if st.delegation[s] == RECEIVED else 0.0
    failed = 1.0 if st.failed[s] else 0.0
    exit_open = 1.0 if st.exit_open[s] and power[GUIDING] >= f.traffic_need[s] else 0.0
    spraying = 1.0 if st.spraying[s] > 0 else 0.0
    stopped = 1.0 if st.stopped[s] else 0.0
    critical = 1.0 if st.critical[s] > 0 else 0.0
    # in the order of `View`; compiled code knows no call with so many names
    return View(
        phase,
        float(people),
        st.tension[s],
        share,
        power[LINE_UP],
        power[TALKING],
        power[VISIBLE],
        power[MEDICAL],
        power[ARRESTING],
        power[HEADS],
        f.public[s] + st.staff[s],
        f.property[s],
        f.records[s],
        received,
        float(st.marks[s]),
        failed,
        exit_open,
        spraying,
        water,
        liaison,
        stopped,
        critical,
        power[EXPOSED],
        sprayed,
        power[BEHIND],
        power[IN_VIEW],
        taking_part,
    )


def strength(st: State, s: int) -> Floats:
    """Head equivalents formed up in a sector, by ability (`LINE_UP` to `VISIBLE`), and heads (`HEADS` to `IN_VIEW`).

    Crews that come out of teams do not stand in the line; during a handover the line is weaker. Tired teams can do
    less, but are seen as before. Exposed are the heads of the line and extra crews, behind it those of all others whose
    role acts in this phase.
    """
    power = st.power[s]
    if st.power_known[s]:
        return power
    f, phase = st.facts, st.phase[s]
    c = d = m = a = t = i = v = h = 0.0
    crews = line = behind = holding = 0.0  # heads
    tiring = f.tiring
    for r in range(len(st.crews)):
        st.crews[r] = 0
    for w in range(len(f.seats)):
        n = st.vehicles[s][w]
        if n:
            c += n * f.vehicle_containment[w][phase]
            m += n * f.vehicle_medical[w]
            v += n * f.vehicle_visible[w]
            if f.crew_role[w] >= 0:
                st.crews[f.crew_role[w]] += n * f.crew[w]
            else:
                h += n * f.crew[w]
                crews += n * f.crew[w]
    for u in range(st.cannons):
        if st.cannon_sector[u] == s:
            w = st.cannon_type[u]
            v += f.vehicle_visible[w]
            if not st.cannon_dry[u]:
                c += f.vehicle_containment[w][phase]
            if f.crew_role[w] >= 0:
                st.crews[f.crew_role[w]] += f.crew[w]
            else:
                h += f.crew[w]
                crews += f.crew[w]
    for k in range(len(f.kind_role)):
        n = st.teams[s][k]
        if n:
            heads = n * f.kind_size[k]
            h += heads
            if f.containment[k][phase] > 0.0:
                line += heads
            else:
                behind += heads * f.acts[k][phase]
            holding += heads * f.holds_line[k]
            part = float(n)
            if st.crews[f.kind_role[k]]:
                driving = min(heads, st.crews[f.kind_role[k]])
                st.crews[f.kind_role[k]] -= driving
                part = n * (heads - driving) / heads
            v += part * f.visible[k]
            if tiring and st.worn[s][k]:
                part *= 1.0 - f.tire_loss * st.worn[s][k] / n
            c += part * f.containment[k][phase]
            d += part * f.dialogue[k][phase]
            m += part * f.medical[k][phase]
            a += part * f.arrest[k][phase]
            t += part * f.traffic[k][phase]
            i += part * f.information[k][phase]
    if st.weak[s] > 0:
        c *= f.handover_strength
    power[LINE_UP], power[TALKING], power[MEDICAL], power[ARRESTING] = c, d, m, a
    power[GUIDING], power[INFORMING], power[VISIBLE], power[HEADS] = t, i, v, h
    power[EXPOSED], power[BEHIND] = crews + line, behind
    power[IN_VIEW] = crews + holding
    st.power_known[s] = 1
    return power


def _note_force(st: State, s: int, view: View) -> None:
    """Keep the highest stage of force: 1 presence, 2 words, 3 soft hand, 4 hard hand, 5 wide-area means."""
    if view.people <= 0.0 or view.personnel <= 0.0:
        return
    stage = 1
    if view.dialogue > 0.0:
        stage = 2
    if view.phase == YELLOW and view.containment > 0.0:
        stage = 3
    if view.phase == RED and view.containment > 0.0:
        stage = 4
    if view.spraying > 0.0:
        stage = 5
    st.force[s] = max(st.force[s], stage)
