"""Boards that are kept, and the page with its files: nothing is lost, comes from elsewhere, or is inline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from optimiser import read
from optimiser.common.language import language
from optimiser.common.message import Message
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.web.address import allowed_hosts
from optimiser.web.app import BOARDS
from optimiser.web.board.begin import begin_board, draft_deployment
from optimiser.web.board.page import FILES, STATIC, board_page
from optimiser.web.board.saved_boards import MOST_BOARDS, BoardContent, SavedBoards
from optimiser.web.board.texts import TEXTS
from optimiser.web.job_errors import BoardChanged, QueueFull
from optimiser.web.job_queue import JobQueue
from optimiser.web.server import protected_app

TOKEN = "x" * 40
HOST = "127.0.0.1:8765"
SIZE = 300_000  # bytes that the page may have in all
CONTENT = {"title": "A district", "instance": {"name": "not-whole-yet"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("queue")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = protected_app(JobQueue(folder, workers=1), TOKEN, allowed_hosts("127.0.0.1", 8765))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url=f"http://{HOST}", headers=headers, follow_redirects=False) as client:  # type: ignore[arg-type]
        yield client


def add(client: TestClient, **content: Any) -> Any:
    made = client.post("/v1/boards", json={"content": {**CONTENT, **content}})
    assert made.status_code == 201, made.text
    jsonschema.validate(made.json(), SCHEMAS["board"]())
    return made.json()


# ---------------------------------------------------------------- boards


def test_a_board_with_a_faulty_instance_is_kept_as_it_is(client: TestClient) -> None:
    kept = add(client, instance={"name": "X", "sectors": "none yet"})
    assert client.get(f"/v1/boards/{kept['id']}").json() == kept


def test_a_change_needs_the_revision_that_it_was_made_from(client: TestClient) -> None:
    kept = add(client)
    path = f"/v1/boards/{kept['id']}"
    changed = client.put(path, json={"revision": 1, "content": {**CONTENT, "title": "First window"}})
    assert changed.json()["revision"] == 2
    late = client.put(path, json={"revision": 1, "content": {**CONTENT, "title": "Second window"}})
    assert late.status_code == 409
    assert late.json()["type"] == "urn:optimiser:problem:changed"
    assert client.get(path).json()["content"]["title"] == "First window"


def test_two_boards_never_mix(client: TestClient) -> None:
    one, other = add(client, title="One"), add(client, title="Other")
    client.put(f"/v1/boards/{one['id']}", json={"revision": 1, "content": {**CONTENT, "seed": 7}})
    assert client.get(f"/v1/boards/{other['id']}").json() == other


def test_boards_are_there_after_a_restart(client: TestClient, folder: Path) -> None:
    kept = add(client, title="Kept")
    assert SavedBoards(folder / BOARDS).get(kept["id"]) == kept
    listed = client.get("/v1/boards").json()
    jsonschema.validate(listed, SCHEMAS["boards"]())
    assert kept["id"] in {board["id"] for board in listed["boards"]}


def test_bug_the_first_page_told_districts_in_the_language_of_their_file(client: TestClient) -> None:
    indonesian = "Dua sektor, empat regu: dihitung dengan tangan"
    shipped = client.get("/v1/instances?lang=id").json()["instances"]
    assert next(one for one in shipped if one["name"] == "tiny-2")["title"] == indonesian
    data = client.get("/v1/instances/tiny-2").json()
    boards = {
        add(client, title=data["title"], instance=data)["id"]: indonesian,
        add(client, title="Mine", instance=data)["id"]: "Mine",
        add(client, title="odd", instance={"title": "odd", "texts": {"id": 3}})["id"]: "odd",
    }
    told = {one["id"]: one["title"] for one in client.get("/v1/boards?lang=id").json()["boards"]}
    assert {key: told[key] for key in boards} == boards
    assert data["title"] in {one["title"] for one in client.get("/v1/boards").json()["boards"]}


def test_a_removed_board_is_gone(client: TestClient) -> None:
    path = f"/v1/boards/{add(client)['id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == client.delete(path).status_code == 404
    assert client.put(path, json={"revision": 1, "content": CONTENT}).status_code == 404


@pytest.mark.parametrize("key", ["../ledger", "..%2Fledger", "0" * 15, "0" * 16, "G" * 16, "%00" * 16])
def test_keys_never_lead_to_another_file(client: TestClient, key: str) -> None:
    assert client.get(f"/v1/boards/{key}").status_code in (404, 405, 422)


def test_a_damaged_board_does_not_hide_the_others(client: TestClient, folder: Path) -> None:
    good, bad = add(client, title="Good"), add(client, title="Bad")
    (folder / BOARDS / f"{bad['id']}.json").write_text("{half", encoding="ascii")
    assert good["id"] in {board["id"] for board in client.get("/v1/boards").json()["boards"]}
    assert client.get(f"/v1/boards/{bad['id']}").status_code == 503


@pytest.mark.parametrize(
    "written",
    ["[]", "5", "[" * 100_000, '{"revision": 1}', '{"format":"optimiser-board/1","id":"x","revision":1,"content":{}}'],
)
def test_bug_a_file_that_is_no_board_is_said_to_be_none(client: TestClient, folder: Path, written: str) -> None:
    kept = add(client, title="Good")
    path = folder / BOARDS / f"{kept['id']}.json"
    path.write_text(written, encoding="ascii")
    assert client.get("/v1/boards").status_code == 200
    for answer in (
        client.get(f"/v1/boards/{kept['id']}"),
        client.put(f"/v1/boards/{kept['id']}", json={"revision": 1, "content": CONTENT}),
    ):
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:optimiser:problem:files"


@pytest.mark.parametrize(
    "places", [{"kpu": None}, {"kpu": 5}, {"kpu": {"teams": {"dalmas": "ten"}}}, {"kpu": {"x": {}}}]
)
def test_bug_places_of_a_variant_are_places(client: TestClient, places: Any) -> None:
    for content in ({"variants": [{"name": "By hand", "places": places}]}, {"undo": [places]}):
        refused = client.post("/v1/boards", json={"content": {**CONTENT, **content}})
        assert refused.status_code == 422
        assert refused.json()["faults"]


def test_a_list_of_boards_shows_a_title_as_it_is_now(client: TestClient) -> None:
    kept = add(client, title="Before")
    client.get("/v1/boards")
    client.put(f"/v1/boards/{kept['id']}", json={"revision": 1, "content": {**CONTENT, "title": "Afterwards"}})
    assert [b["title"] for b in client.get("/v1/boards").json()["boards"] if b["id"] == kept["id"]] == ["Afterwards"]


@pytest.mark.parametrize(
    "content", [{}, {**CONTENT, "unknown": 1}, {**CONTENT, "seed": -1}, {**CONTENT, "variants": [{"name": ""}]}]
)
def test_what_is_no_board_is_refused_with_its_faults(client: TestClient, content: Any) -> None:
    refused = client.post("/v1/boards", json={"content": content})
    assert refused.status_code == 422
    assert refused.json()["faults"]


def test_no_more_boards_are_kept_than_may(tmp_path: Path) -> None:
    boards = SavedBoards(tmp_path)
    content = BoardContent.model_validate(CONTENT)
    for n in range(MOST_BOARDS):
        (tmp_path / f"{n:016x}.json").touch()
    with pytest.raises(QueueFull):
        boards.add(content)


def test_a_stale_revision_is_refused_without_the_server_too(tmp_path: Path) -> None:
    boards = SavedBoards(tmp_path)
    content = BoardContent.model_validate(CONTENT)
    key = boards.add(content)["id"]
    assert boards.put(key, 1, content)["revision"] == 2
    with pytest.raises(BoardChanged):
        boards.put(key, 1, content.model_copy(update={"title": "Of another window"}))


def test_a_new_board_has_the_instance_as_it_was_filed_and_a_plan() -> None:
    instance = read("oku-250")
    begun = begin_board(instance.told_in("id"), None, language("id"))
    assert read(begun.instance).fingerprint() == instance.fingerprint()
    assert begun.variants[0].places == draft_deployment(instance).model_dump(mode="json")["places"]


# ---------------------------------------------------------------- the page


class Markup(HTMLParser):
    """Collects what a page loads and what would run inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.loaded += [value for name in ("src", "href") if (value := values.get(name))]
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") != "application/json"):
            self.inline.append(tag)


