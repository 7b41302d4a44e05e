"""What the signs of the drawings mean: a small picture for each, with a few words."""

from __future__ import annotations

from collections.abc import Collection

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given
from optimiser.output.drawing.paper import Canvas, Rect, ink

WIDE, HIGH = 30.0, 18.0  # px of a small picture
Key = tuple[str, str]


def list_phase_keys(key: str, dispersed: bool = False, language: Language = ENGLISH) -> list[Key]:
    """Explain the colours and patterns of phases."""
    words = {
        "green": language("green: orderly"),
        "yellow": language("yellow: order disturbed"),
        "red": language("red: law broken"),
    }
    if dispersed:
        words["dispersed"] = language("the crowd has dispersed")
    found = []
    for phase, text in words.items():
        sheet = _small(f"{key}-{phase}")
        sheet.phase(Rect(1.0, 3.0, WIDE - 1.0, HIGH - 3.0), phase)
        found.append((sheet.done(), text))
    return found


def list_fan_keys(key: str, language: Language = ENGLISH) -> list[Key]:
    """Explain a fan: the bands above, the phases below."""
    words = (
        (language("people: in half of the scenarios more, in half fewer"), "line"),
        (language("half of the scenarios lie here"), "inner"),
        (language("9 of 10 lie here"), "outer"),
    )
    found = []
    for text, what in words:
        sheet = _small(f"{key}-{what}")
        rect = Rect(1.0, 3.0, WIDE - 1.0, HIGH - 3.0)
        if what != "line":
            sheet.box(rect, "accent", fill_opacity=0.16)
        if what == "inner":
            sheet.box(rect, "accent", fill_opacity=0.3)
        if what == "line":
            sheet.line(f"M1 9H{WIDE - 1:g}", "accent", 2.0)
        found.append((sheet.done(), text))
    return [*found, *list_phase_keys(key, language=language)]


def list_map_keys(
    key: str, minutes: float = 0.0, rings: Collection[int] = (1, 2, 3), language: Language = ENGLISH
) -> list[Key]:
    """Explain a map.

    Parameters
    ----------
    minutes : that count as within reach; 0 where no circle is drawn.
    rings : those that sectors of the map have; 3 stands for all beyond.
    """
    found = []
    words = {1: language("ring 1"), 2: language("ring 2"), 3: language("ring 3 and beyond")}
    for ring, text in ((ring, text) for ring, text in words.items() if ring in rings):
        sheet = _small(f"{key}-ring{ring}")
        dash = "3 2" if ring > 2 else None
        width = {1: 3.0, 2: 1.8}.get(ring, 1.2)
        look = {"stroke": ink("ink"), "stroke_width": width, "stroke_dasharray": dash}
        sheet.add("circle", cx=15.0, cy=9.0, r=6.5, fill=ink("paper"), **look)
        found.append((sheet.done(), text))
    if found:
        found[0] = (found[0][0], language("sector with its heads; {ring}", ring=found[0][1]))
    sheet = _small(f"{key}-share")
    sheet.line("M15 1.5A7.5 7.5 0 0 1 20.3 3.7", "red", 4.0)
    sheet.line("M20.3 3.7A7.5 7.5 0 0 1 15 16.5", "yellow", 3.0)
    found.append((sheet.done(), language("share of scenarios in which it turns red (thick), yellow (thin)")))
    sheet = _small(f"{key}-post")
    sheet.box(Rect(8.0, 2.0, 22.0, 16.0), "accent", rx=2)
    found.append((sheet.done(), language("post with its callable reserve")))
    if minutes > 0.0:
        sheet = _small(f"{key}-reach")
        circle = {"stroke": ink("accent"), "stroke_dasharray": "2 4", "fill": "none"}
        sheet.add("circle", cx=15.0, cy=26.0, r=20.0, **circle)
        text = language("within {minutes} min of the reserve, as the road goes", minutes=given(minutes, language))
        found.append((sheet.done(), text))
    return found


def along_key(key: str, planned: bool, language: Language = ENGLISH) -> Key:
    """Explain the sign of who accompanies a gathering or, where anybody does, moves as planned."""
    sheet = _small(f"{key}-along")
    sheet.area("M15 1L23 9L15 17L7 9Z", "accent")
    if planned:
        return sheet.done(), language("moves with people or as planned, drawn where that begins")
    return sheet.done(), language("goes along with a gathering, drawn where it assembles")


def outside_key(key: str, language: Language = ENGLISH) -> Key:
    """Explain the sign of help from outside."""
    sheet = _small(f"{key}-outside")
    sheet.area("M15 2L23 16L7 16Z", "accent")
    return sheet.done(), language("help from outside; at the edge if it is farther away")


def area_key(key: str, language: Language = ENGLISH) -> Key:
    """Explain the area of a sector."""
    sheet = _small(f"{key}-area")
    sheet.area("M3 4L20 2L27 11L15 16L5 13Z", "ink", 0.07, stroke=ink("ink"), stroke_opacity=0.35)
    return sheet.done(), language("area of a sector")


def march_key(key: str, language: Language = ENGLISH) -> Key:
    """Explain an arrow."""
    sheet = _small(f"{key}-march")
    head = sheet.mark("head", "M0 0L10 5L0 10L3 5Z", "ink")
    sheet.line("M2 12Q14 2 26 9", "ink", 2.0, marker_end=head)
    return sheet.done(), language("way of a gathering, wider for more people")


def list_gantt_keys(key: str, language: Language = ENGLISH) -> list[Key]:
    """Explain a Gantt chart, phases apart."""
    found = []
    sheet = _small(f"{key}-stand")
    sheet.box(Rect(1.0, 4.0, WIDE - 1.0, 14.0), "accent", rx=1.5)
    found.append((sheet.done(), language("teams formed up, with heads")))
    sheet = _small(f"{key}-road")
    sheet.line("M1 9H14", "accent", 2.4, stroke_dasharray="3 2")
    sheet.line("M17 9H29", "accent", 1.2)
    found.append((sheet.done(), language("on the road there (dashed), on the way back (thin)")))
    sheet = _small(f"{key}-wait")
    sheet.box(Rect(1.0, 5.0, 14.0, 15.0), "accent", fill_opacity=0.28)
    sheet.box(Rect(14.0, 11.0, 29.0, 15.0), "accent", fill_opacity=0.28)
    found.append((sheet.done(), language("heads that wait at a post")))
    sheet = _small(f"{key}-away")
    sheet.box(Rect(4.0, 6.0, 26.0, 12.0), "soft")
    found.append((sheet.done(), language("vehicles away with a column")))
    for what, text in (
        ("waits", language("a delegation waits")),
        ("received", language("it is received")),
        ("unmet", language("talks fail, or nobody receives it")),
    ):
        sheet = _small(f"{key}-{what}")
        fill = ink("ink" if what == "received" else "paper")
        sheet.add("circle", cx=15.0, cy=9.0, r=5.5, fill=fill, stroke=ink("ink"), stroke_width=1.2)
        if what == "unmet":
            sheet.line("M12 6l6 6m0 -6l-6 6", "ink", 1.5)
        elif what == "received":
            sheet.line("M12.2 9l2 2.4l3.6 -4.6", "paper", 1.5)
        found.append((sheet.done(), text))
    return found


def _small(key: str) -> Canvas:
    return Canvas(WIDE, HIGH, "", key)
