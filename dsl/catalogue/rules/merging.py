"""Merges: layers that take one list of tensors, and the functions that apply them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import kept_dtype, shape_of
from dsl.catalogue.layer_run_dtypes import run_dtype_of_merge, surprise
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.operands import alike
from dsl.records import replace
from dsl.shapes.broadcast import Clash, merge
from dsl.shapes.counting import count
from dsl.shapes.dims import plus, same, show
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable


def list_problem(tensors: Any, least: int = 1, most: int | None = None) -> Refusal | None:
    """Why this is not a list of so many tensors."""
    if not isinstance(tensors, list | tuple):
        return Refusal(
            f"a merge takes one list of tensors, and this is {tensors}",
            operand=0,
            help="write `[a, b]`",
            code="wrong-operands",
        )
    count = len(tensors)
    if count >= least and (most is None or count <= most):
        return None
    needed = f"exactly {least} tensors" if most == least else "at least one tensor"
    helps = "write [a, b]" if most == 2 else "give it at least one tensor"
    return Refusal(
        f"a list of {needed} is needed, and this has {count}", help=helps, code="wrong-operands"
    )


def clash(tensors: list[TensorType], index: int, other: int, helps: str = "") -> Refusal:
    """That two tensors of a list do not meet, counted from 1 in words."""
    words = f"operand {index + 1} is {tensors[index]} where operand {other + 1} is {tensors[other]}"
    return Refusal(words, operand=index, help=helps)


@rule(
    "Add",
    "Multiply",
    "Average",
    "Maximum",
    "Minimum",
    "layers.add",
    "layers.multiply",
    "layers.average",
    "layers.maximum",
    "layers.minimum",
)
def elementwise(tensors: list[TensorType], *, policy: Policy, symbol: str) -> Output | Refusal:
    """Behind the batch they broadcast as numpy's arrays do.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 32, 64)), TensorType("float32", (BATCH, 29, 64))
    >>> str(elementwise([a, a], policy=Policy(), symbol="Add").value)
    'float32[32, 64]'
    >>> elementwise([a, b], policy=Policy(), symbol="Add").words
    'operand 2 is float32[29, 64] where operand 1 is float32[32, 64]'
    """
    refusal = list_problem(tensors)
    if refusal is not None:
        return refusal
    shape = shape_of(tensors[0])
    for index, tensor in enumerate(tensors[1:], 1):
        merged = merge(shape, shape_of(tensor))
        if isinstance(merged, Clash):
            return clash(tensors, index, _first_clash(tensors, index), _how_to_meet(merged))
        shape = merged
    return Output(TensorType(policy.compute, shape), warnings=_promoted(symbol, tensors, policy))


def _promoted(symbol: str, tensors: list[TensorType], policy: Policy) -> tuple[str, ...]:
    """A warning, where something else is announced than what the run makes of the operands' dtypes."""
    name = symbol.removeprefix("layers.")
    kinds = [kept_dtype(tensor, policy) for tensor in tensors]
    real = run_dtype_of_merge(name.capitalize(), kinds, policy.compute)
    return surprise(name, str(kinds[0]), policy.compute, real)


def _first_clash(tensors: list[TensorType], index: int) -> int:
    """The earliest tensor that this one does not meet."""
    own = shape_of(tensors[index])
    return next((i for i in range(index) if isinstance(merge(shape_of(tensors[i]), own), Clash)), 0)


def _how_to_meet(found: Clash) -> str:
    if found.axis == -1:
        return "bring both to the same last axis, say with `Dense` or a `Conv2D` of kernel 1"
    return "bring both to the same sizes, say with `padding=same`, a crop or a stride"


@rule("Subtract", "layers.subtract")
def subtract(tensors: list[TensorType], *, policy: Policy, symbol: str) -> Output | Refusal:
    """Of exactly two."""
    return list_problem(tensors, 2, 2) or elementwise(tensors, policy=policy, symbol=symbol)


