"""The loss: a sum of positive constants times losses of outputs, or Keras's own list or dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.checker.expressions import evaluate
from dsl.checker.loss_terms import term, word_of
from dsl.checker.named_outputs import (
    any_output,
    applied_to,
    are_lost,
    names_outputs,
    output_key,
    output_names,
)
from dsl.checker.values import Value, describe, is_unknown
from dsl.diagnostics import Fix, Label
from dsl.graph import LossTerm, Tensor

if TYPE_CHECKING:
    from dsl.checker.frame import Frame


def read(node: nodes.Expr, frame: Frame) -> dict[str, LossTerm]:
    """The losses by output name."""
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Dict):
        return _from_dict(inner, frame)
    if isinstance(inner, nodes.List | nodes.Tuple):
        return _from_list(inner, frame)
    found: dict[str, LossTerm] = {}
    for part in _terms(inner):
        loss = _term(part, frame)
        if loss is None:
            continue
        if loss.output in found:
            frame.report(
                codes.BAD_LOSS,
                part.span,
                f"the output {loss.output} has a loss already",
                help="at most one loss for each output",
                labels=[Label(found[loss.output].span, "the other one is here")],
            )
            continue
        found[loss.output] = loss
    return found


def _terms(node: nodes.Expr) -> list[nodes.Expr]:
    if isinstance(node, nodes.Group):
        return _terms(node.value)
    if isinstance(node, nodes.Binary) and node.op == "+":
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _term(node: nodes.Expr, frame: Frame) -> LossTerm | None:
    """`weight * loss(output)`."""
    if isinstance(node, nodes.Group):
        return _term(node.value, frame)
    if isinstance(node, nodes.Unary):
        _report_no_sum(node, frame)
        return None
    weight, weight_node = 1.0, None
    if isinstance(node, nodes.Binary):
        factors = _factors(node, frame)
        if factors is None:
            return None
        weight, weight_node, node = factors
    return _loss_of_output(node, weight, weight_node, frame)


def _factors(node: nodes.Binary, frame: Frame) -> tuple[float, nodes.Expr, nodes.Expr] | None:
    if node.op in {"*", "/"}:
        sides = (
            [(node.left, node.right)]
            if node.op == "/"
            else [(node.left, node.right), (node.right, node.left)]
        )
        for factor, loss in sides:
            if node.op == "/":
                factor, loss = loss, factor  # noqa: PLW2901 -- `loss / 2`: the number stands behind
            if _is_loss(factor, frame):
                continue
            if _is_loss_of_output(factor, frame):
                _report_product(node, frame)
                return None
            value = evaluate(factor, frame)
            if is_unknown(value):
                return None
            if isinstance(value, str):
                _report_text(factor, value, frame)
                return None
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                _report_weight(factor, value, frame)
                return None
            return (
                (1 / value if node.op == "/" else float(value)),
                (node if node.op == "/" else factor),
                loss,
            )
    _report_no_sum(node, frame)
    return None


def _is_loss_of_output(node: nodes.Expr, frame: Frame) -> bool:
    """Whether a factor is itself a weighted loss."""
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Binary):
        return _is_loss_of_output(inner.left, frame) or _is_loss_of_output(inner.right, frame)
    return (
        isinstance(inner, nodes.Call)
        and names_outputs(inner)
        and any_output(inner, output_names(frame))
    )


def _report_product(node: nodes.Binary, frame: Frame) -> None:
    frame.report(
        codes.BAD_LOSS,
        node.op_span,
        f"`{node.op}` stands between two losses: losses are added",
        help="write `+` between them",
        fix=Fix(node.op_span, "+"),
    )


MOST_LETTERS = 60
"""Of a sum that a help line repeats."""


def _report_no_sum(node: nodes.Expr, frame: Frame) -> None:
    is_minus = isinstance(node, nodes.Binary) and node.op == "-"
    frame.report(
        codes.BAD_LOSS,
        node.op_span if isinstance(node, nodes.Binary) and is_minus else node.span,
        "a loss is a sum of positive constants times losses of outputs",
        help=f"write {node.left.span.text} + {node.right.span.text}"
        if isinstance(node, nodes.Binary) and node.op == "-" and len(node.span.text) < MOST_LETTERS
        else "write 0.25 * mse(age) + categorical_crossentropy(income)",
    )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _report_text(node: nodes.Expr, value: str, frame: Frame) -> None:
    """A weight in quotes."""
    is_number = _is_number(value)
    frame.report(
        codes.BAD_LOSS,
        node.span,
        f"the weight of a loss is a positive number, not {describe(value)}",
        help=f"write {value}" if is_number else "write a number, such as 0.25",
        fix=Fix(node.span, value) if is_number else None,
    )


def _is_loss(node: nodes.Expr, frame: Frame) -> bool:
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Call):
        return True
    if isinstance(inner, nodes.String) and _is_number(inner.value):
        return False
    word = word_of(inner, frame)
    return word is not None and frame.scope.find(word) is None


def _report_weight(node: nodes.Expr, value: Value, frame: Frame) -> None:
    frame.report(
        codes.BAD_LOSS,
        node.span,
        f"the weight of a loss is a positive number, not {describe(value)}",
        help="weights of single samples come with the data, as sample_weight"
        if isinstance(value, Tensor)
        else "leave the term out to weigh it with nothing",
    )


def _names_in_quotes(call: nodes.Call, outputs: list[str]) -> bool:
    """Whether a loss is applied to the name of an output, written as text."""
    found = [nodes.strip(one.value) for one in call.arguments]
    return len(found) == 1 and isinstance(found[0], nodes.String) and found[0].value in outputs


def _loss_of_output(
    node: nodes.Expr, weight: float, weight_node: nodes.Expr | None, frame: Frame
) -> LossTerm | None:
    inner = nodes.strip(node)
    outputs = output_names(frame)
    if isinstance(inner, nodes.Call) and names_outputs(inner):
        names = applied_to(inner, frame)
        if len(names) > 1:
            frame.report(
                codes.BAD_LOSS,
                inner.span,
                "a loss is of one output: its target comes with the data",
                help=f"write a sum: {inner.callee.span.text}({names[0]}) + {inner.callee.span.text}({names[1]})",
            )
            return None
        found = term(inner.callee, (names or outputs or [""])[0], weight, weight_node, frame)
        return found if names else None
    if isinstance(inner, nodes.Call) and _names_in_quotes(inner, outputs):
        name = nodes.strip(inner.arguments[0].value)
        text = name.span.text.strip("\"'")
        frame.report(
            codes.BAD_LOSS,
            name.span,
            "the name of an output stands without quotes",
            help=f"write {inner.callee.span.text}({text})",
            fix=Fix(name.span, text),
        )
        return term(inner.callee, text, weight, weight_node, frame)
    if len(outputs) > 1:
        shown = inner.span.text
        frame.report(
            codes.WHICH_OUTPUT,
            node.span,
            f"this loss does not say for which of the outputs {', '.join(outputs)} it is",
            help=f"write {shown}({outputs[0]}), and a loss for each other output",
        )
        return None
    return None if not outputs else term(inner, outputs[0], weight, weight_node, frame)


# ---- Keras's own forms


def _from_dict(node: nodes.Dict, frame: Frame) -> dict[str, LossTerm]:
    found = {}
    for key, value in node.pairs:
        name = output_key(key, frame)
        if name is None:
            continue
        loss = term(value, name, 1.0, None, frame)
        if loss is not None:
            found[name] = loss
    return found


def _from_list(node: nodes.List | nodes.Tuple, frame: Frame) -> dict[str, LossTerm]:
    outputs = output_names(frame)
    if are_lost(frame):
        return {}
    items = [nodes.strip(one) for one in node.items]
    if any(isinstance(one, nodes.Call) and any_output(one, outputs) for one in items):
        words_ = "a list holds losses alone, one for each output in order"
        help_ = f"write a sum: {' + '.join(one.span.text for one in node.items)}"
        frame.report(codes.BAD_LOSS, node.span, words_, help=help_)
        return {}
    if len(node.items) != len(outputs):
        frame.report(
            codes.WHICH_OUTPUT,
            node.span,
            f"{len(node.items)} losses for {len(outputs)} {'outputs' if len(outputs) != 1 else 'output'}",
            help=f"one for each output, in order: {', '.join(outputs)}; or by name: mse({outputs[0] if outputs else 'y'})",
        )
        for one in node.items:
            term(one, outputs[0] if outputs else "", 1.0, None, frame)
        return {}
    found = {}
    for name, one in zip(outputs, node.items, strict=True):
        loss = term(one, name, 1.0, None, frame)
        if loss is not None:
            found[name] = loss
    return found


def weights(node: nodes.Expr, frame: Frame) -> dict[str, tuple[float, nodes.Expr]]:
    """`loss_weights`, as a list in output order or by name."""
    inner = nodes.strip(node)
    outputs = output_names(frame)
    pairs: list[tuple[str, nodes.Expr]] = []
    if isinstance(inner, nodes.Dict):
        for key, value in inner.pairs:
            name = output_key(key, frame)
            if name is not None:
                pairs.append((name, value))
    elif isinstance(inner, nodes.List | nodes.Tuple) and len(inner.items) == len(outputs):
        pairs = list(zip(outputs, inner.items, strict=True))
    else:
        frame.report(
            codes.BAD_SETTING,
            node.span,
            f"loss_weights is a list of {len(outputs)} numbers, or a dictionary by output",
            help="write the weights into the loss: 0.25 * mse(age) + …",
        )
    found = {}
    for name, one in pairs:
        value = evaluate(one, frame)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            if not is_unknown(value):
                _report_weight(one, value, frame)
            continue
        found[name] = (float(value), one)
    return found


def apply_weights(
    found: dict[str, LossTerm], setting: tuple[Any, nodes.Expr] | None, frame: Frame
) -> None:
    """Weigh the losses with `loss_weights`."""
    if setting is None:
        return
    given, node = setting
    for name, (weight, expression) in given.items():
        loss = found.get(name)
        if loss is None:
            continue
        if loss.weight_expression is not None:
            frame.report(
                codes.BAD_SETTING,
                node.span,
                f"the loss of {name} is weighed twice",
                help="weigh it in the loss, or with loss_weights",
                labels=[Label(loss.weight_expression.span, "it is weighed here too")],
            )
            continue
        found[name] = LossTerm(
            loss.output, loss.name, loss.expression, loss.arguments, weight, expression, loss.span
        )
