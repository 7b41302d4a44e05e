"""The plan on paper or screen, as a briefing needs it: facilitation first, who stands where, what to expect."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimiser.deployment import Allotment
from optimiser.escalation import RED, YELLOW
from optimiser.evaluation import Interval
from optimiser.explain import explain
from optimiser.figures import ends, figure, given, mean, percent, plain, several, span
from optimiser.instance import Instance, Post, Reinforcement, Role, Sector, Team, VehicleType
from optimiser.show import grid, heading, note, show_harms, show_phases, show_shares, show_violations, text
from optimiser.solution import Alternative, Lever, Solution
from optimiser.write.plan import admit, fingerprint

WORDS = {"better": "green", "worse": "red"}
HELPS = {"better": "helps", "worse": "harms"}


def brief(solution: Solution) -> RenderableType:
    """Lay out a plan.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    parts = (_head, _levers, _heads, _sectors, _posts, _base, _expected, _phases, _alternatives, _trust)
    return Group(*(line for part in parts for line in part(solution)))


def _head(solution: Solution) -> Iterator[RenderableType]:
    instance, period = solution.instance, solution.instance.period
    yield Text(plain(instance.title), style="bold reverse")
    yield Text(
        f"{period.start:%Y-%m-%d}, {period.start:%H:%M} to {instance.clock(period.minutes)} "
        f"({given(float(period.hours))} h), instance {instance.name}"
    )
    yield Text()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column()
    evaluation = solution.evaluation
    facts.add_row("Expected loss", f"{span(evaluation.loss)} points over {_fresh(solution)}")
    facts.add_row("Claim", text(solution.certificate.sentence))
    style = "green" if solution.verdict.passed else "red"
    facts.add_row("Checked", Text(solution.verdict.sentence(), style=style))
    if solution.interrupted:
        said = "before the search ended; this is the best plan found until then."
        facts.add_row("Interrupted", Text(said, style="yellow"))
    yield facts


def _fresh(solution: Solution) -> str:
    return f"{solution.evaluation.loss.count:,} fresh scenarios, none of them used to choose the plan"


# ---------------------------------------------------------------- facilitation


def _levers(solution: Solution) -> Iterator[RenderableType]:
    names = {s.id: s for s in solution.instance.sectors}
    promised = [s for s in solution.instance.sectors if s.official and s.official.promised is not None]
    if not solution.levers and not promised:
        return
    yield heading("First: who meets the crowd, and how soon")
    for sector in promised:
        yield Text(f"Agreed: {plain(sector.name)} receives the delegation within {_promised(sector)} min.")
    if solution.levers:
        columns = ("If a delegation were received, for certain, at", "within", "Points", "Injured", "Effect")
        table = grid(*columns, right=(1,), firm=(1, 2, 3, 4))
        for lever in solution.levers:
            table.add_row(*_lever(names[lever.sector], lever))
        yield table
        yield note("Same plan, same scenarios, with minus without; [95 % interval]. It costs no personnel.")


def _promised(sector: Sector) -> str:
    promised = sector.official.promised if sector.official else None
    return given(float(promised)) if promised is not None else "?"


def _lever(sector: Sector, lever: Lever) -> tuple[RenderableType, ...]:
    official, word = sector.official, lever.change.sentence
    where = Text(plain(sector.name), style="bold")
    if official:
        now = f"now {percent(float(official.chance))} likely, after about {given(float(official.after))} min"
        where.append(f"\n{now}", style="not bold dim")
    return (
        where,
        f"{given(lever.minutes)} min",
        _difference(lever.change.loss),
        _difference(lever.change.harms["injuries"]),
        Text(HELPS.get(word, word), style=WORDS.get(word, "dim")),
    )


# ---------------------------------------------------------------- who stands where


def _heads(solution: Solution) -> Iterator[RenderableType]:
    heads = solution.verdict.heads
    yield heading("Heads")
    columns = ("In sectors", "At posts", "Vehicle crews", "Deployed", "Cap", "Held at base", "Outside the cap")
    table = grid(*columns, right=range(len(columns)))
    counted = Text(f"{heads.counted:,}", style="bold")
    rest = (f"{heads.cap:,}", f"{heads.base:,}", f"{heads.outside:,}")
    table.add_row(f"{heads.sectors:,}", f"{heads.posts:,}", f"{heads.crews:,}", counted, *rest)
    yield table
    yield note(
        "Deployed = sectors + posts + extra vehicle crews, less those outside the cap."
        if heads.outside
        else "Deployed = sectors + posts + extra vehicle crews."
    )


