"""Machine code on disk: whatever happened to its files and folders, there is machine code, and it plays the same."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config, njit, types
from numba.core import serialize
from support.small import program
from support.town import town
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.cli.shared.console import say_warnings
from optimiser.common.errors import CacheWarning
from optimiser.common.language import language
from optimiser.common.message import Message
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.simulation.compiled_engine import code_cache, compile, engine
from optimiser.simulation.compiled_engine.code_cache import Damaged, DiskCache, read_code, trouble
from optimiser.simulation.simulator import Simulator

ROOT = Path(__file__).parents[3]
KEY = bytes(range(32))
CODE = b"machine code" * 100
NOBODY = "65534"  # no user of any system


def thrice(x):
    return 3 * x


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let machine code be kept below a folder, and nowhere else."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "cache"))
    only = code_cache.folders(thrice)[:1]
    monkeypatch.setattr(code_cache, "folders", lambda _: only)
    return only[0]


def compile_thrice() -> tuple[DiskCache, bool]:
    """Compile or load a function; tells whether it was compiled."""
    dispatcher = njit(thrice)
    cache = dispatcher._cache = DiskCache(thrice, "thrice", "1")
    dispatcher.compile(types.int64(types.int64))
    assert dispatcher(14) == 42
    return cache, not dispatcher.stats.cache_hits


# ---------------------------------------------------------------- damage

Damage = Callable[[Path], object]


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _full_folder(file: Path) -> None:
    _folder(file)
    (file / "somebody's").touch()


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def _into_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to("nothing")


def _not_loadable(file: Path) -> None:
    content = file.read_bytes()
    key = content[len(code_cache.MAGIC) : len(code_cache.MAGIC) + code_cache.WORD]
    file.write_bytes(code_cache._frame(key, serialize.dumps(("not", "machine", "code"))))


def _flip(at: int) -> Damage:
    def flip(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[at] ^= 4
        file.write_bytes(content)

    return flip


DAMAGES: dict[str, Damage] = {
    "empty": lambda file: file.write_bytes(b""),
    "truncated in its head": lambda file: file.write_bytes(file.read_bytes()[:40]),
    "truncated after its head": lambda file: file.write_bytes(file.read_bytes()[: code_cache._HEAD]),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\0"),
    "random": lambda file: file.write_bytes(random.Random(1).randbytes(10_000)),
    "random after its head": lambda file: file.write_bytes(file.read_bytes()[: code_cache._HEAD] + bytes(10_000)),
    "of zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "text": lambda file: file.write_text("<html>", encoding="ascii"),
    "a flipped bit, first": _flip(0),
    "a flipped bit in its key": _flip(len(code_cache.MAGIC)),
    "a flipped bit in its length": _flip(len(code_cache.MAGIC) + code_cache.WORD),
    "a flipped bit in its checksum": _flip(code_cache._HEAD - 1),
    "a flipped bit in its code": _flip(code_cache._HEAD + 100),
    "a flipped bit, last": _flip(-1),
    "not to be loaded": _not_loadable,
    "folder": _folder,
    "full folder": _full_folder,
    "pipe": _pipe,
    "loop of links": _loop,
    "link to nothing": _into_nothing,
    "missing": Path.unlink,
}
UNMENDABLE = {"full folder"}
SILENT = {"missing", "loop of links", "link to nothing", "a flipped bit in its key"}  # as if it had never been there


@pytest.mark.parametrize("kind", DAMAGES)
def test_bug_damaged_machine_code_is_compiled_anew_and_replaced(place: Path, kind: str) -> None:
    cache, fresh = compile_thrice()
    assert fresh
    (file,) = place.iterdir()
    assert cache.kept == file
    assert not compile_thrice()[1]
    DAMAGES[kind](file)
    cache, fresh = compile_thrice()
    assert fresh
    said = trouble([cache])
    if kind in UNMENDABLE:
        assert cache.kept is None
        assert str(place) in str(said)
        assert "NUMBA_CACHE_DIR" in str(said)
        assert (file / "somebody's").exists()
        return
    assert cache.kept == file
    assert (said is None) == (kind in SILENT)
    assert said is None or str(file) in said
    assert list(place.iterdir()) == [file]
    cache, fresh = compile_thrice()
    assert not fresh
    assert trouble([cache]) is None


@given(
    cut=st.integers(0, len(code_cache._frame(KEY, CODE))),
    flips=st.lists(st.tuples(st.integers(0, len(code_cache._frame(KEY, CODE)) - 1), st.integers(1, 255)), max_size=4),
    tail=st.binary(max_size=40),
)
def test_no_damage_is_taken_for_machine_code(tmp_path_factory, cut: int, flips, tail: bytes) -> None:
    whole = code_cache._frame(KEY, CODE)
    content = bytearray(whole)
    for at, what in flips:
        content[at] ^= what
    file = tmp_path_factory.mktemp("code") / "file"
    file.write_bytes(bytes(content[:cut]) + tail)
    if bytes(content[:cut]) + tail == whole:
        assert read_code(file, KEY) == CODE
        return
    with contextlib.suppress(Damaged):
        assert read_code(file, KEY) is None


def test_no_flipped_bit_of_the_simulation_is_taken_for_machine_code(tmp_path: Path) -> None:
    """Object code that is not what it was may end the process, so it never reaches the loader."""
    files = engine.load(compile_it=True).files
    assert len(files) == 3
    dice = random.Random(1)
    for file in files:
        content = file.read_bytes()
        key = content[len(code_cache.MAGIC) : len(code_cache.MAGIC) + code_cache.WORD]
        assert read_code(file, key)
        for _ in range(200):
            other = bytearray(content)
            other[dice.randrange(code_cache._HEAD, len(content))] ^= 1 << dice.randrange(8)
            (tmp_path / "other").write_bytes(other)
            with pytest.raises(Damaged):
                read_code(tmp_path / "other", key)


def test_machine_code_of_something_else_is_no_damage(place: Path) -> None:
    compile_thrice()
    (file,) = place.iterdir()
    assert read_code(file, KEY) is None


# ---------------------------------------------------------------- places


def test_a_disk_that_fills_leaves_nothing_and_the_code_in_memory(place: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    place.mkdir(parents=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        cache, fresh = compile_thrice()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert fresh
    assert cache.kept is None
    assert "File too large" in str(trouble([cache]))
    assert not list(place.iterdir())


@pytest.mark.parametrize("step", ["mkdir", "open", "replace"])
def test_whatever_step_of_writing_fails_the_code_is_in_memory(place: Path, monkeypatch, step: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, step, fail)
        cache, fresh = compile_thrice()
    assert fresh
    assert cache.kept is None
    assert f"{place}: No space left on device" in str(trouble([cache]))
    assert not place.exists() or not list(place.iterdir())


def test_another_place_is_taken_where_one_cannot_be_written(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    places = [tmp_path / "file" / "below", tmp_path / "second"]
    monkeypatch.setattr(code_cache, "folders", lambda _: places)
    cache, _ = compile_thrice()
    assert cache.kept is not None
    assert cache.kept.parent == places[1]
    assert trouble([cache]) is None
    assert not compile_thrice()[1]


def test_a_damaged_file_that_cannot_be_replaced_is_named_where_another_place_is_taken(tmp_path, monkeypatch) -> None:
    places = [tmp_path / "first", tmp_path / "second"]
    monkeypatch.setattr(code_cache, "folders", lambda _: places)
    compile_thrice()
    (file,) = places[0].iterdir()
    _full_folder(file)
    cache, _ = compile_thrice()
    said = str(trouble([cache]))
    assert str(file) in said
    assert str(places[1]) in said
    cache, fresh = compile_thrice()
    assert not fresh
    assert trouble([cache]) is None  # nothing is slow any more


def test_the_places_are_those_of_numba(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "asked"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    found = code_cache.folders(thrice)
    assert [path.is_relative_to(tmp_path / "asked") for path in found] == [True, False, False]
    assert found[1] == Path(__file__).parent / "__pycache__"
    assert found[2].is_relative_to(tmp_path / "home")
    monkeypatch.setattr(config, "CACHE_DIR", "")
    assert code_cache.folders(thrice) == found[1:]


def test_bug_no_folder_is_made_where_one_happens_to_be_for_who_has_no_home(monkeypatch) -> None:
    """A home that is not known is written ~, and a folder of that name was made in whatever folder one was in."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", "~/.cache")
    assert code_cache.folders(thrice) == [Path(__file__).parent / "__pycache__"]


