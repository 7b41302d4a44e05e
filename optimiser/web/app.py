"""The routes: thin, each reads what was asked, asks the package or the office, and gives a document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Literal

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from optimiser.common.errors import InputFault, OptimiserError
from optimiser.common.faults import Said, make_fault, write_place
from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.files.examination import examine
from optimiser.files.plan_origin import origin_of
from optimiser.files.read import GROUPS, instances_folder, parse, read, shipped
from optimiser.jobs.task import Entry
from optimiser.model.checker import check
from optimiser.output.documents.check import describe_check
from optimiser.output.documents.instances import describe_faults, describe_instances
from optimiser.output.documents.plan import dump
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.web.asking import ASKED, BODY, CheckAsked, Kind, read_body, read_given, understand
from optimiser.web.job_queue import OVER, Office, describe_job, tell_failure, was_cancelled
from optimiser.web.openapi import build_openapi, extra
from optimiser.web.page import index_page
from optimiser.web.problems import choose_language, problem, tell_error

THREADS = 8  # requests that are worked at the same time; Python runs one, and each more keeps pages waiting; assumed
LOOK = 0.25  # s between two looks at a job that somebody watches
BEAT = 10.0  # s after which a silent stream says that it is alive
LISTED = 200  # jobs in one answer at most
STREAMS = 64  # jobs that may be watched at the same time; half of the requests there may be, so others find room
STREAM_HEADERS = {  # a proxy that kept events until there are many would make them useless
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
}
JSON, STREAM = "application/json", "text/event-stream"
Key = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="of a job")]
Once = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,255}$",
        description="of your choice, new for each job: the same request with the same key is the same job",
    ),
]
Lang = Annotated[Literal["en", "id"] | None, Query(description="of what people read; else Accept-Language")]


TAGS = {
    "documents": "What the server knows without being asked to compute: itself, shapes, shipped instances.",
    "checks": "What is answered at once.",
    "work": "What takes longer: each gives a job.",
    "jobs": "What has become of jobs.",
}
UNUSUAL = {
    404: ("unknown", Message("there is nothing at this address")),
    405: ("method", Message("this address has no such method")),
}


def make_app(office: Office) -> FastAPI:
    """Make the application; it opens the office when it starts and closes it when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        app.openapi()  # takes longer than a page should
        await run_in_threadpool(office.open)
        yield
        await run_in_threadpool(office.close)

    app = FastAPI(
        title="optimiser",
        version=version("deployment-optimiser"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        lifespan=lifespan,
        dependencies=[Depends(_asked_language)],
    )
    _handle(app)
    _tell(app)
    _look(app)
    for kind in ASKED:
        _submit(app, office, kind)
    _jobs(app, office)
    app.openapi = lambda: build_openapi(app)  # type: ignore[method-assign]
    return app


async def _asked_language(lang: Lang = None) -> None:
    """Every route takes ``lang``; `_tongue` reads it, for answers that no route makes as well."""


def _tongue(request: Request) -> Language:
    return choose_language(request.headers.get("accept-language", ""), request.query_params.get("lang"))


def _document(values: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dump(values), status, headers, JSON)


def _body(request: Request) -> Any:
    return read_body(request.scope["optimiser.body"])


@cache
def _shipped_instances() -> dict[str, Any]:
    """List them once; reading takes longer than a page should."""
    return describe_instances({name: read(instances_folder() / f"{name}.toml") for name in shipped()})


def _handle(app: FastAPI) -> None:
    """Turn whatever is raised into problem details."""

    @app.exception_handler(OptimiserError)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, OptimiserError)
        return tell_error(error, _tongue(request))

    @app.exception_handler(RequestValidationError)
    async def parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        repair = Message("correct the address, see /openapi.json")
        faults = [
            make_fault("wrong-type", write_place(e["loc"]), e.get("input"), Said(e["msg"]), repair)
            for e in error.errors()
        ]
        return tell_error(InputFault("address", faults), _tongue(request))

    @app.exception_handler(HTTPException)
    async def status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind, detail = UNUSUAL.get(error.status_code, ("http", error.detail))
        detail = error.detail if isinstance(error.detail, Message) else detail
        headers = dict(error.headers or {})
        if "GET" in (allowed := headers.get("allow", headers.get("Allow", "")).split(", ")):
            headers["Allow"] = ", ".join(["HEAD", *allowed])
            headers.pop("allow", None)
        return problem(error.status_code, kind, detail, _tongue(request), headers)

    @app.exception_handler(Exception)
    async def ours(request: Request, _: Exception) -> Response:
        return problem(500, "fault", Message("a fault of this program; its log says which"), _tongue(request))


