"""Settings of a call are checked as those of a file are: every public function sends its arguments through here.

A name means the same wherever it is an argument, so that there is one rule for each name.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, ParamSpec, TypeVar

from optimiser.common.errors import BadSetting, Fault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import LAWS

MOST_SCENARIOS = 1_000_000  # assumed: far beyond what an interval can use
MOST_WORKERS = 1024  # assumed: far beyond what a machine has
ENGINES = ("auto", "compiled", "simpy")
SOLVERS = ("highs", "cbc")
P = ParamSpec("P")
R = TypeVar("R")
Rule = Callable[[str, Any], Any]  # place and value to the value as it is used


class Refusal(Exception):
    """A value breaks the rule of its name."""

    def __init__(self, code: str, place: str, found: object, expected: Message, repair: Message) -> None:
        super().__init__(make_fault(code, place, _show(found), expected, repair))
        self.fault: Fault = self.args[0]


def checked(**more: Rule) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function look at its arguments before it begins; what is wrong with all of them is said in one go.

    Parameters
    ----------
    more : rules of names that have none in `RULES`, or another one there.

    Raises
    ------
    BadSetting : by the function, where an argument breaks its rule.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        source = f"{function.__qualname__.removesuffix('.__init__')}()"
        rules = {name: rule for name in signature.parameters if (rule := more.get(name, RULES.get(name))) is not None}

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.arguments.update(_settle(source, bound.arguments, rules))
            return function(*bound.args, **bound.kwargs)

        return run

    return wrap


def check_arguments(source: str, more: Mapping[str, Rule] | None = None, /, **given: Any) -> dict[str, Any]:
    """Return values as they are used, each checked by the rule of its name.

    Parameters
    ----------
    more : rules of names that have none in `RULES`, or another one there.

    Raises
    ------
    BadSetting : one of them breaks its rule; all that do are named.
    """
    return _settle(source, given, {**RULES, **(more or {})})


def _settle(source: str, given: Mapping[str, Any], rules: Mapping[str, Rule]) -> dict[str, Any]:
    faults, used = [], {}
    for name, value in given.items():
        if name in rules:
            try:
                used[name] = rules[name](name, value)
            except Refusal as refusal:
                faults.append(refusal.fault)
    if faults:
        raise BadSetting(source, faults)
    return used


def whole(place: str, value: Any, least: int = 0, most: int | None = None) -> int:
    """Take a whole number, of numpy too; neither a truth value nor a float, even where it is whole.

    Raises
    ------
    Refusal : it is none, or outside its limits.
    """
    expected = Message("a whole number, {least} or more", least=str(least))
    if most is not None:
        expected = Message("a whole number, {least} to {most}", least=str(least), most=str(most))
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        raise Refusal("wrong-type", place, value, expected, Message("write the number"))
    try:
        number = operator.index(value)
    except TypeError:
        raise Refusal("wrong-type", place, value, expected, _advise_whole(value)) from None
    if number < least or (most is not None and number > most):
        raise Refusal("out-of-range", place, number, expected, Message("choose a value within the limits"))
    return number


def _advise_whole(value: Any) -> Message:
    if isinstance(value, Real) and float(value).is_integer():
        return Message(
            "write {number}, or int(...) around it; a data frame makes 1.0 of 1 where its column has a gap",
            number=str(int(float(value))),
        )
    return Message("give a whole number")


def real(place: str, value: Any, least: float = 0.0, most: float = math.inf) -> float:
    """Take a finite number.

    Raises
    ------
    Refusal : it is none, or outside its limits.
    """
    expected = Message("a finite number, {least} or more", least=f"{least:g}")
    if math.isfinite(most):
        expected = Message("a number, {low} to {high}", low=f"{least:g}", high=f"{most:g}")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise Refusal("wrong-type", place, value, expected, Message("give a number"))
    number = float(value)
    if not math.isfinite(number):
        raise Refusal("not-finite", place, number, expected, Message("leave it out where there is no limit"))
    if not least <= number <= most:
        raise Refusal("out-of-range", place, number, expected, Message("choose a value within the limits"))
    return number


def one_of(choices: tuple[str, ...]) -> Rule:
    """Return the rule of a name that is one of a few words."""

    def rule(place: str, value: Any) -> Any:
        if not isinstance(value, str) or value not in choices:
            expected = Message("one of {choices}", choices=", ".join(f"'{choice}'" for choice in choices))
            raise Refusal("not-a-choice", place, value, expected, Message("choose one of these"))
        return value

    return rule


def a(kind: type, repair: Message | None = None) -> Rule:
    """Return the rule of a name that is an object of one class."""

    def rule(place: str, value: Any) -> Any:
        if not isinstance(value, kind):
            expected = Message("an object of the class {name}", name=kind.__name__)
            advice = repair or Message("make one first")
            if isinstance(value, type) and issubclass(value, kind):
                advice = Message("this is the class itself; make an object of it, {name}()", name=value.__name__)
            raise Refusal("wrong-type", place, value, expected, advice)
        return value

    return rule


def maybe(rule: Rule) -> Rule:
    """Return the rule of a name that may also be left out, which is None."""
    return lambda place, value: None if value is None else rule(place, value)


def within(least: int, most: int | None = None) -> Rule:
    """Return the rule of a whole number between limits."""
    return lambda place, value: whole(place, value, least, most)


def between(least: float, most: float = math.inf) -> Rule:
    """Return the rule of a finite number between limits."""
    return lambda place, value: real(place, value, least, most)


def list_of(rule: Rule, least: int = 0) -> Rule:
    """Return the rule of a sequence of which each obeys a rule; a single text is none."""

    def check(place: str, value: Any) -> Any:
        expected = Message("a list of {least} or more", least=str(least))
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
            raise Refusal("wrong-type", place, value, expected, Message("put it into a list"))
        checked_items = tuple(rule(f"{place}[{number}]", item) for number, item in enumerate(value))
        if len(checked_items) < least:
            raise Refusal("too-few", place, checked_items, expected, Message("give more"))
        return checked_items

    return check


def callable_object(place: str, value: Any) -> Any:
    """Take what can be called: a function, or an object that acts like one.

    Raises
    ------
    Refusal : it is none.
    """
    if not callable(value):
        repair = Message("leave it out to have the usual one") if value is None else Message("give the function itself")
        raise Refusal("wrong-type", place, value, Message("a function"), repair)
    if isinstance(value, type):
        repair = Message("this is the class itself; make an object of it, {name}()", name=value.__name__)
        raise Refusal("wrong-type", place, value, Message("a function"), repair)
    return value


def _law(place: str, value: Any) -> Any:
    expected = Message("an object with a name and the methods mood, hazards and harms")
    if isinstance(value, str):
        return LAWS[one_of(tuple(LAWS))(place, value)]()
    if isinstance(value, type):
        repair = Message("this is the class itself; make an object of it, {name}()", name=value.__name__)
        raise Refusal("wrong-type", place, value, expected, repair)
    parts = (callable(getattr(value, part, None)) for part in ("mood", "hazards", "harms"))
    if not isinstance(getattr(value, "name", None), str) or not all(parts):
        raise Refusal("wrong-type", place, value, expected, Message("see docs/examples/own_law.py"))
    return value


def _truth(place: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refusal("wrong-type", place, value, Message("true or false"), Message("write True or False"))
    return value


def _plans(place: str, value: Any) -> Any:
    expected = Message("plans by name")
    if not isinstance(value, Mapping):
        raise Refusal("wrong-type", place, value, expected, Message("give a dictionary of deployments"))
    for name, plan in value.items():
        if not isinstance(name, str):
            raise Refusal("wrong-type", f"{place}, key", name, Message("a name"), Message("write it in quotes"))
        _deployment(f"{place}[{name}]", plan)
    return value


def _deployment(place: str, value: Any) -> Any:
    from optimiser.model.deployment import Deployment  # noqa: PLC0415 - it brings numpy, which reading an instance spares

    return a(Deployment, Message("read it first, read_deployment(file), or take the one of a solution"))(place, value)


RULES: dict[str, Rule] = {
    "instance": a(Instance, Message("read it first, read(file or name)")),
    "deployment": _deployment,
    "plan": maybe(_deployment),
    "seed": within(0),
    "scenarios": within(1, MOST_SCENARIOS),
    "count": within(1, MOST_SCENARIOS),
    "reporting": maybe(within(1, MOST_SCENARIOS)),
    "size": within(1, MOST_SCENARIOS),
    "sets": within(2, MOST_SCENARIOS),
    "trajectories": within(0, MOST_SCENARIOS),
    "draws": within(0, MOST_SCENARIOS),
    "budget": maybe(within(1)),
    "nodes": maybe(within(1)),
    "workers": maybe(within(1, MOST_WORKERS)),
    "seconds": maybe(between(0.0)),
    "gap": between(0.0, 1.0),
    "tolerance": maybe(between(0.0)),
    "confidence": between(1e-9, 1.0 - 1e-9),
    "rounds": maybe(within(1, 100)),
    "amounts": list_of(within(0), 1),
    "solver": one_of(SOLVERS),
    "engine": one_of(ENGINES),
    "law": maybe(_law),
    "dispatch": callable_object,
    "stop": maybe(callable_object),
    "watcher": maybe(a(Watcher, Message("derive your own from Watcher"))),
    "extra": maybe(_plans),
    "levers": _truth,
    "certify": _truth,
    "uncertain": _truth,
    "observers": list_of(callable_object),
    "processes": list_of(callable_object),
    "tell": maybe(callable_object),
}


def _show(value: object) -> object:
    """Show what was found: numbers and texts as they are, classes and other objects by their name."""
    if value is None or isinstance(value, str | bool | int | float | Mapping | list | tuple):
        return value
    if isinstance(value, type):
        return Message("the class {name}", name=value.__name__)
    if isinstance(value, Real):
        return str(value)
    return Message("an object of the class {name}", name=type(value).__name__)
