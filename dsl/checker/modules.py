"""Files: blocks and imports are known before the first statement runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import python_imports, words
from dsl.checker.frame import Frame
from dsl.checker.habits import FOREIGN
from dsl.checker.naming import (
    MASK_OPERATIONS,
    MERGES,
    Names,
    children,
    expressions_of,
    positional,
    walk_statements,
)
from dsl.checker.scope import Binding, File, Scope
from dsl.checker.values import BlockDefinition, is_constant
from dsl.diagnostics import Fix, Label
from dsl.loaders import LoadError
from dsl.parser import parse

if TYPE_CHECKING:
    from dsl.checker.frame import State


DEEPEST = 50
"""Files of which each imports the next one."""

KERAS = frozenset({"keras", "layers", "ops", "tensorflow", "tf", "tf_keras"})
"""Modules that nobody needs to import from."""


def open_file(
    tree: nodes.Tree, state: State, *, is_main: bool, importers: tuple[str, ...] = ()
) -> File:
    """A file with its blocks and imports bound, the files that it imports opened first."""
    blocks = [one for one in tree.statements if isinstance(one, nodes.Block)]
    imports = [one for one in tree.statements if isinstance(one, nodes.Import)]
    graph_names = {name.alias.id for one in imports if one.path is not None for name in one.names}
    own = {one.name.id for one in blocks} | graph_names

    def snake_of(name: str) -> str | None:
        return words.snake(name) if name in own else words.snake_of(name)

    state.operations_named.update(functions_called(tree))
    names = Names(tree, snake_of, lambda name: name in own, state.operations_named)
    lost = Scope()
    for name in tree.lost - FOREIGN.keys() - KERAS:
        lost.names[name] = Binding(UNKNOWN, tree.source.span(0, 0), "lost")
    file = File(tree, names, Scope(outer=lost), Scope(outer=lost), is_main)
    state.files[tree.source.name] = file
    state.program.trees[tree.source.name] = tree
    frame = Frame(state, file, file.scope)
    for one in imports:
        _import(one, frame, (*importers, tree.source.name))
    for block in blocks:
        _define(block, frame)
    return file


def _define(block: nodes.Block, frame: Frame) -> None:
    known = frame.scope.names.get(block.name.id)
    if known is not None:
        frame.report(
            codes.REBOUND,
            block.name.span,
            f"{block.name.id} is defined already",
            help="give one of them another name",
            labels=[Label(known.span, "the other one is here")],
        )
        return
    checks = [_check_parameters(one, block, frame) for one in (block.parameters, block.inputs)]
    binding = Binding(BlockDefinition(block, frame.file), block.name.span, "block")
    if not all(checks):
        binding = Binding(UNKNOWN, block.name.span, "lost")
    frame.scope.names[block.name.id] = binding
    frame.file.visible.names[block.name.id] = binding


def _check_parameters(
    listed: tuple[nodes.Parameter, ...], block: nodes.Block, frame: Frame
) -> bool:
    """Whether the names in a head differ; else a report."""
    others = block.parameters if listed is block.inputs else ()
    seen = {one.name.id: one.name.span for one in others}
    fine = True
    filled: nodes.Parameter | None = None
    for one in listed:
        if one.default is not None:
            filled = filled or one
        elif filled is not None and listed is block.parameters:
            order = [item for item in listed if item.default is None] + [
                item for item in listed if item.default
            ]
            frame.report(
                codes.MISPLACED,
                one.name.span,
                f"{one.name.id} has no default, and stands behind {filled.name.id}, which has one",
                help=f"write {block.name.id}({', '.join(item.span.text for item in order)})",
                labels=[Label(filled.span, f"{filled.name.id} has a default")],
            )
            fine = False
            break
        if one.name.id in seen:
            frame.report(
                codes.DUPLICATE_NAME,
                one.name.span,
                f"{block.name.id} has two parameters called {one.name.id}",
                help="give one of them another name",
                labels=[Label(seen[one.name.id], "the other one is here")],
            )
            fine = False
        seen[one.name.id] = one.name.span
    return fine


def _import(statement: nodes.Import, frame: Frame, importers: tuple[str, ...]) -> None:
    if statement.path is None and not _is_module(statement, frame):
        return
    if statement.path is None:
        for one, value in python_imports.things(statement, frame):
            frame.state.operations_named.add(words.snake(one.name.id))  # as Keras calls its layers
            _bind(one, value, "import", frame)
        return
    if statement.path.value.endswith(".py"):
        _report_python(statement, statement.path, frame)
        return
    file = _open(statement, frame, importers)
    for one in statement.names:
        binding = None if file is None else file.scope.names.get(one.name.id)
        lost = file is not None and one.name.id in file.tree.lost
        if file is not None and not lost and not _importable(binding):
            _report_missing(one, file, statement, frame)
            python_imports.leave_open(lookup.closest(one.name.id, file.scope.names, 1), one, frame)
        value = binding.value if binding is not None and _importable(binding) else UNKNOWN
        kind = binding.kind if binding is not None else "import"
        _bind(one, value, "block" if kind == "block" else "import", frame)


def _report_python(statement: nodes.Import, path: nodes.String, frame: Frame) -> None:
    """A module of Python by its path."""
    module = path.value.removesuffix(".py").removeprefix("./").replace("/", ".")
    names = ", ".join(one.name.id for one in statement.names)
    frame.report(
        codes.NO_FILE,
        path.span,
        "a module of Python is imported by its name, without quotes",
        help=f"write from {module} import {names}",
        fix=Fix(path.span, module) if module.replace(".", "").isidentifier() else None,
    )
    for one in statement.names:
        _bind(one, UNKNOWN, "import", frame)


def _is_module(statement: nodes.Import, frame: Frame) -> bool:
    """Whether a module of the user's own is imported from; else a report."""
    module, span = statement.module, statement.origin_span
    names = ", ".join(one.name.id for one in statement.names)
    if module.endswith(".graph"):
        frame.report(
            codes.NO_FILE,
            span,
            "a graph file is imported by its path, in quotes",
            help=f'write from "{module}" import {names}',
        )
        for one in statement.names:
            _bind(one, UNKNOWN, "import", frame)
        return False
    if module.partition(".")[0] in KERAS:
        frame.report(
            codes.NOT_PYTHON,
            span,
            f"{module} is not imported: all of Keras is there already",
            help="delete the line; layers and functions stand without a prefix",
        )
        for one in statement.names:
            if one.alias.id != one.name.id:
                _bind(one, UNKNOWN, "import", frame)
        return False
    return True


