"""Operands of functions and operators: tensors, or numbers beside tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import Refusal
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.dims import BATCH, Dim, same
from dsl.shapes.dtypes import WEAK, promote
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = ((bool, "bool"), (int, "int"), (float, "float"))


def kind_of(operand: Any) -> str | None:
    """The dtype of a tensor, or the weak one of a number; None where it is not known.

    >>> kind_of(TensorType("int32", ())), kind_of(2.0), kind_of(True)
    ('int32', 'float', 'bool')
    """
    if isinstance(operand, TensorType):
        return operand.dtype
    return next((name for kind, name in KINDS if isinstance(operand, kind)), None)


def sizes_of(operand: Any) -> Shape:
    """The shape of a tensor; that of a number is empty."""
    return operand.shape or () if isinstance(operand, TensorType) else ()


def literal(value: Any) -> TensorType | None:
    """The tensor that Keras makes of a number, or of numbers in lists; None where it is no such thing.

    >>> str(literal([[1, 2.5], [3, 4]])), str(literal(True)), literal("a")
    ('float32[2, 2] without its batch', 'bool[] without its batch', None)
    """
    if isinstance(value, bool | int | float):
        dtype = next(name for kind, name in KINDS if isinstance(value, kind))
        return TensorType(WEAK.get(dtype, dtype), ())
    if not isinstance(value, list | tuple):
        return None
    parts = [literal(one) for one in value]
    shapes = {part.shape for part in parts if part is not None}
    if None in parts or len(shapes) > 1:
        return None
    kinds = {part.dtype for part in parts if part is not None}
    dtype = next((one for one in ("float32", "int32", "bool") if one in kinds), "float32")
    return TensorType(dtype, (len(value), *(shapes.pop() or () if shapes else ())))


def operand_problem(operands: Sequence[Any]) -> Refusal | None:
    """Why one of these is neither a tensor nor a number."""
    for index, operand in enumerate(operands):
        if not isinstance(operand, TensorType | bool | int | float):
            words = f"a tensor or a number is needed, and this is {_named(operand)}"
            return Refusal(words, operand=index, code="wrong-operands")
    return None


def _named(operand: Any) -> str:
    if isinstance(operand, list | tuple):
        return f"a list of {len(operand)}"
    return "none" if operand is None else repr(operand)


def promoted(operands: Sequence[Any], *more: str) -> str | Refusal | None:
    """The dtype that several operands come to.

    Args:
        operands: tensors and numbers.
        more: further kinds, such as `"float"`.
    """
    kinds = [kind_of(operand) for operand in operands]
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds):
        return None
    found = promote(*known, *more)
    if found is not None:
        return found
    words = " and ".join(str(kind) for kind in dict.fromkeys(known))
    helps = "`cast(x, …)` brings a tensor to another dtype"
    return Refusal(
        f"there is no common dtype of {words}", operand=0, help=helps, code="wrong-dtype"
    )


def meet(operands: Sequence[Any]) -> tuple[Shape, tuple[str, ...]] | Refusal:
    """The shape that operands broadcast to, and what will surprise.

    >>> meet([TensorType("float32", (2, 3)), 1.0])
    ((2, 3), ())
    """
    shape: Shape = ()
    warnings: tuple[str, ...] = ()
    for index, operand in enumerate(operands):
        own = sizes_of(operand)
        found = broadcast(shape, own)
        if isinstance(found, Clash):
            return clash(operands, index, found)
        warnings += batch_warning(shape, own)
        shape = found
    return shape, warnings


def clash(operands: Sequence[Any], index: int, found: Clash) -> Refusal:
    """That an operand does not meet those before it."""
    own = sizes_of(operands[index])
    other = next(
        (i for i in range(index) if isinstance(broadcast(sizes_of(operands[i]), own), Clash)), 0
    )
    return Refusal(
        f"operand {index + 1} is {operands[index]} where operand {other + 1} is {operands[other]}",
        operand=index,
        help=f"on axis {found.axis} they have {found.left} and {found.right}: "
        "sizes must be equal, or one of them 1",
    )


def batch_warning(left: Shape, right: Shape) -> tuple[str, ...]:
    """What will go wrong where the batch of one meets another axis of the other.

    >>> batch_warning((BATCH, 8, 3), (BATCH, 3))
    ('the batch of one operand meets axis 1 of the other, which is 8',)
    """
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    if len(longer) == len(shorter) or not shorter or shorter[0] != BATCH:
        return ()
    axis = len(longer) - len(shorter)
    if longer[axis] in (1, BATCH):
        return ()
    size = "unknown" if longer[axis] is None else longer[axis]
    return (f"the batch of one operand meets axis {axis} of the other, which is {size}",)


def alike(left: Dim, right: Dim) -> bool:
    """Whether Keras takes two sizes for equal: it knows numbers alone, and what is none equals what is none.

    >>> from dsl.shapes.dims import Size, plus
    >>> T = Size.named("T")
    >>> alike(3, 3), alike(None, 3), alike(T, BATCH), alike(T, plus(T, 1))
    (True, False, True, False)
    """
    if isinstance(left, int) or isinstance(right, int):
        return left == right
    return same(left, right) is not False


def alike_shapes(left: Shape, right: Shape) -> bool:
    """Whether Keras takes two shapes for equal."""
    return len(left) == len(right) and all(map(alike, left, right))


def as_announced(sizes: Iterable[Dim]) -> list[int | None]:
    """Sizes as a model of Keras announces them: numbers and none."""
    return [size if isinstance(size, int) else None for size in sizes]


def never_alike(left: Shape, right: Shape) -> bool:
    """Whether no data can be of both shapes."""
    return len(left) != len(right) or any(
        same(a, b) is False for a, b in zip(left, right, strict=True)
    )


def run_problem(name: str, dtypes: tuple[str, ...] | None, *operands: TensorType) -> Refusal | None:
    """Why a run fails over a dtype, which Keras does not see while building.

    Args:
        name: of the function.
        dtypes: those that a run takes; None where it takes any.
        operands: the tensors, which must be of one dtype.

    >>> x = TensorType("int32", (2, 2))
    >>> run_problem("inv", ("float32", "float64"), x).words
    '`inv` is not computed in int32'
    """
    kinds = [one.dtype for one in operands]
    for index, kind in enumerate(kinds):
        if kind is not None and dtypes is not None and kind not in dtypes:
            better = "float32" if "float32" in dtypes else dtypes[0]
            helps = f'cast it first: `cast(x, "{better}")`'
            return Refusal(f"`{name}` is not computed in {kind}", None, index, helps, "cannot-run")
        if kind is not None and kinds[0] is not None and kind != kinds[0]:
            words = f"`{name}` takes tensors of one dtype, and these are {kinds[0]} and {kind}"
            helps = f'cast one first: `cast(x, "{kinds[0]}")`'
            return Refusal(words, None, index, helps, "cannot-run")
    return None
