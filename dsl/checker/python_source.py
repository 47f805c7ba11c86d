"""Modules of Python as text: what they bind at their top level. They are read and never run."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, TypeAlias

from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.source import Source, Span

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Bound(Record):
    """One place that binds a name.

    Args:
        value: the definition or the expression that is bound; None where it is neither.
        imported: for what an import binds: the module as written, its dots in front, and the name there
            (empty for the module itself).
    """

    value: Definition | ast.expr | None = None
    imported: tuple[str, str] | None = None


class Module(Thing):
    """What a module's text binds.

    Args:
        name: as it is imported: `pkg.layers`.
        source: its text.
        bound: every binding of each name at the top level.
        open: whether it may bind names that its text does not show.
    """

    name: str
    source: Source
    bound: dict[str, list[Bound]] = field(default_factory=dict)
    open: bool = False

    @property
    def is_package(self) -> bool:
        """Whether modules may stand below it."""
        return self.source.name.replace("\\", "/").endswith("/__init__.py")

    def absolute(self, written: str) -> str:
        """The name of a module that an import here writes, without its dots.

        >>> from dsl.source import Source
        >>> Module("a.b", Source("a/b.py", "")).absolute(".c"), Module("a.b", Source("b.py", "")).absolute("c")
        ('a.c', 'c')
        """
        name = written.lstrip(".")
        up = len(written) - len(name)
        if not up:
            return name
        parts = self.name.split(".")
        kept = parts[: len(parts) - up + self.is_package]
        return ".".join([*kept, name] if name else kept)

    def only(self, name: str) -> Bound | None:
        """The one place that binds a name; None where there are several, or none."""
        places = self.bound.get(name, [])
        return places[0] if len(places) == 1 else None

    @property
    def stars(self) -> list[str]:
        """The modules of which all is imported, the last one first."""
        return [one.imported[0] for one in reversed(self.bound.get("*", [])) if one.imported]

    def head(self, node: Definition) -> Span:
        """The first line of a definition, for labels."""
        return self.source.line_span(node.lineno)


class BadModule(Exception):  # noqa: N818 -- a problem with a file, told in one line
    """A text that is no Python; its words say why, `line` where (0: nowhere in particular)."""

    def __init__(self, words: str, line: int) -> None:
        """Keep the words and the line."""
        super().__init__(words)
        self.line = line


UNTOLD = frozenset(
    {"exec", "eval", "globals", "vars", "locals", "setattr", "delattr", "__import__"}
)
"""Functions of Python's that may bind what no text shows."""


def read(name: str, source: Source) -> Module:
    """What a module's text binds.

    Args:
        name: of the module.
        source: its text.

    Raises:
        BadModule: where the text is no Python.
    """
    tree = _parsed(source)
    module = Module(name, source)
    for statement in _statements(tree.body):
        for bound_name, bound in _bindings(statement):
            for earlier in module.bound.values() if bound_name == "*" else ():
                earlier.append(Bound())  # it may be bound anew
            module.bound.setdefault(bound_name, []).append(bound)
    everything = list(ast.walk(tree))
    for one in everything:
        for global_name in one.names if isinstance(one, ast.Global) else ():
            module.bound.setdefault(global_name, []).append(Bound())
    module.open = {"*", "__getattr__"} & module.bound.keys() != set() or any(
        isinstance(one, ast.Delete) or (isinstance(one, ast.Name) and one.id in UNTOLD)
        for one in everything
    )
    return module


def _parsed(source: Source) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.text)
    except SyntaxError as error:
        raise BadModule(error.msg, error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadModule("Python cannot read it", 0) from error


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements that run when the module is imported, those of its choices and loops among them."""
    for one in body:
        yield one
        if not isinstance(one, Definition):
            inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
            yield from _statements(
                part for part in ast.iter_child_nodes(one) if isinstance(part, inner)
            )


def _bindings(node: ast.AST) -> Iterator[tuple[str, Bound]]:
    """The names that one statement binds itself."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name, Bound(node)
        case ast.Import():
            for one in node.names:
                first = one.name if one.asname else one.name.partition(".")[0]
                yield one.asname or first, Bound(imported=(first, ""))
        case ast.ImportFrom():
            module = "." * node.level + (node.module or "")
            for one in node.names:
                yield one.asname or one.name, Bound(imported=(module, one.name))
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, Bound(value)
        case _:
            yield from ((name, Bound()) for name in _stored(node))


def _stored(node: ast.AST) -> Iterator[str]:
    """The names that a statement's own expressions bind, or change an attribute of."""
    if isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
    parts = [one for one in ast.iter_child_nodes(node) if not isinstance(one, inner)]
    if isinstance(node, ast.match_case):
        yield from (name for one in ast.walk(node.pattern) if (name := getattr(one, "name", None)))
    for one in (inner_one for part in parts for inner_one in ast.walk(part)):
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            yield one.id
        elif isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load):
            yield from (part.id for part in ast.walk(one) if isinstance(part, ast.Name))
