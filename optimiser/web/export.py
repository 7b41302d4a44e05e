"""Files of a deployment and of a plan, as the command line writes them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from optimiser.common.errors import OptimiserError
from optimiser.common.language import Code, Language
from optimiser.common.language import language as get_language
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.documents.geojson import map_plan
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import describe_plan, dump, evaluation_values
from optimiser.output.documents.tables import write_deployment
from optimiser.output.excel.template import write_template
from optimiser.output.orders.files import make_order_files, order
from optimiser.output.write import make_solution_files
from optimiser.planning.evaluation import Evaluation
from optimiser.planning.solution import Solution

MEDIA = {  # by the ending of a file
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES = "optimiser-files/1"


class NotTheSame(OptimiserError):
    """A plan that was made again came out otherwise."""


def make_file(
    name: str,
    instance: Instance,
    deployment: Deployment,
    evaluation: Evaluation | None,
    draft: bool,
    language: Language,
) -> bytes:
    """Make a file of a deployment.

    Parameters
    ----------
    name : see `requests.ExportFile`.
    evaluation : for the figures on orders; without it they have none.
    draft : orders of a deployment that breaks a rule too, marked on every paper.

    Raises
    ------
    InputFault : a map is asked for, and no place has degrees.
    NotForOrders : the deployment breaks a rule and is no draft.
    """
    told = instance.told_in(language.code)
    if name == "deployment.csv":
        return write_deployment(deployment.table(told), language)
    if name == "plan.geojson":
        return dump(map_plan(told, deployment, None, language)).encode()
    if name == "instance.xlsx":
        return write_template(instance, language)
    if name == "instance.json":
        return dump(instance.as_filed().model_dump(mode="json")).encode()
    if name == "deployment.json":
        return dump(deployment.model_dump(mode="json")).encode()
    document: dict[str, Any] = {"instance": {"sha256": instance.fingerprint()}}
    if evaluation is not None:
        document["evaluation"] = evaluation_values(instance, evaluation)
    papers = order(instance, deployment, document=document, language=language, draft=draft)
    return make_order_files(papers, instance, deployment, language)[name]


def describe_files(solution: Solution, before: Deployment, code: Code) -> dict[str, Any]:
    """Describe the files of a solution and its orders, which are all that `optimiser plan --orders` writes.

    Parameters
    ----------
    before : who stood where in the plan when it was made first; it has to be the same one.

    Raises
    ------
    NotTheSame : it is not.
    """
    if solution.deployment.places != before.places:
        raise NotTheSame(
            Message(
                "the plan came out otherwise when it was made again, as after a stop by the clock or with another "
                "version; plan anew, and ask for the files of that plan"
            )
        )
    language, instance = get_language(code), solution.instance
    files = make_solution_files(solution, language=language, file=instance.name)
    papers = order(instance, solution.deployment, document=describe_plan(solution), language=language)
    files |= make_order_files(papers, instance, solution.deployment, language)
    return pack_files(instance, files)


def pack_files(instance: Instance, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Put files into a document, each in base64."""
    coded = {name: base64.b64encode(content).decode("ascii") for name, content in files.items()}
    return {"format": FILES, "instance": name_instance(instance), "files": coded}
