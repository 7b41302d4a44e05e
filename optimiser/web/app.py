"""The application: all routes together, and a response for every error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from optimiser.common.errors import InputFault, OptimiserError
from optimiser.common.faults import Said, make_fault, write_place
from optimiser.common.message import Message
from optimiser.common.processors import processors
from optimiser.web.board.saved_boards import SavedBoards
from optimiser.web.board.warm_simulators import WarmSimulators
from optimiser.web.job_queue import JobQueue
from optimiser.web.openapi import build_openapi
from optimiser.web.problems import error_response, problem_response
from optimiser.web.routes.boards import add_board_page, add_boards
from optimiser.web.routes.district_forms import add_district_forms
from optimiser.web.routes.documents import add_checks, add_documents
from optimiser.web.routes.exports import add_exports
from optimiser.web.routes.jobs import add_jobs, add_submissions
from optimiser.web.routes.operation import add_operation
from optimiser.web.routes.responses import language_parameter, request_language
from optimiser.web.routes.screens import add_screens

THREADS = 8  # requests that are worked at the same time; Python runs one, and each more keeps pages waiting; assumed
BOARDS = "boards"  # folder of kept boards in that of the queue
TAGS = {
    "documents": "What the server knows without being asked to compute: itself, shapes, shipped instances.",
    "checks": "What is answered at once.",
    "work": "What takes longer: each gives a job.",
    "jobs": "What has become of jobs.",
    "screens": "What a screen needs at once that is worked with.",
    "boards": "What somebody works on, kept.",
}
HTTP_PROBLEMS = {  # kind and detail of problems that the framework raises, by status
    404: ("unknown", Message("there is nothing at this address")),
    405: ("method", Message("this address has no such method")),
}


def make_app(queue: JobQueue) -> FastAPI:
    """Make the application; it opens the queue when it starts and closes it when it ends.

    Boards are kept in the folder of the queue.
    """
    warm = WarmSimulators(processors())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        app.openapi()  # takes longer than a page should
        await run_in_threadpool(queue.open)
        yield
        await run_in_threadpool(queue.close)
        await run_in_threadpool(warm.close)

    app = FastAPI(
        title="optimiser",
        version=version("deployment-optimiser"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        lifespan=lifespan,
        dependencies=[Depends(language_parameter)],
    )
    _handle_errors(app)
    add_documents(app)
    add_checks(app)
    add_submissions(app, queue)
    add_jobs(app, queue)
    add_screens(app, warm)
    add_operation(app, warm)
    add_district_forms(app)
    add_exports(app, queue, warm)
    add_boards(app, SavedBoards(queue.folder / BOARDS))
    add_board_page(app)
    app.openapi = lambda: build_openapi(app)  # type: ignore[method-assign]
    return app


def _handle_errors(app: FastAPI) -> None:
    """Turn whatever is raised into problem details."""

    @app.exception_handler(OptimiserError)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, OptimiserError)
        return error_response(error, request_language(request))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        repair = Message("correct the address, see /openapi.json")
        faults = [
            make_fault("wrong-type", write_place(e["loc"]), e.get("input"), Said(e["msg"]), repair)
            for e in error.errors()
        ]
        return error_response(InputFault("address", faults), request_language(request))

    @app.exception_handler(HTTPException)
    async def status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind, detail = HTTP_PROBLEMS.get(error.status_code, ("http", error.detail))
        detail = error.detail if isinstance(error.detail, Message) else detail
        headers = dict(error.headers or {})
        if "GET" in (allowed := headers.get("allow", headers.get("Allow", "")).split(", ")):
            headers["Allow"] = ", ".join(["HEAD", *allowed])
            headers.pop("allow", None)
        return problem_response(error.status_code, kind, detail, request_language(request), headers)

    @app.exception_handler(Exception)
    async def failed(request: Request, _: Exception) -> Response:
        detail = Message("a fault of this program; its log says which")
        return problem_response(500, "fault", detail, request_language(request))
