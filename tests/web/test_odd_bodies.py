"""Whatever is sent, a request is read or refused; nothing in it is a fault of the program."""

from __future__ import annotations

import random
from typing import Any

import pytest

from optimiser.common.errors import OptimiserError
from optimiser.web.requests import ANSWERED, REQUESTS, parse_request

KEYS = ("\u00a5\u00e6\u00ad", "\U000a9f45e", "", "a.b", "[0]", "\ud800", "\x00")
VALUES = (None, True, 0, -1, 1e308, "x", "\u00a5", 176, "1.500")


def odd(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.random() if depth < 4 else 1.0
    if kind < 0.2:
        return {chance.choice(KEYS): odd(chance, depth + 1) for _ in range(chance.randint(0, 2))}
    if kind < 0.4:
        return [odd(chance, depth + 1) for _ in range(chance.randint(0, 2))]
    return chance.choice(VALUES)


@pytest.mark.parametrize("model", [*REQUESTS.values(), *ANSWERED], ids=lambda model: model.__name__)
def test_bug_what_is_neither_text_nor_table_was_a_fault_of_the_program(model: Any) -> None:
    chance, refused = random.Random(1), 0
    for _ in range(100):
        body = {field: odd(chance) for field in model.model_fields if chance.random() < 0.7}
        body["instance"] = {chance.choice(KEYS): odd(chance), chance.choice(KEYS): odd(chance)}
        try:
            parse_request(model, body)
        except OptimiserError as error:
            assert str(error)
            refused += 1
    assert refused
