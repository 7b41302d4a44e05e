"""Plans a town by ``optimiser serve``, and asks what if; the standard library is enough.

OPTIMISER_URL=http://127.0.0.1:8765 OPTIMISER_TOKEN=... python client.py
"""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

URL, TOKEN = os.environ["OPTIMISER_URL"], os.environ["OPTIMISER_TOKEN"]


def ask(method: str, path: str, body: Any = None) -> Any:
    """Send one request; a problem that the server tells is raised with its faults."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Authorization": f"Bearer {TOKEN}"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        told = [f"{fault['place']}: {fault['expected']}; {fault['repair']}" for fault in problem.get("faults", ())]
        raise SystemExit("\n".join([f"{problem['status']}: {problem['detail']}", *told])) from None


def do(kind: str, **asked: Any) -> Any:
    """Have a job done and give its document."""
    job = ask("POST", f"/v1/{kind}", asked)
    while not job["over"]:
        time.sleep(0.2)
        job = ask("GET", f"/v1/jobs/{job['id']}")
    return ask("GET", f"/v1/jobs/{job['id']}/result")


plan = do("plan", instance="tiny-2", scenarios=50, seed=1)
print(plan["format"], plan["certificate"]["sentence"])
print(json.dumps(plan["deployment"]["places"]))

answer = do(
    "whatif",
    instance="tiny-2",
    deployment=plan["deployment"],
    whatif={"title": "one squad fewer", "changes": [{"do": "lose", "what": "squad"}]},
    scenarios=50,
)
print(f"with one squad fewer: {answer['change']['loss']['mean']:+.2f} points")
