"""The line of the graph behind each statement of a script, or above it: `# L14`, `# blocks.graph L3` for another file's.

A comment moves with its line when somebody edits the script, and a line of theirs has none: so it stays true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dsl.emit import plan
from dsl.records import replace

if TYPE_CHECKING:
    from dsl.source import Span


def is_mark(comment: str) -> bool:
    """Whether a comment ends in the mark of a line.

    >>> is_mark("# L3"), is_mark("# two  # blocks.graph L12"), is_mark("# Lines")
    (True, True, False)
    """
    return re.search(r"# (?:[^#]+ )?L\d+$", comment) is not None


def anchor(step: Any) -> Span | None:
    """The span of a planned thing, or the first one within it."""
    if isinstance(step, tuple):
        return next((span for one in step if (span := anchor(one))), None)
    if not isinstance(step, plan.Planned):
        return None
    if step.span is not None:
        return step.span
    inner = (getattr(step, name) for name in step._fields if name != "span")
    return next((span for one in inner if (span := anchor(one))), None)


def marked(body: tuple[plan.Statement, ...], main: str) -> tuple[plan.Statement, ...]:
    """A body whose simple statements end in the line that they come from.

    Args:
        body: statements.
        main: the name of the main source.
    """
    return tuple(_marked(one, main) for one in body)


def _marked(one: plan.Statement, main: str) -> plan.Statement:
    match one:
        case plan.Def() | plan.For():
            return replace(one, body=marked(one.body, main))
        case plan.If():
            branches = tuple((test, marked(body, main)) for test, body in one.branches)
            return replace(one, branches=branches)
        case plan.Assign() | plan.Do() | plan.Return():
            span = one.value.span or one.span
            if span is not None:
                return replace(one, comment=f"{one.comment}  # {_line(span, main)}".strip())
    return one


def _line(span: Span, main: str) -> str:
    if span.source.name == main:
        return f"L{span.line}"
    folder = main.replace("\\", "/").rpartition("/")[0]
    path = span.source.name.replace("\\", "/").removeprefix(f"{folder}/")
    return f"{path} L{span.line}"
