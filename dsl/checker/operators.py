"""Operators, comparisons and slices of tensors: each is an operation of the graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dsl import codes
from dsl.catalogue import operators as catalogue
from dsl.catalogue.registry import UNKNOWN, Output, Refusal
from dsl.catalogue.sparse import of_operation
from dsl.checker import arithmetic, sparse, words
from dsl.checker.facts import ConstantFact
from dsl.checker.values import UnknownSize, Value, Word, applied, describe, is_mistaken, is_unknown
from dsl.diagnostics import Label
from dsl.graph import Operation, Tensor
from dsl.records import replace
from dsl.shapes.dims import show
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl import nodes
    from dsl.catalogue.registry import Structure
    from dsl.checker.frame import Frame
    from dsl.source import Span


def add_operation(
    class_name: str,
    snake: str,
    inputs: tuple[Tensor, ...],
    types: tuple[TensorType, ...],
    span: Span,
    frame: Frame,
    madds: int | None = None,
    symbol: str = "",
    arguments: Mapping[str, Any] | None = None,
) -> tuple[Tensor, ...]:
    """Add an operation that bears the name of Keras's counters (`Operation` says what the rest is)."""
    name = "" if frame.dry else frame.state.unique_operator_name(snake)
    operation = Operation(
        name,
        class_name,
        "operator",
        span,
        path=frame.path,
        symbol=symbol,
        arguments=arguments or {},
    )
    return frame.record(operation, inputs, types, span, madds)


def flat(value: Structure) -> tuple[TensorType, ...]:
    """The types of a structure, in order."""
    if isinstance(value, TensorType):
        return (value,)
    return tuple(one for part in value for one in flat(part))


def shaped_by(tensor: Tensor) -> Tensor:
    """The tensor before all layers that only handed its shape on."""
    from dsl.catalogue.masks import KEEPS  # noqa: PLC0415 -- only for mistakes

    keepers = {*KEEPS, "BatchNormalization"} - {"Dense"}
    while tensor.maker is not None and len(tensor.maker.inputs) == 1:
        before = tensor.maker.inputs[0]
        name = tensor.operation.class_name
        if before.type != tensor.type or not (name in keepers or name.startswith("Random")):
            break
        tensor = before
    return tensor


def origins(tensors: tuple[Tensor, ...]) -> list[Label]:
    """Labels that say where operands got their shapes."""
    labels = []
    for tensor in map(shaped_by, tensors):
        made = tensor.operation
        what = "this input" if made.kind == "input" else f"this {made.class_name}"
        label = Label(tensor.span, f"{tensor.type} comes from {what}")
        if label not in labels:
            labels.append(label)
    return labels[:4]


LONGEST_NAME = 24
"""Letters of an expression that still serve as the name of an operand in a sentence."""


def named(words_: str, operands: Sequence[nodes.Expr]) -> str:
    """A rule's sentence, its `operand 2` in the words of the source."""
    for number, node in enumerate(operands, 1):
        text = node.span.text
        if len(text) <= LONGEST_NAME and "\n" not in text:
            words_ = words_.replace(f"operand {number} ", f"`{text}` ")
    return words_


HELPS = {
    "shape-mismatch": "bring the tensors to shapes that meet: the labels show where they come from",
    "wrong-rank": "bring it to that number of axes: Reshape, Flatten, or pooling",
    "unknown-size": "declare that size with a number in the input",
    "too-small": "use a smaller window, padding same, or less pooling before it",
    "bad-value": "change the argument to what the message asks for",
}
"""What mends a refusal whose rule does not say, by its code."""


def _ended(tensor: Tensor) -> str:
    """What to do where a layer before has made one axis of all, and another map or sequence is wanted."""
    maker = tensor.operation.class_name
    ends = maker == "Flatten" or maker.startswith("Global")
    return f"{maker} leaves one axis: move it behind this layer, or leave it out" if ends else ""


def _input_help(help_: str, origin: Tensor, said: str) -> str:
    """The help for a wrong number of axes, with the declaration of the input that has them."""
    if origin.operation.kind != "input" or not said.endswith(str(origin.type)):
        return help_
    name = origin.operation.name
    reshaped = re.search(r"Reshape\(\(([\d, ]+?),?\)\) first", help_)
    if reshaped:
        return f"declare it as {name}: [{reshaped[1]}], or Reshape([{reshaped[1]}]) it first"
    sizes = (origin.type.shape or ())[2:]
    if "the batch stands in no type" in help_ and len(sizes) > 1:
        shown = ", ".join(map(show, sizes))
        otherwise = help_.replace("; the batch stands in no type", "")
        return f"write {name}: [{shown}] if the first size is the batch, which stands in no type; else {otherwise}"
    return f"{help_}; or declare the input with other axes"


