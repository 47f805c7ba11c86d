"""The loss: a sum of positive constants times losses of outputs, or Keras's own list or dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.checker import calls, newer, words
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.values import Layer, PythonObject, Value, describe, is_unknown
from dsl.diagnostics import Label
from dsl.graph import LossTerm, Tensor

if TYPE_CHECKING:
    from dsl.checker.frame import Frame

COMPILE_WORDS = {"crossentropy": "", "ce": ""}
"""Words that Keras knows inside `compile` alone, and decides by the shapes there."""


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


def output_names(frame: Frame) -> list[str]:
    """The names of the program's outputs, in order."""
    return [one.name for one in frame.state.program.outputs]


def read(node: nodes.Expr, frame: Frame) -> dict[str, LossTerm]:
    """The losses by output name."""
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Dict):
        return _from_dict(inner, frame)
    if isinstance(inner, nodes.List | nodes.Tuple):
        return _from_list(inner, frame)
    found: dict[str, LossTerm] = {}
    for term in _terms(inner):
        loss = _term(term, frame)
        if loss is None:
            continue
        if loss.output in found:
            frame.report(
                codes.BAD_LOSS,
                term.span,
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
            value = evaluate(factor, frame)
            if is_unknown(value):
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


MOST_LETTERS = 60
"""Of a sum that a help line repeats."""


def _report_no_sum(node: nodes.Expr, frame: Frame) -> None:
    frame.report(
        codes.BAD_LOSS,
        node.span,
        "a loss is a sum of positive constants times losses of outputs",
        help=f"write {node.left.span.text} + {node.right.span.text}"
        if isinstance(node, nodes.Binary) and node.op == "-" and len(node.span.text) < MOST_LETTERS
        else "write 0.25 * mse(age) + categorical_crossentropy(income)",
    )


def _is_loss(node: nodes.Expr, frame: Frame) -> bool:
    inner = nodes.strip(node)
    if isinstance(inner, nodes.Call):
        return True
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
        return None if not names else term(inner.callee, names[0], weight, weight_node, frame)
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


def names_outputs(call: nodes.Call) -> bool:
    """Whether the parentheses of a call name outputs (second ones, or those of a word)."""
    callee = nodes.strip(call.callee)
    if isinstance(callee, nodes.Call):
        return True
    if (
        isinstance(callee, nodes.Name)
        and words.is_class_name(callee.id)
        and lookup.symbol("losses", callee.id)
    ):
        return False
    arguments = [one for one in call.arguments if not one.name]
    return bool(arguments) and all(
        isinstance(nodes.strip(one.value), nodes.Name) for one in arguments
    )


def applied_to(call: nodes.Call, frame: Frame) -> list[str]:
    """The outputs that a loss or metric is applied to, in the order written."""
    outputs = output_names(frame)
    found: list[str] = []
    if len(call.arguments) > 1 and not _any_output(call, outputs):
        _report_no_outputs(call, outputs, frame)
        return found
    for one in call.arguments:
        inner = nodes.strip(one.value)
        if isinstance(inner, nodes.Name) and inner.id in outputs:
            binding = frame.scope.find(inner.id)
            if binding is not None:
                binding.used = True
            found.append(inner.id)
        else:
            report_no_output(inner, frame)
    return found


def are_lost(frame: Frame) -> bool:
    """Whether a line of an output could not be read, or what it names is not known."""
    return "output" in frame.file.tree.unread


def _any_output(call: nodes.Call, outputs: list[str]) -> bool:
    found = [nodes.strip(one.value) for one in call.arguments]
    return any(isinstance(one, nodes.Name) and one.id in outputs for one in found)


def _report_no_outputs(call: nodes.Call, outputs: list[str], frame: Frame) -> None:
    """Say once that nothing in the parentheses is an output."""
    if are_lost(frame):
        return
    first, last = call.arguments[0].span, call.arguments[-1].span
    shown = f"{call.callee.span.text}({outputs[0] if outputs else 'y'})"
    frame.report(
        codes.UNKNOWN_OUTPUT,
        first.to(last),
        f"none of these is an output of the program: {first.to(last).text}",
        help=f"name the output alone, its targets come with the data: {shown}",
    )


def report_no_output(node: nodes.Expr, frame: Frame) -> None:
    """A name that stands where an output should."""
    outputs = output_names(frame)
    name = node.value if isinstance(node, nodes.String) else node.span.text
    if are_lost(frame) or name in frame.file.tree.unread:
        return
    near = lookup.closest(name, outputs, 3)
    binding = frame.scope.find(node.id) if isinstance(node, nodes.Name) else None
    labels = (
        [Label(binding.span, f"{name} is no output: it is only named here")]
        if binding is not None
        else []
    )
    frame.report(
        codes.UNKNOWN_OUTPUT,
        node.span,
        f"{name} is no output of the program",
        help=words.did_you_mean(near)
        or (
            f"declare it: output {name}"
            if binding is not None and isinstance(binding.value, Tensor)
            else f"name what it makes: {', '.join(outputs)}"
            if binding is not None and outputs
            else f"the outputs are {', '.join(outputs) or 'none yet'}"
        ),
        labels=labels,
        fix=words.mend(node.span, name, near),
    )


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
        report_unknown(codes.UNKNOWN_LOSS, "loss", "losses", word, node, frame)
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


def report_unknown(
    code: codes.Code, what: str, namespace: str, word: str, node: nodes.Expr, frame: Frame
) -> None:
    """A loss or metric that Keras does not have."""
    classes = [one for one in lookup.names(namespace) if words.is_class_name(one)]
    known = [*lookup.words(namespace), *classes]
    near = lookup.closest(word, known, 3) or lookup.closest(ALSO.get(word, word), known, 3)
    near = words.own_case_first(word, near)
    frame.report(
        code,
        node.span,
        f"Keras has no {what} {word}",
        help=words.did_you_mean(near) or f"import one of your own: from my_module import {word}",
        fix=words.mend(node.span, word, near),
    )


ALSO = {
    "cce": "categorical_crossentropy", "bce_loss": "binary_crossentropy", "scce": "sparse_categorical_crossentropy",
    "logcosh": "log_cosh", "huber_loss": "huber", "cross_entropy": "categorical_crossentropy", "nll": "categorical_crossentropy",
    "rmse": "root_mean_squared_error", "f1": "F1Score", "kld": "kl_divergence", "l1": "mae", "l2": "mse", "bce": "binary_crossentropy",
    "categorical": "categorical_crossentropy", "binary": "binary_crossentropy", "cosine": "cosine_similarity", "topk": "top_k_categorical_accuracy",
}  # fmt: skip
"""What people call losses and metrics elsewhere."""


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


def output_key(key: nodes.Expr, frame: Frame) -> str | None:
    """The output that a key of a dictionary names; None after a diagnostic."""
    inner = nodes.strip(key)
    name = (
        inner.value
        if isinstance(inner, nodes.String)
        else inner.id
        if isinstance(inner, nodes.Name)
        else None
    )
    if name in output_names(frame):
        return name
    report_no_output(inner, frame)
    return None


def _from_list(node: nodes.List | nodes.Tuple, frame: Frame) -> dict[str, LossTerm]:
    outputs = output_names(frame)
    if are_lost(frame):
        return {}
    items = [nodes.strip(one) for one in node.items]
    if any(isinstance(one, nodes.Call) and _any_output(one, outputs) for one in items):
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
