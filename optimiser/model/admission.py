"""Which plans of elsewhere are taken: those that can be played, and those that keep every rule."""

from __future__ import annotations

from optimiser.common.errors import Mismatch, OptimiserError
from optimiser.common.message import Message
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.verdict import Verdict


class Unplayable(Mismatch):
    """A plan names what the instance does not have."""


class Forbidden(OptimiserError):
    """A plan breaks a rule where only one that keeps all of them has an answer."""

    exit_code = 3


def playable(instance: Instance, deployment: Deployment) -> Verdict:
    """Check a plan that may break rules, as long as everything that it names exists.

    Raises
    ------
    Unplayable : the plan names what the instance does not have, which would silently be left out.
    """
    verdict = check(instance, deployment)
    unknown = [Message("  - {line}", line=v.sentence) for v in verdict.violations if v.code == "unknown"]
    if unknown:
        words = {"title": deployment.title, "list": Message.chain("\n", unknown)}
        raise Unplayable(Message("'{title}' cannot be played:\n{list}", **words))
    return verdict


def demand(instance: Instance, deployment: Deployment) -> None:
    """Refuse a plan that breaks a rule.

    Raises
    ------
    Forbidden : it does; every violation is named.
    """
    verdict = check(instance, deployment)
    if not verdict.passed:
        raise Forbidden(verdict.all_of_it())