def report_refusal(
    refusal: Refusal, span: Span, operands: tuple[Tensor, ...], frame: Frame
) -> None:
    """A rule's refusal, at a place, with where the operands' shapes came from."""
    code = codes.CODES.get(refusal.code, codes.SHAPE_MISMATCH)
    shown = operands if refusal.operand is None else operands[refusal.operand : refusal.operand + 1]
    if code is codes.SHAPE_MISMATCH or " where the " in refusal.words:
        shown = operands
    help_ = refusal.help or HELPS.get(refusal.code, "give it what the message asks for")
    if code is codes.WRONG_RANK and shown:
        help_ = _ended(shown[0]) or help_
    if code is codes.WRONG_RANK and shown:
        help_ = _input_help(help_, shaped_by(shown[0]), refusal.words)
    first = span
    if shown and refusal.argument is None:
        first = frame.state.refusals.setdefault((refusal.words, shown[0]), span)
    again = [Label(span, "and here")] if first != span else []
    frame.report(
        code,
        first,
        refusal.words,
        help=help_,
        labels=again or (origins(shown) if refusal.argument is None or len(shown) < 3 else []),
    )


def _result(
    outcome: Output | Refusal,
    class_name: str,
    inputs: tuple[Tensor, ...],
    span: Span,
    frame: Frame,
    operands: Sequence[nodes.Expr] = (),
) -> Tensor:
    types: tuple[TensorType, ...] = (UNKNOWN_TENSOR,)
    madds = None
    if isinstance(outcome, Refusal):
        refusal = replace(outcome, words=named(outcome.words, operands))
        report_refusal(refusal, span, inputs, frame)
    else:
        types, madds = flat(outcome.value), outcome.madds
    operands_of_model = tuple(one for one in inputs if one.operation.kind != "constant")
    if not operands_of_model:
        return Tensor(types[0], Operation("", class_name, "constant", span), 0, span)
    snake = words.snake(class_name)
    return add_operation(class_name, snake, operands_of_model, types, span, frame, madds)[0]


def _note(node: nodes.Expr, made: Tensor, frame: Frame) -> Tensor:
    """What an operator gives; between constants it is written as Keras's function, as theirs are the backend's own.

    TensorFlow's `arange(8) / 3.0` raises where Keras's divides.
    """
    if made.operation.kind == "constant":
        frame.fact(node, ConstantFact(words.snake(made.operation.class_name)))
    return made


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _report_power(node: nodes.Binary, sides: tuple[Value, Value], frame: Frame) -> Value:
    """`x ^ 2`, which Keras answers with truths."""
    words_ = "`^` is no power: of a tensor and a number it is the exclusive or of their truths"
    help_ = f"write {node.left.span.text} ** {node.right.span.text}"
    frame.report(codes.SENSELESS_VALUE, node.span, words_, help=help_)
    inputs = tuple(one for one in sides if isinstance(one, Tensor))
    return add_operation("Power", "power", inputs, (UNKNOWN_TENSOR,), node.span, frame)[0]


def binary(node: nodes.Binary, left: Value, right: Value, frame: Frame) -> Value:
    """An arithmetic operator with a tensor on at least one side."""
    if is_unknown(left) or is_unknown(right):
        inputs = tuple(one for one in (left, right) if isinstance(one, Tensor))
        return add_operation(
            catalogue.operator_class(node.op), "add", inputs, (UNKNOWN_TENSOR,), node.span, frame
        )[0]
    for value, side in ((left, node.left), (right, node.right)):
        if not _is_operand(value):
            report_operand(side.span, node.op, value, frame)
            return UNKNOWN
    if node.op == "^" and any(_is_number(one) for one in (left, right)):
        return _report_power(node, (left, right), frame)
    inputs = tuple(one for one in (left, right) if isinstance(one, Tensor))
    outcome = catalogue.operator(node.op, _type(left), _type(right))
    sides, class_name = (node.left, node.right), catalogue.operator_class(node.op)
    made = _result(outcome, class_name, inputs, node.span, frame, sides)
    made.sparse = of_operation(class_name, sparse.flags([left, right]), {})
    return _note(node, made, frame)


def _is_operand(value: Value) -> bool:
    return isinstance(value, Tensor | int | float) and not isinstance(value, Word)


