"""What-ifs as they are typed: ``--lose vehicle:awc``, ``--pin kpu:dalmas-awal=3``, ``--start pawai=08:00``.

`optimiser.files.typed` reads each phrase; here several become one what-if.
"""

from __future__ import annotations

from optimiser.common.errors import InputFault
from optimiser.common.language import Language
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.typed.changes import WORDS
from optimiser.files.typed.phrases import Phrases, read_changes
from optimiser.model.instance import Instance
from optimiser.model.whatif import WhatIf

LONGEST = 120  # characters of a title, the limit of the format


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
        told.append(f"{language(WORDS[word])}{space}{text}" if space and word in WORDS else phrase)
    return ", ".join(told)


def _title(phrases: Phrases) -> str:
    title = ", ".join(f"{word} {text}" for word, text in phrases)
    return title if len(title) <= LONGEST else title[: LONGEST - 3] + "..."
