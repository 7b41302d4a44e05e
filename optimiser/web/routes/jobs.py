"""Routes of jobs: submitting one, its state and result, removing and cancelling it, and its progress as a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from optimiser.common.message import Message
from optimiser.jobs.task import OVER, LedgerEntry
from optimiser.output.documents.plan import dump
from optimiser.output.documents.schemas.publish import JobKind
from optimiser.web.job_document import describe_job, failure_message, was_cancelled
from optimiser.web.job_queue import JobQueue
from optimiser.web.openapi import route_options
from optimiser.web.problems import problem_response
from optimiser.web.requests import REQUESTS, parse_request
from optimiser.web.routes.responses import JSON, document_response, request_data, request_language

POLL_INTERVAL = 0.25  # s between two looks at a job whose progress is streamed
HEARTBEAT = 10.0  # s after which a silent stream says that it is alive
MOST_LISTED = 200  # jobs in one answer
MOST_STREAMS = 64  # progress of jobs at the same time; half of the requests there may be, so others find room
STREAM = "text/event-stream"
STREAM_HEADERS = {  # a proxy that kept events until there are many would make them useless
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
}
JobKey = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="of a job")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,255}$",
        description="of your choice, new for each job: the same request with the same key is the same job",
    ),
]
SUBMISSIONS: dict[JobKind, tuple[str, str]] = {  # operation and summary
    "plan": ("submit_plan", Message("Plan an instance: who stands where")),
    "simulate": ("submit_simulation", Message("Play a deployment: one scenario event by event, and many")),
    "whatif": ("submit_whatif", Message("Ask what if: who would move, what would change")),
    "compare": ("submit_comparison", Message("Play deployments on the same scenarios")),
    "presence": ("submit_presence", Message("Work out what rules of presence cost: each, and all together")),
    "firm": ("submit_firmness", Message("Ask which placements of a plan are firm, and which are negotiable")),
    "score": ("submit_score", Message("Score observed days of a deployment by their logs")),
    "calibrate": ("submit_calibration", Message("Learn the constants of the law from logs of days")),
    "exercise": ("submit_exercise", Message("Make an exercise of a deployment: a day with injects and branches")),
}


def add_submissions(app: FastAPI, queue: JobQueue) -> None:
    """Add the routes that make a job of each kind."""
    for kind in REQUESTS:
        _add_submission(app, queue, kind)


def _add_submission(app: FastAPI, queue: JobQueue, kind: JobKind) -> None:
    operation, summary = SUBMISSIONS[kind]

    @app.post(
        f"/v1/{kind}",
        status_code=202,
        summary=summary,
        **route_options(operation, "work", "job", 429, body=REQUESTS[kind], status=202),
    )
    def submit(request: Request, once: IdempotencyKey = None) -> Response:
        entry = queue.submit(kind, parse_request(REQUESTS[kind], request_data(request)), once)
        return document_response(describe_job(entry, None), 202, {"Location": f"/v1/jobs/{entry.task.key}"})


def add_jobs(app: FastAPI, queue: JobQueue) -> None:
    """Add the routes of jobs that were submitted."""
    _add_states(app, queue)
    _add_ends(app, queue)
    _add_streams(app, queue)


def _find(queue: JobQueue, key: str) -> LedgerEntry:
    try:
        return queue.job(key)
    except KeyError:
        raise HTTPException(404, Message("there is no such job")) from None


def _describe(queue: JobQueue, entry: LedgerEntry) -> dict[str, Any]:
    return describe_job(entry, queue.progress(entry.task.key) if entry.state == "running" else None)


def _add_states(app: FastAPI, queue: JobQueue) -> None:
    @app.get("/v1/jobs", summary=Message("Jobs, the latest first"), **route_options("list_jobs", "jobs", "jobs"))
    def jobs(
        before: Annotated[
            int | None, Query(ge=0, le=2**53, description="only jobs listed before this position")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
    ) -> Response:
        found = [_describe(queue, entry) for entry in queue.latest(limit, before)]
        return document_response({"format": "optimiser-jobs/1", "jobs": found})

    @app.get(
        "/v1/jobs/{key}",
        summary=Message("What has become of a job"),
        **route_options("get_job", "jobs", "job", 404),
    )
    def job(key: JobKey) -> Response:
        return document_response(_describe(queue, _find(queue, key)))

    @app.delete(
        "/v1/jobs/{key}",
        status_code=204,
        summary=Message("Remove a job that does not run, and its document"),
        **route_options("delete_job", "jobs", "", 404, 409, status=204),
    )
    def delete(key: JobKey) -> Response:
        _find(queue, key)
        queue.remove(key)
        return Response(status_code=204)


def _add_ends(app: FastAPI, queue: JobQueue) -> None:
    @app.get(
        "/v1/jobs/{key}/result",
        summary=Message("The document that a job came to"),
        **route_options("get_job_result", "jobs", "result", 404, 409),
    )
    def result(request: Request, key: JobKey) -> Response:
        entry = _find(queue, key)
        if entry.state == "done":
            return Response(queue.result(entry), media_type=JSON)
        language = request_language(request)
        if entry.state not in OVER:
            detail = Message("the job is not over yet")
            return problem_response(409, "not-over", detail, language, {"Retry-After": "1"})
        error = describe_job(entry, None)["error"]
        kind = "cancelled" if was_cancelled(entry) else "failed"
        return problem_response(409, kind, failure_message(entry), language, job=key, error=error)

    @app.post(
        "/v1/jobs/{key}/cancel",
        status_code=202,
        summary=Message("Call a job off"),
        **route_options("cancel_job", "jobs", "job", 404, status=202),
    )
    def cancel(key: JobKey) -> Response:
        _find(queue, key)
        return document_response(_describe(queue, queue.cancel(key)), 202)


def _add_streams(app: FastAPI, queue: JobQueue) -> None:
    open_streams: set[AsyncIterator[str]] = set()

    async def counted(stream: AsyncIterator[str]) -> AsyncIterator[str]:
        """Yield a stream, which is among the open ones as long as a client takes it."""
        open_streams.add(stream)
        try:
            async for part in stream:
                yield part
        finally:
            open_streams.discard(stream)

    @app.get(
        "/v1/jobs/{key}/events",
        summary=Message("Progress as server-sent events"),
        **route_options("watch_job", "jobs", "events", 404),
    )
    async def events(request: Request, key: JobKey) -> Response:
        await run_in_threadpool(_find, queue, key)
        if request.scope.get("optimiser.head"):
            return Response(headers=STREAM_HEADERS, media_type=STREAM)
        if len(open_streams) >= MOST_STREAMS:
            detail = Message("too many jobs are watched at the same time; look at the job itself now and then")
            return problem_response(503, "busy", detail, request_language(request), {"Retry-After": "5"})
        return StreamingResponse(counted(_events(queue, key)), 200, STREAM_HEADERS, STREAM)


async def _events(queue: JobQueue, key: str) -> AsyncIterator[str]:
    """Yield a job as an event whenever it has changed, until it is over or the server ends."""
    last, silent = "", 0.0
    while not queue.closing:
        entry = await run_in_threadpool(queue.job, key)
        document = json.dumps(json.loads(dump(await run_in_threadpool(_describe, queue, entry))))
        if document != last:
            last, silent = document, 0.0
            yield f"event: {'over' if entry.state in OVER else 'job'}\ndata: {document}\n\n"
        if entry.state in OVER:
            return
        if silent >= HEARTBEAT:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(POLL_INTERVAL)
        silent += POLL_INTERVAL
