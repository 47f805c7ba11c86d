"""Values and parameters that nothing reads: often the name was meant somewhere and another one stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.nearness import one_slip, plain
from dsl.checker.finish import SHAPES_ALONE
from dsl.checker.naming import target_names, walk_statements
from dsl.checker.values import BlockDefinition, UnknownSize, is_constant
from dsl.graph import Tensor
from dsl.lints import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.checker.frame import Frame
    from dsl.source import Source

HELP = "use it, or delete it; a name that begins with `_` says that it is meant"


TOLD = (codes.UNUSED_TENSOR, codes.UNREACHABLE)
"""What is said of a line that binds a name, and says enough."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- a matter of text
    """Warn of names of values, and of parameters of blocks, that the text of their scope never reads."""
    problems = list(frame.state.problems)
    if any(one.severity == "error" and one.code not in SHAPES_ALONE for one in problems):
        return  # the name may be missing where the error stands
    _judge_top(frame)
    told = {(one.span.source, one.span.line) for one in problems if one.code in TOLD}
    for file in frame.state.files.values():
        bound = [binding.value for binding in file.scope.names.values()]
        for one in bound:
            own = isinstance(one, BlockDefinition) and one.file is file
            if own and (one.used or file.is_main):
                _judge_block(one.node, told, frame)


def _judge_top(frame: Frame) -> None:
    body = frame.file.tree.statements
    read = {name.id for name in text.read(body)}
    told = {plain(one.span.text.strip("\"'")) for one in frame.state.problems}
    for name in _bound(body):
        if any(plain(name.id) == one or one_slip(plain(name.id), one) for one in told):
            continue  # it seems to be meant where something else was told
        binding = frame.scope.names.get(name.id)
        if name.id not in read and binding is not None and _is_value(binding.value):
            frame.report(codes.UNUSED_VALUE, name.span, f"nothing reads {name.id}", help=HELP)


def _bound(body: tuple[nodes.Statement, ...]) -> Iterator[nodes.Name]:
    """Names that a body binds with `=` or `const`, each where it is bound first, loops' own left out."""
    statements = list(walk_statements(body))
    loops = [one.target for one in statements if isinstance(one, nodes.For)]
    seen = {name for target in loops for name in target_names(target)}
    for one in statements:
        match one:
            case nodes.Assign(target=nodes.Name() as name) | nodes.Const(name=name):
                if name.id not in seen and not name.id.startswith("_"):
                    seen.add(name.id)
                    yield name


def _is_value(value: Any) -> bool:
    """Whether it is a value, or a list; tensors and layers are judged by the graph."""
    if isinstance(value, list | tuple):
        return all(isinstance(one, Tensor) or _is_value(one) for one in value)
    return is_constant(value) or isinstance(value, UnknownSize)


def _judge_block(block: nodes.Block, told: set[tuple[Source, int]], frame: Frame) -> None:
    read = {name.id for name in (*text.read(block.body), *text.read_by_head(block))}
    kind, words = block.kind, block.name.id
    for role, found in (("parameter", block.parameters), ("operand", block.inputs)):
        for one in found:
            if one.name.id not in read and not one.name.id.startswith("_"):
                said = f"the {role} {one.name.id} of {kind} {words} is never used"
                frame.report(codes.UNUSED_VALUE, one.name.span, said, help=HELP)
    for name in _bound(block.body):
        if name.id not in read and (name.span.source, name.span.line) not in told:
            frame.report(codes.UNUSED_VALUE, name.span, f"nothing reads {name.id}", help=HELP)