@pytest.mark.parametrize("code", ["en", "id"])
def test_the_page_loads_its_own_files_and_runs_nothing_inline(client: TestClient, code: str) -> None:
    page = client.get(f"/board?lang={code}")
    assert f'<html lang="{code}">' in page.text
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    markup = Markup(page.text)
    assert markup.inline == []
    for loaded in markup.loaded:
        if loaded.startswith("/"):
            file = client.get(loaded)
            assert file.status_code == 200
            assert file.headers["content-security-policy"] == policy
        else:
            assert loaded.startswith(("#", "data:,"))


def test_the_page_is_small(client: TestClient) -> None:
    sizes = [len(client.get("/board").content), *(len(client.get(f"/board/{name}").content) for name in FILES)]
    assert len(sizes) > 5
    assert sum(sizes) < SIZE


@pytest.mark.parametrize("name", ["../page.py", "..%2Fpage.py", "board.html", "nothing.js", "%2e%2e/texts.py"])
def test_only_files_of_the_page_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/board/{name}").status_code == 404


def test_a_stranger_gets_neither_page_nor_boards(client: TestClient) -> None:
    stranger = TestClient(client.app, base_url=f"http://{HOST}", follow_redirects=False)
    for path in ("/board", "/board/main.js", "/v1/boards"):
        assert stranger.get(path).status_code == 401
    opened = stranger.get(f"/board?token={TOKEN}&lang=id")
    assert opened.status_code == 303
    assert opened.headers["location"] == "/board?lang=id"
    assert "HttpOnly" in opened.headers["set-cookie"]
    stranger.cookies.clear()
    away = stranger.get(f"/board?token={TOKEN}&lang=//evil.example")
    assert away.headers["location"] == "/board"


