"""The first page of the papers: the day, the places on one time axis, who is short, and who decides."""

from __future__ import annotations

from optimiser.common.number_format import given, plain
from optimiser.model.verdict import Verdict
from optimiser.output.blocks import BY_HAND, Block, Pairs, Section, Signatures, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, commander, phase_mark
from optimiser.output.orders.form import TOP, Paper
from optimiser.output.orders.resources import period, required_columns
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.relief import relief_pairs
from optimiser.output.orders.staffing.required import list_required
from optimiser.output.overview.day import Shares
from optimiser.output.overview.table import day_blocks, drawn_key
from optimiser.output.overview.trust import tell_outlook, tell_participation


def first_page(at: Situation, verdict: Verdict) -> Paper:
    """Write the page that lies on top: one look at the day for whoever signs it."""
    _ = at.language
    table, *notes = day_blocks(at, _shares(at))
    sections = [
        Section("", (_head(at, verdict),)),
        Section(_("Places over the day"), (table,)),
        *(Section("", (note,)) for note in (*notes, drawn_key(at))),
        *_broken(at),
        _decisions(at),
        Section(
            "", (Signatures((_("Prepared by"), _("Ordered by: {who}", who=commander(at, "yellow"))), _signed(at)),)
        ),
    ]
    return Paper(TOP, _("The day at a glance"), plain(at.instance.title), tuple(sections))


def _signed(at: Situation) -> tuple[str, ...]:
    return (at.language("Name, rank, date"),)


def _shares(at: Situation) -> Shares | None:
    """Give the shares of scenarios in which sectors turn yellow or worse, and red; None where nothing was simulated."""
    if at.expected.evaluation is None:
        return None
    found = {}
    for sector in at.instance.sectors:
        yellow, red = (at.stay(sector, phase) for phase in CALL_PHASES[1:])
        worst = red.reached if red else 0.0
        found[sector.id] = (max(worst, yellow.reached if yellow else 0.0), worst)
    return found


def _head(at: Situation, verdict: Verdict) -> Block:
    _, evaluation = at.language, at.expected.evaluation
    heads = _("{n} of {cap}", n=at.number(verdict.heads.counted), cap=at.number(verdict.heads.cap))
    pairs: list[tuple[str, Value]] = [
        (_("Operational period"), period(at)),
        (_("Deployed, of the cap"), heads),
        (_("Command post, phone"), BY_HAND),
    ]
    if evaluation is not None and "injuries" in evaluation.harms:
        injured = evaluation.harms["injuries"].interval
        said = tell_outlook(evaluation.scenarios, evaluation.worst_phase, injured, _)
        pairs.append((_("How sure"), said))
        held, lost = evaluation.participation, evaluation.harms.get("participation")
        if held is not None and lost is not None:
            said = tell_participation(held.held, lost.interval, _)
            pairs += [(_("Lawful assembly"), said)] if said else []
    return Pairs((*pairs, *relief_pairs(at)))


def _broken(at: Situation) -> list[Section]:
    """List what rules and pins ask for and this plan has not."""
    _ = at.language
    rows = [(a.place, a.what, a.required, a.told, a.need, a.why) for a in list_required(at) if a.need]
    if not rows:
        return []
    return [Section(_("Required and missing"), (Table(required_columns(_), tuple(rows)),))]


def _decisions(at: Situation) -> Section:
    """Say who decides in which phase, and what about."""
    _ = at.language
    doctrine = at.instance.doctrine
    words = (
        _("who receives the delegations, and when"),
        _("lapis ganti ({minutes} min), calling reserve", minutes=given(float(doctrine.lapis), _)),
        _(
            "lintas ganti on order (about {order} min, then {minutes} min), help from outside",
            order=given(float(doctrine.order_red), _),
            minutes=given(float(doctrine.lintas), _),
        ),
    )
    rows = tuple((phase_mark(at, p), commander(at, p), text) for p, text in zip(CALL_PHASES, words, strict=True))
    columns = (TableColumn(_("Phase"), 1.2), TableColumn(_("Who decides"), 1.8), TableColumn(_("On"), 7.0))
    return Section(_("Who decides"), (Table(columns, rows),))
