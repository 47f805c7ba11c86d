"""Check and compile graphs of neural-network layers.

A `str` is the text of a program, a `pathlib.Path` a file:

    dsl.check(program)        what is wrong with it, as values
    dsl.compile(program)      its Python
    dsl.build_model(program)  its Keras model
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dsl.version import __version__

if TYPE_CHECKING:
    from dsl.api import build_model, check, compile  # noqa: A004 -- dsl.compile is what it is
    from dsl.compiler import Compilation, CompileError
    from dsl.diagnostics import Diagnostic
    from dsl.files import FileProblem

__all__ = [
    "Compilation",
    "CompileError",
    "Diagnostic",
    "FileProblem",
    "__version__",
    "build_model",
    "check",
    "compile",
]

_HOMES = {
    "Compilation": "dsl.compiler",
    "CompileError": "dsl.compiler",
    "Diagnostic": "dsl.diagnostics",
    "FileProblem": "dsl.files",
    "build_model": "dsl.api",
    "check": "dsl.api",
    "compile": "dsl.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `import dsl` alone costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dsl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
