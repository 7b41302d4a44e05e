"""Laws of one's own that do not compile: the line is named, and what to write instead; nothing ends the program."""

from __future__ import annotations

import inspect
import math
import random

import pytest
from numba import njit
from numba.extending import register_jitable
from support.town import town

from optimiser.model.laws.escalation_law import Mood, View
from optimiser.model.laws.risk_law import RiskLaw, rational_mood
from optimiser.simulation.compiled_engine import compile
from optimiser.simulation.compiled_engine.law_code import CannotCompile
from optimiser.simulation.simulator import Simulator

TABLE = {"some": 1.0}
FACTOR = 1.0


class Place:
    factor = 1.0


PLACE = Place()


class OfItself(RiskLaw):
    """What laws below have of themselves; what they do not change compiles at once."""

    table = {"some": 1.0}  # noqa: RUF012
    curve = (0.1, 0.2)
    endless = 2**70

    def mood(self, law, view):
        return Mood(view.people, 0.1, 0.1, 0.1, 0.1)

    def hazards(self, law, view, mood):
        return (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)

    def harms(self, law, view, mood):
        return (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)

    def scale(self, x):
        return 2.0 * x


class Dictionary(OfItself):
    def mood(self, law, view):
        usual = rational_mood(law, view)
        return Mood(usual.active, usual.risk, usual.legitimacy, usual.excess, TABLE["some"])  # here


class OwnDictionary(OfItself):
    def hazards(self, law, view, mood):
        x = self.table["some"]  # here
        return (x, x, x, x, x, x, x)


class OwnTuple(OfItself):
    def harms(self, law, view, mood):
        x = self.curve[0]  # here
        return (x, x, x, x, x, x, x)


class Endless(OfItself):
    def harms(self, law, view, mood):
        x = float(self.endless)  # here
        return (x, x, x, x, x, x, x)


class Method(OfItself):
    def harms(self, law, view, mood):
        x = self.scale(view.people)  # here
        return (x, x, x, x, x, x, x)


class Nothing(OfItself):
    def harms(self, law, view, mood):
        x = self.nothing  # here
        return (x, x, x, x, x, x, x)


class NoConstant(OfItself):
    def harms(self, law, view, mood):
        x = law.wrath  # here
        return (x, x, x, x, x, x, x)


class Super(OfItself):
    def mood(self, law, view):
        return super().mood(law, view)  # here


class Replace(OfItself):
    def mood(self, law, view):
        return rational_mood(law, view)._replace(risk=0.0)  # here


class Generator(OfItself):
    def hazards(self, law, view, mood):
        return tuple(0.1 for _ in range(7))  # here


class Many(OfItself):
    def hazards(self, law, view, mood):
        return (view.people,) * 7  # here


class TryExcept(OfItself):
    def hazards(self, law, view, mood):
        x = 0.0
        try:
            x = 1.0 / view.people
        except ZeroDivisionError:  # here
            x = 0.0
        return (x, x, x, x, x, x, x)


class WithFile(OfItself):
    def hazards(self, law, view, mood):  # here
        with open("file", encoding="ascii") as file:
            x = float(file.read())
        return (x, x, x, x, x, x, x)


class Outside(OfItself):
    def hazards(self, law, view, mood):
        x = PLACE.factor  # here
        return (x, x, x, x, x, x, x)


class Text(OfItself):
    def hazards(self, law, view, mood):
        x = float(len(f"{view.people:.2f}"))  # here
        return (x, x, x, x, x, x, x)


class Modular(OfItself):
    def hazards(self, law, view, mood):
        x = random.Random(1).random()  # here
        return (x, x, x, x, x, x, x)


class Importing(OfItself):
    def hazards(self, law, view, mood):
        import statistics  # here

        x = statistics.mean([0.1, 0.2])
        return (x, x, x, x, x, x, x)


class Undefined(OfItself):
    def hazards(self, law, view, mood):
        x = unheard_of  # noqa: F821 # here
        return (x, x, x, x, x, x, x)


class Writing(OfItself):
    curve = 0.1

    def hazards(self, law, view, mood):  # here
        self.curve = 0.2
        return (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)


class WritingConstants(OfItself):
    def hazards(self, law, view, mood):  # here
        law.calm = 0.2
        return (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)


