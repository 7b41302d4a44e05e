"""Write the description of the REST interface into docs/openapi.json: ``python docs/make_openapi.py``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from optimiser.output.write import dump
from optimiser.web.app import make_app
from optimiser.web.job_queue import JobQueue

FILE = Path(__file__).with_name("openapi.json")


def text() -> str:
    """Give the text of the file."""
    with tempfile.TemporaryDirectory() as folder:
        queue = JobQueue(folder)
        try:
            return dump(make_app(queue).openapi())
        finally:
            queue.close()


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
