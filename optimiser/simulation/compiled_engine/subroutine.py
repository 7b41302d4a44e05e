"""Subroutines: functions that are compiled into their callers, and optimised there, once for each entry point.

By default numba makes a library of every function that compiled code calls, and each of them holds whatever it calls:
the same instructions are optimised and turned into machine code again on every level of the calls. A subroutine is
typed and lowered once, and handed on as it is; the entry point optimises the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering
from numba.extending import register_jitable


class _Library(JITCodeLibrary):
    """The instructions of a subroutine and of what it calls, for linking alone."""

    def _optimize_final_module(self) -> None:
        """Nothing: the entry point optimises."""

    def _finalize_final_module(self) -> None:
        """Nothing but to be complete: no machine code is made."""
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """Lowers a function into a `_Library`."""

    _name = "subroutine_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower the function, and tell numba under which key compiled code finds it."""
        state.library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        state.library.finalize()
        key = state.library.__dir__  # numba wants a built-in function, and one of its own for each subroutine
        state["cr"] = state["cr"]._replace(cfunc=key)
        state.targetctx.insert_user_function(key, state["cr"].fndesc, [state.library])
        return True


class _Compiler(CompilerBase):
    """Numba's compiler, but for the lowering."""

    def define_pipelines(self) -> list[PassManager]:
        """Give the passes of numba for compiled functions, lowering replaced."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(_Lowering if made is NativeLowering else made, why) for made, why in passes.passes]
        passes.finalize()
        return [passes]


SUBROUTINE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _Compiler}  # for numba


def as_subroutine(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let compiled code call a function; in Python it stays what it is."""
    allowed: Callable[..., Any] = register_jitable(**SUBROUTINE)(function)
    return allowed