def _tell(app: FastAPI) -> None:
    """What the interface is."""

    @app.get(
        "/",
        operation_id="get_index",
        tags=["documents"],
        summary=Message("This list"),
        response_class=HTMLResponse,
        response_description="done",
    )
    async def index(request: Request) -> HTMLResponse:
        return HTMLResponse(index_page(app.openapi(), _tongue(request)))

    @app.get(
        "/openapi.json", summary=Message("The interface as OpenAPI 3.1"), **extra("get_openapi", "documents", "openapi")
    )
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @app.get("/v1/schemas", summary=Message("Names of the documents"), **extra("list_schemas", "documents", "names"))
    def schemas() -> Response:
        return _document({"schemas": list(SCHEMAS)})

    @app.get(
        "/v1/schemas/{name}",
        summary=Message("The JSON Schema of a document"),
        **extra("get_schema", "documents", "schema", 404),
    )
    def schema(name: Annotated[str, Path(max_length=40)]) -> Response:
        if name not in SCHEMAS:
            raise HTTPException(404)
        return _document(SCHEMAS[name]())

    @app.get(
        "/v1/instances",
        summary=Message("The shipped instances"),
        **extra("list_instances", "documents", "instances"),
    )
    def instances() -> Response:
        return _document(_shipped_instances())

    @app.get(
        "/v1/instances/{name:path}",
        summary=Message("A shipped instance"),
        **extra("get_instance", "documents", "instance", 404),
    )
    def instance(name: Annotated[str, Path(max_length=100)]) -> Response:
        if not any(name in shipped(group) for group in ("", *GROUPS)):
            raise HTTPException(404)
        return _document(read_given(name).model_dump(mode="json"))


def _look(app: FastAPI) -> None:
    """What is answered at once."""

    @app.post(
        "/v1/validate",
        summary=Message("Look for every fault in an instance"),
        **extra("validate_instance", "checks", "faults", body="instance"),
    )
    def validate(
        request: Request, strict: Annotated[bool, Query(description="take warnings for faults")] = False
    ) -> Response:
        data = _body(request)
        if not isinstance(data, dict):
            expected, repair = Message("a table"), Message("send an instance")
            raise InputFault(BODY, [make_fault("wrong-type", BODY, data, expected, repair)])
        cautions = examine(parse(data, BODY))
        if strict and cautions:
            raise InputFault(BODY, [caution.fault for caution in cautions])
        return _document(describe_faults(BODY, (), cautions))

    @app.post(
        "/v1/check",
        summary=Message("Check a deployment against every rule"),
        **extra("check_deployment", "checks", "check", body=CheckAsked),
    )
    def check_deployment(request: Request) -> Response:
        body = _body(request)
        asked = understand(CheckAsked, body, playing=False)
        verdict, origin = check(asked.instance, asked.deployments[0]), origin_of(body["deployment"], asked.instance)
        return _document(describe_check(verdict, origin))


SUBMITTED: dict[Kind, tuple[str, str]] = {  # operation and summary
    "plan": ("submit_plan", Message("Plan an instance: who stands where")),
    "simulate": ("submit_simulation", Message("Play a deployment: one scenario event by event, and many")),
    "whatif": ("submit_whatif", Message("Ask what if: who would move, what would change")),
    "compare": ("submit_comparison", Message("Play deployments on the same scenarios")),
}


def _submit(app: FastAPI, office: Office, kind: Kind) -> None:
    """What takes longer is a job."""
    operation, summary = SUBMITTED[kind]

    @app.post(
        f"/v1/{kind}",
        status_code=202,
        summary=summary,
        **extra(operation, "work", "job", 429, body=ASKED[kind], status=202),
    )
    def submit(request: Request, once: Once = None) -> Response:
        entry = office.submit(kind, understand(ASKED[kind], _body(request)), once)
        return _document(describe_job(entry, None), 202, {"Location": f"/v1/jobs/{entry.task.key}"})


