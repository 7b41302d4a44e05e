"""Who accompanies a gathering on the screen: with which, from where, where they come to, and what they add there."""

from __future__ import annotations

import pytest
from support.sample_solution import solved
from support.town import posted, town

from optimiser.common.language import language
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance, Sector
from optimiser.output.blocks import Table
from optimiser.output.map_pictures import picture_map
from optimiser.output.orders.situation import Situation
from optimiser.output.overview.along import list_companions, tell_companions
from optimiser.output.overview.day import list_place_days
from optimiser.output.overview.table import day_blocks
from optimiser.output.pictures import list_groups
from optimiser.output.report.report import write_report
from optimiser.output.sections.plan import plan_sections
from optimiser.output.sections.roster import companions_blocks, sectors_blocks
from optimiser.output.words.movements import find_end
from optimiser.simulation.events import Event

WITH = {"id": "with-march", "name": "Along", "gathering": "march"}


def escorted(**changes) -> Instance:
    return town(**{"accompaniments": [WITH], **changes})


def sent(instance: Instance, **teams: int) -> Deployment:
    """Send teams along with the march, beside the town's own deployment; the mall has nobody of its own."""
    own = {(place, kind): n for place, here in posted(instance).places.items() for kind, n in here.teams.items()}
    vehicles = {("polres", "truck"): 3, ("polres", "awc"): 1}
    return Deployment.build(instance, {**own, **{("with-march", kind): n for kind, n in teams.items()}}, vehicles)


def situation(code: str = "en", **teams: int) -> Situation:
    instance = escorted()
    return Situation(instance, sent(instance, **teams), language=language(code))


def sector_of(at: Situation, ident: str) -> Sector:
    return next(sector for sector in at.instance.sectors if sector.id == ident)


def test_a_stop_says_how_many_come_with_the_people():
    at = situation(info=1, care=1, padal=1)
    for sector in ("terminal", "kpu", "mall"):
        assert tell_companions(at, sector_of(at, sector)) == ["10 heads come with March"]
    assert tell_companions((at := situation()), sector_of(at, "mall")) == [], "nobody goes along"
    assert tell_companions((at := situation("id", info=1)), sector_of(at, "mall")) == [
        "4 personel datang bersama March"
    ]


def test_nobody_is_not_said_of_a_sector_where_some_come_with_the_people():
    told = repr(day_blocks(situation(info=1, padal=1)))
    assert "nobody" not in told
    assert "nobody" in repr(day_blocks(situation())), "the mall has nobody of its own"
    instance = escorted()
    solution = solved(instance, sent(instance, info=1, padal=1))
    assert "nobody" not in repr(list(sectors_blocks(solution, language("en"))))


def test_a_way_that_is_not_taken_every_day_is_told_with_its_share():
    march = town().model_dump(mode="json")["gatherings"][0]
    march["routes"] = [{"id": "long", "weight": 3.0}, {"id": "short", "weight": 1.0}]
    march["itinerary"][2]["route"] = "long"
    instance = escorted(gatherings=[march])
    at = Situation(instance, sent(instance, info=1))
    assert tell_companions(at, sector_of(at, "kpu")) == ["4 heads come with March"]
    assert tell_companions(at, sector_of(at, "mall")) == ["4 heads come with March (on 75 % of days)"]


def test_what_a_line_lacks_counts_who_comes_with_the_people():
    days = {day.place.id: day for day in list_place_days(situation())}
    with_line = {day.place.id: day for day in list_place_days(situation(rope=2))}
    added = 10.0, 0.0  # 20 heads of 0.5 in yellow; they do not act in red
    for n in range(2):
        assert days["mall"].missing[n] > 0
        assert with_line["mall"].missing[n] == pytest.approx(days["mall"].missing[n] - added[n], abs=1.0)


def test_the_day_of_an_accompaniment_is_the_stops_of_the_likeliest_way():
    (along,) = [day for day in list_place_days(situation(info=1)) if day.place.id == "with-march"]
    assert [sector for sector, _, _ in along.stops] == ["terminal", "kpu", "mall"]
    assert (along.stops[0][1], along.stops[-1][2]) == (30.0, 360.0), "from when people are expected, and to the end"
    assert all(begin < end for _, begin, end in along.stops)
    assert all(end < begin for (_, _, end), (_, begin, _) in zip(along.stops, along.stops[1:], strict=False))
    assert along.shares is None
    assert along.missing == (0, 0), "what is likely there is told of the sector"
    assert list_place_days(situation(info=1))[-1] == along, "after sectors and posts"


