"""Names of options and arguments: each is written out, so that no version of the parser can derive another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, get_type_hints

import pytest
import typer
from typer.models import ArgumentInfo, OptionInfo

from optimiser.cli import app
from optimiser.files.typed.changes import EXAMPLES

LONG = re.compile(r"--[a-z]+(-[a-z]+)*")
RENAMED = {  # of arguments whose plain name means something in Python, or too much
    "as_json": "json",
    "everything": "all",
    "first": "from",
    "last": "to",
    "set_": "set",
    "source": "from",
}
SHORT = re.compile(r"-[a-z]")


def commands(group: Any = app, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """List every command with its function."""
    for info in group.registered_commands:
        name = info.name or info.callback.__name__
        yield f"{before}{name}", info.callback
    for below in group.registered_groups:
        yield from commands(below.typer_instance, f"{below.name or below.typer_instance.info.name} ")


COMMANDS = dict(commands())


def declared(function: Callable[..., Any]) -> Iterator[tuple[str, OptionInfo | ArgumentInfo]]:
    """List what a command says of its parameters."""
    hints = get_type_hints(function, include_extras=True)
    for name in signature(function).parameters:
        (info,) = hints[name].__metadata__
        yield name, info


def parsed(name: str) -> dict[str, Any]:
    """Give the parameters of a command as the parser has them, by the name of the function's argument."""
    command = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]
    return {param.name: param for param in command.params}


def test_every_command_is_looked_at() -> None:
    assert len(COMMANDS) > 20
    assert {"plan", "compile", "runs list"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_bug_options_were_named_by_what_stands_for_their_value(name: str) -> None:
    """A version of the parser took SEEDS, which stands for the value, for the name, and --seeds was no more."""
    known = parsed(name)
    for argument, info in declared(COMMANDS[name]):
        if isinstance(info, ArgumentInfo):
            assert info.metavar, f"{name}: {argument} has no name that people read"
            assert known[argument].param_type_name == "argument"
            continue
        # beside an annotation the first name is kept as the default is elsewhere
        names = [n for n in (info.default, *(info.param_decls or ())) if isinstance(n, str)]
        assert names, f"{name}: {argument} is not named"
        assert all(LONG.fullmatch(n) or SHORT.fullmatch(n) for n in names), names
        assert sorted(known[argument].opts) == sorted(names)
        assert not known[argument].secondary_opts
        assert names[0] == "--" + RENAMED.get(argument, argument.replace("_", "-"))


def test_every_change_that_can_be_typed_is_an_option_of_whatif() -> None:
    options = {option for one in parsed("whatif").values() for option in one.opts if one.multiple}
    assert options == {f"--{word}" for word in EXAMPLES}
