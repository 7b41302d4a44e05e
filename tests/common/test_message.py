"""A sentence is English text wherever it is read as such, and keeps what another language needs to tell it."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

from optimiser.common.language import language
from optimiser.common.message import Message

HEADS = Message.plural("{n} head", "{n} heads", 1200)
NESTED = Message("{place} holds {heads}; at most {most} can be staged there.", place="KPU", heads=HEADS, most=7)


def test_it_is_the_english_text():
    assert NESTED == "KPU holds 1,200 heads; at most 7 can be staged there."
    assert json.dumps({"said": NESTED}) == '{"said": "KPU holds 1,200 heads; at most 7 can be staged there."}'
    assert Message.plural("{n} head", "{n} heads", 1) == "1 head"


def test_it_is_told_in_another_language_with_all_that_is_in_it():
    assert language("id")(NESTED) == "KPU memuat 1.200 personel; paling banyak 7 dapat ditempatkan di sana."


def test_it_is_told_after_a_journey():
    for again in (pickle.loads(pickle.dumps(NESTED)), copy.deepcopy(NESTED)):
        assert language("id")(again) == language("id")(NESTED)
        assert again == NESTED


def test_braces_in_a_value_are_only_braces():
    said = Message("role '{role}'", role="{n} {0.__class__}")
    assert said == "role '{n} {0.__class__}'"
    assert language("id")(said) == "peran '{n} {0.__class__}'"


def test_messages_one_after_another():
    chained = Message.chain("; ", [Message("interrupted"), "KPU"])
    assert chained == "interrupted; KPU"
    assert language("id")(chained) == "dihentikan; KPU"
    assert language("id")(Message.chain(", ", [])) == ""


def test_what_has_no_translation_stays_english():
    assert language("id")(Message("{n} unheard of", n=3)) == "3 unheard of"


def test_a_message_that_was_packed_is_the_same_in_every_language() -> None:
    inner = Message.plural("{n} fault", "{n} faults", 2_000)
    said = Message("{what}: {share:.1f} of {path}", what=inner, share=1234.5, path=Path("x"))
    again = Message.unpack(json.loads(json.dumps(said.pack())))
    assert again == said
    assert language("id")(again) == language("id")(said)
