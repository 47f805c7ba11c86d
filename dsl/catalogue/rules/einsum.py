"""`keras.ops.einsum`: sums of products as letters say."""

from __future__ import annotations

from itertools import combinations
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.operands import as_announced, operand_problem, promoted, sizes_of
from dsl.catalogue.rules.pairwise import counted
from dsl.records import Record
from dsl.shapes.broadcast import Clash, broadcast
from dsl.shapes.counting import count, total
from dsl.shapes.dims import Dim, product, same, show
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@rule("ops.einsum")
def einsum(*operands: Any, subscripts: Any) -> Output | Refusal:
    """Sums of products as the letters say.

    >>> from dsl.shapes.dims import BATCH
    >>> a, b = TensorType("float32", (BATCH, 5, 6)), TensorType("float32", (BATCH, 7, 6))
    >>> str(einsum(a, b, subscripts="bqd,bkd->bqk").value)
    'float32[5, 7]'
    """
    refusal = operand_problem(operands) or _subscripts_problem(subscripts, len(operands))
    if refusal is not None:
        return refusal
    inputs, arrow, output = subscripts.partition("->")
    terms: list[Term] = []
    for index, (spec, operand) in enumerate(zip(inputs.split(","), operands, strict=True)):
        term = _term(spec, operand, index)
        if isinstance(term, Refusal):
            return term
        terms.append(term)
    target = output if arrow else _implied(inputs)
    shape = _announced(terms, target, subscripts)
    if isinstance(shape, Refusal):
        return shape
    return _run_problem(terms, operands, target) or _summed(operands, terms, target, shape)


class Term(Record):
    """What one operand has to do with the letters.

    Args:
        letters: each letter with its size, in order; a letter may stand twice.
        wild: the sizes of `...`; None where it has none.
    """

    letters: tuple[tuple[str, Dim], ...]
    wild: Shape | None


def _subscripts_problem(subscripts: Any, count_: int) -> Refusal | None:
    if not isinstance(subscripts, str) or subscripts.count("->") > 1:
        words = 'subscripts are a text such as "bij,bjk->bik"'
        return Refusal(words, "subscripts", code="bad-value")
    inputs = subscripts.partition("->")[0]
    specs = inputs.split(",")
    if len(specs) != count_:
        words = f"`{subscripts}` is about {len(specs)} tensors, and here are {count_}"
        return Refusal(words, "subscripts", code="wrong-operands")
    spaced = next((spec for spec in specs if " " in spec), None)
    if spaced is not None:
        code = "senseless-value" if "..." in spaced else "bad-value"
        words = f"Keras takes the space in `{inputs}` for an axis"
        return Refusal(words, "subscripts", help="leave out the space", code=code)
    return None


def _term(spec: str, operand: Any, index: int) -> Term | Refusal:
    """The letters of one operand with their sizes."""
    shape = sizes_of(operand)
    front, dots, back = spec.partition("...")
    count_ = len(front) + len(back)
    if len(shape) < count_ or (not dots and len(shape) != count_):
        words = f"`{spec}` names {count_} axes, and {operand} has {len(shape)}, its batch included"
        late = bool(dots) and max(len(front), len(back)) <= len(shape)
        code = "cannot-run" if late else "wrong-rank"
        return Refusal(words, "subscripts", index, "the batch has a letter too", code)
    end = len(shape) - len(back)
    letters = (*zip(front, shape, strict=False), *zip(back, shape[end:], strict=True))
    return Term(letters, shape[len(front) : end] if dots else None)


def _implied(inputs: str) -> str:
    """The output where no arrow says: what stands once, by the alphabet, behind the dots."""
    letters = [letter for letter in inputs if letter.isalpha()]
    once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
    return "..." + "".join(once)


def _announced(terms: Sequence[Term], target: str, words: str) -> Shape | Refusal:
    """The output's shape as Keras announces it: each operand stretched to it, then broadcast."""
    shape: Shape = ()
    for index, term in enumerate(terms):
        own = _stretched(term, target)
        if isinstance(own, str):
            text = f"`{own}` stands on the right of `{words}` alone"
            return Refusal(text, "subscripts", code="bad-value")
        met = broadcast(shape, own)
        if isinstance(met, Clash):
            helps = f"they have {show(met.left)} and {show(met.right)} in one place of the output"
            return Refusal(f"operand {index + 1} does not meet those before it", None, index, helps)
        shape = met
    return shape


def _stretched(term: Term, target: str) -> Shape | str:
    """The sizes of one operand in the output's order, 1 for a letter that it lacks.

    A capital that it lacks is no such letter to Keras: it comes back as text.
    """
    sizes = dict(reversed(term.letters))
    shape: list[Dim] = []
    for one in target.replace("...", ".").replace(" ", ""):
        if one == ".":
            shape.extend(term.wild or ())
        elif one in sizes or one in ascii_lowercase:
            shape.append(sizes.get(one, 1))
        else:
            return one
    return tuple(shape)


def _run_problem(terms: Sequence[Term], operands: Sequence[Any], target: str) -> Refusal | None:
    """What Keras announces, and TensorFlow will not compute."""
    sizes: dict[str, Dim] = {}
    for index, term in enumerate(terms):
        for letter, size in term.letters:
            if same(sizes.setdefault(letter, size), size) is False:
                words = f"`{letter}` is {show(sizes[letter])} before and {show(size)} in {operands[index]}"
                return Refusal(words, None, index, "a letter stands for one size", "cannot-run")
    letters = [one for one in target if one not in ". "]
    for letter in letters:
        if letter not in sizes or letters.count(letter) > 1:
            where = "on the right alone" if letter not in sizes else "twice on the right"
            return Refusal(f"`{letter}` stands {where}", "subscripts", code="cannot-run")
    if "..." not in target and any(term.wild for term in terms):
        helps = "write `...` on the right too"
        return Refusal("nothing sums over `...`", "subscripts", help=helps, code="cannot-run")
    return None


def _summed(
    operands: Sequence[Any], terms: Sequence[Term], target: str, shape: Shape
) -> Output | Refusal:
    counted_ = [counted(one) for one in operands]
    dtype = promoted(counted_)
    if isinstance(dtype, Refusal):
        return dtype
    made = TensorType("int32" if {one.dtype for one in counted_} == {"int8"} else dtype, shape)
    wild = _wild(terms)
    sizes: dict[str, Dim] = {".": product(wild)}
    for term in terms:
        for letter, size in term.letters:
            sizes[letter] = size if sizes.get(letter) is None else sizes[letter]
    places = target.replace("...", ".").replace(" ", "")
    run = [size for one in places for size in (wild if one == "." else (sizes[one],))]
    surprise = f"the model announces {made}, and the run gives {TensorType(made.dtype, tuple(run))}"
    warnings = () if as_announced(run) == as_announced(shape) else (surprise,)
    letters = [
        frozenset(letter for letter, _ in term.letters) | ({"."} if term.wild else frozenset())
        for term in terms
    ]
    return Output(made, warnings=warnings, madds=contracted(letters, frozenset(places), sizes))


def _wild(terms: Sequence[Term]) -> Shape:
    """What `...` of all operands comes to."""
    wild: Shape = ()
    for term in terms:
        met = broadcast(wild, term.wild or ())
        wild = wild if isinstance(met, Clash) else met
    return wild


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
