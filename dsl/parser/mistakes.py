"""Syntax errors, told in words of the language: the first recogniser that knows one speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.parser import mistakes_ends as ends
from dsl.parser import mistakes_heads as heads
from dsl.parser import mistakes_python as python
from dsl.parser import mistakes_values as values

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.parser.failure import Failure, Finding


def explain(failure: Failure) -> None:
    """Report what is wrong, once, in the words of the first recogniser that knows it."""
    for recognise in RECOGNISERS:
        finding = recognise(failure)
        if finding:
            code, span, message, help_ = finding
            if code is codes.RESERVED_WORD and _told(failure, message):
                return
            failure.home.problems.add(code, span, message, help=help_)
            return


def _told(failure: Failure, message: str) -> bool:
    """Whether the same was said of an earlier place: a name that can be none is one mistake."""
    return any(one.message == message for one in failure.home.problems)


RECOGNISERS: tuple[Callable[[Failure], Finding], ...] = (
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
    heads.settings,
    python.importing,
    python.generator,
    heads.no_colon,
    heads.block_head,
    python.python_word,
    heads.no_in,
    values.shape,
    values.reserved_target,
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
