"""Functions of `keras.ops` that pick elements, or mark them."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.elementwise import standard
from dsl.catalogue.rules.operands import literal, sizes_of
from dsl.records import replace
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.dims import Dim, product
from dsl.shapes.types import Shape, TensorType


@rule("ops.take")
def take(x: TensorType, indices: Any, *, axis: Any = None) -> Output | Refusal:
    """The elements at these places of an axis; without one, of all in a row.

    >>> from dsl.shapes.dims import BATCH
    >>> x, places = TensorType("float32", (BATCH, 10, 8)), TensorType("int32", (3,))
    >>> str(take(x, places, axis=1).value)
    'float32[3, 8]'
    """
    picked = sizes_of(indices) if isinstance(indices, TensorType) else _literal(indices)
    at = None if axis is None else axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    numbers = indices if isinstance(indices, TensorType) else literal(indices)
    if numbers is not None and numbers.dtype not in (None, "int16", "int32", "int64"):
        helps = "cast them first: cast(i, int32)"
        return Refusal(
            f"indices are whole numbers, and these are {numbers.dtype}",
            "indices",
            1,
            helps,
            "cannot-run",
        )
    if at is None:
        return Output(TensorType(x.dtype, picked))
    shape = shape_of(x)
    return Output(TensorType(x.dtype, (*shape[:at], *picked, *shape[at + 1 :])))


def _literal(value: Any) -> Shape:
    """The shape of a number, or of numbers in lists."""
    if not isinstance(value, list | tuple):
        return ()
    return (len(value), *(_literal(value[0]) if value else ()))


@rule("ops.take_along_axis")
def take_along_axis(x: TensorType, indices: TensorType, *, axis: Any = None) -> Output | Refusal:
    """For each place of an axis its own elements."""
    own: list[Dim] = list(shape_of(x)) if axis is not None else [product(shape_of(x))]
    picked = shape_of(indices)
    at = 0 if axis is None else axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    if len(own) == len(picked):
        own[at] = picked[at]
        met = broadcast(tuple(own), picked)
        if not isinstance(met, Clash):
            return Output(TensorType(x.dtype, met))
    words = f"operand 2 is {indices} where operand 1 is {x}"
    return Refusal(words, operand=1, help="all axes but the one named must agree")


@rule("ops.top_k")
def top_k(x: TensorType, *, k: Any) -> Output | Refusal:
    """The largest along the last axis, and where they stand."""
    shape = shape_of(x)
    if not shape:
        return Refusal(f"{x} has no axis", operand=0, code="wrong-rank")
    if not isinstance(k, int) or k < 0:
        code = "cannot-run" if k is None else "bad-value"
        return Refusal("`k` is a whole number of 0 or more", "k", code=code)
    if isinstance(shape[-1], int) and k > shape[-1]:
        words = f"there are no {k} largest of {shape[-1]}"
        return Refusal(words, "k", help=f"give at most {shape[-1]}", code="cannot-run")
    found = (*shape[:-1], k)
    return Output((TensorType(x.dtype, found), TensorType("int32", found)))


@rule("ops.in_top_k")
def in_top_k(targets: TensorType, predictions: Any) -> Output:  # noqa: ARG001 -- Keras's
    """Whether each target is among the largest of its predictions."""
    return Output(TensorType("bool", targets.shape))


@rule("ops.one_hot")
def one_hot(
    x: TensorType, *, num_classes: Any, axis: Any = -1, dtype: str | None = None
) -> Output | Refusal:
    """A new axis of one 1 among zeros.

    >>> from dsl.shapes.dims import BATCH
    >>> str(one_hot(TensorType("int32", (BATCH, 10)), num_classes=5).value)
    'float32[10, 5]'
    """
    shape = shape_of(x)
    if not isinstance(axis, int) or (axis != -1 and not 0 <= axis < len(shape)):
        words = f"there is no axis {axis} to put in front of"
        return Refusal(words, "axis", help="-1 puts the new axis last", code="bad-value")
    if not isinstance(num_classes, int) or num_classes < 1:
        silent = num_classes is None or (isinstance(num_classes, int) and num_classes == 0)
        words = f"num_classes is a positive integer, and {num_classes!r} is none"
        code = "senseless-value" if silent else "bad-value"
        return Refusal(words, "num_classes", code=code)
    at = len(shape) if axis == -1 else axis
    return Output(TensorType(dtype or "float32", (*shape[:at], num_classes, *shape[at:])))


@rule("ops.multi_hot")
def multi_hot(
    inputs: TensorType, *, num_classes: Any = None, axis: Any = -1, dtype: str | None = None
) -> Output | Refusal:
    """Axis 1 goes, the classes come; announced in the dtype of the classes' numbers."""
    if num_classes is None:
        return Refusal("`num_classes` must be given", "num_classes", code="missing-argument")
    made = one_hot(inputs, num_classes=num_classes, axis=axis)
    if isinstance(made, Refusal) and made.argument == "num_classes":
        rank = len(shape_of(inputs))
        gone = (axis if axis != -1 else rank) == (0 if rank == 1 else 1)
        return replace(made, code="senseless-value") if gone else made
    if isinstance(made, Refusal) or not isinstance(made.value, TensorType):
        return made
    shape = shape_of(made.value)
    after = shape[-1:] if len(shape) == 2 else (shape[0], *shape[2:])
    real = standard(dtype) or "float32"
    surprise = f"the model announces {inputs.dtype}, and the run gives {real}"
    warnings = (surprise,) if inputs.dtype != real else ()
    return Output(TensorType(inputs.dtype, after), warnings=warnings)
