"""Expressions: what each node of the tree stands for. Calls and chains are in `calls.py`."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import arithmetic, operators, words
from dsl.checker.attributes import attribute_of, of_keras
from dsl.checker.facts import SymbolFact, WordFact
from dsl.checker.naming import dotted
from dsl.checker.outside_values import outside
from dsl.checker.values import (
    BlockDefinition,
    Function,
    InputRecord,
    LayerClass,
    UnknownSize,
    Value,
    Word,
    contains_tensor,
    describe,
    is_unapplied,
    is_unknown,
)  # fmt: skip
from dsl.checker.work import MOST_ITEMS, PARTED, bounded
from dsl.graph import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame

CONSTANTS: dict[str, Value] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "none": None,
    "None": None,
}


def evaluate(node: nodes.Expr, frame: Frame) -> Value:
    """What an expression stands for; UNKNOWN after a diagnostic."""
    value = EVALUATORS[type(node)](node, frame)
    return bounded(node, value, frame) if isinstance(value, PARTED) else value


def _name(node: nodes.Name, frame: Frame) -> Value:
    if node.id in CONSTANTS:
        return UNKNOWN if frame.scope.find(node.id) else CONSTANTS[node.id]
    binding = frame.find(node.id)
    if binding is not None:
        return binding.value
    return unbound(node, node.id, frame)


def unbound(node: nodes.Expr, name: str, frame: Frame) -> Value:
    """What a name means that nothing binds: a layer, a word, a function, or a mistake."""
    symbol = words.layer(name)
    if symbol is not None:
        frame.fact(node, SymbolFact(symbol))
        return LayerClass(symbol)
    if words.is_word(name):
        frame.fact(node, WordFact(name))
        return Word(name)
    function = words.function(name)
    if function is not None:
        frame.fact(node, SymbolFact(function))
        return Function(function)
    words.report_unknown(node.span, name, frame)
    meant = words.meant(name, frame)
    if not meant:
        return UNKNOWN
    binding = frame.find(meant)
    return unbound(node, meant, frame) if binding is None else binding.value


def _number(node: nodes.Number, frame: Frame) -> Value:  # noqa: ARG001
    mistaken = isinstance(node.value, float) and isnan(node.value)  # told when it was read
    return UNKNOWN if mistaken else node.value


def _string(node: nodes.String, frame: Frame) -> Value:  # noqa: ARG001
    return node.value


def _ellipsis(node: nodes.Ellipsis_, frame: Frame) -> Value:
    frame.report(
        codes.SYNTAX,
        node.span,
        "`...` stands in a slice only",
        help="leave it out, or write it between the brackets of a slice: x[..., 0]",
    )
    return UNKNOWN


def _fstring(node: nodes.FString, frame: Frame) -> Value:
    pieces: list[str] = []
    length = 0
    for part in node.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        value = evaluate(part.value, frame)
        text = arithmetic.formatted(value, part, frame)
        if text is None:
            return UNKNOWN
        pieces.append(text)
        length += len(text)
        if length > MOST_ITEMS:
            break  # told as too large a value
    return "".join(pieces)


def items_of(items: tuple[nodes.Expr, ...], frame: Frame) -> list[Value]:
    """The values of a list's items, splats spread; an UNKNOWN splat gives one UNKNOWN."""
    found: list[Value] = []
    for item in items:
        if isinstance(item, nodes.Splat):
            found.extend(iterate(item.value, evaluate(item.value, frame), frame, "`*` spreads"))
        else:
            found.append(evaluate(item, frame))
    return found


def _list(node: nodes.List, frame: Frame) -> Value:
    return items_of(node.items, frame)


def _tuple(node: nodes.Tuple, frame: Frame) -> Value:
    return tuple(items_of(node.items, frame))


def _dict(node: nodes.Dict, frame: Frame) -> Value:
    found: dict[Any, Value] = {}
    for key_node, value_node in node.pairs:
        key = _key(key_node, frame)
        value = evaluate(value_node, frame)
        if not isinstance(key, str | int):
            if not is_unknown(key):
                frame.report(
                    codes.WRONG_KIND,
                    key_node.span,
                    f"a key of a dictionary is a name or a number, not {describe(key)}",
                    help="write a word, a text or a number before the colon",
                )
            return UNKNOWN
        found[str(key) if isinstance(key, Word) else key] = value
    return found


def _key(node: nodes.Expr, frame: Frame) -> Value:
    """A key of a dictionary: a name that nothing binds is the word it spells."""
    if (
        isinstance(node, nodes.Name)
        and node.id not in CONSTANTS
        and frame.scope.find(node.id) is None
    ):
        frame.fact(node, WordFact(node.id))
        return Word(node.id)
    return evaluate(node, frame)


MOST_TURNS = 100
"""Of a loop through a number, which is told, and read on as so many turns."""


