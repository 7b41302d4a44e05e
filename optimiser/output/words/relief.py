"""Relief in words: who is on duty for too long and is not relieved."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.files.examination.relief import find_relief_cautions
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance


def tell_overdue(instance: Instance, deployment: Deployment, language: Language = ENGLISH) -> str:
    """Say how many heads nobody relieves when their longest duty is over, and from when; empty where all are."""
    return "; ".join(language(caution.found) for caution in find_relief_cautions(instance, deployment))
