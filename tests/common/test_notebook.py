"""What a notebook shows is small, escaped, and has no script."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from support.sample_solution import solved
from support.small import small_data, small_instance

from optimiser import Deployment, read
from optimiser.common.notebook import MOST_ROWS, make_card

EVIL = '<script>alert("1")</script>&'


class Tags(HTMLParser):
    """Collects tags, attributes and text, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_hostile_names_stay_text() -> None:
    data = small_data(title=EVIL)
    data["sectors"][0]["name"] = EVIL
    instance = small_instance(**{key: data[key] for key in ("title", "sectors")})
    plan = Deployment.build(instance, {("kpu", "nego"): 1}, {}, title=EVIL)
    for shown in (instance, plan):
        tags = Tags(shown._repr_html_())
        assert tags.open == []
        assert tags.tags <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
        assert tags.attributes == []
        assert EVIL in tags.text


@pytest.mark.parametrize("name", ["tiny-2", "oku-250", "families/town-300-tight-none-1"])
def test_an_instance_of_any_size_makes_a_small_card(name: str) -> None:
    card = read(name)._repr_html_()
    assert len(card) < 10_000
    assert read(name).title.split(":")[0] in Tags(card).text


def test_long_tables_say_how_much_is_left_out() -> None:
    text = Tags(make_card("t", {}, ("n",), [(n,) for n in range(MOST_ROWS + 7)])).text
    assert f"{MOST_ROWS - 1}and 7 more" in text
    assert "more" not in make_card("t", {}, ("n",), [(n,) for n in range(MOST_ROWS)])
    assert "table" not in make_card("t", {"a": "b"})


def test_a_solution_shows_plan_loss_and_claim() -> None:
    solution = solved()
    text = Tags(solution._repr_html_()).text
    assert solution.certificate.sentence in text
    loss = solution.evaluation.loss
    assert f"{loss.mean:.1f} ({loss.unusual} of 12) points" in text
    assert "inf" not in text
    for name in solution.frame()["place_name"]:
        assert name in text
