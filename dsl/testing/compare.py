"""A built model beside what the compiler announced of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dsl.views.json import plain_shape
from dsl.views.summary import shape_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.graph import Endpoint, Operation, Program
    from dsl.shapes.types import TensorType


def differences(program: Program, model: Any) -> list[str]:
    """What of a model is not as announced, a line each.

    What the compiler said to be unknown may be anything. Operators are left out: Keras numbers
    their names by process.
    """
    return [
        *_endpoints("input", program.inputs, model.inputs),
        *_endpoints("output", program.outputs, model.outputs),
        *_layers(program, {layer.name: layer for layer in model.layers}),
        *_count("the model", "parameters", program.params, model.count_params()),
        *_count("the model", "trainable parameters", program.trainable_params, _learning(model)),
    ]


def _endpoints(kind: str, announced: list[Endpoint], built: list[Any]) -> Iterator[str]:
    if len(announced) != len(built):
        yield f"{kind}s: {len(announced)} announced, {len(built)} built"
        return
    for one, tensor in zip(announced, built, strict=True):
        yield from _tensor(f"{kind} {one.name}", one.tensor.type, tensor)


def _layers(program: Program, layers: dict[str, Any]) -> Iterator[str]:
    for one in program.operations:
        if one.kind in {"operator", "python"}:
            continue
        if one.name not in layers:
            yield f"{one.name}: the model has no such layer"
            continue
        yield from _layer(one, layers[one.name])


def _layer(one: Operation, layer: Any) -> Iterator[str]:
    built = _outputs(layer)
    if one.outputs and len(one.outputs) != len(built):
        yield f"{one.name}: {len(one.outputs)} outputs announced, {len(built)} built"
    else:
        for announced, tensor in zip(one.outputs, built, strict=False):
            yield from _tensor(one.name, announced, tensor)
    yield from _count(one.name, "parameters", one.params, layer.count_params())
    yield from _count(one.name, "trainable parameters", one.trainable_params, _learning(layer))


def _learning(layer: Any) -> int:
    """How many numbers training changes."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)


def _outputs(layer: Any) -> list[Any]:
    """The tensors of its first application, flat."""
    nodes = layer._inbound_nodes  # noqa: SLF001 -- the only way to the first of several
    return list(nodes[0].output_tensors) if nodes else []


def _tensor(name: str, announced: TensorType, built: Any) -> Iterator[str]:
    if announced.dtype is not None and announced.dtype != built.dtype:
        yield f"{name}: dtype {announced.dtype} announced, {built.dtype} built"
    shape = plain_shape(announced)
    if shape is not None and not _fits(shape, tuple(built.shape)):
        yield f"{name}: shape {shape_words(announced)} announced, {tuple(built.shape)} built"


def _fits(announced: list[int | None], built: tuple[int | None, ...]) -> bool:
    return len(announced) == len(built) and all(
        size is None or size == other for size, other in zip(announced, built, strict=True)
    )


def _count(name: str, what: str, announced: int | None, built: int) -> Iterator[str]:
    if announced is not None and announced != built:
        yield f"{name}: {announced:,} {what} announced, {built:,} built"