def _jobs(app: FastAPI, office: Office) -> None:
    """What has become of jobs."""

    def find(key: str) -> Entry:
        try:
            return office.job(key)
        except KeyError:
            raise HTTPException(404, Message("there is no such job")) from None

    def describe(entry: Entry) -> dict[str, Any]:
        return describe_job(entry, office.progress(entry.task.key) if entry.state == "running" else None)

    @app.get("/v1/jobs", summary=Message("Jobs, the latest first"), **extra("list_jobs", "jobs", "jobs"))
    def jobs(
        before: Annotated[
            int | None, Query(ge=0, le=2**53, description="only jobs listed before this position")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=LISTED)] = 50,
    ) -> Response:
        return _document(
            {"format": "optimiser-jobs/1", "jobs": [describe(entry) for entry in office.latest(limit, before)]}
        )

    @app.get("/v1/jobs/{key}", summary=Message("What has become of a job"), **extra("get_job", "jobs", "job", 404))
    def job(key: Key) -> Response:
        return _document(describe(find(key)))

    @app.delete(
        "/v1/jobs/{key}",
        status_code=204,
        summary=Message("Remove a job that does not run, and its document"),
        **extra("delete_job", "jobs", "", 404, 409, status=204),
    )
    def delete(key: Key) -> Response:
        find(key)
        office.remove(key)
        return Response(status_code=204)

    @app.get(
        "/v1/jobs/{key}/result",
        summary=Message("The document that a job came to"),
        **extra("get_job_result", "jobs", "result", 404, 409),
    )
    def result(request: Request, key: Key) -> Response:
        entry = find(key)
        if entry.state == "done":
            return Response(office.result(entry), media_type=JSON)
        tongue = _tongue(request)
        if entry.state not in OVER:
            return problem(409, "not-over", Message("the job is not over yet"), tongue, {"Retry-After": "1"})
        error = describe_job(entry, None)["error"]
        kind = "cancelled" if was_cancelled(entry) else "failed"
        return problem(409, kind, tell_failure(entry), tongue, job=key, error=error)

    @app.post(
        "/v1/jobs/{key}/cancel",
        status_code=202,
        summary=Message("Call a job off"),
        **extra("cancel_job", "jobs", "job", 404, status=202),
    )
    def cancel(key: Key) -> Response:
        find(key)
        return _document(describe(office.cancel(key)), 202)

    watched = Watched()

    @app.get(
        "/v1/jobs/{key}/events",
        summary=Message("Progress as server-sent events"),
        **extra("watch_job", "jobs", "events", 404),
    )
    async def events(request: Request, key: Key) -> Response:
        await run_in_threadpool(find, key)
        if request.scope.get("optimiser.head"):
            return Response(headers=STREAM_HEADERS, media_type=STREAM)
        if watched.count >= STREAMS:
            detail = Message("too many jobs are watched at the same time; look at the job itself now and then")
            return problem(503, "busy", detail, _tongue(request), {"Retry-After": "5"})
        return StreamingResponse(watched.counted(_stream(office, key, describe)), 200, STREAM_HEADERS, STREAM)


class Watched:
    """How many streams of progress there are."""

    def __init__(self) -> None:
        self.count = 0

    async def counted(self, stream: AsyncIterator[str]) -> AsyncIterator[str]:
        """Give a stream, counted as long as somebody takes it."""
        self.count += 1
        try:
            async for part in stream:
                yield part
        finally:
            self.count -= 1


async def _stream(office: Office, key: str, describe: Any) -> AsyncIterator[str]:
    """Give a job as an event whenever it has changed, until it is over or the server ends."""
    last, silent = "", 0.0
    while not office.closing:
        entry = await run_in_threadpool(office.job, key)
        told = json.dumps(json.loads(dump(await run_in_threadpool(describe, entry))))
        if told != last:
            last, silent = told, 0.0
            yield f"event: {'over' if entry.state in OVER else 'job'}\ndata: {told}\n\n"
        if entry.state in OVER:
            return
        if silent >= BEAT:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(LOOK)
        silent += LOOK
