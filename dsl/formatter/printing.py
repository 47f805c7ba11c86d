"""Pieces as text, over as few lines as they fit on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dsl.formatter.pieces import (
    Atom,
    Bracket,
    Remark,
    flat,
    flat_items,
    is_arrow,
    keeps_lines,
)
from dsl.formatter.spacing import is_sign
from dsl.parser.operators import BINDING

if TYPE_CHECKING:
    from dsl.formatter.pieces import Item, Piece

WIDTH: Final = 100
STEP: Final = 4
NARROW: Final = 40
"""Brackets beside operators that are not worth breaking: the line is left long."""


class Printer:
    """Writes pieces at the place where the text has got to."""

    def __init__(self, depth: int) -> None:
        """Begin at a column."""
        self.done: list[str] = []
        self.current = " " * depth
        self.is_closed = False
        """Whether a comment ends the line, so that nothing can follow on it."""

    def lines(self) -> list[str]:
        """What was written."""
        return [line.rstrip() for line in [*self.done, self.current]]

    def add(self, text: str) -> None:
        """Go on with the line."""
        self.current += text

    def newline(self, depth: int) -> None:
        """Begin a line."""
        self.done.append(self.current)
        self.current = " " * depth
        self.is_closed = False

    def fits(self, pieces: list[Piece], tail: int = 0) -> bool:
        """Whether pieces can go on with the line, and so many columns after them."""
        return not keeps_lines(pieces) and len(self.current) + len(flat(pieces)) + tail <= WIDTH

    def write(
        self, pieces: list[Piece], depth: int, *, inside: bool = False, tail: int = 0
    ) -> None:
        """Write pieces, on one line where they fit.

        Args:
            pieces: what to write.
            depth: the indentation of the line on which they begin.
            inside: whether brackets are around them, so that a line may end anywhere.
            tail: columns that what follows them needs.
        """
        if self.fits(pieces, tail):
            self.add(flat(pieces))
        elif any(is_arrow(one) for one in pieces):
            self.chain(pieces, depth, inside, tail)
        elif inside and (cuts := _cuts(pieces)):
            self.parts(pieces, cuts, depth, tail)
        elif any(isinstance(one, Remark) for one in pieces):
            self.straight(pieces, depth)
        else:
            self.broken(pieces, depth, inside, tail)

    def chain(self, pieces: list[Piece], depth: int, inside: bool, tail: int) -> None:
        """Write a stage a line, the arrow first; comments stay between the stages."""
        arrows = [at for at, one in enumerate(pieces) if is_arrow(one)]
        self.stage(pieces[: arrows[0]], depth, depth + STEP, inside, tail)
        for at, end in zip(arrows, [*arrows[1:], len(pieces)], strict=True):
            stage = pieces[at + 1 : end]
            while stage and isinstance(stage[0], Remark):
                self.remark(stage[0], depth + STEP)
                stage = stage[1:]
            self.newline(depth + STEP)
            self.add("-> ")
            self.stage(stage, depth + STEP, depth + STEP, inside, tail)

    def stage(self, pieces: list[Piece], depth: int, below: int, inside: bool, tail: int) -> None:
        """Write a stage of a chain, and the comments after it."""
        last = len(pieces)
        while last and isinstance(pieces[last - 1], Remark):
            last -= 1
        self.write(pieces[:last], depth, inside=inside, tail=tail)
        for one in pieces[last:]:
            if isinstance(one, Remark):
                self.remark(one, below)

    def remark(self, remark: Remark, depth: int) -> None:
        """Write a comment: behind what stands there, or on a line of its own."""
        if remark.alone or self.is_closed:
            self.newline(depth)
            self.add(remark.text)
        else:
            self.add(f"  {remark.text}")
        self.is_closed = True

    def parts(self, pieces: list[Piece], cuts: list[int], depth: int, tail: int) -> None:
        """Write the operands of operators on lines of their own, the operator first."""
        for start, end in zip([0, *cuts], [*cuts, len(pieces)], strict=True):
            if start:
                self.newline(depth)
            self.stage(pieces[start:end], depth, depth, inside=True, tail=tail)

    def straight(self, pieces: list[Piece], depth: int) -> None:
        """Write pieces as they come, with a new line behind each comment."""
        start = 0
        for at, one in enumerate(pieces):
            if isinstance(one, Remark):
                self.write(pieces[start:at], depth, inside=True)
                self.remark(one, depth)
                self.newline(depth)
                start = at + 1
        self.write(pieces[start:], depth, inside=True)

    def broken(self, pieces: list[Piece], depth: int, inside: bool, tail: int) -> None:
        """Write pieces with one of their brackets, or more, over several lines."""
        at = self.chosen(pieces, depth, tail)
        bracket = pieces[at] if at is not None else None
        if at is None or not isinstance(bracket, Bracket):
            self.add(flat(pieces))
            return
        self.add(flat(pieces[:at]))
        self.add(" " if bracket.space and at else "")
        self.bracket(bracket, depth)
        rest = pieces[at + 1 :]
        if rest:
            first = rest[0]
            self.add(" " if not isinstance(first, Remark) and first.space else "")
            self.write(rest, depth, inside=inside, tail=tail)

    def chosen(self, pieces: list[Piece], depth: int, tail: int) -> int | None:
        """The bracket to break: the first that must, else the last that lets the rest fit."""
        found = [(at, one) for at, one in enumerate(pieces) if isinstance(one, Bracket)]
        for at, one in found:
            if one.keeps_lines:
                return at
        beside = bool(_cuts(pieces))
        worth = [
            at for at, one in found if one.items and (not beside or len(flat_items(one)) > NARROW)
        ]
        for at in reversed(worth):
            head = len(self.current) + len(flat(pieces[:at])) + 2
            rest = depth + 1 + len(flat(pieces[at + 1 :])) + tail
            if head <= WIDTH and rest <= WIDTH:
                return at
        return worth[0] if worth else None

    def bracket(self, bracket: Bracket, depth: int) -> None:
        """Write brackets over several lines: all items on one if they fit there, else a line each."""
        self.add(bracket.open.text)
        only = bracket.items[0].pieces[0] if bracket.holds_one_list else None
        if isinstance(only, Bracket):
            self.bracket(only, depth)
        else:
            self.add(f"  {bracket.opening}" if bracket.opening else "")
            self.items(bracket, depth + STEP)
            self.newline(depth)
        self.add(bracket.close.text)

    def items(self, bracket: Bracket, depth: int) -> None:
        """Write what brackets hold."""
        together = flat_items(bracket)
        if not bracket.keeps_lines and len(bracket.items) > 1 and depth + len(together) <= WIDTH:
            self.newline(depth)
            self.add(together)
            return
        for number, one in enumerate(bracket.items, 1):
            last = number == len(bracket.items)
            self.item(one, depth, comma=one.comma or (last and _takes_comma(bracket)))
        for text in bracket.last:
            self.newline(depth)
            self.add(text)

    def item(self, item: Item, depth: int, *, comma: bool) -> None:
        """Write one item on lines of its own, with its comments."""
        for text in item.above:
            self.newline(depth)
            self.add(text)
        self.newline(depth)
        self.write(item.pieces, depth, inside=True, tail=int(comma))
        self.add("," if comma else "")
        self.add(f"  {item.after}" if item.after else "")


def _takes_comma(bracket: Bracket) -> bool:
    """Whether a comma may stand behind the last item: it would make a tuple of `(x)`, and end no comprehension."""
    pieces = [one for item in bracket.items for one in item.pieces]
    comprehends = any(isinstance(one, Atom) and one.token.type == "FOR" for one in pieces)
    return not comprehends and not bracket.is_single


def _cuts(pieces: list[Piece]) -> list[int]:
    """Where the operators stand that bind least: a line may begin with them in brackets."""
    found: list[tuple[int, int]] = []
    before: Atom | Bracket | None = None
    for at, one in enumerate(pieces):
        if isinstance(one, Atom) and _joins(one, before):
            found.append((_binding(one), at))
        before = before if isinstance(one, Remark) else one
    least = min((level for level, _ in found), default=0)
    return [at for level, at in found if level == least]


def _joins(piece: Atom, before: Atom | Bracket | None) -> bool:
    """Whether a piece stands between two operands."""
    if before is None or piece.token.type in {"FOR", "IF", "ELSE"}:
        return before is not None
    last = before.close if isinstance(before, Bracket) else before.token
    return piece.token.text in BINDING.keys() - {"not"} and not is_sign(last, piece.token)


def _binding(piece: Atom) -> int:
    return {"FOR": -2, "IF": -1, "ELSE": -1}.get(piece.token.type, BINDING.get(piece.token.text, 0))
