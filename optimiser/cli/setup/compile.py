"""`optimiser compile`."""

from __future__ import annotations

from optimiser.cli.shared.console import guarded, print_notice
from optimiser.cli.shared.options import Lang, Tongue, speak
from optimiser.common.errors import FileTrouble


@guarded
def compile(lang: Lang = Tongue.ENGLISH) -> None:
    """Compile the simulation now and keep its machine code, so that no plan has to wait for it."""
    from optimiser.cli.shared.progress_lines import COMPILING
    from optimiser.simulation.compiled_engine.engine import load

    language = speak(lang)
    ready = load(compile_it=True, tell=lambda: print_notice(COMPILING, language))
    if ready.trouble is not None and not ready.files:
        raise FileTrouble(ready.trouble)
    if ready.trouble is not None:
        print_notice(ready.trouble, language)
    print(language("The machine code of the simulation is kept in:"))
    for file in ready.files:
        print(file)
