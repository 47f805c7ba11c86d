"""What Keras takes for sparse while a model is built, and the layers that fail over it.

Keras notes of each symbolic tensor whether it is sparse. `x * 2.0` is by that note, as a number counts as sparse, though
it is dense in each run. Most layers are asked for the shape that they give, and never see it; some are traced instead,
with a `SparseTensor` of TensorFlow, which much code of Keras and of people cannot take. What each layer and function
does was found by asking Keras (`tests/keras/test_sparse_against_keras.py` asks again).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dsl.catalogue.registry import Configured
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Flags: TypeAlias = "Sequence[bool | None]"
"""For each operand, in order, whether it is sparse; None for a number or constant."""

KEEPS = frozenset(
    {
        "Absolute", "Arcsin", "Arcsinh", "Arctan", "Arctanh", "Bincount", "Ceil", "Conjugate", "ConvertToTensor", "Copy",
        "Digitize", "ExpandDims", "Expm1", "Fabs", "Floor", "Imag", "Log1p", "Mean", "Nansum", "Negative", "OnesLike",
        "Real", "Reshape", "Round", "Sign", "Signbit", "Sin", "Sinh", "Sqrt", "Square", "Squeeze", "Sum", "Tan", "Tanh",
        "Transpose", "ZerosLike",
    }
)  # fmt: skip
"""Operations that give a sparse tensor for a sparse first one."""

JOINS = frozenset({"Add", "Concatenate", "Fmax", "Fmin", "Maximum", "Minimum", "Subtract"})
"""Operations that give one where every operand is sparse; constants are dense here."""

QUOTIENTS = frozenset({"Divide", "DivideNoNan", "TrueDivide"})
"""Operations that give one for a sparse tensor by a dense one."""

LAYERS_KEEP = frozenset({"Flatten", "Identity", "Permute", "RandomGrayscale", "Reshape"})
LAYERS_JOIN = frozenset(
    {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
)

CELLS = frozenset({"GRUCell", "LSTMCell", "SimpleRNNCell"})

TRACED = CELLS | {"Layer", "Pipeline", "StackedRNNCells", "Wrapper"}
"""Classes of layers that say nothing of the shape that they give: Keras traces their `call`."""

UNCAST = frozenset({"Pipeline"})
"""Layers that do not cast what they are given to the dtype in which they compute, which would make it dense."""

PASSES_ON = frozenset(
    {
        "Discretization", "Flatten", "GaussianDropout", "Hashing", "Identity", "MaxNumBoundingBoxes", "Permute",
        "Reshape",
    }
)  # fmt: skip
"""Layers within a `Pipeline` that a sparse tensor goes through, and stays so."""

DRAWS = frozenset(
    {
        "AlphaDropout", "Dropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    }
)  # fmt: skip
"""Layers that it goes through where nothing is drawn, as their rate is 0."""

ENDS = frozenset({"CategoryEncoding", "Embedding", "Normalization", "ReversibleEmbedding"})
"""Layers that make a dense one of it."""

UNSURE = CELLS | {
    "Activation", "HashedCrossing", "IntegerLookup", "Lambda", "Pipeline", "RandomColorJitter", "StackedRNNCells",
    "StringLookup", "TextVectorization",
}  # fmt: skip
"""Layers of which it hangs on their arguments, or that were not asked; all others fail over it."""


def of_operation(class_name: str, flags: Flags, arguments: Mapping[str, Any]) -> bool:
    """Whether an operator or function gives what Keras takes for a sparse tensor.

    Args:
        class_name: Keras's class of the operation.
        flags: of its operands.
        arguments: of the call, by parameter, as far as they are no operands of an operator.

    >>> of_operation("Multiply", [False, None], {}), of_operation("Add", [True, None], {})
    (True, False)
    >>> of_operation("TrueDivide", [None, True], {}), of_operation("TrueDivide", [True, None], {})
    (False, True)
    """
    if class_name == "Dot" and any(map(_is_scalar, arguments.values())):
        class_name = "Multiply"
    if class_name == "Multiply":
        return any(one is not False for one in flags)
    if class_name == "Matmul":
        return all(one is not False for one in flags)
    if class_name in JOINS:
        return bool(flags) and all(flags)
    if class_name in QUOTIENTS:
        return len(flags) > 1 and flags[0] is True and not flags[1]
    if class_name in KEEPS and flags and flags[0]:
        return class_name != "ConvertToTensor" or arguments.get("sparse") is not False
    return class_name in {"Bincount", "MultiHot", "OneHot"} and arguments.get("sparse") is True


def _is_scalar(value: Any) -> bool:
    number = isinstance(value, int | float)
    return number or (isinstance(value, TensorType) and value.shape == ())


def of_layer(key: str, flags: Flags, arguments: Mapping[str, Any]) -> bool:
    """Whether a layer gives what Keras takes for a sparse tensor.

    >>> of_layer("Flatten", [True], {}), of_layer("Dense", [True], {}), of_layer("Add", [True, False], {})
    (True, False, False)
    """
    if key in LAYERS_KEEP:
        return any(flags)
    if key in LAYERS_JOIN:
        return bool(flags) and all(flags)
    return key == "CategoryEncoding" and arguments.get("sparse") is True


def failing(
    key: str,
    arguments: Mapping[str, Any],
    call: Mapping[str, Any],
    is_sparse: Callable[[Any], bool],
    is_open: Callable[[Any], bool],
) -> Any:
    """The operand over which Keras fails as it traces a layer; None where there is none.

    Args:
        key: the layer.
        arguments: of its configuration.
        call: what it is given, by parameter, the first operand first: operands, lists of these.
        is_sparse: whether an operand is.
        is_open: whether a size of an operand, or its batch, is no number.

    >>> failing("LSTMCell", {}, {"inputs": "x", "states": ["h", "c"]}, lambda one: True, bool)
    'c'
    >>> failing("SimpleRNNCell", {}, {"sequence": "x", "states": ["h"]}, lambda one: True, bool)
    >>> failing("Dense", {}, {"inputs": "x"}, lambda one: True, bool)
    """
    looked_at = _looked_at(key, arguments, _first(call), call.get("states"), is_open)
    return next((one for one in looked_at if one is not None and is_sparse(one)), None)


def doubtful(
    key: str,
    arguments: Mapping[str, Any],
    call: Mapping[str, Any],
    is_sparse: Callable[[Any], bool],
) -> Any:
    """The operand over which a `Pipeline` may fail for what is not known of its layers; None where there is none.

    >>> doubtful("Pipeline", {"layers": [Configured("Activation", {})]}, {"inputs": "x"}, lambda one: True)
    'x'
    """
    one = _first(call) if _meets(key, arguments) is None else None
    return one if one is not None and is_sparse(one) else None


def _first(call: Mapping[str, Any]) -> Any:
    return next(iter(call.values()), None)


def _meets(key: str, arguments: Mapping[str, Any]) -> bool | None:
    """Whether the first layer of a `Pipeline` that does something to a sparse tensor fails; None where it may."""
    layers = arguments.get("layers") if key == "Pipeline" else ()
    if not isinstance(layers, list | tuple):
        return None
    for layer in layers:
        if not isinstance(layer, Configured) or layer.symbol in UNSURE:
            return None
        rate = layer.arguments.get("stddev", layer.arguments.get("rate"))
        if layer.symbol in PASSES_ON or (layer.symbol in DRAWS and rate == 0):
            continue
        return layer.symbol not in ENDS
    return False


def _looked_at(
    key: str,
    arguments: Mapping[str, Any],
    inputs: Any,
    states: Any,
    is_open: Callable[[Any], bool],
) -> Iterator[Any]:
    """The operands that must be dense."""
    listed = list(states) if isinstance(states, list | tuple) else [states]
    if key == "StackedRNNCells":
        for cell, state in zip(arguments.get("cells") or (), listed, strict=False):
            if isinstance(cell, Configured):
                yield from _looked_at(cell.symbol, cell.arguments, inputs, state, is_open)
            inputs = None  # what a cell gives is dense
    elif key == "GRUCell":
        yield from listed[:1]
    elif key == "LSTMCell":
        yield listed[1] if len(listed) > 1 else listed[0]
    elif key == "SimpleRNNCell":  # it asks for the shape of what it drops from
        dropped = [inputs] if _drops(arguments, "dropout") else []
        dropped += listed[:1] if _drops(arguments, "recurrent_dropout") else []
        yield from (one for one in dropped if is_open(one))
    elif _meets(key, arguments):
        yield inputs


def _drops(arguments: Mapping[str, Any], name: str) -> bool:
    rate = arguments.get(name)
    return isinstance(rate, int | float) and rate > 0
