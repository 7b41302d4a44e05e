"""A real server on the loopback: killed, crowded, sent too much, and asked whatever its description allows."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import psutil
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from support.server import QUICK, TOKEN, Served

from optimiser import WhatIf, optimise, read
from optimiser import whatif as answer_whatif
from optimiser.output.write import describe_answer, describe_plan, describe_rehearsal, dump
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.played_plan import rehearse
from optimiser.web.body_limit import MOST_BYTES
from optimiser.web.server import MOST_CONNECTIONS

ROOT = Path(__file__).parents[2]
MEGA = 1_000_000
ALLOWED = 20 * MEGA  # bytes by which bodies may make the server grow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), "--workers", "2", "--queue", "500") as server:
        yield server


# ---------------------------------------------------------------- jobs


@cache
def task(number: int) -> tuple[str, dict, str]:
    """Give one of many different jobs, and its document made without any server."""
    instance = read(("tiny-2", "seram-timur-2024")[number % 2])
    seed, plan = number // 4, proportional(instance)
    sent = {"instance": instance.name, "seed": seed}
    if number % 4 < 2:
        alone = describe_plan(optimise(instance, seed=seed, workers=1, **QUICK))
        return "plan", {**sent, **QUICK}, dump(alone)
    cap = 20 + 10 * (number % 5)
    whatif = {"changes": [{"do": "heads", "cap": cap}]}
    if number % 4 == 2:
        alone = describe_answer(answer_whatif(instance, plan, WhatIf(**whatif), seed=seed, workers=1, **QUICK))
        return "whatif", {**sent, **QUICK, "whatif": whatif, "deployment": plan.model_dump(mode="json")}, dump(alone)
    alone = describe_rehearsal(rehearse(instance, plan, seed, 2, 8))
    return "simulate", {**sent, "scenario": 2, "scenarios": 8, "deployment": plan.model_dump(mode="json")}, dump(alone)


def crowd(server: Served, clients: int, jobs: int) -> list[float]:
    """Have clients ask for jobs all at once; each must be the one made alone. Gives how long pages took meanwhile."""
    tasks = [task(number) for number in range(jobs)]
    watcher = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/support/server.py"), str(server.port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with ThreadPoolExecutor(clients) as pool:
        keys = list(pool.map(lambda one: server.submit(one[0], **one[1]), tasks))
        results = list(pool.map(server.result, keys))
    slow: list[float] = json.loads(watcher.communicate(timeout=60)[0])
    assert len(set(keys)) == jobs
    for (kind, asked, alone), result in zip(tasks, results, strict=True):
        assert result.decode() == alone, (kind, asked)
    return slow


@pytest.mark.slow
@pytest.mark.long
def test_jobs_of_many_clients_are_those_made_alone(server: Served) -> None:
    assert crowd(server, 8, 16)


@pytest.mark.long
def test_200_jobs_of_50_clients_are_those_made_alone(server: Served) -> None:
    slow = sorted(crowd(server, 50, 200))
    print(f"pages: {len(slow)}, median {slow[len(slow) // 2]:.3f} s, 99 % {slow[len(slow) * 99 // 100]:.3f} s")
    assert len(slow) > 20


def restart(folder: Path, jobs: int, kills: int, seed: int) -> None:
    """Kill a server again and again; every job that was accepted is done in the end, once, and right."""
    instants = random.Random(seed)
    tasks = [task(number) for number in range(jobs)]
    server = Served(folder, "--workers", "2", "--queue", "500")
    try:
        keys = [server.submit(kind, **asked) for kind, asked, _ in tasks]
        for _ in range(kills):
            time.sleep(instants.uniform(0.0, 1.5))
            workers = psutil.Process(server.process.pid).children(recursive=True)
            server.stop(signal.SIGKILL)
            _, alive = psutil.wait_procs(workers, timeout=30)
            assert not alive, "workers outlive their server"
            server.start()
        assert [server.result(key).decode() for key in keys] == [alone for *_, alone in tasks]
        assert sorted(job["id"] for job in server.json("GET", "/v1/jobs?limit=200")["jobs"]) == sorted(keys)
        assert sorted(path.stem for path in (folder / "results").iterdir()) == sorted(keys)
    finally:
        server.stop()


@pytest.mark.long
def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    restart(tmp_path / "jobs", jobs=4, kills=1, seed=1)


@pytest.mark.long
def test_a_server_killed_50_times_loses_nothing(tmp_path: Path) -> None:
    restart(tmp_path / "jobs", jobs=200, kills=50, seed=2)


@pytest.mark.alone
def test_an_interrupted_server_ends_at_once_and_goes_on_later(tmp_path: Path) -> None:
    with Served(tmp_path / "jobs", "--workers", "1") as server:
        long = server.submit("plan", instance="oku-250", budget=10_000_000)
        server.until(lambda: server.json("GET", f"/v1/jobs/{long}")["state"] == "running")
        begun = time.monotonic()
        said = server.stop(signal.SIGINT)
        assert time.monotonic() - begun < 15.0
        assert "Traceback" not in said
        server.start()
        assert not server.json("GET", f"/v1/jobs/{long}")["over"]
        server.json("POST", f"/v1/jobs/{long}/cancel", status=202)
        server.until(lambda: server.json("GET", f"/v1/jobs/{long}")["over"])


@pytest.mark.alone
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_bug_a_server_that_was_watched_ended_late_in_a_traceback(tmp_path: Path, how: signal.Signals) -> None:
    with Served(tmp_path / "jobs", "--workers", "1") as server:
        job = server.submit("plan", instance="oku-250", budget=10_000_000)
        watched = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        watched.request("GET", f"/v1/jobs/{job}/events", headers={"Authorization": f"Bearer {TOKEN}"})
        stream = watched.getresponse()
        assert stream.readline() == b"event: job\n"
        begun = time.monotonic()
        said = server.stop(how)
        assert (said, time.monotonic() - begun < 2.0) == ("optimiser: interrupted\n", True)
        assert server.process.returncode == 128 + how
        assert b"event: over" not in stream.read()  # whole, and yet no end of the job
        watched.close()


@pytest.mark.alone
def test_bug_an_interrupted_server_told_of_requests_that_it_cut_off(tmp_path: Path) -> None:
    with Served(tmp_path / "jobs") as server, socket.create_connection(("127.0.0.1", server.port)) as plug:
        host = f"Host: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
        plug.sendall(b"POST /v1/validate HTTP/1.1\r\n" + host + b"Content-Length: 1000\r\n\r\n{")
        time.sleep(0.5)
        begun = time.monotonic()
        assert (server.stop(), time.monotonic() - begun < 2.0) == ("optimiser: interrupted\n", True)


@pytest.mark.alone
def test_bug_connections_that_said_nothing_kept_everybody_out(server: Served) -> None:
    """Three hundred connections say nothing, half of what they ask, or half a body; whoever asks is answered."""
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    stranger = f"POST /v1/plan HTTP/1.1\r\n{host}Content-Length: 1000\r\n\r\n{{".encode()  # without a token
    for said in (b"", b"GET / HT", f"GET / HTTP/1.1\r\n{host}".encode(), stranger):
        with contextlib.ExitStack() as stack:
            for number in range(MOST_CONNECTIONS + 44):
                plug = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                with contextlib.suppress(OSError):  # it was closed to make room
                    plug.sendall(said)
                if number % 50 == 0:
                    assert server.ask("GET", "/v1/schemas")[0] == 200
            answers = [server.ask("GET", "/v1/schemas")[0] for _ in range(20)]
            assert answers == [200] * 20


@pytest.mark.alone
def test_connections_that_say_nothing_are_closed_soon(server: Served) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    kept = f"GET /v1/schemas HTTP/1.1\r\n{host}Authorization: Bearer {TOKEN}\r\n\r\n".encode()
    refused = f"POST /v1/plan HTTP/1.1\r\n{host}Content-Length: 1000\r\n\r\n{{".encode()
    for said, answer in ((b"", b""), (b"GET / HT", b""), (kept + b"GET / HT", b"200"), (refused, b"401")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=4.5) as plug:
            plug.sendall(said)
            got = b""
            while part := plug.recv(65536):  # until the server closes; it must not take as long as an idle one has
                got += part
            assert got[9:12] == answer


def test_bug_what_is_no_request_was_answered_as_plain_text(server: Served) -> None:
    for nonsense in (
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"a" * 200_000,
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plug:
            with contextlib.suppress(OSError):
                plug.sendall(nonsense)
            said, _, body = plug.recv(65536).partition(b"\r\n\r\n")
            assert said.startswith(b"HTTP/1.1 400")
            assert b"application/problem+json" in said
            assert json.loads(body)["type"] == "urn:optimiser:problem:http"


# ---------------------------------------------------------------- bodies


def memory(server: Served) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


def send(server: Served, head: bytes, parts: Iterator[bytes]) -> bytes:
    """Send a request by hand, until it is whole or the server has had enough; gives the first line of the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as plug:
        host = f"Host: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
        plug.sendall(b"POST /v1/validate HTTP/1.1\r\n" + host + head + b"\r\n")
        try:
            for part in parts:
                plug.sendall(part)
        except OSError:
            pass
        try:
            return plug.recv(4096).split(b"\r\n")[0]
        except OSError:
            return b""


