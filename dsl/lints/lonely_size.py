"""A named size that stands once and is nearly the name of a value: a slip of the pen makes any size of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.checker.naming import walk_statements
from dsl.diagnostics import Label
from dsl.lints import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.checker.frame import Frame
    from dsl.source import Span

NEAR = 0.8
BATCHES = frozenset({"batch", "batch_size"})
"""Names that people give to the batch."""

SHORTEST = 3
"""Names of one or two letters are all near one another."""


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- a matter of text
    """Warn of named sizes that stand once and are nearly the name of a value."""
    tree = frame.file.tree
    values = {
        name: binding.span
        for name, binding in frame.scope.names.items()
        if binding.kind != "size" and type(binding.value) is int
    }
    statements = list(walk_statements(tree.statements))
    blocks = [one for one in statements if isinstance(one, nodes.Block)]
    written = [size for one in statements for size in text.sizes(one)]
    if not written and not any(text.sizes_of_head(one) for one in blocks):
        return
    counts = Counter(name.id for name in text.read(tree.statements))
    _judge(written, values, counts, frame)
    for one in blocks:
        own = {p.name.id: p.name.span for p in one.parameters}
        inside = [size for s in walk_statements(one.body) for size in text.sizes(s)]
        _judge([*text.sizes_of_head(one), *inside], {**values, **own}, counts, frame)


def _judge(
    written: Iterable[nodes.Expr], values: dict[str, Span], counts: Counter[str], frame: Frame
) -> None:
    for size in written:
        for name in text.names_in(size):
            if name.id.lower() in BATCHES and not frame.file.names.is_bound(0, name.id):
                said = (
                    f"{name.id} is a named size here: the batch is implied, and stands in no type"
                )
                help_ = "leave it out, or give the size another name"
                frame.report(codes.LONELY_SIZE, name.span, said, help=help_)
                continue
            if counts[name.id] != 1 or name.id in values or len(name.id) < SHORTEST:
                continue
            if frame.file.names.is_bound(0, name.id):
                continue
            near = _nearest(name.id, values)
            if near:
                frame.report(
                    codes.LONELY_SIZE,
                    name.span,
                    f"{name.id} is bound to nothing and stands once, so it is a named size: any number fits",
                    help=f"did you mean `{near}`? A size that may be any is written `?`",
                    labels=[Label(values[near], f"{near} is bound here")],
                )


def _nearest(name: str, values: Iterable[str]) -> str:
    from difflib import SequenceMatcher  # noqa: PLC0415 -- seldom needed

    def likeness(other: str) -> float:
        return SequenceMatcher(None, name.lower(), other.lower()).ratio()

    best = max(values, key=likeness, default="")
    return best if best and likeness(best) >= NEAR else ""
