"""The state of a city during a replication, and what the law makes of it.

Hazards and harm rates are constant between events. `touch` brings the integrals of a sector up to the present minute
before anything about it changes; `refresh` works out its rates afterwards.

Functions here and in `transitions` and `dispatch` use records, numbers and tuples only: the SimPy engine calls them as
they are, the compiled engine compiles the same source. Flags are 0 and 1.
"""

from __future__ import annotations

import math
from typing import Annotated as Shaped
from typing import Any

from optimiser.common.random_streams import exponential, stream
from optimiser.model.harms import HARMS
from optimiser.model.laws.constants import CONSTANTS, Law
from optimiser.model.laws.escalation_law import QUIET
from optimiser.simulation.events import Entry
from optimiser.simulation.indexed_instance import PHASE_COUNT, Facts
from optimiser.simulation.record import KEY, FloatRows, Floats, IntRows, Ints, Record

NO_DELEGATION, WAITING, RECEIVED, REFUSED = range(4)
CHANNEL_COUNT = 7
HARM_COUNT = len(HARMS)
CONSTANT_COUNT = len(CONSTANTS)
PROCESS, PROPERTY, RECORDS, PARTICIPATION = (  # columns of harms
    [harm.id for harm in HARMS].index(name) for name in ("process_minutes", "property", "records", "participation")
)
LINGER = 30.0  # min, assumed: militants who stay on look again after this long
SPILL_STAY = 60.0  # min, assumed: people who spilled over stay this long

# strength of what stands in a sector: head equivalents formed up; then heads: all, the line, behind it, in view as one
LINE_UP, TALKING, MEDICAL, ARRESTING, GUIDING, INFORMING, VISIBLE, HEADS, EXPOSED, BEHIND, IN_VIEW = range(11)
ABILITY_COUNT = 11

# effects: what a rule leaves for the engine to carry out, with up to six whole numbers and one value
(
    DELEGATION,  # sector, number of the wait
    WALK,  # gathering, origin, goal, persons, phase; tension; back to the origin after a while if that is the goal
    SCATTER,  # gathering, persons; tension
    CALL,  # sector, whether it is repeated
    COLUMN,  # column
    STEADY_AGAIN,  # sector; minutes
    EVACUATION,  # sector
    RESTART,  # sector, number of the red phase
    GO_BACK,  # sector, station, kind, vehicle type, water cannon, number
    DRIVE_BACK,  # station, vehicle type, number; minutes
    CANNON,  # water cannon, sector, number of the red phase
    WATER_STOP,  # sector
    REFILLING,  # water cannon
    GO_ALONG,  # moving place, sector that it goes to; minutes
    WAIT_ALONG,  # moving place, number of the wait
    TIRE,  # what teams came as, sector, moving place or column; minutes
    MEETING,  # sector, number of the wait; minutes until an official who was sent receives the delegation
    STAY,  # gathering, sector, persons; minutes that people stay who do not belong to a main body there
) = range(18)
EFFECT_NUMBERS = 6


