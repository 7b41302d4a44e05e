"""What every door has in common: errors become a sentence and an exit code, results go out, talk goes aside."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO, TypeVar

import typer

from optimiser.common.cancellation import interrupt
from optimiser.common.errors import CacheWarning, FileTrouble, InputFault, OptimiserError
from optimiser.common.language import CODES, ENGLISH, Language
from optimiser.common.language import language as speak
from optimiser.common.message import Message
from optimiser.common.number_format import plain

if TYPE_CHECKING:
    from pathlib import Path

    from optimiser.output.blocks import Section

SIGNALLED = 128  # and the number of the signal that ended a command, as shells have it
INTERRUPTED = SIGNALLED + signal.SIGINT
LEFT = SIGNALLED + 13  # SIGPIPE, which Windows does not have: whoever reads standard output has seen enough
ENDING = ("SIGTERM", "SIGHUP", "SIGBREAK")  # signals that end a command as Ctrl-C does; which there are the system says
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
            print_notice(Message("optimiser: {error}", error=_words(error)), _asked(kwargs))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            print_notice(Message("optimiser: interrupted"), _asked(kwargs))
            raise typer.Exit(code_of_interrupt()) from error

    return run


def print_notice(words: str, language: Language = ENGLISH) -> None:
    """Talk on standard error."""
    for line in language(words).splitlines():
        print(plain(line), file=sys.stderr)


def print_sections(sections: Iterable[Section]) -> None:
    """Print what people read on standard output.

    Raises
    ------
    FileTrouble : standard output cannot be written.
    """
    from optimiser.output.render_terminal import make_console, to_terminal

    with _standard_output() as stream:
        make_console(stream).print(to_terminal(sections))


def print_document(document: Mapping[str, Any]) -> None:
    """Print a result as one JSON document on standard output.

    Raises
    ------
    FileTrouble : standard output cannot be written.
    """
    from optimiser.output.documents.plan import dump

    with _standard_output() as stream:
        stream.write(dump(document))


def print_answer(
    document: Mapping[str, Any],
    sections: Callable[[], Iterable[Section]],
    file: Path | None,
    as_json: bool,
    quiet: bool,
    language: Language,
) -> None:
    """Print the answer of a question for people or as a document, which is written to a file first where one is named.

    Raises
    ------
    FileTrouble : standard output or the file cannot be written.
    """
    if file is not None:
        from optimiser.output.write import dump, write_files

        write_files(file.parent, {file.name: dump(document).encode()})
        if not quiet:
            print_notice(language("written: {files}", files=file))
    if as_json:
        print_document(document)
    else:
        print_sections(sections())


@contextlib.contextmanager
def _standard_output() -> Iterator[TextIO]:
    if sys.stdout is None:
        raise FileTrouble(Message("standard output is closed"))
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        _throw_away(sys.stdout)
        if isinstance(error, BrokenPipeError):  # the reader has seen enough; nothing to complain about
            raise typer.Exit(LEFT) from error
        raise FileTrouble(Message("standard output: {error}", error=error.strerror or str(error))) from error


def _throw_away(stream: TextIO) -> None:
    """Send what a stream still holds, and whatever comes, nowhere: it would fail again when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def finish_output(stream: TextIO | None, ended: BaseException) -> int | None:
    """Write what standard output still holds; gives the exit code where that fails, and None where all is well.

    Parameters
    ----------
    stream : standard output as it was at first. The parser of the command line prints help by itself, and puts another
        one in its place where the reader has gone.
    ended : how the command ended.
    """
    if stream is None:
        return None
    trouble = ended if isinstance(ended, OSError) and _said_by_parser(ended) else None
    try:
        stream.flush()
    except OSError as error:
        trouble = error
    if sys.stdout is not stream or isinstance(trouble, BrokenPipeError):
        _throw_away(stream)
        return LEFT
    if trouble is None:
        return None
    _throw_away(stream)
    said = Message("standard output: {error}", error=trouble.strerror or str(trouble))
    print_notice(Message("optimiser: {error}", error=said))
    return FileTrouble.exit_code


def _said_by_parser(error: OSError) -> bool:
    """Tell whether an error came while the parser printed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith(("typer.", "click."))


class _Talk(io.TextIOWrapper):
    """Standard error that gives up quietly: talk that nobody hears must not cost the work that it is about."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            _throw_away(self)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            _throw_away(self)


def hold_streams() -> None:
    """Have a program live with streams that are closed, full or gone with their terminal.

    Numbers of streams that are closed are taken, or the next file that is opened gets one of them, and what solvers
    print would go into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None or isinstance(sys.stderr, io.TextIOWrapper):
        coding = getattr(sys.stderr, "encoding", None)
        sys.stderr = _Talk(open(2, "wb", closefd=False), coding, "replace", line_buffering=True)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that the screen's code page lacks is no reason to fail


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


_caught: list[int] = []  # signals that came, of which the last one says how the program ends


def heed_signals() -> None:
    """Have signals that end a program end a search as Ctrl-C does, so that the best plan is kept.

    What whoever started the program has it ignore, as `nohup` does, stays ignored.
    """
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupted)
    sys.unraisablehook = _heed_interrupts(sys.unraisablehook)


def _interrupted(number: int, frame: object) -> None:
    _caught.append(number)
    interrupt(number, frame)


def end_at_signals() -> None:
    """Have a further signal end the program at once, with an exit code: it is over but for Python's own end."""
    for name in ("SIGINT", *ENDING):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.default_int_handler, _interrupted):
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    os._exit(SIGNALLED + number)


def code_of_interrupt() -> int:
    """Give the exit code of a command that was interrupted: 130 by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP."""
    return SIGNALLED + _caught[-1] if _caught else INTERRUPTED


def say_warnings(tell: Callable[..., None], language: Language) -> Callable[..., None]:
    """Give a hook for `warnings.showwarning` that says ours in one line and leaves others to `tell`."""

    def show_warning(message: Warning | str, *more: Any, **named: Any) -> None:
        if isinstance(message, CacheWarning):
            print_notice(Message("optimiser: {error}", error=message.message), language)
        else:
            tell(message, *more, **named)

    return show_warning


def _heed_interrupts(tell: Callable[[Any], object]) -> Callable[[Any], None]:
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
    number = _caught[-1] if _caught else signal.SIGINT
    if hasattr(signal, "pthread_kill") and (main := threading.main_thread().ident) is not None:
        signal.pthread_kill(main, number)  # which also wakes it
    else:
        signal.raise_signal(number)


def write_new(folder: Path, files: dict[str, bytes], language: Language) -> None:
    """Write files into a folder that has none of these names."""
    from optimiser.common.atomic_files import write_files

    if not folder.is_dir():
        words = {"file": str(folder / next(iter(files))), "folder": str(folder)}
        raise FileTrouble(Message("{file}: could not be written: there is no folder {folder}", **words))
    for name in files:
        if os.path.lexists(folder / name):
            raise FileTrouble(Message("{file}: is already there and is left alone", file=str(folder / name)))
    write_files(folder, files)
    print_notice(language("written: {files}", files=", ".join(str(folder / name) for name in files)))