def test_texts_end_no_element_and_all_of_them_are_there(client: TestClient) -> None:
    text = client.get("/board?lang=id").text
    found = re.search(r'<script type="application/json" id="texts">(.*?)</script>', text, re.DOTALL)
    assert found
    assert "<" not in found[1]
    assert set(json.loads(found[1])) == set(TEXTS)


def test_scripts_show_no_text_that_is_not_there_and_none_is_unused() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in STATIC.glob("*.js"))
    asked = set(re.findall(r'\bt\(\s*"(\w+)"', scripts))
    assert asked <= set(TEXTS), asked - set(TEXTS)
    quoted = set(re.findall(r'"(\w+)"', scripts)) | set(re.findall(r"\$(\w+)", (STATIC / "board.html").read_text()))
    families = tuple(re.findall(r"\bt\(`(\w+_)\$", scripts))  # t(`kind_${...}`)
    unused = {name for name in set(TEXTS) - quoted if not name.startswith(families)}
    assert not unused


def test_scripts_make_no_markup_of_texts_and_name_no_other_host() -> None:
    for file in STATIC.glob("*.js"):
        script = file.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert word not in script, f"{file.name}: {word}"
        assert re.findall(r"https?://(?!www\.w3\.org/)", script) == [], file.name


def test_every_script_that_is_imported_is_there() -> None:
    for file in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', file.read_text(encoding="utf-8")):
            assert name in FILES, f"{file.name}: {name}"


def test_bug_a_change_whose_answer_was_lost_can_be_sent_again(client: TestClient) -> None:
    kept = add(client)
    body = {"revision": 1, "content": {**kept["content"], "title": "Changed"}}
    first, again = (client.put(f"/v1/boards/{kept['id']}", json=body) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    body["content"]["title"] = "Changed by another window"
    assert client.put(f"/v1/boards/{kept['id']}", json=body).status_code == 409


def test_a_text_that_would_end_the_element_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "title", Message("</script><script>alert(1)</script>"))
    text = board_page(language("en"))
    assert "<script>alert" not in text
    found = re.search(r'id="texts">(.*?)</script>', text, re.DOTALL)
    assert found
    assert json.loads(found[1])["title"] == "</script><script>alert(1)</script>"
