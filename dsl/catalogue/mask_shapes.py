"""Where a mask's shape fits, and where Keras fails over it: while it builds, or not before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import Refusal
from dsl.shapes.dims import BATCH, Dim, plus, same
from dsl.shapes.types import Mask, TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.shapes.types import Shape

BUILD = "shape-mismatch"
RUN = "mask-shape"
OPERATOR = "an operation between them drops the mask: x + 0.0"


def words(mask: Mask) -> str:
    """A mask as the language writes a tensor."""
    return str(TensorType("bool", mask.shape))


def joined(masks: Sequence[Mask], key: str, *, running: bool) -> tuple[Mask | None, Refusal | None]:
    """The mask that counts where any of these does, or why Keras cannot make it.

    >>> joined([Mask((BATCH, 6)), Mask((BATCH, 1))], "Add", running=True)[0] == Mask((BATCH, 6))
    True
    >>> joined([Mask((BATCH, 5, 6)), Mask((BATCH, 6))], "Add", running=True)[1].code
    'mask-shape'
    """
    shape = masks[0].shape
    for one in masks[1:]:
        if shape is None or one.shape is None:
            return Mask(None), None
        met = _broadcast(shape, one.shape, running=running)
        if met is None:
            said = f"{key} joins the masks of its operands, and {words(Mask(shape))} does not meet {words(one)}"
            return None, Refusal(said, code=RUN if running else BUILD, help=OPERATOR)
        shape = met
    return Mask(shape), None


def concatenated(
    inputs: Any,
    masks: Sequence[Mask | None],
    axis: Any,
    outputs: Sequence[TensorType],
    *,
    running: bool,
) -> tuple[Mask | None, Refusal | None]:
    """The mask of a concatenation: what has none counts; masks are joined as their tensors are."""
    parts: list[Shape] = []
    for x, mask in zip(inputs, masks, strict=True):
        if x.shape is None or (mask is not None and mask.shape is None):
            return Mask(None), None
        part = _of_places(x.shape, mask, running=running)
        if part is None:
            return None, _misfit(x, mask, "Concatenate", RUN if running else BUILD)
        parts.append(part)
    rank = len(parts[0])
    if not isinstance(axis, int) or any(len(one) != rank for one in parts):
        return Mask(None), None
    sizes: list[Dim] = []
    for number in range(rank):
        column = [one[number] for one in parts]
        size: Dim = column[0]
        for other in column[1:]:
            if number == axis % rank:
                size = None if number == 0 else plus(size, other)
            elif not _meet(size, other, running=running, stretch=False):
                one, two = (Mask(each[:-1]) for each in parts[:2])
                said = f"Concatenate joins the masks of its operands, and {words(one)} does not meet {words(two)}"
                return None, Refusal(said, code=RUN if running else BUILD, help=OPERATOR)
            else:
                size = other if size is None else size
        sizes.append(size)
    known = outputs[0].shape if outputs else None
    if known is not None and len(known) == rank and axis % rank != 0:
        sizes[0] = known[0]
    return Mask(tuple(sizes[:-1])), None


def _of_places(shape: Shape, mask: Mask | None, *, running: bool) -> Shape | None:
    """A truth for each number of a tensor, as `Concatenate` makes them; None where mask and tensor do not meet."""
    if mask is None or mask.shape is None:
        return shape
    if len(mask.shape) >= len(shape):
        return mask.shape
    return _broadcast((*mask.shape, 1), shape, running=running)


# ---- what fails in the run


def refuse_steps(x: TensorType | None, mask: Mask | None, units: Any, key: str) -> Refusal | None:
    """Why a recurrent layer cannot step through a mask: one truth for each step is wanted."""
    if mask is None or mask.shape is None or x is None or x.shape is None:
        return None
    if len(mask.shape) < 2:
        return _misfit(x, mask, key, RUN)
    last = mask.shape[-1]
    fits = len(mask.shape) == 2 or last == 1 or not isinstance(last, int)
    fits = fits or not isinstance(units, int) or units == last
    if fits and _meet(mask.shape[1], x.shape[1], running=True, stretch=False):
        return None
    return _misfit(x, mask, key, RUN)


def refuse_maps(
    x: TensorType | None,
    mask: Mask | None,
    arguments: Mapping[str, Any],
    outputs: Sequence[TensorType],
    key: str,
) -> Refusal | None:
    """Why a ConvLSTM cannot step through a mask: its maps must be as large as those that it gets."""
    given = outputs[0].shape if outputs else None
    if mask is None or mask.shape is None or x is None or x.shape is None or given is None:
        return None
    state = given if not arguments.get("return_sequences") else (given[0], *given[2:])
    step = (mask.shape[0], *mask.shape[2:])
    wanted = [*step, *[1] * (len(state) - len(step))]
    if len(wanted) == len(state) and all(
        _meet(one, size, running=True, stretch=one == 1)
        for one, size in zip(wanted, state, strict=True)
    ):
        return None
    maps = TensorType(None, state)
    said = f"{key} heeds a mask at each place, and its maps are {str(maps)[1:]} where the mask is {words(mask)}"
    return Refusal(said, code=RUN, help=f"padding same and strides of 1 keep them; {OPERATOR}")


def refuse_first_axes(x: TensorType, mask: Mask, key: str) -> Refusal | None:
    """Why `TimeDistributed` refuses a mask: its first two axes must be those of the tensor."""
    if mask.shape is None or x.shape is None or len(mask.shape) < 2:
        return _misfit(x, mask, key, RUN) if mask.shape is not None else None
    pairs = zip(mask.shape[:2], x.shape[:2], strict=True)
    fits = all(_meet(one, two, running=True, stretch=False) for one, two in pairs)
    return None if fits else _misfit(x, mask, key, RUN)


def refuse_rank(x: TensorType | None, mask: Mask | None, key: str) -> Refusal | None:
    """Why `BatchNormalization` refuses a mask: it must have the tensor's axes but the last, or stretch to them."""
    if mask is None or mask.shape is None or x is None or x.shape is None:
        return None
    if len(mask.shape) == len(x.shape) - 1:
        pairs = zip(mask.shape, x.shape, strict=False)
        if all(_meet(one, two, running=True, stretch=one == 1) for one, two in pairs):
            return None
    return _misfit(x, mask, key, RUN)


