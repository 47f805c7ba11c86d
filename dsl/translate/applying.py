"""What is applied to tensors: layers, blocks, functions, chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.checker.facts import (
    ApplyFact,
    Bound,
    BuiltinFact,
    FunctionFact,
    MakeFact,
)  # fmt: skip
from dsl.checker.values import BlockDefinition
from dsl.emit import plan
from dsl.records import replace
from dsl.translate.part import Part, in_places, pairs_of, word_of
from dsl.translate.plainer import plainer_call
from dsl.translate.scopes import positional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.source import Span
    from dsl.translate.scopes import Place


class Applying(Part):
    """What is applied to tensors: layers, blocks, functions, chains."""

    def call(self, node: nodes.Call, place: Place) -> plan.Expr:
        """A call: a configuration, a function, an application."""
        fact = self.facts.get(node)
        match fact:
            case MakeFact():
                return self.whole.make(node, place)
            case FunctionFact():
                return self.function(node, fact, None, place)
            case BuiltinFact():
                return self._builtin(node, fact, [], place)
        application = self.facts.application(node)
        return self.apply(node, nodes.strip(node.callee), application, [], place)

    def apply(
        self,
        node: nodes.Expr,
        callee: nodes.Expr,
        fact: ApplyFact | None,
        piped: list[Any],
        place: Place,
    ) -> plan.Expr:
        """Apply what an expression stands for to tensors."""
        made = self.facts.get(callee)
        given = node.arguments if isinstance(node, nodes.Call) and callee is not node else ()
        operands = [*piped, *self._applied(given, fact, place)]
        if fact is not None and fact.definition is not None:
            operands = self._operands(fact.definition, operands, spreads=fact.spreads)
        block = made.target if isinstance(made, MakeFact) else None
        if isinstance(block, BlockDefinition) and self._applies_at_once(block):
            return self._direct(callee, made, block, operands, node.span, place)
        if fact is not None and fact.callee == "word":
            word = self.whole.translate(callee, place)
            function = plan.Call(plan.Raw("keras.activations.get"), (word,), span=callee.span)
            return plan.Call(function, tuple(operands), span=node.span)
        target = (
            self.whole.make(callee, place)
            if isinstance(made, MakeFact)
            else self.whole.translate(callee, place)
        )
        return plan.Call(target, tuple(operands), span=node.span)

    def _applied(
        self, arguments: Sequence[nodes.Argument], fact: ApplyFact | None, place: Place
    ) -> list[Any]:
        """The arguments of the second parentheses as written, a flag by its name."""
        flags = {one.parameter for one in (fact.bound if fact else ()) if one.node is None}
        found: list[Any] = []
        for one in arguments:
            word = "" if one.name else word_of(one.value)
            if word in flags:
                found.append(plan.Keyword(word, plan.Raw("True"), span=one.span))
            else:
                found += self.whole.call_arguments([one], place)
        positional = [one for one in found if not isinstance(one, plan.Keyword)]
        return [*positional, *(one for one in found if isinstance(one, plan.Keyword))]

    def _operands(
        self, definition: BlockDefinition, operands: list[Any], *, spreads: bool
    ) -> list[Any]:
        """The operands of a block by its own names; those of a model in one list."""
        if definition.is_model:
            return _in_order(operands, tuple(one.name.id for one in definition.node.inputs))
        names = self.builder.input_names(definition)
        return [
            plan.Keyword(names[one.name], one.value, span=one.span)
            if isinstance(one, plan.Keyword)
            else one
            for one in (_spread(operands) if spreads else operands)
        ]

    def _applies_at_once(self, definition: BlockDefinition) -> bool:
        return not definition.is_model and not self.builder.survey.of(definition).maker

    def _direct(
        self,
        callee: nodes.Expr,
        fact: MakeFact,
        definition: BlockDefinition,
        operands: list[Any],
        span: Span,
        place: Place,
    ) -> plan.Expr:
        """A block that makes and applies at once: operands first, then its configuration."""
        target, args, _ = self.whole.block_call(callee, fact, definition, place)
        node = definition.node
        names = self.builder.parameter_names(definition)
        inputs = [names[one.name.id] for one in node.inputs]
        if any(isinstance(one, plan.Star) for one in args):
            operands = _in_place(operands, inputs)
        by_position = [one for one in operands if not isinstance(one, plan.Keyword)]
        for_operands = inputs[: len(by_position)]
        placed = in_places(
            [*operands, *args],
            [*for_operands, *self.whole.required(definition)],
            [names[one.name.id] for one in positional((*node.inputs, *node.parameters))],
        )
        return plan.Call(target, tuple(placed), span=span)

    def function(self, node: nodes.Expr, fact: FunctionFact, piped: Any, place: Place) -> plan.Expr:
        """A function of tensors: positions as written, words by name."""
        arguments = [
            replace(one, value=piped) if piped is not None and number == 0 else one
            for number, one in enumerate(_written_once(fact.bound))
        ]
        parameters = [one.name for one in fact.symbol.parameters]
        given = [
            (
                one.parameter,
                one.value
                if number == 0 and piped is not None
                else self._function_argument(one, place),
            )
            for number, one in enumerate(arguments)
            if one.parameter != "name"
        ]
        if fact.snake:
            return self._merge(node, fact, given, place)
        args = _positions(given, parameters)
        return plan.Call(
            plan.Raw(self.whole.path(fact.symbol), span=node.span), tuple(args), span=node.span
        )

    def _function_argument(self, bound: Bound, place: Place) -> Any:
        if isinstance(bound.node, nodes.Splat):
            return self.whole.value(bound.node, place)
        return self.whole.bound(bound, place)

    def _merge(
        self, node: nodes.Expr, fact: FunctionFact, given: list[tuple[str, Any]], place: Place
    ) -> plan.Expr:
        """`concatenate([a, b])`: a layer that bears a name."""
        explicit = next((one for one in fact.bound if one.parameter == "name"), None)
        key = place.file.names.local(fact.scope, node, fact.snake)
        name = self.whole.name_argument(explicit, key, place)
        operands = [value for parameter, value in given if parameter == "inputs"]
        rest = [
            plan.Keyword(parameter, value) for parameter, value in given if parameter != "inputs"
        ]
        self.builder.uses.add("layers")
        if place.maker:
            made = plan.Call(
                plan.Raw(f"layers.{fact.symbol.name.capitalize()}"), (*rest, *name), span=node.span
            )
            return plan.Call(self.whole.once(made, key, place), tuple(operands), span=node.span)
        path = plan.Raw(f"layers.{fact.symbol.name}", span=node.span)
        return plan.Call(path, (*operands, *rest, *name), span=node.span)

    def _builtin(
        self, node: nodes.Expr, fact: BuiltinFact, piped: list[Any], place: Place
    ) -> plan.Expr:
        """A function of Python's, or `positions`; an iterator as the list that it is in the source."""
        made = self._python_call(node, fact, piped, place)
        is_iterator = isinstance(made, plan.Call) and made.func in ITERATORS
        return plan.Call(plan.Raw("list"), (made,), span=node.span) if is_iterator else made

    def iterated(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """What is gone through once, there and then: an iterator will do."""
        inner = nodes.strip(node)
        fact = self.facts.get(inner)
        if isinstance(fact, BuiltinFact) and isinstance(inner, nodes.Call):
            return self._python_call(inner, fact, [], place)
        return self.whole.translate(node, place)

    def _python_call(
        self, node: nodes.Expr, fact: BuiltinFact, piped: list[Any], place: Place
    ) -> plan.Expr:
        arguments = node.arguments if isinstance(node, nodes.Call) else ()
        if fact.name == "positions":
            given = [*piped, *self.whole.call_arguments(arguments, place)]
            return self._positions(given[0], node, place)
        args = [*piped, *(self._python_argument(one, fact.name, place) for one in arguments)]
        made = plainer_call(fact.name, tuple(args), node.span)
        if isinstance(made, plan.Call) and made.func == plan.Raw("pairwise"):
            self.builder.imports.add("from itertools import pairwise")
        return made

    def _python_argument(self, argument: nodes.Argument, function: str, place: Place) -> Any:
        take = self.iterated if function in GOES_THROUGH else self.whole.translate
        value: Any = (
            self.whole.value(argument.value, place)
            if isinstance(argument.value, nodes.Splat)
            else take(argument.value, place)
        )
        if self.facts.has_pairs(argument.value):
            value = pairs_of(value)
        return plan.Keyword(argument.name, value, span=argument.span) if argument.name else value

    def _positions(self, operand: plan.Expr, node: nodes.Expr, place: Place) -> plan.Expr:  # noqa: ARG002
        """0, 1, 2, … along axis 1: a cumulated sum of ones that hangs on the tensor."""
        self.builder.uses.add("ops")
        if self.builder.position_ranks.get(id(node)) == 3:
            whole = plan.Slice()
            operand = plan.Index(operand, (whole, whole, plan.Raw("0")), span=node.span)
        ones = plan.Call(
            plan.Raw("ops.ones_like"),
            (operand, plan.Keyword("dtype", plan.Raw('"int32"'))),
            span=node.span,
        )
        total = plan.Call(
            plan.Raw("ops.cumsum"), (ones, plan.Keyword("axis", plan.Raw("1"))), span=node.span
        )
        return plan.Binary("-", total, plan.Raw("1"), span=node.span)

    def chain(self, node: nodes.Chain, place: Place) -> plan.Expr:
        """A chain within an expression: nested calls, a long one in lines of its own before."""
        value: Any = self.whole.translate(node.stages[0], place)
        lines = place.hoists and len(node.stages) > MOST_NESTED
        variable = place.names.fresh("branch") if lines else ""
        for number, stage in enumerate(node.stages[1:], 2):
            value = self.stage(stage, value, place)
            if lines and number < len(node.stages):
                place.before.append(plan.Assign(plan.Raw(variable), value, span=stage.span))
                value = plan.Raw(variable, span=stage.span)
        return value  # type: ignore[no-any-return]

    def stage(self, node: nodes.Expr, value: Any, place: Place) -> plan.Expr:
        """One stage of a chain, applied to what is sent."""
        stage = nodes.strip(node)
        fact = self.facts.get(stage)
        match fact:
            case FunctionFact():
                return self.function(stage, fact, value, place)
            case BuiltinFact():
                return self._builtin(stage, fact, [value], place)
            case MakeFact():
                return self._apply_made(stage, fact, value, place)
        callee = nodes.strip(stage.callee) if isinstance(stage, nodes.Call) else stage
        return self.apply(stage, callee, self.facts.application(stage), [value], place)

    def _apply_made(self, stage: nodes.Expr, fact: MakeFact, value: Any, place: Place) -> plan.Expr:
        operands: list[Any] = [value]
        if isinstance(fact.target, BlockDefinition):
            application = self.facts.application(stage)
            spreads = application is not None and application.spreads
            operands = self._operands(fact.target, operands, spreads=spreads)
            if self._applies_at_once(fact.target):
                return self._direct(stage, fact, fact.target, operands, stage.span, place)
        return plan.Call(self.whole.make(stage, place), tuple(operands), span=stage.span)


ITERATORS = tuple(plan.Raw(name) for name in ("enumerate", "pairwise", "reversed", "zip"))
"""Functions of Python's that give what can be gone through once only."""


GOES_THROUGH = frozenset({"enumerate", "max", "min", "sorted", "sum", "zip"})
"""Functions of Python's that go through their arguments once."""


MOST_NESTED = 4
"""Stages of a chain within an expression that stand as nested calls; more are lines of their own."""


def _spread(operands: list[Any]) -> list[Any]:
    """The operands of a block of which the first is a list of several."""
    first, *rest = operands
    if isinstance(first, plan.Keyword):
        first = first.value
    return [*(first.items if isinstance(first, plan.Sequence) else [plan.Star(first)]), *rest]


def _written_once(bound: Sequence[Bound]) -> list[Bound]:
    """The arguments without those that a `*` before them gives too."""
    spread: set[int] = set()
    kept = []
    for one in bound:
        if isinstance(one.node, nodes.Splat):
            if id(one.node) in spread:
                continue
            spread.add(id(one.node))
        kept.append(one)
    return kept


def _in_place(operands: list[Any], names: Sequence[str]) -> list[Any]:
    """Operands by position, as far as they stand in the signature's order."""
    given = [one for one in operands if not isinstance(one, plan.Keyword)]
    by_name = {one.name: one for one in operands if isinstance(one, plan.Keyword)}
    for name in names[len(given) :]:
        if name not in by_name:
            break
        given.append(by_name.pop(name).value)
    return [*given, *by_name.values()]


def _in_order(operands: list[Any], order: tuple[str, ...]) -> list[Any]:
    """Several operands as one list in the order of a model's inputs, as `keras.Model` takes them."""
    by_name = {one.name: one.value for one in operands if isinstance(one, plan.Keyword)}
    positional = [one for one in operands if not isinstance(one, plan.Keyword)]
    values = [*positional, *(by_name[name] for name in order[len(positional) :] if name in by_name)]
    return values if len(values) == 1 else [plan.Sequence("list", tuple(values))]


def _positions(given: list[tuple[str, Any]], parameters: list[str]) -> list[Any]:
    """Arguments by position as long as they stand in the signature's order, then by name."""
    positional: list[Any] = []
    keywords: list[Any] = []
    for number, (parameter, value) in enumerate(given):
        in_order = not keywords and (
            not parameter or (number < len(parameters) and parameters[number] == parameter)
        )
        by_place = number < 1 or parameter not in _BY_NAME or isinstance(value, plan.Star)
        if in_order and by_place:
            positional.append(value)
        else:
            keywords.append(plan.Keyword(parameter, value))
    return [*positional, *keywords]


_BY_NAME = {"axis", "keepdims", "dtype", "axes", "padding", "indexing"}
"""What reads better by name."""
