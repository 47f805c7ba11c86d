"""Statements: what each does to the names of its scope and to the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import blocks, endpoints, operators, typing, words
from dsl.checker.expressions import evaluate, iterate, truth
from dsl.checker.naming import bindings, walk_statements
from dsl.checker.scope import Binding, Scope
from dsl.checker.targets import bind_name, bind_target
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Layer,
    LayerClass,
    PythonObject,
    Value,
    describe,
    is_constant,
    is_mistaken,
    is_unknown,
)  # fmt: skip
from dsl.checker.work import MOST_ITEMS, bounded
from dsl.diagnostics import Fix, Label
from dsl.graph import Tensor
from dsl.records import Record, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.checker.frame import Frame
    from dsl.source import Span


class Returned(Record):
    """A `return` was reached."""

    value: Value


def run_body(body: tuple[nodes.Statement, ...], frame: Frame) -> Value | None:
    """Go through the body of a block; what it returns, None where it returns nothing (reported)."""
    for statement in body:
        outcome = run(statement, frame)
        if outcome is not None:
            return outcome.value
    definition = frame.definition
    if frame.file.tree.unread & {"return", "output"}:
        return UNKNOWN
    frame.report(
        codes.MISPLACED,
        definition.node.name.span,
        f"the {definition.node.kind} {definition.words} returns nothing",
        help="end it with `return x`",
    )
    return None


def run(statement: nodes.Statement, frame: Frame) -> Returned | None:
    """Do one statement."""
    if not frame.step(statement.span):
        return Returned(UNKNOWN)
    return RUNNERS[type(statement)](statement, frame)


# ---- simple statements


def _assign(statement: nodes.Assign, frame: Frame) -> None:
    within = replace(frame, annotated=typing.annotated(statement.types, statement.value))
    value = evaluate(statement.value, within)
    if statement.types:
        value = typing.check_annotations(statement.types, value, statement.span, frame)
    bind_target(statement.target, value, "assigned", frame)


def _gap(statement: nodes.Gap, frame: Frame) -> None:
    """What a line that could not be read binds is not known from there on."""
    frame.lose()
    for name in statement.names:
        known = frame.scope.names.get(name)
        if known is not None and known.kind in REBINDABLE:
            frame.scope.names[name] = Binding(UNKNOWN, known.span, "lost")


REBINDABLE = frozenset({"assigned", "operand", "loop", "input", "output"})
"""The kinds of names that may stand for something else after a line."""


def _augmented(statement: nodes.Augmented, frame: Frame) -> None:
    target = statement.target
    if not isinstance(target, nodes.Name):
        frame.report(
            codes.BAD_TARGET, target.span, "`+=` adds to a name", help="write x += y, or xs += [x]"
        )
        return
    binding = frame.scope.names.get(target.id)
    outer = frame.scope.find(target.id)
    if binding is None and outer is not None and outer.kind == "lost":
        evaluate(statement.value, frame)
        return
    if binding is None:
        outside = outer is not None
        frame.report(
            codes.UNKNOWN_NAME,
            target.span,
            f"{target.id} belongs to the file, and a block cannot change it"
            if outside
            else f"nothing is called `{target.id}` yet",
            help=f"bind it first: {target.id} = …",
        )
        evaluate(statement.value, frame)
        if not outside:
            frame.scope.names[target.id] = Binding(UNKNOWN, target.span, "lost")
        return
    before, value = binding.value, evaluate(statement.value, frame)
    binding.used = True
    bind_name(target, _added(statement, target, before, value, frame), "assigned", frame)


def _added(
    statement: nodes.Augmented, target: nodes.Name, before: Value, value: Value, frame: Frame
) -> Value:
    if isinstance(before, list) and not is_unknown(value):
        if not isinstance(value, list | tuple):
            frame.report(
                codes.WRONG_KIND,
                statement.value.span,
                f"a list grows by a list, and this is {describe(value)}",
                help=f"write {target.id} += [{statement.value.span.text}]",
            )
            return before
        if len(before) + len(value) > MOST_ITEMS:
            frame.report(
                codes.LIMIT,
                statement.span,
                f"the list grows to more than {MOST_ITEMS:,} items",
                help="keep sizes and lists within reason",
            )
            return UNKNOWN
        if frame.dry:
            return [*before, *value]
        length = len(before)
        before.extend(value)  # as in Python, whoever holds the list sees it grow
        if is_unknown(bounded(statement, before, frame)):
            del before[length:]  # it may hold itself
            return UNKNOWN
        frame.state.grown.append(before)
        return before
    node = nodes.Binary(
        span=statement.span, op="+", left=target, right=statement.value, op_span=statement.span
    )
    if isinstance(before, Tensor) or isinstance(value, Tensor):
        return operators.binary(node, before, value, frame)
    from dsl.checker import arithmetic  # noqa: PLC0415 -- values alone need it

    return arithmetic.binary(node, before, value, frame)


def _const(statement: nodes.Const, frame: Frame) -> None:
    value = evaluate(statement.value, frame)
    if not is_constant(value) and not is_unknown(value):
        frame.report(
            codes.WRONG_KIND,
            statement.value.span,
            f"a constant is a value, not {describe(value)}",
            help="leave out `const`, or write `shared` for a layer with one set of weights",
        )
    if statement.name.id in frame.scope.names:
        known = frame.scope.names[statement.name.id]
        frame.report(
            codes.REBOUND,
            statement.name.span,
            f"{statement.name.id} is bound already, and a constant is bound once",
            help="choose another name, or leave out `const`",
            labels=[Label(known.span, f"{statement.name.id} is bound here")],
        )
        return
    bind_name(statement.name, value, "const", frame)


def _shared(statement: nodes.Shared, frame: Frame) -> None:
    if frame.loops:
        frame.report(
            codes.MISPLACED,
            statement.span,
            "`shared` stands in no loop: each turn would make another set of weights",
            help="make it before the loop",
        )
    value = evaluate(statement.value, frame)
    match value:
        case LayerClass():
            from dsl.checker import calls  # noqa: PLC0415 -- only for a bare layer

            value = calls.configure(statement.value, value.symbol, (), frame)
        case BlockDefinition():
            value = blocks.configure(statement.value, value, (), frame)
    if isinstance(value, Layer | ConfiguredBlock | PythonObject):
        blocks.share(value)
    elif not is_unknown(value):
        frame.report(
            codes.WRONG_KIND,
            statement.value.span,
            f"`shared` makes one layer, block or model for several uses, and this is {describe(value)}",
            help=f"write shared {statement.name.id} = LSTM(32), and apply it after: {statement.name.id}(x)",
        )
    bind_name(statement.name, value, "shared", frame)


def _outside_default(statement: nodes.OutsideDefault, frame: Frame) -> None:
    name = statement.target.name
    value = evaluate(statement.value, frame)
    if not frame.at_top or frame.loops:
        _misplaced(statement.span, "a default of an outside value", frame)
        frame.state.outside_defaults.setdefault(name, UNKNOWN)
        return
    if not is_constant(value) and not is_unknown(value):
        frame.report(
            codes.OUTSIDE_KIND,
            statement.value.span,
            f"the default of ${name} is a plain value, not {describe(value)}",
            help="give a number, a word, a text, or a list of these",
        )
        value = UNKNOWN
    frame.state.outside_defaults.setdefault(name, value)


def _expression(statement: nodes.ExprStatement, frame: Frame) -> None:
    if _meant_binding(statement.value, frame):
        return
    value = evaluate(statement.value, frame)
    if is_unknown(value) or is_mistaken(value):
        frame.lose()
        return
    node = statement.value
    if isinstance(node, nodes.String):
        help_ = "a comment begins with #"
    elif isinstance(value, Tensor):
        help_ = "bind it (y = …), make it an output (output y = …), or delete the line"
    elif isinstance(value, Layer | ConfiguredBlock | LayerClass | BlockDefinition):
        help_ = f"apply it to a tensor and bind the result: y = {node.span.text}(x)"
    else:
        help_ = "bind it to a name, or delete the line"
    code = codes.NOT_APPLIED if help_.startswith("apply") else codes.MISPLACED
    frame.report(code, node.span, f"{describe(value)} stands alone and does nothing", help=help_)


def _meant_binding(node: nodes.Expr, frame: Frame) -> bool:
    """Whether a statement would give a value to a new name, but for its form; then it is reported."""
    match node:
        case nodes.Compare(operands=(nodes.Name() as name, value), ops=("==",)):
            words_ = "`==` compares, and gives no name to anything"
            help_ = f"write {name.id} = {value.span.text}"
        case nodes.Compare(operands=(nodes.Name() as name, value), ops=("<",)) if (
            value.span.text.startswith("-") and node.span.source.text[value.span.start - 1] == "<"
        ):
            _report_arrow_left(name, value, frame)
            return True
        case nodes.Chain(stages=(*_, nodes.Name() as name)):
            before = node.span.source.span(node.span.start, node.stages[-2].span.end)
            words_ = f"`->` gives no name: nothing is called `{name.id}` yet"
            help_ = f"write {name.id} = {before.text}"
        case _:
            return False
    if frame.scope.find(name.id) is not None or words.means_something(name.id):
        return False
    frame.report(codes.MISPLACED, name.span, words_, help=help_)
    frame.lose()
    frame.scope.names[name.id] = Binding(UNKNOWN, name.span, "assigned")
    return True


def _report_arrow_left(name: nodes.Name, value: nodes.Expr, frame: Frame) -> None:
    """`x <- y`, by which a name gets its value elsewhere."""
    arrow = value.span.source.span(value.span.start - 1, value.span.start + 1)
    given = value.span.text[1:].strip()
    help_ = f"write {name.id} = {given}" if len(given) < LONGEST_VALUE else "write `=`"
    frame.report(
        codes.MISPLACED, arrow, "`<-` gives no value to a name", help=help_, fix=Fix(arrow, "=")
    )
    frame.lose()
    frame.scope.names[name.id] = Binding(UNKNOWN, name.span, "assigned")


LONGEST_VALUE = 60
"""Letters of a value that a help line repeats."""


def _return(statement: nodes.Return, frame: Frame) -> Returned | None:
    if frame.at_top:
        frame.report(
            codes.MISPLACED,
            statement.span,
            "`return` stands in a block or model",
            help=f"at top level write: output y = {statement.value.span.text}",
        )
        evaluate(statement.value, frame)
        return None
    value = evaluate(statement.value, frame)
    if isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition):
        frame.report(
            codes.NOT_APPLIED,
            statement.value.span,
            f"{describe(value)} is returned, and was not applied",
            help=f"return a tensor: return {statement.value.span.text}(x)",
        )
        value = UNKNOWN
    return Returned(value)


# ---- loops and choices


def _for(statement: nodes.For, frame: Frame) -> Returned | None:
    values = iterate(
        statement.iterable, evaluate(statement.iterable, frame), frame, "a loop goes through"
    )
    if not values or (len(values) == 1 and is_unknown(values[0])):
        turn = forked(frame)
        bind_target(statement.target, UNKNOWN, "loop", turn)
        _dry(statement.body, turn)
        if values:
            frame.lose()
            _forget(statement.body, frame)
        return None
    around = frame.around_loop(statement.target.span.to(statement.iterable.span))
    for index, value in enumerate(values):
        if not frame.step(statement.span):
            return Returned(UNKNOWN)
        turn = around.within_loop(index)
        bind_target(statement.target, value, "loop", turn)
        for inner in statement.body:
            outcome = run(inner, turn)
            if outcome is not None:
                return outcome
    return None


def forked(frame: Frame) -> Frame:
    """A frame where nothing is applied, whose names leave no trace."""
    scope = Scope(outer=frame.scope.outer, names=dict(frame.scope.names))
    return replace(frame.unapplied(), scope=scope)


def _dry(body: tuple[nodes.Statement, ...], frame: Frame) -> None:
    for statement in body:
        run(statement, frame)


def _if(statement: nodes.If, frame: Frame) -> Returned | None:
    taken: tuple[nodes.Statement, ...] | None = None
    open_question = False
    for test, body in statement.branches:
        if taken is not None:
            if test is not None:
                evaluate(test, forked(frame))
            _dry(body, forked(frame))
            continue
        holds = True if test is None else truth(test, frame)
        if holds is None or open_question:
            open_question = True
            frame.lose()
            _dry(body, forked(frame))
            _forget(body, frame)
        elif holds:
            taken = body
            frame.fact(statement, len([one for one in statement.branches if one[1] is not body]))
            outcome = _run_all(body, frame)
            if outcome is not None:
                return outcome
        else:
            _dry(body, forked(frame))
    return None


def _run_all(body: tuple[nodes.Statement, ...], frame: Frame) -> Returned | None:
    for statement in body:
        outcome = run(statement, frame)
        if outcome is not None:
            return outcome
    return None


def _forget(body: tuple[nodes.Statement, ...], frame: Frame) -> None:
    """After a choice that could not be made, what it may bind is unknown."""
    for statement in walk_statements(body):
        for name in bindings(statement):
            frame.scope.names[name] = Binding(UNKNOWN, statement.span, "assigned")


# ---- what stands at top level


def _misplaced(span: Span, what: str, frame: Frame) -> None:
    frame.report(
        codes.MISPLACED,
        span,
        f"{what} stands at top level",
        help="move it out of the block, loop or choice",
    )


def _input(statement: nodes.Input, frame: Frame) -> None:
    if not frame.at_top or frame.loops or frame.dry:
        _misplaced(statement.span, "an input", frame)
        for name in [statement.name.id, *(one.name.id for one in statement.fields)]:
            frame.scope.names.setdefault(name, Binding(UNKNOWN, statement.span, "input"))
        return
    endpoints.declare_input(statement, frame)


def _output(statement: nodes.Output, frame: Frame) -> None:
    if not frame.at_top or frame.loops:
        _misplaced(statement.span, "an output", frame)
        if statement.value is not None:
            value = evaluate(statement.value, frame)
            for name in statement.names:
                one = value if len(statement.names) == 1 else UNKNOWN
                frame.scope.names[name.id] = Binding(one, name.span, "assigned")
        return
    endpoints.declare_output(statement, frame)


def _train(statement: nodes.Train, frame: Frame) -> None:
    if not frame.at_top or frame.loops or frame.dry:
        _misplaced(statement.span, "`train:`", frame)


def _nothing(statement: nodes.Statement, frame: Frame) -> None:
    """Blocks and imports are seen to before the statements run."""
    if not frame.at_top or frame.loops or (frame.dry and frame.file.is_main):
        kind = "a block" if isinstance(statement, nodes.Block) else "an import"
        _misplaced(statement.span, kind, frame)
        for name in bindings(statement):
            frame.scope.names.setdefault(name, Binding(UNKNOWN, statement.span, "lost"))


RUNNERS: dict[type[Any], Callable[[Any, Frame], Returned | None]] = {
    nodes.Assign: _assign,
    nodes.Augmented: _augmented,
    nodes.Const: _const,
    nodes.Shared: _shared,
    nodes.OutsideDefault: _outside_default,
    nodes.ExprStatement: _expression,
    nodes.Return: _return,
    nodes.For: _for,
    nodes.If: _if,
    nodes.Input: _input,
    nodes.Output: _output,
    nodes.Train: _train,
    nodes.Gap: _gap,
    nodes.Block: _nothing,
    nodes.Import: _nothing,
}


def finish_scope(frame: Frame) -> None:
    """Say which layers were configured and bound, and never applied."""
    state = frame.state
    if "connections" in state.lost and state.problems.has_errors:
        return  # a mistake hides what is applied
    for name, binding in frame.scope.names.items():
        value = binding.value
        if not isinstance(value, Layer | ConfiguredBlock) or value.applied or name.startswith("_"):
            continue
        if name in frame.file.tree.unread:
            continue  # a line that could not be read may apply it
        if isinstance(value, Layer) and value.symbol.namespace not in {"layers", "applications"}:
            continue
        if binding.kind == "assigned" and not binding.used:
            frame.report(
                codes.NOT_APPLIED,
                value.span,
                f"{describe(value)} is configured and never applied",
                help=f"apply it to a tensor: y = {name}(x), or delete it",
            )
        elif binding.kind == "shared" and not binding.used:
            frame.report(
                codes.NOT_APPLIED,
                value.span,
                f"the shared {name} is never applied",
                help=f"apply it to a tensor: y = {name}(x), or delete it",
            )
