"""The band over the law's ranges says on how many scenarios it rests, and is not shown where they are too few."""

from __future__ import annotations

import pytest
from rich.console import Console
from support.town import posted, town

from optimiser.common.language import ENGLISH
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.simulation import simulation_sections
from optimiser.output.words.bands import tell_draws
from optimiser.planning.law_range import LEAST, LawRange
from optimiser.questions.played_plan import rehearse


@pytest.mark.parametrize(
    ("scenarios", "said"),
    [(1, "each on the first reporting scenario;"), (250, "each on the first 250 reporting scenarios;")],
)
def test_bug_draws_were_of_1_scenarios(scenarios: int, said: str) -> None:
    assert said in tell_draws(LawRange(40, scenarios, 61, (), ()), ENGLISH)


def test_draws_of_too_few_scenarios_are_called_so() -> None:
    few, enough = (tell_draws(LawRange(40, n, 61, (), ()), ENGLISH) for n in (LEAST - 1, LEAST))
    assert "too few" in few
    assert "too few" not in enough


@pytest.mark.parametrize("scenarios", [1, LEAST - 1, LEAST])
def test_bug_a_band_stood_beside_an_interval_that_nothing_is_known_of(scenarios: int) -> None:
    instance = town()
    console = Console(width=300)
    with console.capture() as captured:
        console.print(to_terminal(simulation_sections(rehearse(instance, posted(instance), scenarios=scenarios))))
    text = captured.get()
    assert ("No band over the law's ranges: it takes at least 25 scenarios." in text) == (scenarios < LEAST)
    assert (" over the law's ranges" in text.replace("No band over the law's ranges", "")) == (scenarios >= LEAST)
