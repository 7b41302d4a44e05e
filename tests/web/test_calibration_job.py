"""A law is learned over HTTP: the request, what a worker takes, and its document."""

from __future__ import annotations

import json

import jsonschema
import pytest
from support.learning_town import plan, town

from optimiser.common.errors import InputFault
from optimiser.operation.calibration.document import calibration_schema
from optimiser.web.bodies.observed import CalibrateRequest
from optimiser.web.requests import JobRequest, parse_request
from optimiser.web.run_job import _document

LOG = "minute,place,what happened,who or what\n60,kpu,phase changes,{phase}\n"


def asked(*logs: str) -> dict:
    instance, deployment = town().model_dump_json(exclude_defaults=True), plan(town()).model_dump_json()
    return {"instance": json.loads(instance), "deployment": json.loads(deployment), "logs": [*logs], "draws": 100}


def test_logs_that_are_sent_are_learned_from() -> None:
    request = parse_request(CalibrateRequest, asked(LOG.format(phase="yellow")))
    document = _document("calibrate", JobRequest.of(request.body(), request.numbers), None)
    jsonschema.validate(document, calibration_schema())
    assert len(document["days"]["coarse"]) == 1


def test_faults_of_logs_name_log_and_cell() -> None:
    with pytest.raises(InputFault, match=r"logs\[1\].*D2"):
        parse_request(CalibrateRequest, asked(LOG.format(phase="red"), LOG.format(phase="purple")))
