"""Syntax errors, told in words of the language: the first recogniser that knows one speaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import codes
from dsl.diagnostics import Fix
from dsl.parser import mistakes_ends as ends
from dsl.parser import mistakes_heads as heads
from dsl.parser import mistakes_python as python
from dsl.parser import mistakes_shapes as shapes
from dsl.parser import mistakes_slips as slips
from dsl.parser import mistakes_values as values
from dsl.parser.tokens import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.parser.failure import Failure, Finding
    from dsl.source import Span


def explain(failure: Failure) -> Fix | None:
    """Report what is wrong, once, in the words of the first recogniser that knows it; the mend where it is certain."""
    for recognise in RECOGNISERS:
        finding = recognise(failure)
        if finding:
            code, span, message, help_, *mend = finding
            if (code is codes.RESERVED_WORD and _told(failure, message)) or _no_name_told(failure):
                return None
            fix = mend[0] if mend else _mend(failure, span, help_)
            if fix is None or not _is_again(failure, message):
                failure.home.problems.add(code, span, message, help=help_, fix=fix)
            return fix
    return None


def _is_again(failure: Failure, message: str) -> bool:
    """Whether the same slip was mended before on this line: one habit is one mistake."""
    if failure.line.mended_to < 0:
        return False
    number = failure.token.span.line
    told = [one for one in failure.home.problems if one.fix and one.span.line == number]
    strange = failure.token.type in ("STRANGE", "FOREIGN") and bool(told)
    return strange or any(one.message == message for one in told)


def _mend(failure: Failure, span: Span, help_: str) -> Fix | None:
    """The edit that puts a mark of the language in place of one that is not, where the help line has one."""
    found = re.fullmatch(r"write `([^`]+)`", help_)
    if found is None or failure.token.type not in ("FOREIGN", "STRANGE") or "…" in help_:
        return None
    mark, text = found[1], span.source.text
    before = " " if mark.isalpha() and not text[: span.start][-1:].isspace() else ""
    after = " " if mark.isalpha() and not text[span.end : span.end + 1].isspace() else ""
    return Fix(span, before + mark + after)


def _no_name_told(failure: Failure) -> bool:
    """Whether what can't stand here is a word that was told to be no name where it was bound."""
    word = failure.token.text
    return word in RESERVED and _told(failure, f"`{word}` is a word of the language and no name")


def _told(failure: Failure, message: str) -> bool:
    """Whether the same was said of an earlier place: a name that can be none is one mistake."""
    return failure.home.problems.says(message)


RECOGNISERS: tuple[Callable[[Failure], Finding], ...] = (
    slips.figure,
    slips.split_name,
    slips.behind_its_name,
    slips.walrus,
    python.unread,
    heads.indented,
    heads.uneven,
    heads.bodiless,
    values.not_yet,
    ends.comment,
    ends.several_inputs,
    ends.after_the_sizes,
    ends.nameless,
    python.python_statement,
    heads.orphan,
    python.notebook,
    python.star_star,
    slips.percent,
    slips.added_with_comma,
    heads.settings,
    slips.last_comma,
    python.importing,
    heads.no_in,
    python.generator,
    heads.no_colon,
    slips.untyped,
    heads.block_head,
    python.python_word,
    slips.number,
    slips.percent,
    slips.split_arrow,
    slips.foreach,
    slips.untyped,
    slips.nameless_shared,
    slips.constant,
    slips.open_size,
    slips.kind_of_value,
    slips.repeat,
    slips.braced_shape,
    shapes.called_train,
    shapes.valued,
    shapes.shape,
    values.reserved_target,
    slips.another_mark,
    values.equals,
    values.without_value,
    values.pairs,
    values.colon,
    values.reserved,
    values.unknown_size,
    values.if_without_else,
    values.missing_value,
    values.side_by_side,
    values.arrow,
    values.anything,
)
