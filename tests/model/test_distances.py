"""Distances against figures worked out by hand, closures as they come and go, and reach against the checker."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from support.tiny import build, draw

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.distances import EARTH_RADIUS, mark_reach, measure

PLACES = ("kpu", "dprd", "polres", "terminal")


def road(a: str, b: str, km: float) -> dict[str, object]:
    return {"a": a, "b": b, "km": km}


def km(instance, a: str, b: str, minute: float = 0.0) -> float:
    distances = measure(instance)
    return float(distances.km[distances.at(minute), distances.places.index(a), distances.places.index(b)])


def test_order_of_places_is_sectors_posts_reinforcements() -> None:
    help_ = {"id": "martapura", "name": "Martapura", "x": 20.0, "y": 0.0, "team": "brimob", "teams": 1}
    distances = measure(build(reinforcements=[help_]))
    assert distances.places == (*PLACES, "martapura")
    assert distances.km.shape == (1, 5, 5)
    assert distances.km[0].diagonal().tolist() == [0.0] * 5


def test_plane_is_euclid_times_detour() -> None:
    instance = build(travel={"detour": 1.5})
    assert km(instance, "kpu", "dprd") == pytest.approx(4.5)
    assert km(instance, "kpu", "polres") == pytest.approx(1.5 * math.sqrt(2.0))
    assert np.array_equal(measure(instance).km[0], measure(instance).km[0].T)


def test_sphere_matches_known_arcs() -> None:
    def at(lat: float, lon: float) -> dict[str, float]:
        return {"lat": lat, "lon": lon}

    sectors = [
        {"id": "kpu", "name": "A", **at(0.0, 0.0)},
        {"id": "dprd", "name": "B", **at(0.0, 90.0)},
        {"id": "far", "name": "C", **at(0.0, 180.0)},
    ]
    posts = [{"id": "polres", "name": "P", **at(1.0, 0.0)}, {"id": "terminal", "name": "T", **at(-4.1254, 104.1721)}]
    instance = build(sectors=sectors, posts=posts, travel={"detour": 1.0})
    assert km(instance, "kpu", "dprd") == pytest.approx(EARTH_RADIUS * math.pi / 2)
    assert km(instance, "kpu", "far") == pytest.approx(EARTH_RADIUS * math.pi)
    assert km(instance, "kpu", "polres") == pytest.approx(111.195, abs=1e-3)  # one degree of a meridian


def test_places_without_common_coordinates_are_apart() -> None:
    posts = [
        {"id": "polres", "name": "P", "lat": 0.0, "lon": 0.0},
        {"id": "terminal", "name": "T", "lat": 0.0, "lon": 1.0},
    ]
    instance = build(posts=posts, travel={"detour": 1.0})
    assert km(instance, "kpu", "polres") == math.inf
    assert km(instance, "kpu", "dprd") == 3.0
    assert km(instance, "polres", "terminal") == pytest.approx(111.195, abs=1e-3)


def test_matrix_is_taken_as_it_is() -> None:
    travel = {"kind": "matrix", "detour": 2.0, "places": ["polres", "kpu"], "km": [[0.0, 7.0], [8.0, 0.0]]}
    instance = build(travel=travel)
    assert km(instance, "polres", "kpu") == 7.0
    assert km(instance, "kpu", "polres") == 8.0
    assert km(instance, "kpu", "dprd") == math.inf
    assert km(instance, "dprd", "dprd") == 0.0


def test_roads_go_the_shortest_way_through_junctions() -> None:
    roads = [
        road("kpu", "x", 2.0),
        road("x", "polres", 1.5),
        road("kpu", "polres", 9.0),
        road("polres", "kpu", 4.0),
        road("x", "dprd", 0.3),
    ]
    instance = build(travel={"kind": "roads", "roads": roads})
    assert km(instance, "kpu", "polres") == 3.5
    assert km(instance, "dprd", "polres") == 1.8
    assert km(instance, "kpu", "terminal") == math.inf


def test_a_closed_road_closes_every_road_between_its_ends() -> None:
    roads = [road("kpu", "polres", 2.0), road("polres", "kpu", 3.0), road("kpu", "x", 5.0), road("x", "polres", 5.0)]
    closures = [{"a": "polres", "b": "kpu", "start": "14:00", "end": "15:30"}]
    instance = build(travel={"kind": "roads", "roads": roads, "closures": closures})
    assert [km(instance, "kpu", "polres", minute) for minute in (0, 59, 60, 149, 150, 300)] == [2, 2, 10, 10, 2, 2]


def test_shortest_paths_agree_with_trying_all_by_floyd_and_warshall() -> None:
    rng = random.Random(4)
    names = [*PLACES, *(f"j{i}" for i in range(12))]
    pairs = [rng.sample(names, 2) for _ in range(26)]
    roads = [road(a, b, rng.randint(1, 50) / 8) for a, b in pairs]  # eighths add up without rounding
    best = np.full((16, 16), np.inf)
    np.fill_diagonal(best, 0.0)
    for r in roads:
        a, b = names.index(r["a"]), names.index(r["b"])
        best[a, b] = best[b, a] = min(best[a, b], r["km"])
    for k in range(16):
        best = np.minimum(best, best[:, [k]] + best[[k], :])
    found = measure(build(travel={"kind": "roads", "roads": roads})).km[0]
    assert np.array_equal(found, best[:4, :4])


def test_epochs_begin_where_a_closure_starts_or_ends() -> None:
    closures = [
        {"a": "kpu", "b": "polres", "start": "14:00", "end": "15:00"},
        {"a": "kpu", "b": "dprd", "start": "15:00"},
        {"a": "dprd", "b": "polres", "end": "13:30"},
        {"a": "dprd", "b": "terminal"},
        {"a": "kpu", "b": "terminal", "start": "20:00"},
    ]
    instance = build(travel={"closures": closures})
    distances = measure(instance)
    assert distances.epochs.tolist() == [0.0, 30.0, 60.0, 120.0, 420.0]  # 20:00, while people go home
    assert [distances.at(m) for m in (-1.0, 0.0, 29.9, 30.0, 60.0, 119.0, 120.0, 9999.0)] == [0, 0, 0, 1, 2, 2, 3, 4]
    assert [km(instance, "kpu", "polres", m) < math.inf for m in (0, 60, 120)] == [True, False, True]
    assert [km(instance, "dprd", "kpu", m) < math.inf for m in (0, 119, 120, 300)] == [True, True, False, False]
    assert [km(instance, "polres", "dprd", m) < math.inf for m in (0, 30)] == [False, True]
    assert km(instance, "dprd", "terminal", 300) == math.inf


def test_a_closure_that_began_before_the_operation_holds_until_its_end() -> None:
    instance = build(travel={"closures": [{"a": "kpu", "b": "polres", "start": "12:00", "end": "14:00"}]})
    assert [km(instance, "kpu", "polres", m) < math.inf for m in (0, 59, 60)] == [False, False, True]


def test_a_closure_of_unknown_ends_or_of_a_junction_changes_nothing_direct() -> None:
    instance = build(travel={"closures": [{"a": "kpu", "b": "bridge"}]})
    assert np.isfinite(measure(instance).km).all()


def test_reach_counts_the_minute_itself_and_only_lasting_closures() -> None:
    sectors = [
        {"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0},
        {"id": "dprd", "name": "DPRD", "x": 10.1, "y": 0.0},
        {"id": "far", "name": "Far", "x": 10.2, "y": 0.0},
    ]
    posts = [{"id": "polres", "name": "Polres", "x": 0.1, "y": 0.0}]
    travel = {"detour": 1.0, "drive": 30.0, "closures": [{"a": "polres", "b": "kpu", "start": "13:00"}]}
    instance = build(sectors=sectors, posts=posts, travel=travel, doctrine={"reserve_reach": 20.0})
    assert mark_reach(instance).tolist() == [[True], [True], [False]]
    shut = {**travel, "closures": [{"a": "kpu", "b": "polres"}]}
    assert mark_reach(instance.altered(travel=build(travel=shut).travel)).tolist() == [
        [False],
        [True],
        [False],
    ]


def test_reach_drives_from_the_post_to_the_sector() -> None:
    travel = {"kind": "matrix", "places": ["polres", "kpu"], "km": [[0.0, 5.0], [50.0, 0.0]]}
    assert mark_reach(build(travel=travel)).tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize("kind", ["coordinates", "roads"])
def test_reach_agrees_with_the_checker_which_measures_by_itself(kind: str) -> None:
    for seed in range(25):
        rng = random.Random(seed)
        instance = draw(rng)
        names = [p.id for p in instance.places]
        roads = [road(*rng.sample([*names, "j"], 2), rng.choice([3.3, 3.4, 5.0, 10.0])) for _ in range(5)]
        closures = [{"a": names[0], "b": names[2]}] if rng.random() < 0.5 else []
        travel = build(travel={"kind": kind, "roads": roads, "closures": closures, "drive": 30.0}).travel
        covered = tuple(s.altered(cover=1) for s in instance.sectors)
        instance = instance.altered(**{"travel": travel, "sectors": covered})
        for p, post in enumerate(instance.posts):
            waiting = Deployment.build(instance, {(post.id, "t-line"): 1}, {})
            beyond = {v.place for v in check(instance, waiting).violations if v.code == "cover"}
            assert beyond == {
                s.id for s, near in zip(instance.sectors, mark_reach(instance)[:, p], strict=True) if not near
            }


def test_a_thousand_sectors_keep_their_shape() -> None:
    rng = random.Random(1)
    sectors = [{"id": f"s{i}", "name": "S", "x": rng.random(), "y": rng.random()} for i in range(1000)]
    distances = measure(build(sectors=sectors, travel={"closures": [{"a": "s1", "b": "s2", "end": "14:00"}]}))
    assert distances.km.shape == (2, 1002, 1002)
    assert np.isinf(distances.km).sum() == 2


@pytest.mark.parametrize(
    ("end", "patience", "found"), [("14:20", 60.0, 95.0), ("14:20", 10.0, math.inf), ("14:40", 45.0, 110.0)]
)
def test_people_look_from_time_to_time_whether_a_way_is_open(end: str, patience: float, found: float) -> None:
    """The period begins at 13:00; who wants to go at minute 65 looks then, at 95, and when patience ends."""
    closed = {"a": "kpu", "b": "dprd", "start": "13:30", "end": end}
    distances = measure(build(travel={"closures": [closed]}))
    a, b = (distances.places.index(name) for name in ("kpu", "dprd"))
    assert distances.sets_out(a, b, 65.0, patience) == found
    assert distances.sets_out(a, b, 10.0, patience) == 10.0
