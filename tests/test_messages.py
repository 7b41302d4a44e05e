"""The catalogues are whole: every text is in them, translated, with its placeholders; nothing is told past them."""

from __future__ import annotations

import ast
import gettext
import io
import re
import string
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import make_messages
import pytest
from babel.messages.catalog import Catalog, Message
from rich.console import Console
from support.faulty_workbooks import STORED
from support.marked_texts import Marks, strangers
from support.sample_solution import solved
from support.town import extended_town

from optimiser.cli.shared.progress_lines import SearchLines
from optimiser.common.errors import InputFault
from optimiser.common.language import CODES, DOMAIN, FOLDER, Language, language
from optimiser.common.progress import Watcher
from optimiser.files.read import read, read_deployment, schema
from optimiser.files.workbook import lay_out
from optimiser.model.checker import CODES as CODES_OF_RULES
from optimiser.model.values.field_faults import UNIT_WORDS
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.instances import faults_sections, instances_sections, size_sections
from optimiser.output.sections.plan import plan_sections
from optimiser.output.sections.simulation import simulation_sections
from optimiser.planning.optimise import optimise
from optimiser.planning.solution import Solution
from optimiser.questions.played_plan import rehearse
from optimiser.simulation.engine import EngineName

LANGUAGES = [code for code in CODES if code != "en"]


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return make_messages.collect()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return make_messages.load(request.param)


# ---------------------------------------------------------------- the catalogues


@pytest.mark.slow
def test_every_text_is_in_the_catalogue_and_none_besides(texts: Catalog, catalog: Catalog) -> None:
    assert {m.id for m in texts} == {m.id for m in catalog}, "run: make messages"


@pytest.mark.slow
def test_a_new_language_starts_from_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, texts: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_messages, "FOLDER", tmp_path)
    monkeypatch.setattr(make_messages, "LANGUAGES", ("fr",))
    assert make_messages.main([]) == 1
    assert {m.id for m in make_messages.load("fr")} == {m.id for m in texts}
    assert f"{len(texts)} without a translation" in capsys.readouterr().out


def test_every_text_is_translated(catalog: Catalog) -> None:
    assert [m.id for m in make_messages.open_texts(catalog)] == []


def test_a_missing_translation_would_be_noticed(texts: Catalog, catalog: Catalog) -> None:
    texts = deepcopy(texts)
    texts.add("Something new")
    fresh = make_messages.load(str(catalog.locale))
    make_messages.update(fresh, texts)
    assert [m.id for m in make_messages.open_texts(fresh)] == ["Something new"]


