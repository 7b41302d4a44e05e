"""A calibration as sections: what was learned, what was not, whether it fits what was seen, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, mean, percent
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import PlausibleRange
from optimiser.operation.calibration.calibrate import LITTLE, Calibration, Learned
from optimiser.operation.calibration.checks import Check, Decision
from optimiser.operation.calibration.posterior import SETTLED
from optimiser.output.blocks import Block, Pairs, Paragraph, Points, Section, Table, TableColumn, Value
from optimiser.planning.evaluation import Interval

WHAT = {  # that was seen
    "worsen": Message("crowds that turned yellow or red"),
    "fail": Message("negotiations that failed"),
    "calm": Message("crowds that calmed down by a phase"),
    "disperse": Message("crowds that dispersed"),
    "cool": Message("times that tension fell"),
    "provoke": Message("times that tension rose"),
    "spill": Message("times that people spilled over"),
    "yellow": Message("complete days with a yellow sector"),
    "red": Message("complete days with a red sector"),
    "injured": Message("injured a complete day"),
}
RULE = (
    Message(
        "Complete days are replayed along their log. Between two rows every hazard of the law is constant, so the "
        "likelihood is exact: what rang, less all that could have rung."
    ),
    Message("How tense a crowd was is not taken from a log, only that tension rose or fell by a step."),
    Message(
        "Of a log that is not complete only the highest phase of each sector and the injured are used, by simulation."
    ),
    Message("The law learns what crowds do. What commanders decide is taken as it was."),
)
VALUES = Message(
    "Rely on the ranges: values that are each in the middle of their range are not the law in the middle, and can "
    "exaggerate what was learned."
)
FEW = 100  # independent draws that ends of ranges need; assumed
ODD = 0.025  # a chance that is nearer to 0 or 1 is told; assumed


def calibration_sections(found: Calibration, language: Language = ENGLISH) -> list[Section]:
    """Tell a calibration on a terminal."""
    sections = [Section(language("What the logs are"), (Pairs(_days(found, language)), *_doubts(found, language)))]
    learned = [one for one in found.told if one.shrinkage >= LITTLE]
    little = [one for one in found.told if one.shrinkage < LITTLE]
    if learned:
        sections.append(Section(language("What was learned"), (_table(learned, language),)))
    sections.append(
        Section(language("What the logs hardly tell or do not tell"), tuple(_rest(found, little, language)))
    )
    sections.append(Section(language("Whether the learned law fits what was seen"), tuple(_checks(found, language))))
    changes = Pairs(_decision(found.decision, language)), Paragraph(language(VALUES))
    sections.append(Section(language("What it changes"), changes))
    sections.append(Section(language("How it is learned"), (Points([language(line) for line in RULE]),)))
    return sections


def _days(found: Calibration, language: Language) -> list[tuple[str, Value]]:
    pairs: list[tuple[str, Value]] = [
        (language("Complete days, replayed"), len(found.complete)),
        (language("Coarse days, by simulation"), len(found.coarse)),
    ]
    if found.unused:
        pairs.append((language("Days that say nothing that is used"), len(found.unused)))
    draws = language(
        "{n:,} draws, worth {independent:,} independent ones; R-hat {r_hat}",
        n=len(found.draws),
        independent=int(found.independent),
        r_hat=language.number(f"{found.r_hat:.2f}"),
    )
    pairs.append((language("Posterior"), draws))
    return pairs


def _doubts(found: Calibration, language: Language) -> Iterator[Block]:
    """Warn where the draws are not what they should be."""
    if not found.settled:
        told = language(
            "The chains that drew do not agree: R-hat is {r_hat}, above {limit}. Do not use what was learned; the days "
            "do not fit the law, or more draws are needed.",
            r_hat=language.number(f"{found.r_hat:.2f}"),
            limit=language.number(f"{SETTLED:g}"),
        )
        yield Paragraph(told, "warning")
    elif found.independent < FEW:
        told = language(
            "Draws worth fewer than {limit:,} independent ones can make ranges too narrow. Rely on no range.", limit=FEW
        )
        yield Paragraph(told, "warning")


def _table(learned: Sequence[Learned], language: Language) -> Table:
    meaning = {constant.name: constant for constant in CONSTANTS}
    columns = (
        TableColumn(language("Constant"), 2.2),
        TableColumn(language("Unit"), 1.2),
        TableColumn(language("Range before"), 2.0),
        TableColumn(language("Range now"), 2.3),
        TableColumn(language("Spread that is gone"), 0.9, right=True),
    )
    rows = [
        (
            language("{meaning} ({name})", meaning=language(meaning[one.name].meaning), name=one.name),
            language(meaning[one.name].unit),
            _range(one.before, language),
            _range(one.after, language),
            percent(one.shrinkage, language=language),
        )
        for one in learned
    ]
    return Table(columns, rows, wide=True)


def _range(one: PlausibleRange, language: Language) -> str:
    low, value, high = (_short(x, language) for x in one)
    return language("{value} ({low} to {high})", value=value, low=low, high=high)


def _short(number: float, language: Language) -> str:
    """Write a number to three digits."""
    return language.number(f"{float(f'{number:.3g}'):g}")


def _rest(found: Calibration, little: Sequence[Learned], language: Language) -> list[Block]:
    pairs: list[tuple[str, Value]] = []
    if little:
        pairs.append((language("Hardly"), ", ".join(one.name for one in little)))
    if found.untold:
        pairs.append((language("Nothing; as before"), ", ".join(one.name for one in found.untold)))
    if not pairs:
        return [Paragraph(language("They tell something of every constant."))]
    return [Pairs(pairs)]


def _checks(found: Calibration, language: Language) -> list[Block]:
    columns = (
        TableColumn(language("What"), 3.0),
        TableColumn(language("Seen"), 0.8, right=True),
        TableColumn(language("Learned law"), 1.0, right=True),
        TableColumn(language("95 % of it"), 1.4, firm=True),
        TableColumn(language("Fits"), 0.8),
    )
    blocks: list[Block] = []
    if found.checks:
        blocks.append(Table(columns, [_check(check, language) for check in found.checks], wide=True))
    else:
        blocks.append(Paragraph(language("No day is complete, so nothing can be compared.")))
    if found.unexplained:
        told = language.plural(
            "{n:,} thing happened to which the learned law gives no chance. Look at the log, or at the ranges.",
            "{n:,} things happened to which the learned law gives no chance. Look at the log, or at the ranges.",
            found.unexplained,
            n=found.unexplained,
        )
        blocks.append(Paragraph(told, "warning"))
    return blocks


def _check(check: Check, language: Language) -> tuple[str, ...]:
    fits = ODD <= check.chance <= 1.0 - ODD
    low, high = (_short(x, language) for x in (check.low, check.high))
    return (
        language(WHAT[check.what]),
        _short(check.seen, language),
        _short(check.expected, language),
        language("{low} to {high}", low=low, high=high),
        language("yes") if fits else language("no"),
    )


def _decision(decision: Decision, language: Language) -> list[tuple[str, Value]]:
    values, ranges = decision.values, decision.ranges
    return [
        (language("The plan loses, over the ranges as before"), _points(ranges.before, language)),
        (language("The plan loses, over the ranges learned"), _points(ranges.after, language)),
        (language("Difference on the same scenarios"), _points(ranges.difference, language, sign=True)),
        (language("With the values as before"), _points(values.before, language)),
        (language("With the values learned"), _points(values.after, language)),
        (language("Difference with the values"), _points(values.difference, language, sign=True)),
    ]


def _points(one: Interval, language: Language, sign: bool = False) -> str:
    if one.rare:
        return language("{mean} points", mean=mean(one, sign, language))
    return language("{mean} points, {ends}", mean=mean(one, sign, language), ends=ends(one, sign, language))
