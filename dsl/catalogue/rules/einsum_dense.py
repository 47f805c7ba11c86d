"""EinsumDense: a kernel contracted with its input as an equation says."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import multiplied, number, shape_of
from dsl.catalogue.quantizing import weights
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.core import with_lora
from dsl.records import Record, replace
from dsl.shapes.counting import count
from dsl.shapes.dims import Dim, same, show
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


class Equation(Record):
    """`input,kernel->output`, each a letter an axis; dots on one side stand for further axes.

    Args:
        source: letters of the input.
        kernel: letters of the kernel.
        target: letters of the output.
        dots: where the dots stand: `left`, `right`, or nowhere.
    """

    source: str
    kernel: str
    target: str
    dots: str = ""


@rule("EinsumDense")
def einsum_dense(
    x: TensorType,
    *,
    equation: str,
    output_shape: Any,
    bias_axes: str | None,
    lora_rank: int | None,
    policy: Policy,
) -> Output | Refusal:
    """The letters of the equation say which axes are summed over and which come out.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("float32", (BATCH, 10, 64))
    >>> how = {"bias_axes": "d", "lora_rank": None, "policy": Policy()}
    >>> out = einsum_dense(x, equation="abc,cd->abd", output_shape=(None, 32), **how)
    >>> str(out.value), out.params
    ('float32[?, 32]', 2080)
    """
    read = parse(equation)
    if isinstance(read, Refusal):
        return read
    shape = _output_shape(read, shape_of(x), output_shape)
    refusal = _refuse_letters(read, bias_axes) or _refuse_rank(read, x, shape)
    if refusal is not None:
        return refusal
    sizes = _sizes(read, x, shape)
    if isinstance(sizes, Refusal):
        return sizes
    bias = 0 if bias_axes is None else _product(bias_axes, _given(read, x, shape))
    kernel = _product(read.kernel, sizes)
    if kernel is None or bias is None:
        return Refusal(
            f"EinsumDense({equation}) must know all sizes of its weights, and {x} leaves some open",
            argument="output_shape",
            operand=0,
            code="unknown-size",
        )
    refusal = _refuse_quantized(read, policy)
    if refusal is not None:
        return refusal
    last = number(sizes[read.kernel[-1]])
    rows = _product("".join(one for one in read.kernel if one not in read.target), sizes) or 0
    made = with_lora(
        TensorType(policy.compute, shape),
        kernel // max(last, 1),
        last,
        uses=_uses(read, x, sizes),
        bias=bias,
        rank=lora_rank,
        kept=weights(policy.quantized, rows, kernel // max(rows, 1)),
    )
    return replace(made, warnings=(*multiplied("EinsumDense", x, policy), *_turned(read, x, shape)))


def _refuse_quantized(read: Equation, policy: Policy) -> Refusal | None:
    """Why the kernel of an equation cannot be kept as small integers, if it cannot."""
    if not policy.quantized.startswith("int"):
        return None
    mode = policy.quantized
    if read.dots:
        words = f"Keras keeps no kernel in {mode} of an equation with dots"
        return Refusal(words, "equation", help="write a letter for each axis", code="bad-value")
    if mode == "int8" and not set(read.kernel) & set(read.target):
        words = (
            f"a kernel in {mode} is scaled along an axis that comes out, and {read.kernel} has none"
        )
        return Refusal(words, "equation", code="cannot-run")
    return None


def parse(equation: str) -> Equation | Refusal:
    """Read an equation.

    >>> parse("...x,xy->...y")
    Equation(source='x', kernel='xy', target='y', dots='left')
    """
    words = equation.replace(" ", "")
    terms, arrow, target = words.partition("->")
    source, comma, kernel = terms.partition(",")
    if words.startswith("...") and target.startswith("..."):
        read = Equation(source[3:], kernel, target[3:], "left")
    elif source.endswith("...") and target.endswith("..."):
        read = Equation(source[:-3], kernel, target[:-3], "right")
    else:
        read = Equation(source, kernel, target)
    letters = (read.source, read.kernel, read.target)
    if arrow and comma and words == equation and all(part.isalpha() for part in letters):
        return read
    return Refusal(
        f"{equation} is no equation of EinsumDense",
        argument="equation",
        help="it has the form ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac...",
        code="bad-value",
    )


def _output_shape(read: Equation, shape: Shape, given: Any) -> Shape:
    """What is announced: the batch, what the dots stand for, and the sizes that were given.

    Keras turns round the order of axes behind dots on the left.
    """
    own: Shape = tuple(given) if isinstance(given, list | tuple) else (given,)
    hidden = len(shape) - len(read.source)
    if hidden > 0 and read.dots == "left":
        return (shape[0], *reversed(shape[1:hidden]), *own)
    if hidden > 0:
        return (shape[0], *own, *shape[len(shape) - hidden :])
    return (shape[0], *own)


def _uses(read: Equation, x: TensorType, sizes: dict[str, Dim]) -> int | None:
    """How often a sample is multiplied with the kernel: what the input alone has is summed up before."""
    hidden = len(shape_of(x)) - len(read.source)
    dots = shape_of(x)[:hidden] if read.dots == "left" else shape_of(x)[len(read.source) :]
    kept = [one for one in dict.fromkeys(read.source) if one in read.target]
    return count(*dots, *(sizes[one] for one in kept if one not in read.kernel))


def _given(read: Equation, x: TensorType, shape: Shape) -> dict[str, Dim]:
    """The size of every letter that comes out, as `output_shape` has it: biases know no other."""
    skip = len(shape_of(x)) - len(read.source) if read.dots == "left" else 0
    return dict(zip(read.target, shape[skip:], strict=False))


def _turned(read: Equation, x: TensorType, shape: Shape) -> tuple[str, ...]:
    hidden = len(shape_of(x)) - len(read.source)
    if len(read.target) + hidden < len(shape):
        return ("output_shape names more axes than the run of EinsumDense gives",)
    if read.dots != "left" or shape[1:hidden] == shape_of(x)[1:hidden]:
        return ()
    return ("EinsumDense announces the axes of the dots in another order than the run gives",)


def _refuse_letters(read: Equation, bias_axes: str | None) -> Refusal | None:
    for letter in read.target:
        if letter not in read.source + read.kernel:
            return _letter(letter, "comes out and stands neither in the input nor in the kernel")
    for letter in read.kernel:
        if letter not in read.source + read.target:
            return _letter(letter, "is the kernel's alone, and so its size is not known")
    for letter in bias_axes or "":
        if letter not in read.target:
            words = f"bias_axes names {letter}, which is no axis of the output {read.target}"
            return Refusal(words, argument="bias_axes", code="bad-value")
    return None


def _letter(letter: str, what: str) -> Refusal:
    return Refusal(f"the axis {letter} {what}", argument="equation", code="bad-value")


def _refuse_rank(read: Equation, x: TensorType, shape: Shape) -> Refusal | None:
    hidden = len(shape_of(x)) - len(read.source)
    if hidden < 0 or (hidden > 0 and not read.dots):
        return Refusal(
            f"EinsumDense takes {len(read.source)} axes with the batch ({read.source}),"
            f" and this is {x}",
            argument="equation",
            operand=0,
            code="wrong-rank" if hidden < 0 else "cannot-run",
        )
    axes = len(read.target) + hidden
    if axes <= len(shape):
        return None
    return Refusal(
        f"the output has {axes - 1} axes behind the batch, and output_shape names {len(shape) - 1}",
        argument="output_shape",
        code="bad-value",
    )


def _sizes(read: Equation, x: TensorType, shape: Shape) -> dict[str, Dim] | Refusal:
    """The size of every letter."""
    hidden = len(shape_of(x)) - len(read.source)
    skip = hidden if read.dots == "left" else 0
    sizes: dict[str, Dim] = dict(zip(read.source, shape_of(x)[skip:], strict=False))
    for letter, size in zip(read.target, shape[skip:], strict=False):
        there = sizes.get(letter)
        if letter in sizes and size is not None and same(there, size) is not True:
            return Refusal(
                f"the axis {letter} is {show(there)} in {x}, and {show(size)} in output_shape",
                argument="output_shape",
                operand=0,
            )
        if letter in read.kernel or letter not in sizes:
            sizes[letter] = size
    return sizes


def _product(letters: str, sizes: dict[str, Dim]) -> int | None:
    known = [sizes.get(letter) for letter in letters]
    return prod(number(size) for size in known) if all(isinstance(n, int) for n in known) else None
