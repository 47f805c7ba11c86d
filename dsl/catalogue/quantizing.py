"""Dtype policies that keep weights in few bits (`int8_from_float32`): their names, and the weights that they make.

Measured on the layers of Keras that can be quantized. What GPTQ and AWQ make has no kernel to run with until it was calibrated.
"""

from __future__ import annotations

from math import ceil, prod
from typing import TYPE_CHECKING, Any, Final

from dsl.catalogue.registry import Refusal
from dsl.records import Record
from dsl.shapes.dtypes import DTYPES, is_float

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.catalogue.lookup import Symbol
    from dsl.catalogue.registry import Policy

SOURCES: Final = (*DTYPES, "int", "mixed_float16", "mixed_bfloat16")
"""What a policy may be quantized from."""

MODES: Final = {
    "Dense": ("int8", "int4", "float8"),
    "EinsumDense": ("int8", "int4", "float8"),
    "Embedding": ("int8", "int4"),
    "ReversibleEmbedding": ("int8", "int4"),
}
"""Layers that run with quantized weights, and the kinds of these."""

NEVER_CALLED: Final = frozenset({"IntegerLookup", "StringLookup"})
"""Layers that a quantized policy does not touch, as they call themselves."""

CALIBRATED: Final = ("gptq", "awq")
"""Kinds whose weights a calibration makes."""

FLOAT8_SCALES: Final = 3 * (1 + 1024)
"""What Keras keeps of inputs, kernel and gradients beside a kernel in float8: a scale, and the last 1024 greatest values."""


class Weights(Record):
    """Numbers that stand for a kernel.

    Args:
        params: how many there are.
        frozen: how many of them do not learn.
        narrow: how many of them take one byte.
    """

    params: int
    frozen: int = 0
    narrow: int = 0

    def beside(self, other: Weights) -> Weights:
        """Those of two kernels."""
        return Weights(
            self.params + other.params, self.frozen + other.frozen, self.narrow + other.narrow
        )


def mode_of(word: str) -> str | None:
    """The kind of quantization that a policy names; None where it names none that Keras knows.

    >>> mode_of("int8_from_float32"), mode_of("int4/128_from_mixed_bfloat16"), mode_of("gptq/4/-1_from_float32")
    ('int8', 'int4/128', 'gptq/4/-1')
    >>> mode_of("int8"), mode_of("float32"), mode_of("int8_from_mixed_float16"), mode_of("int4/0_from_float32")
    (None, None, None, None)
    """
    mode, source = _halves(word)
    kind, *numbers = mode.split("/")
    in_float16 = source.removeprefix("mixed_") == "float16"
    if source not in SOURCES or (kind == "int8" and in_float16) or not _is_mode(kind, numbers):
        return None
    return mode


def source_of(word: str) -> str:
    """The policy that a quantized one is made from.

    >>> source_of("int4/128_from_mixed_bfloat16")
    'mixed_bfloat16'
    """
    return _halves(word)[1]


def _halves(word: str) -> tuple[str, str]:
    parts = word.split("_from_")
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")


def _is_mode(kind: str, numbers: list[str]) -> bool:
    """Whether a kind of quantization is written with numbers that it takes."""
    whole = [int(one) for one in numbers if one.lstrip("-").isdecimal()]
    if len(whole) < len(numbers):
        return False
    match kind, whole:
        case ("int8" | "int4" | "float8", []):
            return True
        case ("int4", [size]) | ("gptq", [2 | 3 | 4 | 8, size]) | ("awq", [4, size]):
            return size == -1 or size > 0
    return False


