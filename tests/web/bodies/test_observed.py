"""Scores over HTTP: logs as text or workbook, every fault with its place, the same document as the package makes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.rehearsed import played_days

from optimiser.common.errors import InputFault
from optimiser.files.logs.read import parse_log
from optimiser.files.read import read
from optimiser.model.observed_log import ObservedLog
from optimiser.operation.score.document import describe_score
from optimiser.operation.score.score import score_days
from optimiser.output.documents.plan import dump
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.score.log_book import write_log_template
from optimiser.web.bodies.observed import Observed, ScoreRequest
from optimiser.web.requests import JobRequest, parse_request
from optimiser.web.run_job import run_job

PLAYED = {"places": {"kpu": {"teams": {"squad": 3}}}}
LOG = "time,place,what happened,number\n08:30,kpu,people arrive,100\n08:52,kpu,first contact,\n"
LOG += "09:30,kpu,people injured,2\n"


def asked(*logs: Any, **more: Any) -> dict[str, Any]:
    return {"instance": "tiny-2", "deployment": PLAYED, "logs": list(logs), "days": 20, **more}


def places(sent: dict[str, Any]) -> list[str]:
    with pytest.raises(InputFault) as refused:
        parse_request(ScoreRequest, sent)
    return [fault.place for fault in refused.value.faults]


def test_a_job_answers_as_the_package_does_for_text_and_workbook(tmp_path: Path) -> None:
    instance = read("tiny-2")
    log = parse_log(LOG.encode(), "logs[0].csv", instance)
    workbook = base64.b64encode(write_log_template(instance, log=log)).decode()
    request = parse_request(ScoreRequest, asked(LOG, {"workbook": workbook}))
    done = run_job("score", request.body(), request.numbers, str(tmp_path / "job"))
    assert done.content is not None, done.error
    own = score_days(instance, request.deployments[0], [log, log], days=20)
    assert done.content == dump(describe_score(own)).encode()
    jsonschema.validate(describe_score(own), SCHEMAS["score"]())


def test_what_a_worker_takes_is_what_was_sent() -> None:
    draws, _ = played_days(1, 1, 1)
    observed = Observed((parse_log(LOG.encode(), "log.csv", read("tiny-2")), ObservedLog(())), draws)
    assert Observed.unpack(observed.pack()) == observed
    request = parse_request(ScoreRequest, asked(LOG))
    assert JobRequest.of(request.body(), request.numbers).observed == request.observed


def test_bug_what_is_neither_table_nor_text_was_told_twice_by_names_of_the_program() -> None:
    sent = {"instance": 5, "deployment": 7, "logs": [3, "x" * 5_000_001], "days": 20}
    assert places(sent) == ["instance", "deployment", "logs[0]", "logs[1]"]
    with pytest.raises(InputFault) as refused:
        parse_request(ScoreRequest, sent)
    said = " ".join(f"{fault.expected}" for fault in refused.value.faults)
    assert "valid" not in said
    assert "5000000" in said


def test_faults_of_all_parts_are_told_with_their_places() -> None:
    assert places(asked(LOG, "time,what\n99:99,received\n", {"workbook": "?"})) == [
        "logs[1].log!A2",
        "logs[2].workbook",
    ]
    assert places(asked()) == ["logs"]
    assert places(asked(LOG, exercise={"format": "optimiser-exercise/9"})) == ["exercise.format"]
    assert places(asked(LOG, days=3)) == ["days"]
