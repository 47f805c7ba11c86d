"""A metric that does not belong to its output's loss: a number comes out that means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.checker import loss_terms
from dsl.diagnostics import Label
from dsl.lints import loss_tables as tables
from dsl.lints.heads import head_of
from dsl.lints.reading import words_of

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Endpoint, LossTerm


def lint(frame: Frame, live: set[int]) -> None:  # noqa: ARG001 -- outputs are live
    """Warn of metrics that do not belong to the loss of their output."""
    training = frame.state.program.training
    if training is None:
        return
    setting = training.settings.get("weighted_metrics")
    weighted = setting[0] if setting is not None else None
    for output in frame.state.program.outputs:
        term = training.losses.get(output.name)
        if term is None or not term.name:
            continue
        listed = training.metrics.get(output.name, ())
        for node in (*listed, *_of(weighted, output.name)):
            _judge(node, output, term, frame)


def _of(weighted: object, name: str) -> tuple[nodes.Expr, ...]:
    return tuple(weighted.get(name, ())) if isinstance(weighted, dict) else ()


def _judge(node: nodes.Expr, output: Endpoint, term: LossTerm, frame: Frame) -> None:
    name = _metric(node, frame)
    found = (
        _of_numbers(name, output, term, frame)
        or _distance(name, node, term)
        or _other_labels(name, node, output, term)
    )
    if found is None:
        return
    message, help_ = found
    label = Label(term.span, f"this is the loss of {output.name}")
    frame.report(codes.LOSS_FIT, node.span, message, help=help_, labels=[label])


def _metric(node: nodes.Expr, frame: Frame) -> str:
    """Keras's class of a metric; `accuracy` for the word that Keras decides by shapes."""
    if isinstance(node, nodes.Call):
        word = node.callee.id if isinstance(node.callee, nodes.Name) else None
    else:
        word = loss_terms.word_of(node, frame)
    if word is None or word in {"accuracy", "acc"}:
        return "accuracy" if word else ""
    symbol = lookup.symbol("metrics", word) or lookup.resolve_word("metrics", word)
    if symbol is None:
        return ""
    if symbol.kind == "class":
        return symbol.canonical
    return "".join(part.capitalize() for part in symbol.name.split("_"))


def _of_numbers(
    name: str, output: Endpoint, term: LossTerm, frame: Frame
) -> tuple[str, str] | None:
    if name not in tables.ACCURACIES or term.name not in tables.REGRESSION:
        return None
    head = head_of(output.tensor, frame)
    if head is None or head.activation in tables.SUM_TO_ONE | tables.FROM_0_TO_1:
        return None
    said = f"accuracy counts hits among classes, and {output.name} is trained by {words_of(term.expression)} to give numbers"
    return said, f"write mae({output.name}), or a loss for classes"


def _distance(name: str, node: nodes.Expr, term: LossTerm) -> tuple[str, str] | None:
    """A distance of an output from numbers of classes: their shapes don't meet in the first step."""
    if name not in tables.DISTANCES or term.name not in tables.SPARSE_LOSSES:
        return None
    said = f"{words_of(node)} compares number by number, and {words_of(term.expression)} takes numbers of classes"
    return said, f"write accuracy({term.output}), which counts hits among classes"


def _other_labels(
    name: str, node: nodes.Expr, output: Endpoint, term: LossTerm
) -> tuple[str, str] | None:
    one_hot, numbers = "one-hot labels", "numbers of classes"
    if name in tables.ONE_HOT_METRICS and term.name in tables.SPARSE_LOSSES:
        wanted, other = one_hot, numbers
    elif name in tables.SPARSE_METRICS and term.name in tables.ONE_HOT_LOSSES:
        wanted, other = numbers, one_hot
    else:
        return None
    said = f"{words_of(node)} takes {wanted}, and {words_of(term.expression)} {other}"
    return said, f"write {tables.OTHER_LABELS[name]}({output.name})"
