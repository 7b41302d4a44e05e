"""In which phase teams that wait may be called: before red, once it is red, or until then alone."""

from __future__ import annotations

from optimiser.model.instance import Post, Team
from optimiser.output.orders.doctrine import phase_name
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import Help, TeamList, list_free


def tell_callable(at: Situation, help: Help) -> str:
    """Name the teams of a post that may be called, and in which phase where that is one alone."""
    if not isinstance(help.station, Post):
        return at.list(help.teams)
    early, late = (_kinds(list_free(at, help.station, phase)) for phase in ("yellow", "red"))
    told = [_tell(at, team, number, team.id in early, team.id in late) for team, number in help.teams]
    return ("; " if early != late else ", ").join(told)


def comes_before_red(at: Situation, help: Help) -> bool:
    """Tell whether any team of a station may be called while no sector is red."""
    if isinstance(help.station, Post):
        return bool(list_free(at, help.station, "yellow"))
    return help.station.asked != "red"


def _kinds(teams: TeamList) -> set[str]:
    return {team.id for team, _number in teams}


def _tell(at: Situation, team: Team, number: int, early: bool, late: bool) -> str:
    _, unit = at.language, at.count(team, number)
    if late and not early:
        return _("{unit}, once {phase}", unit=unit, phase=phase_name(at, "red"))
    if early and not late:
        return _("{unit}, only in {phase}", unit=unit, phase=phase_name(at, "yellow"))
    return unit
