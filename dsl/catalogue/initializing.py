"""Initializers and the weights that they fill: which rank and dtype each can make.

Measured on Keras's initializers alone, and on the layers: Keras raises where the layer makes its weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.registry import Configured, Refusal
from dsl.shapes.dtypes import FLOATS
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.catalogue.registry import Policy

RANKS = {
    "Identity": (range(2, 3), "a matrix"),
    "Orthogonal": (range(2, 99), "a matrix, or more axes"),
    "STFT": (range(3, 4), "three axes"),
}
"""Initializers that cannot make every weight: the ranks that they make."""

PLAIN = frozenset({"Zeros", "Ones", "Constant", "Identity", "STFT"})
"""Initializers that draw nothing at random, and so make whole numbers too."""

BY_CHANCE = frozenset({"int32", "int64"})
"""Dtypes in which it hangs on the numbers whether Keras can draw weights."""

UNLESS = {
    "bias_initializer": "use_bias",
    "gamma_initializer": "scale",
    "beta_initializer": "center",
}
"""The flag without which a weight is not made."""

QUANTIZED = frozenset({"kernel_initializer", "embeddings_initializer"})
"""Initializers that nobody calls where the weights are kept as small integers: these start as zeros."""

UNASKED = {"AdditiveAttention": "use_scale", "STFTSpectrogram": ""}
"""Layers that draw, or reckon, a weight without being told how, and the flag that it hangs on."""

MATRICES = frozenset({"Dense", "LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"})
HEADS = frozenset({"MultiHeadAttention", "GroupQueryAttention"})
VECTORS = frozenset({"bias_initializer", "moving_mean_initializer", "moving_variance_initializer"})


def refuse_initializers(
    symbol: Symbol, arguments: Mapping[str, Any], operands: Sequence[Any], policy: Policy
) -> Refusal | None:
    """Why an initializer cannot make the weight that it is given to, if one cannot.

    Args:
        symbol: a layer.
        arguments: of its configuration, defaults among them.
        operands: its tensors.
        policy: whose variable dtype the weights have.
    """
    refusal = _refuse_lora(symbol, arguments)
    if refusal is not None:
        return refusal
    for name, value in arguments.items():
        if not name.endswith("_initializer") or arguments.get(UNLESS.get(name, ""), True) is False:
            continue
        if policy.quantized.startswith("int") and name in QUANTIZED:
            continue
        if value is None and _needs(symbol.key, name, arguments):
            words = f"{symbol.name} needs {name} to make its weights"
            helps = "leave it out, or write zeros"
            return Refusal(words, argument=name, help=helps, code="bad-value")
        own = _own_name(value)
        ranks = ranks_of(symbol.key, name, arguments, operands) if own else ()
        if not ranks:
            continue
        refusal = _refuse_rank(symbol, name, own, ranks) or _refuse_dtype(symbol, name, own, policy)
        if refusal is not None:
            return refusal
    flag = UNASKED.get(symbol.key)
    if flag is None or not arguments.get(flag, True):
        return None
    return _refuse_dtype(symbol, "dtype", "", policy, always=symbol.key == "STFTSpectrogram")


def _refuse_lora(symbol: Symbol, arguments: Mapping[str, Any]) -> Refusal | None:
    """Why a layer can't be given further weights of a low rank: a constraint does not hold for those."""
    name = "embeddings_constraint" if symbol.key == "Embedding" else "kernel_constraint"
    if not arguments.get("lora_rank") or arguments.get(name) is None:
        return None
    words = f"lora_rank adds to the weights of {symbol.name}, and {name} would not hold"
    return Refusal(words, argument="lora_rank", help="leave out one of the two", code="bad-value")


