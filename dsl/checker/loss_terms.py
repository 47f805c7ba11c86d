"""One loss of one output: a word, a class with its settings, or an object from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.nearness import one_slip, plain
from dsl.checker import calls, newer, words
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.values import Layer, PythonObject, describe, is_unknown
from dsl.graph import LossTerm

if TYPE_CHECKING:
    from dsl.checker.frame import Frame
    from dsl.graph import Endpoint

COMPILE_WORDS = {"crossentropy": "", "ce": ""}
"""Words that Keras knows inside `compile` alone, and decides by the shapes there."""

ALSO = {
    "cce": "categorical_crossentropy", "bce_loss": "binary_crossentropy", "scce": "sparse_categorical_crossentropy",
    "logcosh": "log_cosh", "huber_loss": "huber", "cross_entropy": "categorical_crossentropy", "nll": "categorical_crossentropy",
    "rmse": "root_mean_squared_error", "f1": "F1Score", "kld": "kl_divergence", "l1": "mae", "l2": "mse", "bce": "binary_crossentropy",
    "categorical": "categorical_crossentropy", "binary": "binary_crossentropy", "cosine": "cosine_similarity", "topk": "top_k_categorical_accuracy",
}  # fmt: skip
"""What people call losses and metrics elsewhere."""


def term(
    node: nodes.Expr, output: str, weight: float, weight_node: nodes.Expr | None, frame: Frame
) -> LossTerm | None:
    """The loss that an expression stands for; None after a diagnostic."""
    inner = nodes.strip(node)
    word = word_of(inner, frame)
    if word is not None:
        return _from_word(inner, word, output, weight, weight_node, frame)
    if isinstance(inner, nodes.Call):
        callee = nodes.strip(inner.callee)
        if isinstance(callee, nodes.Name) and frame.scope.find(callee.id) is None:
            return _from_call(inner, callee, output, weight, weight_node, frame)
    value = evaluate(inner, frame)
    if isinstance(value, PythonObject):
        return LossTerm(output, "", inner, {}, weight, weight_node, inner.span)
    if isinstance(value, Layer) and value.symbol.namespace == "losses":
        return LossTerm(
            output, value.symbol.canonical, inner, value.arguments, weight, weight_node, inner.span
        )
    if not is_unknown(value):
        frame.report(
            codes.UNKNOWN_LOSS,
            inner.span,
            f"{describe(value)} is no loss",
            help="write a loss of Keras: mse, binary_crossentropy, Huber(delta=2)",
        )
    return None


FITTING = {"softmax": "sparse_categorical_crossentropy", "sigmoid": "binary_crossentropy"}
"""The loss that usually goes with an activation."""


def fitting(output: Endpoint) -> str:
    """The loss that an output seems to want, as the source would write it."""
    activation = output.tensor.operation.arguments.get("activation")
    loss = FITTING.get(activation, "mse") if isinstance(activation, str) else "mse"
    return f"{loss}({output.name})"


def word_of(node: nodes.Expr, frame: Frame) -> str | None:
    """The word that an expression is, unless a value of that name stands for something else."""
    if isinstance(node, nodes.String):
        return node.value
    if not isinstance(node, nodes.Name) or node.id in CONSTANTS:
        return None
    binding = frame.scope.find(node.id)
    if binding is None:
        return node.id
    binding.used = True
    value = binding.value
    if isinstance(value, str):
        return str(value)
    return None if isinstance(value, PythonObject | Layer) else node.id


def _from_word(
    node: nodes.Expr,
    word: str,
    output: str,
    weight: float,
    weight_node: nodes.Expr | None,
    frame: Frame,
) -> LossTerm | None:
    symbol = lookup.symbol("losses", word) if words.is_class_name(word) else None
    symbol = symbol or lookup.resolve_word("losses", word)
    newer.note_word("losses", word, node.span, frame)
    if symbol is None and word not in COMPILE_WORDS:
        meant = report_unknown(codes.UNKNOWN_LOSS, "loss", "losses", word, node, frame)
        if meant:
            return _from_word(node, meant, output, weight, weight_node, frame)
        return None
    name = _class_of(symbol) if symbol is not None else ""
    return LossTerm(
        output, name, node, dict(symbol.defaults) if symbol else {}, weight, weight_node, node.span
    )


def _class_of(symbol: Any) -> str:
    """The class of a loss, by whatever name it goes."""
    if symbol.kind == "class":
        return str(symbol.canonical)
    return "".join(part.capitalize() for part in symbol.name.split("_"))


def _from_call(
    node: nodes.Call,
    callee: nodes.Name,
    output: str,
    weight: float,
    weight_node: nodes.Expr | None,
    frame: Frame,
) -> LossTerm | None:
    symbol = lookup.symbol("losses", callee.id)
    if symbol is None or symbol.kind != "class":
        by_word = lookup.resolve_word("losses", callee.id)
        if by_word is not None:
            frame.report(
                codes.BAD_LOSS,
                node.span,
                f"{callee.id} is configured by its class",
                help=f"write {by_word.name}({', '.join(one.span.text for one in node.arguments)})({output})",
            )
        else:
            report_unknown(codes.UNKNOWN_LOSS, "loss", "losses", callee.id, callee, frame)
        return None
    made = calls.configure(node, symbol, node.arguments, frame)
    arguments = made.arguments if isinstance(made, Layer) else {}
    return LossTerm(output, symbol.canonical, node, arguments, weight, weight_node, node.span)


def report_unknown(
    code: codes.Code, what: str, namespace: str, word: str, node: nodes.Expr, frame: Frame
) -> str:
    """A loss or metric that Keras does not have; the one that is surely meant, else empty."""
    classes = [one for one in lookup.names(namespace) if words.is_class_name(one)]
    known = [one for one in (*lookup.words(namespace), *classes) if one != word]
    near = lookup.closest(ALSO.get(word.lower(), word), known, 3)
    near = words.own_case_first(word, near)
    fix = words.mend(node.span, word, near)
    frame.report(
        code,
        node.span,
        f"Keras has no {what} {word}",
        help=words.did_you_mean(near) or f"import one of your own: from my_module import {word}",
        fix=fix,
    )
    meant = fix.text.strip("\"'") if fix is not None else ""
    is_slip = plain(meant) == plain(word) or one_slip(plain(meant), plain(word))
    return meant if meant != word and is_slip else ""