def _type(value: Value) -> TensorType | int | float:
    return value.type if isinstance(value, Tensor) else value


def report_operand(span: Span, op: str, value: Value, frame: Frame) -> Value:
    """Say that something can't stand beside an operator; UNKNOWN."""
    if isinstance(value, UnknownSize):
        arithmetic.report_unknown_size(span, value, frame)
        return UNKNOWN
    helps: dict[type, str] = {
        list: "apply the operator to each tensor of the list, or join them first with concatenate([...])",
        tuple: "name its parts first: a, b = …",
    }
    what = describe(value)
    is_layer = what.startswith(("the layer", "the block", "the model"))
    words_ = isinstance(value, Word) and words.function(value) is not None
    frame.report(
        codes.NOT_APPLIED if is_layer else codes.WRONG_KIND,
        span,
        f"`{op}` stands between tensors and numbers, not {what}",
        help=f"apply it to a tensor first: {applied(value, span.text)}"
        if is_layer or words_
        else helps.get(type(value), "use a tensor or a number"),
    )
    return UNKNOWN


def unary(node: nodes.Unary, value: Tensor, frame: Frame) -> Value:
    """`-x` and `~x` of a tensor."""
    if node.op == "not":
        report_logic(node.span, "not", frame)
        return UNKNOWN
    if node.op == "+":
        frame.report(
            codes.BAD_OPERATION,
            node.span,
            "`+x` does nothing to a tensor, and Keras has no such operation",
            help="leave out the `+`",
        )
        return value
    outcome = catalogue.unary(node.op, value.type)
    class_name = catalogue.operator_class(node.op, unary=True)
    made = _result(outcome, class_name, (value,), node.span, frame)
    made.sparse = of_operation(class_name, [value.sparse], {})
    return _note(node, made, frame)


def compare(node: nodes.Compare, values: list[Value], frame: Frame) -> Value:
    """A comparison with a tensor in it."""
    op, span = node.ops[0], node.span
    if any(is_unknown(value) or is_mistaken(value) for value in values):
        return UNKNOWN
    if len(node.ops) > 1:
        frame.report(
            codes.BAD_OPERATION,
            span,
            "a chain of comparisons has no answer for tensors",
            help="join two comparisons: logical_and(a < b, b < c)",
        )
        return UNKNOWN
    if op in {"==", "!="}:
        name = "equal" if op == "==" else "not_equal"
        frame.report(
            codes.BAD_OPERATION,
            span,
            f"`{op}` between tensors is answered by Python, not by the model",
            help=f"write {name}({node.operands[0].span.text}, {node.operands[1].span.text})",
        )
        return UNKNOWN
    left, right = values
    for value, side in zip(values, node.operands, strict=True):
        if not _is_operand(value):
            report_operand(side.span, op, value, frame)
            return UNKNOWN
    inputs = tuple(one for one in values if isinstance(one, Tensor))
    outcome = catalogue.operator(op, _type(left), _type(right))
    class_name = catalogue.operator_class(op)
    return _note(node, _result(outcome, class_name, inputs, span, frame, node.operands), frame)


def report_logic(span: Span, op: str, frame: Frame) -> None:
    """`and`, `or`, `not` ask for one truth, which a tensor does not have."""
    frame.report(
        codes.TENSOR_DECIDES,
        span,
        f"`{op}` needs one true or false, and a tensor has many",
        help=f"write logical_{op}(…), which works element by element",
    )


def subscript(node: nodes.Subscript, tensor: Tensor, items: list[Value], frame: Frame) -> Value:
    """A slice of a tensor."""
    for item, part in zip(items, node.items, strict=True):
        if is_unknown(item):
            return add_operation(
                "GetItem", "get_item", (tensor,), (UNKNOWN_TENSOR,), node.span, frame
            )[0]
        pieces = (item.start, item.stop, item.step) if isinstance(item, slice) else (item,)
        for piece in pieces:
            if isinstance(piece, UnknownSize):
                arithmetic.report_unknown_size(part.span, piece, frame)
                return UNKNOWN
            if not (piece is None or piece is Ellipsis or type(piece) is int):
                frame.report(
                    codes.WRONG_KIND,
                    part.span,
                    f"a slice of a tensor counts in whole numbers, not {describe(piece)}",
                    help="use take(x, indices, axis=…) to pick by a tensor"
                    if isinstance(piece, Tensor)
                    else "write whole numbers",
                )
                return UNKNOWN
    outcome = catalogue.subscript(tensor.type, tuple(items))
    return _result(outcome, "GetItem", (tensor,), node.span, frame)