def _needs(key: str, name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether a layer has no initializer of its own where none is given: those that call it themselves."""
    if key in HEADS:
        return True
    forgets = name == "bias_initializer" and arguments.get("unit_forget_bias") is not False
    return forgets and (key in {"LSTM", "LSTMCell"} or key.startswith("ConvLSTM"))


def _own_name(value: Any) -> str:
    """The class of an initializer, by its word or as it was made; empty for anything else."""
    key = value.symbol.rpartition(".")[2] if isinstance(value, Configured) else value
    known = lookup.resolve_word("initializers", key) if isinstance(key, str) else None
    found = known or (lookup.symbol("initializers", key) if isinstance(key, str) else None)
    return found.canonical.removesuffix("Initializer") if found is not None else ""


def ranks_of(
    key: str, name: str, arguments: Mapping[str, Any], operands: Sequence[Any]
) -> tuple[int, ...]:
    """The ranks of the weights that a parameter makes; none where they are not known, or none is made.

    >>> ranks_of("Conv2D", "kernel_initializer", {}, ())
    (4,)
    >>> ranks_of("GRU", "bias_initializer", {"reset_after": True}, ())
    (2,)
    """
    digits = [int(letter) for letter in key if letter.isdigit()]
    if key == "EinsumDense":
        return _of_einsum(name, arguments, operands)
    if name in VECTORS:
        return (2,) if key.startswith("GRU") and arguments.get("reset_after") else _biases(key)
    if name == "embeddings_initializer" or key in MATRICES:
        return (2,)
    if name in {"gamma_initializer", "beta_initializer"}:
        axis = arguments.get("axis")
        return (len(axis) if key == "LayerNormalization" and isinstance(axis, list | tuple) else 1,)
    if name == "alpha_initializer":
        return _behind_batch(operands)
    return (3,) if key in HEADS else (digits[0] + 2,) if digits else ()


def _biases(key: str) -> tuple[int, ...]:
    return (2, 1) if key in HEADS else (1,)


def _behind_batch(operands: Sequence[Any]) -> tuple[int, ...]:
    x = operands[0] if operands else None
    return (len(x.shape) - 1,) if isinstance(x, TensorType) and x.shape else ()


def _of_einsum(name: str, arguments: Mapping[str, Any], operands: Sequence[Any]) -> tuple[int, ...]:
    """A kernel has an axis for each letter; a bias those from its first letter on, and those of dots behind.

    >>> _of_einsum("bias_initializer", {"equation": "abc,cd->abd", "bias_axes": "bd"}, [TensorType("", (1, 2, 3))])
    (2,)
    """
    equation = arguments.get("equation")
    if not isinstance(equation, str) or "," not in equation:
        return ()
    weight, _, target = equation.partition(",")[2].partition("->")
    if name == "kernel_initializer":
        return (len(weight.strip()),)
    before, dots, behind = target.strip().partition("...")
    letters = before or behind
    places = [letters.find(one) for one in arguments.get("bias_axes") or ""]
    x = operands[0] if operands else None
    if not places or min(places) < 0 or not isinstance(x, TensorType) or x.shape is None:
        return ()
    hidden = len(x.shape) - len(equation.partition("...")[0]) if before and dots else 0
    return (len(letters) - min(places) + hidden,)


def _refuse_rank(symbol: Symbol, name: str, own: str, ranks: tuple[int, ...]) -> Refusal | None:
    if own not in RANKS:
        return None
    makes, words = RANKS[own]
    wrong = next((rank for rank in ranks if rank not in makes), None)
    if wrong is None:
        return None
    axes = "one axis" if wrong == 1 else f"{wrong} axes"
    return Refusal(
        f"{name} of {symbol.name} fills a weight of {axes}, and {own} makes {words}",
        argument=name,
        help="glorot_uniform and he_normal make any weight, zeros and ones too",
        code="bad-value",
    )


def _refuse_dtype(
    symbol: Symbol, name: str, own: str, policy: Policy, *, always: bool = False
) -> Refusal | None:
    """Why weights can't be made in a dtype; `always`: whether whole numbers of many bits are refused by Keras as well."""
    dtype = policy.variable
    if dtype == "bfloat16" and own == "Orthogonal":
        words = f"{name} of {symbol.name} is orthogonal, and Keras makes no orthogonal weights in bfloat16"
        helps = (
            'take another initializer, or dtype="mixed_bfloat16", which keeps weights in float32'
        )
        return Refusal(words, argument=name, help=helps, code="bad-value")
    if dtype in FLOATS or (own in PLAIN and (dtype != "string" or own == "Zeros")):
        return None
    return Refusal(
        f"the weights of {symbol.name} are drawn at random, and {dtype} has no fractions",
        argument="dtype",
        help="leave out dtype, or take one of float16, bfloat16, float32, float64",
        code="senseless-value" if dtype in BY_CHANCE and not always else "bad-value",
    )