@rule("Concatenate", "layers.concatenate")
def concatenate(
    tensors: list[TensorType], *, axis: int = -1, policy: Policy, symbol: str
) -> Output | Refusal:
    """Along one axis; the other sizes are those of the first tensor.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 8, 64)), TensorType("float32", (BATCH, 8, 3))
    >>> str(concatenate([a, b], policy=Policy(), symbol="Concatenate").value)
    'float32[8, 67]'
    >>> concatenate([a, b], axis=1, policy=Policy(), symbol="Concatenate").operand
    1
    """
    refusal = list_problem(tensors)
    if refusal is not None:
        return refusal
    shape = list(shape_of(tensors[0]))
    if not -len(shape) <= axis < len(shape):
        helps = f"axes go from 0, the batch, to {len(shape) - 1}; -1 is the last one"
        alone = len(tensors) == 1 and axis > 0  # Keras gives it back as it is
        code = "senseless-value" if alone else "bad-value"
        return Refusal(f"there is no axis {axis} in {tensors[0]}", "axis", None, helps, code)
    kinds = {_outline(shape_of(tensors[0]), axis): 0}
    for index, tensor in enumerate(tensors[1:], 1):
        refusal = _beside(tensors, index, kinds.values(), axis)
        if refusal is not None:
            return refusal
        kinds.setdefault(_outline(shape_of(tensor), axis), index)
        shape[axis] = plus(shape[axis], shape_of(tensor)[axis])
    value = TensorType(policy.compute, tuple(shape))
    return Output(value, warnings=_promoted(symbol, tensors, policy))


ONE_RANK = "bring both to one number of axes: Flatten, Reshape"


def _evened(at: int, rank: int) -> str:
    """How two tensors come to the same size along an axis."""
    if at == rank - 1 or rank > 5:
        return "bring one to the other's size, say with `Dense`"
    return f"Cropping{rank - 2}D or ZeroPadding{rank - 2}D evens it, or padding=same before it"


def _lacks_the_axis(first: Shape, own: Shape, axis: int) -> bool:
    """Whether a tensor lacks nothing but the axis, of whose size Keras knows nothing: it then looks no further.

    >>> _lacks_the_axis((None, 8, None), (None, 8), 2), _lacks_the_axis((None, 8, 4), (None, 8), 2)
    (True, False)
    """
    if len(own) != axis or len(first) != axis + 1 or isinstance(first[axis], int):
        return False
    return all(same(a, b) is not False for a, b in zip(first[:axis], own, strict=True))


def _outline(shape: Shape, axis: int) -> Shape:
    """What must agree of a shape: all but the size along an axis."""
    at = axis % len(shape)
    return (*shape[:at], *shape[at + 1 :])


def _beside(
    tensors: list[TensorType], index: int, others: Iterable[int], axis: int
) -> Refusal | None:
    """Why a tensor can't stand beside others along an axis."""
    own = shape_of(tensors[index])
    for other in others:
        theirs = shape_of(tensors[other])
        if len(theirs) != len(own):
            found = clash(tensors, index, other, ONE_RANK)
            late = _lacks_the_axis(shape_of(tensors[0]), own, axis)
            return replace(found, code="cannot-run") if late else found
        for at, (mine, its) in enumerate(zip(own, theirs, strict=True)):
            if at not in (axis, axis + len(own)) and same(mine, its) is False:
                helps = f"all axes but axis {axis} must agree, and axis {at} is {mine} and {its}: {_evened(at, len(own))}"
                return clash(tensors, index, other, helps)
    return None


@rule("Dot", "layers.dot")
def dot(
    tensors: list[TensorType], *, axes: Any = -1, policy: Policy, symbol: str
) -> Output | Refusal:
    """The product of samples along one axis of each.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 6)), TensorType("float32", (BATCH, 6))
    >>> str(dot([a, b], axes=1, policy=Policy(), symbol="Dot").value)
    'float32[1]'
    """
    refusal = list_problem(tensors, 2, 2)
    if refusal is not None:
        return refusal
    left, right = (shape_of(tensor) for tensor in tensors)
    pair = [axes, axes] if isinstance(axes, int) else list(axes)
    if len(pair) != 2:
        return Refusal("`axes` is one axis or a pair of them", "axes", code="bad-value")
    for at, tensor in zip(pair, tensors, strict=True):
        rank = len(shape_of(tensor))
        if not -rank <= at < rank:
            helps = f"axes go from 1 to {rank - 1}; -1 is the last one"
            return Refusal(f"there is no axis {at} in {tensor}", "axes", None, helps, "bad-value")
        if at in (0, -rank):
            helps = "count from axis 1, or from -1 back"
            words = "axis 0 is the batch, and Keras mixes its examples up without a word"
            return Refusal(words, "axes", None, helps, "senseless-value")
    one, other = left[pair[0]], right[pair[1]]
    if not alike(one, other):
        helps = f"axis {pair[0]} of the first and axis {pair[1]} of the second must agree, and they are {show(one)} and {show(other)}: choose other `axes`, or bring one to the other's size"
        return clash(tensors, 1, 0, helps)
    first, second = list(left), list(right)
    del first[pair[0]], second[pair[1]]
    shape = [*first, *second[1:]]
    madds = count(*shape, one if isinstance(one, int) else other)
    value = TensorType(policy.compute, tuple(shape if len(shape) > 1 else [*shape, 1]))
    return Output(value, warnings=_promoted(symbol, tensors, policy), madds=madds)
