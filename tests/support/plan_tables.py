"""Plans as tables: the same plan as CSV and as a workbook, and how one is read back."""

from __future__ import annotations

import numpy as np

from optimiser.common.language import ENGLISH, Language
from optimiser.files.plan_tables.rows import PlanTable, parse_plan_table
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.documents.tables import write_deployment
from optimiser.output.excel.orders_book import papers_workbook
from optimiser.output.orders.form import Orders


def some_plan(instance: Instance, seed: int) -> Deployment:
    """Place some of what there is anywhere, feasible or not."""
    random = np.random.default_rng(seed)
    numbers = np.zeros((len(instance.places), len(instance.teams) + len(instance.vehicles)), dtype=np.int64)
    for kind, unit in enumerate((*instance.teams, *instance.vehicles)):
        for _ in range(min(20, random.integers(0, int(unit.count) + 1))):
            numbers[random.integers(len(instance.places)), kind] += 1
    return Deployment.of_numbers(instance, numbers)


def as_csv(instance: Instance, plan: Deployment, language: Language = ENGLISH) -> bytes:
    """Write it as `deployment.csv` has it."""
    return write_deployment(plan.table(instance.told_in(language.code)), language)


def as_workbook(instance: Instance, plan: Deployment, language: Language = ENGLISH) -> bytes:
    """Write it as the workbook of the orders has it, without papers."""
    return papers_workbook(Orders("town", "today", "mark", (), ()), instance.told_in(language.code), plan, language)


def read_back(raw: bytes, kind: str, instance: Instance) -> PlanTable:
    """Read a table."""
    return parse_plan_table(raw, f"plan{kind}", kind, instance)
