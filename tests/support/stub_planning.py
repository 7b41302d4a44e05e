"""What stands in for planning where only the batch around it is tested: quick to import, always the same bytes."""

from __future__ import annotations

import json
import os
import signal
import time
from types import SimpleNamespace
from typing import Any

SUMMARY = {"objective": 1.0, "bound": 1.0, "gap": 0.0, "status": "proved-optimal"}


def stand_in(body: bytes, spec: dict[str, Any], version: str) -> SimpleNamespace:
    """Come to what its seed decides: from 1,000,000 on the worker is killed, from 2,000,000 on there is no plan."""
    seed = spec["seed"]
    if 1_000_000 <= seed < 2_000_000:
        os.kill(os.getpid(), signal.SIGKILL)
    if seed >= 2_000_000:
        return SimpleNamespace(
            content=None, summary={}, error={"kind": "Infeasible", "code": 5, "message": "no deployment"}
        )
    time.sleep(0.002 * (seed % 5))
    document = {"seed": seed, "size": len(body), "text": "x" * (seed % 7) * 1000}
    return SimpleNamespace(content=json.dumps(document).encode(), summary=SUMMARY, error={})
