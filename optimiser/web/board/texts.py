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
    "start_empty": Message("Begin with an empty district"),
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
    "sector": Message("sector"),
    "post": Message("reserve post"),
    "accompaniment": Message("goes with a crowd"),
    "movement": Message("moves as planned"),
    "nobody": Message("nobody"),
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
    "red_days": Message("{share} of days turn red somewhere"),
    # ---------------------------------------------------------------- map
    "map": Message("Map"),
    "map_none": Message("No map: places have no coordinates."),
    "map_place": Message("{place}: {heads} heads"),
    "zoom_in": Message("Nearer"),
    "zoom_out": Message("Farther"),
    "zoom_all": Message("Whole town"),
    # ---------------------------------------------------------------- the district as forms
    "plan_faulty": Message("The district has faults; mend them first."),
    "form_title": Message("District"),
    "form_steps": Message(
        "From left to right: when it is, the places, who comes there and when, who can be sent. Fields with * must be "
        "filled in; all others have a usual value. Then go back to the plan and press Plan."
    ),
    "form_strength": Message(
        "The teams that count have {n} heads together; at most {cap} may be deployed, as the general settings say."
    ),
    "form_done": Message("Back to the plan"),
    "form_back": Message("Take back"),
    "form_more": Message("More"),
    "form_more_of": Message("More of {name}"),
    "form_others": Message("More sections"),
    "form_add": Message("Add: {what}"),
    "form_new": Message("New {n}"),
    "form_none": Message("Nothing here yet."),
    "form_remove": Message("Remove {name}"),
    "form_removed": Message("{name} is removed; 'Take back' brings it back."),
    "form_up": Message("{name} one up"),
    "form_id": Message("short name"),
    "form_id_help": Message("what other fields and files know it by; they follow when you change it"),
    "form_usual": Message("usual: {value}"),
    "form_word": Message("in a word"),
    "form_number": Message("or a word"),
    "form_range": Message("range and source"),
    "form_low": Message("lowest"),
    "form_high": Message("highest"),
    "form_source": Message("source"),
    "form_matrix": Message("A row and a column for every place"),
    "form_fault": Message("1 fault; it is kept, and planned once it is mended"),
    "form_faults": Message("{n} faults; they are kept, and planned once they are mended"),
    "form_no_faults": Message("No faults"),
    "form_further": Message("and {n} more"),
    "form_warning": Message("1 warning"),
    "form_warnings": Message("{n} warnings"),
    "form_found": Message("{found}; expected: {expected}."),
    "form_reading_one": Message("1 fault in the file as it was; what could be read is below"),
    "form_reading": Message("{n} faults in the file as it was; what could be read is below"),
    "form_reading_done": Message("Put this list away"),
    "survey_add": Message("By a click on the map"),
    "survey_click": Message("Click on the map where the new place is."),
    "survey_note": Message(
        "Drag a mark on the map to move a place; a position that a map on the internet copies can be pasted into "
        "latitude."
    ),
    "start_older": Message("{n} older ones"),
    "start_sure": Message("Really remove"),
    "start_unreadable": Message("This file cannot be opened:"),
    "start_file_note": Message("Faults in it are listed and mended here. The file itself stays as it is."),
    "start_name": Message("Name of the district"),
    "start_middle": Message("Where it is: latitude, longitude (may be left out)"),
    "start_middle_note": Message(
        "As maps on the internet copy them. Left out, positions are in kilometres from a point of your choice."
    ),
    "start_middle_wrong": Message("Write two numbers in degrees, such as -4.12, 104.17"),
    "start_begin": Message("Begin"),
    # ---------------------------------------------------------------- files
    "files": Message("Files"),
    "files_title": Message("Files of '{name}'"),
    "files_of_plan": Message("Of the plan as the tool made it"),
    "files_again": Message(
        "For report and workbook the plan is made again, which takes as long as planning; the figures are the same."
    ),
    "files_then": Message(
        "They speak of the district as it was planned: it was changed since, or units were pinned for that plan."
    ),
    "files_at_once": Message("At once"),
    "files_by_hand": Message(
        "This plan is made by hand: nobody searched for a better one. Report and workbook need a plan of the tool; "
        "press Plan."
    ),
    "files_moved": Message(
        "This plan was changed by hand after it was made. Report and workbook speak of the plan before; press Plan for "
        "new ones."
    ),
    "files_making": Message("being made"),
    "files_made": Message("made: {name}"),
    "files_no_map": Message("There is no map file: places have no latitude and longitude."),
    "files_report_html": Message("report with figures, pictures and proof"),
    "files_plan_xlsx": Message("workbook: who stands where, harms, comparison"),
    "files_plan_json": Message("everything, for programs"),
    "files_events_csv": Message("one told day, event by event"),
    "files_orders_html": Message("orders to print: a sheet for each place, operation order, forms"),
    "files_orders_xlsx": Message("the same papers as a workbook"),
    "files_deployment_csv": Message("table: who stands where"),
    "files_deployment_json": Message("who stands where, for programs and the command line"),
    "files_plan_geojson": Message("map file for QGIS and others"),
    "files_instance_xlsx": Message("the district as a workbook, to fill in and to open here again"),
    "files_instance_json": Message("the district as data"),
    # ---------------------------------------------------------------- faults
    "fault_network": Message(
        "The server does not answer. What you did is kept in this window; it is sent as soon as the server is there."
    ),
    "fault_any": Message("That did not work: {why}"),
    "faults": Message("{n} faults in the instance"),
    "close": Message("Close"),
}
