"""What players are expected to do when something is put before them: by when, by which source, and who judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from optimiser.model.instance import Instance
from optimiser.model.parts.doctrine import Doctrine

ActionName = Literal[
    "report_ready",
    "report_crowd",
    "report_number",
    "take_request",
    "tell_wait",
    "bring_back",
    "tell_refusal",
    "answer_rumour",
    "prepare",
    "change_line",
    "call_reserve",
    "hand_over_red",
    "keep_exit",
    "keep_gates",
    "evacuate",
    "secure",
    "call_again",
    "ask_outside",
    "open_way",
    "talk_on",
    "differentiate",
    "share_reserve",
    "step_back",
    "help_injured",
    "report_gone",
    "guard_process",
    "other_channel",
    "close",
]
SourceName = Literal["doctrine", "force", "plan", "review", "exercise"]
Evaluator = Literal["sector", "command"]
Limit = Callable[[Doctrine], float]
REPORT, PREPARE, CLOSE = 5.0, 10.0, 15.0  # min for a report, for what needs several people, for the closing; assumed


@dataclass(frozen=True)
class Action:
    """One expected action.

    Attributes
    ----------
    limit : min from the inject, of a doctrine.
    source : what says so.
    evaluator : who judges it.
    shown : kinds of events that show in a log that it was done; none where no log tells.
    """

    limit: Limit
    source: SourceName
    evaluator: Evaluator = "sector"
    shown: tuple[str, ...] = ()


def _always(minutes: float) -> Limit:
    return lambda _: minutes


def _first_mark(doctrine: Doctrine) -> float:
    return min(map(float, doctrine.waiting_marks), default=PREPARE)


ACTIONS: dict[ActionName, Action] = {
    "report_ready": Action(_always(PREPARE), "plan", "command"),
    "report_crowd": Action(_always(REPORT), "plan"),
    "report_number": Action(_always(REPORT), "plan"),
    "take_request": Action(_first_mark, "doctrine", shown=("received",)),
    "tell_wait": Action(_always(REPORT), "doctrine"),
    "bring_back": Action(_always(PREPARE), "doctrine"),
    "tell_refusal": Action(_always(REPORT), "doctrine"),
    "answer_rumour": Action(_always(PREPARE), "plan", "command"),
    "prepare": Action(_always(PREPARE), "plan"),
    "change_line": Action(lambda d: float(d.lapis), "doctrine", shown=("lapis", "steady")),
    "call_reserve": Action(lambda d: float(d.reserve_reach), "doctrine", shown=("asked", "formed")),
    "hand_over_red": Action(lambda d: float(d.order_red) + float(d.lintas), "doctrine", shown=("lintas", "steady")),
    "keep_exit": Action(lambda d: float(d.warning), "doctrine"),
    "keep_gates": Action(
        lambda d: float(d.warning) + float(d.time_to_leave), "force", shown=("warned", "withheld", "spraying")
    ),
    "evacuate": Action(lambda d: float(d.evacuation), "doctrine", shown=("evacuated",)),
    "secure": Action(_always(PREPARE), "plan", shown=("process",)),
    "call_again": Action(lambda d: float(d.ask_again), "doctrine", "command", ("asked", "sent")),
    "ask_outside": Action(_always(PREPARE), "plan", "command", ("sent",)),
    "open_way": Action(_always(REPORT), "plan", shown=("moves",)),
    "talk_on": Action(_always(PREPARE), "doctrine"),
    "differentiate": Action(_always(PREPARE), "force"),
    "share_reserve": Action(_always(REPORT), "plan", "command", ("sent",)),
    "step_back": Action(lambda d: float(d.lapis), "doctrine"),
    "help_injured": Action(_always(REPORT), "force"),
    "report_gone": Action(_always(REPORT), "plan", shown=("released",)),
    "guard_process": Action(_always(REPORT), "plan"),
    "other_channel": Action(_always(REPORT), "exercise", "command"),
    "close": Action(_always(CLOSE), "review", "command"),
}


@dataclass(frozen=True)
class ExpectedAction:
    """An expected action after one inject.

    Attributes
    ----------
    limit : min from the inject.
    sector : whose evaluator judges it; empty for that of the command post.
    """

    action: ActionName
    limit: float
    source: SourceName
    sector: str


def expect_of(instance: Instance, action: ActionName, sector: str) -> ExpectedAction:
    """Say what is expected after an inject at a sector; empty for the whole town."""
    one, doctrine = ACTIONS[action], instance.doctrine
    judged = sector if one.evaluator == "sector" else ""
    return ExpectedAction(action, one.limit(doctrine), one.source, judged)
