"""Sheets of role-players: who they are, where they go when, what they do, and when they stop."""

from __future__ import annotations

from optimiser.operation.exercise.crowd import BEFORE, DONE, ROAD, PlayerMove, is_movement
from optimiser.operation.exercise.exercise import Exercise
from optimiser.output.blocks import BY_HAND, Pairs, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.exercise.texts import ExerciseWords
from optimiser.output.orders.form import Paper

Row = tuple[Value, ...]
CROWD = ("yellow", "red", "calm", "dispersed", "gates", "provoked", "rumour_starts", "rumour", "announced")
TALKS = ("delegation", "waits", "received", "refused", "talks_fail")
DELEGATION = 5  # role-players of a crowd who also play its delegation; assumed


def crowd_sheets(exercise: Exercise, words: ExerciseWords) -> list[Paper]:
    """Write a sheet for the role-players of each gathering that comes."""
    _ = words.language
    made = []
    for gathering in exercise.instance.gatherings:
        moves = [m for m in exercise.moves if m.gathering == gathering.id]
        if not moves:
            continue
        together = sum(moves[0].there.values())
        people = exercise.draws.gatherings[gathering.id].turnout
        head: tuple[tuple[str, Value], ...] = (
            (_("You play"), Span(words.gatherings[gathering.id], "strong")),
            (_("Role-players"), Span(words.language.number(f"{together:,}"), "strong")),
            (_("They stand for"), _("{n:,} people, about {each} each", n=people, each=round(people / together))),
            (_("Among them, delegation"), words.language.number(str(min(DELEGATION, together)))),
            (_("Leader of these role-players"), BY_HAND),
            (_("Mood when they come"), words.mood(float(exercise.draws.gatherings[gathering.id].tension))),
        )
        note = _(
            "Role-players at any time: {n:,} together; none joins or leaves this group. Where the day goes another way "
            "than here, a controller tells you.",
            n=together,
        )
        columns = (
            TableColumn(_("Time"), 0.7),
            TableColumn(_("No."), 0.6),
            TableColumn(_("What you do"), 4.6),
            TableColumn(_("Role-players"), 1.0, right=True),
            TableColumn(_("Where all of you are then"), 3.6),
            TableColumn(_("Mood"), 0.9),
        )
        rows = _rows(exercise, words, gathering.id, moves)
        sections = (
            Section("", (Pairs(head),)),
            Section(_("Your day"), (Table(columns, tuple(rows), note),)),
            Section(_("How you play"), (Points(_how(words)),)),
            Section(_("When you stop"), (Points(_stops(words)),)),
        )
        made.append(Paper(f"role-{gathering.id}"[:24], _("Role-players"), words.gatherings[gathering.id], sections))
    return made


def _rows(exercise: Exercise, words: ExerciseWords, gathering: str, moves: list[PlayerMove]) -> list[Row]:
    """Write movements of a gathering, and what it does where it stands, in order of time."""
    found: list[tuple[float, int, Row]] = []
    for n, move in enumerate(moves):
        label = next((i.label for i in exercise.injects if is_movement(i, move)), "")
        found.append(
            (
                move.minute,
                n,
                (
                    words.clock(move.minute),
                    label or Span("–", "soft"),
                    _tell_move(words, move),
                    move.players,
                    _tell_places(words, move),
                    words.mood(move.tension),
                ),
            )
        )
    for inject in exercise.injects:
        gone = inject.kind == "dispersed"  # they stand there until then
        there = next((m.there for m in reversed(moves) if m.minute < inject.minute + (0.0 if gone else 1e-9)), {})
        here = [s for s in there if s not in (BEFORE, ROAD, DONE) and inject.sector in (s, "")]
        if inject.kind not in (*CROWD, *TALKS) or not here:
            continue
        if inject.kind == "delegation" and inject.what != gathering:
            continue
        count = sum(there[s] for s in here) if inject.kind in CROWD else min(DELEGATION, sum(there[s] for s in here))
        text = words.tell_inject(inject, why=False)
        row: Row = (
            words.clock(inject.minute),
            inject.label,
            Span(text, "strong"),
            count,
            words.where(inject.sector),
            "",
        )
        found.append((inject.minute, len(moves), (*row[:-1], Span("–", "soft"))))
    return [row for _minute, _n, row in sorted(found, key=lambda one: one[:2])]


def _tell_move(words: ExerciseWords, move: PlayerMove) -> str:
    _ = words.language
    if move.goal == ROAD:
        place = words.where(move.heading)
        return _("{origin}: set out for {place}", origin=words.where(move.origin), place=place)
    if move.goal == DONE:
        return _("{origin}: leave for the assembly area", origin=words.where(move.origin))
    if move.origin == BEFORE:
        return _("come from the assembly area to {place}", place=words.where(move.goal))
    if move.origin == DONE:
        return _("come back to {place}", place=words.where(move.goal))
    return _("reach {place}", place=words.where(move.goal))


