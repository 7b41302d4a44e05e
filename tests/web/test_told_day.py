"""Told days: one day, the same event for event wherever it is told, and strips of many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import numpy as np
import pytest
from fastapi.testclient import TestClient
from support.command_line import run
from support.sample_solution import solved, town_values

from optimiser import read
from optimiser.common.language import ENGLISH
from optimiser.files.read import parse
from optimiser.model.instance import PHASES
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.report import pictures
from optimiser.output.words.events import chronicle
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.web.address import allowed_hosts
from optimiser.web.job_queue import JobQueue
from optimiser.web.server import protected_app

TOKEN = "x" * 40
HOST = "127.0.0.1:8765"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = protected_app(JobQueue(tmp_path_factory.mktemp("queue")), TOKEN, allowed_hosts("127.0.0.1", 8765))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url=f"http://{HOST}", headers=headers) as client:  # type: ignore[arg-type]
        yield client


def ask(client: TestClient, name: str, **asked: Any) -> Any:
    answer = client.post(f"/v1/{name}", json=asked)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    jsonschema.validate(document, SCHEMAS[name]())
    return document


@pytest.mark.parametrize("scenario", [0, 7])
def test_a_day_is_the_same_event_for_event_here_and_from_the_command_line(client, tmp_path, scenario):
    plan = proportional(read("oku-250"))
    (tmp_path / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")
    printed = run("simulate", "oku-250", tmp_path / "plan.json", "--scenario", scenario, "--json")
    assert printed.exit_code == 0, printed.output
    told = ask(client, "day", instance="oku-250", deployment=plan.model_dump(mode="json"), scenario=scenario)
    assert told["events"] == json.loads(printed.stdout)["events"]
    assert told["events"]


def test_a_day_is_the_same_event_for_event_here_and_in_the_report(client, monkeypatch):
    drawn: list[Any] = []
    picked: list[int] = []
    monkeypatch.setattr(pictures, "picture_gantt", lambda instance, plan, events, **_: drawn.append(events) or "")
    pick = pictures.pick
    monkeypatch.setattr(
        pictures, "pick", lambda i, seed, number, *more: picked.append(number) or pick(i, seed, number, *more)
    )
    solution = solved(parse(town_values()))
    list(pictures.draw_day(solution, None, send_nearest, ENGLISH))
    instance = solution.instance
    asked = {"seed": solution.settings.seed, "scenario": picked[0]}
    told = ask(
        client,
        "day",
        instance=instance.model_dump(mode="json"),
        deployment=solution.deployment.model_dump(mode="json"),
        **asked,
    )
    assert told["events"] == [{"clock": instance.clock(e.minute), **e._asdict()} for e in drawn[0]]
    assert told["events"]


def test_strips_are_the_shares_that_the_report_draws(client):
    instance = read("tiny-2")
    plan = proportional(instance)
    found = ask(client, "strips", instance="tiny-2", deployment=plan.model_dump(mode="json"), scenarios=20)
    told = chronicle(instance, plan, draw(instance, 1, 20, REPORTING))
    assert found["until"] == told.edges[-1]
    assert found["sectors"], "nobody comes anywhere"
    for sector in found["sectors"]:
        number = [s.id for s in instance.sectors].index(sector["id"])
        for phase in ("green", "yellow", "red", "dispersed"):
            assert np.allclose(sector[phase], told.shares[:, number, PHASES.index(phase)], atol=1e-4)


def test_heads_that_stand_and_that_are_on_their_way_are_all_there(client):
    """Nobody is lost and nobody counted twice; minutes at which drivers are on the road are left out."""
    instance = read("oku-250")
    plan = proportional(instance)
    for scenario in (0, 54):
        day = ask(client, "day", instance="oku-250", deployment=plan.model_dump(mode="json"), scenario=scenario)
        assert any(column["came"] for column in day["columns"]) == (scenario == 54)
        minutes = [m for m in np.linspace(0.0, day["until"], 200) if not any(_drives(c, m) for c in day["columns"])]
        assert len(minutes) > 100
        for minute in minutes:
            assert _count_heads(day, minute) == sum(plan.heads_by_place(instance).values()), (scenario, minute)


def _count_heads(day: dict[str, Any], minute: float) -> int:
    posts = {"pos-kpu", "halaman-polres", "pos-barat"}
    standing = sum(([0] + [n for at, n in steps if at <= minute])[-1] for steps in day["heads"].values())
    away = sum(
        column["heads"]
        for column in day["columns"]
        if column["origin"] in posts
        and column["sent"] <= minute
        and not _within(minute, column, "formed", "released")
        and not _after(minute, column["back"])
    )
    outside = sum(
        column["heads"]
        for column in day["columns"]
        if column["origin"] not in posts and _within(minute, column, "formed", "released")
    )
    moving = sum(leg["heads"] for leg in day["moving"] if leg["sent"] <= minute < leg["formed"])
    return standing + away + moving - outside


def _drives(column: dict[str, Any], minute: float) -> bool:
    return column["rides"] > 0 and column["sent"] <= minute and not _after(minute, column["home"])


def _after(minute: float, at: float | None) -> bool:
    return at is not None and minute >= at


def _within(minute: float, column: dict[str, Any], begin: str, end: str) -> bool:
    return _after(minute, column[begin]) and not _after(minute, column[end])