def _bind(imported: nodes.Imported, value: object, kind: str, frame: Frame) -> None:
    known = frame.scope.names.get(imported.alias.id)
    if known is not None:
        frame.report(
            codes.REBOUND,
            imported.alias.span,
            f"{imported.alias.id} is bound already",
            help=f"import it under another name: {imported.name.id} as …",
            labels=[Label(known.span, f"{imported.alias.id} stands here first")],
        )
    binding = Binding(value, imported.alias.span, kind)
    frame.scope.names[imported.alias.id] = binding
    frame.file.visible.names[imported.alias.id] = binding


def _importable(binding: Binding | None) -> bool:
    if binding is None:
        return False
    return isinstance(binding.value, BlockDefinition) or is_constant(binding.value)


def _report_missing(one: nodes.Imported, file: File, statement: nodes.Import, frame: Frame) -> None:
    names = [name for name, binding in file.scope.names.items() if _importable(binding)]
    near = lookup.closest(one.name.id, names, 3)
    path = statement.path.value if statement.path is not None else ""
    frame.report(
        codes.NOT_IN_FILE,
        one.name.span,
        f'"{path}" has no block, model or constant {one.name.id}',
        help=words.did_you_mean(near) or f"it has {', '.join(names) or 'none'}",
        fix=words.mend(one.name.span, one.name.id, near),
    )


