"""Values from outside: `$name`, given on the command line, by a notebook, or by a default of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker.values import Value, Word

if TYPE_CHECKING:
    from dsl import nodes
    from dsl.checker.frame import Frame


def outside(node: nodes.Outside, frame: Frame) -> Value:
    """The value of `$name`; UNKNOWN after a diagnostic."""
    state = frame.state
    state.outside_used.add(node.name)
    if node.name in state.outside:
        value = state.outside[node.name]
        if not _is_plain(value):
            frame.report(
                codes.OUTSIDE_KIND,
                node.span,
                f"${node.name} is {_python_kind(value)}, and only plain values can enter a graph",
                help="give a number, a word, a text, true, false, none, or a list or dictionary of these",
            )
            return UNKNOWN
        return _plain(value)
    if node.name in state.outside_defaults:
        return state.outside_defaults[node.name]
    if node.name in frame.file.tree.unread:
        frame.lose()
        return UNKNOWN  # the line that gives it could not be read
    frame.report(
        codes.OUTSIDE_MISSING,
        node.span,
        f"${node.name} has no value",
        help=f"give it one with -D {node.name}=… (in a notebook: a variable of that name), or a default: ${node.name} = …",
    )
    return UNKNOWN


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str | int) and _is_plain(item) for key, item in value.items())
    return value is None or type(value) in {bool, int, float, str, Word}


def _plain(value: Any) -> Value:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value


def _python_kind(value: Any) -> str:
    kind = type(value)
    return f"a {kind.__name__} of {kind.__module__}"