def chunks(size: int) -> Iterator[bytes]:
    piece = b" " * 65_536
    while size > 0:
        part = piece[: min(size, len(piece))]
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
        size -= len(part)
    yield b"0\r\n\r\n"


def test_a_body_of_10_mb_is_read_and_one_more_byte_is_413(server: Served) -> None:
    assert MOST_BYTES == 10 * MEGA
    assert server.ask("POST", "/v1/validate", b" " * MOST_BYTES)[0] == 422
    refused = server.ask("POST", "/v1/validate", b" " * (MOST_BYTES + 1))
    assert refused[0] in (413, 0)  # 0: the server had hung up before all was sent
    head = f"Content-Length: {MOST_BYTES + 1}\r\n".encode()
    assert send(server, head, iter([b" "])).startswith(b"HTTP/1.1 413")
    assert send(server, b"Transfer-Encoding: chunked\r\n", chunks(MOST_BYTES + 1)).startswith(b"HTTP/1.1 413")
    assert send(server, b"Transfer-Encoding: chunked\r\n", chunks(100)).startswith(b"HTTP/1.1 422")
    for nonsense in (b"-1", b"1e3", b"9" * 30):
        assert not send(server, b"Content-Length: " + nonsense + b"\r\n", iter([b" "])).startswith(b"HTTP/1.1 5")


