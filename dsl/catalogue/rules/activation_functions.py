"""Functions of `keras.activations`, and their like in `keras.ops`."""

from __future__ import annotations

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import axis_of
from dsl.catalogue.rules.reductions import along
from dsl.shapes.dims import floor_div, show
from dsl.shapes.types import TensorType

ELEMENTWISE = [
    "celu",
    "elu",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "tanh_shrink",
    "threshold",
]
NOT_OF_SYMBOLS = ["hard_silu", "mish", "sparsemax"]


@rule(*[f"activations.{name}" for name in ELEMENTWISE])
def activation(x: TensorType) -> Output:
    """Shape and dtype stay."""
    return Output(x)


@rule("activations.softmax", "activations.log_softmax")
def softmax(x: TensorType, *, axis: int = -1) -> Output | Refusal:
    """Along an axis, which exists."""
    return along(x, axis=axis)


@rule("ops.sparsemax")
def sparsemax(x: TensorType, *, axis: int = -1) -> Output | Refusal:
    """Along one axis."""
    found = axis_of(axis, x)
    return found if isinstance(found, Refusal) else Output(x)


@rule(*[f"activations.{name}" for name in NOT_OF_SYMBOLS])
def refused(x: TensorType, *, symbol: str) -> Refusal:  # noqa: ARG001 -- its form
    """Keras has these for arrays alone, though layers take their words."""
    name = symbol.rpartition(".")[2]
    words = f"Keras applies `{name}` to arrays, not to the tensors of a model"
    return Refusal(words, operand=0, help=f"`Activation({name})(x)` does it", code="bad-value")


@rule("activations.glu", "ops.glu")
def glu(x: TensorType, *, axis: int = -1) -> Output | Refusal:
    """One half opens the gates of the other: the axis is halved.

    >>> from dsl.shapes.dims import BATCH
    >>> str(glu(TensorType("float32", (BATCH, 8))).value)
    'float32[4]'
    """
    at = axis_of(axis, x)
    if isinstance(at, Refusal):
        return at
    sizes = list(shape_of(x))
    size = sizes[at]
    if isinstance(size, int) and size % 2:
        words = f"axis {at} of {x} is {show(size)}, which has no halves"
        return Refusal(words, operand=0, help="give it an even size", code="bad-value")
    sizes[at] = floor_div(size, 2)
    return Output(TensorType(x.dtype, tuple(sizes)))
