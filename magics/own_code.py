"""The notebook's own classes and functions as text, so that `from __main__ import X` is read as a module is."""

from __future__ import annotations

import inspect
from keyword import iskeyword
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

from dsl.files import FileLoader
from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOTEBOOK = "<notebook>"
"""What the notebook's text is called; it is no file."""

KERAS = "__keras"
"""What the text calls Keras: no name of a notebook's."""

BASES = {"keras.src.layers": "layers", "keras.src.losses": "losses", "keras.src.metrics": "metrics"}
"""Where Keras keeps classes that others inherit from, and where it shows them."""


METHODS = ("__init__", "call", "__call__", "compute_output_shape")
"""Methods that say what a layer takes and gives."""


class NotebookLoader(FileLoader):
    """Files as ever, and the notebook itself as the module `__main__`.

    Args:
        root: as of a file loader.
        variables: those of the notebook. Nothing of them is called.
    """

    def __init__(self, root: str, variables: Mapping[str, Any]) -> None:
        """Keep the variables."""
        super().__init__(root)
        self._variables = variables

    def module(self, name: str, importer: Source) -> Source | None:
        """The text of a module; for `__main__` one that defines what the notebook holds."""
        if name != "__main__":
            return super().module(name, importer)
        names = (one for one in self._variables if one.isidentifier() and not iskeyword(one))
        texts = [_definition(one, self._variables[one]) for one in names]
        return Source(NOTEBOOK, "\n".join([f"import keras as {KERAS}", *texts, ""]))


def _definition(name: str, value: Any) -> str:
    """A definition with the signature that a thing has; a bare name where Python cannot tell it."""
    try:
        if inspect.isclass(value):
            return _class(name, value)
        if inspect.isfunction(value):
            return _stub(name, value)
    except (TypeError, ValueError):
        pass  # it has no signature
    return f"{name} = unknown()"


def _class(name: str, value: type) -> str:
    own = [
        one
        for one in value.__mro__
        if one.__module__.partition(".")[0] not in {"keras", "builtins"}
    ]
    if type(value) is not type or any("__new__" in vars(one) for one in own):
        return f"class {name}(unknown.Base): ..."
    base = next((_base(one) for one in value.__mro__ if one not in own), "")
    lines = [f"class {name}({base}):", "    pass"]
    for method in METHODS:
        defined = [vars(one)[method] for one in own if method in vars(one)]
        if defined and not inspect.isfunction(defined[0]):
            lines.append(f"    {method} = unknown()")
        elif defined:
            text = _source(defined[0]) if len(defined) == 1 else ""
            lines.append(indent(text or _stub(method, defined[0]), "    "))
    return "\n".join(lines)


def _base(value: type) -> str:
    """The class of Keras, or of Python, that a class inherits from, as the text calls it."""
    if value is object:
        return ""
    if value.__module__.startswith("keras.src.models"):
        return f"{KERAS}.Model"
    place = next((BASES[home] for home in BASES if value.__module__.startswith(home)), "")
    return f"{KERAS}.{place}.{value.__name__}" if place else "unknown.Base"


def _source(function: Callable[..., Any]) -> str:
    """The text of a method as a cell has it; empty where it is gone."""
    try:
        return dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


class _Unknown:
    """A default that no text can show."""

    def __repr__(self) -> str:
        return "unknown()"


def _stub(name: str, function: Callable[..., Any]) -> str:
    """The head of a function, its defaults as far as they are plain values."""
    signature = inspect.signature(function, follow_wrapped=False)
    shown = [
        one.replace(
            annotation=inspect.Parameter.empty,
            default=one.default
            if one.default is inspect.Parameter.empty
            or isinstance(one.default, bool | int | float | str | None)
            else _Unknown(),
        )
        for one in signature.parameters.values()
    ]
    return f"def {name}{inspect.Signature(shown)}: ..."
