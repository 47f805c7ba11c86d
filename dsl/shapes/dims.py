"""Sizes: a number, unknown, or an expression of named sizes.

An expression is a polynomial with whole coefficients over atoms: names, floor divisions, minima and
maxima. It is kept in a canonical form, so that equal forms are equal values. Names stand for sizes
of zero or more.
"""

from __future__ import annotations

from functools import reduce
from math import gcd
from typing import TYPE_CHECKING, Literal, TypeAlias

from dsl.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Quotient(Record):
    """An atom: the floor division of two sizes."""

    above: Size
    below: int | Size

    def __str__(self) -> str:
        """As the language writes it."""
        return f"{_factor(self.above)} // {_factor(self.below)}"


class Extreme(Record):
    """An atom: the smallest or largest of two sizes."""

    kind: Literal["min", "max"]
    left: int | Size
    right: int | Size

    def __str__(self) -> str:
        """As the language writes it."""
        return f"{self.kind}({self.left}, {self.right})"


Atom: TypeAlias = str | Quotient | Extreme
Monomial: TypeAlias = tuple[Atom, ...]


class Size(Record):
    """An expression of named sizes in canonical form: equal forms are equal values.

    Args:
        terms: monomials (sorted atoms, repeated for a power) with their coefficients, none of them
            zero; the constant is the empty monomial, and there is at least one other.

    >>> T = Size.named("T")
    >>> plus(minus(T, 4), 4) == T
    True
    """

    terms: tuple[tuple[Monomial, int], ...]

    @classmethod
    def named(cls, name: str) -> Size:
        """The size of that name."""
        return cls((((name,), 1),))

    def __str__(self) -> str:
        """As the language writes it."""
        return _words(self.terms)

    __repr__ = __str__


Dim: TypeAlias = int | Size | None
BATCH = Size.named("batch")


def show(dim: Dim) -> str:
    """As the language writes it.

    >>> T = Size.named("T")
    >>> [show(size) for size in (8, None, minus(T, 4), floor_div(T, 2), times(3, plus(T, 1)))]
    ['8', '?', 'T - 4', 'T // 2', '3 * T + 3']
    """
    return "?" if dim is None else str(dim)


def plus(left: Dim, right: Dim) -> Dim:
    """The sum; unknown if either is.

    >>> plus(3, 4), plus(None, 4)
    (7, None)
    """
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    if left is None or right is None:
        return None
    return _combine(left, right, 1)


def minus(left: Dim, right: Dim) -> Dim:
    """The difference; unknown if either is.

    >>> minus(Size.named("T"), Size.named("T"))
    0
    """
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    if left is None or right is None:
        return None
    return _combine(left, right, -1)


def times(left: Dim, right: Dim) -> Dim:
    """The product; unknown if either is, unless the other is zero.

    >>> times(None, 0), show(times(Size.named("T"), Size.named("C")))
    (0, 'C * T')
    """
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if left == 0 or right == 0:
        return 0
    if left is None or right is None:
        return None
    sums: dict[Monomial, int] = {}
    if len(_terms(left)) * len(_terms(right)) > MOST_PARTS**2:
        return None
    for atoms, count in _terms(left):
        for others, number in _terms(right):
            product = tuple(sorted((*atoms, *others), key=str))
            sums[product] = sums.get(product, 0) + count * number
    return _size(sums)


def floor_div(left: Dim, right: Dim) -> Dim:
    """The floor of the quotient; unknown if either is.

    Raises:
        ZeroDivisionError: by the number zero.

    >>> T = Size.named("T")
    >>> floor_div(times(2, T), 2) == T
    True
    >>> show(floor_div(minus(floor_div(T, 2), 2), 2)), show(floor_div(plus(times(4, T), 3), 8))
    ('T // 4 - 1', 'T // 2')
    """
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    if left is None or right is None:
        return None
    if isinstance(right, int):
        return _divided_by_number(_terms(left), right)
    return _divided_by_size(left, right)


def ceil_div(left: Dim, right: int) -> Dim:
    """The ceiling of the quotient by a positive number; unknown if the size is.

    >>> ceil_div(7, 2), show(ceil_div(Size.named("T"), 2))
    (4, '(T + 1) // 2')
    """
    return floor_div(plus(left, right - 1), right)


def smallest(left: Dim, right: Dim) -> Dim:
    """The smaller of two; unknown if either is and the other is not zero.

    >>> T = Size.named("T")
    >>> show(smallest(T, 5)), show(smallest(T, minus(T, 4))), smallest(3, 4)
    ('min(5, T)', 'T - 4', 3)
    """
    return _extreme("min", left, right)


def largest(left: Dim, right: Dim) -> Dim:
    """The larger of two; unknown if either is.

    >>> show(largest(Size.named("T"), 0)), largest(3, 4)
    ('T', 4)
    """
    return _extreme("max", left, right)


MOST_PARTS = 60
"""Names, numbers and signs of the longest expression that is kept."""


