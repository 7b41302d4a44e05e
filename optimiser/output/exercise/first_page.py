"""The page on top of an exercise: what is trained, why this day, who is needed, and how it is kept safe."""

from __future__ import annotations

from optimiser.common.number_format import figure, percent, plain
from optimiser.operation.exercise.exercise import Exercise, shows
from optimiser.operation.exercise.themes import THEMES
from optimiser.output.blocks import (
    BY_HAND,
    Pairs,
    Paragraph,
    Points,
    Section,
    Signatures,
    Span,
    Table,
    TableColumn,
    Value,
)
from optimiser.output.exercise.texts import ExerciseWords, code_of
from optimiser.output.orders.form import Paper

STOP_WORD = "STOP LATIHAN"  # the same in every language, because everybody must know it; "stop the exercise"
REAL_WORD = "BUKAN LATIHAN"  # before what is no part of the exercise; "no exercise"


def cover(exercise: Exercise, words: ExerciseWords, title: str) -> Paper:
    """Write the page on top."""
    _ = words.language
    sections = (
        Section("", (Pairs(_facts(exercise, words)),)),
        *summary_sections(exercise, words),
        Section(_("Who is needed besides the personnel of the plan"), (_people(exercise, words),)),
        Section("", (Signatures((_("Prepared by"), _("Safety officer"), _("Approved by")), (_("Name, rank, date"),)),)),
    )
    return Paper("exercise", _("Exercise"), title, sections)


def summary_sections(exercise: Exercise, words: ExerciseWords) -> tuple[Section, ...]:
    """Say what is trained, and why this day was chosen."""
    _ = words.language
    return (
        Section(_("What is trained"), (_themes(exercise, words),)),
        Section(_("Why this day"), (Points(_why(exercise, words)),)),
    )


def _facts(exercise: Exercise, words: ExerciseWords) -> tuple[tuple[str, Value], ...]:
    _ = words.language
    first, last = exercise.injects[0], exercise.injects[-1]
    span = _("{start} to {end}", start=words.clock(first.minute), end=words.clock(last.minute))
    return (
        (_("Clock of the exercise"), Span(span, "strong")),
        (_("Day and place of the exercise"), BY_HAND),
        (_("Injects"), _("{n} in the list, {more} on branches", **_counts(exercise))),
        (_("Leader of the exercise"), BY_HAND),
        (_("Stop word"), Span(STOP_WORD, "bad")),
        (_("Safety officer"), BY_HAND),
    )


def _counts(exercise: Exercise) -> dict[str, int]:
    listed = len(exercise.injects)
    return {"n": listed, "more": len(exercise.every_inject) - listed}


def _themes(exercise: Exercise, words: ExerciseWords) -> Table:
    _ = words.language
    rows: list[tuple[Value, ...]] = []
    for name, event in exercise.themes.items():
        if event is None:
            inject = next((i for i in exercise.injects if i.kind == "radio_lost"), None)
            if inject is None:
                continue
            minute, sector, note = inject.minute, inject.sector, _("inject of the exercise; the simulation knows none")
        else:
            inject = next((i for i in exercise.injects if shows(i, event)), None)
            minute, sector = event.minute, inject.sector if inject else event.sector
            note = _("comes in the simulated day")
        theme = _(THEMES[name].title)
        told = theme if name in exercise.asked else _("{theme} (not asked for)", theme=theme)
        label = inject.label if inject else "–"
        rows.append((Span(told, "strong"), words.clock(minute), words.where(sector), label, note))
    columns = (
        TableColumn(_("Theme"), 3.4),
        TableColumn(_("Time"), 0.8),
        TableColumn(_("Where"), 2.6),
        TableColumn(_("No."), 0.6),
        TableColumn(_("How"), 3.0),
    )
    return Table(columns, tuple(rows))


def _why(exercise: Exercise, words: ExerciseWords) -> tuple[str, ...]:
    _ = words.language
    day = exercise.day
    asked = "; ".join(_(THEMES[name].title) for name in exercise.asked)
    lines = [
        _(
            "Asked for: {themes}; a day harder than {share} of all days.",
            themes=asked,
            share=_share(words, exercise.hard),
        )
    ]
    if day.cut:
        lines.append(
            _(
                "None of {n:,} simulated days has all of it. This one is cut from several: clocks of day {base}, "
                "crowds of day {crowds}, officials of day {officials}, triggers of day {triggers}. In the simulation "
                "these are drawn independently, so it is a day like any other; simulated whole, it has all of it.",
                n=day.looked,
                base=str(day.number),
                **{part: str(number) for part, number in day.parts.items()},
            )
        )
    else:
        lines.append(
            _(
                "{eligible:,} of {n:,} simulated days of this plan have all of it; day {number} comes nearest to the "
                "hardness asked for.",
                eligible=day.eligible,
                n=day.looked,
                number=str(day.number),
            )
        )
    lines.append(
        _(
            "It is harder than or as hard as {share} of all days: {points} points of loss.",
            share=_share(words, day.rank),
            points=figure(day.loss, language=_),
        )
    )
    if exercise.left_out:
        named = "; ".join(_(THEMES[name].title) for name in exercise.left_out)
        lines.append(_("Left out, because no day has it together with the rest: {themes}.", themes=named))
    lines.append(_("Limits and numbers of the simulation are assumed where the instance says so."))
    return tuple(lines)


