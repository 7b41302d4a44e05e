"""The plans of a nation laid out for a screen: what may be claimed, what lending brings, who lends and who borrows."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean, plain, span
from optimiser.model.harms import INDEPENDENT
from optimiser.nation.audit import Audit
from optimiser.nation.nation_plan import Accord
from optimiser.output.screen.tables import grid, heading, note, text

MOST = 20  # pools and districts that are listed; the tables have all; assumed


def show_accord(accord: Accord, audit: Audit | None, language: Language = ENGLISH) -> RenderableType:
    """Lay out the result for a nation.

    Parameters
    ----------
    audit : what the verifier said of the files; None where none were written.
    """
    nation = accord.nation
    parts: list[RenderableType] = [
        Text(plain(nation.title), style="bold reverse"),
        Text(),
        text(language(accord.sentence), "bold"),
        text(_lending(accord, language)),
    ]
    if audit is not None:
        parts.append(text(language(audit.sentence()), "green" if audit.passed else "bold red"))
    parts += [heading(language("Expected in all districts together")), _harms(accord, language)]
    count = language.number(f"{accord.terms.reporting:,}")
    parts.append(
        note(
            language(
                "Means with 95 % intervals over {n} futures of the nation, none of them used to choose: the n-th fresh "
                "scenarios of all districts together.",
                n=count,
            )
        )
    )
    if nation.pools:
        parts += [heading(language("Pools")), _pools(accord, language)]
        parts += [heading(language("Who borrows most")), _borrowers(accord, language)]
    return Group(*parts)


def _lending(accord: Accord, language: Language) -> str:
    """Compare with what the districts would lose each for itself, in the same futures."""
    if not any(accord.lent):
        return language("Nothing is lent.")
    points, injured = accord.saved
    return language(
        "Lending saves {points} points and {injured} injured people in the same fresh scenarios (95 % intervals). On "
        "the planning scenarios the best plans without lending come to {alone} points, with lending to {value}.",
        points=span(points, language=language),
        injured=span(injured, language=language),
        alone=figure(accord.value_alone, language=language),
        value=figure(accord.value, language=language),
    )


def _harms(accord: Accord, language: Language) -> RenderableType:
    columns = (language("Expected harm"), language("Mean"), language("95 % interval"), language("Unit"))
    table = grid(*columns, right=(1, 2), firm=(1, 2))
    harms = accord.harms
    for harm in INDEPENDENT:
        figures = (mean(harms[harm.id], language=language), ends(harms[harm.id], language=language))
        table.add_row(language(harm.label), *figures, Text(language(harm.measure), style="dim"))
    total = (mean(accord.loss, language=language), ends(accord.loss, language=language))
    points = Text(language(Message("points")), style="dim")
    table.add_row(Text(language("loss in all"), style="bold"), *total, points)
    return table


def _pools(accord: Accord, language: Language) -> RenderableType:
    columns = (language("Pool"), language("Teams"), language("Lent"), language("One more is worth"))
    table = grid(*columns, right=(1, 2, 3), firm=(1, 2, 3))
    rows = sorted(
        zip(accord.nation.pools, accord.lent, accord.prices, strict=True), key=lambda row: (-row[2], row[0].id)
    )
    for pool, lent, price in rows[:MOST]:
        numbers = (language.number(f"{n:,}") for n in (int(pool.count), lent))
        table.add_row(text(pool.name), *numbers, figure(price, language=language))
    return _cut(table, len(rows), language)


def _borrowers(accord: Accord, language: Language) -> RenderableType:
    table = grid(language("District"), language("Borrows"), language("Points"), right=(1,), firm=(1, 2))
    teams: Counter[str] = Counter()
    for district, _, number in accord.loans():
        teams[district] += number
    loss = {d.id: accord.loss_of(i) for i, d in enumerate(accord.nation.districts)}
    name = {d.id: d.name for d in accord.nation.districts}
    rows = sorted(teams.items(), key=lambda row: (-row[1], row[0]))
    for district, number in rows[:MOST]:
        points = span(loss[district], language=language)
        table.add_row(text(name[district]), language.number(f"{number:,}"), points)
    return _cut(table, len(rows), language)


def _cut(table: RenderableType, rows: int, language: Language) -> RenderableType:
    if rows <= MOST:
        return table
    return Group(table, note(language("{n} more in the tables", n=language.number(f"{rows - MOST:,}"))))


def show_audit(audit: Audit, language: Language = ENGLISH) -> RenderableType:
    """Say what the verifier found, with every violation."""
    lines = (Text.assemble(("  - ", "red"), plain(language(v.sentence))) for v in audit.violations)
    notes = (Text(plain(language(note)), style="yellow" if audit.elsewhere else "") for note in audit.caveats())
    return Group(Text(language(audit.sentence()), style="green" if audit.passed else "bold red"), *lines, *notes)
