"""Sweeps, seeds and phrases: what is written is what varies, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimiser.batch.sweep import FORMAT, MOST_SEED, beside, parse_seeds, read_sweep, read_whatif, vary
from optimiser.common.errors import InputFault
from optimiser.model.whatif import Put, WhatIf


def codes(call, *arguments) -> list[str]:
    with pytest.raises(InputFault) as caught:
        call(*arguments)
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", [7]),
        ("0", [0]),
        ("1:21", list(range(1, 21))),
        ("1:4,10, 20:23", [1, 2, 3, 10, 20, 21, 22]),
        (str(MOST_SEED), [MOST_SEED]),
    ],
)
def test_seeds(text: str, seeds: list[int]) -> None:
    assert [seed for span in parse_seeds(text) for seed in span] == seeds


@pytest.mark.parametrize(
    "text",
    ["", "a", "-1", "1.5", "3:3", "3:2", "1:", ":4", "1,,2", "1:2:3", "0:1000001", str(MOST_SEED + 1), "1:4;5", "٣"],
)
def test_what_is_no_seeds(text: str) -> None:
    assert codes(parse_seeds, text) == ["bad-text"]


def test_phrases_are_one_whatif(tmp_path: Path) -> None:
    (change,) = read_whatif("--lose vehicle:awc --heads 200")
    assert [c.do for c in change.changes] == ["lose", "heads"]
    (quoted,) = read_whatif("--set 'title=Two words'")
    assert quoted.changes == (Put(path="title", value="Two words"),)


@pytest.mark.parametrize("text", ["", "heads 30", "--heads", "--head 30", "--heads 30 extra", "'", "--heads 30 --lose"])
def test_what_is_no_phrase(text: str) -> None:
    assert set(codes(read_whatif, text)) == {"bad-text"}


def test_a_phrase_nearly_right_is_advised() -> None:
    with pytest.raises(InputFault, match="did you mean 'heads'"):
        read_whatif("--head 30")


def test_a_file_of_whatifs_is_looked_for_beside(tmp_path: Path) -> None:
    text = 'format = "optimiser-whatif/1"\ntitle = "Fewer"\nchanges = [{ do = "heads", cap = 30 }]\n'
    (tmp_path / "fewer.toml").write_text(text, encoding="utf-8")
    (change,) = read_whatif("fewer.toml", tmp_path)
    assert change.title == "Fewer"
    assert beside("none.toml", tmp_path) == "none.toml"
    assert beside(str(tmp_path / "fewer.toml"), Path("elsewhere")) == str(tmp_path / "fewer.toml")


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sweep.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sweep_is_read_and_another_file_is_none(tmp_path: Path) -> None:
    assert read_sweep(write(tmp_path, 'format = "optimiser-instance/1"\n')) is None
    sweep = read_sweep(
        write(tmp_path, f'format = "{FORMAT}"\ninstances = ["a"]\nseeds = [1, 2]\n[vary]\ncap = [1, 2]\n')
    )
    assert sweep is not None
    assert (sweep.instances, sweep.seeds, sweep.vary, sweep.unchanged) == (("a",), (1, 2), {"cap": (1, 2)}, True)


def test_a_sweep_with_faults_names_all(tmp_path: Path) -> None:
    head = f'format = "{FORMAT}"\n'
    text = head + 'instances = []\nscenarios = 1\nseconds = -1.0\nbudget = 0\ncolour = "red"\n[vary]\ncap = []\n'
    assert sorted(codes(read_sweep, write(tmp_path, text))) == [
        *3 * ["out-of-range"],
        *2 * ["too-few"],
        "unknown-field",
    ]
    assert codes(read_sweep, write(tmp_path, head)) == ["missing-field"]
    assert codes(read_sweep, write(tmp_path, head.replace("/1", "/2") + 'instances = ["a"]\n')) == ["wrong-format"]


def test_every_combination_once() -> None:
    fewer = WhatIf(title="Fewer", changes=(Put(path="cap", value=30),))
    found = list(vary([None, fewer], {"a.b": (1, 2), "c": ("x", "y", "z")}))
    titles = [change.title for change in found if change is not None]
    assert len(set(titles)) == len(titles) == 12
    assert titles[0] == "a.b=1, c=x"
    assert titles[-1] == "Fewer, a.b=2, c=z"
    assert found[-1] == WhatIf(
        title=titles[-1], changes=(*fewer.changes, Put(path="a.b", value=2), Put(path="c", value="z"))
    )
    assert list(vary([None, fewer], {})) == [None, fewer]
    (long,) = vary([None], {"x" * 150: (1,)})
    assert long is not None
    assert len(long.title) == 120
