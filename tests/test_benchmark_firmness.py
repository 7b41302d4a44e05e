"""A firm placement is contradicted by a seed whose range does not hold its number, and by no other."""

from __future__ import annotations

import firmness
from support.town import posted, town

from optimiser.planning.evaluation import Interval
from optimiser.questions.firmness import Firmness, Placing


def answer(*placings: Placing) -> Firmness:
    told = (len(placings), 0.02, 0.5, 0, 10, Interval(0.0, 0.0, 10, 0), 1, 10, 10)
    return Firmness(town(), posted(town()), placings, *told)


def test_agreement_is_the_share_that_no_other_seed_contradicts() -> None:
    found = {
        1: answer(Placing("kpu", "talk", 2, 2, 2, 1.0, 0), Placing("kpu", "rope", 3, 3, 3, 1.0, 5)),
        2: answer(Placing("kpu", "talk", 2, 1, 3, 0.5, 4), Placing("kpu", "rope", 1, 1, 2, 0.5, 5)),
        3: answer(Placing("kpu", "talk", 2, 2, 2, 1.0, 2), Placing("mall", "care", 0, 0, 1, 0.99, 2)),
    }
    *seeds, total = firmness.compare("town", found)
    assert [[cell.strip() for cell in line.split("|")][3:9] for line in seeds] == [
        ["2", "2", "2", "1", "0", "1"],  # rope: 3 lies neither in 1 to 2 nor in 0, where no range is told
        ["2", "2", "0", "0", "0", "0"],
        ["2", "1", "1", "0", "1", "0"],
    ]
    assert "agreement 75 % of 4 firm placements; in pairs 75 % of 8" in total
    assert "1 placements are alike in all plans, 2 of 3 firm ones" in total
