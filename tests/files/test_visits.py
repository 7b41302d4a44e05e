"""Where people are expected: a gathering that may come by several ways is one crowd."""

from __future__ import annotations

import math
from collections import Counter

from support.small import small_instance

from optimiser import Deployment, read
from optimiser.files.examination.visits import join_ways, list_visits
from optimiser.output.orders.situation import Situation


def test_the_ways_of_a_gathering_to_a_place_are_one_visit_with_their_shares_together() -> None:
    visits = list_visits(read("oku-250"))
    ways = Counter((v.sector, v.gathering.id) for v in visits)
    assert max(ways.values()) > 1
    for sector in {v.sector for v in visits}:
        there = [v for v in visits if v.sector == sector]
        joined = join_ways(there)
        assert {v.gathering.id: v for v in joined}.keys() == {v.gathering.id for v in there}
        assert len(joined) == len({v.gathering.id for v in there})
        for one in joined:
            own = [v for v in there if v.gathering.id == one.gathering.id]
            assert math.isclose(one.share, math.fsum(v.share for v in own))
            assert (one.start, one.end) == (min(v.start for v in own), max(v.end for v in own))


def test_bug_the_crowd_that_a_line_is_measured_by_added_up_all_ways_of_a_gathering() -> None:
    instance = read("oku-250")
    at = Situation(instance, Deployment(instance=instance.name))
    for sector, peak in at.peaks.items():
        assert peak <= sum(v.people for v in join_ways(at.visits[sector])), sector


def test_a_gathering_with_one_way_visits_as_before() -> None:
    visits = list_visits(small_instance())
    assert join_ways(visits[:1]) == visits[:1]
