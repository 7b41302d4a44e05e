"""Cases of runs compared: the plans of two are simulated with the same random numbers, scenario by scenario."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optimiser.batch.case import PLAN, band_of, case_instance
from optimiser.batch.case_names import short_name
from optimiser.batch.run_folder import Run
from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.jobs.task import LedgerEntry
from optimiser.model.deployment import Deployment
from optimiser.model.laws.choice import LAWS, DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.law_range import Band
from optimiser.planning.settings import Means
from optimiser.simulation.law_signature import sign
from optimiser.simulation.scenario import REPORTING, draw


@dataclass(frozen=True)
class Pair:
    """Two cases and their difference.

    Attributes
    ----------
    first, second : their names.
    before, after : their plans, each in its own instance.
    change : second less first, paired.
    same : whether both have the same plan.
    bands : what the document of each says its mean loss lies between over the law's ranges; None in an early one.
    """

    first: str
    second: str
    before: Evaluation
    after: Evaluation
    change: Comparison
    same: bool
    bands: tuple[Band | None, Band | None] = (None, None)


def pair(
    run: Run, entry: LedgerEntry, other: Run, second: LedgerEntry, workers: int = 1, laws: Iterable[EscalationLaw] = ()
) -> Pair:
    """Compare two cases on the reporting scenarios of the first.

    Each plan is simulated in its own instance and under the law that it was made under. Where the instances differ,
    what they have in common has the same random numbers.

    Parameters
    ----------
    laws : of the user's own, that cases may have been planned under.

    Raises
    ------
    FileTrouble : a result is missing or was changed.
    OptimiserError : a case was planned under a law that is not among them.
    """
    document, other_document, laws = run.document(entry), other.document(second), tuple(laws)
    means = [Means(_law_of(one, laws) or DefaultLaw(), workers=workers) for one in (entry, second)]
    seed, count = document["settings"]["seed"], document["settings"]["reporting"]
    before = _evaluate(run, entry, document, means[0], seed, count)
    after = _evaluate(other, second, other_document, means[1], seed, count)
    same = before.deployment.places == after.deployment.places
    bands = (band_of(document), band_of(other_document))
    names = (run.names.of(entry), other.names.of(second))
    return Pair(*names, before, after, compare(after, before, across=True), same, bands)


def _law_of(entry: LedgerEntry, laws: Iterable[EscalationLaw]) -> EscalationLaw | None:
    """Return the law that a case was planned under; the ledger knows its name and signature alone."""
    if not entry.task.spec.get("law"):
        return None
    signature = entry.task.version.rpartition("+law.")[2]
    for law in (*laws, *(kind() for kind in LAWS.values())):
        if sign(law) == signature:
            return law
    words = {"case": short_name(entry), "law": str(entry.task.spec["law"])}
    said = Message(
        "{case}: was planned under the law '{law}', which only the program that gave it knows; compare from Python, "
        "with `pair(..., laws=[...])` of optimiser.batch.paired_runs",
        **words,
    )
    raise OptimiserError(said)


def _evaluate(
    run: Run, entry: LedgerEntry, document: dict[str, Any], means: Means, seed: int, count: int
) -> Evaluation:
    instance, _ = case_instance(run.ledger.read_input(entry.task.input), entry.task.spec)
    deployment = Deployment.model_validate(document["deployment"])
    with means.simulator(instance, Watcher()) as simulator:
        return evaluate(simulator, deployment, draw(instance, seed, count, REPORTING))


def match_cases(run: Run, other: Run) -> Iterator[tuple[LedgerEntry, LedgerEntry | None]]:
    """Return the cases of a run that are done, each with its partner in another run, None where it has none.

    Partners have the same short name. Where several cases have it, those go together that are the same case, then those
    that are the same but for the program's version, and then the two that are left, if they are only two: no other
    pairing can be told from chance.
    """
    here, there = (_group_by(short_name, one.ledger.entries("done", PLAN)) for one in (run, other))
    partners: dict[str, LedgerEntry] = {}
    for name, group in here.items():
        partners |= _partners(group, there[name])
    for entry in run.ledger.entries("done", PLAN):
        yield entry, partners.get(entry.task.key)


def _partners(group: list[LedgerEntry], others: list[LedgerEntry]) -> dict[str, LedgerEntry]:
    """Return the partner of each case that has one, by key."""
    found: dict[str, LedgerEntry] = {}
    for alike in (_key, _asked_for, _all_alike):
        taken = {partner.task.key for partner in found.values()}
        theirs = _group_by(alike, (entry for entry in others if entry.task.key not in taken))
        for mark, mine in _group_by(alike, (entry for entry in group if entry.task.key not in found)).items():
            if len(mine) == len(theirs[mark]) == 1:
                found[mine[0].task.key] = theirs[mark][0]
    return found


def _group_by(
    alike: Callable[[LedgerEntry], Hashable], entries: Iterable[LedgerEntry]
) -> defaultdict[Hashable, list[LedgerEntry]]:
    groups: defaultdict[Hashable, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        groups[alike(entry)].append(entry)
    return groups


def _key(entry: LedgerEntry) -> Hashable:
    return entry.task.key


def _asked_for(entry: LedgerEntry) -> Hashable:
    """Return what was asked for, whatever the version of the program."""
    spec = entry.task.spec
    return entry.task.input, json.dumps([spec["whatif"], spec["effort"], spec.get("law")], sort_keys=True)


def _all_alike(_: LedgerEntry) -> Hashable:
    return None