class State(Record):
    """Everything that changes during a replication, and what a replication is of."""

    facts: Facts
    constants: Law  # those of the scenario where it has its own, else those of the facts
    constant: Shaped[Floats, CONSTANT_COUNT]  # compiled code: what `constants` reads, in their order
    loose: Shaped[Floats, "loose"]  # compiled code: numbers of `facts` of which a scenario may bring its own
    # what is played: the deployment, and the scenario
    placed_teams: Shaped[IntRows, "sectors", "kinds"]
    placed_vehicles: Shaped[IntRows, "sectors", "vehicles"]
    placed_reserve: Shaped[IntRows, "stations", "kinds"]
    placed_parked: Shaped[IntRows, "stations", "vehicles"]
    placed_along_teams: Shaped[IntRows, "moving", "kinds"]
    placed_along_vehicles: Shaped[IntRows, "moving", "vehicles"]
    number: int
    turnout: Shaped[Ints, "gatherings"]
    route: Shaped[Ints, "gatherings"]  # that is drawn, or that a gathering has taken where the line was thinnest
    first: Shaped[Floats, "gatherings"]
    start_tension: Shaped[Floats, "gatherings"]
    content: Shaped[Floats, "gatherings"]
    displaced: Shaped[Ints, "gatherings"]  # whether it goes where the line is thinnest
    received: Shaped[Floats, "sectors"]
    triggered: Shaped[Floats, "triggers"]
    clock_family: Shaped[IntRows, KEY, "sectors", CHANNEL_COUNT]
    trip_family: Shaped[IntRows, KEY, "stations", "sectors"]
    call_family: Shaped[Ints, KEY, "sectors"]
    # bookkeeping
    now: float
    until: float  # the replication ends here
    alone: int  # the only sector that is played, -1 if all are
    help: Shaped[Floats, 3]  # alone: min until help for each need could be there, infinite if never
    events: int
    logging: int
    log_count: int
    log_minute: Shaped[Floats, "log"]
    log_number: Shaped[Floats, "log"]
    log_codes: Shaped[IntRows, "log", 5]  # kind, sector, other, what, note; see `outcome.Entry`
    dirty: Shaped[Ints, "sectors"]
    dirty_count: int
    is_dirty: Shaped[Ints, "sectors"]
    out_what: Shaped[Ints, "outbox"]
    out_number: Shaped[IntRows, "outbox", EFFECT_NUMBERS]
    out_value: Shaped[Floats, "outbox"]
    out_count: int
    out_room: int
    full: int  # 1 once something did not fit into arrays: what was played since is void
    # crowds
    phase: Shaped[Ints, "sectors"]
    tension: Shaped[Floats, "sectors"]
    present: Shaped[Ints, "slots"]
    people: Shaped[Ints, "sectors"]
    visited: Shaped[Ints, "sectors"]
    standing: Shaped[Ints, "gatherings"]  # sector where a gathering's main body stands, -1 elsewhere
    stop: Shaped[Ints, "gatherings"]  # the stop where it stands or that it left last, counted through all gatherings
    goal: Shaped[Ints, "gatherings"]  # the stop that it makes for; the first one until all its groups are there
    due: Shaped[Floats, "gatherings"]  # minute until which it means to stay there
    hard: Shaped[Ints, "slots"]  # of those present, militants whose gathering has gone home
    spare: Shaped[Floats, "gatherings"]  # min that its route takes longer than the one it meant to go by
    sprayed: Shaped[Ints, "gatherings"]  # whether wide-area means were used against people of it
    delegation: Shaped[Ints, "sectors"]
    marks: Shaped[Ints, "sectors"]
    failed: Shaped[Ints, "sectors"]
    meeting: Shaped[Ints, "sectors"]  # number of the present wait, so that an old wait knows it is over
    # personnel
    teams: Shaped[IntRows, "sectors", "kinds"]
    vehicles: Shaped[IntRows, "sectors", "vehicles"]  # water cannon are counted apart
    awake: Shaped[Ints, "sectors"]  # whether people have come or a window has opened: who stands there is on duty
    worn: Shaped[IntRows, "sectors", "kinds"]  # steps of ability that its teams have lost, those of all added up
    placed_duty: Shaped[
        IntRows, "sectors", "kinds"
    ]  # whether those placed there have been on duty since they were fresh
    placed_steps: Shaped[IntRows, "sectors", "kinds"]  # steps that each team placed there has lost
    placed_due: Shaped[FloatRows, "sectors", "kinds"]  # minute of their next step, infinite where none is to come
    placed_clock: Shaped[Floats, "sectors"]  # the least of these
    reserve: Shaped[IntRows, "stations", "kinds"]
    parked: Shaped[IntRows, "stations", "vehicles"]
    coming: Shaped[FloatRows, "sectors", 3]  # containment, dialogue, medical care on the road
    power: Shaped[FloatRows, "sectors", ABILITY_COUNT]
    power_known: Shaped[Ints, "sectors"]
    crews: Shaped[Ints, "roles"]  # scratch of `strength`
    weak: Shaped[Ints, "sectors"]  # handovers and reliefs going on
    asking: Shaped[Ints, "sectors"]
    asked_at: Shaped[Floats, "sectors"]
    asks: Shaped[Ints, "sectors"]
    refused_until: Shaped[Floats, "sectors"]
    trips: Shaped[IntRows, "stations", "sectors"]
    # units that move as planned; where they are formed up they count among `teams` and `vehicles` of the sector
    led_to: Shaped[Ints, "gatherings"]  # sector where its main body is or goes to, -1 once it is not followed any more
    homeward: Shaped[Ints, "gatherings"]  # sector that its main body is leaving for home, -1 before and afterwards
    along_leg: Shaped[Ints, "moving"]  # their leg, counted through all
    along_sector: Shaped[Ints, "moving"]  # sector or post, by place, where they are; -1 while they are on the road
    along_goal: Shaped[Ints, "moving"]  # where their leg is, -1 once there is none any more
    along_held: Shaped[Ints, "moving"]  # note of `events` that says why they wait where they are, 0 otherwise
    along_wait: Shaped[Ints, "moving"]  # number of the last wait for a way, so that an old one knows it is over
    along_teams: Shaped[IntRows, "moving", "kinds"]  # those on duty
    along_rested: Shaped[Floats, "moving"]  # minute since which they are at a post
    along_duty: Shaped[IntRows, "moving", "kinds"]  # whether they have been on duty since they were fresh
    along_steps: Shaped[IntRows, "moving", "kinds"]  # steps of ability that each team has lost
    along_due: Shaped[FloatRows, "moving", "kinds"]  # as of those placed
    along_clock: Shaped[Floats, "moving"]
    # columns sent from a station to a sector; those that have arrived hang together by sector, the free ones too
    free_column: int
    first_column: Shaped[Ints, "sectors"]
    last_column: Shaped[Ints, "sectors"]
    column_next: Shaped[Ints, "columns"]
    column_station: Shaped[Ints, "columns"]
    column_sector: Shaped[Ints, "columns"]
    column_cannon: Shaped[Ints, "columns"]
    column_delay: Shaped[Floats, "columns"]
    column_minutes: Shaped[Floats, "columns"]
    column_teams: Shaped[IntRows, "columns", "kinds"]
    column_staying: Shaped[IntRows, "columns", "vehicles"]
    column_rides: Shaped[IntRows, "columns", "vehicles"]
    column_coming: Shaped[FloatRows, "columns", 3]
    column_steps: Shaped[IntRows, "columns", "kinds"]
    column_due: Shaped[FloatRows, "columns", "kinds"]  # as of those placed
    column_clock: Shaped[Floats, "columns"]
    # what a station is going to send, while a call is answered
    order_open: Shaped[Ints, "stations"]
    order_count: Shaped[Ints, "stations"]
    order_kind: Shaped[IntRows, "stations", "kinds"]  # in the order in which they were taken
    order_teams: Shaped[IntRows, "stations", "kinds"]
    order_staying: Shaped[IntRows, "stations", "vehicles"]
    order_cannon: Shaped[Ints, "stations"]
    riding: Shaped[Ints, "kinds"]
    walking: Shaped[Ints, "kinds"]
    driving: Shaped[Ints, "vehicles"]
    nothing: Shaped[Ints, "vehicles"]
    guards: Shaped[Ints, "kinds"]
    # water cannon
    cannons: int
    cannon_type: Shaped[Ints, "cannons"]
    cannon_sector: Shaped[Ints, "cannons"]  # sector where it stands, -1 elsewhere
    cannon_station: Shaped[Ints, "cannons"]  # post where it waits, -1 elsewhere
    cannon_tank: Shaped[Floats, "cannons"]
    cannon_dry: Shaped[Ints, "cannons"]
    cannon_home: Shaped[Ints, "cannons"]  # post it was called from, -1 if it was placed in its sector
    cannon_begun: Shaped[Floats, "cannons"]  # minute at which it began to run, -1 while it does not
    spraying: Shaped[Ints, "sectors"]
    cannon_coming: Shaped[Ints, "sectors"]
    # process
    critical: Shaped[Ints, "sectors"]
    stopped: Shaped[Ints, "sectors"]
    staff: Shaped[Floats, "sectors"]
    leaving: Shaped[Ints, "sectors"]  # whether officials are being evacuated
    exit_open: Shaped[Ints, "sectors"]  # as in the facts, until it is cleared or shut in the middle of a day
    red_number: Shaped[Ints, "sectors"]
    red_since: Shaped[Floats, "sectors"]
    # integrals and rates
    last: Shaped[Floats, "sectors"]
    hazard: Shaped[FloatRows, "sectors", CHANNEL_COUNT]
    harm_rate: Shaped[FloatRows, "sectors", HARM_COUNT]
    left: Shaped[FloatRows, "sectors", CHANNEL_COUNT]
    drawn: Shaped[IntRows, "sectors", CHANNEL_COUNT]
    ring_at: Shaped[Floats, "sectors"]
    ring_channel: Shaped[Ints, "sectors"]
    harms: Shaped[FloatRows, "sectors", HARM_COUNT]
    minutes: Shaped[FloatRows, "sectors", PHASE_COUNT]
    force: Shaped[Ints, "sectors"]