def _tell_places(words: ExerciseWords, move: PlayerMove) -> str:
    return ", ".join(f"{name_spot(words, place)} {words.language.number(f'{n:,}')}" for place, n in move.there.items())


def name_spot(words: ExerciseWords, place: str) -> str:
    """Name where role-players are: a sector, on the road, or in their assembly area."""
    _ = words.language
    spots = {BEFORE: _("not yet there"), ROAD: _("on the road"), DONE: _("done")}
    return spots.get(place) or words.where(place)


def _how(words: ExerciseWords) -> tuple[str, ...]:
    _ = words.language
    return (
        _("Calm, usual: stand, sit, talk with the police and with each other."),
        _("Tense, very tense: stand close together, be loud; nothing is done that the list does not say."),
        _("What you call out is your own and nobody tells you. No names of people or parties, no insults."),
        _("Disorderly: push with open hands against the rope, block the way. Only soft balls are thrown."),
        _("Beyond the marked line: touch the marked objects only; let go at once when you are held."),
        _("If the police speak with you, answer as somebody in that mood would. If they treat you well, show it."),
    )


def _stops(words: ExerciseWords) -> tuple[str, ...]:
    _ = words.language
    return (
        _("At once, when anybody calls the stop word: stand still, hands open, and wait for a controller."),
        _("When a controller ends the scene, when your part of the list is over, or at the end of the exercise."),
        _("When you are hurt, unwell, frightened or angry in earnest: say the stop word and go to the assembly area."),
    )


def officials_sheet(exercise: Exercise, words: ExerciseWords, title: str) -> Paper | None:
    """Write what role-players of officials and the duty desk do; None where they have nothing to do."""
    _ = words.language
    sections: list[Section] = []
    columns = (
        TableColumn(_("Time"), 0.7),
        TableColumn(_("No."), 0.7),
        TableColumn(_("Where"), 2.6),
        TableColumn(_("What you do"), 5.0),
        TableColumn(_("Done at"), 1.2),
    )
    for player, heading in (("official", _("Officials")), ("desk", _("Duty desk"))):
        mine = sorted((i for i in exercise.every_inject if i.player == player), key=lambda i: i.minute)
        rows: list[Row] = [
            (words.clock(i.minute), i.label, words.where(i.sector), words.tell_inject(i, why=False), BY_HAND)
            for i in mine
        ]
        if rows:
            sections.append(Section(heading, (Table(columns, tuple(rows)),)))
    if not sections:
        return None
    rules = (
        _("You receive a delegation when the police bring it, at the earliest at the time of the list or of your way."),
        _("A number with a letter counts only if the controller has named that way."),
        _("Say what you would say on such a day; promise nothing in the name of a real office."),
    )
    return Paper("role-officials", _("Role-players"), title, (*sections, Section(_("How you play"), (Points(rules),))))


def overview(exercise: Exercise, words: ExerciseWords, title: str) -> Paper:
    """Write where all role-players are, by gathering and sector, whenever that changes."""
    _ = words.language
    there: dict[str, dict[str, int]] = {}
    sectors = [s.id for s in exercise.instance.sectors if any(s.id in m.there for m in exercise.moves)]
    for move in exercise.moves:
        there.setdefault(move.gathering, {BEFORE: sum(move.there.values())})
    everybody = sum(sum(spots.values()) for spots in there.values())
    rows: list[Row] = []
    minutes = sorted({words.clock(m.minute): m.minute for m in exercise.moves}.values())
    for minute in minutes:
        for move in exercise.moves:
            if move.minute <= minute:
                there[move.gathering] = dict(move.there)
        counts = [sum(spots.get(place, 0) for spots in there.values()) for place in (BEFORE, *sectors, ROAD, DONE)]
        assert sum(counts) == everybody, "role-players got lost"
        rows.append((words.clock(minute), *(n or Span("·", "soft") for n in counts), Span(str(everybody), "strong")))
    names = [name_spot(words, place) for place in (BEFORE, *sectors, ROAD, DONE)]
    columns = (
        TableColumn(_("Time"), 0.8),
        *(TableColumn(name, 1.2, right=True) for name in names),
        TableColumn(_("Together"), 1.0, right=True),
    )
    note = _("A change of the same minute is in one row. Each row adds up to all role-players.")
    sections = (Section("", (Table(columns, tuple(rows), note),)),)
    return Paper("where", _("Role-players by place"), title, sections, wide=True)
