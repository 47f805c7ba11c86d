"""What stands at a place: a layer, a function, an argument, a tensor, a block, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import compiler, nodes
from dsl.checker.naming import bindings, walk_statements
from dsl.diagnostics import Problems
from dsl.editor.complete import symbol_of
from dsl.editor.context import context_at
from dsl.editor.names import visible
from dsl.loaders import DictLoader
from dsl.parser import parse
from dsl.records import Record
from dsl.reference.entry import entry, signature
from dsl.source import Source
from dsl.views.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from dsl.editor.context import Call
    from dsl.graph import Application, Program
    from dsl.loaders import Loader


class Help(Record):
    """What is told about a place.

    Args:
        title: its name, or a signature.
        lines: what there is to say.
    """

    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, with a last newline."""
        return "\n".join([self.title, *self.lines, ""])


def inspect(
    text: str,
    offset: int,
    loader: Loader | None = None,
    values: Mapping[str, Any] | None = None,
) -> Help | None:
    """What is known of the word at a place, or of the call around it; None where that is nothing.

    Args:
        text: the program, which may be half written.
        offset: the place, in code points.
        loader: finds what the program imports.
        values: those of `$name`.
    """
    start, end = _word(text, offset)
    context = context_at(text, end)
    if context.is_text:
        return None
    word = text[start:end]
    path = f"{context.owner}.{word}" if context.owner else word
    program = compiler.check(
        Source("editor", text), loader=loader or DictLoader({}), values=values or {}
    ).program
    if context.call is not None and _is_argument(text, end, context.call):
        return _argument(context.call.callee, word)
    kind = visible(text, start).get(word, "") if word else ""
    if kind in ("block", "model"):
        return _block(text, word)
    if kind:
        return Help(word, tuple(_of_name(text, word, kind, start, program)))
    if word and symbol_of(path) is not None:
        return _symbol(path, _applied(program, start, end))
    return _symbol(context.call.callee, None) if context.call is not None else None


def _word(text: str, offset: int) -> tuple[int, int]:
    start = end = offset
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return start, end


def _is_argument(text: str, end: int, call: Call) -> bool:
    rest = text[end:].lstrip(" ")
    return not call.applies and rest.startswith("=") and not rest.startswith("==")


def _argument(callee: str, name: str) -> Help | None:
    symbol = symbol_of(callee)
    if symbol is None:
        return None
    for row in entry(symbol).parameters:
        if row.name == name:
            default = f"{row.default} by default" if row.default else "must be given"
            words = f"words: {', '.join(row.words)}" if row.words else ""
            lines = [f"an argument of {callee}, {default}", row.takes, words]
            return Help(name, tuple(one for one in lines if one))
    return None


def _symbol(path: str, application: Application | None) -> Help | None:
    symbol = symbol_of(path)
    if symbol is None:
        return None
    found = entry(symbol)
    lines = [found.what, found.summary] if found.summary else [found.what]
    if application is not None:
        given = ", ".join(str(one.type) for one in application.outputs)
        taken = ", ".join(str(one.type) for one in application.inputs)
        params = application.operation.params
        lines.append(f"here: {taken} -> {given}, {count(params)} params")
    lines += [
        f"{row.name}: {row.takes or 'anything'}"
        + (f", {row.default} by default" if row.default else "")
        for row in (*found.parameters, *found.call)
    ]
    return Help(signature(found), tuple(lines))


def _applied(program: Program, start: int, end: int) -> Application | None:
    """The application whose layer, or function, a name at a place is: the smallest around it."""
    around = [
        one
        for one in program.applications
        if one.operation.span.start <= start
        and end <= one.operation.span.end
        and one.operation.span.source.name == "editor"
    ]
    return min(
        around, key=lambda one: one.operation.span.end - one.operation.span.start, default=None
    )


def _of_name(text: str, name: str, kind: str, offset: int, program: Program) -> Iterator[str]:
    """What a name is, and of what type where the statement that binds it gives a tensor."""
    for one in program.inputs:
        if one.name == name:
            yield f"an input: {one.tensor.type}"
            return
    bound = [
        one
        for one in walk_statements(parse(Source("editor", text), Problems()).statements)
        if isinstance(one, nodes.Assign | nodes.Output)
        and one.span.end <= offset
        and name in bindings(one)
        and one.value is not None
    ]
    if not bound:
        yield f"a name: {kind}"
        return
    last = bound[-1]
    value = last.value
    types = [
        one.outputs[0].type
        for one in program.applications
        if value is not None
        and one.span.source.name == "editor"
        and value.span.start <= one.span.start
        and one.span.end == value.span.end
    ]
    yield f"{types[-1]}, of line {last.span.line}" if types else f"bound in line {last.span.line}"


def _block(text: str, name: str) -> Help | None:
    tree = parse(Source("editor", text), Problems())
    for one in tree.statements:
        if isinstance(one, nodes.Block) and one.name.id == name:
            head = " ".join(one.head.text.rstrip(" :").split())
            return Help(head, (f"of line {one.span.line}",))
    return None
