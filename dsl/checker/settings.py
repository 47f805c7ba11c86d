"""The settings of `train:` that are plain values, and what each of them takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import calls, loss_terms, words
from dsl.checker.expressions import evaluate
from dsl.checker.values import Layer, PythonObject, Value, describe, is_unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame

PRECISIONS = ("float16", "float32", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16")

ELSEWHERE = {
    "learning_rate": "give it to the optimizer: optimizer = Adam(learning_rate=0.001)",
    "lr": "give it to the optimizer: optimizer = Adam(learning_rate=0.001)",
    "validation_data": "give it with the data: --validation FILE",
    "data": "give it outside: --data FILE",
    "x": "give it outside: --data FILE",
    "seed": "give it outside: --seed N",
    "batch": "it is called batch_size",
    "epoch": "it is called epochs",
    "metric": "it is called metrics: metrics = [accuracy(y)]",
    "losses": "it is called loss: a sum, loss = mse(a) + mse(b)",
    "mixed_precision": "write precision = mixed_bfloat16",
    "sample_weight": "give it with the data",
}


def _bad(name: str, node: nodes.Expr, value: Value, what: str, frame: Frame) -> None:
    meant = _meant(value, is_fraction=name == "validation_split") or EXAMPLES[name]
    frame.report(
        codes.BAD_SETTING,
        node.span,
        f"{name} is {what}, not {describe(value)}",
        help=f"write {name} = {meant}",
    )


def _meant(value: Value, *, is_fraction: bool) -> str:
    """The number that a value of another kind seems to mean; empty where it means none."""
    if isinstance(value, str):
        try:
            value = float(value) if is_fraction else int(value)
        except ValueError:
            return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return ""
    if is_fraction:
        number = value if value < 1 else value / 100
        return f"{number:g}" if number < 1 else ""
    return str(int(value)) if value == int(value) else ""


def _positive(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    if is_unknown(value) or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return
    _bad(name, node, value, "a positive whole number", frame)


def _fraction(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    if is_unknown(value) or (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1
    ):
        return
    _bad(name, node, value, "a fraction between 0 and 1", frame)


def _boolean(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    if not (is_unknown(value) or isinstance(value, bool)):
        _bad(name, node, value, "true or false", frame)


def _jit(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    if not (is_unknown(value) or isinstance(value, bool) or value == "auto"):
        _bad(name, node, value, "true, false or auto", frame)


def _class_weight(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    if is_unknown(value):
        return
    fine = isinstance(value, dict) and all(
        isinstance(key, int)
        and isinstance(one, int | float)
        and not isinstance(one, bool)
        and one >= 0
        for key, one in value.items()
    )
    if not fine:
        _bad(name, node, value, "a dictionary of class numbers and weights", frame)


def _anything(name: str, node: nodes.Expr, value: Value, frame: Frame) -> None:
    """Checked where it is read."""


EXAMPLES = {
    "epochs": "10",
    "batch_size": "32",
    "validation_split": "0.1",
    "steps_per_execution": "32",
    "jit_compile": "true",
    "run_eagerly": "false",
    "auto_scale_loss": "true",
    "shuffle": "true",
    "class_weight": "{0: 1.0, 1: 5.0}",
    "precision": "mixed_bfloat16",
    "callbacks": "[EarlyStopping(patience=3)]",
}

CHECKS: dict[str, Callable[[str, nodes.Expr, Any, Frame], None]] = {
    "epochs": _positive,
    "batch_size": _positive,
    "validation_split": _fraction,
    "callbacks": _anything,
    "class_weight": _class_weight,
    "steps_per_execution": _positive,
    "jit_compile": _jit,
    "run_eagerly": _boolean,
    "auto_scale_loss": _boolean,
    "shuffle": _boolean,
    "precision": _anything,
}


def precision_of(node: nodes.Expr, frame: Frame) -> Value:
    """The dtype policy that `precision` names; UNKNOWN after a diagnostic."""
    word = loss_terms.word_of(nodes.strip(node), frame)
    if word in PRECISIONS:
        return word
    near = lookup.closest(word or "", PRECISIONS, 3)
    frame.report(
        codes.BAD_SETTING,
        node.span,
        f"there is no precision {node.span.text}",
        help=words.did_you_mean(near) or "it is one of " + ", ".join(PRECISIONS),
        fix=words.mend(node.span, word or "", near),
    )
    return UNKNOWN


def callbacks(node: nodes.Expr, frame: Frame) -> Value:
    """A list of callbacks."""
    inner = nodes.strip(node)
    if not isinstance(inner, nodes.List | nodes.Tuple):
        frame.report(
            codes.BAD_SETTING,
            node.span,
            "callbacks is a list",
            help="write callbacks = [EarlyStopping(patience=3)]",
        )
        return UNKNOWN
    return [_callback(one, frame) for one in inner.items]


def _callback(node: nodes.Expr, frame: Frame) -> Value:
    inner = nodes.strip(node)
    callee = nodes.strip(inner.callee) if isinstance(inner, nodes.Call) else inner
    if isinstance(callee, nodes.Name) and frame.scope.find(callee.id) is None:
        symbol = lookup.symbol("callbacks", callee.id)
        if symbol is None or symbol.kind != "class":
            near = lookup.closest(callee.id, lookup.names("callbacks"), 3)
            frame.report(
                codes.BAD_SETTING,
                callee.span,
                f"Keras has no callback {callee.id}",
                help=words.did_you_mean(near)
                or f"import one of your own: from my_module import {callee.id}",
                fix=words.mend(callee.span, callee.id, near),
            )
            return UNKNOWN
        if isinstance(inner, nodes.Call):
            return calls.configure(inner, symbol, inner.arguments, frame)
        return calls.configure(inner, symbol, (), frame)
    value = evaluate(inner, frame)
    if not is_unknown(value) and not isinstance(value, PythonObject | Layer):
        frame.report(
            codes.BAD_SETTING,
            node.span,
            f"{describe(value)} is no callback",
            help="write EarlyStopping(patience=3)",
        )
    return value


def check_together(found: dict[str, tuple[Value, nodes.Expr]], outputs: int, frame: Frame) -> None:
    """What settings ask of one another."""
    if "class_weight" in found and outputs > 1:
        frame.report(
            codes.BAD_SETTING,
            found["class_weight"][1].span,
            f"class_weight is for a model of one output, and this has {outputs}",
            help="weigh the losses instead: 0.25 * mse(age) + …, or give sample weights with the data",
        )
    for one in ("run_eagerly",):
        jit = found.get("jit_compile", (None, None))[0]
        if found.get(one, (False, None))[0] is True and jit is True:
            frame.report(
                codes.BAD_SETTING,
                found[one][1].span,
                "run_eagerly and jit_compile exclude one another",
                help="leave one of them out",
            )
