"""`keras.ops.einsum`: sums of products as letters say."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.axes import shape_of
from dsl.catalogue.rules.operands import promoted
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.counting import count, total
from dsl.shapes.dims import Dim, product, same
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@rule("ops.einsum")
def einsum(*operands: TensorType, subscripts: str) -> Output | Refusal:
    """Sums of products as the letters say.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 5, 6)), TensorType("float32", (BATCH, 7, 6))
    >>> str(einsum(a, b, subscripts="bqd,bkd->bqk").value)
    'float32[5, 7]'
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    specs = inputs.split(",")
    if len(specs) != len(operands):
        words = f"`{subscripts}` is about {len(specs)} tensors, and here are {len(operands)}"
        return Refusal(words, "subscripts", code="wrong-operands")
    sizes: dict[str, Dim] = {}
    wild: Shape = ()
    for index, (spec, operand) in enumerate(zip(specs, operands, strict=True)):
        found = _letters(spec, operand, index)
        if isinstance(found, Refusal):
            return found
        own, middle = found
        refusal = _bind(sizes, own, operand, index)
        if refusal is not None:
            return refusal
        met = broadcast(wild, middle)
        if isinstance(met, Clash):
            words = f"the axes of `...` of {operand} do not meet those of the others"
            return Refusal(words, operand=index)
        wild = met
    target = output if arrow else _implied(inputs)
    return _summed(operands, specs, target, sizes, wild, subscripts)


def _letters(
    spec: str, operand: TensorType, index: int
) -> tuple[list[tuple[str, Dim]], Shape] | Refusal:
    """Each letter with its size, and the sizes of `...`."""
    shape = shape_of(operand)
    front, dots, back = spec.partition("...")
    count = len(front) + len(back)
    if len(shape) < count or (not dots and len(shape) != count):
        words = f"`{spec}` names {count} axes, and {operand} has {len(shape)}, its batch included"
        return Refusal(words, "subscripts", index, "the batch has a letter too", "wrong-rank")
    end = len(shape) - len(back)
    letters = [*zip(front, shape, strict=False), *zip(back, shape[end:], strict=True)]
    return letters, shape[len(front) : end] if dots else ()


def _bind(
    sizes: dict[str, Dim], letters: list[tuple[str, Dim]], operand: TensorType, index: int
) -> Refusal | None:
    for letter, size in letters:
        before = sizes.get(letter, 1)
        if size == 1 and letter in sizes:
            continue
        if before != 1 and same(before, size) is False:
            words = f"`{letter}` is {before} before and {size} in {operand}"
            return Refusal(words, operand=index, help="a letter stands for one size")
        sizes[letter] = before if isinstance(before, int) and before != 1 else size
    return None


def _implied(inputs: str) -> str:
    """The output where no arrow says: what stands once, by the alphabet, behind the dots."""
    letters = [letter for letter in inputs if letter.isalpha()]
    once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
    return "..." + "".join(once)


def _summed(
    operands: Sequence[TensorType],
    specs: Sequence[str],
    output: str,
    sizes: dict[str, Dim],
    wild: Shape,
    words: str,
) -> Output | Refusal:
    front, dots, back = output.partition("...")
    unknown = next((letter for letter in front + back if letter not in sizes), None)
    if unknown is not None:
        text = f"`{unknown}` stands on the right of `{words}` alone"
        return Refusal(text, "subscripts", code="bad-value")
    middle = wild if dots else ()
    shape = (*(sizes[one] for one in front), *middle, *(sizes[one] for one in back))
    dtype = promoted(operands)
    if isinstance(dtype, Refusal):
        return dtype
    only_int8 = all(operand.dtype == "int8" for operand in operands)
    letters = [frozenset(spec.replace("...", ".")) for spec in specs]
    wanted = frozenset(output.replace("...", "."))
    madds = contracted(letters, wanted, {**sizes, ".": product(wild)})
    return Output(TensorType("int32" if only_int8 else dtype, shape), madds=madds)


MOST_ORDERED = 5
"""Operands of an einsum for which each order of products is tried; of more, that of the source is taken."""


def contracted(
    operands: Sequence[frozenset[str]], wanted: frozenset[str], sizes: Mapping[str, Dim]
) -> int | None:
    """Multiply-adds of an einsum, two operands at a time, in the cheapest order.

    Args:
        operands: the letters of each.
        wanted: those of the output.
        sizes: of each letter.

    What stands in one operand alone, and not in the output, is summed up before.

    >>> a, b, c = frozenset("bqd"), frozenset("bkd"), frozenset("bke")
    >>> contracted([a, b], frozenset("bqk"), {"b": 1, "q": 5, "k": 7, "d": 6})
    210
    >>> contracted([a, b, c], frozenset("bqe"), {"b": 1, "q": 5, "k": 7, "d": 6, "e": 2})
    144
    """
    count_ = len(operands)
    if count_ < 2:
        return 0
    pairs = combinations(range(count_), 2) if count_ <= MOST_ORDERED else [(0, 1)]
    found: list[int | None] = []
    for i, j in pairs:
        rest = [one for at, one in enumerate(operands) if at not in (i, j)]
        needed = wanted.union(*rest)
        one, other = operands[i], operands[j]
        touched = (one & other) | ((one | other) & needed)
        now = count(*(sizes[letter] for letter in touched)) if one & other - needed else 0
        later = contracted([touched & needed, *rest], wanted, sizes)
        found.append(total([now, later]))
    known = [one for one in found if one is not None]
    return min(known) if len(known) == len(found) else None
