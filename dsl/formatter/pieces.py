"""A line's tokens as pieces: atoms, and brackets with their items; comments where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dsl.formatter.spacing import gaps, is_operand
from dsl.parser.brackets import CLOSER
from dsl.records import Thing, field

if TYPE_CHECKING:
    from dsl.parser.tokens import Token


class Remark(Thing):
    """A comment between the pieces of an item; `alone` where it has its line to itself."""

    text: str
    alone: bool


class Atom(Thing):
    """A token that is no bracket.

    Args:
        token: the token.
        space: whether a space stands before it.
        broken: of an arrow, whether its line ends right before it or right after it.
    """

    token: Token
    space: bool = False
    broken: bool = False


class Item(Thing):
    """What stands between two commas.

    Args:
        pieces: what it holds.
        above: comments alone on the lines above it.
        after: the comment behind it, on its line.
        below: comments between it and its comma, while it is read: they go behind the comma.
        comma: whether a comma follows.
    """

    pieces: list[Piece] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    after: str = ""
    comma: bool = False


class Bracket(Thing):
    """Brackets with what they hold.

    Args:
        open: the opening token; `close` is the closing one.
        space: whether a space stands before it.
        is_call: whether they are the parentheses of a call, or as such.
        items: what commas part.
        opening: the comment behind the opening bracket.
        last: comments alone on the lines above the closing one.
    """

    open: Token
    close: Token
    space: bool = False
    is_call: bool = False
    items: list[Item] = field(default_factory=list)
    opening: str = ""
    last: list[str] = field(default_factory=list)

    @property
    def keeps_lines(self) -> bool:
        """Whether it has several lines whatever its width: a comment or a last comma asks for them."""
        return (
            bool(self.opening or self.last)
            or self.has_last_comma
            or any(one.above or one.after or keeps_lines(one.pieces) for one in self.items)
        )

    @property
    def has_last_comma(self) -> bool:
        """Whether a comma stands behind the last item that need not: it must in `(a,)`."""
        return bool(self.items) and self.items[-1].comma and not self.is_single

    @property
    def is_single(self) -> bool:
        """Whether a comma behind its one item makes a tuple of it."""
        return self.open.text == "(" and len(self.items) == 1 and not self.is_call

    @property
    def holds_one_list(self) -> bool:
        """Whether a list or dictionary is all that it holds, as in `concatenate([a, b])`."""
        if len(self.items) != 1 or len(self.items[0].pieces) != 1:
            return False
        only, item = self.items[0].pieces[0], self.items[0]
        remarks = self.opening or self.last or item.above or item.after
        return isinstance(only, Bracket) and only.open.text in "[{" and not remarks


Piece: TypeAlias = Atom | Bracket | Remark


def keeps_lines(pieces: list[Piece]) -> bool:
    """Whether pieces cannot stand on one line, whatever their width."""
    return any(
        isinstance(one, Remark)
        or (isinstance(one, Bracket) and one.keeps_lines)
        or (isinstance(one, Atom) and one.broken)
        for one in pieces
    )


def pieces_of(tokens: list[Token]) -> list[Piece]:
    """The pieces of a logical line, its comments among the tokens.

    Args:
        tokens: in the order of the text; their brackets are balanced.
    """
    return _Reader(tokens).line()


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def line(self) -> list[Piece]:
        pieces: list[Piece] = []
        while self.at < len(self.tokens):
            pieces.append(self.piece())
        space_out(pieces, "")
        return pieces

    def piece(self) -> Piece:
        token = self.tokens[self.at]
        self.at += 1
        if token.type == "COMMENT":
            return _remark(token)
        return self.bracket(token) if token.text in CLOSER else Atom(token, broken=self.broken())

    def broken(self) -> bool:
        """Whether an arrow stands at the end or the beginning of a line."""
        at = self.at - 1
        token = self.tokens[at]
        if token.text != "->":
            return False
        text = token.home.source.text
        before = text[self.tokens[at - 1].end : token.start]
        after = text[token.end : self.tokens[at + 1].start]
        return "\n" in before + after

    def bracket(self, opener: Token) -> Bracket:
        found, item = Bracket(opener, opener), Item()
        while self.tokens[self.at].text != CLOSER[opener.text]:
            token = self.tokens[self.at]
            if token.type == "COMMENT":
                self.at += 1
                self.comment(_remark(token), found, item)
            elif token.text == ",":
                self.at += 1
                item.comma = True
                found.items.append(item)
                item = Item(above=item.below)
            else:
                item.pieces.append(self.piece())
        found.close = self.tokens[self.at]
        self.at += 1
        found.last = item.below if item.pieces else item.above
        found.items += [item] if item.pieces else []
        for one in found.items:
            space_out(one.pieces, opener.text)
        return found

    def comment(self, remark: Remark, found: Bracket, item: Item) -> None:
        """Give a comment within brackets to the item that it speaks of."""
        if item.pieces and not self.ends(found):
            item.pieces.append(remark)
        elif item.pieces and not (remark.alone or item.after):
            item.after = remark.text
        elif item.pieces:
            item.below.append(remark.text)
        elif remark.alone or item.above:
            item.above.append(remark.text)
        elif found.items and not found.items[-1].after:
            found.items[-1].after = remark.text
        elif not (found.items or found.opening):
            found.opening = remark.text
        else:
            item.above.append(remark.text)

    def ends(self, found: Bracket) -> bool:
        """Whether an item ends with the comments that come next."""
        at = self.at
        while self.tokens[at].type == "COMMENT":
            at += 1
        return self.tokens[at].text in (",", CLOSER[found.open.text])


def _remark(token: Token) -> Remark:
    text = token.home.source.text
    start = text.rfind("\n", 0, token.start) + 1
    return Remark(token.text.rstrip(), not text[start : token.start].strip())


def space_out(pieces: list[Piece], inside: str) -> None:
    """Note before which pieces a space stands."""
    shown = [one for one in pieces if not isinstance(one, Remark)]
    tokens: list[Token] = []
    for one in shown:
        tokens += [one.token] if isinstance(one, Atom) else [one.open, one.close]
    spaces = iter(gaps(tokens, inside))
    for number, one in enumerate(shown):
        one.space = next(spaces)
        if isinstance(one, Bracket):
            one.is_call = number > 0 and not one.space and _is_applied(shown[number - 1])
            next(spaces)


def _is_applied(before: Atom | Bracket) -> bool:
    return isinstance(before, Bracket) or is_operand(before.token)


def flat(pieces: list[Piece]) -> str:
    """Pieces on one line, without comments; no space before the first."""
    text = "".join(
        f"{' ' if one.space else ''}{_flat(one)}" for one in pieces if not isinstance(one, Remark)
    )
    return text.lstrip()


def flat_items(bracket: Bracket) -> str:
    """What brackets hold, on one line."""
    items = ", ".join(flat(one.pieces) for one in bracket.items)
    return f"{items}," if bracket.is_single and bracket.items[0].comma else items


def _flat(piece: Atom | Bracket) -> str:
    if isinstance(piece, Bracket):
        return f"{piece.open.text}{flat_items(piece)}{piece.close.text}"
    return _words(piece.token)


def _words(token: Token) -> str:
    """A token as it is written; a string without quotes and escapes in it in double quotes."""
    text = token.text
    if token.type == "STRING" and text[0] == "'" and not any(char in text for char in '"\\'):
        return f'"{text[1:-1]}"'
    return text


def is_arrow(piece: Piece) -> bool:
    """Whether a piece is `->`."""
    return isinstance(piece, Atom) and piece.token.text == "->"
