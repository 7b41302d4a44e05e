"""Fields that requests have in common, each with its limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.model.laws.choice import LawName

Document = Annotated[dict[str, Any], Field(description="a document, see /v1/schemas")]
PlanGiven = Annotated[
    dict[str, Any] | Annotated[str, Field(max_length=1_000_000)],
    Field(
        description='a deployment or a plan, see /v1/schemas; a table of who stands where as CSV text; or {"workbook": '
        "...}, an .xlsx file in base64"
    ),
]
Given = Annotated[
    dict[str, Any] | Annotated[str, Field(max_length=100)],
    Field(description="an instance, see /v1/schemas/instance, or the name of a shipped one"),
]
Seed = Annotated[int, Field(ge=0, le=2**53, strict=True, description="of every random stream")]
# the most that one job may ask for; assumed: some minutes of one process
Planning = Annotated[int, Field(ge=2, le=10_000, strict=True, description="scenarios the plan is chosen on")]
Reporting = Annotated[int, Field(ge=2, le=20_000, strict=True, description="fresh scenarios that figures come from")]
Budget = Annotated[int, Field(ge=1, le=10_000_000, strict=True, description="joint replications of the search")]
Seconds = Annotated[float, Field(ge=0.0, le=3600.0, strict=True, description="s; begin no new iteration after so long")]


ExportFile = Literal[
    "deployment.csv", "deployment.json", "plan.geojson", "orders.html", "orders.xlsx", "instance.xlsx", "instance.json"
]
Chosen = Annotated[LawName, Field(description="law of escalation")]
Uncertain = Annotated[
    bool, Field(description="draw constants of the law and numbers with a range anew for each scenario")
]