def refuse_quantized(
    symbol: Symbol, policy: Policy, arguments: Mapping[str, Any]
) -> Refusal | None:
    """Why a layer cannot have or run with the weights of a quantized policy, if it cannot.

    Args:
        symbol: the layer.
        policy: what it computes in.
        arguments: of its configuration.
    """
    kind = policy.quantized.partition("/")[0]
    if not kind or symbol.key in NEVER_CALLED:
        return None
    modes = MODES.get(symbol.key, ())
    if kind in modes:
        return _refuse_source(symbol, policy) or _refuse_adapted(symbol, kind, arguments)
    words = f"{symbol.name} has no weights in {kind}, and no data can go through it"
    able = [name for name, known in MODES.items() if kind in known]
    helps = f"{kind} is for {', '.join(able)}" if able else ""
    raises = bool(modes) and kind not in modes and "float8" not in modes
    if kind in CALIBRATED and not raises:
        words = f"weights in {kind} are made by a calibration, and until then no data can go through {symbol.name}"
        helps = "build the model in floats, train it, and let Keras quantize it: model.quantize(…)"
    return Refusal(words, "dtype", help=helps, code="bad-value" if raises else "cannot-run")


def _refuse_source(symbol: Symbol, policy: Policy) -> Refusal | None:
    if is_float(policy.compute):
        return None
    words = f"{symbol.name} computes in {policy.compute} here, which has no fractions"
    helps = "quantize from float32, or from mixed_bfloat16"
    by_chance = policy.quantized != "float8" and policy.compute.lstrip("u").startswith("int")
    return Refusal(
        words, "dtype", help=helps, code="senseless-value" if by_chance else "cannot-run"
    )


def _refuse_adapted(symbol: Symbol, kind: str, arguments: Mapping[str, Any]) -> Refusal | None:
    if kind != "float8" or not arguments.get("lora_rank"):
        return None
    words = f"lora_rank adds to the weights of {symbol.name}, and with weights in float8 no data can go through it"
    return Refusal(words, "lora_rank", help="leave out one of the two", code="cannot-run")


def weights(mode: str, rows: int, columns: int) -> Weights:
    """The weights of a kernel, as it is kept in a kind of quantization.

    Args:
        mode: the kind, with the size of its blocks (`int4/128`); empty where the kernel is kept as it is.
        rows: the numbers of the kernel that are summed over.
        columns: the others: each has a scale, or one for each block of rows.

    >>> weights("int8", 6, 5), weights("int4/3", 6, 5)
    (Weights(params=35, frozen=35, narrow=30), Weights(params=44, frozen=44, narrow=28))
    >>> weights("float8", 6, 5), weights("", 6, 5)
    (Weights(params=3105, frozen=0, narrow=0), Weights(params=30, frozen=0, narrow=0))
    """
    if mode == "int8":
        return _fixed(narrow=rows * columns, scales=columns)
    if mode.startswith("int4"):
        return _in_blocks(mode, rows, columns, packed=rows * ceil(columns / 2))
    return Weights(rows * columns + (FLOAT8_SCALES if mode else 0))


def rows_of_table(mode: str, rows: int, columns: int, *, turned: bool = False) -> Weights:
    """The weights of a table that is looked up: each row has its scale, or one for each block of its numbers.

    Args:
        mode: as in `weights`.
        rows: its rows.
        columns: the numbers of a row.
        turned: of a table that goes back from numbers to rows: it has the blocks of another one.

    >>> rows_of_table("int8", 9, 5), rows_of_table("int4/3", 9, 5)
    (Weights(params=54, frozen=54, narrow=45), Weights(params=68, frozen=68, narrow=45))
    """
    if mode == "int8":
        return _fixed(narrow=rows * columns, scales=rows)
    if not mode:
        return Weights(rows * columns)
    found = _in_blocks(mode, columns, rows, packed=rows * ceil(columns / 2))
    extra = columns if turned and _block(mode) else 0
    return Weights(found.params - extra, found.frozen - extra, found.narrow)


def _in_blocks(mode: str, summed: int, scaled: int, *, packed: int) -> Weights:
    """Two numbers in a byte, and a scale for each or, in blocks, a scale, a zero, and the place of each block."""
    block = _block(mode)
    if block is None:
        return _fixed(narrow=packed, scales=scaled)
    scales = prod((ceil(summed / block), scaled))
    return _fixed(narrow=packed + scales, scales=scales + summed)


def _block(mode: str) -> int | None:
    """The size of a block; None where there are none."""
    size = int(mode.partition("/")[2] or -1)
    return None if size == -1 else size


def _fixed(*, narrow: int, scales: int) -> Weights:
    return Weights(narrow + scales, narrow + scales, narrow)
