"""Help while writing a `%%graph` cell: the completer's matcher, and what Shift-Tab shows."""

from __future__ import annotations

import os
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from IPython.core.completer import (  # noqa: TID253 -- a magic is IPython's
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from magics.options import cell_parser
from magics.own_code import NotebookLoader
from magics.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CELL: Final = re.compile(r"\s*%%graph(?:[ \t]+|$)", re.MULTILINE)
_PLAIN = (bool, int, float, str, list, tuple, dict, type(None))
MATCHER: Final = "graph_matcher"


def matcher(shell: Any) -> Any:
    """The matcher of a shell: it answers in cells that begin with `%%graph`, and there alone."""

    @context_matcher(priority=1000, identifier=MATCHER)  # type: ignore[untyped-decorator]
    def graph_matcher(context: CompletionContext) -> SimpleMatcherResult:
        text = context.full_text
        if not CELL.match(text):
            return {"completions": []}
        return _answer(text, _offset(text, context), shell.user_ns)

    return graph_matcher


def _offset(text: str, context: CompletionContext) -> int:
    lines = text.split("\n")[: context.cursor_line]
    return sum(len(line) + 1 for line in lines) + int(context.cursor_position)


def _answer(text: str, offset: int, variables: dict[str, Any]) -> SimpleMatcherResult:
    """What fits at a place of a cell; the typed word itself where nothing does, so that nobody else is asked."""
    first, _, _ = text.partition("\n")
    if offset <= len(first):
        start, found = _of_line(first[:offset], variables)
    else:
        from dsl.editor.complete import complete  # noqa: PLC0415 -- when a graph is written

        body = " " * len(first) + text[len(first) :]
        completion = complete(body, offset, _plain(variables))
        start = completion.start
        found = [(one.word, one.kind) for one in completion.candidates]
    typed = text[start:offset]
    shown = [SimpleCompletion(word, type=kind) for word, kind in found]
    return {
        "completions": shown or ([SimpleCompletion(typed, type="")] if typed else []),
        "matched_fragment": typed,
        "suppress": True,
    }


def _of_line(before: str, variables: dict[str, Any]) -> tuple[int, list[tuple[str, str]]]:
    """Options, and after `--data` the variables, on the line of the magic."""
    start = max(before.rfind(" "), before.rfind("\t")) + 1
    typed, words = before[start:], before[:start].split()
    options = cell_parser()._option_string_actions  # noqa: SLF001 -- argparse has no other list
    if words and words[-1] in ("--data", "--validation"):
        names = [name for name in variables if not name.startswith("_")]
        return start, [(one, "variable") for one in names if one.startswith(typed)]
    listed = [one for one in options if one.startswith("--") and one not in words]
    return start, [
        (one, "option") for one in listed if typed.startswith("-") and one.startswith(typed)
    ]


def _plain(variables: dict[str, Any]) -> Iterable[str]:
    """The variables that `$` can read."""
    return (
        name
        for name, value in variables.items()
        if not name.startswith("_") and isinstance(value, _PLAIN) and name not in ("In", "Out")
    )


def install(shell: Any) -> None:
    """Let a shell, and the kernel around it, answer in `%%graph` cells."""
    remove(shell)
    shell.Completer.custom_matchers.append(matcher(shell))
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.do_inspect = _inspecting(shell, type(kernel).do_inspect.__get__(kernel))


def remove(shell: Any) -> None:
    """Take away what `install` brought."""
    shell.Completer.custom_matchers[:] = [
        one
        for one in shell.Completer.custom_matchers
        if getattr(one, "matcher_identifier", "") != MATCHER
    ]
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        vars(kernel).pop("do_inspect", None)


def _inspecting(shell: Any, before: Callable[..., Any]) -> Callable[..., Any]:
    """What Shift-Tab asks of the kernel, with an answer of our own in `%%graph` cells; elsewhere `before` has it."""

    def do_inspect(code: str, cursor_pos: int, *args: Any, **options: Any) -> Any:
        return (
            told(code, cursor_pos, shell)
            if CELL.match(code)
            else before(code, cursor_pos, *args, **options)
        )

    return do_inspect


def told(code: str, offset: int, shell: Any) -> dict[str, Any]:
    """The kernel's reply about a place in a `%%graph` cell, as text and as HTML."""
    from dsl.editor.inspect import inspect  # noqa: PLC0415 -- when a graph is written

    first, _, _ = code.partition("\n")
    body = " " * len(first) + code[len(first) :]
    offset = min(offset, len(code))  # a page may ask of a place that has been deleted since
    found = None
    if offset > len(first):
        variables = Variables(None, shell.user_ns)
        found = inspect(body, offset, NotebookLoader(os.curdir, variables), variables)
    if found is None:
        return {"status": "ok", "found": False, "data": {}, "metadata": {}}
    lines = "<br>".join(map(escape, found.lines))
    marked = f"<b>{escape(found.title)}</b><br>{lines}"
    data = {"text/plain": found.text, "text/html": marked}
    return {"status": "ok", "found": True, "data": data, "metadata": {}}