class ListGiven(OfItself):
    def hazards(self, law, view, mood):  # here
        return [0.1, 0.1, 0.1]


class TooShort(OfItself):
    def harms(self, law, view, mood):  # here
        return (0.1, 0.1)


class Sometimes(OfItself):
    def harms(self, law, view, mood):  # here
        if view.people > 0.0:
            return (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
        return None


class PlainMood(OfItself):
    def mood(self, law, view):  # here
        return (0.1, 0.1, 0.1, 0.1, 0.1)


SAID = {
    Dictionary: "'TABLE' is of type dict",
    OwnDictionary: "its 'table' is of type dict",
    OwnTuple: "its 'curve' is of type tuple",
    Endless: "its 'endless' is of type int",
    Method: "write it as a function outside the class",
    Nothing: "the law has no 'nothing'",
    NoConstant: "the constants have no 'wrath'",
    Super: "call a function instead",
    Replace: "write Mood(...)",
    Generator: "write the values out",
    Many: "write its values out",
    TryExcept: "ask by `if`",
    WithFile: "`with` is not known",
    Outside: f"'PLACE' is of type {__name__[:37]}",
    Text: "use numbers",
    Modular: "'Random' of random",
    Importing: "import it at the top",
    Undefined: "nothing is called 'unheard_of'",
    Writing: "set no attribute",
    WritingConstants: "set no attribute",
    ListGiven: "give a tuple of 7 numbers",
    TooShort: "give a tuple of 7 numbers",
    Sometimes: "give a tuple of 7 numbers on every path",
    PlainMood: "give Mood(...) on every path",
}


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.__name__)
def test_what_does_not_compile_is_told_with_its_line_and_what_to_write_instead(kind) -> None:
    lines, first = inspect.getsourcelines(kind)
    (here,) = [n for n, text in enumerate(lines) if text.rstrip().endswith("# here")]
    with pytest.raises(CannotCompile) as caught:
        compile.check_compiles(compile.law_mark(kind()))
    said = caught.value.message
    assert said.startswith(f"line {first + here} of test_law_reasons.py, `{lines[here].strip()[:60]}")
    assert SAID[kind] in said
    assert "\n" not in said


@pytest.mark.parametrize("kind", [WithFile, Writing, ListGiven])
def test_bug_laws_that_ended_the_program_or_were_played_by_chance_are_played_by_simpy(kind) -> None:
    """One raised numba's own error, one wrote into what all threads read, of one things beyond its end were read."""
    with Simulator(town(), kind()) as simulator:
        assert simulator.engine.name == "simpy"
        assert f"line {inspect.getsourcelines(kind)[1] + 1}" in simulator.why_slow or kind is Writing


def _fall(x):
    return -x


def _scale(x, by=FACTOR, most=9.0):
    return min(most, abs(_fall(x) * by * FACTOR))


def test_bug_functions_of_ones_own_are_called_and_keep_no_old_number(monkeypatch) -> None:
    """They had to be prepared for numba, and then kept the number that they had seen first, unlike SimPy."""

    class Calling(OfItself):
        def harms(self, law, view, mood):
            x = _scale(view.people)
            return (x, x, x, x, x, x, x)

    def harms(mark: str):
        harms = compile._LAWS[mark].parts["harms"]
        return njit(lambda view: harms(0.0, 0.0, view, 0.0))

    law, view = Calling(), View(*[2] * len(View._fields))
    first = compile.law_mark(law)
    compile.check_compiles(first)
    register_jitable(compile._LAWS[first].parts["harms"])
    assert harms(first)(view) == law.harms(0.0, view, 0.0) == (2.0,) * 7
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    second = compile.law_mark(law)
    assert second != first
    compile.check_compiles(second)
    register_jitable(compile._LAWS[second].parts["harms"])
    assert harms(second)(view) == law.harms(0.0, view, 0.0) == (6.0,) * 7
    assert compile.law_mark(Calling()) == second


def test_a_failing_property_is_no_number() -> None:
    class Failing(RiskLaw):
        scale = 0.5

        @property
        def broken(self) -> float:
            raise ValueError(math.pi)

    from optimiser.simulation.compiled_engine.law_code import numbers_of

    assert numbers_of(Failing()) == {"scale": 0.5}
