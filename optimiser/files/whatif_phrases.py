"""What-ifs as they are typed: ``--lose vehicle:awc``, ``--pin kpu:dalmas-awal=3``, ``--start pawai=08:00``.

`optimiser.files.typed` reads each phrase; here several become one what-if.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from optimiser.common.errors import InputFault
from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.typed.changes import WORDS
from optimiser.files.typed.phrases import Phrases, read_changes
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import NAMES
from optimiser.model.values.words import CHANCE
from optimiser.model.whatif import WhatIf

LONGEST = 120  # characters of a title, the limit of the format
SAID: Mapping[str, Mapping[str, Message]] = {  # words that are typed after a word of `WORDS`, besides identifiers
    "rain": {
        "light": Message("light"),
        "heavy": Message("heavy"),
        "drive": Message("drive"),
        "march": Message("march"),
        "people": Message("turnout"),
    },
    "presence": {"on": Message("in force"), "off": Message("off"), "expected": Message("a crowd above"), **NAMES},
    "chance": {str(anchor.words[0]): anchor.words[0] for anchor in CHANCE},
    "start": {"earlier": Message("earlier"), "later": Message("later")},
}
KINDS = {  # of things, before an identifier
    "team": Message("team"),
    "vehicle": Message("vehicle"),
    "role": Message("role"),
    "sector": Message("sector"),
    "post": Message("post"),
    "accompaniment": Message("accompaniment"),
    "movement": Message("movement"),
    "gathering": Message("gathering"),
    "trigger": Message("trigger"),
    "reinforcement": Message("reinforcement"),
}
AS_TYPED = ("set", "add")  # what follows is the path of a field, or of a file
LASTING = ("receive-delegation", "start")  # what follows may be a duration


def parse_phrases(phrases: Phrases, name: str = "what-if", instance: Instance | None = None) -> WhatIf:
    """Make a what-if of phrases.

    Parameters
    ----------
    phrases : pairs of a word of `EXAMPLES` and what is said after it, in the order in which they are to be applied.
    instance : that it is asked of, where it is known: strange names in what is refused are told.

    Raises
    ------
    InputFault : phrases that cannot be understood, all of them.
    FileTrouble : a file that is to be added cannot be read.
    """
    changes, faults = read_changes(phrases, instance=instance)
    if faults:
        raise InputFault("what-if", faults)
    return parse_whatifs({"name": name, "title": _title(phrases), "changes": changes})[0]


def tell_title(title: str, language: Language) -> str:
    """Tell the title of a what-if; where it is made of phrases, which are typed in English, in the language's words."""
    if language.code == "en":
        return title
    told = []
    for phrase in title.split(", "):
        word, space, text = phrase.partition(" ")
        known = space and word in WORDS
        told.append(f"{language(WORDS[word])} {_tell(word, text, language)}" if known else phrase)
    return ", ".join(told)


def _tell(word: str, text: str, language: Language) -> str:
    """Tell what is typed after a word of `WORDS`: identifiers as they are, everything else in the language."""
    if word in AS_TYPED:
        return text
    text = re.sub(r"^(\w+)(?= *:)", lambda found: language(KINDS.get(found[1], found[1])), text)
    text = re.sub(r"(?<=\d) ?heads\b", lambda _: f" {language('heads')}", text)
    text = re.sub(r"(?<![A-Za-z]-)(?<!\w)\d{1,2}:\d\d\b", lambda found: language.clock(found[0]), text)
    if word in LASTING:
        text = re.sub(r"(?<=\d) ?h\b-?", lambda _: f" {language('hours')} ", text)
        text = re.sub(r"(?<=\d) ?min\b-?", lambda _: f" {language('minutes')} ", text)
    if said := SAID.get(word):
        text = re.sub(r"[a-z_]+", lambda found: language(said.get(found[0], found[0])), text)
    return text.strip()


def _title(phrases: Phrases) -> str:
    title = ", ".join(f"{word} {text}" for word, text in phrases)
    return title if len(title) <= LONGEST else title[: LONGEST - 3] + "..."
