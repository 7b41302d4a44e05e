"""Work for the compiled engine: which replications to play, and where to put what happened."""

from __future__ import annotations

from typing import Annotated as Shaped
from typing import Any

from optimiser.simulation.compiled_engine.replay import finish, found, give_order, play, play_alone, run
from optimiser.simulation.event_queue import NUMBERS, Agenda
from optimiser.simulation.indexed_instance import PHASE_COUNT
from optimiser.simulation.record import FloatGrids, FloatRows, Floats, IntGrids, IntRows, Ints, Record
from optimiser.simulation.state import HARM_COUNT, State, wind_anew


class Futures(Record):
    """A set of scenarios, see `scenario.Scenarios`."""

    number: Shaped[Ints, "scenarios"]
    turnout: Shaped[IntRows, "scenarios", "gatherings"]
    route: Shaped[IntRows, "scenarios", "gatherings"]
    first: Shaped[FloatRows, "scenarios", "gatherings"]
    tension: Shaped[FloatRows, "scenarios", "gatherings"]
    content: Shaped[FloatRows, "scenarios", "gatherings"]
    displaced: Shaped[IntRows, "scenarios", "gatherings"]
    received: Shaped[FloatRows, "scenarios", "sectors"]
    triggered: Shaped[FloatRows, "scenarios", "triggers"]
    constants: Shaped[FloatRows, "scenarios", "drawn"]  # no column where those of the instance hold
    varied: Shaped[FloatRows, "scenarios", "varied"]
    places: Shaped[Ints, "varied"]


class Job(Record):
    """Which replications to play, and where to put what happened; the first axis of results is the replication."""

    futures: Futures
    row: Shaped[Ints, "replications"]  # deployment
    column: Shaped[Ints, "replications"]  # scenario
    teams: Shaped[IntGrids, "deployments", "sectors", "kinds"]
    vehicles: Shaped[IntGrids, "deployments", "sectors", "vehicles"]
    reserve: Shaped[IntGrids, "deployments", "stations", "kinds"]
    parked: Shaped[IntGrids, "deployments", "stations", "vehicles"]
    along_teams: Shaped[IntGrids, "deployments", "moving", "kinds"]
    along_vehicles: Shaped[IntGrids, "deployments", "moving", "vehicles"]
    weights: Shaped[Floats, HARM_COUNT]  # points per unit of each harm
    total: Shaped[Floats, "replications"]
    by_sector: int  # whether the next two are wanted
    loss: Shaped[FloatRows, "courses", "sectors"]
    visited: Shaped[IntRows, "courses", "sectors"]
    called: Shaped[Ints, "replications"]
    events: Shaped[Ints, "replications"]
    detailed: int  # whether what follows is wanted
    harms: Shaped[FloatGrids, "details", "sectors", HARM_COUNT]
    minutes: Shaped[FloatGrids, "details", "sectors", PHASE_COUNT]
    force: Shaped[IntRows, "details", "sectors"]


class Part(Record):
    """Replications of which only a part is played: up to a minute, or from there on, with what is ordered then."""

    job: Job
    ends: (
        int  # whether they begin at minute 0 and end at `minute`, with words for each; otherwise they begin from words
    )
    minute: float
    words: Shaped[IntRows, "situations", "words"]  # see `desks`
    source: Shaped[Ints, "replications"]  # row of words that each replication begins from
    fresh: int  # whether clocks are wound anew, so that one situation has many futures
    order_first: Shaped[Ints, "replications"]  # of the orders that are given at `minute`
    order_end: Shaped[Ints, "replications"]
    order_what: Shaped[Ints, "orders"]  # see `situations.orders`
    order_numbers: Shaped[IntRows, "orders", NUMBERS]
    order_value: Shaped[Floats, "orders"]


class Attempt(Record):
    """One sector played alone: its configurations, scenario by scenario until a configuration costs too much."""

    futures: Futures
    sector: int
    teams: Shaped[IntRows, "configurations", "kinds"]
    vehicles: Shaped[IntRows, "configurations", "vehicles"]
    end: int  # scenario after the last
    until: Shaped[Floats, "scenarios"]  # minute at which somebody may come from elsewhere
    order: Shaped[Ints, "scenarios"]
    share: Shaped[Floats, "scenarios"]  # weight of each scenario in the total, in that order
    limit: Shaped[Floats, "configurations"]  # points that the total may reach before it is given up
    weights: Shaped[Floats, HARM_COUNT]
    loss: Shaped[FloatRows, "configurations", "width"]
    total: Shaped[Floats, "configurations"]
    played: Shaped[Ints, "configurations"]  # scenario after the last one played
    events: Shaped[Ints, "configurations"]


def _load_deployment(st: State, job: Job, d: int) -> None:
    """Copy one deployment into the state."""
    for s in range(len(st.phase)):
        for k in range(len(job.teams[d][s])):
            st.placed_teams[s][k] = job.teams[d][s][k]
        for w in range(len(job.vehicles[d][s])):
            st.placed_vehicles[s][w] = job.vehicles[d][s][w]
    for p in range(len(st.reserve)):
        for k in range(len(job.reserve[d][p])):
            st.placed_reserve[p][k] = job.reserve[d][p][k]
        for w in range(len(job.parked[d][p])):
            st.placed_parked[p][w] = job.parked[d][p][w]
    for a in range(len(st.along_sector)):
        for k in range(len(job.along_teams[d][a])):
            st.placed_along_teams[a][k] = job.along_teams[d][a][k]
        for w in range(len(job.along_vehicles[d][a])):
            st.placed_along_vehicles[a][w] = job.along_vehicles[d][a][w]


