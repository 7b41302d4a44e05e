"""Routes of a district that is written on a screen, and of files that are handed out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from support.faulty_workbooks import EXPECTED, STORED, small_book
from support.server import QUICK
from support.small import small_data

from optimiser import optimise, read
from optimiser.common.language import language
from optimiser.files.logs.read import parse_log
from optimiser.files.read import parse, parse_workbook, read_deployment
from optimiser.files.workbook import lay_out
from optimiser.operation.exercise.exercise import make_exercise
from optimiser.operation.score.score import score_days
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.exercise.files import make_exercise_files
from optimiser.output.score.review import make_score_files
from optimiser.output.write import describe_plan, write_orders, write_solution
from optimiser.planning.search.hand_rules import proportional
from optimiser.web.address import allowed_hosts
from optimiser.web.export import NotTheSame, describe_files
from optimiser.web.job_queue import JobQueue
from optimiser.web.server import protected_app

TOKEN = "x" * 40
HOSTILE = '<img src=x onerror=alert(1)>"; filename="../../x.html'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    queue = JobQueue(tmp_path_factory.mktemp("queue"), workers=1)
    app = protected_app(queue, TOKEN, allowed_hosts("127.0.0.1", 8765))
    head = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url="http://127.0.0.1:8765", headers=head) as client:  # type: ignore[arg-type]
        yield client


def reading(client: TestClient, name: str, raw: bytes, lang: str = "en") -> Any:
    sent = {"name": name, "file": base64.b64encode(raw).decode()}
    answer = client.post(f"/v1/reading?lang={lang}", json=sent)
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), SCHEMAS["reading"]())
    return answer.json()


def result(client: TestClient, made: Any) -> Any:
    assert made.status_code == 202, made.text
    with client.stream("GET", f"{made.headers['location']}/events") as stream:
        assert "over" in "".join(stream.iter_lines())
    return client.get(f"{made.headers['location']}/result")


# ---------------------------------------------------------------- files with faults


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.name)
def test_a_faulty_file_is_no_dead_end(client: TestClient, file: Path) -> None:
    found = reading(client, file.name, file.read_bytes())
    told = sorted((fault["code"], fault["place"]) for fault in found["faults"])
    assert told == sorted((code, place) for code, place, _ in EXPECTED[file.name])
    if found["instance"] is not None:  # a board keeps it as it is
        kept = client.post("/v1/boards", json={"content": {"instance": found["instance"]}})
        assert kept.status_code == 201
        assert client.post("/v1/validate", json=found["instance"]).status_code in (200, 422)


def test_a_workbook_is_mended_where_its_faults_are(client: TestClient) -> None:
    book = small_book()
    book.set("gatherings", "recount", "turnout", "about 400 or so")
    book.set("teams", "dalmas", "home", "polress")
    book.set("itinerary", "recount", "sector", "nowhere")
    data = reading(client, "town.xlsx", book.write(), "id")["instance"]
    told = client.post("/v1/validate?lang=id", json=data).json()["faults"]
    assert {fault["place"] for fault in told} == {
        "gatherings[0].turnout.value",
        "teams[1].home",
        "gatherings[0].itinerary[0].sector",
    }
    data["gatherings"][0]["turnout"] = 400
    data["teams"][1]["home"] = "polres"
    data["gatherings"][0]["itinerary"][0]["sector"] = "kpu"
    assert client.post("/v1/validate", json=data).json()["faults"] == []


def test_a_sound_file_is_read_as_by_the_package(client: TestClient) -> None:
    raw = json.dumps(small_data()).encode()
    assert reading(client, "town.json", raw) == {
        "format": "optimiser-reading/1",
        "instance": parse(small_data()).model_dump(mode="json"),
        "faults": [],
    }


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("x.exe", b"MZ"),
        ("x.json", b"[1]"),
        ("x.json", b'{"format": "optimiser-plan/1"}'),
        ("x.xlsx", b"PK"),
        ("x", b""),
    ],
)
def test_what_is_no_instance_is_told_and_not_opened(client: TestClient, name: str, raw: bytes) -> None:
    found = reading(client, name, raw)
    assert found["instance"] is None
    assert found["faults"]


# ---------------------------------------------------------------- an empty district, and the form


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("where", [{}, {"lat": -4.12, "lon": 104.17}])
def test_an_empty_district_can_be_planned_as_it_is(client: TestClient, where: dict[str, float], lang: str) -> None:
    answer = client.post(f"/v1/blank?lang={lang}", json={"title": HOSTILE, **where})
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert data["title"] == HOSTILE
    assert client.post("/v1/validate", json=data).json() == {
        "format": "optimiser-faults/1",
        "source": "body",
        "faults": [],
        "warnings": [],
    }
    told = client.post("/v1/outline", json=data).json()
    assert [place["kind"] for place in told["places"]] == ["sector", "post"]
    mapped = client.post("/v1/map", json={"instance": data, "deployment": client.post("/v1/draft", json=data).json()})
    assert mapped.json()["svg"]
    data["gatherings"] = [
        {"id": "march", "name": "March", "turnout": 400, "arrives": "10:00", "itinerary": [{"sector": "place-1"}]}
    ]
    planned = result(client, client.post("/v1/plan", json={"instance": data, **QUICK}))
    assert planned.json()["format"] == "optimiser-plan/1"


@pytest.mark.parametrize("asked", [{}, {"title": ""}, {"title": "A", "lat": 91}, {"title": "A", "start": "soon"}])
def test_an_empty_district_needs_a_name(client: TestClient, asked: dict[str, Any]) -> None:
    assert client.post("/v1/blank", json=asked).status_code == 422


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_form_can_say_whatever_a_workbook_can(client: TestClient, lang: str) -> None:
    form = client.get(f"/v1/form?lang={lang}").json()
    jsonschema.validate(form, SCHEMAS["form"]())
    shown = {(sheet["name"], column["path"]) for sheet in form["sheets"] for column in sheet["columns"]}
    assert shown == {(sheet.name, column.path) for sheet in lay_out() for column in sheet.columns}
    assert (
        all(column["first"] for sheet in form["sheets"] for column in sheet["columns"] if column["required"]) is False
    )
    for sheet in form["sheets"]:  # whoever fills in what is shown at once has filled in what must be
        missed = [c["path"] for c in sheet["columns"] if c["required"] and not c["first"]]
        assert set(missed) <= {"id", "name", "format", sheet["columns"][0]["path"]}, sheet["name"]
    counted = {c["path"] for s in form["sheets"] for c in s["columns"] if c["counted"] and s["name"] == "gatherings"}
    assert counted == {"turnout", "groups"}  # who types 1.500 there in Indonesian means thousands
    words = next(c for s in form["sheets"] for c in s["columns"] if (s["name"], c["path"]) == ("gatherings", "tension"))
    assert words["scale"][0]["word"] == {"en": "calm", "id": "tenang"}[lang]


def test_warnings_are_told_in_the_language_of_the_reader(client: TestClient) -> None:
    data = small_data()
    data["gatherings"][0]["turnout"] = 80_000
    english, indonesian = (client.post(f"/v1/validate?lang={lang}", json=data).json() for lang in ("en", "id"))
    assert [w["code"] for w in english["warnings"]] == [w["code"] for w in indonesian["warnings"]]
    assert english["warnings"][0]["check"] != indonesian["warnings"][0]["check"]


@pytest.mark.parametrize("name", ["oku-250", "tiny-2"])
def test_a_point_of_the_map_is_where_the_place_is(client: TestClient, name: str) -> None:
    data = client.get(f"/v1/instances/{name}").json()
    found = client.post("/v1/map", json={"instance": data, "deployment": {"instance": name, "places": {}}}).json()
    if not found["svg"]:
        assert found["plane"] is None
        return
    keys = ("lon", "lat") if found["plane"]["of"] == "degrees" else ("x", "y")
    step = max(abs(found["plane"][axis][1]) for axis in "xy")
    for place in (*data["sectors"], *data["posts"]):
        for axis, key, px in zip("xy", keys, found["marks"][place["id"]], strict=False):
            start, along = found["plane"][axis]
            value = place[key]["value"] if isinstance(place[key], dict) else place[key]
            assert start + along * px == pytest.approx(value, abs=25 * step)  # marks that would cover others are moved


# ---------------------------------------------------------------- files


def export(client: TestClient, name: str, plan: Any, instance: Any = "oku-250", **more: Any) -> bytes:
    asked = {"instance": instance, "deployment": plan, "file": name, **more}
    answer = client.post("/v1/export", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    return answer.content


def test_files_of_a_deployment_are_read_back_as_what_they_were_made_of(client: TestClient, tmp_path: Path) -> None:
    instance = read("oku-250")
    plan = proportional(instance)
    sent = plan.model_dump(mode="json")
    for name in ("deployment.csv", "deployment.json"):
        (tmp_path / name).write_bytes(export(client, name, sent))
        assert read_deployment(tmp_path / name, instance).places == plan.places
    assert parse_workbook(export(client, "instance.xlsx", sent)).fingerprint() == instance.fingerprint()
    assert parse(json.loads(export(client, "instance.json", sent))).fingerprint() == instance.fingerprint()
    assert json.loads(export(client, "plan.geojson", sent))["sha256"] == instance.fingerprint()


@pytest.mark.slow
def test_orders_of_a_deployment_have_figures_where_days_are_asked_for(client: TestClient) -> None:
    sent = proportional(read("oku-250")).model_dump(mode="json")
    plain, figured = (export(client, "orders.html", sent, scenarios=n) for n in (0, 20))
    assert plain != figured
    assert export(client, "orders.xlsx", sent)[:2] == b"PK"


def test_what_cannot_be_written_says_why(client: TestClient) -> None:
    broken = {"instance": "tiny-2", "places": {"kpu": {"teams": {"squad": 999}}}}
    asked = {"instance": "tiny-2", "deployment": broken}
    for name, kind in (("orders.html", "refused"), ("plan.geojson", "faults")):
        answer = client.post("/v1/export", json={**asked, "file": name})
        assert answer.status_code == 422
        assert answer.json()["type"].endswith(kind)
    assert client.post("/v1/export", json={**asked, "file": "orders.html", "draft": True}).status_code == 200
    assert client.post("/v1/export", json={**asked, "file": "../../etc/passwd"}).status_code == 422


def test_hostile_names_stay_texts_in_files(client: TestClient) -> None:
    data = small_data()
    data["sectors"][0]["name"] = "<img src=x onerror=alert(1)>"
    data["title"] = HOSTILE
    plan = {"instance": data["name"], "places": {}}
    page = export(client, "orders.html", plan, data, draft=True)
    assert b"&lt;img src=x" in page
    assert b"<img src=x" not in page
    data["sectors"][0]["name"] = "=1+1"
    placed = proportional(parse(data)).model_dump(mode="json")
    assert b"'=1+1" in export(client, "deployment.csv", placed, data)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", pytest.param("id", marks=pytest.mark.long)])
def test_files_of_a_plan_are_those_of_the_command_line(client: TestClient, tmp_path: Path, lang: str) -> None:
    made = client.post("/v1/plan", json={"instance": "oku-250", **QUICK})
    document = result(client, made).json()
    again = result(client, client.post(f"{made.headers['location']}/files?lang={lang}", json={}))
    assert again.status_code == 200, again.text
    jsonschema.validate(again.json(), SCHEMAS["files"]())
    files = {name: base64.b64decode(content) for name, content in again.json()["files"].items()}
    assert json.loads(files["plan.json"])["deployment"]["places"] == document["deployment"]["places"]
    solution = optimise(read("oku-250").told_in(lang), workers=1, **QUICK)
    written = write_solution(solution, tmp_path, language=language(lang), file="oku-250")
    written += write_orders(
        *(solution.instance, solution.deployment, tmp_path), document=describe_plan(solution), language=language(lang)
    )
    assert {file.name: file.read_bytes() for file in written} == files


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["score", "exercise"])
def test_papers_of_a_score_and_an_exercise_are_those_of_the_command_line(client: TestClient, kind: str) -> None:
    instance = read("oku-250").told_in("id")
    plan = proportional(instance)
    asked = {"instance": "oku-250", "deployment": plan.model_dump(mode="json")}
    if kind == "score":
        log = "time,place,what happened,number\n09:40,kpu,people arrive,100\n09:48,kpu,first contact,\n"
        asked |= {"logs": [log], "days": 20}
        score = score_days(instance, plan, parse_log(log.encode(), "log.csv", instance), days=20)
        expected = make_score_files(score, language("id"))
    else:
        asked |= {"themes": ["lapis"], "scenarios": 100}
        expected = make_exercise_files(make_exercise(instance, plan, ("lapis",), scenarios=100), language("id"))
    made = client.post(f"/v1/{kind}", json=asked)
    assert result(client, made).status_code == 200
    again = result(client, client.post(f"{made.headers['location']}/files?lang=id", json={}))
    assert again.status_code == 200, again.text
    jsonschema.validate(again.json(), SCHEMAS["files"]())
    assert {name: base64.b64decode(content) for name, content in again.json()["files"].items()} == expected


def test_files_need_a_plan(client: TestClient) -> None:
    assert client.post(f"/v1/jobs/{'0' * 32}/files", json={}).status_code == 404
    made = client.post("/v1/simulate", json={"instance": "tiny-2"})
    assert result(client, made).status_code == 200
    refused = client.post(f"{made.headers['location']}/files", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:optimiser:problem:failed")


def test_a_plan_that_comes_out_otherwise_has_no_files() -> None:
    solution = optimise(read("tiny-2"), workers=1, **QUICK)
    other = solution.deployment.altered(places={})
    with pytest.raises(NotTheSame):
        describe_files(solution, other, "en")


# ---------------------------------------------------------------- a base map


def test_a_base_map_is_taken_for_an_instance(client: TestClient) -> None:
    road = {"type": "LineString", "coordinates": [[104.16, -4.12], [104.18, -4.12]]}
    lines = [{"type": "Feature", "properties": {"highway": "primary"}, "geometry": road}, None]
    sent = {"instance": "oku-250", "map": {"type": "FeatureCollection", "features": lines}, "credit": HOSTILE}
    found = client.post("/v1/base-map", json=sent).json()
    jsonschema.validate(found, SCHEMAS["base-map"]())
    assert (found["kept"], found["left_out"]) == (1, 1)
    instance = client.get("/v1/instances/oku-250").json()
    drawn = {"instance": {**instance, "base_map": found["shapes"]}, "deployment": {"places": {}}}
    svg = client.post("/v1/map", json=drawn).json()["svg"]
    assert "<img" not in svg
    assert "&lt;img" in svg
    refused = client.post("/v1/base-map", json={**sent, "instance": "tiny-2"})
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["expected"] == "places with latitude and longitude"