def unit_sizes(facts: Facts, waiting: int, cannons: int) -> dict[str, int]:
    """Return the length of the axes of a state that depend on what is placed.

    Parameters
    ----------
    waiting : teams and vehicles at posts, at most.
    cannons : water cannon at all places, at most.
    """
    units = waiting + sum(map(sum, facts.outside_reserve))
    # a column holds a unit at least; whatever is released or relieved at once is as many effects at most, and some more
    more = facts.sizes["sectors"] + facts.sizes["kinds"] * (1 + facts.sizes["moving"])
    return {"columns": units + 1, "cannons": cannons, "outbox": 2 * units + cannons + more + 64}


# ---------------------------------------------------------------- beginning


def begin(st: State) -> None:
    """Set everything to what it is at minute 0 of the deployment and scenario that are to be simulated."""
    f = st.facts
    st.now, st.until, st.alone = 0.0, f.horizon, -1
    st.events = st.log_count = st.dirty_count = st.out_count = st.cannons = st.full = 0
    st.out_room = len(st.out_what)
    for s in range(len(st.phase)):
        begin_sector(st, s)
    for g in range(len(st.standing)):
        st.standing[g], st.stop[g], st.goal[g], st.due[g], st.sprayed[g] = -1, 0, 0, 0.0, 0
        st.spare[g], st.homeward[g] = 0.0, -1
        st.led_to[g] = f.stop_sector[f.stop_first[st.route[g]]]
    for p in range(len(st.reserve)):
        for k in range(len(f.kind_role)):
            st.reserve[p][k] = st.placed_reserve[p][k] + f.outside_reserve[p][k]
            st.order_teams[p][k] = 0
        for w in range(len(f.seats)):
            st.parked[p][w] = 0
            st.order_staying[p][w] = 0
            _place(st, w, st.placed_parked[p][w], -1, p)
        for s in range(len(st.phase)):
            st.trips[p][s] = 0
        st.order_open[p], st.order_count[p], st.order_cannon[p] = 0, 0, -1
    for c in range(len(st.column_next)):
        st.column_next[c] = c + 1 if c + 1 < len(st.column_next) else -1
    st.free_column = 0
    for a in range(len(st.along_sector)):
        _begin_along(st, a)