def _load_number(st: State, futures: Futures, n: int) -> None:
    """Let the state be of one scenario: its number, and constants of the law and numbers of the facts of its own."""
    st.number = futures.number[n]
    for c in range(len(futures.constants[n])):
        st.constant[c] = futures.constants[n][c]
    for i in range(len(futures.places)):
        st.loose[futures.places[i]] = futures.varied[n][i]


def _load_crowds(st: State, futures: Futures, n: int) -> None:
    """Copy who comes in one scenario into the state."""
    for g in range(len(st.turnout)):
        st.turnout[g], st.first[g], st.route[g] = futures.turnout[n][g], futures.first[n][g], futures.route[n][g]
        st.start_tension[g], st.content[g] = futures.tension[n][g], futures.content[n][g]
        st.displaced[g] = futures.displaced[n][g]
    for t in range(len(st.triggered)):
        st.triggered[t] = futures.triggered[n][t]
    _load_number(st, futures, n)


def _load_guests(st: State, futures: Futures, n: int, s: int) -> None:
    """Copy who comes to one sector of themselves in one scenario into the state, and what its official does."""
    f = st.facts
    for i in range(f.start_first[s], f.start_first[s + 1]):
        g = f.start_gathering[i]
        st.turnout[g], st.first[g], st.route[g] = futures.turnout[n][g], futures.first[n][g], futures.route[n][g]
        st.start_tension[g], st.content[g] = futures.tension[n][g], futures.content[n][g]
        st.displaced[g] = futures.displaced[n][g]
    for t in range(len(st.triggered)):
        st.triggered[t] = futures.triggered[n][t]
    st.received[s] = futures.received[n][s]
    _load_number(st, futures, n)


def _points(st: State, weights: Floats, s: int) -> float:
    """Turn the harms of a sector into points, in the order of `HARMS`."""
    loss = 0.0
    for h in range(HARM_COUNT):
        loss += st.harms[s][h] * weights[h]
    return loss


def _store(st: State, job: Job, i: int) -> None:
    """Copy what happened into the results."""
    called, total = 0, 0.0
    for s in range(len(st.phase)):
        points = _points(st, job.weights, s)
        total += points
        called = max(called, min(1, st.asks[s]))
        if job.by_sector:
            job.loss[i][s], job.visited[i][s] = points, st.visited[s]
    job.total[i], job.called[i], job.events[i] = total, called, st.events
    if job.detailed:
        for s in range(len(st.phase)):
            for h in range(HARM_COUNT):
                job.harms[i][s][h] = st.harms[s][h]
            for p in range(PHASE_COUNT):
                job.minutes[i][s][p] = st.minutes[s][p]
            job.force[i][s] = st.force[s]


def play_all(st: State, ag: Agenda, job: Job, first: int, last: int) -> int:
    """Play replications `first` to `last` (exclusive); gives the first one that did not fit, or `last`."""
    loaded = -1
    for i in range(first, last):
        if job.row[i] != loaded:
            loaded = job.row[i]
            _load_deployment(st, job, loaded)
        n = job.column[i]
        _load_crowds(st, job.futures, n)
        for s in range(len(st.phase)):
            st.received[s] = job.futures.received[n][s]
        play(st, ag)
        if st.full or ag.full:
            return i
        _store(st, job, i)
    return last


def play_parts(st: Any, ag: Agenda, part: Part, first: int, last: int) -> int:
    """Play parts of replications `first` to `last` (exclusive); gives the first one that did not fit, or `last`."""
    job = part.job
    for i in range(first, last):
        n = job.column[i]
        if part.ends:
            _load_deployment(st, job, job.row[i])
            _load_crowds(st, job.futures, n)
            for s in range(len(st.phase)):
                st.received[s] = job.futures.received[n][s]
            found(st, ag)
            st.until = part.minute
            run(st, ag)
            for w in range(len(st.words)):
                part.words[part.source[i]][w] = st.words[w]
        else:
            for w in range(len(st.words)):
                st.words[w] = part.words[part.source[i]][w]
            _load_number(st, job.futures, n)
            st.now, st.until = part.minute, st.facts.horizon
            if part.fresh:
                for s in range(len(st.phase)):
                    wind_anew(st, s)
            for j in range(part.order_first[i], part.order_end[i]):
                give_order(st, ag, part.order_what[j], part.order_numbers[j], part.order_value[j])
            run(st, ag)
            finish(st)
        if st.full or ag.full:
            return i
        if not part.ends:
            _store(st, job, i)
    return last


def try_all(st: State, ag: Agenda, work: Attempt, first: int, last: int) -> int:
    """Play configurations `first` to `last` (exclusive); gives the first one that did not fit, or `last`."""
    s = work.sector
    for c in range(first, last):
        for k in range(len(work.teams[c])):
            st.placed_teams[s][k] = work.teams[c][k]
        for w in range(len(work.vehicles[c])):
            st.placed_vehicles[s][w] = work.vehicles[c][w]
        while work.played[c] < work.end and work.total[c] <= work.limit[c]:
            i = work.played[c]
            n = work.order[i]
            _load_guests(st, work.futures, n, s)
            play_alone(st, ag, s, work.until[n])
            if st.full or ag.full:
                return c
            work.loss[c][i] = _points(st, work.weights, s)
            work.total[c] += work.loss[c][i] * work.share[i]
            work.events[c] += st.events
            work.played[c] += 1
    return last
