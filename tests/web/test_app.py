"""The REST interface: who may ask, what is answered, and in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import make_openapi
import pytest
from fastapi.testclient import TestClient
from support.server import QUICK, Served
from support.small import small_data

from optimiser import WhatIf, apply, find_firmness, optimise, price_presence, read, whatif
from optimiser.common.errors import FileTrouble, NoPlan
from optimiser.common.language import language
from optimiser.common.message import Message
from optimiser.jobs import process_executor
from optimiser.jobs.process_identity import this_process
from optimiser.jobs.task import Task
from optimiser.model.deployment import Deployment
from optimiser.model.parts.presence import RULES
from optimiser.operation.exercise.document import store_exercise
from optimiser.operation.exercise.exercise import make_exercise
from optimiser.output.documents.comparison import describe_firmness
from optimiser.output.documents.frontier import describe_presence
from optimiser.output.documents.schemas.publish import SCHEMAS, JobKind
from optimiser.output.exercise.files import describe_exercise
from optimiser.output.write import describe_answer, describe_plan, describe_rehearsal, dump
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.played_plan import rehearse
from optimiser.web.access import COOKIE
from optimiser.web.address import BadAddress, allowed_hosts, bind, find_token
from optimiser.web.job_errors import QueueFull
from optimiser.web.job_queue import JOBS, JobQueue
from optimiser.web.problems import choose_language
from optimiser.web.requests import REQUESTS, JobRequest, parse_request
from optimiser.web.run_job import describe_failure, run_job
from optimiser.web.server import protected_app

TOKEN = "x" * 40
HOST = "127.0.0.1:8765"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SMALL = {"instance": "tiny-2", **QUICK}


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> JobQueue:
    return JobQueue(tmp_path_factory.mktemp("queue"), workers=1, most=8)


@pytest.fixture(scope="module")
def client(queue: JobQueue) -> Iterator[TestClient]:
    app = protected_app(queue, TOKEN, allowed_hosts("127.0.0.1", 8765))
    with TestClient(app, base_url=f"http://{HOST}", headers=BEARER, follow_redirects=False) as client:  # type: ignore[arg-type]
        yield client


@pytest.fixture(scope="module")
def stranger(client: TestClient) -> TestClient:
    return TestClient(client.app, base_url=f"http://{HOST}", follow_redirects=False)


def routes() -> list[tuple[str, str]]:
    description = json.loads(make_openapi.FILE.read_text(encoding="utf-8"))
    return [(method.upper(), path) for path, methods in description["paths"].items() for method in methods]


def over(client: TestClient, key: str) -> dict[str, Any]:
    with client.stream("GET", f"/v1/jobs/{key}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    return json.loads(lines[-1].removeprefix("data: "))


def result(client: TestClient, kind: str, **asked: Any) -> Any:
    made = client.post(f"/v1/{kind}", json=asked)
    assert made.status_code == 202, made.text
    jsonschema.validate(made.json(), SCHEMAS["job"]())
    job = over(client, made.json()["id"])
    assert job["state"] == "done", job
    answer = client.get(f"{made.headers['location']}/result")
    assert answer.status_code == 200
    return answer


# ---------------------------------------------------------------- who may ask


def test_a_language_that_is_not_there_is_refused(client: TestClient) -> None:
    for address in ("/v1/instances", "/", "/openapi.json"):
        refused = client.get(f"{address}?lang=xx")
        assert refused.status_code == 422
        assert "'en' or 'id'" in refused.text


def test_saved_description_is_in_step() -> None:
    assert make_openapi.FILE.read_text(encoding="utf-8") == make_openapi.text(), "run: python docs/make_openapi.py"


def test_description_has_every_route_of_the_application(client: TestClient, queue: JobQueue) -> None:
    from optimiser.web.app import make_app

    app = make_app(queue)
    described = [route for route in _flat(app.routes) if route.include_in_schema]  # pages are for browsers
    there = {(method, route.path) for route in described for method in route.methods - {"HEAD"}}
    assert {route.path for route in _flat(app.routes)} - {path for _, path in there} == {"/board", "/board/{name}"}
    assert {(m, p.replace("{name:path}", "{name}")) for m, p in there} == set(routes())


def _flat(listed) -> list:
    return [inner for route in listed for inner in (_flat(route.routes) if hasattr(route, "routes") else [route])]


@pytest.mark.parametrize(("method", "path"), routes())
def test_route_without_token_is_401(stranger: TestClient, method: str, path: str) -> None:
    path = path.replace("{key}", "0" * 32).replace("{name}", "plan")
    for headers in (
        {},
        {"Authorization": "Bearer " + "y" * 40},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"{COOKIE}=nonsense"},
        {"Authorization": "Bearer"},
        {"Cookie": f"other={TOKEN}"},
        {"Authorization": "Bearer \xff"},
    ):
        answer = stranger.request(method, path, headers={k: v.encode("latin-1") for k, v in headers.items()})
        assert answer.status_code == 401, headers
        assert answer.json()["type"] == "urn:optimiser:problem:token"
        assert TOKEN not in answer.text


ELSEWHERE = ["/nowhere", "/v1", "//", "/docs", "/redoc", "/?token=" + "y" * 40, "/v1/jobs?token=" + TOKEN]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_other_addresses_without_token_are_401_too(stranger: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE"):
        assert stranger.request(method, path).status_code == 401


FOREIGN = ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "", "localhost.evil:8765"]


@pytest.mark.parametrize("host", FOREIGN)
def test_another_name_is_refused_even_with_the_token(client: TestClient, host: str) -> None:
    answer = client.get("/v1/schemas", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "urn:optimiser:problem:host")


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "LOCALHOST:8765"])
def test_own_names_are_known(client: TestClient, host: str) -> None:
    assert client.get("/v1/schemas", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/v1/schemas"), ("POST", "/v1/plan")):
        assert client.request(method, path, headers=headers).status_code == 403


def test_own_pages_may_ask(client: TestClient) -> None:
    assert client.get("/v1/schemas", headers={"Origin": f"http://{HOST}"}).status_code == 200


def test_a_browser_gets_a_cookie_that_scripts_and_other_sites_cannot_use(stranger: TestClient) -> None:
    answer = stranger.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    stranger.cookies.clear()
    kept = {"Cookie": f"{COOKIE}={TOKEN}"}
    assert stranger.get("/", headers=kept).status_code == 200
    assert stranger.post("/v1/validate", headers=kept, json={}).status_code == 403
    assert stranger.post("/v1/validate", headers={**kept, "Origin": f"http://{HOST}"}, json={}).status_code == 422
    stranger.cookies.clear()


def test_every_answer_forbids_what_pages_might_do(client: TestClient, stranger: TestClient) -> None:
    for answer in (client.get("/"), stranger.get("/"), client.get("/nowhere"), client.post("/v1/plan", content="x")):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_index_lists_every_route_and_asks_nobody_else(client: TestClient) -> None:
    page = client.get("/").text
    for _, path in routes():
        assert path in page
    assert "<script" not in page
    assert not re.search(r"(https?:)?//(?!www\.w3\.org)[a-z]", page)


# ---------------------------------------------------------------- tokens and addresses


def test_addresses_that_others_reach_need_a_token_that_somebody_chose() -> None:
    with pytest.raises(BadAddress, match="choose a token"):
        bind("0.0.0.0", 0, chosen=False)
    with pytest.raises(BadAddress):
        bind("::", 0, chosen=False)
    bind("127.0.0.1", 0, chosen=False).close()
    bind("0.0.0.0", 0, chosen=True).close()
    taken = bind("localhost", 0, chosen=False)
    taken.listen()
    with pytest.raises(FileTrouble, match="cannot be had"):
        bind("127.0.0.1", taken.getsockname()[1], chosen=False)
    taken.close()


def test_tokens_come_from_a_file_the_environment_or_the_machine(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("OPTIMISER_TOKEN", raising=False)
    first, chosen = find_token(None)
    assert (len(first), chosen) == (64, False)
    assert find_token(None)[0] != first
    monkeypatch.setenv("OPTIMISER_TOKEN", "from-the-environment")
    assert find_token(None) == ("from-the-environment", True)
    file = tmp_path / "token"
    file.write_text("from-the-file-it-comes\n", encoding="ascii")
    assert find_token(file) == ("from-the-file-it-comes", True)
    for wrong in ("", "short", "with a space in it....", "with;semicolon;in;it", "ümlaut-in-the-token-x"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(FileTrouble):
            find_token(file)
    with pytest.raises(FileTrouble):
        find_token(tmp_path / "none")


# ---------------------------------------------------------------- faults


def test_faults_are_those_of_the_command_line(client: TestClient, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from optimiser.cli import app

    data = small_data(cap=-1, nonsense=1)
    file = tmp_path / "small.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    listed = json.loads(CliRunner().invoke(app, ["validate", str(file), "--json"]).stdout)["faults"]
    answer = client.post("/v1/validate", json=data)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["faults"] == listed
    assert {"type", "title", "status", "detail", "source"} <= set(answer.json())
    nested = client.post("/v1/plan", json={"instance": data}).json()["faults"]
    assert [f["place"] for f in nested] == [f"instance.{f['place']}" for f in listed]


def test_warnings_are_those_of_the_command_line_and_faults_where_that_is_asked(client: TestClient) -> None:
    data = small_data()
    data["gatherings"][0]["turnout"] = 80_000
    answer = client.post("/v1/validate", json=data)
    assert answer.status_code == 200
    document = answer.json()
    jsonschema.validate(document, SCHEMAS["faults"]())
    assert document["faults"] == []
    assert {"turnout", "closed-march"} == {caution["code"] for caution in document["warnings"]}
    strict = client.post("/v1/validate?strict=true", json=data)
    assert strict.status_code == 422
    assert {fault["code"] for fault in strict.json()["faults"]} == {"turnout", "closed-march"}


@pytest.mark.parametrize("code", ["en", "id"])
def test_proposed_movements_are_those_of_the_command_line_and_can_be_added(
    client: TestClient, tmp_path: Path, code: str
) -> None:
    from typer.testing import CliRunner

    from optimiser.cli import app

    data = small_data(pins=[], travel={"kind": "coordinates"})
    file = tmp_path / "small.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    answer = client.post(f"/v1/movements?most=2&lang={code}", json=data)
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), SCHEMAS["movements"]())
    done = CliRunner().invoke(app, ["movements", str(file), "--most", "2", "--json", "--lang", code])
    assert answer.text == done.stdout
    proposed = answer.json()["proposals"]
    assert [proposal["part"] for proposal in proposed] == ["accompaniments", "movements"]
    changes = [{"do": "add", "part": proposal["part"], "data": proposal["data"]} for proposal in proposed]
    assert len(apply(read(data), WhatIf(changes=changes)).moving) == len(proposed)


@pytest.mark.parametrize(
    ("query", "body"), [("", []), ("", small_data(cap=-1)), ("?most=101", small_data()), ("?most=x", small_data())]
)
def test_what_is_no_instance_or_too_many_movements_is_refused(client: TestClient, query: str, body: Any) -> None:
    answer = client.post(f"/v1/movements{query}", json=body)
    assert answer.status_code == 422
    assert answer.json()["faults"]


def test_bug_half_a_number_of_a_scenario_was_a_fault_of_the_program(client: TestClient) -> None:
    """Its limit is one that it may not reach, and the advice looked for one that it may."""
    for number in (0.0, 0.5, 20_000, 19_999.5):
        refused = client.post("/v1/simulate", json={"instance": "", "deployment": "any", "scenario": number})
        assert refused.status_code == 422, refused.text
    assert "write 0 or 1" in client.post("/v1/simulate", json={"instance": "", "deployment": "x", "scenario": 0.5}).text


def test_bug_names_of_fields_were_translated(client: TestClient) -> None:
    answer = client.post("/v1/validate", json=small_data(cap=-1), headers={"Accept-Language": "id"})
    (fault,) = answer.json()["faults"]
    assert fault["place"] == "cap"
    assert "sampai" in fault["expected"]
    assert answer.headers["content-language"] == "id"
    assert client.post("/v1/validate?lang=id", json=small_data(cap=-1)).json()["faults"] == [fault]


@pytest.mark.parametrize(
    ("accepted", "asked", "code"),
    [
        ("id", None, "id"),
        ("id-ID,en;q=0.5", None, "id"),
        ("en;q=0.4, id;q=0.9", None, "id"),
        ("fr, de", None, "en"),
        ("", None, "en"),
        ("id;q=0, en", None, "en"),
        ("id;q=x,,;;", None, "en"),
        ("en", "id", "id"),
        ("id", "fr", "id"),
    ],
)
def test_language_is_the_one_that_was_asked_for(accepted: str, asked: str | None, code: str) -> None:
    assert choose_language(accepted, asked).code == code


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (b"", "bad-syntax", None),
        (b"\xff", "not-text", "(file)"),
        (b"[" * 100_000, "too-deep", "(file)"),
        (b'{"instance": "tiny-2", "instance": "tiny-2"}', "duplicate-key", "(file)"),
        (b"[]", "wrong-type", None),
        (b"{}", "missing-field", "instance"),
        (b'{"instance": "../../etc/passwd"}', "unknown-instance", "instance"),
        (b'{"instance": "/etc/passwd"}', "unknown-instance", "instance"),
        (b'{"instance": "tiny-2.toml"}', "unknown-instance", "instance"),
        (b'{"instance": "tiny-2", "seed": -1}', "out-of-range", "seed"),
        (b'{"instance": "tiny-2", "scenarios": 1000000}', "out-of-range", "scenarios"),
        (b'{"instance": "tiny-2", "nonsense": 1}', "unknown-field", "nonsense"),
        (b'{"instance": "tiny-2", "seed": 1e999}', None, None),
    ],
)
def test_broken_bodies_are_told_where_they_are(client, body: bytes, code: str | None, place: str | None) -> None:
    answer = client.post("/v1/plan", content=body)
    assert answer.status_code == 422, answer.text
    faults = answer.json()["faults"]
    assert faults
    if code is not None:
        assert code in [fault["code"] for fault in faults]
    if place is not None:
        assert place in [fault["place"] for fault in faults]


def test_faults_of_all_parts_are_told_at_once(client: TestClient) -> None:
    asked = {"instance": small_data(cap=-1), "whatif": {"changes": [{"do": "nonsense"}]}, "deployment": {"places": 3}}
    places = {fault["place"] for fault in client.post("/v1/whatif", json=asked).json()["faults"]}
    assert {"instance.cap", "whatif.changes[0].do", "deployment.places"} <= places
    misfit = {"instance": "tiny-2", "whatif": {"changes": [{"do": "lose", "what": "nobody"}]}}
    (fault,) = client.post("/v1/whatif", json=misfit).json()["faults"]
    assert fault["place"].startswith("whatif.changes[0]")
    stranger = {"instance": "tiny-2", "deployment": {"places": {"moon": {"teams": {"squad": 1}}}}}
    answer = client.post("/v1/simulate", json=stranger)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:optimiser:problem:refused")


def test_statuses_of_what_is_not_there(client: TestClient) -> None:
    assert client.get("/nowhere").json()["type"] == "urn:optimiser:problem:unknown"
    assert client.get("/v1/schemas/nonsense").status_code == 404
    assert client.get("/v1/instances/../../pyproject").status_code == 404
    assert client.get("/v1/instances/markov/../tiny-2").status_code in (200, 404)
    assert client.get(f"/v1/jobs/{'0' * 32}").status_code == 404
    assert client.get("/v1/jobs/nonsense").status_code == 422
    assert client.delete("/v1/jobs").status_code == 405
    assert client.get("/v1/plan").status_code == 405


NAMES = ["..", "../x", "a/../../b", "%2e%2e/x", "x\x00", "/etc/passwd", "jobs/x", "~", "C:\\x"]


@pytest.mark.parametrize("name", NAMES)
def test_ids_never_lead_out_of_the_folder(client: TestClient, name: str) -> None:
    for path in (f"/v1/jobs/{name}/result", f"/v1/schemas/{name}", f"/v1/instances/{name}"):
        assert client.get(path.replace("\x00", "%00")).status_code in (404, 422)


# ---------------------------------------------------------------- documents


def test_bug_refusals_were_told_in_english_where_the_address_asked_for_another_language(client, stranger) -> None:
    answers = [
        stranger.get("/v1/jobs?lang=id"),
        client.get("/v1/jobs?lang=id", headers={"Host": "evil.example"}),
        client.get("/v1/jobs?lang=id", headers={"Origin": "http://evil.example"}),
        client.post("/v1/validate?lang=id", content=b"{", headers={"Content-Length": "99999999"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 421, 403, 413]
    assert {answer.headers["content-language"] for answer in answers} == {"id"}


def test_schemas_and_instances(client: TestClient) -> None:
    assert client.get("/v1/schemas").json() == {"schemas": list(SCHEMAS)}
    for name in SCHEMAS:
        assert client.get(f"/v1/schemas/{name}").json() == json.loads(dump(SCHEMAS[name]()))
    jsonschema.validate(client.get("/v1/instances").json(), SCHEMAS["instances"]())
    document = client.get("/v1/instances/tiny-2").json()
    jsonschema.validate(document, SCHEMAS["instance"]())
    answer = client.post("/v1/validate", json=document)
    assert (answer.status_code, answer.json()["faults"]) == (200, [])


def test_check_says_what_the_checker_says(client: TestClient) -> None:
    plan = proportional(read("tiny-2")).model_dump(mode="json")
    answer = client.post("/v1/check", json={"instance": "tiny-2", "deployment": plan})
    jsonschema.validate(answer.json(), SCHEMAS["check"]())
    assert answer.json()["passed"]
    later = {"format": "optimiser-plan/99", "deployment": plan}
    assert client.post("/v1/check", json={"instance": "tiny-2", "deployment": later}).status_code == 422
    other = {"format": "optimiser-plan/1", "instance": {"sha256": "0" * 64}, "certificate": {}, "deployment": plan}
    origin = client.post("/v1/check", json={"instance": "tiny-2", "deployment": other}).json()["origin"]
    assert (origin["same"], origin["not_verified"]) == (False, ["certificate"])
    broken = {"places": {"moon": {"teams": {"squad": 99}}}}
    assert not client.post("/v1/check", json={"instance": "tiny-2", "deployment": broken}).json()["passed"]


@pytest.mark.slow
def test_a_plan_is_the_one_that_the_package_makes_byte_for_byte(client: TestClient) -> None:
    answer = result(client, "plan", **SMALL, seed=3)
    alone = optimise(read("tiny-2"), seed=3, workers=2, **QUICK)
    assert answer.content == dump(describe_plan(alone)).encode()


@pytest.mark.slow
def test_a_simulation_and_an_answer_are_those_of_the_package(client: TestClient) -> None:
    instance = read("tiny-2")
    plan = proportional(instance)
    sent = plan.model_dump(mode="json")
    played = result(client, "simulate", instance="tiny-2", deployment=sent, scenarios=5, scenario=1)
    assert played.content == dump(describe_rehearsal(rehearse(instance, plan, 1, 1, 5))).encode()
    change = {"changes": [{"do": "heads", "cap": 20}]}
    told = result(client, "whatif", **SMALL, deployment=sent, whatif=change)
    assert told.content == dump(describe_answer(whatif(instance, plan, WhatIf(**change), **QUICK))).encode()
    jsonschema.validate(result(client, "whatif", **SMALL, whatif=change).json(), SCHEMAS["answer"]())
    typed = {"changes": ["--heads 20 orang"]}
    assert result(client, "whatif", **SMALL, deployment=sent, whatif=typed).content == told.content


def test_a_comparison_pairs_each_with_the_first(client: TestClient) -> None:
    plans = [{"places": {"kpu": {"teams": {"squad": n}}}} for n in (1, 3, 3)]
    document = result(client, "compare", instance="tiny-2", deployments=plans, scenarios=10).json()
    jsonschema.validate(document, SCHEMAS["comparison"]())
    first, second, third = document["deployments"]
    assert first["against_first"] is None
    assert second["against_first"]["loss"]["mean"] == pytest.approx(
        second["evaluation"]["loss"]["mean"] - first["evaluation"]["loss"]["mean"]
    )
    assert third["evaluation"] == second["evaluation"]


GUARDED = {"presence": {**dict.fromkeys(RULES, False), "records": True, "windows": True, "reserve_share": 0.0}}


def test_rules_of_presence_are_priced_as_by_the_package(client: TestClient) -> None:
    instance = read("tiny-2").replace(**GUARDED)
    sent = {"instance": instance.model_dump(mode="json"), **QUICK}
    priced = result(client, "presence", **sent)
    jsonschema.validate(priced.json(), SCHEMAS["presence"]())
    assert priced.content == dump(describe_presence(price_presence(instance, **QUICK))).encode()
    assert [one["rules"] for one in priced.json()["prices"]] == [["records"], ["windows"], ["records", "windows"]]
    begun = Deployment.build(instance, {("kpu", "squad"): 3, ("bawaslu", "squad"): 1}, {})
    told = result(client, "presence", **sent, deployment=begun.model_dump(mode="json"))
    assert told.content == dump(describe_presence(price_presence(instance, begun, **QUICK))).encode()


def test_what_has_no_price_of_presence_is_refused_at_once(client: TestClient) -> None:
    none = client.post("/v1/presence", json=SMALL)
    assert none.status_code == 422
    assert [(f["code"], f["place"]) for f in none.json()["faults"]] == [("missing-field", "instance.presence")]
    guarded = {**SMALL, "instance": read("tiny-2").replace(**GUARDED).model_dump(mode="json")}
    empty = client.post("/v1/presence", json={**guarded, "deployment": {"places": {}}})
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:optimiser:problem:refused")
    assert "records" in empty.json()["detail"]


@pytest.mark.slow
def test_what_is_firm_is_told_as_by_the_package(client: TestClient) -> None:
    instance, asked = read("tiny-2"), {"scenarios": 30, "budget": 200}
    sent = {"instance": "tiny-2", "within": 0.2, **asked}
    told = result(client, "firm", **sent)
    jsonschema.validate(told.json(), SCHEMAS["firm"]())
    assert told.content == dump(describe_firmness(find_firmness(instance, within=0.2, workers=1, **asked))).encode()
    plan = proportional(instance)
    about = result(client, "firm", **sent, deployment=plan.model_dump(mode="json"))
    alone = find_firmness(instance, plan, within=0.2, workers=1, **asked)
    assert about.content == dump(describe_firmness(alone)).encode()
    assert about.json()["deployment"] != told.json()["deployment"]


def test_an_exercise_is_made_as_by_the_package(client: TestClient) -> None:
    instance = read("tiny-2")
    plan = proportional(instance)
    sent = {"instance": "tiny-2", "deployment": plan.model_dump(mode="json"), "scenarios": 40}
    told = result(client, "exercise", **sent)
    jsonschema.validate(told.json(), SCHEMAS["exercise"]())
    made = make_exercise(instance, plan, scenarios=40)
    assert told.content == describe_exercise(store_exercise(made)).encode()
    assert client.post("/v1/exercise", json={**sent, "themes": ["noise"]}).status_code == 422
    assert client.post("/v1/exercise", json={**sent, "hard": 2}).status_code == 422
    assert client.post("/v1/exercise", json={"instance": "tiny-2"}).status_code == 422


def test_a_plan_that_breaks_a_rule_is_not_asked_about(client: TestClient) -> None:
    many = {"places": {"kpu": {"teams": {"squad": 99}}}}
    refused = client.post("/v1/firm", json={"instance": "tiny-2", "deployment": many})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:optimiser:problem:refused")
    assert client.post("/v1/firm", json={"instance": "tiny-2", "within": 0.6}).status_code == 422


def test_where_nothing_is_feasible_what_is_firm_says_what_clashes(client: TestClient) -> None:
    document = result(client, "firm", instance="infeasible-1", scenarios=30, budget=100).json()
    jsonschema.validate(document, SCHEMAS["infeasible"]())
    assert document["clashing"]


def test_what_cannot_be_planned_says_what_clashes(client: TestClient) -> None:
    document = result(client, "plan", **{**SMALL, "instance": "infeasible-1"}).json()
    jsonschema.validate(document, SCHEMAS["infeasible"]())
    assert document["clashing"]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("plan", {"instance": "infeasible-1"}),
        ("whatif", {"whatif": {"changes": ["--presence officer=on,expected=50"]}}),
    ],
)
def test_what_clashes_is_said_in_the_readers_language(client: TestClient, kind: str, more: Any) -> None:
    asked = {**SMALL, **more}
    document = result(client, kind, **asked).json()
    job = client.get("/v1/jobs?limit=1").json()["jobs"][0]["id"]
    told = {
        code: client.get(f"/v1/jobs/{job}/clashes", headers={"Accept-Language": code}).json() for code in ("en", "id")
    }
    jsonschema.validate(told["en"], SCHEMAS["clashes"]())
    assert told["en"]["clashing"] == document["clashing"]
    assert len(told["id"]["clashing"]) == len(document["clashing"])
    assert told["id"] != told["en"]
    good = client.post("/v1/plan", json=SMALL).json()["id"]
    over(client, good)
    assert client.get(f"/v1/jobs/{good}/clashes").status_code == 409
    assert client.get(f"/v1/jobs/{'0' * 32}/clashes").status_code == 404


def test_a_rule_of_presence_that_clashes_is_told_with_what_switches_it_off(client: TestClient) -> None:
    change = {"changes": ["--presence officer=on,expected=50"]}
    document = result(client, "whatif", **SMALL, whatif=change).json()
    jsonschema.validate(document, SCHEMAS["infeasible"]())
    assert any("in the file, --presence officer=off in a what-if" in name for name in document["clashing"])


# ---------------------------------------------------------------- jobs


def test_jobs_are_listed_latest_first_in_pages(client: TestClient) -> None:
    keys = [client.post("/v1/plan", json={**SMALL, "seed": seed}).json()["id"] for seed in (11, 12, 13)]
    for key in keys:
        over(client, key)
    listed = client.get("/v1/jobs?limit=2").json()
    jsonschema.validate(listed, SCHEMAS["jobs"]())
    assert [job["id"] for job in listed["jobs"]] == keys[:0:-1]
    before = listed["jobs"][-1]["position"]
    assert client.get(f"/v1/jobs?limit=1&before={before}").json()["jobs"][0]["id"] == keys[0]


@pytest.mark.slow
def test_progress_is_told_and_a_running_job_that_is_called_off_gives_the_best_so_far(client: TestClient) -> None:
    asked = {"instance": "oku-250", "scenarios": 300, "budget": 10_000_000}
    key = client.post("/v1/plan", json=asked).json()["id"]
    seen = []
    with client.stream("GET", f"/v1/jobs/{key}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: ")))
                progress = seen[-1]["progress"] or {}
                if progress.get("stage") == "searching" and not any(job.get("off") for job in seen):
                    seen[-1]["off"] = True
                    early = client.get(f"/v1/jobs/{key}/result")
                    assert (early.status_code, early.json()["type"]) == (409, "urn:optimiser:problem:not-over")
                    assert client.post(f"/v1/jobs/{key}/cancel").status_code == 202
    assert (seen[-1]["state"], seen[-1]["over"]) == ("cancelled", True)
    assert seen[-1]["interrupted"]
    assert seen[-1]["result"] == "optimiser-plan/1"
    document = client.get(f"/v1/jobs/{key}/result").json()
    assert document["interrupted"]
    assert document["verdict"]["passed"]


def test_the_queue_is_bounded_and_a_waiting_job_can_be_called_off(client: TestClient, queue: JobQueue) -> None:
    long = {"instance": "oku-250", "scenarios": 300, "budget": 10_000_000}
    answers = [client.post("/v1/plan", json=long) for _ in range(queue.most + 2)]
    assert [answer.status_code for answer in answers] == [202] * queue.most + [429] * 2
    assert answers[-1].json()["type"] == "urn:optimiser:problem:full"
    assert answers[-1].headers["retry-after"]
    for answer in reversed(answers[: queue.most]):
        job = client.post(f"/v1/jobs/{answer.json()['id']}/cancel").json()
        assert job["state"] in ("cancelled", "running")
    last = answers[queue.most - 1].json()["id"]
    refused = client.get(f"/v1/jobs/{last}/result")
    assert (refused.status_code, refused.json()["error"]["kind"]) == (409, "Cancelled")
    assert refused.json()["type"] == "urn:optimiser:problem:cancelled"
    first = over(client, answers[0].json()["id"])
    assert first["over"]
    jsonschema.validate(client.get("/v1/jobs").json(), SCHEMAS["jobs"]())


def test_bug_a_what_if_that_was_called_off_while_its_plan_was_made_was_answered_all_the_same(tmp_path: Path) -> None:
    asked = {"instance": "oku-250", "scenarios": 60, "whatif": {"changes": [{"do": "heads", "cap": 240}]}}
    request = parse_request(REQUESTS["whatif"], asked)
    (tmp_path / "job.cancel").touch()
    done = run_job("whatif", request.body(), request.numbers, str(tmp_path / "job"))
    assert (done.content, done.error["kind"]) == (None, "Cancelled")


# ---------------------------------------------------------------- removing, asking twice, looking without reading


def test_a_job_that_is_over_can_be_removed_with_all_that_was_kept_of_it(client: TestClient, queue: JobQueue) -> None:
    keys = [client.post("/v1/plan", json={**SMALL, "seed": 77}).json()["id"] for _ in range(2)]
    for key in keys:
        over(client, key)
    mark = queue.job(keys[0]).task.input
    for key, known in zip(keys, (True, False), strict=True):
        gone = client.delete(f"/v1/jobs/{key}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert client.get(f"/v1/jobs/{key}").status_code == 404
        assert client.get(f"/v1/jobs/{key}/result").status_code == 404
        assert client.delete(f"/v1/jobs/{key}").status_code == 404
        assert not queue.results.path(key).exists()
        assert not queue.ledger.attempts(key)
        if known:
            assert queue.ledger.read_input(mark), "the other job has it too"
        elif not any(entry.task.input == mark for entry in queue.ledger.entries()):
            with pytest.raises(KeyError):
                queue.ledger.read_input(mark)


def test_a_job_that_runs_is_not_removed_and_one_that_waits_is(client: TestClient, queue: JobQueue) -> None:
    long = {"instance": "oku-250", "scenarios": 300, "budget": 10_000_000}
    first, second = (client.post("/v1/plan", json=long).json()["id"] for _ in range(2))
    Served.until(lambda: client.get(f"/v1/jobs/{first}").json()["state"] == "running")
    refused = client.delete(f"/v1/jobs/{first}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:optimiser:problem:not-over")
    assert client.delete(f"/v1/jobs/{second}").status_code == 204
    client.post(f"/v1/jobs/{first}/cancel")
    over(client, first)
    assert client.delete(f"/v1/jobs/{first}").status_code == 204


def test_the_same_request_with_the_same_key_is_the_same_job(client: TestClient) -> None:
    asked = {**SMALL, "seed": 91}
    first, again = (client.post("/v1/plan", json=asked, headers={"Idempotency-Key": "night-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"]
    other = client.post("/v1/plan", json={**asked, "seed": 92}, headers={"Idempotency-Key": "night-1"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:optimiser:problem:idempotency")
    kind = client.post("/v1/simulate", json={"instance": "tiny-2"}, headers={"Idempotency-Key": "night-1"})
    assert kind.status_code == 422
    assert (
        client.post("/v1/plan", json=asked, headers={"Idempotency-Key": "night-2"}).json()["id"] != first.json()["id"]
    )
    assert client.post("/v1/plan", json=asked).json()["id"] != first.json()["id"]
    for nonsense in ("", "x" * 256, "two words"):
        assert client.post("/v1/plan", json=asked, headers={"Idempotency-Key": nonsense}).status_code == 422
    over(client, first.json()["id"])
    done = client.post("/v1/plan", json=asked, headers={"Idempotency-Key": "night-1"}).json()
    assert (done["id"], done["over"]) == (first.json()["id"], True)


def test_a_request_sent_twice_is_one_job_whatever_happens_between(tmp_path: Path) -> None:
    asked = parse_request(REQUESTS["plan"], SMALL)
    queue = JobQueue(tmp_path, most=1)
    first = queue.submit("plan", asked, "a").task.key
    assert queue.submit("plan", asked, "a").task.key == first, "also where the queue is full"
    with ThreadPoolExecutor(8) as pool:
        assert {entry.task.key for entry in pool.map(lambda _: queue.submit("plan", asked, "a"), range(32))} == {first}
    queue.close()
    queue = JobQueue(tmp_path, most=1)
    assert queue.submit("plan", asked, "a").task.key == first, "also after a restart"
    queue.remove(first)
    assert queue.submit("plan", asked, "a").task.key == first
    queue.close()


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/v1/schemas", "/v1/schemas/plan", "/v1/instances", "/v1/jobs"])
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)
    assert int(head.headers["content-length"]) == len(got.content) > 0


def test_head_of_what_is_not_there_or_not_to_be_read(client: TestClient) -> None:
    assert client.head("/nowhere").status_code == 404
    assert client.head("/v1/plan").status_code == 405
    assert client.put("/v1/jobs").headers["allow"] == "HEAD, GET"
    key = client.post("/v1/plan", json={**SMALL, "seed": 93}).json()["id"]
    watched = client.head(f"/v1/jobs/{key}/events")
    assert (watched.status_code, watched.content) == (200, b"")
    assert watched.headers["content-type"].startswith("text/event-stream")
    over(client, key)
    assert client.head(f"/v1/jobs/{key}/result").headers["content-length"]


def test_bug_a_proxy_kept_events_until_there_were_many(client: TestClient) -> None:
    key = client.post("/v1/plan", json={**SMALL, "seed": 94}).json()["id"]
    with client.stream("GET", f"/v1/jobs/{key}/events") as stream:
        assert stream.headers["x-accel-buffering"] == "no"
        assert {"no-cache", "no-transform"} <= set(stream.headers["cache-control"].split(", "))
        assert list(stream.iter_lines())[-3].startswith("event: over")


def test_too_many_streams_leave_room_for_others(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.web.routes.jobs.MOST_STREAMS", 0)
    key = client.post("/v1/plan", json={**SMALL, "seed": 95}).json()["id"]
    refused = client.get(f"/v1/jobs/{key}/events")
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:optimiser:problem:busy")
    assert refused.headers["retry-after"]
    monkeypatch.undo()
    assert over(client, key)["over"]


def test_too_many_requests_at_once_are_told_as_a_problem(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.web.body_limit.MOST_AT_ONCE", 0)
    refused = client.get("/v1/schemas")
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:optimiser:problem:busy")
    assert refused.headers["content-type"] == "application/problem+json"
    monkeypatch.undo()
    assert client.get("/v1/schemas").status_code == 200, "what was refused is not counted"


def test_operations_have_names_and_groups_that_make_good_functions(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    operations = [route for methods in description["paths"].values() for route in methods.values()]
    names = [route["operationId"] for route in operations]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names), names
    tags = {tag["name"] for tag in description["tags"]}
    assert all(len(route["tags"]) == 1 and set(route["tags"]) <= tags for route in operations)
    submitted = description["paths"]["/v1/plan"]["post"]["parameters"]
    assert any((p["name"], p["in"]) == ("Idempotency-Key", "header") for p in submitted)


def test_what_a_killed_server_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    asked = parse_request(REQUESTS["plan"], SMALL)
    queue = JobQueue(tmp_path, workers=1)
    waiting, ended = (queue.submit("plan", asked).task.key for _ in range(2))
    queue.cancel(ended)
    queue.notes.mkdir(exist_ok=True)
    queue.results.folder.mkdir(exist_ok=True)
    for key, ending in ((waiting, "cancel"), (ended, "cancel"), (ended, "progress"), ("c" * 32, "progress")):
        (queue.notes / f"{key}.{ending}").touch()
    (queue.notes / f"{waiting}.part").touch()
    (queue.results.folder / f".{waiting}.json.1.part").touch()
    (queue.results.folder / f"{'c' * 32}.json").write_text("{}", encoding="ascii")  # of a job that was removed
    queue._remove_leftovers()
    assert [file.name for file in queue.notes.iterdir()] == [f"{waiting}.cancel"], "it was called off, and will be"
    assert list(queue.results.folder.iterdir()) == []
    queue.close()


def test_a_fault_of_a_worker_is_told_and_keeps_its_trace_to_itself(tmp_path: Path) -> None:
    done = run_job("plan", b'{"instance": 3}', {}, str(tmp_path / "job"))
    assert done.content is None
    assert done.error["code"] == 1
    assert "Traceback" in done.error["trace"]
    from optimiser.jobs.task import LedgerEntry
    from optimiser.web.job_document import describe_job

    task = Task("0" * 32, "job", {"do": "plan", "instance": "x", "numbers": {}})
    job = describe_job(LedgerEntry(task, 1, "failed", "", 0, {}, done.error, 0, ""), None)
    assert "trace" not in json.dumps(job)
    jsonschema.validate(job, SCHEMAS["job"]())


def test_bug_why_a_job_failed_was_told_in_english_to_everybody(client: TestClient, queue: JobQueue) -> None:
    spec = {"do": "plan", "instance": "tiny-2", "numbers": {}}
    for key, version in (("a" * 32, "called off"), ("b" * 32, "no plan")):
        queue.ledger.add([Task(key, "put by", spec, queue.ledger.store_input(b"{}"), version)])  # no worker takes it
    queue.cancel("a" * 32)
    error = NoPlan(Message("{n} s were not enough", n=1.5))
    queue.ledger.fail("b" * 32, describe_failure(error))
    indonesian = language("id")
    for key, text in (("a" * 32, Message("cancelled before it was begun")), ("b" * 32, error.message)):
        refused = client.get(f"/v1/jobs/{key}/result?lang=id").json()
        assert refused["detail"] == indonesian(text)
        assert refused["error"]["message"] == str(text)
        assert "said" not in refused["error"]
    assert "1,5 s" in refused["detail"]  # numbers too are written as they are there


def test_what_was_understood_survives_the_way_to_the_worker() -> None:
    change = {"changes": [{"do": "heads", "cap": 20}]}
    asked = parse_request(REQUESTS["whatif"], {**SMALL, "whatif": change, "deployment": {}})
    again = JobRequest.of(asked.body(), asked.numbers)
    assert again == asked
    assert isinstance(asked.deployments[0], Deployment)


def test_an_office_that_is_full_says_so(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path, most=1)
    asked = parse_request(REQUESTS["plan"], SMALL)
    queue.submit("plan", asked)
    with pytest.raises(QueueFull):
        queue.submit("plan", asked)
    queue.close()


@pytest.mark.slow
def test_bug_what_came_back_while_the_disk_was_full_was_lost(tmp_path: Path, monkeypatch) -> None:
    queue = JobQueue(tmp_path, workers=1)
    entry = queue.submit("plan", parse_request(REQUESTS["plan"], SMALL))
    put, failures = queue.results.put, []

    def fail_twice(key: str, content: bytes) -> tuple[int, str]:
        if len(failures) < 2:
            failures.append(key)
            raise FileTrouble("no space left")
        return put(key, content)

    monkeypatch.setattr(queue.results, "put", fail_twice)
    queue.open()
    Served.until(lambda: queue.job(entry.task.key).state == "done")
    assert len(failures) == 2
    assert len(queue.ledger.attempts(entry.task.key)) == 1
    queue.close()


def test_bug_a_system_without_room_for_a_process_ended_all_work(tmp_path: Path, monkeypatch) -> None:
    queue, hire, refused = JobQueue(tmp_path, workers=1), process_executor._Worker.__init__, []

    def refuse_once(self: process_executor._Worker, behind: bool) -> None:
        if not refused:
            refused.append(1)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        hire(self, behind)

    monkeypatch.setattr(process_executor._Worker, "__init__", refuse_once)
    queue.open()
    entry = queue.submit("plan", parse_request(REQUESTS["plan"], SMALL))
    Served.until(lambda: queue.job(entry.task.key).state == "done")
    assert (len(refused), len(queue.ledger.attempts(entry.task.key))) == (1, 1)
    queue.close()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["process", "input"])
def test_bug_jobs_that_were_claimed_were_forgotten(tmp_path: Path, monkeypatch, part: str) -> None:
    """Two are claimed at once, and the first cannot be given to a worker at once."""
    queue, refused = JobQueue(tmp_path, workers=2), []
    home, name = (process_executor._Worker, "__init__") if part == "process" else (queue.ledger, "read_input")
    does = getattr(home, name)

    def refuse_once(*arguments: Any) -> Any:
        if not refused:
            refused.append(1)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return does(*arguments)

    monkeypatch.setattr(home, name, refuse_once)
    keys = [queue.submit("plan", parse_request(REQUESTS["plan"], SMALL)).task.key for _ in range(2)]
    queue.open()
    Served.until(lambda: {queue.job(key).state for key in keys} == {"done"}, 30.0)
    queue.close()


def test_bug_short_questions_stood_in_the_queue_behind_searches_and_what_nobody_waits_for(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path, workers=1)
    submitted: list[tuple[JobKind, str]] = []

    def submit(*kinds: JobKind) -> None:
        for kind in kinds:
            asked = parse_request(REQUESTS[kind], {"instance": "tiny-2"})
            submitted.append((kind, queue.submit(kind, asked).task.key))

    submit("firm", "firm")
    assert begun(queue, submitted) == ["firm"], "where nothing else is to be done, and one at a time"
    submit("plan", "plan", "simulate")
    assert begun(queue, submitted) == ["firm", "plan", "simulate"]
    for kind, key in submitted:
        if kind == "firm" and queue.job(key).state == "running":
            queue.ledger.finish(key, {})
            queue._leased.pop(key)
    assert begun(queue, submitted) == ["plan", "simulate"], "the second search waits, and the second 'firm' behind it"
    queue.close()


def test_what_nobody_waits_for_is_not_begun_before_a_search_that_waits_as_well(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path, workers=1)
    kinds: tuple[JobKind, ...] = ("firm", "plan")
    asked = [(kind, parse_request(REQUESTS[kind], {"instance": "tiny-2"})) for kind in kinds]
    submitted = [(kind, queue.submit(kind, one).task.key) for kind, one in asked]
    assert begun(queue, submitted) == ["plan"]
    queue.close()


def begun(queue: JobQueue, submitted: list[tuple[JobKind, str]]) -> list[JobKind]:
    """Have a queue take what it can; gives what runs."""
    for kind in JOBS:
        queue._lease(kind)
    return [kind for kind, key in submitted if queue.job(key).state == "running"]


def test_bug_halves_of_results_stayed_after_a_kill(tmp_path: Path) -> None:
    half = tmp_path / "results" / ".key.json.part"
    half.parent.mkdir()
    half.write_text("{")
    queue = JobQueue(tmp_path, workers=1)
    queue.open()
    queue.close()
    assert not half.exists()


def test_bug_calling_off_on_a_full_disk_was_a_fault_of_the_program(tmp_path: Path, monkeypatch) -> None:
    queue = JobQueue(tmp_path, workers=1)
    entry = queue.submit("plan", parse_request(REQUESTS["plan"], SMALL))
    queue.ledger.lease(this_process())

    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", full)
        with pytest.raises(FileTrouble, match="No space left"):
            queue.cancel(entry.task.key)
    queue.cancel(entry.task.key)  # also where somebody removed the folder of notes
    assert (queue.notes / f"{entry.task.key}.cancel").exists()
    queue.close()


@pytest.mark.slow
def test_bug_a_note_that_could_not_be_removed_ended_all_work(tmp_path: Path, monkeypatch) -> None:
    def locked(self: Path, missing_ok: bool = False) -> None:
        if self.suffix in (".progress", ".cancel"):
            raise PermissionError(13, "Permission denied")
        unlink(self, missing_ok)

    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", locked)
    queue = JobQueue(tmp_path, workers=1)
    queue.open()
    for _ in range(2):
        entry = queue.submit("plan", parse_request(REQUESTS["plan"], SMALL))
        Served.until(lambda key=entry.task.key: queue.job(key).state == "done")
    assert queue._thread.is_alive()
    queue.close()


def test_an_office_where_nobody_works_any_more_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(JobQueue, "_work", lambda self: None)
    queue = JobQueue(tmp_path)
    queue.open()
    queue._thread.join()
    with pytest.raises(FileTrouble, match="nobody works"):
        queue.submit("plan", parse_request(REQUESTS["plan"], SMALL))
    queue.close()


def test_the_command_refuses_what_would_let_others_in(tmp_path: Path, monkeypatch) -> None:
    from typer.testing import CliRunner

    from optimiser.cli import app

    monkeypatch.delenv("OPTIMISER_TOKEN", raising=False)
    done = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--folder", str(tmp_path / "jobs")])
    assert done.exit_code == 2
    assert "choose a token" in done.stderr
    assert not (tmp_path / "jobs").exists()