def _open(statement: nodes.Import, frame: Frame, importers: tuple[str, ...]) -> File | None:
    state = frame.state
    path = statement.path
    if path is None:
        return None
    try:
        source = state.loader.load(path.value, statement.span.source)
    except LoadError as problem:
        frame.report(
            codes.NO_FILE, path.span, str(problem), help="the path is relative to this file"
        )
        return None
    if source.name in importers:
        frame.report(
            codes.IMPORT_CYCLE,
            path.span,
            f"{source.name} imports this file in turn",
            help="move what both need into a third file",
        )
        return None
    known = state.files.get(source.name)
    if known is not None:
        return known
    if len(importers) > DEEPEST:
        frame.report(
            codes.LIMIT,
            path.span,
            f"more than {DEEPEST} files import one another in turn",
            help="import what is needed from the file that defines it",
        )
        return None
    file = open_file(parse(source, state.problems), state, is_main=False, importers=importers)
    _run_values(file, state)
    return file


def _run_values(file: File, state: State) -> None:
    """The constants of an imported file; its own inputs, outputs and training are for itself."""
    from dsl.checker import statements  # noqa: PLC0415 -- statements are checked after files are opened

    frame = Frame(state, file, file.scope, dry=True)
    file.names.finish()
    for statement in file.tree.statements:
        if isinstance(statement, nodes.Const | nodes.OutsideDefault) or (
            isinstance(statement, nodes.Assign) and _is_value(statement, file)
        ):
            statements.run(statement, frame)


def _is_value(statement: nodes.Assign, file: File) -> bool:
    """Whether an assignment of an imported file is a plain value: it applies nothing and reads no tensor."""

    def plain(node: nodes.Expr) -> bool:
        if isinstance(node, nodes.Chain):
            return False
        if isinstance(node, nodes.Name) and node.id not in {
            "true",
            "false",
            "none",
            "True",
            "False",
            "None",
        }:
            binding = file.scope.names.get(node.id)
            return (
                is_constant(binding.value)
                if binding is not None
                else node.id in words.COMPILE_TIME or words.is_word(node.id)
            )
        return all(plain(child) for child in children(node))

    return isinstance(statement.target, nodes.Name) and plain(statement.value)


def functions_called(tree: nodes.Tree) -> set[str]:
    """Names that Keras may give to operations of functions that a file calls."""
    found: set[str] = set()
    bodies = [
        tree.statements,
        *(one.body for one in tree.statements if isinstance(one, nodes.Block)),
    ]
    for body in bodies:
        for statement in walk_statements(body):
            for expression in expressions_of(statement):
                _functions_in(expression, found, piped=0)
    return found


def _makes_mask(node: nodes.Expr) -> bool:
    """Whether an expression says that padding is to be masked."""
    if isinstance(node, nodes.Name):
        return node.id in {"Masking", "mask_zero"}
    return isinstance(node, nodes.Call) and any(one.name == "mask_zero" for one in node.arguments)


def _functions_in(node: nodes.Expr, found: set[str], piped: int) -> None:
    if _makes_mask(node):
        found |= MASK_OPERATIONS
    callee = node.callee if isinstance(node, nodes.Call) else node if piped else None
    if isinstance(callee, nodes.Name):
        count = piped + (positional(node) if isinstance(node, nodes.Call) else 0)
        symbol = words.function(callee.id)
        if symbol is not None and not (callee.id in MERGES and count == 1):
            found.add(words.snake("".join(part.capitalize() for part in callee.id.split("_"))))
    if isinstance(node, nodes.Chain):
        for number, stage in enumerate(node.stages):
            _functions_in(stage, found, piped=int(number > 0))
        return
    for child in children(node):
        _functions_in(child, found, piped=0)
