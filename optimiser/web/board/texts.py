"""Every text that the page of the board and its scripts show; placeholders are filled in by the scripts."""

from __future__ import annotations

from optimiser.common.message import Message

TEXTS: dict[str, Message] = {
    # ---------------------------------------------------------------- the page
    "title": Message("Deployment board"),
    "skip": Message("To the plan"),
    "no_script": Message("The board needs JavaScript, which this browser has switched off."),
    "language_other": Message("Bahasa Indonesia"),
    # ---------------------------------------------------------------- start
    "start_title": Message("Which district?"),
    "start_kept": Message("Go on where you were"),
    "start_examples": Message("Examples"),
    "start_own": Message("A district of your own"),
    "start_file": Message("Open a file: Excel, TOML or JSON"),
    "start_remove": Message("Remove {name}"),
    "start_size": Message("{sectors} sectors, {heads} heads"),
    "changed": Message("changed {when}"),
    # ---------------------------------------------------------------- bar
    "plan": Message("Plan"),
    "stop": Message("Stop"),
    "undo": Message("Undo"),
    "redo": Message("Redo"),
    "print": Message("Print"),
    "home": Message("All boards"),
    "saved": Message("saved"),
    "saving": Message("saving ..."),
    "not_saved": Message("not saved: {why}"),
    "changed_elsewhere": Message(
        "Another window has changed this board. Load what it has, or keep yours as a new board."
    ),
    "load_theirs": Message("Load it"),
    "keep_mine": Message("Keep mine as a new board"),
    "planning": Message("planning: {points} points so far, {seconds} s"),
    "plan_waits": Message("the plan waits for its turn"),
    "plan_reports": Message("working out the figures"),
    "plan_compiles": Message("getting ready, once, some two minutes"),
    "plan_done": Message("The new plan is the variant '{name}'."),
    "plan_failed": Message("No plan: {why}"),
    "plan_name": Message("Plan {n}"),
    "by_hand": Message("By hand"),
    # ---------------------------------------------------------------- places
    "places": Message("Who stands where"),
    "place": Message("Place"),
    "people": Message("Who comes"),
    "units": Message("Units"),
    "heads": Message("Heads"),
    "base": Message("Held at base"),
    "base_hint": Message("not placed; cannot be called"),
    "kind_sector": Message("sector"),
    "kind_post": Message("reserve post"),
    "kind_accompaniment": Message("goes with a crowd"),
    "kind_movement": Message("moves as planned"),
    "chip": Message("{n} × {name} at {place}, {heads} heads. Enter picks one up."),
    "chip_carried": Message(
        "{n} × {name} picked up from {place}. Arrow keys: where; + and -: how many; Enter puts down; Escape: back."
    ),
    "chip_put": Message("{n} × {name}: {from} to {to}"),
    "chip_back": Message("{name} stays at {place}."),
    "target": Message("to {place}"),
    "how_many": Message("How many"),
    "move": Message("Move"),
    "move_to": Message("Move to"),
    "pin": Message("Pin: a new plan leaves it here"),
    "unpin": Message("Pinned; unpin"),
    "drag_hint": Message("Drag units from place to place, or pick them up with Enter. Shift drags all of a kind."),
    # ---------------------------------------------------------------- rules and effect
    "rules": Message("Rules"),
    "rules_kept": Message("All rules are kept."),
    "rules_broken": Message("{n} rules broken"),
    "rule_broken": Message("1 rule broken"),
    "effect": Message("What it changes"),
    "effect_none": Message("Move a unit, and what that changes is said here."),
    "effect_step": Message("this step"),
    "effect_all": Message("against '{name}'"),
    "effect_working": Message("estimating ..."),
    "effect_points": Message("points"),
    "effect_days": Message("{n} simulated days, the same for both; 95 % interval"),
    "better": Message("better"),
    "worse": Message("worse"),
    "not_shown": Message("no difference is shown"),
    "no_change": Message("exactly the same on every day"),
    "loss": Message("expected loss"),
    "loss_of": Message("{points} points [{low}, {high}]"),
    # ---------------------------------------------------------------- map
    "map": Message("Map"),
    "map_none": Message("No map: places have no coordinates."),
    "map_place": Message("{place}: {heads} heads"),
    "zoom_in": Message("Nearer"),
    "zoom_out": Message("Farther"),
    "zoom_all": Message("Whole town"),
    # ---------------------------------------------------------------- faults
    "fault_network": Message(
        "The server does not answer. What you did is kept in this window; it is sent as soon as the server is there."
    ),
    "fault_any": Message("That did not work: {why}"),
    "close": Message("Close"),
}
