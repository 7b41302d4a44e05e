"""How much of lawful assembly can take place, in one line: in both languages, on page one, and in older plans."""

from __future__ import annotations

from dataclasses import replace

from support.sample_solution import solved

from optimiser.common.language import language
from optimiser.output.documents.plan import describe_plan
from optimiser.output.orders.first_page import first_page
from optimiser.output.orders.situation import Situation
from optimiser.output.overview.trust import tell_participation, tell_standing
from optimiser.output.words.expectation import expect
from optimiser.planning.evaluation import Interval
from optimiser.planning.participation import share_held

LOST = Interval(245.0, 80.0, 120, 100)


def test_the_line_has_share_and_person_hours() -> None:
    said = tell_participation(0.914, LOST, language("en"))
    assert said == (
        "91 % of the time for which people come to assemble can be held; 245 [165, 325] person-hours are lost."
    )
    assert "245 [165; 325] orang-jam" in tell_participation(0.914, LOST, language("id"))
    assert tell_participation(None, LOST, language("en")) == "", "nobody comes, or it is not known"


def test_page_one_has_the_line_where_the_plan_knows_it() -> None:
    solution = solved()
    document = describe_plan(solution)
    held = document["evaluation"]["participation"]["held"]
    assert held == share_held(solution.evaluation)
    assert 0.0 < held < 1.0
    assert "can be held" in page_one(solution, document)
    del document["evaluation"]["participation"], document["evaluation"]["harms"]["participation"]  # as earlier plans
    assert "can be held" not in page_one(solution, document)


def test_bug_the_best_of_one_plan_compared_was_no_claim() -> None:
    solution = solved()
    one = replace(solution, certificate=replace(solution.certificate, kind="bound-only", compared=1))
    several = replace(solution, certificate=replace(one.certificate, compared=2))
    assert "Not proved the best; no other plan was compared." in tell_standing(one, language("en"))
    assert "Compared with no other deployment on the" in str(one.certificate.sentence)
    assert "Best of 2 plans compared, not proved the best." in tell_standing(several, language("en"))
    assert "The best of 2 deployments compared on the same" in str(several.certificate.sentence)


def page_one(solution, document) -> str:
    at = Situation(solution.instance, solution.deployment, expect(document), language=language("en"))
    return repr(first_page(at, solution.verdict))