def test_whoever_uses_the_package_is_told_once(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    cache = DiskCache(thrice, "thrice", "1")
    cache.refused.append((tmp_path, "Permission denied"))
    monkeypatch.setattr(compile, "_CACHES", [cache])
    with pytest.warns(CacheWarning, match="compiled in memory") as told:
        engine.CompiledEngine(town(), RiskLaw(), 1)
    assert told[0].message.message.values["places"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine.CompiledEngine(town(), RiskLaw(), 1)


def test_the_command_that_compiles_says_where_or_fails(monkeypatch) -> None:
    done = CliRunner().invoke(app, ["compile"])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1:] == [str(file) for file in engine.load(compile_it=True).files]
    assert all(Path(line).is_file() for line in done.stdout.splitlines()[1:])
    monkeypatch.setattr(engine, "load", lambda compile_it, tell: engine.Ready(True, (), Message("nowhere")))
    done = CliRunner().invoke(app, ["compile"])
    assert (done.exit_code, done.stdout, done.stderr) == (4, "", "optimiser: nowhere\n")


def test_where_nothing_may_be_compiled_simpy_plays_and_the_law_is_not_blamed(monkeypatch) -> None:
    monkeypatch.setattr(config, "DISABLE_JIT", 1)
    with Simulator(town()) as simulator:
        assert simulator.engine.name == "simpy"
        assert "NUMBA_DISABLE_JIT" in simulator.why_slow
        assert "law" not in simulator.why_slow
    ready = engine.load(compile_it=True)
    assert ready.there
    assert "NUMBA_DISABLE_JIT" in str(ready.trouble)


def test_on_the_command_line_it_is_one_line_in_the_language_of_the_reader(capsys) -> None:
    others: list[object] = []
    show_warning = say_warnings(lambda *told: others.append(told), language("id"))
    show_warning(CacheWarning(Message("there is no command '{name}'", name="x")), CacheWarning, "file.py", 1)
    show_warning(UserWarning("other"), UserWarning, "file.py", 1)
    assert capsys.readouterr().err == "optimiser: tidak ada perintah 'x'\n"
    assert len(others) == 1


# ---------------------------------------------------------------- an installation that its users cannot write to


def _bound(site: Path) -> list[str]:
    """Give the words before a command that has it bound by permissions, which root is not."""
    if os.geteuid() != 0:
        return []
    user = [program("setpriv"), "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    look = [sys.executable, "-c", "import numba, sys; print(sys.version)"]
    reached = subprocess.run([*user, *look], cwd=site, capture_output=True, text=True, check=False)
    if reached.stdout.strip() == sys.version.strip():
        return user
    # parts of this Python lie where root alone may look: root then, but bound by permissions as everybody is
    return [program("setpriv"), "--bounding-set=-all", "--inh-caps=-all"]


@pytest.fixture
def installed(tmp_path_factory):
    """Copy the package where nobody may write, and give what runs its command line as somebody without a home."""
    top = tmp_path_factory.mktemp("installed")
    for folder in (*top.parents[:2], top):  # pytest's own folders are for nobody else
        if folder.stat().st_uid == os.geteuid() and folder != Path("/tmp"):
            folder.chmod(0o755)
    site, home = top / "site", top / "home"
    shutil.copytree(ROOT / "optimiser", site / "optimiser", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "instances", site / "optimiser" / "instances")
    home.mkdir()
    out = top / "out"
    out.mkdir()
    out.chmod(0o777)

    def allow(write: bool) -> None:
        for folder, _, _ in os.walk(site):
            Path(folder).chmod(0o755 if write else 0o555)
        home.chmod(0o555)

    def run(*words: str, bound: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA", "XDG"))}
        environment = {**known, "PYTHONPATH": str(site), "HOME": str(home), "COLUMNS": "100", **more}
        environment["PYTHONWARNINGS"] = "default"
        command = [*(_bound(site) if bound else []), sys.executable, "-m", "optimiser.cli", *words]
        return subprocess.run(command, env=environment, cwd=out, capture_output=True, text=True, check=False)

    allow(False)
    yield site, run, allow
    allow(True)
    home.chmod(0o755)


def warned(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("optimiser: ")]


@pytest.mark.long
def test_bug_an_installation_that_cannot_be_written_fell_to_simpy_and_blamed_the_law(installed) -> None:
    site, run, allow = installed
    words = ("plan", "tiny-2", "--scenarios", "20", "--reporting", "20", "--json")

    # code of the law, which is compiled soonest, is not kept: compiled in memory
    cache = site / Path(compile.__file__).parent.relative_to(ROOT) / "__pycache__"
    allow(True)
    keep(cache, [file for file in engine.load(compile_it=True).files if not file.name.startswith("law-")])
    allow(False)
    bare = run(*words)
    assert bare.returncode == 0, bare.stderr
    assert len(warned(bare)) == 1, bare.stderr
    assert "compiled in memory" in warned(bare)[0]
    assert "optimiser compile" in warned(bare)[0]
    assert "NUMBA_CACHE_DIR" in warned(bare)[0]
    assert "Permission denied" in warned(bare)[0]
    assert "SimPy" not in bare.stderr
    assert "law '" not in bare.stderr
    assert not list(site.rglob("law-*.machine"))

    # whoever installed it keeps machine code: read where it cannot be written, and nothing is said
    allow(True)
    keep(cache, engine.load(compile_it=True).files)
    allow(False)
    told = run("compile")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[1:] == [str(cache / f.name) for f in engine.load(compile_it=True).files]
    kept = run(*words)
    assert not warned(kept), kept.stderr
    assert "compiling" not in kept.stderr
    assert values(kept) == values(bare)

    # one of the files is damaged: said in one line, compiled anew, replaced by whoever may write
    allow(True)
    law = next(cache.glob("law-*"))
    content = bytearray(law.read_bytes())
    content[len(content) // 2] ^= 255
    law.write_bytes(content)
    mended = run(*words, bound=False)
    assert len(warned(mended)) == 1
    assert str(law) in warned(mended)[0]
    assert values(mended) == values(bare)
    again = run(*words)
    assert not warned(again)
    assert values(again) == values(bare)


def keep(cache: Path, files: Iterable[Path]) -> None:
    """Put machine code where everybody may read it."""
    cache.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, cache)
        (cache / file.name).chmod(0o644)


def values(done: subprocess.CompletedProcess[str]) -> object:
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    document.pop("run", None)
    return document
