"""Routes of what is read or handed out: files of a deployment at once, of a plan as a job, and why there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePath

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from optimiser.common.message import Message
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse_deployment
from optimiser.model.admission import playable
from optimiser.planning.programs.feasibility import conflict
from optimiser.web.board.warm_simulators import WarmSimulators
from optimiser.web.export import MEDIA, make_file
from optimiser.web.job_document import describe_job
from optimiser.web.job_queue import JobQueue
from optimiser.web.openapi import route_options
from optimiser.web.problems import problem_response
from optimiser.web.requests import ExportRequest, JobRequest, parse_request
from optimiser.web.routes.jobs import JobKey
from optimiser.web.routes.responses import document_response, request_data, request_language

FIGURES = ("orders.html", "orders.xlsx")  # files that may have figures
PAPERED = ("plan", "score", "exercise")  # kinds of jobs that come to something that has papers


def add_exports(app: FastAPI, queue: JobQueue, warm: WarmSimulators) -> None:
    """Add the routes of files, and of what clashes."""
    _add_clashes(app, queue)

    @app.post(
        "/v1/export",
        summary=Message("Make a file of a deployment, as the command line writes it"),
        **route_options("export_file", "screens", "file", 429, body=ExportRequest),
    )
    def export(request: Request) -> Response:
        asked = parse_request(ExportRequest, request_data(request))
        deployment, numbers, found = asked.deployments[0], asked.numbers, None
        if numbers["file"] in FIGURES and numbers["scenarios"]:
            playable(asked.instance, deployment)
            with warm.borrow(asked.instance, numbers["law"]) as lent:
                found = lent.evaluate(deployment, numbers["seed"], numbers["scenarios"])
        language = request_language(request)
        content = make_file(numbers["file"], asked.instance, deployment, found, numbers["draft"], language)
        headers = {"Content-Disposition": f'attachment; filename="{numbers["file"]}"'}
        return Response(content, 200, headers, MEDIA[PurePath(numbers["file"]).suffix])

    @app.post(
        "/v1/jobs/{key}/files",
        status_code=202,
        summary=Message("Make what a job came to again, for its papers (plan, score or exercise): a job"),
        **route_options("submit_files", "jobs", "job", 404, 409, 429, status=202),
    )
    def files(request: Request, key: JobKey) -> Response:
        language = request_language(request)
        try:
            entry = queue.job(key)
        except KeyError:
            raise HTTPException(404, Message("there is no such job")) from None
        kind = entry.task.spec["do"]
        if entry.state != "done" or kind not in PAPERED or entry.summary.get("format") != f"optimiser-{kind}/1":
            return problem_response(409, "failed", Message("the job has come to nothing that has papers"), language)
        again = JobRequest.of(queue.body(entry), {**entry.task.spec["numbers"], "of": kind, "lang": language.code})
        if kind == "plan":
            plan = parse_deployment(json.loads(queue.result(entry)), again.instance)
            again = replace(again, deployments=(plan,))
        made = queue.submit("files", again)
        return document_response(describe_job(made, None), 202, {"Location": f"/v1/jobs/{made.task.key}"})


def _add_clashes(app: FastAPI, queue: JobQueue) -> None:
    @app.get(
        "/v1/jobs/{key}/clashes",
        summary=Message("Say in words which requirements clash where a job has come to no plan"),
        **route_options("get_clashes", "jobs", "clashes", 404, 409),
    )
    def clashes(request: Request, key: JobKey) -> Response:
        language = request_language(request)
        try:
            entry = queue.job(key)
        except KeyError:
            raise HTTPException(404, Message("there is no such job")) from None
        if entry.summary.get("format") != "optimiser-infeasible/1":
            return problem_response(409, "failed", Message("nothing clashes in this job"), language)
        asked = JobRequest.of(queue.body(entry), entry.task.spec["numbers"])
        plan = next(iter(asked.deployments), None)
        about = asked.instance if asked.whatif is None else apply(asked.instance, asked.whatif, plan)
        found = [language(line) for line in conflict(about.told_in(language.code))]
        return document_response({"format": "optimiser-clashes/1", "clashing": found})
