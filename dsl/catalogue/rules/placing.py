"""Functions of `keras.ops` that put elements into places, cut out a piece, or sum up segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import sizes_given
from dsl.catalogue.rules.operands import meet, promoted
from dsl.records import replace
from dsl.shapes.dims import Dim, is_negative, minus, plus
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence


@rule("ops.scatter")
def scatter(indices: Any, values: TensorType, *, shape: Any) -> Output | Refusal:  # noqa: ARG001 -- Keras's
    """Values at their places among zeros.

    >>> ids, values = TensorType("int32", (3, 1)), TensorType("float32", (3,))
    >>> str(scatter(ids, values, shape=(8,)).value)
    'float32[8] without its batch'
    """
    sizes = sizes_given(shape)
    return sizes if isinstance(sizes, Refusal) else Output(TensorType(values.dtype, sizes))


@rule("ops.scatter_update")
def scatter_update(
    inputs: TensorType,
    indices: Any,  # noqa: ARG001 -- Keras's
    updates: Any,  # noqa: ARG001 -- Keras's
    *,
    reduction: Any = None,
) -> Output | Refusal:
    """The tensor with other values at some places."""
    words = ("add", "max", "min", "mul")
    if reduction is not None and str(reduction).lower() not in words:
        return Refusal(
            "reduction must be add, max, min, mul or none", "reduction", code="bad-value"
        )
    return Output(TensorType(inputs.dtype, inputs.shape))


@rule("ops.slice_update")
def slice_update(inputs: TensorType, start_indices: Any, updates: Any) -> Output:  # noqa: ARG001 -- Keras's
    """The tensor with a piece put in."""
    return Output(TensorType(inputs.dtype, inputs.shape))


@rule("ops.slice")
def cut(inputs: TensorType, start_indices: Any, *, shape: Any) -> Output | Refusal:
    """A piece of this shape; -1 takes all that is behind the start.

    >>> str(cut(TensorType("float32", (4, 6)), (1, 2), shape=(-1, 3)).value)
    'float32[3, 3] without its batch'
    """
    own = shape_of(inputs)
    if not isinstance(shape, list | tuple) or len(shape) != len(own):
        words = (
            f"`shape` says a size for each of the {len(own)} axes of {inputs}, its batch included"
        )
        return Refusal(words, "shape", code="bad-value")
    listed = isinstance(start_indices, list | tuple)
    if listed and len(start_indices) != len(own):
        words = f"{len(start_indices)} starts do not go with the {len(own)} axes of {inputs}, its batch included"
        return Refusal(words, "start_indices", code="bad-value")
    asked = sizes_given([None if size == -1 else size for size in shape])
    if isinstance(asked, Refusal):
        return asked
    sizes: list[Dim] = []
    for axis, (size, wanted) in enumerate(zip(own, shape, strict=True)):
        if wanted != -1 or not listed:
            sizes.append(None if wanted == -1 else wanted)
            continue
        sizes.append(minus(size, start_indices[axis]))
        if is_negative(sizes[-1]):
            words = f"start {start_indices[axis]} is behind axis {axis}, which has {size}"
            return Refusal(words, "start_indices", code="bad-value")
    if not listed and -1 in shape and not isinstance(start_indices, TensorType):
        return Refusal(
            "`start_indices` says a start for each axis", "start_indices", code="bad-value"
        )
    for axis, (size, there) in enumerate(zip(sizes, own, strict=True)):
        start = start_indices[axis] if listed else 0
        if isinstance(start, int) and is_negative(minus(there, plus(size, start))):
            words = f"{size} from {start} on is more than axis {axis} of {inputs} has"
            return Refusal(words, "shape", help="the start counts too", code="cannot-run")
    return Output(TensorType(inputs.dtype, tuple(sizes)))


@rule("ops.segment_sum", "ops.segment_max", "ops.segment_min", "ops.segment_prod")
def segments(
    data: TensorType, segment_ids: TensorType, *, num_segments: Any = None
) -> Output | Refusal:
    """One row for each segment of axis 0.

    >>> data, ids = TensorType("float32", (6, 3)), TensorType("int32", (6,))
    >>> str(segments(data, ids, num_segments=2).value)
    'float32[2, 3] without its batch'
    """
    own, ids = shape_of(data), shape_of(segment_ids)
    if len(ids) != 1:
        words = f"the ids of segments are one row, and this is {segment_ids}"
        return Refusal(words, operand=1, code="wrong-rank")
    count = sizes_given([num_segments], "num_segments")
    if isinstance(count, Refusal):
        return replace(count, words="`num_segments` is a whole number of 0 or more")
    if not own:
        code = "wrong-rank" if isinstance(ids[0], int) else "cannot-run"
        return Refusal(f"{data} has no axis", operand=0, code=code)
    if isinstance(ids[0], int) and isinstance(own[0], int) and ids[0] != own[0]:
        words = f"{segment_ids} names the segments of {data}"
        return Refusal(words, operand=1, help="axis 0 of both must agree")
    if segment_ids.dtype not in (None, "int16", "int32", "int64"):
        words = f"the ids of segments are whole numbers, and these are {segment_ids.dtype}"
        return Refusal(
            words, operand=1, help="cast them first: cast(ids, int32)", code="cannot-run"
        )
    return Output(TensorType(data.dtype, (*count, *own[1:])))


@rule("ops.select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Output | Refusal:
    """For each place the choice whose condition holds first; announced as the first choice."""
    for name, listed in (("condlist", condlist), ("choicelist", choicelist)):
        if not isinstance(listed, list | tuple) or not listed:
            return Refusal(
                f"`{name}` is a list of tensors",
                name,
                help=f"write {name}=[…]",
                code="wrong-operands",
            )
    first = choicelist[0]
    if not isinstance(first, TensorType):
        words = f"the first choice is a tensor, and this is {first}"
        return Refusal(
            words, "choicelist", help="put a number last, as `default`", code="wrong-operands"
        )
    if len(condlist) != len(choicelist):
        words = f"there are {len(condlist)} conditions and {len(choicelist)} choices"
        return Refusal(words, "choicelist", help="give one choice for each", code="cannot-run")
    made = TensorType(first.dtype, first.shape)
    run = _selected(condlist, [*choicelist, default])
    if isinstance(run, Refusal):
        return run
    surprise = f"the model announces {made}, and the run gives {run}"
    return Output(made, warnings=() if str(run) == str(made) else (surprise,))


def _selected(conditions: Sequence[Any], choices: Sequence[Any]) -> TensorType | Refusal:
    """What a run chooses: all of them broadcast, and come to one dtype."""
    met, dtype = meet([*conditions, *choices]), promoted(choices)
    if isinstance(met, Refusal):
        return replace(met, code="cannot-run")
    return (
        replace(dtype, code="cannot-run")
        if isinstance(dtype, Refusal)
        else TensorType(dtype, met[0])
    )


@rule("ops.get_item")
def get_item(x: TensorType, key: Any) -> Output | Refusal:
    """A part by whole numbers, as `x[key]` has it."""
    from dsl.catalogue.operators import subscript  # noqa: PLC0415 -- operators ask rules in turn

    if not isinstance(key, int | tuple | list):
        return Refusal("`key` is a whole number, or several", "key", code="bad-value")
    return subscript(x, list(key) if isinstance(key, list | tuple) else [key])
