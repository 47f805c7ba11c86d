"""Heads whose body is not indented: reported, and read as if it were."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser.layout import SUITE_HEADS, Line
from dsl.parser.tokens import Token

if TYPE_CHECKING:
    from dsl.diagnostics import Problems

HELP = "indent what belongs to it, by four spaces"
STEP = 4


def indented(lines: list[Line], problems: Problems) -> list[Line]:
    """The lines, with those indented that seem to be the body of the head above them."""
    found: list[Line] = []
    at = 0
    while at < len(lines):
        head = lines[at]
        if _lacks_colon(head, lines[at + 1 : at + 2]):
            head = _with_colon(head, problems)
        found.append(head)
        at += 1
        count = _body(head, lines, at)
        if count:
            report(head, problems)
        body = lines[at : at + count]
        found.extend(Line(one.indent + STEP, one.tokens, one.bad) for one in body)
        at += count
    return _with_returns(found, problems)


def _with_returns(lines: list[Line], problems: Problems) -> list[Line]:
    """The lines, with a `return` that stands at the left moved into the block above it, if that has none."""
    block: Line | None = None
    body = 0
    for line in lines:
        if line.first.type in ("BLOCK", "MODEL"):
            block, body = line, 0
        elif block is not None and line.indent > block.indent:
            body = body or line.indent
            if line.first.type == "RETURN" and line.indent == body:
                block = None
        elif block is not None and line.first.type == "RETURN" and body and not line.bad:
            problems.add(
                codes.INDENTATION,
                line.first.span,
                f"this `return` stands outside of the {block.first.text} above it",
                help=f"indent it as the other lines of the {block.first.text}",
                fix=Fix(line.first.span, " " * (body - line.indent) + line.first.text),
            )
            line.indent = body
            block = None
        else:
            block = None
    return lines


def _lacks_colon(head: Line, after: list[Line]) -> bool:
    """Whether a line is `train` alone, with its settings indented below it."""
    alone = len(head.tokens) == 1 and head.first.text == "train"
    return alone and bool(after) and after[0].indent > head.indent and _is_setting(after[0])


def _with_colon(head: Line, problems: Problems) -> Line:
    word = head.first
    problems.add(
        codes.SYNTAX, word.span, "expected `:` at the end of this `train`", help="write `train:`"
    )
    colon = Token("COLON", ":", word.end, word.end, word.home)
    return Line(head.indent, [Token("TRAIN", word.text, word.start, word.end, word.home), colon])


def report(head: Line, problems: Problems) -> None:
    """Say that a head has no body."""
    problems.add(
        codes.INDENTATION,
        head.first.span.to(head.tokens[-1].span),
        f"nothing is indented below this `{head.first.text}`",
        help=HELP,
    )


def _body(head: Line, lines: list[Line], start: int) -> int:
    """How many of the lines from `start` on seem to be the body of a head above, though they stand at its own depth."""
    kind = head.first.type
    opens = kind in SUITE_HEADS or kind == "TRAIN"
    if not opens or head.tokens[-1].text != ":" or head.bad:
        return 0
    beside = takewhile(
        lambda line: line.indent == head.indent, (lines[n] for n in range(start, len(lines)))
    )
    if kind == "TRAIN":
        return sum(1 for _ in takewhile(_is_setting, beside))
    if kind in ("BLOCK", "MODEL"):
        own = takewhile(lambda line: line.first.type not in ("BLOCK", "MODEL"), beside)
        ends = (n + 1 for n, line in enumerate(own) if line.first.type == "RETURN")
        return next(ends, 0)
    first = next(beside, None)
    return int(first is not None and first.first.type in ("NAME", "RETURN"))


def _is_setting(line: Line) -> bool:
    return len(line.tokens) > 2 and line.first.type == "NAME" and line.tokens[1].text == "="
