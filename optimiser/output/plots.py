"""Drawings of results for programs and notebooks, the same as in the report; each is an SVG that stands alone."""

from __future__ import annotations

from pathlib import Path

from optimiser.common.atomic_files import write_files
from optimiser.common.errors import BadSetting
from optimiser.common.language import CODES, language
from optimiser.common.message import Message
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import Refusal, a, checked, maybe, one_of, whole, within
from optimiser.output.documents.plan import match
from optimiser.output.drawing.frontier import draw_frontier
from optimiser.output.map_pictures import picture_map
from optimiser.output.pictures import list_harms, picture_fan, picture_gantt, picture_harms
from optimiser.output.words.events import chronicle
from optimiser.planning.solution import Solution
from optimiser.questions.frontier import Frontier
from optimiser.questions.played_plan import list_events, pick
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.scenario import REPORTING, draw

MOST = 200  # scenarios that hours are drawn from by default; assumed, as in the report
_solution = a(Solution, Message("plan first, optimise(instance)"))
_lang = one_of(tuple(CODES))


class Drawing(str):
    """An SVG as text; a notebook shows it as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)

    def save(self, path: str | Path) -> Path:
        """Write the drawing into a file.

        Raises
        ------
        FileTrouble : it cannot be written.
        """
        file = Path(path)
        write_files(file.parent, {file.name: self.encode()})
        return file


@checked(solution=_solution, lang=_lang)
def plot_map(solution: Solution, *, lang: str = "en") -> Drawing:
    """Draw who stands where, with marches and the chance of disorder; empty where no place has coordinates.

    Parameters
    ----------
    lang : ``en`` or ``id``.
    """
    words = language(lang)
    return Drawing(picture_map(solution.instance, solution.deployment, solution.evaluation, language=words))


@checked(solution=_solution, lang=_lang, scenarios=maybe(within(1)))
def plot_hours(
    solution: Solution,
    sector: str,
    *,
    scenarios: int | None = None,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    lang: str = "en",
) -> Drawing:
    """Draw crowd and phases of a sector over the day.

    Parameters
    ----------
    sector : its identifier.
    scenarios : reporting scenarios that are played for it; all, but no more than 200, if left out.
    law, dispatch : those that the plan was made with.
    lang : ``en`` or ``id``.

    Raises
    ------
    BadSetting : the instance has no such sector.
    """
    instance, settings = solution.instance, solution.settings
    known = [s.id for s in instance.sectors]
    try:
        one_of(tuple(known))("sector", sector)
    except Refusal as refusal:
        raise BadSetting("plot_hours()", [refusal.fault]) from None
    index, count = known.index(sector), scenarios or min(settings.reporting, MOST)
    drawn = draw(instance, settings.seed, count, REPORTING, settings.uncertain)
    told = chronicle(instance, solution.deployment, drawn, [index], match(solution, law), dispatch, settings.engine)
    return Drawing(picture_fan(instance, told, 0, index, key=f"hours-{index}", language=language(lang)))


@checked(solution=_solution, lang=_lang, scenario=lambda place, value: whole(place, value, 0))
def plot_day(
    solution: Solution,
    scenario: int = 0,
    *,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    lang: str = "en",
) -> Drawing:
    """Draw teams and vehicles over one reporting scenario; empty if nobody comes and nobody stands anywhere.

    Parameters
    ----------
    scenario : its number, from 0.
    law, dispatch : those that the plan was made with.
    lang : ``en`` or ``id``.
    """
    instance, made = solution.instance, solution.settings
    chosen = pick(instance, made.seed, scenario, made.uncertain)
    events = list_events(instance, solution.deployment, chosen, match(solution, law), dispatch)
    return Drawing(picture_gantt(instance, solution.deployment, events, language=language(lang)))


@checked(solution=_solution, lang=_lang)
def plot_harms(solution: Solution, *, lang: str = "en") -> dict[str, Drawing]:
    """Draw each harm that occurs under the plan and under every alternative, by the name of the harm."""
    words = language(lang)
    names = {heading: name for name, heading, _ in list_harms(words)}
    return {names[heading]: Drawing(svg) for heading, svg in picture_harms(solution, language=words)}


@checked(frontier=a(Frontier), lang=_lang)
def plot_frontier(frontier: Frontier, *, lang: str = "en") -> Drawing:
    """Draw what each amount of a resource comes to, harm by harm."""
    return Drawing(draw_frontier(frontier, language(lang)))