def test_who_goes_along_is_a_group_of_its_own_with_the_gathering_and_where_it_assembles():
    instance = escorted()
    solution = solved(instance, sent(instance, info=1, care=1, padal=1))
    table, *_ = companions_blocks(solution, language("en"))
    headings = [section.heading for section in plan_sections(solution)]
    assert isinstance(table, Table)
    (row,) = table.rows
    assert all(text in repr(row) for text in ("Along", "with: March", "assembles at Terminal", "KPU → Mall", "'10'"))
    after = headings.index("Callable reserve, out of sight") + 1
    assert headings[after : after + 2] == ["On the move, with people or as planned", "Held at base, not callable"]


def test_heads_in_sectors_at_posts_and_with_gatherings_are_all_that_is_deployed():
    instance = escorted()
    solution = solved(instance, sent(instance, info=1, care=1, padal=1))
    heads = solution.verdict.heads
    shown = {place: n for place, n in solution.deployment.heads_by_place(instance).items() if n}
    assert shown["with-march"] == heads.accompanying == 10
    assert sum(shown.values()) == heads.sectors + heads.posts + heads.accompanying == heads.counted


def test_where_nobody_goes_along_it_is_said():
    instance = escorted()
    assert "Nobody is assigned to: Along." in repr(list(companions_blocks(solved(instance), language("en"))))
    assert list(companions_blocks(solved(), language("en"))) == [], "nothing is said where nobody may"


def test_the_map_draws_who_goes_along_beside_the_first_stop_with_a_key():
    instance = escorted()
    plan = sent(instance, info=1, care=1, padal=1)
    drawn, bare = picture_map(instance, plan), picture_map(instance, posted(instance))
    assert ">Along<" in drawn
    assert ">10<" in drawn
    assert ">Along<" not in bare
    key = "goes along with a gathering"
    assert key in write_report(solved(instance, plan)).decode()
    assert key not in write_report(solved(instance)).decode()


def test_a_told_day_shows_who_goes_along_in_each_sector_where_they_were():
    instance = escorted()
    plan = sent(instance, info=1, padal=1)
    events = [
        Event(30.0, "arrived", "terminal", what="march", number=1200.0),
        Event(30.0, "phase", "terminal", what="green"),
        Event(60.0, "moves", "terminal", "kpu", "with-march", 2.0),
        Event(95.0, "arrived", "kpu", what="march", number=1200.0),
        Event(95.0, "phase", "kpu", what="green"),
        Event(100.0, "moved", "kpu", what="with-march", number=2.0),
    ]
    groups = {group.name: group for group in list_groups(instance, plan, events)}
    end = find_end(instance, events)
    (first,) = [lane for lane in groups["Terminal"].lanes if lane.name == "Along"]
    (next_,) = [lane for lane in groups["KPU"].lanes if lane.name == "Along"]
    assert [(bar.kind, bar.begin, bar.end, bar.text) for bar in first.bars] == [("stand", 0.0, 60.0, "6 heads")]
    assert [(bar.kind, bar.begin, bar.end) for bar in next_.bars] == [("road", 60.0, 100.0), ("stand", 100.0, end)]


def test_bug_who_rests_and_comes_back_was_in_the_sector_meanwhile():
    """First formed and last left were joined, and the sheet of the sector contradicted the first page."""
    stands = [{"sector": "kpu", "until": "14:00"}, {"post": "polres", "until": "16:00"}, {"sector": "kpu"}]
    instance = town(movements=[{"id": "turn", "name": "Turn", "legs": stands}])
    at = Situation(instance, Deployment.build(instance, {("turn", "rope"): 1}, {}))
    first, _rest, last = at.stands(instance.movements[0])
    spans = ", ".join(f"{at.clock(s.formed)}–{at.clock(s.left)}" for s in (first, last))
    assert (at.clock(first.left), at.clock(last.sent)) == ("14:00", "16:00")
    assert tell_companions(at, sector_of(at, "kpu")) == [f"10 heads: Turn {spans}"]
    assert list_companions(at, sector_of(at, "kpu")) == [f"+10 Turn {spans}"]
