"""Relief in words: who is on duty for too long and is not relieved."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.files.examination.relief import find_relief_cautions, join_overdue, list_overdue
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance


def tell_overdue(instance: Instance, deployment: Deployment, language: Language = ENGLISH) -> str:
    """Say how many heads nobody relieves when their longest duty is over, and from when; empty where all are."""
    return "; ".join(language(caution.found) for caution in find_relief_cautions(instance, deployment))


def tell_overdue_briefly(instance: Instance, deployment: Deployment, language: Language = ENGLISH) -> str:
    """Say the same in one line, under a heading that says what it is about."""
    overdue = list_overdue(instance, deployment)
    if not overdue:
        return ""
    (clock, first), *later = join_overdue(instance, overdue)
    number = sum(one.heads for one in overdue)
    words = {"clock": language.clock(clock)}
    if not later:
        heads = language.plural("{n} head", "{n} heads", number)
        return language("{heads} from {clock}", heads=heads, **words)
    words |= {"n": language.number(f"{first:,}"), "all": language.number(f"{number:,}")}
    return language("{n} from {clock}, {all} by {last}", **words, last=language.clock(later[-1][0]))