def _sectors(solution: Solution) -> Iterator[RenderableType]:
    instance, why = solution.instance, explain(solution)
    yield heading("Sectors")
    table = grid("Sector", "Heads", "Who", "Why", right=(1,), lines=True)
    table.columns[0].ratio, table.columns[2].ratio, table.columns[3].ratio = 3, 4, 6
    table.expand = True
    empty = []
    for sector in instance.sectors:
        here = solution.plan.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and why[sector.id].startswith("No gathering"):
            empty.append(plain(sector.name))
            continue
        who = _who(instance, here) or note("nobody")
        table.add_row(_where(sector, bool(here.teams)), str(_team_heads(instance, here)), who, Text(why[sector.id]))
    yield table
    if empty:
        yield note(f"Nobody is placed and no gathering is expected at: {', '.join(empty)}.")
    if solution.margins:
        yield note("Points for one team fewer or more come from the search's own scenarios: read them as a direction.")


def _where(sector: Sector, occupied: bool) -> Text:
    cell = Text(plain(sector.name), style="bold")
    cell.append(f"\nring {sector.ring}", style="not bold dim")
    if sector.officer_post and occupied:
        cell.append(f"\nPadal: {plain(sector.officer_post)}", style="not bold")
    return cell


def _team_heads(instance: Instance, here: Allotment) -> int:
    return sum(here.teams.get(t.id, 0) * int(t.size) for t in instance.teams)


def _who(instance: Instance, here: Allotment) -> Text | None:
    """List teams by role with numbers and heads, then vehicles with where their crew comes from."""
    lines: list[tuple[str, str]] = []
    for role in instance.roles:
        kinds = [t for t in instance.teams if t.role == role.id and here.teams.get(t.id, 0)]
        for team in kinds:
            n = here.teams[team.id]
            mark = "" if team.counts else ", outside the cap"
            lines.append((f"{n} x {_label(role, team)}", f" ({n * int(team.size)}{mark})"))
    for vehicle in instance.vehicles:
        if n := here.vehicles.get(vehicle.id, 0):
            lines.append((f"{n} x {plain(vehicle.name)}", _crew(instance, vehicle, n)))
    if not lines:
        return None
    cell = Text()
    for i, (what, heads) in enumerate(lines):
        cell.append("\n" if i else "").append(what).append(heads, style="dim")
    return cell


def _label(role: Role, team: Team) -> str:
    """Name a kind of team, and its role too where the name tells nothing of it."""
    words = [word for word in role.name.split() if len(word) > 3 or word.isupper()]
    told = any(word[:4].lower() in team.name.lower() for word in words)
    return plain(team.name) if told else f"{plain(team.name)}, {plain(role.name)}"


def _crew(instance: Instance, vehicle: VehicleType, n: int) -> str:
    if not vehicle.crew:
        return ""
    if vehicle.crew_role is None:
        return f" (+{n * int(vehicle.crew)} crew)"
    names = {r.id: plain(r.name) for r in instance.roles}
    return f" (crew {n * int(vehicle.crew)} of {names[vehicle.crew_role]})"


def _posts(solution: Solution) -> Iterator[RenderableType]:
    instance = solution.instance
    yield heading("Callable reserve, out of sight")
    table = grid("Post", "Heads", "Seats", "Who", right=(1, 2), lines=True)
    idle = []
    for post in instance.posts:
        here = solution.plan.places.get(post.id, Allotment())
        who = _who(instance, here)
        if who is None:
            idle.append(plain(post.name))
            continue
        table.add_row(_post(post), str(_team_heads(instance, here)), str(_seats(instance, here)), who)
    if table.row_count:
        yield table
    if idle:
        yield note(f"Nobody waits at: {', '.join(idle)}.")
    for outside in instance.reinforcements:
        yield Text(_outside(instance, outside))


def _post(post: Post) -> Text:
    cell = Text(plain(post.name), style="bold")
    if post.mobile > 0:
        cell.append(f"\nseats for {percent(float(post.mobile))}", style="not bold dim")
    return cell


def _seats(instance: Instance, here: Allotment) -> int:
    return sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles)


