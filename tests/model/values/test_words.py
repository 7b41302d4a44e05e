"""Words for numbers that nobody can know: each means what shipped instances have for days like it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from support.faulty_workbooks import small_book
from support.refusals import refusal
from support.small import small_data

from optimiser.common.language import language
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse, parse_workbook, read, schema
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.values.words import (
    CHANCE,
    MILITANT,
    SCALES,
    TENSION,
    Anchor,
    find_anchor,
    find_scale,
    list_words,
    tell_words,
)

LIKE = {  # gatherings whose numbers the words have
    "calm": ("oku-250", "doa-bersama"),
    "usual": ("oku-2015-zones", "massa-lubuk-raja"),
    "tense": ("oku-250", "bawaslu-aksi"),
    "very tense": ("seram-timur-2024", None),
}


def said(value: Any) -> Any:
    data = small_data()
    data["gatherings"][0]["tension"] = value
    return parse(data).gatherings[0].tension


def parts(anchor: Any) -> tuple[float, float | None, float | None]:
    value = anchor.value if isinstance(anchor, Anchor) else float(anchor)
    return value, anchor.low, anchor.high


@pytest.mark.parametrize("word", LIKE)
def test_a_word_has_the_number_of_a_shipped_day_like_it(word: str) -> None:
    name, gathering = LIKE[word]
    crowds = [g for g in read(name).gatherings if gathering in (None, g.id)]
    assert parts(crowds[0].tension) == parts(find_anchor(word, TENSION))


@pytest.mark.parametrize("word", list_words(TENSION))
def test_a_word_is_read_in_files_and_in_cells(word: str) -> None:
    anchor = find_anchor(word, TENSION)
    for typed in (word, f" {word.upper()} ".replace(" ", "  ")):
        assert parts(said(typed)) == parts(anchor)
    assert said(word).source == f"assumed: {word}"
    book = small_book()
    book.set("gatherings", "recount", "tension", word.title())
    assert parts(parse_workbook(book.write()).gatherings[0].tension) == parts(anchor)


def test_a_range_or_source_beside_a_word_is_kept() -> None:
    assert parts(said({"value": "tense", "low": 0.5})) == (0.6, 0.5, None)
    assert said({"value": "tense", "source": "Intelkam"}).source == "Intelkam"


def test_another_word_is_refused_with_those_there_are() -> None:
    data = small_data()
    data["gatherings"][0]["tension"] = "angry"
    (fault,) = refusal(parse, data, "data").faults
    assert (fault.code, fault.place) == ("wrong-type", "gatherings[0].tension")
    assert "one of calm, usual, tense, very tense" in fault.expected


LIKELY = {  # what has the numbers of the words of chances in the shipped instances
    "unlikely": lambda: read("oku-425-pleno").sectors[0].official,
    "even": lambda: next(s.official for s in read("oku-250").sectors if s.official and "Bawaslu" in s.official.name),
    "likely": lambda: read("oku-recap-330").sectors[0].official,
    "certain": lambda: next(t for t in read("oku-250").triggers if t.id == "hasil"),
}


@pytest.mark.parametrize("word", LIKELY)
def test_a_chance_in_a_word_is_that_of_a_shipped_day_like_it(word: str) -> None:
    assert parts(LIKELY[word]().chance) == parts(find_anchor(word, CHANCE))


@pytest.mark.parametrize("word", list_words(CHANCE))
def test_chances_are_read_in_words_in_files_cells_and_changes(word: str) -> None:
    anchor = find_anchor(word, CHANCE)
    data = small_data()
    official = next(sector["official"] for sector in data["sectors"] if "official" in sector)
    official["chance"] = data["gatherings"][0]["chance"] = data["triggers"][0]["chance"] = f" {word.upper()} "
    instance = parse(data)
    found = next(sector.official for sector in instance.sectors if sector.official)
    for chance in (found.chance, instance.gatherings[0].chance, instance.triggers[0].chance):
        assert parts(chance) == parts(anchor)
        assert chance.source == f"assumed: {word}"
    book = small_book()
    book.set("gatherings", "recount", "chance", word.title())
    assert parts(parse_workbook(book.write()).gatherings[0].chance) == parts(anchor)
    for phrase in (("chance", f"recount={word.title()}"), ("set", f"gatherings.recount.chance={word}")):
        changed = apply(parse(small_data()), parse_phrases([phrase])).gatherings[0].chance
        assert parts(changed) == parts(anchor)
        assert changed.source == f"assumed: {word}"


def test_a_chance_in_another_word_is_refused_with_an_example() -> None:
    (fault,) = refusal(parse_phrases, [("chance", "recount=perhaps")]).faults
    assert "pawai=likely" in fault.expected


def test_only_the_tension_of_a_gathering_has_words() -> None:
    data = small_data()
    data["triggers"][0]["tension"] = "tense"  # it is a change
    (fault,) = refusal(parse, data, "data").faults
    assert (fault.code, fault.place) == ("wrong-type", "triggers[0].tension")


def test_the_schema_has_the_words() -> None:
    data = small_data()
    for value in ("sangat tegang", {"value": "calm", "low": 0.1}, 0.4):
        data["gatherings"][0]["tension"] = value
        jsonschema.Draft202012Validator(schema()).validate(data)
    data["gatherings"][0]["tension"] = "angry"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(data)


READY = {"few": "muratara-2024", "usual": "oku-250", "many": "oku-425-pleno"}


@pytest.mark.parametrize("word", READY)
@pytest.mark.parametrize("phase", ["yellow", "red"])
def test_a_share_of_militants_in_a_word_is_that_of_a_shipped_day_like_it(word: str, phase: str) -> None:
    known = [parts(getattr(gathering.militant, phase)) for gathering in read(READY[word]).gatherings]
    assert parts(find_anchor(word, MILITANT[phase])) in known


@pytest.mark.parametrize("phase", ["green", "yellow", "red"])
@pytest.mark.parametrize("word", list_words(MILITANT["red"]))
def test_shares_of_militants_are_read_in_words_in_files_cells_and_changes(phase: str, word: str) -> None:
    """The same word is another number in each phase."""
    anchor = find_anchor(word, MILITANT[phase])
    data = small_data()
    data["gatherings"][0]["militant"] = {phase: f" {word.upper()} "}
    share = getattr(parse(data).gatherings[0].militant, phase)
    assert (parts(share), share.source) == (parts(anchor), f"assumed: {word}")
    jsonschema.Draft202012Validator(schema()).validate(
        {**data, "gatherings": [{**data["gatherings"][0], "militant": {phase: word}}]}
    )
    book = small_book()
    book.set("gatherings", "recount", f"militant.{phase}", word.title())
    assert parts(getattr(parse_workbook(book.write()).gatherings[0].militant, phase)) == parts(anchor)
    phrase = ("set", f"gatherings.recount.militant.{phase}={word}")
    changed = getattr(apply(parse(small_data()), parse_phrases([phrase])).gatherings[0].militant, phase)
    assert (parts(changed), changed.source) == (parts(anchor), f"assumed: {word}")
    assert find_scale(list_words(MILITANT[phase]), phase) == MILITANT[phase]


def test_a_share_of_militants_in_another_word_is_refused_with_those_there_are() -> None:
    data = small_data()
    data["gatherings"][0]["militant"] = {"red": "lots"}
    (fault,) = refusal(parse, data, "data").faults
    assert fault.place == "gatherings[0].militant.red"
    assert "one of few, usual, many" in fault.expected


@pytest.mark.parametrize("name", SCALES)
def test_bug_words_were_listed_in_english_in_an_indonesian_sentence(name: str) -> None:
    told = tell_words(list_words(SCALES[name]))
    for code, place in (("en", 0), ("id", 1)):
        assert language(code)(told) == ", ".join(anchor.words[place] for anchor in SCALES[name])


@pytest.mark.parametrize("word", list_words(MILITANT["red"]))
def test_bug_a_word_for_the_share_ready_to_act_in_every_phase_was_refused(word: str) -> None:
    data = small_data()
    data["gatherings"][0]["militant"] = word
    jsonschema.validate(data, schema())
    by_phase = {**data, "gatherings": [{**data["gatherings"][0], "militant": dict.fromkeys(MILITANT, word)}]}
    assert parse(data) == parse(by_phase)
    changed = apply(parse(small_data()), parse_phrases([("set", f"gatherings.recount.militant={word}")]))
    assert changed.gatherings[0].militant == parse(data).gatherings[0].militant


def test_another_word_for_every_phase_is_refused_with_those_there_are() -> None:
    data = small_data()
    for value in ("lots", 3, ["few"]):
        data["gatherings"][0]["militant"] = value
        (fault,) = refusal(parse, data, "data").faults
        assert (fault.place, str(fault.expected)) == ("gatherings[0].militant", "a table, or one of few, usual, many")
