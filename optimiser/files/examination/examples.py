"""Rows of the invented town of a template that stand in an instance as they were."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.message import Message
from optimiser.files.workbook.examples import find_unchanged
from optimiser.model.cautions import Caution
from optimiser.model.instance import Instance


def find_example_cautions(instance: Instance) -> Iterator[Caution]:
    """Warn of each row that is an example of a template and was left unchanged."""
    usual = Message("what is known of your own place")
    check = Message("replace or remove it; if it is meant so, write its source")
    for place, name in find_unchanged(instance):
        yield Caution(
            "example-rows", place, Message("an example of the template, unchanged: {name}", name=name), usual, check
        )
