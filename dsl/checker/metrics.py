"""Metrics: words or classes of Keras, for outputs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.checker import calls, loss_terms, named_outputs, newer, words
from dsl.checker.expressions import evaluate
from dsl.checker.values import PythonObject, describe, is_unknown
from dsl.diagnostics import Fix

if TYPE_CHECKING:
    from dsl.checker.frame import Frame

COMPILE_WORDS = frozenset({"accuracy", "acc", "crossentropy", "ce"})
"""Words that Keras knows inside `compile` alone."""


def read(node: nodes.Expr, frame: Frame) -> dict[str, tuple[nodes.Expr, ...]]:
    """The metrics by output name: each an expression that stands for the metric itself."""
    inner = nodes.strip(node)
    found: dict[str, list[nodes.Expr]] = {}
    if isinstance(inner, nodes.Dict):
        for key, value in inner.pairs:
            name = named_outputs.output_key(key, frame)
            if name is not None:
                for one in _several(value):
                    _add(one, [name], found, frame)
    elif isinstance(inner, nodes.List | nodes.Tuple):
        _read_list(inner, found, frame)
    else:
        names = _outputs_of(inner, frame)
        if names:
            _add(_metric_of(inner, frame), names, found, frame)
    return {name: tuple(listed) for name, listed in found.items()}


def _several(node: nodes.Expr) -> tuple[nodes.Expr, ...]:
    return node.items if isinstance(node, nodes.List | nodes.Tuple) else (node,)


def _read_list(
    node: nodes.List | nodes.Tuple, found: dict[str, list[nodes.Expr]], frame: Frame
) -> None:
    outputs = named_outputs.output_names(frame)
    nested = [isinstance(one, nodes.List | nodes.Tuple) for one in node.items]
    if any(nested) and len(node.items) == len(outputs):
        for name, one in zip(outputs, node.items, strict=True):
            for metric in _several(one):
                _add(metric, [name], found, frame)
        return
    for one in node.items:
        names = _outputs_of(one, frame)
        if names:
            _add(_metric_of(one, frame), names, found, frame)


def _outputs_of(node: nodes.Expr, frame: Frame) -> list[str]:
    """The outputs that a metric is for; empty after a diagnostic."""
    inner = nodes.strip(node)
    if _is_applied(inner, frame) and isinstance(inner, nodes.Call):
        return named_outputs.applied_to(inner, frame)
    outputs = named_outputs.output_names(frame)
    if _is_listed(inner, outputs):
        return _report_listed(inner, frame)
    if len(outputs) > 1:
        _add(inner, [], {}, frame)
        frame.report(
            codes.WHICH_OUTPUT,
            node.span,
            f"this metric does not say for which of the outputs {', '.join(outputs)} it is",
            help=f"write {inner.span.text}({outputs[0]}), or {inner.span.text}({', '.join(outputs)}) for all",
        )
        return []
    return outputs


def _is_listed(node: nodes.Expr, outputs: list[str]) -> bool:
    """Whether a metric is applied to a list of outputs."""
    if not isinstance(node, nodes.Call) or len(node.arguments) != 1:
        return False
    given = nodes.strip(node.arguments[0].value)
    items = given.items if isinstance(given, nodes.List | nodes.Tuple) else ()
    return bool(items) and all(isinstance(one, nodes.Name) and one.id in outputs for one in items)


def _report_listed(node: nodes.Expr, frame: Frame) -> list[str]:
    assert isinstance(node, nodes.Call)  # noqa: S101 -- as was asked before
    span = nodes.strip(node.arguments[0].value).span
    inside = span.text.strip("[]()")
    frame.report(
        codes.WRONG_KIND,
        span,
        "the outputs of a metric stand without brackets",
        help=f"write {node.callee.span.text}({inside})",
        fix=Fix(span, inside),
    )
    return []


def _is_applied(node: nodes.Expr, frame: Frame) -> bool:
    if not isinstance(node, nodes.Call):
        return False
    callee = nodes.strip(node.callee)
    if isinstance(callee, nodes.Name) and _builds(callee.id):
        binding = frame.scope.find(callee.id)
        if binding is not None and isinstance(binding.value, PythonObject):
            return named_outputs.names_outputs(node)
        return False
    return isinstance(callee, nodes.Call) or named_outputs.names_outputs(node)


def _builds(name: str) -> bool:
    """Whether a name is configured before it is applied: not so `MSE`, which is a word in capitals."""
    is_word = lookup.resolve_word("metrics", name) and not lookup.symbol("metrics", name)
    return words.is_class_name(name) and not is_word


def _metric_of(node: nodes.Expr, frame: Frame) -> nodes.Expr:
    inner = nodes.strip(node)
    return (
        nodes.strip(inner.callee)
        if _is_applied(inner, frame) and isinstance(inner, nodes.Call)
        else inner
    )


def _add(
    node: nodes.Expr, names: list[str], found: dict[str, list[nodes.Expr]], frame: Frame
) -> None:
    inner = nodes.strip(node)
    if _is_metric(inner, frame):
        for name in names:
            found.setdefault(name, []).append(inner)


def _is_metric(node: nodes.Expr, frame: Frame) -> bool:
    word = loss_terms.word_of(node, frame)
    if word is not None:
        newer.note_word("metrics", word, node.span, frame)
        if word in COMPILE_WORDS or lookup.resolve_word("metrics", word) or _is_class(word):
            return True
        loss_terms.report_unknown(codes.UNKNOWN_METRIC, "metric", "metrics", word, node, frame)
        return False
    if isinstance(node, nodes.Call):
        callee = nodes.strip(node.callee)
        if isinstance(callee, nodes.Name) and frame.scope.find(callee.id) is None:
            symbol = lookup.symbol("metrics", callee.id)
            if symbol is None or symbol.kind != "class":
                loss_terms.report_unknown(
                    codes.UNKNOWN_METRIC, "metric", "metrics", callee.id, callee, frame
                )
                return False
            calls.configure(node, symbol, node.arguments, frame)
            return True
    value = evaluate(node, frame)
    if isinstance(value, PythonObject) or is_unknown(value):
        return True
    frame.report(
        codes.UNKNOWN_METRIC,
        node.span,
        f"{describe(value)} is no metric",
        help="write a metric of Keras: accuracy, mae, AUC()",
    )
    return False


def _is_class(word: str) -> bool:
    symbol = lookup.symbol("metrics", word) if words.is_class_name(word) else None
    return symbol is not None and symbol.kind == "class"