def placeholders(text: str) -> set[tuple[str, str]]:
    """List the placeholders of a text with their formats."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}


def told(message: Message) -> Iterator[str]:
    yield from message.string if isinstance(message.string, tuple | list) else (message.string,)


def test_placeholders_agree(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            for text in told(message):
                assert placeholders(text) == placeholders(english), english


def test_edges_agree(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            for text in told(message):
                assert text[:1].isspace() == english[:1].isspace(), english
                assert text.endswith(".") == english.endswith("."), english
                assert text.count("\n") == english.count("\n"), english


def test_what_is_compiled_is_what_was_written(catalog: Catalog) -> None:
    compiled = gettext.translation(DOMAIN, FOLDER, [str(catalog.locale)])
    for message in catalog:
        if not message.id:
            continue
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string, "run: make messages"
        else:
            form = gettext.c2py(catalog.plural_expr)(5)  # type: ignore[attr-defined]
            assert compiled.ngettext(*message.id, 5) == list(told(message))[form], "run: make messages"


def test_units_of_the_format_have_words() -> None:
    units = set(re.findall(r"'unit': '([^']*)'", str(schema())))
    assert len(units) > 10
    assert units <= set(UNIT_WORDS)


# ---------------------------------------------------------------- what is told past them


@pytest.fixture
def marking() -> Language:
    marking = Language("en")
    marking._catalogue = Marks()  # type: ignore[assignment]
    return marking


def paper(what: Any) -> str:
    console = Console(file=io.StringIO(), width=2000)
    with console.capture() as captured:
        console.print(to_terminal(what))
    return captured.get()


def foot(solution: Solution) -> str:
    """List what stands on a sheet and is in no language, and the date, which no catalogue writes."""
    settings, start = solution.settings, solution.instance.period.start
    parts = (*settings.versions, *settings.versions.values(), settings.law, settings.solver)
    return " ".join((*parts, solution.instance.fingerprint(), f"{start:%A %B}"))


def test_marks_find_what_is_not_translated(marking: Language) -> None:
    text = f"{marking('{n} teams', n=marking('few'))} stray KPU"
    assert strangers(text, extended_town()) == {"stray"}


def test_nothing_in_a_briefing_is_told_past_the_catalogue(marking: Language) -> None:
    solution = solved(extended_town(), interrupted=True, replayable=False)
    names = (*(other.name for other in solution.alternatives), *solution.certificate.reasons)  # made up in `solved`
    codes = " ".join((*CODES_OF_RULES, *names))
    text = paper(plan_sections(solution, marking))
    assert "⟦Cap⟧" in text
    assert strangers(text, solution.instance, foot(solution), codes) == set()


@pytest.mark.parametrize("engine", ["compiled"])
def test_nothing_in_a_real_plan_is_told_past_the_catalogue(marking: Language, engine: EngineName) -> None:
    instance = read("tiny-2")
    console = Console(file=io.StringIO(), width=2000)
    watcher: Watcher = SearchLines(console, marking)
    with console.capture() as captured:
        solution = optimise(instance, scenarios=8, reporting=12, workers=1, engine=engine, watcher=watcher)
    assert strangers(paper(plan_sections(solution, marking)), instance, foot(solution)) == set()
    assert strangers(captured.get(), instance) == set()


def test_nothing_in_a_told_scenario_is_told_past_the_catalogue(marking: Language) -> None:
    instance = read("muratara-2024")
    plan = read_deployment(Path(__file__).parents[1] / "instances" / str(instance.historical), instance)
    text = paper(simulation_sections(rehearse(instance, plan, 1, 0, 4, workers=1), marking))
    assert text.count("⟦") > 100
    assert strangers(text, instance, plan.title) == set()


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.name)
def test_nothing_in_faults_is_told_past_the_catalogue(marking: Language, file: Path) -> None:
    with pytest.raises(InputFault) as refused:
        read(file)
    faults = refused.value.faults
    fields = [*(f"{fault.place} {fault.code}" for fault in faults), *(sheet.name for sheet in lay_out())]
    fields += [fault.expected for fault in faults if fault.code == "bad-syntax"]  # the parser's own words
    text = paper(faults_sections(refused.value, marking))
    assert strangers(text, extended_town(), str(schema()), " ".join(fields), content(file), file.as_posix()) == set()


def content(file: Path) -> str:
    """Give the text of a file; of a workbook that of all its parts."""
    if not zipfile.is_zipfile(file):
        return file.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(file) as archive:
        return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_nothing_in_lists_is_told_past_the_catalogue(marking: Language) -> None:
    instance = read("tiny-2")
    text = paper(instances_sections({"tiny-2": instance}, {"families": 3}, marking))
    assert (
        strangers(text + paper(size_sections(instance, marking)), instance, "families/town-300-tight-none-1") == set()
    )


# ---------------------------------------------------------------- a whole plan in Indonesian


def test_a_plan_is_read_in_indonesian() -> None:
    text = re.sub(r"[ \t]+", " ", paper(plan_sections(solved(), language("id"))))
    assert "Selasa, 20 Agustus 2024, pukul 13.00 sampai " in text
    assert "Cadangan yang dapat dipanggil".upper() in text
    squeezed = " ".join(text.split())
    assert "satu Dalmas awal squad kurang: +0,81 [+0,61; +1,01] poin" in squeezed
    assert "satu Dalmas awal squad lebih dari yang ada: -0,20 [-0,30; -0,10] poin" in squeezed
    assert "batas bawah terbukti adalah 0 poin" in text


# ---------------------------------------------------------------- one word for one thing


def rejected_words() -> list[str]:
    """List the words that the glossary's table of Indonesian words sets against the chosen ones."""
    page = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = page.partition("## Words in Indonesian")[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("| ")]
    return [word for row in cells[1:] for word in re.split(r", |; ", row[2]) if word]


def find_rejected(catalog: Catalog, words: list[str]) -> list[str]:
    form = re.compile(rf"\b({'|'.join(map(re.escape, words))})", re.IGNORECASE)
    return [f"{found[0]}: {text}" for m in catalog if m.id for text in told(m) if (found := form.search(text))]


def test_indonesian_has_one_word_for_one_thing() -> None:
    words = rejected_words()
    assert {"markas", "delegasi", "digelar", "kursi", "replikasi", "warga"} <= set(words)
    catalog = make_messages.load("id")
    assert find_rejected(catalog, words) == []
    logs = [m for m in catalog if m.id and re.search(r"\blogs?\b", str(m.id))]
    assert len(logs) > 20
    assert [m.id for m in logs if re.search(r"\bcatatan", str(m.string), re.IGNORECASE)] == []  # that is a note


def test_a_rejected_word_would_be_found() -> None:
    catalog = make_messages.load("id")
    next(m for m in catalog if m.id == "base").string = "Markas"
    assert find_rejected(catalog, rejected_words()) == ["Markas: Markas"]


@pytest.mark.slow
def test_bug_a_text_inside_a_formatted_string_was_not_collected(texts: Catalog) -> None:
    """Two texts within f-strings had no translation in any language, and were printed in English."""
    known = {part for m in texts for part in ((m.id,) if isinstance(m.id, str) else m.id)}
    missed = [
        (str(file.relative_to(make_messages.ROOT)), call.lineno, call.args[0].value)
        for file in sorted((make_messages.ROOT / "optimiser").rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) in make_messages.KEYWORDS
        and isinstance(call.args[0].value, str)
        and call.args[0].value not in known
    ]
    assert not missed, "write the text outside of the formatted string"