def is_unreadable(size: Size) -> bool:
    """Whether an expression has grown beyond what anybody would read; what grows further takes time without bound.

    >>> is_unreadable(Size.named("T"))
    False
    """
    return _parts(size, MOST_PARTS) <= 0


def _parts(size: int | Size, left: int) -> int:
    """How many parts are left of so many, those of an expression taken away."""
    if isinstance(size, int):
        return left - 1
    for atoms, _ in size.terms:
        left -= 1
        for atom in atoms:
            if left <= 0:
                return 0
            match atom:
                case Quotient(above, below):
                    left = _parts(below, _parts(above, left - 1))
                case Extreme(_, one, other):
                    left = _parts(other, _parts(one, left - 1))
                case _:
                    left -= 1
    return left


def product(sizes: tuple[Dim, ...] | list[Dim]) -> Dim:
    """The product of all; 1 of none.

    >>> product((2, 3, 4)), product((2, None)), product((None, 0))
    (24, None, 0)
    """
    result: Dim = 1
    for size in sizes:
        if size is None and result != 0:
            return 0 if 0 in sizes else None
        result = times(result, size)
    return result


def same(left: Dim, right: Dim) -> bool | None:
    """Whether two sizes are equal: True or False where proved, None where it can't be known.

    >>> T = Size.named("T")
    >>> same(3, 3), same(3, 4), same(T, T), same(T, plus(T, 1)), same(times(2, T), 7)
    (True, False, True, False, False)
    >>> same(T, 3), same(None, 3), same(times(2, floor_div(T, 2)), T)
    (None, None, None)
    """
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    difference = minus(left, right)
    if difference is None:
        return None
    if isinstance(difference, int):
        return difference == 0
    if is_positive(difference) or is_positive(minus(0, difference)):
        return False
    rest = dict(difference.terms)
    constant = rest.pop((), 0)
    return False if constant % gcd(*rest.values()) else None


def is_positive(dim: Dim) -> bool:
    """Whether a size is proved to be above zero, whatever its names stand for.

    >>> T = Size.named("T")
    >>> is_positive(plus(T, 1)), is_positive(T), is_positive(minus(T, floor_div(minus(T, 1), 2)))
    (True, False, False)
    """
    if isinstance(dim, int):
        return dim > 0
    if dim is None:
        return False
    low = _lower_bound(dim)
    return low is not None and low > 0


def is_negative(dim: Dim) -> bool:
    """Whether a size is proved to be below zero.

    >>> is_negative(minus(Size.named("T"), plus(Size.named("T"), 2)))
    True
    """
    return is_positive(minus(0, dim))


def names_in(dim: Dim) -> frozenset[str]:
    """The names that stand in a size.

    >>> sorted(names_in(floor_div(Size.named("T"), plus(Size.named("U"), 1))))
    ['T', 'U']
    """
    if not isinstance(dim, Size):
        return frozenset()
    return frozenset().union(*(_names_in_atom(atom) for atoms, _ in dim.terms for atom in atoms))


def substitute(dim: Dim, sizes: Mapping[str, Dim]) -> Dim:
    """The size with other sizes in place of names.

    >>> T = Size.named("T")
    >>> substitute(floor_div(minus(T, 1), 2), {"T": 9})
    4
    >>> show(substitute(plus(T, 1), {"T": Size.named("U")}))
    'U + 1'
    """
    if not isinstance(dim, Size):
        return dim
    total: Dim = 0
    for atoms, count in dim.terms:
        value: Dim = count
        for atom in atoms:
            value = times(value, _substitute_atom(atom, sizes))
        total = plus(total, value)
    return total


# ---- the canonical form


def _terms(size: int | Size) -> tuple[tuple[Monomial, int], ...]:
    return size.terms if isinstance(size, Size) else (((), size),) if size else ()


def _size(sums: dict[Monomial, int]) -> int | Size:
    kept = {atoms: count for atoms, count in sums.items() if count}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Size(tuple(sorted(kept.items(), key=_order)))


def _order(term: tuple[Monomial, int]) -> tuple[int, str]:
    """Products before single names before the constant; then by the alphabet."""
    return -len(term[0]), " ".join(map(str, term[0]))


def _combine(left: int | Size, right: int | Size, sign: int) -> int | Size:
    sums = dict(_terms(left))
    for atoms, count in _terms(right):
        sums[atoms] = sums.get(atoms, 0) + sign * count
    return _size(sums)


