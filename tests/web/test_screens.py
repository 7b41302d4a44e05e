"""What a screen needs at once: outline, map, estimates and told days; and that what is kept warm never mixes."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from support.small import small_data

from optimiser import Deployment, WhatIf, apply, read
from optimiser.common.cancellation import cancelled_by, lookout
from optimiser.common.errors import Cancelled
from optimiser.files.read import instances_folder
from optimiser.output.documents.comparison import describe_comparison
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.write import describe_rehearsal
from optimiser.planning.search.hand_rules import candidates, proportional
from optimiser.questions.plan_comparison import compare_plans
from optimiser.questions.played_plan import rehearse
from optimiser.web.address import allowed_hosts
from optimiser.web.app import THREADS
from optimiser.web.board import warm_simulators
from optimiser.web.board.warm_simulators import ASKING, EVALUATIONS, WarmInstance, WarmSimulators
from optimiser.web.job_errors import Busy
from optimiser.web.job_queue import JobQueue
from optimiser.web.server import protected_app

TOKEN = "x" * 40
HOST = "127.0.0.1:8765"
FEW = 50  # scenarios


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    queue = JobQueue(tmp_path_factory.mktemp("queue"), workers=1)
    app = protected_app(queue, TOKEN, allowed_hosts("127.0.0.1", 8765))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url=f"http://{HOST}", headers=headers) as client:  # type: ignore[arg-type]
        yield client


def sent(deployment: Deployment) -> dict[str, Any]:
    return deployment.model_dump(mode="json")


def test_an_estimate_is_what_compare_says_bit_for_bit(client: TestClient) -> None:
    instance = read("oku-250")
    plans = list(candidates(instance).values())[:2]
    asked = {"instance": "oku-250", "deployments": [sent(plan) for plan in plans], "seed": 3, "scenarios": 200}
    for _ in range(2):  # anew, and as it is remembered
        found = client.post("/v1/estimate", json=asked).json()
        jsonschema.validate(found, SCHEMAS["comparison"]())
        wanted = describe_comparison(compare_plans(instance, plans, seed=3, scenarios=200))
        assert wanted.pop("law_range") is not None
        assert found.pop("law_range") is None
        first, second = (one["evaluation"]["loss"]["mean"] for one in found["deployments"])
        assert found["deployments"][1]["against_first"]["loss"]["mean"] == pytest.approx(second - first)
        assert found == wanted


def test_a_plan_that_breaks_rules_is_estimated_all_the_same(client: TestClient) -> None:
    nobody = {"format": "optimiser-deployment/1", "instance": "oku-250", "places": {}}
    found = client.post("/v1/estimate", json={"instance": "oku-250", "deployments": [nobody], "scenarios": FEW}).json()
    first = found["deployments"][0]
    assert not first["verdict"]["passed"]
    assert first["evaluation"]["loss"]["mean"] > 0.0
    assert first["against_first"] is None


def test_a_told_day_has_the_events_of_simulate(client: TestClient) -> None:
    instance = read("oku-250")
    plan = proportional(instance)
    asked = {"instance": "oku-250", "deployment": sent(plan), "seed": 2, "scenario": 7}
    found = client.post("/v1/day?lang=id", json=asked).json()
    jsonschema.validate(found, SCHEMAS["day"]())
    assert found["events"] == describe_rehearsal(rehearse(instance, plan, seed=2, scenario=7))["events"]
    assert [line["minute"] for line in found["told"]] == sorted(line["minute"] for line in found["told"])
    assert all(line["what"] for line in found["told"])
    assert any("orang" in line["what"] for line in found["told"])


def test_days_worth_being_told_lose_more_the_harder_they_are(client: TestClient) -> None:
    plan = sent(proportional(read("oku-250")))
    asked = {"instance": "oku-250", "deployment": plan, "scenarios": 400}
    found = client.post("/v1/days", json=asked).json()
    jsonschema.validate(found, SCHEMAS["days"]())
    points = [day["points"] for day in found["days"]]
    assert points == sorted(points)
    assert points[0] < points[-1]
    estimate = client.post("/v1/estimate", json={"instance": "oku-250", "deployments": [plan], "scenarios": 400}).json()
    assert points[0] < estimate["deployments"][0]["evaluation"]["loss"]["mean"] < points[-1]


def test_an_outline_has_every_place_and_kind(client: TestClient) -> None:
    instance = read("oku-250")
    found = client.post("/v1/outline?lang=id", json=instance.model_dump(mode="json")).json()
    jsonschema.validate(found, SCHEMAS["outline"]())
    assert [place["id"] for place in found["places"]] == [place.id for place in instance.places]
    assert [kind["id"] for kind in found["kinds"]] == [kind.id for kind in (*instance.teams, *instance.vehicles)]
    assert found["period"]["day"].startswith("Selasa")
    heads = proportional(instance).heads_by_place(instance)
    kinds = {kind["id"]: kind["heads"] for kind in found["kinds"]}
    plan = proportional(instance)
    for place, here in plan.places.items():
        counted = sum(kinds[kind] * number for kind, number in (*here.teams.items(), *here.vehicles.items()))
        assert counted == heads[place]


def test_marks_of_the_map_are_where_places_are_drawn(client: TestClient) -> None:
    plan = proportional(read("oku-250"))
    asked = {"instance": "oku-250", "deployment": sent(plan), "scenarios": FEW}
    found = client.post("/v1/map", json=asked).json()
    jsonschema.validate(found, SCHEMAS["map"]())
    assert {sector.id for sector in read("oku-250").sectors} <= set(found["marks"])
    for x, y, radius in found["marks"].values():
        assert 0.0 < radius < 40.0
        assert 0.0 <= x <= found["width"]
        assert f'cx="{x:.1f}"'.replace('.0"', '"') in found["svg"] or y > 0.0


def test_a_town_without_coordinates_has_no_map(client: TestClient) -> None:
    values = read("tiny-2").model_dump(mode="json")
    for place in (*values["sectors"], *values["posts"]):
        place.update(lat=None, lon=None, x=None, y=None)
    names = [place["id"] for place in (*values["sectors"], *values["posts"])]
    minutes = [[0.0 if a == b else 5.0 for b in names] for a in names]
    values["travel"] |= {"kind": "matrix", "places": names, "km": minutes}
    plan = {"places": {"kpu": {"teams": {"squad": 3}}}}
    found = client.post("/v1/map", json={"instance": values, "deployment": plan})
    assert found.json()["svg"] == "", found.text


def test_a_file_is_read_as_it_was_written(client: TestClient) -> None:
    raw = (Path(instances_folder()) / "oku-250.toml").read_bytes()
    found = client.post("/v1/read", json={"name": "town.toml", "file": base64.b64encode(raw).decode()})
    assert read(found.json()).fingerprint() == read("oku-250").fingerprint()


def test_what_is_no_base64_is_a_fault(client: TestClient) -> None:
    refused = client.post("/v1/read", json={"name": "a.xlsx", "file": "***"})
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:optimiser:problem:faults"


def test_a_draft_places_people_and_keeps_the_rules(client: TestClient) -> None:
    values = read("oku-250").model_dump(mode="json")
    found = client.post("/v1/draft", json=values).json()
    jsonschema.validate(found, SCHEMAS["deployment"]())
    assert found["places"]
    assert client.post("/v1/check", json={"instance": "oku-250", "deployment": found}).json()["passed"]


def test_clients_at_the_same_time_never_mix(client: TestClient) -> None:
    """Two instances that differ in one number, asked about by eight clients at once."""
    data = read("tiny-2").model_dump(mode="json")
    other = {**data, "objective": {**data["objective"], "injury": 20.0}}
    plan = {"places": {"kpu": {"teams": {"squad": 3}}}}
    ask = [{"instance": one, "deployments": [plan], "scenarios": FEW} for one in (data, other)] * 8

    def loss(asked: dict[str, Any]) -> float:
        while (answer := client.post("/v1/estimate", json=asked)).status_code == 429:
            time.sleep(0.05 * float(answer.headers["Retry-After"]))
        found = answer.json()
        return float(found["deployments"][0]["evaluation"]["loss"]["mean"])

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(loss, ask))
    assert set(found[::2]) == {loss(ask[0])}
    assert set(found[1::2]) == {loss(ask[1])}
    assert found[0] != found[1]


def test_only_so_many_instances_and_evaluations_are_kept_warm() -> None:
    warm = WarmSimulators(workers=1, most=2)
    towns = [read({**small_data(), "name": f"town-{n}"}) for n in range(4)]
    plan = Deployment(instance="town-0", places={})
    lent = []
    for town in towns:
        with warm.borrow(town, "facilitation") as one:
            lent.append(one)
            for seed in range(1, EVALUATIONS + 3):
                one.evaluate(plan.altered(instance=town.name), seed, 5)
            assert len(one._known) == EVALUATIONS
    assert [one in warm._warm.values() for one in lent] == [False, False, True, True]
    with warm.borrow(towns[3], "facilitation") as again:
        assert again is lent[3]
    with warm.borrow(towns[3], "risk") as apart:
        assert apart is not lent[3]
    warm.close()


def test_bug_many_who_wait_for_estimates_leave_threads_for_pages(client: TestClient) -> None:
    assert ASKING <= THREADS - 2
    warm, town = WarmSimulators(workers=1), read(small_data())
    held, go = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        held.release()
        with warm.borrow(town, "facilitation"):
            go.wait(10.0)

    threads = [threading.Thread(target=hold) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert held.acquire(timeout=10.0)
    time.sleep(0.2)
    with pytest.raises(Busy), warm.borrow(town, "facilitation"):
        pass
    go.set()
    for thread in threads:
        thread.join()
    with warm.borrow(town, "facilitation"):
        pass


def test_bug_evaluations_that_are_kept_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    warm, town = WarmSimulators(workers=1), read(small_data())
    with warm.borrow(town, "facilitation") as lent:
        plans = [Deployment(instance=town.name, title=f"plan {n}", places={}) for n in range(4)]
        first, second = (lent.evaluate(plan, 1, 50) for plan in plans[:2])
        assert first.played.scenarios is second.played.scenarios  # nor are scenarios kept twice
        monkeypatch.setattr(warm_simulators, "HELD", 1)
        last = lent.evaluate(plans[2], 1, 50)
        assert list(lent._known.values()) == [last]
    warm.close()


def test_what_is_in_use_is_not_let_go() -> None:
    warm = WarmSimulators(workers=1, most=1)
    first, second = (read({**small_data(), "name": f"town-{n}"}) for n in range(2))
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with warm.borrow(first, "facilitation"):
            held.set()
            go.wait(10.0)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10.0)
    with warm.borrow(second, "facilitation"):
        assert len(warm._warm) == 2
    go.set()
    thread.join()
    assert len(warm._warm) == 1


def test_rules_are_told_in_the_readers_language_where_they_are_broken(client: TestClient) -> None:
    asked = {"instance": "oku-250", "deployment": {"places": {}}}
    found = {code: client.post(f"/v1/rules?lang={code}", json=asked).json() for code in ("en", "id")}
    jsonschema.validate(found["id"], SCHEMAS["rules"]())
    codes = [one["code"] for one in found["en"]["violations"]]
    assert codes == [one["code"] for one in found["id"]["violations"]]
    assert codes == [one["code"] for one in client.post("/v1/check", json=asked).json()["violations"]]
    assert all(a["sentence"] != b["sentence"] for a, b in zip(*(found[c]["violations"] for c in found), strict=True))


def test_an_applied_what_if_is_the_instance_that_its_answer_is_about(client: TestClient) -> None:
    asked = {"instance": "oku-250", "whatif": {"changes": [{"do": "lose", "what": "vehicle:awc"}]}}
    changed = client.post("/v1/apply", json=asked).json()
    wanted = apply(read("oku-250"), WhatIf.model_validate(asked["whatif"]))
    assert read(changed).fingerprint() == wanted.fingerprint()
    refused = client.post("/v1/apply", json={**asked, "whatif": {"changes": [{"do": "lose", "what": "vehicle:none"}]}})
    assert refused.status_code == 422


@pytest.mark.parametrize("route", ["estimate", "days", "map"])
def test_bug_an_estimate_went_on_after_its_client_had_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    begun, over = threading.Event(), threading.Event()

    def evaluate(*_: object) -> None:
        """Simulate without end, as far as the test is concerned."""
        look = lookout()
        begun.set()
        try:
            while not over.wait(0.01):
                look()
        finally:
            over.set()

    monkeypatch.setattr(WarmInstance, "evaluate", evaluate)
    queue = JobQueue(tmp_path, workers=1)
    plan = {"instance": "tiny-2", "places": {}}
    asked = {"instance": "tiny-2", "scenarios": FEW, "deployment": plan}
    if route == "estimate":
        asked["deployments"] = [asked.pop("deployment")]

    async def ask() -> None:
        bodies = [json.dumps(asked).encode()]

        async def receive() -> dict[str, Any]:
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            while not begun.is_set():
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            assert message.get("status", 200) != 500

        headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {TOKEN}".encode())]
        headers.append((b"content-type", b"application/json"))
        scope = {"type": "http", "method": "POST", "path": f"/v1/{route}", "headers": headers, "query_string": b""}
        app = protected_app(queue, TOKEN, allowed_hosts("127.0.0.1", 8765))
        await app({**scope, "raw_path": scope["path"].encode(), "http_version": "1.1"}, receive, send)

    timer = threading.Timer(60.0, over.set)
    timer.start()
    try:
        ThreadPoolExecutor(1).submit(asyncio.run, ask()).result()  # pages of other tests keep a loop in this thread
        assert begun.is_set()
        assert over.is_set(), "it goes on"
        assert timer.is_alive(), "only the clock ended it"
    finally:
        timer.cancel()
        queue.close()


def test_bug_who_waited_for_an_estimate_kept_waiting_when_called_off() -> None:
    warm, town, gone = WarmSimulators(workers=1), read(small_data()), threading.Event()
    waiting = []

    def wait() -> None:
        try:
            with cancelled_by(gone), warm.borrow(town, "facilitation"):
                waiting.append("lent")
        except Cancelled:
            waiting.append("called off")

    with warm.borrow(town, "facilitation") as first:
        other = threading.Thread(target=wait)
        other.start()
        while first.users < 2:
            time.sleep(0.01)
        gone.set()
        other.join(30.0)
        assert waiting == ["called off"]
    with warm.borrow(town, "facilitation") as again:
        assert again.users == 1


def test_an_estimate_that_was_given_up_leaves_nothing_behind() -> None:
    """What is asked next is what it would have been."""
    warm, town = WarmSimulators(workers=2), read("oku-250")
    plan = proportional(town)
    with warm.borrow(town, "facilitation") as lent:
        gone = threading.Event()
        timer = threading.Timer(0.05, gone.set)
        timer.start()
        with pytest.raises(Cancelled), cancelled_by(gone):
            deque(lent.evaluate(plan, seed, 20_000) for seed in range(2, 200))
        found = lent.evaluate(plan, 1, 1_000)
    with WarmSimulators(workers=1).borrow(town, "facilitation") as fresh:
        assert found.losses.tolist() == fresh.evaluate(plan, 1, 1_000).losses.tolist()
    warm.close()
