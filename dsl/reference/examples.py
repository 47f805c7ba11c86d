"""An example of anything in the catalogue: the first small program that the checker accepts."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from dsl import codes, compiler
from dsl.catalogue.application import rule_of
from dsl.records import Record
from dsl.reference.example_tables import (
    BY_HAND,
    FLOATS,
    FUNCTION_INPUTS,
    HEADS,
    IMAGES,
    INPUTS,
    MEANT_FOR,
    NO_EXAMPLE,
    PROGRAMS,
    VALUES,
)
from dsl.reference.groups import written_name
from dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.compiler import Compilation

TARGETS = ("y", "y, z", "y, z, u")
"""What an application is bound to: one tensor, or as many as it gives."""


class Example(Record):
    """A whole program that shows a symbol, checked; or why there is none.

    Args:
        text: the program, empty where there is none.
        checked: what the checker found of it.
        reason: why there is none.
    """

    text: str = ""
    checked: Compilation | None = None
    reason: str = ""


@cache
def example(symbol: Symbol) -> Example:
    """The example of a symbol.

    Candidates are tried in a fixed order: the first without a warning is the example, else the first without
    an error. That a shape is unknown says nothing against one. Where all are refused, the reason is what the checker says of the first.
    """
    if symbol.key in NO_EXAMPLE:
        return Example(reason=NO_EXAMPLE[symbol.key])
    warned, refused = None, ""
    for text in candidates(symbol):
        checked = compiler.check(Source("example.graph", text))
        if all(one.code is codes.UNKNOWN_SHAPE for one in checked.diagnostics):
            return Example(text, checked)
        if warned is None and checked.ok:
            warned = Example(text, checked)
        refused = refused or checked.diagnostics[0].message
    return warned or Example(reason=refused)


def candidates(symbol: Symbol) -> Iterator[str]:
    """Programs that may show a symbol, likely ones first."""
    if symbol.key in PROGRAMS:
        yield PROGRAMS[symbol.key]
        return
    if symbol.key in BY_HAND:
        type_, applied = BY_HAND[symbol.key]
        yield from (_program(applied, type_, target) for target in TARGETS)
        return
    yield from MAKERS.get(symbol.namespace, _of_functions)(symbol)


def configured(symbol: Symbol) -> str:
    """A symbol with values for what must be given.

    >>> from dsl.catalogue import lookup
    >>> configured(lookup.symbol("layers", "Conv2D"))
    'Conv2D(8, 3)'
    """
    return f"{symbol.name}({', '.join(VALUES.get(one.name, '2') for one in _required(symbol))})"


def _required(symbol: Symbol) -> list[Parameter]:
    return [one for one in symbol.parameters if one.required]


def _program(applied: str, type_: str, target: str = "y") -> str:
    """A program that applies something to as many inputs of one type as it names: `x`, or `a` to `d`."""
    inputs = [f"input {one}: {type_}" for one in "xabcd" if re.search(rf"\b{one}\b", applied)]
    return "\n".join([*inputs, f"output {target} = {applied}", ""])


# ---- what is applied to tensors


def _of_layers(symbol: Symbol) -> Iterator[str]:
    if symbol.kind == "function":
        yield from _of_functions(symbol)
        return
    layer = configured(symbol)
    if symbol.name.endswith(("Cell", "Cells")):
        layer = f"RNN({layer})"
    takes_two = sum(one.required for one in symbol.call_parameters) > 1 and layer[:3] != "RNN"
    operands = ["a, b"] if takes_two else ["x", "[a, b]"]
    for operand, type_ in product(operands, _inputs(symbol)):
        yield _program(f"{layer}({operand})", type_)


def _inputs(symbol: Symbol) -> tuple[str, ...]:
    """Types of inputs for a layer: that which it is made for, where it takes others without a word."""
    rule = rule_of(symbol)
    if rule is not None and rule.__module__.endswith("image_layers"):
        return (IMAGES[0], *INPUTS)
    return (MEANT_FOR.get(symbol.key, INPUTS[0]), *INPUTS)


def _of_applications(symbol: Symbol) -> Iterator[str]:
    for type_ in IMAGES:
        yield _program(f"{symbol.name}(weights=none)(x)", type_)


def _of_activations(symbol: Symbol) -> Iterator[str]:
    yield from _of_functions(symbol)
    yield _program(f"Dense(8, {symbol.name})(x)", INPUTS[0])


def _of_functions(symbol: Symbol) -> Iterator[str]:
    tensors = [one.name for one in _required(symbol) if one.name not in VALUES]
    letters = dict(zip(tensors, "abcd" if len(tensors) > 1 else "x", strict=False))
    given = [letters.get(one.name) or VALUES.get(one.name, "2") for one in _required(symbol)]
    lists = [given, ["[a, b]", *given[1:]]] if len(letters) == 1 else [given]
    has_axis = any(one.name == "axis" and not one.required for one in symbol.parameters)
    axes = [[], ["axis=1"], ["axis=-1"]] if has_axis else [[]]
    images = symbol.namespace == "ops.image"
    inputs = (*IMAGES[:1], *FLOATS[3:]) if images else FUNCTION_INPUTS
    for target, written, type_, axis in product(TARGETS, lists, inputs, axes):
        yield _program(f"{written_name(symbol)}({', '.join([*written, *axis])})", type_, target)


# ---- what training takes


def _of_losses(symbol: Symbol) -> Iterator[str]:
    for head, _ in HEADS:
        yield _trained(head, f"loss = {configured(symbol)}(y)")


def _of_metrics(symbol: Symbol) -> Iterator[str]:
    for head, loss in HEADS:
        yield _trained(head, f"loss = {loss}(y)", f"metrics = [{configured(symbol)}(y)]")


def _of_optimizers(symbol: Symbol) -> Iterator[str]:
    yield _trained("Dense(1)", f"optimizer = {configured(symbol)}", "loss = mse(y)")


def _of_schedules(symbol: Symbol) -> Iterator[str]:
    yield _trained("Dense(1)", f"optimizer = SGD({configured(symbol)})", "loss = mse(y)")


def _of_callbacks(symbol: Symbol) -> Iterator[str]:
    yield _trained("Dense(1)", "loss = mse(y)", f"callbacks = [{configured(symbol)}]")


def _trained(head: str, *settings: str) -> str:
    lines = ["input x: [64]", f"output y = {head}(x)", "", "train:"]
    return "\n".join([*lines, *(f"    {one}" for one in settings), ""])


def _of_parameters(symbol: Symbol) -> Iterator[str]:
    """Initializers, regularizers, constraints: each is given to a parameter of a layer."""
    parameter = f"kernel_{symbol.namespace.removesuffix('s')}={configured(symbol)}"
    yield _program(f"Dense(8, {parameter})(x)", INPUTS[0])


MAKERS = {
    "layers": _of_layers,
    "applications": _of_applications,
    "activations": _of_activations,
    "losses": _of_losses,
    "metrics": _of_metrics,
    "optimizers": _of_optimizers,
    "optimizers.schedules": _of_schedules,
    "callbacks": _of_callbacks,
    "initializers": _of_parameters,
    "regularizers": _of_parameters,
    "constraints": _of_parameters,
}
"""What makes the candidates of a namespace."""