def _divided_by_number(terms: tuple[tuple[Monomial, int], ...], divisor: int) -> int | Size:
    """Whole parts come out of the division; what remains has coefficients from 0 to the divisor."""
    if divisor < 0:
        return _divided_by_number(tuple((atoms, -count) for atoms, count in terms), -divisor)
    whole = _size({atoms: count // divisor for atoms, count in terms})
    rest = {atoms: count % divisor for atoms, count in terms}
    constant = rest.pop((), 0)
    common = gcd(divisor, *rest.values())
    smaller = _size({**{a: c // common for a, c in rest.items()}, (): constant // common})
    return _combine(whole, _quotient(smaller, divisor // common), 1)


def _quotient(above: int | Size, below: int) -> int | Size:
    if isinstance(above, int) or below == 1:
        return above // below if isinstance(above, int) else above
    inner = [(atoms, count) for atoms, count in above.terms if atoms]
    if len(inner) == 1 and inner[0][1] == 1 and len(inner[0][0]) == 1:
        atom = inner[0][0][0]
        if isinstance(atom, Quotient) and isinstance(atom.below, int):  # (a // b + c) // d
            constant = dict(above.terms).get((), 0)
            nested = _combine(atom.above, constant * atom.below, 1)
            return _divided_by_number(_terms(nested), atom.below * below)
    return Size((((Quotient(above, below),), 1),))


def _divided_by_size(left: int | Size, right: Size) -> int | Size:
    """Exact where the divisor is one term that each term holds, or a multiple; else an atom."""
    if isinstance(left, int):
        return 0 if left == 0 else Size((((_quotient_atom(left, right),), 1),))
    (atoms, count), *more = right.terms
    if not more:
        parts = {_without(term, atoms): number for term, number in left.terms}
        if None not in parts and all(number % count == 0 for number in parts.values()):
            return _size(
                {term: number // count for term, number in parts.items() if term is not None}
            )
    factor = dict(left.terms).get(atoms, 0) // count
    if factor and times(right, factor) == left:
        return factor
    return Size((((_quotient_atom(left, right),), 1),))


def _quotient_atom(above: int | Size, below: Size) -> Quotient:
    return Quotient(above if isinstance(above, Size) else Size((((), above),)), below)


def _without(atoms: Monomial, others: Monomial) -> Monomial | None:
    """A monomial divided by another; None if it can't be."""
    left = list(atoms)
    for atom in others:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def _extreme(kind: Literal["min", "max"], left: Dim, right: Dim) -> Dim:
    choose: Callable[[int, int], int] = min if kind == "min" else max
    if isinstance(left, int) and isinstance(right, int):
        return choose(left, right)
    if left is None or right is None:
        return None
    difference = minus(left, right)
    if is_positive(plus(difference, 1)):
        return right if kind == "min" else left
    if is_positive(minus(1, difference)):
        return left if kind == "min" else right
    first, second = sorted((left, right), key=str)
    return Size((((Extreme(kind, first, second),), 1),))


# ---- what is known of an expression


def _lower_bound(size: int | Size) -> int | None:
    """A number that the size is never below, if one is known."""
    low = 0
    for atoms, count in _terms(size):
        if not atoms:
            low += count
            continue
        bounds = [_atom_lower_bound(atom) for atom in atoms]
        if count < 0 or any(bound is None or bound < 0 for bound in bounds):
            return None
        low += count * reduce(lambda a, b: a * (b or 0), bounds, 1)
    return low


def _atom_lower_bound(atom: Atom) -> int | None:
    if isinstance(atom, str):
        return 0
    if isinstance(atom, Quotient):
        low = _lower_bound(atom.above)
        if low is None or not isinstance(atom.below, int):
            return None
        return low // atom.below
    bounds = [_lower_bound(atom.left), _lower_bound(atom.right)]
    known = [bound for bound in bounds if bound is not None]
    if atom.kind == "max":
        return max(known, default=None)
    return min(known) if len(known) == len(bounds) else None


def _names_in_atom(atom: Atom) -> frozenset[str]:
    if isinstance(atom, str):
        return frozenset((atom,))
    if isinstance(atom, Quotient):
        return names_in(atom.above) | names_in(atom.below)
    return names_in(atom.left) | names_in(atom.right)


def _substitute_atom(atom: Atom, sizes: Mapping[str, Dim]) -> Dim:
    if isinstance(atom, str):
        return sizes.get(atom, Size.named(atom))
    if isinstance(atom, Quotient):
        return floor_div(substitute(atom.above, sizes), substitute(atom.below, sizes))
    return _extreme(atom.kind, substitute(atom.left, sizes), substitute(atom.right, sizes))


# ---- words


def _words(terms: tuple[tuple[Monomial, int], ...]) -> str:
    """Positive terms first, then what is taken away."""
    positive = [_term(atoms, count) for atoms, count in terms if count > 0]
    negative = [_term(atoms, -count) for atoms, count in terms if count < 0]
    start = " + ".join(positive) if positive else f"-{negative.pop(0)}"
    return "".join([start, *(f" - {word}" for word in negative)])


def _term(atoms: Monomial, count: int) -> str:
    if len(atoms) == 1 and count == 1:
        return str(atoms[0])
    factors = [f"({atom})" if isinstance(atom, Quotient) else str(atom) for atom in atoms]
    return " * ".join(factors if count == 1 and atoms else [str(count), *factors])


def _factor(size: int | Size) -> str:
    words = str(size)
    return f"({words})" if " " in words and not words.endswith(")") else words
