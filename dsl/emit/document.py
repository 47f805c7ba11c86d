"""A document of groups that break or don't, and its printer: the algebra of ruff's formatter.

A document is a string (no newline in it), one of the breaks, or a tuple `(kind, …)` made by the
functions below. A group is printed on one line if all of it fits, with what follows it up to the
next possible break; else its own breaks are newlines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dsl.records import Record, replace

if TYPE_CHECKING:
    from collections.abc import Callable

Doc: TypeAlias = "str | tuple[Any, ...]"

WIDTH: Final = 88
STEP: Final = 4

SOFT: Final[Doc] = ("line", "")
LINE: Final[Doc] = ("line", " ")
HARD: Final[Doc] = ("hard",)


def concat(*parts: Doc) -> Doc:
    """One after another."""
    return ("concat", parts)


def group(*parts: Doc, key: int | None = None, expand: bool = False) -> Doc:
    """Breaks of its own: all of them newlines, or none. `key` lets other parts ask which."""
    return ("group", parts, key, expand)


def group_if_broken(doc: Doc, key: int) -> Doc:
    """A group of its own where the group `key` is broken, else nothing but its content."""
    return ("group_if_broken", doc, key)


def indent(*parts: Doc) -> Doc:
    """Newlines within are indented a step deeper."""
    return ("indent", parts)


def indent_if_broken(doc: Doc, key: int) -> Doc:
    """Indented where the group `key` is broken."""
    return ("indent_if_broken", doc, key)


def if_broken(doc: Doc, key: int | None = None) -> Doc:
    """Written only where the group `key`, or the one around it, is broken."""
    return ("only", doc, key, False)


def if_flat(doc: Doc, key: int) -> Doc:
    """Written only where the group `key` is on one line."""
    return ("only", doc, key, True)


def fits_broken(doc: Doc, key: int | None = None) -> Doc:
    """Content that counts as fitting when it fits broken, while the group `key` is on one line."""
    return ("fits_broken", doc, key)


def parenthesize_if_better(doc: Doc, key: int) -> Doc:
    """On one line if it fits, else in parentheses if it fits there, else as it is."""
    return ("parenthesize", doc, key)


def first_that_fits(*variants: Doc) -> Doc:
    """The first variant whose first line fits, else the last one, broken."""
    return ("variants", variants)


def comment(text: str, counted: int) -> Doc:
    """A comment at the end of a line, `counted` columns of which count towards the width."""
    return ("comment", text, counted)


def flat(doc: Doc) -> str | None:
    """The document on one line, None if it holds a newline that can't go."""
    pieces: list[str] = []
    return "".join(pieces) if _flatten(doc, pieces) else None


def _flatten(doc: Doc, pieces: list[str]) -> bool:
    if isinstance(doc, str):
        pieces.append(doc)
        return True
    match doc[0]:
        case "line" | "comment":
            pieces.append(doc[1])
            return True
        case "hard":
            return False
        case "concat" | "group" | "indent":
            parts = doc[1]
        case "only":
            parts = (doc[1],) if doc[3] else ()
        case "variants":
            parts = doc[1][:1]
        case _:
            parts = (doc[1],)
    return all(_flatten(part, pieces) for part in parts)