def begin_sector(st: State, s: int) -> None:
    """Set one sector to what it is at minute 0, with what is placed there."""
    f = st.facts
    st.phase[s], st.tension[s], st.people[s], st.visited[s] = QUIET, 0.0, 0, 0
    for b in range(f.slot_first[s], f.slot_first[s + 1]):
        st.present[b] = st.hard[b] = 0
    st.delegation[s], st.marks[s], st.failed[s], st.meeting[s] = NO_DELEGATION, 0, 0, 0
    for k in range(len(f.kind_role)):
        st.teams[s][k] = st.placed_teams[s][k] if f.available[k] <= 0.0 else 0
        if f.tiring:
            st.worn[s][k] = st.placed_duty[s][k] = st.placed_steps[s][k] = 0
            st.placed_due[s][k] = math.inf
    st.placed_clock[s] = math.inf
    st.spraying[s] = st.cannon_coming[s] = 0
    for w in range(len(f.seats)):
        st.vehicles[s][w] = 0
        _place(st, w, st.placed_vehicles[s][w], s, -1)
    for a in range(3):
        st.coming[s][a] = 0.0
    st.power_known[s] = st.weak[s] = st.is_dirty[s] = st.awake[s] = 0
    st.asking[s], st.asked_at[s], st.asks[s], st.refused_until[s] = 0, 0.0, 0, -math.inf
    st.first_column[s] = st.last_column[s] = -1
    st.critical[s], st.stopped[s], st.staff[s], st.red_number[s], st.red_since[s] = 0, 0, f.officials[s], 0, 0.0
    st.leaving[s], st.exit_open[s] = 0, f.exit_open[s]
    st.last[s] = 0.0
    for c in range(CHANNEL_COUNT):
        st.hazard[s][c] = 0.0
    for h in range(HARM_COUNT):
        st.harm_rate[s][h] = st.harms[s][h] = 0.0
    st.ring_at[s], st.ring_channel[s] = math.inf, 0
    for p in range(PHASE_COUNT):
        st.minutes[s][p] = 0.0
    st.force[s] = 0


