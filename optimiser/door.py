"""What every door has in common: errors become a sentence and an exit code, results go out, talk goes aside."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO, TypeVar

import typer

from optimiser.errors import CacheWarning, FileTrouble, InputFault, OptimiserError
from optimiser.figures import plain
from optimiser.language import CODES, ENGLISH, Language
from optimiser.language import language as speak
from optimiser.message import Message

if TYPE_CHECKING:
    from rich.console import RenderableType

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
AGAIN = 0.1  # s after which an interrupt that was swallowed is raised again; assumed
P = ParamSpec("P")
R = TypeVar("R")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a command raises on purpose into words on standard error and an exit code.

    The words are in the language that the command's option ``lang`` asks for. Anything else is a fault of this program
    and keeps its traceback.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except OptimiserError as error:
            say(Message("optimiser: {error}", error=_words(error)), _asked(kwargs))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            say(Message("optimiser: interrupted"), _asked(kwargs))
            raise typer.Exit(INTERRUPTED) from error

    return run


def say(words: str, language: Language = ENGLISH) -> None:
    """Talk on standard error."""
    for line in language(words).splitlines():
        print(plain(line), file=sys.stderr)


def show(what: RenderableType) -> None:
    """Print a result made of tables and text on standard output.

    Raises
    ------
    FileTrouble : standard output cannot be written.
    """
    from optimiser.show import make_console  # noqa: PLC0415 - Rich is not for help, nor for JSON

    with _standard_output() as stream:
        make_console(stream).print(what)


def show_json(document: Mapping[str, Any]) -> None:
    """Print a result as one JSON document on standard output.

    Raises
    ------
    FileTrouble : standard output cannot be written.
    """
    from optimiser.write.plan import dump  # noqa: PLC0415 - it brings what computes

    with _standard_output() as stream:
        stream.write(dump(document))


@contextlib.contextmanager
def _standard_output() -> Iterator[TextIO]:
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        with contextlib.suppress(OSError, ValueError):  # what is left to flush would fail again when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has seen enough; nothing to complain about
            raise typer.Exit(FileTrouble.exit_code) from error
        raise FileTrouble(Message("standard output: {error}", error=error.strerror or str(error))) from error


def _asked(options: Mapping[str, object]) -> Language:
    code = str(options.get("lang", ENGLISH.code))
    return next((speak(known) for known in CODES if known == code), ENGLISH)


def _words(error: OptimiserError) -> str:
    if not isinstance(error, InputFault):
        return error.message
    words = {"source": error.source, "faults": error.message}
    return Message.plural(
        "{n} fault in {source}\n{faults}", "{n} faults in {source}\n{faults}", len(error.faults), **words
    )


def say_warnings(tell: Callable[..., None], language: Language) -> Callable[..., None]:
    """Give a hook for `warnings.showwarning` that says ours in one line and leaves others to `tell`."""

    def show_warning(message: Warning | str, *more: Any, **named: Any) -> None:
        if isinstance(message, CacheWarning):
            say(Message("optimiser: {error}", error=message.message), language)
        else:
            tell(message, *more, **named)

    return show_warning


def heed_interrupts(tell: Callable[[Any], object]) -> Callable[[Any], None]:
    """Give a hook that has an interrupt raised once more where Python would only tell of it.

    That is so where Ctrl-C falls into a callback of compiled code, such as there are many while packages are loaded.
    """

    def hook(what: Any) -> None:
        if issubclass(what.exc_type, KeyboardInterrupt):
            later = threading.Timer(AGAIN, _interrupt)
            later.daemon = True
            later.start()
        else:
            tell(what)

    return hook


def _interrupt() -> None:
    if hasattr(signal, "pthread_kill") and (main := threading.main_thread().ident) is not None:
        signal.pthread_kill(main, signal.SIGINT)  # which also wakes it
    else:
        signal.raise_signal(signal.SIGINT)
