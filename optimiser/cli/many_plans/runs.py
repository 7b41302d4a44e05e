"""`optimiser runs list`, `show`, `compare` and `export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.cli.shared.console import guarded, print_document, print_notice, print_sections
from optimiser.cli.shared.options import AsJson, Lang, Tongue, speak
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.processors import processors

if TYPE_CHECKING:
    from optimiser.jobs.task import State

runs = typer.Typer(name="runs", help="Look at what batches have come to.", no_args_is_help=True)

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `optimiser batch` wrote.")]
CaseName = Annotated[str, typer.Argument(metavar="CASE", help="First digits of its key, or its whole label.")]


class Wanted(StrEnum):
    """States to list."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ASIDE = "aside"


@runs.command("list")
@guarded
def list_(
    run: RunFolder,
    state: Annotated[Wanted | None, typer.Option("--state", help="Only cases in this state.")] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """List the cases of a run: what has become of each, its objective, bound and gap."""
    from optimiser.batch.case import PLAN
    from optimiser.batch.run_folder import Run
    from optimiser.cli.many_plans.runs_sections import entries_sections
    from optimiser.output.documents.runs import describe_cases

    wanted: State | None = state.value if state is not None else None
    with Run(run, create=False) as opened:
        entries = [(e, opened.names.of(e), opened.condition(e)) for e in opened.ledger.entries(wanted, PLAN)]
        counts = opened.ledger.counts(PLAN)
    if as_json:
        print_document(describe_cases(str(run), entries))
    else:
        print_sections(entries_sections(entries, counts, speak(lang)))
    lost = sum(result in ("missing", "changed") for *_, result in entries)
    if lost:
        words = {"run": str(run)}
        raise FileTrouble(
            Message.plural(
                "{n} result is missing or was changed; `optimiser batch --out {run}` makes it again",
                "{n} results are missing or were changed; `optimiser batch --out {run}` makes them again",
                lost,
                **words,
            )
        )


@runs.command("show")
@guarded
def show_(run: RunFolder, case: CaseName, lang: Lang = Tongue.ENGLISH, as_json: AsJson = False) -> None:
    """Show one case: what it is, who tried it and when, what may be claimed, and where its plan lies."""
    from optimiser.batch.run_folder import Run
    from optimiser.cli.many_plans.runs_sections import entry_sections
    from optimiser.output.documents.runs import describe_case

    with Run(run, create=False) as opened:
        entry = opened.find(case)
        name = opened.names.of(entry)
        attempts = opened.ledger.attempts(entry.task.key)
        document = opened.document(entry) if entry.state == "done" else None
        if as_json:
            print_document(describe_case(entry, name, attempts, document))
        else:
            file = str(opened.results.path(entry.task.key))
            print_sections(entry_sections(entry, name, attempts, document, file, speak(lang)))


@runs.command("compare")
@guarded
def compare_(
    run: RunFolder,
    first: Annotated[str, typer.Argument(metavar="CASE|RUN", help="A case of RUN, or another run.")],
    second: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Another case of RUN.")] = None,
    lang: Lang = Tongue.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Compare two cases, or all cases that two runs have in common, on the same random numbers."""
    from optimiser.batch.paired_runs import match_cases, pair
    from optimiser.batch.run_folder import Run
    from optimiser.cli.many_plans.runs_sections import pairs_sections
    from optimiser.output.documents.runs import describe_pairs, pair_values

    language, workers = speak(lang), processors()
    alone, lost = 0, list[str]()
    with Run(run, create=False) as opened:
        if second is not None:
            pairs = [pair(opened, opened.find(first), opened, opened.find(second), workers)]
        else:
            with Run(first, create=False) as other:
                matched = list(match_cases(opened, other))
                alone = sum(there is None for _, there in matched)
                pairs = []
                for here, there in matched:
                    if there is not None:
                        try:
                            pairs.append(pair(opened, here, other, there, workers))
                        except FileTrouble as error:  # of this pair; the others are compared all the same
                            lost.append(error.message)
    if as_json:
        values = []
        for p in pairs:
            before, after = ((p.first, p.before.loss, p.bands[0]), (p.second, p.after.loss, p.bands[1]))
            values.append(pair_values(before, after, p.same, p.change))
        print_document(describe_pairs(values, alone))
    else:
        print_sections(pairs_sections(pairs, alone, language))
    for line in lost:
        print_notice(line, language)
    if lost:
        raise FileTrouble(Message.plural("{n} pair was not compared", "{n} pairs were not compared", len(lost)))


@runs.command("export")
@guarded
def export_(
    run: RunFolder,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="File to write, .csv or .parquet.")],
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Write a run as one tidy table, a row for each case with its certificate; DuckDB and pandas read it as it is."""
    from optimiser.batch.export import WRITERS, table_rows
    from optimiser.batch.run_folder import Run
    from optimiser.output.write import write_files

    language = speak(lang)
    writer = WRITERS.get(to.suffix.lower())
    if writer is None:
        raise typer.BadParameter(language("a table is written as {kinds}", kinds=", ".join(WRITERS)))
    lost = 0

    with Run(run, create=False) as opened:
        rows = list(table_rows(opened))
    write_files(to.parent, {to.name: writer(iter(rows))})
    print_notice(language("written: {files}", files=to))
    for row in rows:
        if row["result"] in ("missing", "changed"):
            lost += 1
            words = {"name": row["label"], "case": row["case"][:12]}
            if row["result"] == "missing":
                print_notice(language("{name}, {case}: the result is missing", **words))
            else:
                print_notice(language("{name}, {case}: the result was changed or damaged", **words))
    if lost:
        raise FileTrouble(
            Message.plural("{n} result has no figures in the table", "{n} results have no figures in the table", lost)
        )
