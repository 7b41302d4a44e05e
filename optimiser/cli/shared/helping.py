"""Help and faults of the command line in the reader's language: what the parser says by itself is told again.

The parser speaks English and knows no other language. Help is put together by it from parts, and each part is
translated before; a fault comes as one sentence, which is recognised by its form.
"""

from __future__ import annotations

import gettext
import os
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from optimiser.common.language import CODES, DOMAIN, ENGLISH, FOLDER, Language, language
from optimiser.common.message import Message
from optimiser.common.number_format import plain

VARIABLE = "OPTIMISER_LANG"
NAMES = {"en": "English", "id": "bahasa Indonesia"}  # of `CODES`, each as its speakers call it
USAGE = 2  # exit code of a wrong use of the command line
SAID = (  # by the parser itself, which asks gettext for them
    Message("Arguments"),
    Message("Options"),
    Message("Commands"),
    Message("required"),
    Message("default: {default}"),
    Message("env var: {var}"),
)
FORMS = (  # how the parser begins and ends a fault, and what is said instead
    (r"No such option: (?P<name>\S+?)(?P<rest>\s.*)?", Message("there is no option {name}")),
    (r"No such command '(?P<name>.*?)'\.(?P<rest>.*)", Message("there is no command '{name}'")),
    (r"Missing argument '(?P<name>.*?)'\..*", Message("the argument {name} is missing")),
    (r"Missing command\.", Message("a command is missing")),
    (r"Missing option '(?P<name>.*?)'\..*", Message("the option {name} is missing")),
    (r"Got unexpected extra argument\S* \((?P<name>.*)\)", Message("there is no place for: {name}")),
    (r"Option '(?P<name>.*?)' requires an argument\.", Message("the option {name} needs a value")),
    (r"Option '(?P<name>.*?)' does not take a value\.", Message("the option {name} takes no value")),
    (r"Invalid value for '(?P<name>.*?)': (?P<why>.*)", Message("wrong value for {name}: {why}")),
    (r"Invalid value: (?P<why>.*)", Message("wrong value: {why}")),
    (r".*valid integer.*", Message("a whole number is expected")),
    (r".*(valid number|valid float).*", Message("a number is expected")),
    (r".*greater than or equal to (?P<n>\S+)", Message("it is to be {n} or more")),
    (r".*less than or equal to (?P<n>\S+)", Message("it is to be {n} or less")),
    (r".*'(?P<name>.*?)' is not one of (?P<rest>.*)\.", Message("'{name}' is none of {rest}")),
    (r".*not in the range (?P<rest>.*)\.", Message("it is to be in the range {rest}")),
)


def asked(words: Sequence[str]) -> Language:
    """Find the language among the words of a command line, or in the environment, before anything is parsed.

    One that there is not ends the program, whatever was asked besides: help and lists would come in English unasked.
    """
    code = os.environ.get(VARIABLE) or ENGLISH.code
    for before, word in pairwise(["", *words]):
        if before == "--lang":
            code = word
        elif word.startswith("--lang="):
            code = word.removeprefix("--lang=")
    found = next((language(known) for known in CODES if known == code), None)
    if found is None:
        there = ", ".join(f"{known} ({name})" for known, name in NAMES.items())
        said = Message("Error: there is no language '{code}', only {there}", code=plain(code), there=there)
        print(ENGLISH(said), file=sys.stderr)
        sys.exit(USAGE)
    return found


def translate_help(command: Any, language: Language) -> None:
    """Translate the help of a command, of its options and of the commands below it."""
    own = command.get_help_option

    def get_help_option(context: Any) -> Any:
        option = own(context)
        if option is not None:
            option.help = language(Message("Show this message and leave."))
        return option

    def format_usage(context: Any, formatter: Any) -> None:
        pieces = " ".join(command.collect_usage_pieces(context))
        formatter.write_usage(context.command_path, pieces, prefix=language(Message("Usage: ")))

    command.get_help_option, command.format_usage = get_help_option, format_usage
    command.options_metavar = language(Message("[OPTIONS]"))
    for part in (command, *command.params):
        if getattr(part, "help", None):
            part.help = language(part.help)
    for below in getattr(command, "commands", {}).values():
        translate_help(below, language)
    if hasattr(command, "commands"):
        command.subcommand_metavar = language(Message("COMMAND [ARGUMENTS]..."))


def run_command_line(command: Any, name: str, language: Language) -> None:
    """Run the command line and end the program; a wrong use of it is told in the language, with exit code 2."""
    if language.code == ENGLISH.code:
        command(prog_name=name)
    os.environ["LANGUAGE"] = language.code  # of this process alone; where gettext looks
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    translate_help(command, language)
    try:
        code = command(prog_name=name, standalone_mode=False)
    except Exception as error:  # the parser's own classes are no part of what it publishes
        if not hasattr(error, "format_message"):
            raise
        context = getattr(error, "ctx", None)
        if context is not None and error.format_message() == context.get_help():  # no command at all
            print(context.get_help(), file=sys.stderr)
            sys.exit(USAGE)
        if context is not None:
            print(context.get_usage(), file=sys.stderr)
            print(language("For help: {command} -h", command=context.command_path), file=sys.stderr)
        own = getattr(error, "message", "")
        what = own if isinstance(own, Message) else translate_fault(error.format_message())
        print(language("Wrong use: {what}", what=what), file=sys.stderr)
        sys.exit(getattr(error, "exit_code", USAGE))
    sys.exit(code if isinstance(code, int) else 0)


def translate_fault(fault: str) -> Message:
    """Give a fault of the parser as a message; one of an unknown form stays as it is."""
    for form, told in FORMS:
        found = re.fullmatch(form, fault, re.DOTALL)
        if found:
            return Message(
                told.one, **{k: translate_fault(v) if k == "why" else v for k, v in found.groupdict("").items()}
            )
    return Message.chain("", [fault])
