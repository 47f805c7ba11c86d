"""The emitted text as Python's own tree, its positions those of the graph.

So an exception points at the source. The tree is read from the text, and walked in step with the
plan that the text was written from: there is no second emitter.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from dsl.emit import plan, script
from dsl.emit.marks import anchor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import CodeType

    from dsl.source import Span

EMITTED: Final = "<emitted>"
"""The file name of what stems from no place of a graph."""

_Pair = tuple[ast.AST, Any]


def compile_located(
    text: str, module: plan.Module, filenames: Mapping[str, str] | None = None
) -> list[CodeType]:
    """The script as code objects, to be executed one after another in the same namespace.

    Args:
        text: what `render` wrote for the module, with our own templates.
        module: the plan.
        filenames: the file name that code is to bear, by the name of its source; the source's own
            name where it is missing.

    Raises:
        ValueError: where the text isn't that of the module.
    """
    names = filenames or {}
    return [
        compile(tree, names.get(name, name), "exec", dont_inherit=True)
        for name, tree in located(text, module)
    ]


def located(text: str, module: plan.Module) -> list[tuple[str, ast.Module]]:
    """The script as trees, each with the name of the source of its positions (or `EMITTED`).

    Raises:
        ValueError: where the text isn't that of the module.
    """
    chunks: list[tuple[str, ast.Module]] = []
    planned = _Planned(module)
    for node in ast.parse(text).body:
        step = planned.take(node)
        span = anchor(step) if step is not None else None
        if step is not None and span is not None:
            _place(node, step, span)
        name = EMITTED if span is None else span.source.name
        if not chunks or chunks[-1][0] != name:
            chunks.append((name, ast.Module([], [])))
        chunks[-1][1].body.append(node)
    return chunks


class _Planned:
    """The top-level statements of a module's plan, to be met in the text."""

    def __init__(self, module: plan.Module) -> None:
        defs = [*module.functions, module.build]
        if module.training:
            defs += [script.compiling(module.training), script.fitting(module.training)]
        self.functions = {one.name: one for one in defs}
        self.constants = list(_told(module.constants))

    def take(self, node: ast.stmt) -> plan.Statement | None:
        """The planned statement that a node of the text is, if it is one."""
        if isinstance(node, ast.FunctionDef):
            return self.functions.pop(node.name, None)
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef) or is_text:
            return None
        return self.constants.pop(0) if self.constants else None


def _told(body: Iterable[plan.Statement]) -> Iterator[plan.Statement]:
    return (one for one in body if not isinstance(one, plan.Comment | plan.Blank))


def _place(node: ast.AST, step: Any, around: Span) -> None:
    """Move a node, and all below it, to the place of the planned thing, or to the one around it."""
    span = step.span or around
    for inner in ast.walk(node):
        if hasattr(inner, "lineno"):
            _move(inner, span)
    for child, part in _pairs(node, step):
        _place(child, part, span)


def _move(node: Any, span: Span) -> None:
    node.lineno, node.col_offset = _position(span, span.start)
    node.end_lineno, node.end_col_offset = _position(span, span.end)


def _position(span: Span, offset: int) -> tuple[int, int]:
    """Line from 1, and column from 0 in bytes of UTF-8."""
    line, column = span.source.position(offset)
    before = span.source.text[offset - column + 1 : offset]
    return line, len(before.encode("utf-8", "surrogatepass"))


def _pairs(node: ast.AST, step: Any) -> list[_Pair]:
    """The children of a node beside those of the planned thing that it was written from."""
    found = _statement_pairs(node, step)
    return _expression_pairs(node, step) if found is None else found


def _body(nodes: list[ast.stmt], steps: Iterable[plan.Statement]) -> list[_Pair]:
    told = list(_told(steps))
    if len(nodes) != len(told):
        raise ValueError("the text is not that of the plan")
    return list(zip(nodes, told, strict=True))


