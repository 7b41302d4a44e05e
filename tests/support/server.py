"""A server in a process of its own on the loopback, for tests that kill it, crowd it or measure it.

As a script, ``server.py PORT``: looks at the first page again and again until standard input ends, and prints how long
each look took, in seconds. It is a process of its own, so that nobody's threads but the server's keep it waiting.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

TOKEN = "a-token-for-the-tests-only"
PATIENCE = 120.0  # s; no test waits that long unless something is broken
QUICK = {"scenarios": 10, "reporting": 10, "budget": 60}


class Served:
    """A running server.

    Parameters
    ----------
    folder : of its jobs.
    options : further words of its command line.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder, options
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "optimiser.cli", "serve", "--folder", str(self.folder), "--port", "0"]
        self.process = subprocess.Popen(
            [*words, *self.options], stderr=subprocess.PIPE, text=True, env={**os.environ, "OPTIMISER_TOKEN": TOKEN}
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        assert "listening at http://127.0.0.1:" in line, line + self.process.stderr.read()
        self.port = int(line.split("127.0.0.1:")[1].split("/")[0])
        self.until(lambda: self.ask("GET", "/v1/schemas")[0] == 200)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, how: signal.Signals = signal.SIGINT) -> str:
        """End it; gives what it said on standard error since it listened."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            _, said = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
        return said

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; gives status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        raw = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            connection.request(method, path, raw, {"Authorization": f"Bearer {TOKEN}", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Send one request that has to be answered so."""
        answer = self.ask(method, path, body)
        assert answer[0] == status, answer
        return json.loads(answer[2])

    def submit(self, kind: str, **asked: Any) -> str:
        """Ask for a job; gives its key."""
        return str(self.json("POST", f"/v1/{kind}", asked, 202)["id"])

    def result(self, key: str) -> bytes:
        """Wait for a job and give its document as it came."""
        self.until(lambda: self.json("GET", f"/v1/jobs/{key}")["over"])
        status, _, raw = self.ask("GET", f"/v1/jobs/{key}/result")
        assert status == 200, raw
        return raw

    @staticmethod
    def until(ready: Any, seconds: float = PATIENCE) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)


def look(port: int) -> list[float]:
    """Look at the first page until standard input ends."""
    done, took = threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    while not done.wait(0.05):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/", headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        connection.close()
        took.append(time.perf_counter() - begun)
    return took


if __name__ == "__main__":
    print(json.dumps(look(int(sys.argv[1]))))
