"""A new board from an instance and, where there is one, a plan."""

from __future__ import annotations

from optimiser.common.errors import Infeasible
from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.pinned_plan import pinned_plan
from optimiser.web.board.saved_boards import BoardContent, BoardVariant

BY_HAND = Message("By hand")


def draft_deployment(instance: Instance) -> Deployment:
    """Draft a deployment to begin with: what pins fix, else by a hand rule.

    Nobody is placed where rules clash: what clashes is said by the rules and by planning.
    """
    try:
        return pinned_plan(instance) or proportional(instance)
    except Infeasible:
        return Deployment(instance=instance.name)


def begin_board(instance: Instance, plan: Deployment | None, language: Language) -> BoardContent:
    """Make the content of a new board.

    Parameters
    ----------
    plan : to begin with; a draft if None.
    """
    begun = plan if plan is not None else draft_deployment(instance)
    places = begun.model_dump(mode="json")["places"]
    name = language(plan.title) if plan is not None else language(BY_HAND)
    values = instance.as_filed().model_dump(mode="json")
    return BoardContent(title=instance.title, instance=values, variants=[BoardVariant(name=name, places=places)])