def _statement_pairs(node: Any, step: Any) -> list[_Pair] | None:
    match step:
        case plan.Assign():
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return [(target, step.target), (node.value, step.value)]
        case plan.Do() | plan.Return():
            return [(node.value, step.value)]
        case plan.For():
            head = [(node.target, step.target), (node.iter, step.iterable)]
            return [*head, *_body(node.body, step.body)]
        case plan.If():
            return list(_branches(node, step))
        case plan.Def():
            return _function(node, step)
    return None


def _branches(node: Any, step: plan.If) -> Iterator[_Pair]:
    for index, (test, inner) in enumerate(step.branches):
        if test is None:
            yield from _body(node.orelse, inner)
            return
        if index:
            node = node.orelse[0]
        yield node.test, test
        yield from _body(node.body, inner)


def _function(node: ast.FunctionDef, step: plan.Def) -> list[_Pair]:
    body = node.body[1:] if step.doc else node.body
    guarded = [
        one for one in body if isinstance(one, ast.Try)
    ]  # where a precision is set and put back
    positional = [p.default for p in step.params if p.default is not None]
    named = [p.default for p in step.keyword_only]
    return [
        *zip(node.args.defaults, positional, strict=True),
        *((n, p) for n, p in zip(node.args.kw_defaults, named, strict=True) if n and p),
        *_body(guarded[0].body if guarded else body, step.body),
    ]


def _expression_pairs(node: Any, step: Any) -> list[_Pair]:
    match step:
        case plan.Call():
            return _call(node, step)
        case plan.Keyword() | plan.Star() | plan.Attr():
            return [(node.value, step.value)]
        case plan.Index():
            parts = node.slice.elts if len(step.items) > 1 else [node.slice]
            return [(node.value, step.value), *zip(parts, step.items, strict=True)]
        case plan.Slice():
            bounds = ((node.lower, step.start), (node.upper, step.stop), (node.step, step.step))
            return [(n, p) for n, p in bounds if p is not None]
        case plan.Sequence():
            return list(zip(node.elts, step.items, strict=True))
    return _operator_pairs(node, step)


def _operator_pairs(node: Any, step: Any) -> list[_Pair]:
    match step:
        case plan.Binary("and" | "or" as op):
            return list(zip(node.values, _operands(step, op), strict=True))
        case plan.Binary():
            return [(node.left, step.left), (node.right, step.right)]
        case plan.Unary():
            return [(node.operand, step.operand)]
        case plan.Compare():
            return list(zip([node.left, *node.comparators], step.operands, strict=True))
        case plan.IfElse():
            return [(node.test, step.test), (node.body, step.body), (node.orelse, step.orelse)]
    return _display_pairs(node, step)


def _display_pairs(node: Any, step: Any) -> list[_Pair]:
    match step:
        case plan.Lambda():
            return [(node.body, step.body)]
        case plan.Dict():
            flat = [part for pair in step.pairs for part in pair]
            nodes = [n for pair in zip(node.keys, node.values, strict=True) for n in pair]
            return list(zip(nodes, flat, strict=True))
        case plan.Comprehension():
            loop = node.generators[0]
            pairs = [(loop.target, step.target), (loop.iter, step.iterable)]
            if step.condition is not None:
                pairs.append((loop.ifs[0], step.condition))
            if step.key is None:
                return [*pairs, (node.elt, step.element)]
            return [*pairs, (node.key, step.key), (node.value, step.element)]
    return []  # an atom or an f-string: all of it stands where it stands


def _call(node: ast.Call, step: plan.Call) -> list[_Pair]:
    given = [one for one in step.args if not isinstance(one, plan.Keyword)]
    named = [one for one in step.args if isinstance(one, plan.Keyword)]
    return [
        (node.func, step.func),
        *zip(node.args, given, strict=True),
        *zip(node.keywords, named, strict=True),
    ]


def _operands(step: Any, op: str) -> list[Any]:
    """Operands of a chain of one boolean operator, which Python's tree has side by side."""
    if isinstance(step, plan.Binary) and step.op == op:
        return [*_operands(step.left, op), step.right]
    return [step]
