"""Imports from Python: opaque things, with what can be read of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.scope import Binding
from dsl.checker.values import NOTHING_KNOWN, PythonObject, Signature, Value
from dsl.diagnostics import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl import nodes
    from dsl.checker.frame import Frame, State
    from dsl.checker.python_signatures import Library, Missing
    from dsl.source import Source

MOST_SHOWN = 8
"""Names of a module that a help line lists."""


def things(statement: nodes.Import, frame: Frame) -> Iterator[tuple[nodes.Imported, Value]]:
    """What `from module import a, b` binds: each name with its value, unknown where the module has none."""
    for one in statement.names:
        found = _look_up(statement, one, frame)
        if isinstance(found, Signature):
            yield one, PythonObject(statement.module, one.name.id, one.name.span, found)
        else:
            near = lookup.closest(one.name.id, found.names, 3)
            _report_missing(one, found, near, statement, frame)
            leave_open(near, one, frame)
            yield one, UNKNOWN


def leave_open(near: list[str], imported: nodes.Imported, frame: Frame) -> None:
    """Bind the names that an import seems to mean: where they are used, nothing more is to be said."""
    for name in near:
        binding = Binding(UNKNOWN, imported.alias.span, "lost")
        for scope in (frame.scope, frame.file.visible):
            scope.names.setdefault(name, binding)


def _look_up(statement: nodes.Import, one: nodes.Imported, frame: Frame) -> Signature | Missing:
    library = _library(statement.module, frame.state)
    if library is None:
        return NOTHING_KNOWN
    found = library.signature(statement.module, one.name.id)
    _report_bad(library, statement, frame)
    return found


def _library(module: str, state: State) -> Library | None:
    """What reads modules; None where there is no such module to read: then nothing of it is imported."""
    if state.library is None and _text(module, state) is not None:
        from dsl.checker.python_signatures import Library  # noqa: PLC0415 -- ast costs as much as a check

        state.library = Library(lambda name: _text(name, state))
    return state.library


def _text(module: str, state: State) -> Source | None:
    """The text of a module: it is looked for beside the main source, as the script will be run there."""
    main = next(iter(state.program.trees.values())).source
    return state.loader.module(module, main)


def _report_bad(library: Library, statement: nodes.Import, frame: Frame) -> None:
    """Say once that a module cannot be read."""
    for source, problem in library.bad.values():
        frame.report(
            codes.BAD_MODULE,
            statement.origin_span,
            f"{source.name} is no Python: {problem}",
            help="mend it: the model cannot be built before",
            labels=[Label(source.line_span(problem.line), "Python stops here")]
            if problem.line
            else [],
        )
    library.bad.clear()


def _report_missing(
    one: nodes.Imported,
    missing: Missing,
    near: list[str],
    statement: nodes.Import,
    frame: Frame,
) -> None:
    shown = ", ".join(missing.names[:MOST_SHOWN]) + (
        ", …" if len(missing.names) > MOST_SHOWN else ""
    )
    place = "the notebook" if statement.module == "__main__" else missing.module.source.name
    frame.report(
        codes.NOT_IN_FILE,
        one.name.span,
        f"{place} has no {one.name.id}",
        help=words.did_you_mean(near) or f"it has {shown or 'no names'}",
        fix=words.mend(one.name.span, one.name.id, near),
    )