def iterate(node: nodes.Expr, value: Value, frame: Frame, what: str) -> list[Value]:
    """The items of a value that a loop, a comprehension or a splat goes through."""
    match value:
        case list() | tuple() | range():
            if isinstance(value, range) and len(value) > MOST_ITEMS:
                frame.report(
                    codes.LIMIT,
                    node.span,
                    f"{len(value):,} turns are more than a graph can have",
                    help=f"at most {MOST_ITEMS:,} are allowed",
                )
                return [UNKNOWN]
            return list(value)
        case dict() | InputRecord():
            frame.state.facts.put_pairs(node)
            return list(value.items() if isinstance(value, dict) else value.fields.items())
        case str() if not isinstance(value, Word):
            return list(value)
    if is_unknown(value):
        return [UNKNOWN]
    code = codes.TENSOR_DECIDES if isinstance(value, Tensor) else codes.WRONG_KIND
    frame.report(
        code,
        node.span,
        f"{what} a list, a range or a record, not {describe(value)}",
        help=_iterate_help(value),
    )
    turns = value if type(value) is int and 0 < value <= MOST_TURNS else 1
    return [UNKNOWN] * turns


def _iterate_help(value: Value) -> str:
    if isinstance(value, Tensor):
        return (
            "take its parts with slices (x[:, 0]), or name several outputs at once: out, h, c = …"
        )
    if isinstance(value, int):
        return f"write range({value}) to go through {value} turns"
    return "write a list: [64, 128]"


def _comprehension(node: nodes.Comprehension, frame: Frame) -> Value:
    found: list[Value] = []
    for inner in _turns(node, frame):
        if frame.state.work.stopped:
            break
        found.append(evaluate(node.element, inner))
    return found


def _dict_comprehension(node: nodes.DictComprehension, frame: Frame) -> Value:
    found: dict[Any, Value] = {}
    for inner in _turns(node, frame):
        key = evaluate(node.key, inner)
        if isinstance(key, str | int):
            found[key] = evaluate(node.value, inner)
    return found


def _turns(node: nodes.Comprehension | nodes.DictComprehension, frame: Frame) -> list[Frame]:
    """A frame for each turn of a comprehension whose condition holds."""
    from dsl.checker.scope import Scope  # noqa: PLC0415
    from dsl.checker.targets import bind_target  # noqa: PLC0415 -- targets bind as statements do

    values = iterate(
        node.iterable, evaluate(node.iterable, frame), frame, "a comprehension goes through"
    )
    around = frame.around_loop(node.target.span.to(node.iterable.span))
    frames: list[Frame] = []
    for index, value in enumerate(values):
        if not frame.step(node.span):
            break
        inner = around.within_loop(index)
        inner.scope = Scope(outer=frame.scope)
        bind_target(node.target, value, "loop", inner)
        if node.condition is None or truth(node.condition, inner) is not False:
            frames.append(inner)
    if not frames:
        _try_turn(node, frame)
    return frames


def _try_turn(node: nodes.Comprehension | nodes.DictComprehension, frame: Frame) -> None:
    """The names of a comprehension that nothing goes through are judged all the same."""
    from dsl.checker.statements import forked  # noqa: PLC0415 -- statements evaluate in turn
    from dsl.checker.targets import bind_target  # noqa: PLC0415 -- as above

    inner = forked(frame)
    bind_target(node.target, UNKNOWN, "loop", inner)
    parts = [node.element] if isinstance(node, nodes.Comprehension) else [node.key, node.value]
    for part in parts:
        evaluate(part, inner)


def truth(node: nodes.Expr, frame: Frame) -> bool | None:
    """Whether a condition holds at compile time; None where that cannot be known (reported)."""
    value = evaluate(node, frame)
    if is_unknown(value):
        return None
    if isinstance(value, Tensor) or contains_tensor(value):
        frame.report(
            codes.TENSOR_DECIDES,
            node.span,
            f"a choice is made when the graph is compiled, and this is {describe(value)}",
            help="choose between tensors element by element with where(condition, a, b)",
        )
        return None
    if isinstance(value, UnknownSize):
        arithmetic.report_unknown_size(node.span, value, frame)
        return None
    return bool(value)


def _splat(node: nodes.Splat, frame: Frame) -> Value:
    frame.report(
        codes.SYNTAX,
        node.span,
        "`*` spreads a list within a call or a list only",
        help="leave out the `*`",
    )
    return UNKNOWN


def _attribute(node: nodes.Attribute, frame: Frame) -> Value:
    path = dotted(node)
    root = path.partition(".")[0]
    if path and frame.scope.find(root) is None and root not in CONSTANTS:
        return of_keras(node, path, frame)
    return attribute_of(node, evaluate(node.value, frame), frame)


def _subscript(node: nodes.Subscript, frame: Frame) -> Value:
    value = evaluate(node.value, frame)
    if isinstance(value, Tensor):
        return operators.subscript(node, value, [_index(item, frame) for item in node.items], frame)
    if is_unknown(value):
        for item in node.items:
            _index(item, frame)
        return UNKNOWN
    parted = isinstance(value, list | tuple | dict | str | InputRecord | range)
    if len(node.items) != 1 or isinstance(value, Word) or not parted:
        frame.report(
            codes.WRONG_KIND,
            node.span,
            f"{describe(value)} has no parts to take with brackets",
            help=_subscript_help(node, value),
        )
        return UNKNOWN
    index = _index(node.items[0], frame)
    if isinstance(value, InputRecord):
        value = dict(value.fields)
    return arithmetic.element(node, value, index, frame)