@pytest.mark.alone
def test_many_large_bodies_at_once_take_little_memory(server: Served) -> None:
    head = b"Transfer-Encoding: chunked\r\n"
    send(server, head, chunks(MOST_BYTES + 1))  # what the first one leaves behind is not counted
    before, most, done = memory(server), 0, threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, memory(server))

    watcher = threading.Thread(target=look)
    watcher.start()
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda _: send(server, head, chunks(MOST_BYTES + 1)), range(24)))
    done.set()
    watcher.join()
    assert {line[9:12] for line in lines if line} <= {b"413", b"503"}
    assert any(line[9:12] == b"413" for line in lines)
    print(f"memory: {(most - before) / MEGA:.1f} MB more while 24 bodies of 10 MB + 1 came")
    assert most - before <= ALLOWED
    assert server.ask("GET", "/v1/schemas")[0] == 200


def test_a_body_that_drips_is_given_up() -> None:
    import asyncio

    from optimiser.web.body_limit import BodyLimit

    async def app(scope, receive, send) -> None:
        raise AssertionError("a body that never came")

    async def receive():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent: list[dict] = []

    async def keep(message) -> None:
        sent.append(message)

    bounded = BodyLimit(app, timeout=0.2)
    asyncio.run(bounded({"type": "http", "headers": [], "method": "POST", "path": "/"}, receive, keep))
    assert sent[0]["status"] == 408
    assert bounded.held == 0


@pytest.mark.long
def test_a_body_that_drips_is_given_up_by_the_real_server(server: Served) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(120):
            time.sleep(0.5)
            yield b" "

    assert send(server, b"Content-Length: 1000\r\n", drip()).startswith(b"HTTP/1.1 408")


# ---------------------------------------------------------------- whatever the description allows


def explore(server: Served, requests: int, seed: int) -> int:
    """Send what schemathesis makes of the description to every operation; gives how many requests that were."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    schema = schemathesis.openapi.from_dict(json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")))
    operations = [result.ok() for result in schema.get_all_operations()]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    base = f"http://127.0.0.1:{server.port}"
    sent = 0
    for operation in operations:
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                strategy.validate()
            except Exception:  # nothing in it can be made wrong
                continue

            @seeded(seed)
            @settings(
                max_examples=max(1, requests // (2 * len(operations))),
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def run(case) -> None:
                nonlocal sent
                sent += 1
                case.call_and_validate(
                    base_url=base,
                    headers=headers,
                    timeout=60,
                    checks=[not_a_server_error, content_type_conformance, response_schema_conformance],
                )

            run()
    return sent


@pytest.mark.slow
def test_no_request_of_the_description_is_a_fault_of_the_server(tmp_path: Path) -> None:
    with Served(tmp_path, "--workers", "1", "--queue", "20") as server:
        assert explore(server, 120, seed=1) >= 60
        assert "Traceback" not in server.stop()


@pytest.mark.long
def test_50000_requests_and_none_is_a_fault_of_the_server(tmp_path: Path) -> None:
    with Served(tmp_path, "--workers", "1", "--queue", "20") as server:
        sent = 0
        for seed in range(100):
            sent += explore(server, 5_000, seed)
            if sent >= 50_000:
                break
        print(f"schemathesis: {sent} requests")
        assert sent >= 50_000
        assert "Traceback" not in server.stop()


# ---------------------------------------------------------------- the clients that people copy


@pytest.mark.parametrize("name", [pytest.param("client.sh", marks=pytest.mark.long), "client.py"])
def test_client_that_people_copy_works(server: Served, name: str, tmp_path: Path) -> None:
    path = ROOT / "docs" / "rest" / name
    words = ["sh", str(path)] if name.endswith(".sh") else [sys.executable, str(path)]
    environment = {**os.environ, "OPTIMISER_URL": f"http://127.0.0.1:{server.port}", "OPTIMISER_TOKEN": TOKEN}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "optimiser-plan/1" in done.stdout
    assert "squad" in done.stdout
