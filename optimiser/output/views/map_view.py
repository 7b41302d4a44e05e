"""The map of the papers with where each place is on it, so that a screen can lay units and crowds over it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.drawing.map_layout import Layout
from optimiser.output.map_pictures import KM_PER_DEGREE, draw_places
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
    centre and the radius of its mark, px of the drawing. And what a point of it, px, is in degrees or kilometres.
    """
    read = instance.told_in(language.code)
    drawn = draw_places(read, deployment, evaluation, width=width, key="board-map", language=language)
    if drawn is None:
        return {"format": FORMAT, "svg": "", "width": width, "marks": {}, "plane": None}
    layout, numbers = drawn.layout, drawn.numbers
    marks = {ident: (*layout.marks[n], layout.radii[n]) for ident, n in numbers.items()}
    return {
        "format": FORMAT,
        "svg": drawn.svg,
        "width": width,
        "marks": marks,
        "plane": _describe_plane(read, layout, numbers),
    }


def _describe_plane(instance: Instance, layout: Layout, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Give the straight lines that lead from px to longitude and latitude, or to x and y: what is at 0, and a step."""
    places = {p.id: p for p in (*instance.sectors, *instance.posts, *instance.reinforcements)}
    degrees = [p for p in places.values() if p.lat is not None and p.lon is not None]
    ident, number = next((ident, n) for ident, n in numbers.items() if ident in places)
    place, (x, y) = places[ident], layout.true[number]
    if degrees:
        middle = math.cos(math.radians(sum(float(p.lat or 0.0) for p in degrees) / len(degrees)))
        along = 1.0 / (layout.scale * KM_PER_DEGREE * middle)
        down = -1.0 / (layout.scale * KM_PER_DEGREE)
        here = float(place.lon or 0.0), float(place.lat or 0.0)
    else:
        along, down = 1.0 / layout.scale, -1.0 / layout.scale
        here = float(place.x or 0.0), float(place.y or 0.0)
    return {
        "of": "degrees" if degrees else "km",
        "x": [here[0] - along * x, along],
        "y": [here[1] - down * y, down],
    }
