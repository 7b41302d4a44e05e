"""The plans of a nation: what may be claimed, what lending brings, who lends and who borrows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import figure, percent, span
from optimiser.model.harms import INDEPENDENT
from optimiser.nation.audit import Audit
from optimiser.nation.nation_plan import NationPlan
from optimiser.output.blocks import Block, Paragraph, Section, Table, TableColumn, Value
from optimiser.output.sections.expected import harms_table
from optimiser.output.sections.parts import title_section, verdict_blocks, verdict_line
from optimiser.output.words.bands import from_to

MOST = 20  # pools and districts that are listed; the tables have all; assumed


def nation_sections(accord: NationPlan, audit: Audit | None, language: Language = ENGLISH) -> list[Section]:
    """Lay out the result for a nation.

    Parameters
    ----------
    audit : what the verifier said of the files; None where none were written.
    """
    claims = [Paragraph(language(accord.sentence), "strong"), Paragraph(_lending(accord, language))]
    if audit is not None:
        claims.append(verdict_line(audit, language))
    said = language(
        "Means with 95 % intervals over {n} futures of the nation, none of them used to choose: the n-th fresh "
        "scenarios of all districts together.",
        n=language.number(f"{accord.settings.effort.reporting:,}"),
    )
    drawn = language.plural(
        "The law's ranges: {n} draw of all of the law's constants together, the same in every district; from 5 % to "
        "95 % of the draws, which is no confidence interval.",
        "The law's ranges: {n} draws of all of the law's constants together, the same in every district; from 5 % to "
        "95 % of the draws, which is no confidence interval.",
        accord.draws,
    )
    harms = harms_table(accord.harms, accord.loss, language, INDEPENDENT, accord.law_band)
    notes = [Paragraph(line, "note") for line in (said, drawn)]
    sections = [
        title_section(accord.nation.title),
        Section("", claims),
        Section(language("Expected in all districts together"), [harms, *notes]),
    ]
    if accord.nation.pools:
        sections.append(Section(language("Pools"), list(_pools(accord, language))))
        if any(accord.lent):
            sections.append(Section(language("Who borrows most"), list(_borrowers(accord, language))))
    return sections


def _lending(accord: NationPlan, language: Language) -> str:
    """Compare with what the districts would lose each for itself, in the same futures."""
    if not any(accord.lent):
        return language("Nothing is lent.")
    (points, injured), (saved, share) = accord.saved, accord.law_saved
    told = language(
        "Lending saves {points} points and {injured} injured people in the same fresh scenarios (95 % intervals). On "
        "the planning scenarios the best plans without lending come to {alone} points, with lending to {value}.",
        points=span(points, language=language),
        injured=span(injured, language=language),
        alone=figure(accord.value_alone, language=language),
        value=figure(accord.value, language=language),
    )
    over_law = language(
        "Over the law's ranges lending saves {saved} points, and something in {share} of the draws.",
        saved=from_to(saved, language),
        share=percent(share, language=language),
    )
    return f"{told} {over_law}"


def _pools(accord: NationPlan, language: Language) -> Iterator[Block]:
    columns = [
        TableColumn(language("Pool")),
        TableColumn(language("Teams"), right=True, firm=True),
        TableColumn(language("Lent"), right=True, firm=True),
        TableColumn(language("One more is worth"), right=True, firm=True),
    ]
    lent = sorted(
        zip(accord.nation.pools, accord.lent, accord.prices, strict=True), key=lambda row: (-row[2], row[0].id)
    )
    rows: list[Sequence[Value]] = [
        (pool.name, *(language.number(f"{n:,}") for n in (int(pool.count), number)), figure(price, language=language))
        for pool, number, price in lent
    ]
    yield from _first_rows(columns, rows, language)


def _borrowers(accord: NationPlan, language: Language) -> Iterator[Block]:
    columns = [
        TableColumn(language("District")),
        TableColumn(language("Borrows"), right=True, firm=True),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("Over the law's ranges")),
    ]
    teams: Counter[str] = Counter()
    for district, _, number in accord.loans():
        teams[district] += number
    index = {d.id: i for i, d in enumerate(accord.nation.districts)}
    name = {d.id: d.name for d in accord.nation.districts}
    rows: list[Sequence[Value]] = [
        (
            name[district],
            language.number(f"{number:,}"),
            span(accord.loss_of(index[district]), language=language),
            from_to(accord.law_band_of(index[district]), language),
        )
        for district, number in sorted(teams.items(), key=lambda row: (-row[1], row[0]))
    ]
    yield from _first_rows(columns, rows, language)


def _first_rows(columns: Sequence[TableColumn], rows: Sequence[Sequence[Value]], language: Language) -> Iterator[Block]:
    more = len(rows) - MOST
    note = language("{n} more in the tables", n=language.number(f"{more:,}")) if more > 0 else ""
    yield Table(columns, rows[:MOST], note)


def audit_sections(audit: Audit, language: Language = ENGLISH) -> list[Section]:
    """Say what the verifier found, with every violation."""
    caveats = (Paragraph(language(caveat), "warning" if audit.elsewhere else "") for caveat in audit.caveats())
    return [Section("", [*verdict_blocks(audit, language), *caveats])]