def _subscript_help(node: nodes.Subscript, value: Value) -> str:
    if isinstance(value, LayerClass | BlockDefinition | Word):
        inside = ", ".join(item.span.text for item in node.items)
        return f"what configures it stands in parentheses: {node.value.span.text}({inside})"
    return "brackets take parts of tensors, lists, dictionaries and records"


def _index(node: nodes.Expr, frame: Frame) -> Value:
    match node:
        case nodes.Slice():
            parts = [
                None if one is None else evaluate(one, frame)
                for one in (node.start, node.stop, node.step)
            ]
            return UNKNOWN if any(is_unknown(part) for part in parts) else slice(*parts)
        case nodes.Ellipsis_():
            return Ellipsis
    return evaluate(node, frame)


def _slice(node: nodes.Slice, frame: Frame) -> Value:
    frame.report(
        codes.WRONG_KIND,
        node.span,
        "a slice with `:` stands between brackets only",
        help="write x[1:3]",
    )
    return UNKNOWN


def _unary(node: nodes.Unary, frame: Frame) -> Value:
    value = evaluate(node.operand, frame)
    if isinstance(value, Tensor):
        return operators.unary(node, value, frame)
    if is_unapplied(value):
        return operators.report_operand(node.operand.span, node.op, value, frame)
    return arithmetic.unary(node, value, frame)


def _binary(node: nodes.Binary, frame: Frame) -> Value:
    if node.op in {"and", "or"}:
        return _logic(node, frame)
    left, right = evaluate(node.left, frame), evaluate(node.right, frame)
    if any(isinstance(one, Tensor) or is_unapplied(one) for one in (left, right)):
        return operators.binary(node, left, right, frame)
    return arithmetic.binary(node, left, right, frame)


def _logic(node: nodes.Binary, frame: Frame) -> Value:
    left = evaluate(node.left, frame)
    if isinstance(left, Tensor):
        operators.report_logic(node.span, node.op, frame)
        return UNKNOWN
    if is_unknown(left) or isinstance(left, UnknownSize):
        evaluate(node.right, frame)
        return UNKNOWN
    if bool(left) == (node.op == "or"):
        evaluate(node.right, frame.unapplied())
        return left
    right = evaluate(node.right, frame)
    if isinstance(right, Tensor):
        operators.report_logic(node.span, node.op, frame)
        return UNKNOWN
    return right


def _compare(node: nodes.Compare, frame: Frame) -> Value:
    values = [evaluate(operand, frame) for operand in node.operands]
    if any(isinstance(value, Tensor) for value in values):
        if None in values and len(values) == 2 and node.ops[0] in {"==", "!="}:
            return node.ops[0] == "!="  # whether an optional tensor is there
        return operators.compare(node, values, frame)
    return arithmetic.compare(node, values, frame)


def _ifelse(node: nodes.IfElse, frame: Frame) -> Value:
    chosen = truth(node.test, frame)
    if chosen is None:
        evaluate(node.body, frame.unapplied())
        evaluate(node.orelse, frame.unapplied())
        return UNKNOWN
    taken, other = (node.body, node.orelse) if chosen else (node.orelse, node.body)
    before = taken is node.body
    if not before:
        evaluate(other, frame.unapplied())
    value = evaluate(taken, frame)
    if before:
        evaluate(other, frame.unapplied())
    return value


def _group(node: nodes.Group, frame: Frame) -> Value:
    return evaluate(node.value, frame)


def _call(node: nodes.Call, frame: Frame) -> Value:
    from dsl.checker import calls  # noqa: PLC0415 -- calls evaluate expressions in turn

    return calls.call(node, frame)


def _chain(node: nodes.Chain, frame: Frame) -> Value:
    from dsl.checker import chains  # noqa: PLC0415 -- chains evaluate expressions in turn

    return chains.chain(node, frame)


EVALUATORS: dict[type[Any], Callable[[Any, Frame], Value]] = {
    nodes.Name: _name,
    nodes.Outside: outside,
    nodes.Number: _number,
    nodes.String: _string,
    nodes.FString: _fstring,
    nodes.Ellipsis_: _ellipsis,
    nodes.List: _list,
    nodes.Tuple: _tuple,
    nodes.Dict: _dict,
    nodes.Comprehension: _comprehension,
    nodes.DictComprehension: _dict_comprehension,
    nodes.Splat: _splat,
    nodes.Call: _call,
    nodes.Attribute: _attribute,
    nodes.Subscript: _subscript,
    nodes.Slice: _slice,
    nodes.Unary: _unary,
    nodes.Binary: _binary,
    nodes.Compare: _compare,
    nodes.IfElse: _ifelse,
    nodes.Chain: _chain,
    nodes.Group: _group,
}
