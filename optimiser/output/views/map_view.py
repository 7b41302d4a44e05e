"""The map of the papers with where each place is on it, so that a screen can lay units and crowds over it."""

from __future__ import annotations

from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.pictures import mark_map, picture_map
from optimiser.planning.evaluation import Evaluation

FORMAT = "optimiser-map/1"


def describe_map(
    instance: Instance,
    deployment: Deployment,
    evaluation: Evaluation | None = None,
    width: int = 720,
    language: Language = ENGLISH,
) -> dict[str, Any]:
    """Describe the map of a deployment.

    Parameters
    ----------
    evaluation : shares of days on which sectors turn yellow and red, drawn around them; left out if None.
    width : px.

    Returns
    -------
    The drawing as SVG text, empty where fewer than two places have coordinates, and for each place that is drawn the
    centre and the radius of its mark, px of the drawing.
    """
    read = instance.told_in(language.code)
    drawn = picture_map(read, deployment, evaluation, width=width, key="board-map", language=language)
    marks = mark_map(read, deployment, evaluation, width=width, language=language) if drawn else {}
    return {"format": FORMAT, "svg": drawn, "width": width, "marks": marks}
