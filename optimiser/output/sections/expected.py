"""What to expect: harms with their intervals, scenarios by their worst phase, minutes in each phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, given, mean, percent
from optimiser.model.harms import LISTED, Harm
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.output.blocks import Block, Paragraph, Section, Span, Spans, Table, TableColumn, Value
from optimiser.output.overview.trust import tell_participation
from optimiser.output.sections.parts import rare_note
from optimiser.output.words.bands import tell_band
from optimiser.output.words.wording import PHASE_WORDS
from optimiser.planning.evaluation import Evaluation, Interval
from optimiser.planning.law_range import Band, LawRange
from optimiser.planning.participation import share_held

LEAST_MINUTES = 0.5  # below, a mean is only said to be less than one


def harms_table(
    harms: Mapping[str, Interval],
    loss: Interval,
    language: Language,
    listed: Sequence[Harm] = LISTED,
    band: Band | None = None,
) -> Table:
    """Lay out expected harms with their intervals, and the points they come to with their band over the law's ranges.

    Parameters
    ----------
    band : None where it was not measured.
    """
    columns = (
        TableColumn(language("Expected harm")),
        TableColumn(language("Mean"), right=True, firm=True),
        TableColumn(language("95 % interval"), right=True, firm=True),
        TableColumn(language("Unit")),
    )

    def row(label: str | Span, interval: Interval, unit: Message) -> Sequence[Value]:
        between = Span(ends(interval, language=language), "soft")
        return label, mean(interval, language=language), between, Span(language(unit), "soft")

    rows = [
        row(Span(language(harm.label), "sub" if harm.part_of else ""), harms[harm.id], harm.measure) for harm in listed
    ]
    *total, points = row(Span(language("loss in all"), "strong"), loss, Message("points"))
    if band is not None:
        points = (Span(language("points"), "soft"), Span(tell_band(band, language), "soft"))
    return Table(columns, [*rows, [*total, points]], cards=False)


def expected_blocks(evaluation: Evaluation, ranged: LawRange | None, language: Language) -> Iterator[Block]:
    """Say what harms to expect, and how many scenarios stay peaceful.

    Parameters
    ----------
    ranged : the plan, first, over the plausible constants of the law; None where that was not measured.
    """
    yield harms_table(evaluation.harms, evaluation.loss, language, band=ranged.losses[0] if ranged else None)
    yield from rare_note((*(evaluation.harms[harm.id] for harm in LISTED), evaluation.loss), language)
    yield _worst_phases(evaluation, language)
    if said := tell_participation(share_held(evaluation), evaluation.harms["participation"], language):
        yield Paragraph(said)


def _worst_phases(evaluation: Evaluation, language: Language) -> Paragraph:
    """Say how many scenarios stay peaceful, turn yellow, turn red."""
    shares, count = evaluation.worst_phase(), evaluation.loss.count
    peaceful, yellow, red = (percent(shares[name], count, language) for name in ("peaceful", "yellow", "red"))
    return Paragraph(
        Spans(
            (
                language("Scenarios by their worst phase anywhere:") + " ",
                Span(language("peaceful {share}", share=peaceful), "good"),
                "; ",
                Span(language("yellow {share}", share=yellow), "warning"),
                "; ",
                Span(language("red {share}", share=red), "bad"),
            )
        )
    )


def likeliest_places(instance: Instance, evaluation: Evaluation, language: Language) -> Iterator[Block]:
    """Say where yellow and where red is most likely."""
    for phase, sentence in (
        (YELLOW, Message("Most often yellow: {sector}, {share} of scenarios.")),
        (RED, Message("Most often red: {sector}, {share} of scenarios.")),
    ):
        reached = evaluation.reached(phase)
        worst = max(range(len(reached)), key=lambda i: reached[i])
        if reached[worst] > 0.0:
            share = percent(float(reached[worst]), language=language)
            yield Paragraph(language(sentence, sector=instance.sectors[worst].name, share=share))


def tell_overtime(instance: Instance, language: Language) -> str:
    """Say until when losses and minutes count, and what units do after the operation: in simulation relief goes on."""
    hours = float(instance.period.overtime)
    if hours <= 0.0:
        return language("Losses and minutes count until the operation ends, wherever people then are.")
    if float(instance.doctrine.relief_every) > 0.0:
        return language(
            "Losses and minutes count until people are home, at most {hours} h after the operation; until then units "
            "stay as they stand and are simulated to be relieved as before. The papers give neither relief nor orders "
            "for that time.",
            hours=given(hours, language),
        )
    return language(
        "Losses and minutes count until people are home, at most {hours} h after the operation; until then units stay "
        "as they stand, without relief. The papers give no orders for that time.",
        hours=given(hours, language),
    )


def phases_section(instance: Instance, evaluation: Evaluation, language: Language) -> Section:
    """Lay out mean minutes in each phase by sector, where anything happened."""
    phases = [TableColumn(language(word), right=True) for word in PHASE_WORDS.values()]
    rows: list[Sequence[Value]] = []
    calm = []
    for sector, minutes in zip(instance.sectors, evaluation.phase_minutes(), strict=True):
        if float(minutes[1:].sum()) <= 0.0:
            calm.append(sector.name)
            continue
        cells = [language.number(f"{m:,.0f}") if m == 0.0 or m >= LEAST_MINUTES else "<1" for m in minutes]
        rows.append((sector.name, *cells))
    blocks: list[Block] = []
    if rows:
        blocks.append(Table((TableColumn(language("Mean minutes by sector")), *phases), rows))
        blocks.append(Paragraph(tell_overtime(instance, language), "note"))
    if calm:
        blocks.append(Paragraph(language("Quiet throughout: {sectors}.", sectors=", ".join(calm)), "note"))
    return Section("", blocks)
