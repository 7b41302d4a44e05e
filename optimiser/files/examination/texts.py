"""Warnings about translations: those of texts that nothing in the file has, which are never shown."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.message import Message
from optimiser.model.cautions import Caution
from optimiser.model.instance import Instance


def find_text_cautions(instance: Instance) -> Iterator[Caution]:
    """Find translations of texts that the instance does not have."""
    for code, text in instance.unused_texts():
        found = Message("a translation of '{text}', which the file does not have", text=text[:60])
        usual, check = Message("texts as they stand in the file"), Message("write the text as the file has it")
        yield Caution("unused-text", f"texts.{code}", found, usual, check)