def refuse_softmax(x: TensorType | None, mask: Mask | None) -> Refusal | None:
    """Why `Softmax` refuses a mask: it is no mask of steps there, but must stretch to the tensor from the last axis."""
    if mask is None or mask.shape is None or x is None or x.shape is None:
        return None
    pairs = zip(reversed(mask.shape), reversed(x.shape), strict=False)
    fits = all(_meet(one, two, running=True, stretch=one == 1) for one, two in pairs)
    if fits and len(mask.shape) <= len(x.shape):
        return None
    said = f"Softmax lays a mask on its last axes, and the mask is {words(mask)} where the tensor is {x}"
    return Refusal(
        said, code=RUN, help="apply softmax as a function, which takes no mask: softmax(x)"
    )


def refuse_average(
    x: TensorType | None, mask: Mask | None, *, channels_first: bool
) -> Refusal | None:
    """Why `GlobalAveragePooling1D` cannot take a mask: one truth for each step is wanted."""
    if mask is None or mask.shape is None or x is None or x.shape is None:
        return None
    steps = x.shape[-1] if channels_first else x.shape[1]
    if len(mask.shape) == 2 and _meet(mask.shape[1], steps, running=True, stretch=False):
        return None
    return _misfit(x, mask, "GlobalAveragePooling1D", RUN)


def refuse_values(mask: Mask | None, key: str) -> Refusal | None:
    """Why `Attention` cannot take the mask of its value: one truth for each step is wanted."""
    if mask is None or mask.shape is None or len(mask.shape) == 2:
        return None
    said = f"{key} takes a mask with one truth for each step of its value, and this one is {words(mask)}"
    return Refusal(said, code=RUN, help=OPERATOR)


def refuse_heads(
    query: TensorType | None,
    masks: Sequence[Mask | None],
    arguments: Mapping[str, Any],
    key: str,
) -> Refusal | None:
    """Why attention in heads cannot take masks: one axis is attended, the last but one."""
    if query is None or query.shape is None:
        return None
    rank = len(query.shape)
    axes = arguments.get("attention_axes")
    attended = (axes,) if isinstance(axes, int) else tuple(axes or range(1, rank - 1))
    for one in masks:
        if one is None or one.shape is None:
            continue
        if len(one.shape) != rank - 1 or tuple(axis % rank for axis in attended) != (rank - 2,):
            said = f"{key} takes masks where it attends to the last axis but one alone, and the mask is {words(one)}"
            return Refusal(said, code=RUN, help=f"say attention_axes={rank - 2}, or: {OPERATOR}")
    return None


# ---- sizes


def _misfit(x: TensorType, mask: Mask | None, key: str, code: str) -> Refusal:
    said = words(mask) if mask is not None else "of another shape"
    return Refusal(f"{key} gets a mask {said} beside {x}", code=code, help=OPERATOR)


def _broadcast(left: Shape, right: Shape, *, running: bool) -> Shape | None:
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    padded = (*[1] * (len(longer) - len(shorter)), *shorter)
    met: list[Dim] = []
    for one, two in zip(longer, padded, strict=True):
        if not _meet(one, two, running=running, stretch=True):
            return None
        met.append(two if one in (1, None) else one)
    return tuple(met)


def _meet(left: Dim, right: Dim, *, running: bool, stretch: bool) -> bool:
    """Whether two sizes may be one: to the built model if both are not numbers; in a run the batch is no axis's size."""
    if left is None or right is None or (stretch and 1 in (left, right)):
        return True
    if not running:
        return left == right or not (isinstance(left, int) and isinstance(right, int))
    return (left == BATCH) == (right == BATCH) and same(left, right) is not False
