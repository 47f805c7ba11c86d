"""The words in the boxes: layers with what they are configured with, shapes, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dsl.catalogue import lookup
from dsl.views.summary import count, shape_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.graph import LossTerm, Operation, Tensor

LONGEST: Final = 36
"""Characters of a line in a box; what is longer ends in an ellipsis, and the tip has it whole."""


def title(operation: Operation) -> str:
    """A layer as the language writes it, without what is as Keras has it by default.

    `Conv2D(32, 3, same, strides=2)`: words stand by themselves, numbers too as far as none is left out before them.
    """
    words = [*_arguments(operation)]
    name = operation.symbol.rpartition(".")[2] if operation.kind == "model" else ""
    name = name or operation.class_name
    return f"{name}({', '.join(words)})" if words else name


def cut(words: str) -> str:
    """A line that fits into a box.

    >>> cut("short"), cut("x" * 50)[-2:]
    ('short', 'x…')
    """
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def tensor_label(tensor: Tensor) -> str:
    """The shape of a tensor, with its dtype where that is another than Keras's own."""
    dtype = tensor.type.dtype
    prefix = dtype if dtype and dtype != "float32" else ""
    return f"{prefix}{shape_words(tensor.type)}"


def tensor_tip(tensor: Tensor) -> str:
    """A tensor by name, dtype, shape and line."""
    return (
        f"{tensor.operation.name}: {tensor.type.dtype or '?'}{shape_words(tensor.type)}, "
        f"line {tensor.span.line}"
    )


def params_words(operations: Iterable[Operation]) -> str:
    """The parameters of several operations, each counted once; nothing where there are none."""
    counts = [one.params for one in {id(one): one for one in operations}.values()]
    if None in counts:
        return "? params"
    total = sum(one or 0 for one in counts)
    return f"{count(total)} params" if total else ""


def loss_words(term: LossTerm) -> str:
    """A loss with its weight.

    `0.5 * mse`, as the source has it.
    """
    words = " ".join(term.expression.span.text.split())
    return f"{term.weight:g} * {words}" if term.weight != 1 else words


def _arguments(operation: Operation) -> Iterable[str]:
    symbol = lookup.by_key(operation.symbol) if operation.symbol else None
    if symbol is None:
        return
    by_place = True
    for parameter in symbol.parameters:
        if parameter.name not in operation.arguments or parameter.name in ("name", "dtype"):
            by_place = False
            continue
        value = operation.arguments[parameter.name]
        if _is_default(value, parameter.default):
            by_place = False
            continue
        words = _value(value)
        alone = words.isidentifier() if isinstance(value, str) else by_place and _says_itself(value)
        yield words if alone else f"{parameter.name}={words}"


def _is_default(value: Any, default: Any) -> bool:
    same: bool = type(value) is type(default) and value == default
    return same or (isinstance(value, tuple) and list(value) == default)


def _says_itself(value: Any) -> bool:
    return isinstance(value, int | float | list | tuple) and not isinstance(value, bool)


def _value(value: Any) -> str:
    match value:
        case None | bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case str():
            return value if value.isidentifier() else f'"{value}"'
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return "…"
