"""What a request says reaches the work that is done for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimiser import InputFault, read
from optimiser.web.requests import REQUESTS, CheckRequest, parse_request, tell_once
from optimiser.web.run_job import run_job


def document(kind: str, folder: Path, **sent: object) -> dict:
    request = parse_request(REQUESTS[kind], {"instance": "tiny-2", "scenarios": 4, **sent})
    return json.loads(run_job(kind, request.body(), request.numbers, str(folder / "job")).content or b"null")


def test_a_job_is_done_under_the_law_that_its_request_names(tmp_path: Path) -> None:
    for law in ("risk", "facilitation"):
        assert document("plan", tmp_path, budget=8, law=law)["settings"]["law"] == law
    assert document("plan", tmp_path, budget=8, uncertain=True)["settings"]["uncertain"]
    usual, risk = document("simulate", tmp_path), document("simulate", tmp_path, law="risk")
    assert usual == document("simulate", tmp_path, law="facilitation")
    lost = [one["evaluation"]["harms"]["participation"]["mean"] for one in (usual, risk)]
    assert lost[0] > lost[1] == 0.0


def test_a_law_that_does_not_ship_is_refused() -> None:
    with pytest.raises(InputFault, match="kindness"):
        parse_request(REQUESTS["plan"], {"instance": "tiny-2", "law": "kindness"})


def test_an_instance_that_is_sent_again_is_told_once_in_each_language_and_another_one_anew() -> None:
    oku = read("oku-250").model_dump(mode="json")
    asked = {"instance": oku, "deployment": {"instance": "oku-250", "places": {}}}
    first, again = (parse_request(CheckRequest, asked).instance for _ in range(2))
    assert tell_once(first, "id") is tell_once(again, "id") == first.told_in("id")
    assert tell_once(first, "id") != tell_once(first, "en")
    other = parse_request(CheckRequest, {**asked, "instance": {**oku, "title": "Another day"}}).instance
    assert tell_once(other, "en").title == "Another day"