def _outside(instance: Instance, outside: Reinforcement) -> str:
    team = next(t for t in instance.teams if t.id == outside.team)
    heads = int(outside.teams) * int(team.size)
    return (
        f"From outside, not counted: {int(outside.teams)} x {plain(team.name)} ({heads}) at {plain(outside.name)}, "
        f"on request once a sector is {outside.asked}; sets out {given(float(outside.delay))} min later."
    )


def _base(solution: Solution) -> Iterator[RenderableType]:
    table = solution.deployment
    names = {t.id: plain(t.name) for t in solution.instance.teams}
    names |= {v.id: plain(v.name) for v in solution.instance.vehicles}
    held = [
        f"{number} x {names[ident]}" + (f" ({heads})" if heads else "")
        for kind, ident, number, heads in zip(table["kind"], table["id"], table["number"], table["heads"], strict=True)
        if kind == "base"
    ]
    yield heading("Held at base, not callable")
    yield Text(", ".join(held) if held else "nobody")


# ---------------------------------------------------------------- what to expect


def _expected(solution: Solution) -> Iterator[RenderableType]:
    yield heading("What to expect")
    yield show_harms(solution.evaluation)
    yield show_shares(solution.evaluation)
    for phase, name in ((YELLOW, "yellow"), (RED, "red")):
        reached = solution.evaluation.reached(phase)
        worst = max(range(len(reached)), key=lambda i: reached[i])
        if reached[worst] > 0.0:
            where = plain(solution.instance.sectors[worst].name)
            yield Text(f"Most often {name}: {where}, {percent(float(reached[worst]))} of scenarios.")


def _phases(solution: Solution) -> Iterator[RenderableType]:
    yield Text()
    yield show_phases(solution.instance, solution.evaluation)


def _alternatives(solution: Solution) -> Iterator[RenderableType]:
    if not solution.alternatives:
        return
    yield heading("Against other plans")
    table = grid("Alternative", "Its points", "Plan minus it", "Injured", "The plan is", right=(1,), firm=(2, 3))
    for other in solution.alternatives:
        word = other.against.sentence
        name = Text(plain(other.name))
        if not other.verdict.passed:
            name.append(f"\nnot allowed: {several(len(other.verdict.violations), 'violation')}", style="red")
        table.add_row(
            name,
            figure(other.evaluation.loss.mean, other.evaluation.loss.half),
            _difference(other.against.loss),
            _difference(other.against.harms["injuries"]),
            Text(word, style=WORDS.get(word, "dim")),
        )
    yield table
    yield note("Paired on the same scenarios; negative is in the plan's favour; [95 % interval].")
    for other in solution.alternatives:
        yield from _refused(other)


def _difference(interval: Interval) -> Text:
    """Set a difference above its interval."""
    style = "green" if interval.high < 0.0 else "red" if interval.low > 0.0 else ""
    return Text().append(mean(interval, sign=True), style=style).append(f"\n{ends(interval, sign=True)}", style="dim")


def _refused(other: Alternative) -> Iterator[RenderableType]:
    if not other.verdict.passed:
        yield Text(f"{plain(other.name)} breaks:", style="red")
        yield show_violations(other.verdict)


def _trust(solution: Solution) -> Iterator[RenderableType]:
    settings, evaluation = solution.settings, solution.evaluation
    yield heading("How far to trust this")
    flattered = solution.optimism > 0.0
    yield Text(
        f"Objective (loss, tail and costs of placement): {figure(solution.planning_objective)} points on the "
        f"{settings.scenarios:,} planning scenarios, {figure(evaluation.objective)} on fresh ones. "
        + (f"The first flattered the plan by {figure(solution.optimism)}." if flattered else "No flattery shown.")
    )
    tried = f"{several(solution.certificate.compared, 'deployment')} compared"
    if solution.history:
        last = solution.history[-1]
        tried += f", {several(last.iteration, 'iteration')}, {several(last.replications, 'replication')}"
    yield Text(f"{tried}; seed {settings.seed}, law '{plain(settings.law)}', solver {settings.solver}.")
    versions = ", ".join(f"{name} {number}" for name, number in settings.versions.items())
    yield note(f"{versions}; instance sha256 {fingerprint(solution.instance)[:12]}.")
    if solution.replayable:
        yield Text("Replayable: same instance, settings and versions give the same plan.")
    else:
        yield Text("Not replayable: the clock or an interrupt decided when the search ended.", style="yellow")
    yield Text("What real crowds do is not proved by any of this: the law's constants are assumptions to be varied.")
