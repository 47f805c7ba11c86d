"""The summary as JSON, for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.graph import Endpoint, Operation, Program, Tensor

VERSION = 1


def summary_json(program: Program, batches: tuple[int, int] | None = None) -> str:
    """A program as JSON, version 1 of the form in `docs/cli.md`, with a last newline.

    Shapes begin with the batch; a size that is unknown or named is null, and so is a shape of
    unknown rank.

    Args:
        program: a checked program.
        batches: samples of a batch in inference and in training, where the cost is wanted too.
    """
    data = summary_data(program)
    if batches is not None:
        from dsl.views import cost  # noqa: PLC0415 -- where it is wanted

        for layer, fields in zip(data["layers"], cost.cost_fields(program), strict=True):
            layer.update(fields)
        data["cost"] = cost.cost_data(program, batches)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def summary_data(program: Program) -> dict[str, Any]:
    """What `summary_json` writes without the cost, as plain values."""
    given = program.given()
    return {
        "version": VERSION,
        "model": program.name,
        "inputs": _endpoints(program.inputs),
        "outputs": _endpoints(program.outputs),
        "layers": [_layer(one, given.get(id(one), ())) for one in program.operations],
        "params": program.params,
        "trainable_params": program.trainable_params,
    }


def plain_shape(tensor: TensorType) -> list[int | None] | None:
    """A shape with numbers and nulls alone."""
    if tensor.shape is None:
        return None
    return [size if isinstance(size, int) else None for size in tensor.shape]


def _endpoints(endpoints: Iterable[Endpoint]) -> dict[str, dict[str, Any]]:
    return {
        one.name: {
            "dtype": one.tensor.type.dtype,
            "shape": plain_shape(one.tensor.type),
            **_masks([one.tensor]),
        }
        for one in endpoints
    }


def _mask(tensor: Tensor) -> dict[str, Any] | None:
    """The mask beside a tensor: its shape, and whether the built model and a run have it."""
    mask = tensor.mask or tensor.run_mask
    if mask is None:
        return None
    shape = plain_shape(TensorType("bool", mask.shape))
    return {
        "shape": shape,
        "built": tensor.mask is not None,
        "run": tensor.run_mask is not None,
    }


def _masks(tensors: Iterable[Tensor]) -> dict[str, Any]:
    """The field `mask`, where one of these has a mask."""
    found = [_mask(one) for one in tensors]
    return {"mask": _one_or_list(found)} if any(found) else {}


def _layer(one: Operation, given: Iterable[Tensor]) -> dict[str, Any]:
    return {
        "name": one.name,
        "class": one.class_name,
        "dtype": _one_or_list([each.dtype for each in one.outputs]),
        "output_shape": _one_or_list([plain_shape(each) for each in one.outputs]),
        **_masks(given),
        "params": one.params,
        "trainable_params": one.trainable_params,
        "connected_to": [tensor.operation.name for call in one.calls for tensor in call],
        "file": one.span.source.name,
        "line": one.span.line,
    }


def _one_or_list(values: list[Any]) -> Any:
    if not values:
        return None
    return values[0] if len(values) == 1 else values