def _share(words: ExerciseWords, share: float) -> str:
    return percent(share, language=words.language)


def _people(exercise: Exercise, words: ExerciseWords) -> Table:
    _, instance = words.language, exercise.instance
    rows: list[tuple[Value, ...]] = []
    for gathering in instance.gatherings:
        moves = [m for m in exercise.moves if m.gathering == gathering.id]
        if moves:
            people = exercise.draws.gatherings[gathering.id].turnout
            told = _("stand for {n:,} people", n=people)
            count = sum(moves[0].there.values())
            rows.append((_("Role-players: {name}", name=words.gatherings[gathering.id]), count, told))
    officials = [
        s.id
        for s in instance.sectors
        if any(i.player == "official" and i.sector == s.id for i in exercise.every_inject)
    ]
    names = "; ".join(words.officials.get(s, words.where(s)) for s in officials)
    if officials:
        rows.append((_("Role-players: officials"), len(officials), names))
    given = sorted({code_of(instance, "C", i.sector) for i in exercise.every_inject}, key=_order)
    judged = sorted({code_of(instance, "E", e.sector) for i in exercise.every_inject for e in i.expected}, key=_order)
    rows.append((_("Controllers"), len(given), ", ".join(given)))
    rows.append((_("Evaluators"), len(judged), ", ".join(judged)))
    rows.append((_("Medical team of the exercise itself, never played with"), 1, BY_HAND))
    columns = (TableColumn(_("Who"), 4.0), TableColumn(_("Number"), 0.9, right=True), TableColumn(_("Notes"), 5.0))
    return Table(columns, tuple(rows))


def _order(code: str) -> int:
    return int(code[1:])


def safety_page(words: ExerciseWords, title: str) -> Paper:
    """Write the safety rules, which everybody hears before the exercise begins."""
    _ = words.language
    rules = (
        _("No firearms and no live ammunition in the whole area. Everybody is searched before it begins."),
        _("No chemical means. The water cannon runs with pressure for display, and never at people."),
        _("Shields and sticks are carried, nobody is struck. Holds are shown, not forced."),
        _("Vehicles near people go at walking pace, with somebody on foot in front."),
        _("Soft balls only are thrown, nothing is burnt, nothing is climbed."),
        _("Role-players wear a mark that can be seen from afar; injured ones a tag with their part."),
        _("Water, shade and a rest every hour; who is unwell leaves, without being asked why."),
        _("Real ways out, the hospital's approach and public traffic stay free at all times."),
        _("Passers-by, media and neighbours are told that this is an exercise, by signs and by a named person."),
        _("No names of people or parties, no insults, no opinions about the election: neither played nor rated."),
    )
    words_of = (
        (_("Stop word"), Span(STOP_WORD, "bad")),
        (_("Said before anything real"), Span(REAL_WORD, "bad")),
        (_("Who may call it"), _("everybody: player, role-player, controller, passer-by")),
        (_("What happens"), _("all stand still, radio is silent, medics go in, clocks stop")),
        (_("Who lets it go on"), _("only the leader of the exercise, after the safety officer agrees")),
        (_("Channel of the exercise"), BY_HAND),
        (_("Hospital, phone"), BY_HAND),
        (_("Meeting place after a stop"), BY_HAND),
    )
    checks = (
        _("area walked, dangers marked"),
        _("medical team and ambulance in place, not part of the play"),
        _("search for weapons done, by:"),
        _("stop word tried with everybody"),
        _("water cannon set to low pressure, by:"),
        _("number of people at the start:"),
        _("number of people at the end, the same:"),
    )
    sections = (
        Section("", (Pairs(words_of),)),
        Section(_("Rules for everybody"), (Points(rules),)),
        Section(_("Before it begins, and after"), (Points(checks, tick=True),)),
        Section("", (Paragraph(Span(_("Whoever has not heard these rules does not take part."), "strong")),)),
        Section("", (Signatures((_("Safety officer"), _("Leader of the exercise")), (_("Name, rank, date"),)),)),
    )
    return Paper("safety", _("Safety rules"), title, sections)


def name_exercise(words: ExerciseWords) -> str:
    """Give the title of an exercise."""
    return words.language("Exercise: {title}", title=plain(words.instance.title))
