"""Help in the reader's language: what commands and options say of themselves is translated before it is shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from optimiser.language import CODES, ENGLISH, Language, language

VARIABLE = "OPTIMISER_LANG"


def asked(words: Sequence[str]) -> Language:
    """Find the language among the words of a command line, or in the environment, before anything is parsed."""
    code = os.environ.get(VARIABLE, ENGLISH.code)
    for before, word in pairwise(["", *words]):
        if before == "--lang":
            code = word
        elif word.startswith("--lang="):
            code = word.removeprefix("--lang=")
    return next((language(known) for known in CODES if known == code), ENGLISH)


def tell(command: Any, language: Language) -> None:
    """Translate the help of a command, of its options and of the commands below it."""
    for part in (command, *command.params):
        if getattr(part, "help", None):
            part.help = language(part.help)
    for below in getattr(command, "commands", {}).values():
        tell(below, language)
