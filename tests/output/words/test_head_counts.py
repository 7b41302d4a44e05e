"""Who stands where, in words: whole teams with their heads, who is outside the cap, whose crew it is."""

from __future__ import annotations

import pytest
from support.tiny import build

from optimiser.common.language import language
from optimiser.model.deployment import Allotment, count_heads_at
from optimiser.output.words.head_counts import label_team, list_units, seats


def test_teams_come_by_role_with_their_heads_and_vehicles_with_their_crew():
    instance = build()
    here = Allotment(teams={"padal": 1, "dalmas": 2}, vehicles={"awc": 1})
    assert list(list_units(instance, here)) == [
        ("2 x Dalmas awal", "(40)"),
        ("1 x Padal", "(1, outside the cap)"),
        ("1 x AWC", "(crew 4 of PHH)"),
    ]
    assert count_heads_at(instance, here) == 41


def test_a_crew_that_is_no_role_comes_on_top_and_none_is_not_told():
    lorry = {"id": "lorry", "name": "Lorry", "count": 3, "home": "polres", "crew": 2, "seats": 20}
    tug = {"id": "tug", "name": "Tug", "count": 1, "home": "polres", "seats": 0, "crew": 0}
    instance = build(vehicles=[lorry, tug])
    here = Allotment(vehicles={"lorry": 3, "tug": 1})
    assert list(list_units(instance, here)) == [("3 x Lorry", "(+6 crew)"), ("1 x Tug", "")]
    assert seats(instance, here) == 60
    assert count_heads_at(instance, here) == 6


def test_the_role_is_named_where_the_team_does_not_tell_it():
    said = [what for what, _ in list_units(build(), Allotment(teams={"nego": 1, "brimob": 1}))]
    assert said == ["1 x Negotiator", "1 x Brimob, PHH"]


@pytest.mark.parametrize(
    ("team", "role", "said"),
    [
        ("Regu Polwan", "Polisi wanita (Polwan), lapis pertama dan imbauan", "Regu Polwan"),
        ("Tim tindak", "Penindak (Reskrim)", "Tim tindak, Penindak"),
        ("Brimob", "PHH", "Brimob, PHH"),
        ("Team A", "Policewomen (Polwan), first line and appeals", "Team A, Policewomen"),
    ],
)
def test_bug_names_of_roles_spilled_into_lists(team: str, role: str, said: str):
    """A role of the library stood in full behind a team whose name has the same word in brackets."""
    instance = build()
    kind, of = instance.teams[0].altered(name=team), instance.roles[0].altered(name=role)
    assert label_team(of, kind) == said


def test_words_are_those_of_the_reader():
    units = list(list_units(build(), Allotment(teams={"padal": 1}), language("id")))
    assert units == [("1 x Padal", "(1, di luar batas)")]
