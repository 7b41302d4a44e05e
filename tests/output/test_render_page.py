"""Pages: what a template cannot let through, and what every page says to the browser."""

from __future__ import annotations

import jinja2
import pytest

from optimiser.common.language import language
from optimiser.output import render_page
from optimiser.output.render_page import drawing, to_page


@pytest.fixture
def shown(monkeypatch):
    """Render a page whose body is the text given."""

    def fill(body, code="en", **values):
        text = '{% extends "page.html" %}{% block body %}' + body + "{% endblock %}"
        loader = jinja2.ChoiceLoader([jinja2.DictLoader({"probe.html": text}), render_page._templates().loader])
        monkeypatch.setattr(render_page._templates(), "loader", loader)
        render_page._templates().cache.clear()
        return to_page("probe.html", language(code), **values).decode()

    yield fill
    render_page._templates().cache.clear()


def test_values_are_escaped_and_cannot_steer(shown):
    html = shown("<p title='{{ name }}'>{{ name }}</p>", name="<script>a&b</script>'\"\u202e\x00")
    assert "<script" not in html
    assert "<p title='&lt;script&gt;a&amp;b&lt;/script&gt;&#39;&#34;??'>" in html


def test_drawings_pass_as_they_are(shown):
    assert "<svg><path/></svg>" in shown("{{ picture }}", picture=drawing("<svg><path/></svg>"))


def test_every_page_names_its_language_and_forbids_everything_but_itself(shown):
    html = shown("", "id")
    assert '<html lang="id">' in html
    assert 'content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;' in html
    assert "http" not in html.replace("http-equiv", "")
    assert "@import" not in html


def test_a_value_that_is_missing_is_a_fault_of_the_program(shown):
    with pytest.raises(jinja2.UndefinedError):
        shown("{{ missing }}")
