"""What is computed from an instance, computed once and shared for as long as anything uses it.

An instance never changes, so what is derived from it need not be computed again. The instance refers to it weakly: it
is freed with its last user, and neither a server nor a list of many results holds tables that nothing reads any more.
Copies and pickles of an instance carry nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakValueDictionary

from optimiser.model.values.base import Model

Source = TypeVar("Source", bound=Model)
Result = TypeVar("Result")


def derived(compute: Callable[[Source], Result]) -> Callable[[Source], Result]:
    """Compute the result for each model once, and return the same object as long as it is in use.

    The result is shared by all callers and must not be changed. Two threads that ask for it at the same moment may both
    compute it; both get the same one.

    Parameters
    ----------
    compute : function of a frozen model alone, whose result can be referred to weakly.
    """

    @wraps(compute)
    def shared(model: Source) -> Result:
        results: WeakValueDictionary[Callable[[Source], Result], Result] = model._derived_results()
        known = results.get(compute)
        return results.setdefault(compute, compute(model)) if known is None else known

    return shared
