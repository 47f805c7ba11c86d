"""Statements behind a `return`: nothing goes on there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.checker.naming import walk_statements
from dsl.diagnostics import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.checker.frame import Frame

HELP = "move it before the `return`, or delete it"


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- a matter of text
    """Warn of the first statement behind each `return`, and of loops that return in their first turn."""
    for block in frame.file.tree.statements:
        if isinstance(block, nodes.Block):
            for body in _bodies(block.body):
                _judge(body, frame)
            for one in walk_statements(block.body):
                if isinstance(one, nodes.For):
                    _judge_loop(one, frame)


def _bodies(body: tuple[nodes.Statement, ...]) -> Iterator[tuple[nodes.Statement, ...]]:
    """A body, and those of the loops and choices in it."""
    yield body
    for one in walk_statements(body):
        if isinstance(one, nodes.For):
            yield one.body
        elif isinstance(one, nodes.If):
            yield from (inner for _, inner in one.branches)


def _judge(body: tuple[nodes.Statement, ...], frame: Frame) -> None:
    for at, one in enumerate(body[:-1]):
        if isinstance(one, nodes.Return):
            said = "this is never carried out: the block has returned"
            label = Label(one.span, "it returns here")
            frame.report(codes.UNREACHABLE, body[at + 1].span, said, help=HELP, labels=[label])
            return


def _judge_loop(loop: nodes.For, frame: Frame) -> None:
    for one in loop.body:
        if isinstance(one, nodes.Return):
            said = "the block returns in the first turn of its loop, and there is no other"
            help_ = "indent it as the `for`, so that it stands behind the loop"
            label = Label(loop.iterable.span, "this is gone through once")
            frame.report(codes.UNREACHABLE, one.span, said, help=help_, labels=[label])
            return
