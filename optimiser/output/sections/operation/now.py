"""Advice in the middle of an operation as people read it: what to do, what it rests on, what was not heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, mean
from optimiser.operation.now.advice import Advice, Option
from optimiser.operation.now.candidates import Candidate
from optimiser.output.blocks import Block, Paragraph, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import rare_note, title_section
from optimiser.output.words.presence import name_code
from optimiser.output.words.wording import Wording

GATES = {
    "red": Message("the sector is not red"),
    "exit": Message("no way out is open"),
    "medics": Message("no medics on site"),
}


def advice_sections(advice: Advice, language: Language = ENGLISH) -> list[Section]:
    """Lay out advice."""
    instance = advice.instance
    asked = language("What to do now, at {clock}", clock=language.clock(instance.clock(advice.minute)))
    blocks = [_answer(advice, language), *_options(advice, language), *_notes(advice, language)]
    return [title_section(instance.title, asked), Section("", blocks)]


def _answer(advice: Advice, language: Language) -> Block:
    best = advice.best
    if best is None:
        return Paragraph(language("Stay as you are: nothing else is shown to help."), "strong")
    words = {"what": tell_candidate(advice, best.candidate, language)}
    words["points"] = mean(best.loss, True, language)
    return Paragraph(language("Now: {what}. Points, against staying as you are: {points}.", **words), "strong")


def tell_candidate(advice: Advice, one: Candidate, language: Language) -> str:
    """Say what is to be done in one sentence."""
    wording = Wording(advice.instance, language)
    place, origin = wording.places[one.sector], wording.places.get(one.origin, "")
    teams = ", ".join(f"{n} {wording.kinds[kind]}" for kind, n in one.teams.items())
    match one.action:
        case "send":
            return language("send {teams} from {origin} to {place}", teams=teams, origin=origin, place=place)
        case "move":
            return language("move {teams} from {origin} to {place}", teams=teams, origin=origin, place=place)
        case "release":
            return language("let those who were called to {place} go back", place=place)
        case _:
            words = {"official": wording.officials[one.sector], "place": place, "n": f"{one.minutes:g}"}
            return language("have {official} receive the delegation at {place} within {n} min", **words)


def _options(advice: Advice, language: Language) -> Iterator[Block]:
    columns = (
        TableColumn(language("What can be done")),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("Effect")),
        TableColumn(language("Costs elsewhere")),
    )
    stay: Sequence[Value] = (
        language("stay as you are"),
        (mean(advice.stay, False, language), ends(advice.stay, False, language)),
        (mean(advice.injuries, False, language), ends(advice.injuries, False, language)),
        "",
        "",
    )
    yield Table(columns, [stay, *(_row(advice, option, language) for option in advice.options)])


def _row(advice: Advice, option: Option, language: Language) -> Sequence[Value]:
    loss, injuries = option.loss, option.injuries
    word = language("no difference shown")
    if option.helps:
        word = language("helps")
    elif loss.low > 0.0:
        word = language("harms")
    places = Wording(advice.instance, language).places
    costs = "; ".join(f"{places[s]} {mean(i, True, language)}" for s, i in option.elsewhere)
    return (
        tell_candidate(advice, option.candidate, language),
        (mean(loss, True, language), ends(loss, True, language)),
        (mean(injuries, True, language), ends(injuries, True, language)),
        Span(word, "strong") if option.helps else word,
        costs,
    )


def _notes(advice: Advice, language: Language) -> Iterator[Block]:
    number = language.number
    said = language(
        "First row: points and injured people of the whole day, what has happened included. Others: this less staying, "
        "over the same {n} futures; the intervals hold together with 95 % confidence. The constants of the law are "
        "taken as they stand, not over their ranges.",
        n=number(f"{advice.futures:,}"),
    )
    yield Paragraph(said, "note")
    yield from rare_note((i for option in advice.options for i in (option.loss, option.injuries)), language)
    if not advice.report.is_empty:
        words = {"days": number(f"{advice.days:,}"), "agree": number(f"{advice.agree:,}")}
        words["kept"] = number(f"{advice.kept:,}")
        said = language(
            "{agree} of {days} simulated days agree with what is reported, numbers of people and mood apart; the "
            "{kept} nearest go on from here with what is reported. What was not reported is drawn, not assumed.",
            **words,
        )
        yield Paragraph(said, "note")
    if advice.refused:
        rules = ", ".join(dict.fromkeys(name_code(code, language) for _, code in advice.refused))
        said = language.plural(
            "{n} more was left out because it breaks a rule that is kept now: {rules}.",
            "{n} more were left out because they break a rule that is kept now: {rules}.",
            len(advice.refused),
            rules=rules,
        )
        yield Paragraph(said, "note")
    for gates in advice.gates:
        place = Wording(advice.instance, language).places[gates.sector]
        if gates.shut:
            why = ", ".join(language(GATES[gate]) for gate in gates.shut)
            said = language("Wide-area means at {place} are withheld: {why}.", place=place, why=why)
        else:
            said = language(
                "Wide-area means are never recommended here; at {place} the officer in command decides, behind every "
                "gate of doctrine.",
                place=place,
            )
        yield Paragraph(said, "note")