def width(text: str) -> int:
    """Columns that a text takes on a screen."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 -- rarely needed

    marks = {"Mn", "Me", "Cf"}
    return sum(
        0 if category(char) in marks else 2 if east_asian_width(char) in "WF" else 1
        for char in text
    )


class _Mode(Record):
    """How a part is printed: on one line or broken, how deep, and how much of it is measured."""

    broken: bool
    depth: int
    all_lines: bool = False
    overflow: bool = False


_Item: TypeAlias = "tuple[Doc, _Mode]"


class _Measure:
    """Whether what comes next fits; looks on into the printer's stack, and doesn't change it."""

    def __init__(self, printer: _Printer, items: list[_Item]) -> None:
        self.modes = printer.modes
        self.column = printer.column
        self.rest = printer.stack
        self.index = len(self.rest)
        self.items = items
        self.parts: dict[str, Callable[[Any, _Mode], bool | None]] = {
            "concat": self._parts,
            "indent": self._indent,
            "group": self._group,
            "group_if_broken": self._content,
            "indent_if_broken": self._indent_if_broken,
            "only": self._only,
            "fits_broken": self._fits_broken,
            "parenthesize": self._parenthesize,
            "variants": self._variants,
            "comment": self._comment,
            "line": self._line,
            "hard": self._line,
        }

    def fits(self) -> bool:
        """Walk until a line ends, or runs over."""
        while True:
            if self.items:
                doc, mode = self.items.pop()
            elif self.index:
                self.index -= 1
                doc, mode = self.rest[self.index]
            else:
                return True
            answer = (
                self._text(doc, mode) if isinstance(doc, str) else self.parts[doc[0]](doc, mode)
            )
            if answer is not None:
                return answer

    def _text(self, text: str, mode: _Mode) -> bool | None:
        self.column += width(text)
        return False if self.column > WIDTH and not mode.overflow else None

    def _line(self, doc: Any, mode: _Mode) -> bool | None:
        if not mode.broken:
            return True if doc[0] == "hard" else self._text(doc[1], mode)
        if not mode.all_lines:
            return True
        self.column = mode.depth
        return None

    def _comment(self, doc: Any, mode: _Mode) -> bool | None:
        self.column += doc[2]
        return False if self.column > WIDTH and not mode.overflow else None

    def _parts(self, doc: Any, mode: _Mode) -> None:
        self.items.extend((part, mode) for part in reversed(doc[1]))

    def _indent(self, doc: Any, mode: _Mode) -> None:
        self._parts(doc, replace(mode, depth=mode.depth + STEP))

    def _content(self, doc: Any, mode: _Mode) -> None:
        self.items.append((doc[1], mode))

    def _group(self, doc: Any, mode: _Mode) -> None:
        inner = replace(mode, broken=True) if doc[3] else mode
        if doc[2] is not None:
            self.modes[doc[2]] = inner.broken
        self._parts(doc, inner)

    def _indent_if_broken(self, doc: Any, mode: _Mode) -> None:
        deeper = STEP if self.modes[doc[2]] else 0
        self.items.append((doc[1], replace(mode, depth=mode.depth + deeper)))

    def _only(self, doc: Any, mode: _Mode) -> None:
        broken = mode.broken if doc[2] is None else self.modes[doc[2]]
        if broken != doc[3]:
            self.items.append((doc[1], mode))

    def _fits_broken(self, doc: Any, mode: _Mode) -> None:
        if not mode.broken and (doc[2] is None or not self.modes[doc[2]]):
            mode = replace(mode, broken=True, all_lines=True, overflow=True)
        self.items.append((doc[1], mode))

    def _parenthesize(self, doc: Any, mode: _Mode) -> None:
        self.modes[doc[2]] = mode.broken
        self.items.append((doc[1], mode))

    def _variants(self, doc: Any, mode: _Mode) -> None:
        self.items.append((doc[1][-1 if mode.broken else 0], mode))


class _Printer:
    """Writes a document; `measured` says that what is on one line has been seen to fit."""

    def __init__(self, depth: int) -> None:
        self.pieces: list[str] = []
        self.column = depth
        self.modes: dict[int, bool] = {}
        self.measured = False
        self.stack: list[_Item] = []
        self.parts: dict[str, Callable[[Any, _Mode], None]] = {
            "concat": self._parts,
            "indent": self._indent,
            "group": self._group,
            "group_if_broken": self._group_if_broken,
            "indent_if_broken": self._indent_if_broken,
            "only": self._only,
            "fits_broken": self._fits_broken,
            "parenthesize": self._parenthesize,
            "variants": self._variants,
            "comment": self._comment,
            "line": self._line,
            "hard": self._newline,
        }

    def print(self, doc: Doc, depth: int) -> str:
        self.stack.append((doc, _Mode(broken=True, depth=depth)))
        while self.stack:
            one, mode = self.stack.pop()
            if isinstance(one, str):
                self._text(one)
            else:
                self.parts[one[0]](one, mode)
        return "".join(self.pieces)

    def _fits(self, *items: _Item) -> bool:
        return _Measure(self, list(reversed(items))).fits()

    def _text(self, text: str) -> None:
        self.pieces.append(text)
        self.column += width(text)

    def _comment(self, doc: Any, _mode: _Mode) -> None:
        self.pieces.append(doc[1])
        self.column += doc[2]

    def _newline(self, _doc: Any, mode: _Mode) -> None:
        self.pieces.append("\n" + " " * mode.depth)
        self.column = mode.depth

    def _line(self, doc: Any, mode: _Mode) -> None:
        if mode.broken:
            self._newline(doc, mode)
        else:
            self._text(doc[1])

    def _parts(self, doc: Any, mode: _Mode) -> None:
        self.stack.extend((part, mode) for part in reversed(doc[1]))

    def _indent(self, doc: Any, mode: _Mode) -> None:
        self._parts(doc, replace(mode, depth=mode.depth + STEP))

    def _breaks(self, mode: _Mode, *items: _Item) -> bool:
        if not mode.broken and self.measured:
            return False
        self.measured = True
        return not self._fits(*items)

    def _group(self, doc: Any, mode: _Mode) -> None:
        _, parts, key, expand = doc
        if key is not None:
            self.modes[key] = False
        one_line = replace(mode, broken=False)
        broken = expand or self._breaks(mode, *((part, one_line) for part in parts))
        if key is not None:
            self.modes[key] = broken
        self._parts(doc, replace(mode, broken=broken))

    def _group_if_broken(self, doc: Any, mode: _Mode) -> None:
        if self.modes[doc[2]]:
            broken = self._breaks(mode, (doc[1], replace(mode, broken=False)))
            mode = replace(mode, broken=broken)
        self.stack.append((doc[1], mode))

    def _indent_if_broken(self, doc: Any, mode: _Mode) -> None:
        deeper = STEP if self.modes[doc[2]] else 0
        self.stack.append((doc[1], replace(mode, depth=mode.depth + deeper)))

    def _only(self, doc: Any, mode: _Mode) -> None:
        broken = mode.broken if doc[2] is None else self.modes[doc[2]]
        if broken != doc[3]:
            self.stack.append((doc[1], mode))

    def _fits_broken(self, doc: Any, mode: _Mode) -> None:
        if doc[2] is None or not self.modes[doc[2]]:
            self.measured = False
        self.stack.append((doc[1], mode))

    def _parenthesize(self, doc: Any, mode: _Mode) -> None:
        _, content, key = doc
        self.modes[key] = False
        one_line = replace(mode, broken=False)
        if not self._breaks(mode, (content, one_line)):
            self.stack.append((content, one_line))
            return
        self.modes[key] = True
        deeper = replace(mode, broken=True, depth=mode.depth + STEP, all_lines=True)
        outer = replace(deeper, depth=mode.depth)
        inside = ((HARD, deeper), (content, deeper), (HARD, outer))
        if self._fits(("(", outer), *inside, (")", outer)):
            inner = replace(mode, broken=True, depth=mode.depth + STEP)
            self.stack.extend(((")", mode), (HARD, mode), (content, inner), (HARD, inner)))
            self._text("(")
        else:
            self.modes[key] = False
            self.stack.append((content, one_line))

    def _variants(self, doc: Any, mode: _Mode) -> None:
        *earlier, last = doc[1]
        one_line = replace(mode, broken=False)
        if not mode.broken and self.measured:
            self.stack.append((doc[1][0], mode))
            return
        self.measured = True
        for variant in earlier:
            if self._fits((variant, one_line)):
                self.stack.append((variant, one_line))
                return
        self.stack.append((last, replace(mode, broken=True)))


def printed(doc: Doc, depth: int) -> str:
    """The text of a document whose first line starts at column `depth`.

    Args:
        doc: the document.
        depth: columns of indentation, before the first line and before each that follows. The
            first line's own are not written.

    Returns:
        The text, its lines after the first indented.
    """
    line = flat(doc)
    if line is not None and "#" not in line and depth + width(line) <= WIDTH:
        return line
    return _Printer(depth).print(doc, depth)
