"""Texts of the board about the operation itself: what to do now, how a day is scored, an exercise."""

from __future__ import annotations

from optimiser.common.message import Message
from optimiser.operation.exercise.themes import THEMES
from optimiser.operation.score.measures import MEASURES
from optimiser.output.exercise.texts import DOINGS, INJECTS, PLAYERS
from optimiser.output.score.words import RATINGS, UNIT_OF_ONE

OPERATION_TEXTS: dict[str, Message] = {
    # ---------------------------------------------------------------- what to do now
    "tab_now": Message("What now"),
    "now_note": Message(
        "The day goes on from here in hundreds of futures by the plan that is shown. What is not heard stays empty: it "
        "is drawn from simulated days, not assumed."
    ),
    "now_at": Message("Time of the report"),
    "now_ask": Message("What to do in the next half hour?"),
    "now_clear": Message("Empty the report"),
    "now_emptied": Message("The report is empty."),
    "now_nothing": Message("nothing reported"),
    "now_unheard": Message("not heard"),
    "now_phase": Message("Phase"),
    "phase_quiet": Message("quiet: nobody is there"),
    "now_mood": Message("Mood"),
    "now_people": Message("About how many: {name}"),
    "now_people_here": Message("{n} people"),
    "now_delegation": Message("Delegation"),
    "delegation_none": Message("none"),
    "delegation_waiting": Message("waits"),
    "delegation_received": Message("was received"),
    "delegation_refused": Message("will not be received"),
    "now_since": Message("waits since"),
    "now_exit_open": Message("Way out"),
    "exit_true": Message("open"),
    "exit_false": Message("shut"),
    "now_stopped": Message("Critical process"),
    "stopped_true": Message("stopped"),
    "stopped_false": Message("goes on"),
    "now_on_duty_since": Message("On duty since"),
    "now_water": Message("Water left, min"),
    "now_units": Message("Who is there; once one number is given, kinds left empty are not there"),
    "now_as_planned": Message("as planned"),
    "now_units_known": Message("units known"),
    "now_road": Message("Who is on the road"),
    "road_unheard": Message("not heard"),
    "road_nobody": Message("nobody"),
    "road_these": Message("these, and nobody else"),
    "road_start": Message("from"),
    "road_sector": Message("to"),
    "road_kind": Message("units"),
    "road_number": Message("number"),
    "road_arrives": Message("arrives"),
    "road_add": Message("One more on the road"),
    "now_answer": Message("In the next half hour"),
    "now_stay": Message("Stay as you are: nothing else is shown to help."),
    "now_do": Message("Now: {what}."),
    "now_send": Message("send {teams} from {origin} to {place}"),
    "now_move": Message("move {teams} from {origin} to {place}"),
    "now_release": Message("let those who were called to {place} go back"),
    "now_receive": Message("have {official} receive the delegation at {place} within {n} min"),
    "now_option": Message("What can be done"),
    "now_staying": Message("stay as you are"),
    "now_points": Message("Points"),
    "now_injured": Message("Injured"),
    "now_elsewhere": Message("Costs elsewhere"),
    "now_figures": Message(
        "First row: points and injured people of the whole day, what has happened included. Others: this less staying, "
        "over the same {n} futures; the intervals hold together with 95 % confidence."
    ),
    "now_agree": Message(
        "{agree} of {days} simulated days agree with what is reported, numbers of people and mood apart; the "
        "{kept} nearest go on from here with what is reported. What was not reported is drawn, not assumed."
    ),
    "now_refused": Message("Left out because they would break a rule that is kept now: {n}."),
    "now_shut": Message("Wide-area means at {place} are withheld: {why}."),
    "now_gates_open": Message(
        "Wide-area means are never recommended here; at {place} the officer in command decides, behind every "
        "gate of doctrine."
    ),
    "gate_red": Message("the sector is not red"),
    "gate_exit": Message("no way out is open"),
    "gate_medics": Message("no medics on site"),
    # ---------------------------------------------------------------- jobs
    "job_waits": Message("waits for its turn"),
    "papers": Message("Papers"),
    "papers_note": Message("They are made again when you ask for them, which takes as long as the first time."),
    "papers_review_html": Message("after-action review (kaji ulang) to print"),
    "papers_review_xlsx": Message("the same with every occasion, as a workbook"),
    "papers_score_json": Message("everything, for programs"),
    "papers_exercise_html": Message("exercise to print: list of injects, sheets for all who take part"),
    "papers_exercise_xlsx": Message("the same as a workbook, to fill in"),
    "papers_exercise_json": Message("everything, for programs; to score the exercise by"),
    "of_another": Message("This is of another plan, district or law than what is shown."),
    # ---------------------------------------------------------------- score
    "tab_score": Message("Score"),
    "score_note": Message(
        "How well did a rehearsal or an operation go? What was written down of it is measured against limits, and "
        "against simulated days of the plan that is shown. What a log does not hold is not rated."
    ),
    "score_logs": Message("Logs, Excel or CSV; several for a trend"),
    "score_exercise": Message("Exercise that was played, exercise.json; none if it was a day of its own"),
    "score_ask": Message("Score"),
    "score_working": Message("simulating days to compare with"),
    "score_no_exercise": Message("{file} is no exercise"),
    "score_faults": Message("Nothing was scored; this has to be mended first:"),
    "score_day": Message("Day {n}"),
    "score_whole": Message("Readiness as a whole"),
    "score_weakest": Message("Weakest link"),
    "score_raise": Message("What would raise it most"),
    "score_then": Message("The whole would then be"),
    "score_measure": Message("Measure"),
    "score_value": Message("This day"),
    "score_limit": Message("Limit"),
    "score_simulated": Message("Simulated days"),
    "score_share": Message("Better than this day"),
    "score_rating": Message("Rating"),
    "score_median_of": Message("{amount}, the median of {n}"),
    "score_over": Message("beyond the limit: {n}"),
    "score_undone": Message("not done: {n}"),
    "score_untold": Message("the log does not tell"),
    "score_no_occasion": Message("no occasion"),
    "score_no_limit": Message("none"),
    "score_usual": Message("median {median}; 95 % up to {usual}"),
    **{f"measure_{measure.id}": measure.label for measure in MEASURES},
    **{f"unit_{measure.id}": measure.unit for measure in MEASURES},
    **{f"unit_one_{measure.id}": UNIT_OF_ONE.get(measure.id, measure.unit) for measure in MEASURES},
    **{f"raise_{measure.id}": measure.action for measure in MEASURES},
    **{f"rating_{rating}": text for rating, text in RATINGS.items()},
    # ---------------------------------------------------------------- exercise
    "tab_exercise": Message("Exercise"),
    "exercise_note": Message(
        "A simulated day of the plan that is shown becomes an exercise: injects in order, what is expected of whom by "
        "when, and how to go on if players do otherwise."
    ),
    "exercise_themes": Message("What is trained; all that can be if nothing is ticked"),
    "exercise_hard": Message("How hard: share of days that are no harder, %"),
    "exercise_players": Message("Role-players for the crowd"),
    "exercise_ask": Message("Make an exercise"),
    "exercise_working": Message("looking for the day, and playing it again"),
    "exercise_day": Message("{share} of the days of this plan lose no more than this one. It trains:"),
    "exercise_theme": Message("{theme}: {clock}"),
    "exercise_by_hand": Message("as the controllers give it"),
    "exercise_list": Message("Master scenario events list"),
    "exercise_label": Message("No."),
    "exercise_clock": Message("Time"),
    "exercise_where": Message("Where"),
    "exercise_inject": Message("Inject"),
    "exercise_player": Message("Played by"),
    "exercise_expected": Message("Expected action"),
    "exercise_by": Message("Time limit"),
    "exercise_minutes": Message("{n} min"),
    "exercise_town": Message("whole town"),
    "exercise_official": Message("an official"),
    "exercise_way": Message("Only on way {label}"),
    "asks_received": Message(
        "If the delegation has been received by {clock}: go on with {yes}; if not: go on with {no}."
    ),
    "asks_answered": Message("If the rumour has been answered by {clock}: go on with {yes}; if not: go on with {no}."),
    **{f"theme_{name}": theme.title for name, theme in THEMES.items()},
    **{f"inject_{kind}": text for kind, text in INJECTS.items()},
    **{f"player_{player}": text for player, text in PLAYERS.items()},
    **{f"doing_{action}": text for action, text in DOINGS.items()},
}