def _begin_along(st: State, a: int) -> None:
    """Let units that move be where their first leg begins; a water cannon never moves so. At a post they are fresh."""
    f = st.facts
    st.along_leg[a] = f.leg_first[a]
    s = f.leg_sector[st.along_leg[a]]
    if s < 0:
        s = st.led_to[f.leg_gathering[st.along_leg[a]]]
    st.along_sector[a] = st.along_goal[a] = s
    st.along_held[a] = st.along_wait[a] = 0
    st.along_clock[a] = math.inf
    st.along_rested[a] = -math.inf
    at_post = s >= len(st.phase)
    for k in range(len(f.kind_role)):
        st.along_teams[a][k] = st.placed_along_teams[a][k] if f.available[k] <= 0.0 else 0
        st.along_steps[a][k] = st.along_duty[a][k] = 0
        st.along_due[a][k] = math.inf
        if not at_post:
            st.teams[s][k] += st.along_teams[a][k]
    for w in range(len(f.seats)):
        if not f.water[w] and not at_post:
            st.vehicles[s][w] += st.placed_along_vehicles[a][w]


def wind(st: State, s: int) -> None:
    """Draw the first unit exponential of each clock of a sector; nobody needs one before people come."""
    for c in range(CHANNEL_COUNT):
        st.left[s][c] = exponential(stream(st.clock_family[s][c], st.number), 0)
        st.drawn[s][c] = 1


def wind_anew(st: State, s: int) -> None:
    """Draw what is left of each clock of a sector anew: an exponential that has not rung has no memory."""
    if st.visited[s]:
        for c in range(CHANNEL_COUNT):
            st.left[s][c] = exponential(stream(st.clock_family[s][c], st.number), st.drawn[s][c])
            st.drawn[s][c] += 1


def _place(st: State, w: int, n: int, sector: int, station: int) -> None:
    """Put vehicles of a type at a sector or a post; each water cannon is one of its own."""
    f = st.facts
    if not f.water[w]:
        if sector >= 0:
            st.vehicles[sector][w] = n
        else:
            st.parked[station][w] = n
        return
    for u in range(st.cannons, st.cannons + n):
        st.cannon_type[u], st.cannon_sector[u], st.cannon_station[u] = w, sector, station
        st.cannon_tank[u], st.cannon_dry[u], st.cannon_home[u], st.cannon_begun[u] = f.endurance[w], 0, -1, -1.0
    st.cannons += n


# ---------------------------------------------------------------- telling


def log_event(st: State, kind: int, sector: int, other: int, what: int, number: float, note: int) -> None:
    """Count an event, and keep it where it is observed: codes of `events`, -1 for what does not apply."""
    st.events += 1
    if st.logging:
        keep(st, kind, sector, other, what, number, note)


def keep(st: Any, kind: int, sector: int, other: int, what: int, number: float, note: int) -> None:
    """Hand an event to the observer; the compiled engine writes it into its log instead."""
    st.observe(Entry(st.now, kind, sector, other, what, float(number), note))


def emit(
    st: State, what: int, a: int, b: int = 0, c: int = 0, d: int = 0, e: int = 0, g: int = 0, value: float = 0.0
) -> None:
    """Leave an effect to the engine."""
    if st.out_count == st.out_room:
        make_room(st)
    i = st.out_count
    st.out_what[i], st.out_value[i] = what, value
    numbers = st.out_number[i]
    numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5] = a, b, c, d, e, g
    st.out_count += 1


def make_room(st: State) -> None:
    """Let one more effect fit; arrays of compiled code cannot grow, there the replication is simulated again."""
    st.out_what.append(0)
    st.out_number.append([0] * EFFECT_NUMBERS)
    st.out_value.append(0.0)
    st.out_room += 1
