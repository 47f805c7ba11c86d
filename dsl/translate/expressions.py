"""Expressions of the source as Python: values as they stand, layers and functions as Keras has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue.lookup import POSITIONAL, REQUIRED, Symbol
from dsl.catalogue.weights import holds_weights
from dsl.checker.expressions import CONSTANTS
from dsl.checker.facts import (
    ApplyFact,
    Bound,
    BuiltinFact,
    FunctionFact,
    MakeFact,
    SymbolFact,
    WordFact,
)  # fmt: skip
from dsl.checker.naming import MERGES, children, dotted, target_names
from dsl.checker.values import BlockDefinition, PythonObject, configured
from dsl.checker.words import snake
from dsl.emit import plan
from dsl.emit.literals import literal, quoted
from dsl.records import replace
from dsl.translate.plainer import negated, plainer_call
from dsl.translate.scopes import positional

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dsl.source import Span
    from dsl.translate.builder import Builder
    from dsl.translate.scopes import Place

SHORT = ("layers", "ops", "applications")
"""Namespaces that the script imports from keras; others are written in full."""


ITERATORS = tuple(plan.Raw(name) for name in ("enumerate", "pairwise", "reversed", "zip"))
"""Functions of Python's that give what can be gone through once only."""

GOES_THROUGH = frozenset({"enumerate", "max", "min", "sorted", "sum", "zip"})
"""Functions of Python's that go through their arguments once."""

MOST_NESTED = 4
"""Stages of a chain within an expression that stand as nested calls; more are lines of their own."""


class Expressions:
    """Translates expressions; `builder` knows the module's names and the blocks' forms."""

    def __init__(self, builder: Builder) -> None:
        """Keep the builder."""
        self.builder = builder
        self.facts = builder.facts

    def translate(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """An expression as Python."""
        made: plan.Expr = _TRANSLATORS[type(node)](self, node, place)
        return made

    def value(self, node: nodes.Expr, place: Place) -> Any:
        """An argument, which may be a `*`."""
        if isinstance(node, nodes.Splat):
            return plan.Star(self.iterated(node.value, place), span=node.span)
        return self.translate(node, place)

    # ---- leaves

    def name(self, node: nodes.Name, place: Place) -> plan.Expr:
        """A name: a variable, a word, or something of Keras."""
        if node.id in CONSTANTS:
            return plan.Raw(str(CONSTANTS[node.id]), span=node.span)
        fact = self.facts.get(node)
        if isinstance(fact, WordFact):
            return plan.Raw(quoted(fact.text), span=node.span)
        if isinstance(fact, SymbolFact):
            return plan.Raw(self.path(fact.symbol), span=node.span)
        if isinstance(fact, MakeFact):
            return self.make(node, place)
        python = place.names.python(node.id)
        if python is not None:
            return plan.Raw(python, span=node.span)
        function = self.builder.function_of(node.id, place)
        if function:
            return plan.Raw(function, span=node.span)
        return plan.Raw(quoted(node.id), span=node.span)

    def path(self, symbol: Symbol) -> str:
        """How the script names something of Keras."""
        root = symbol.namespace.partition(".")[0]
        if root in SHORT:
            self.builder.uses.add(root)
            return symbol.path.removeprefix("keras.")
        return symbol.path

    def outside(self, node: nodes.Outside, place: Place) -> plan.Expr:  # noqa: ARG002
        """`$name`: a constant of the module."""
        return plan.Raw(self.builder.outside_name(node.name), span=node.span)

    def fstring(self, node: nodes.FString, place: Place) -> plan.Expr:
        """An f-string."""
        parts = tuple(
            part
            if isinstance(part, str)
            else plan.FormattedValue(
                self.translate(part.value, place), part.conversion, part.format, span=part.span
            )
            for part in node.parts
        )
        return plan.FString(parts, span=node.span)

    # ---- what is made

    def make(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """What a configuration makes: a layer, an object of Keras or Python, a maker's function, a nested model."""
        fact: MakeFact = self.facts.get(node)
        arguments = node.arguments if isinstance(node, nodes.Call) else ()
        match fact.target:
            case Symbol() as symbol:
                return self._keras(node, fact, symbol, place)
            case BlockDefinition() as definition:
                made, key = self._block(node, fact, definition, place)
                return self._once(made, key, place) if place.maker else made
        return self._python(node, fact, place, arguments)

    def _once(self, made: plan.Call, key: str, place: Place) -> plan.Call:
        where = self.path_name(key, place, prefixed=False)
        return plan.Call(plan.Raw("once"), (where, made.func, *made.args), span=made.span)

    def _keras(self, node: nodes.Expr, fact: MakeFact, symbol: Symbol, place: Place) -> plan.Expr:
        bound = [one for one in fact.bound if one.parameter not in {"name", "trainable"}]
        args = self._arguments(bound, symbol, place)
        span = node.span
        callee = self._callee(node, symbol, place)
        named = bool(fact.snake) and place.file.names.has(node)
        key = place.file.names.local(fact.scope, node, fact.snake) if named else ""
        explicit = next((one for one in fact.bound if one.parameter == "name"), None)
        frozen = self._trainable(fact, symbol, place, named=named)
        is_model = symbol.namespace == "applications"
        if is_model:
            args += self._input_shape(node, fact)
        elif frozen is not None:
            args.append(plan.Keyword("trainable", frozen))
        args += self._name_argument(explicit, key, place)
        made = plan.Call(callee, tuple(args), span=span)
        if place.maker and key:
            made = self._once(made, key, place)
        return self._application(made, frozen, key, place) if is_model else made

    def _input_shape(self, node: nodes.Expr, fact: MakeFact) -> list[plan.Keyword]:
        """The shape of the image that an application is applied to: without it Keras builds for another one."""
        shapes = self.builder.state.input_shapes.get(id(node), [])
        if not shapes or any(
            one.parameter in {"input_shape", "input_tensor"} for one in fact.bound
        ):
            return []
        axes = zip(*[shape[1:] for shape in shapes], strict=True)
        sizes = [
            sizes[0] if len(set(sizes)) == 1 and isinstance(sizes[0], int) else None
            for sizes in axes
        ]
        return [plan.Keyword("input_shape", literal(tuple(sizes)))]

    def _callee(self, node: nodes.Expr, symbol: Symbol, place: Place) -> plan.Expr:
        """What is called: the variable that holds a layer's class, or the class itself."""
        callee = _strip(node.callee) if isinstance(node, nodes.Call) else node
        if (isinstance(callee, nodes.Name) and self.facts.get(callee) is None) or (
            callee is node and isinstance(node, nodes.Name)
        ):
            python = place.names.python(callee.id)  # type: ignore[union-attr]
            if python is not None:
                return plan.Raw(python, span=callee.span)
        return plan.Raw(self.path(symbol), span=callee.span)

    def _name_argument(self, explicit: Bound | None, key: str, place: Place) -> list[plan.Keyword]:
        if explicit is not None and explicit.node is not None:
            value = self.translate(explicit.node, place)
            return [plan.Keyword("name", self._behind_path(value, place))]
        if key:
            return [plan.Keyword("name", self.path_name(key, place))]
        return []

    def _behind_path(self, value: plan.Expr, place: Place) -> plan.Expr:
        """An explicit name behind the block's own."""
        if place.definition is None:
            return value
        if isinstance(value, plan.FString):
            return replace(value, parts=(_NAME, ".", *value.parts))
        if isinstance(value, plan.Raw) and value.text[:1] in "\"'":
            import ast  # noqa: PLC0415 -- only for a name written in a block

            return plan.FString((_NAME, f".{ast.literal_eval(value.text)}"), span=value.span)
        return plan.FString((_NAME, ".", plan.FormattedValue(value)), span=value.span)

    def path_name(self, local: str, place: Place, *, prefixed: bool = True) -> plan.Expr:
        """The name of a layer: its block's, its own, the indices of its loops."""
        parts: list[str | plan.FormattedValue] = []
        text = local
        if prefixed and place.definition is not None:
            parts.append(_NAME)
            text = f".{local}"
        if not parts and not place.loops:
            return plan.Raw(quoted(text))
        for index in place.loops:
            parts += [f"{text}.", plan.FormattedValue(plan.Raw(index))]
            text = ""
        if text:
            parts.append(text)
        return plan.FString(tuple(parts))

    def _trainable(
        self, fact: MakeFact, symbol: Symbol, place: Place, *, named: bool
    ) -> plan.Expr | None:
        given = next((one for one in fact.bound if one.parameter == "trainable"), None)
        own = (
            self.translate(given.node, place)
            if given is not None and given.node is not None
            else None
        )
        if not place.trainable or not named:
            return own
        values = {one.parameter: configured(one.value) for one in fact.bound}
        if not holds_weights(symbol, values):
            return own
        return _both(own)

    def _application(
        self, made: plan.Expr, frozen: plan.Expr | None, key: str, place: Place
    ) -> plan.Expr:
        """An application of Keras is frozen by a statement of its own."""
        if frozen is None:
            return made
        variable = place.names.fresh(snake(key) or "backbone", "backbone")
        place.before.append(plan.Assign(plan.Raw(variable), made, span=made.span))
        place.before.append(
            plan.Assign(plan.Attr(plan.Raw(variable), "trainable"), frozen, span=made.span)
        )
        return plan.Raw(variable, span=made.span)

    def _block(
        self, node: nodes.Expr, fact: MakeFact, definition: BlockDefinition, place: Place
    ) -> tuple[plan.Call, str]:
        callee, args, key = self._block_call(node, fact, definition, place)
        names = self.builder.parameter_names(definition)
        first = [names[one.name.id] for one in positional(definition.node.parameters)]
        placed = _placed(args, self._required(definition), first)
        return plan.Call(callee, tuple(placed), span=node.span), key

    def _block_call(
        self, node: nodes.Expr, fact: MakeFact, definition: BlockDefinition, place: Place
    ) -> tuple[plan.Expr, list[Any], str]:
        own = {one.name.id for one in definition.node.parameters}
        bound = [one for one in fact.bound if one.parameter in own]
        names = self.builder.parameter_names(definition)
        args = self._block_arguments(bound, definition, names, place)
        key = place.file.names.local(fact.scope, node, fact.snake)
        explicit = next(
            (one for one in fact.bound if one.parameter == "name" and "name" not in own), None
        )
        use = self.builder.survey.of(definition)
        for shared in sorted(use.shared):
            python = self.builder.shared_name(shared)
            args.append(plan.Keyword(python, plan.Raw(python)))
        if use.takes_trainable:
            args += self._block_trainable(fact, own, place)
        args += self._name_argument(explicit, key, place)
        callee = _strip(node.callee) if isinstance(node, nodes.Call) else node
        variable = place.names.python(callee.id) if isinstance(callee, nodes.Name) else None
        name = variable or self.builder.functions[id(definition)]
        return plan.Raw(name, span=callee.span), args, key

    def _block_trainable(self, fact: MakeFact, own: set[str], place: Place) -> list[plan.Keyword]:
        given = next(
            (one for one in fact.bound if one.parameter == "trainable" and "trainable" not in own),
            None,
        )
        value = (
            self.translate(given.node, place)
            if given is not None and given.node is not None
            else None
        )
        if place.trainable:
            value = _both(value)
        return [] if value is None else [plan.Keyword("trainable", value)]

    def _block_arguments(
        self,
        bound: Sequence[Bound],
        definition: BlockDefinition,
        names: dict[str, str],
        place: Place,
    ) -> list[Any]:
        required = [one.name.id for one in definition.node.parameters if one.default is None]
        return self._ordered(bound, required, place, lambda parameter: names[parameter])

    def _python(
        self, node: nodes.Expr, fact: MakeFact, place: Place, arguments: Sequence[nodes.Argument]
    ) -> plan.Expr:
        callee = _strip(node.callee) if isinstance(node, nodes.Call) else node
        target = fact.target
        name = self.builder.imported(target) if isinstance(target, PythonObject) else ""
        variable = place.names.python(callee.id) if isinstance(callee, nodes.Name) else None
        made = plan.Call(
            plan.Raw(variable or name, span=callee.span),
            tuple(self.call_arguments(arguments, place)),
            span=node.span,
        )
        if not place.maker:
            return made
        key = place.file.names.local(place.scope_key, node, snake(name or variable or "layer"))
        return self._once(made, key, place)

    # ---- arguments

    def call_arguments(self, arguments: Sequence[nodes.Argument], place: Place) -> list[Any]:
        """Arguments as written."""
        found: list[Any] = []
        for one in arguments:
            value = self.value(one.value, place)
            found.append(plan.Keyword(one.name, value, span=one.span) if one.name else value)
        return found

    def _arguments(self, bound: Sequence[Bound], symbol: Symbol, place: Place) -> list[Any]:
        """A layer's arguments: those that must be given by position, the others by name."""
        required = []
        for one in symbol.parameters:
            if one.default is not REQUIRED or one.kind != POSITIONAL:
                break
            required.append(one.name)
        return self._ordered(bound, required, place, lambda parameter: parameter)

    def _ordered(
        self,
        bound: Sequence[Bound],
        required: Sequence[str],
        place: Place,
        named: Callable[[str], str],
    ) -> list[Any]:
        by_name = {one.parameter: one for one in bound if one.parameter}
        if _splats(bound):
            return self._as_given(bound, place, named)
        first = []
        for parameter in required:
            if parameter not in by_name:
                break
            first.append(parameter)
        positional = [self._bound(by_name[parameter], place) for parameter in first]
        keywords = [
            plan.Keyword(named(one.parameter), self._bound(one, place))
            for one in bound
            if one.parameter and one.parameter not in first
        ]
        return [*positional, *keywords]

    def _as_given(
        self, bound: Sequence[Bound], place: Place, named: Callable[[str], str]
    ) -> list[Any]:
        """Arguments some of which a `*` gives: each as written, the `*` once."""
        found: list[Any] = []
        seen: set[int] = set()
        for one in bound:
            if isinstance(one.node, nodes.Splat):
                if id(one.node) not in seen:
                    found.append(self.value(one.node, place))
                seen.add(id(one.node))
            elif seen or not one.parameter:
                found.append(plan.Keyword(named(one.parameter), self._bound(one, place)))
            else:
                found.append(self._bound(one, place))
        positional = [one for one in found if not isinstance(one, plan.Keyword)]
        return [*positional, *(one for one in found if isinstance(one, plan.Keyword))]

    def _bound(self, bound: Bound, place: Place) -> plan.Expr:
        if bound.node is None:
            return literal(bound.value)
        if isinstance(bound.value, str) and isinstance(bound.node, nodes.String):
            return plan.Raw(quoted(str(bound.value)), span=bound.node.span)
        return self.translate(bound.node, place)

    # ---- what is applied

    def call(self, node: nodes.Call, place: Place) -> plan.Expr:
        """A call: a configuration, a function, an application."""
        fact = self.facts.get(node)
        match fact:
            case MakeFact():
                return self.make(node, place)
            case FunctionFact():
                return self.function(node, fact, None, place)
            case BuiltinFact():
                return self._builtin(node, fact, [], place)
        application = self.facts.application(node)
        return self.apply(node, _strip(node.callee), application, [], place)

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
            word = self.translate(callee, place)
            function = plan.Call(plan.Raw("keras.activations.get"), (word,), span=callee.span)
            return plan.Call(function, tuple(operands), span=node.span)
        target = (
            self.make(callee, place)
            if isinstance(made, MakeFact)
            else self.translate(callee, place)
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
                found += self.call_arguments([one], place)
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
        target, args, _ = self._block_call(callee, fact, definition, place)
        node = definition.node
        names = self.builder.parameter_names(definition)
        inputs = [names[one.name.id] for one in node.inputs]
        if any(isinstance(one, plan.Star) for one in args):
            operands = _in_place(operands, inputs)
        by_position = [one for one in operands if not isinstance(one, plan.Keyword)]
        for_operands = inputs[: len(by_position)]
        placed = _placed(
            [*operands, *args],
            [*for_operands, *self._required(definition)],
            [names[one.name.id] for one in positional((*node.inputs, *node.parameters))],
        )
        return plan.Call(target, tuple(placed), span=span)

    def _required(self, definition: BlockDefinition) -> list[str]:
        """The names of the parameters that a block's configuration gives by position."""
        names = self.builder.parameter_names(definition)
        return [names[one.name.id] for one in definition.node.parameters if one.default is None]

    def function(self, node: nodes.Expr, fact: FunctionFact, piped: Any, place: Place) -> plan.Expr:
        """A function of tensors: positions as written, words by name."""
        arguments = [
            replace(one, value=piped) if piped is not None and number == 0 else one
            for number, one in enumerate(fact.bound)
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
            plan.Raw(self.path(fact.symbol), span=node.span), tuple(args), span=node.span
        )

    def _function_argument(self, bound: Bound, place: Place) -> Any:
        if isinstance(bound.node, nodes.Splat):
            return self.value(bound.node, place)
        return self._bound(bound, place)

    def _merge(
        self, node: nodes.Expr, fact: FunctionFact, given: list[tuple[str, Any]], place: Place
    ) -> plan.Expr:
        """`concatenate([a, b])`: a layer that bears a name."""
        explicit = next((one for one in fact.bound if one.parameter == "name"), None)
        key = place.file.names.local(fact.scope, node, fact.snake)
        name = self._name_argument(explicit, key, place)
        operands = [value for parameter, value in given if parameter == "inputs"]
        rest = [
            plan.Keyword(parameter, value) for parameter, value in given if parameter != "inputs"
        ]
        self.builder.uses.add("layers")
        if place.maker:
            made = plan.Call(
                plan.Raw(f"layers.{fact.symbol.name.capitalize()}"), (*rest, *name), span=node.span
            )
            return plan.Call(self._once(made, key, place), tuple(operands), span=node.span)
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
        inner = _strip(node)
        fact = self.facts.get(inner)
        if isinstance(fact, BuiltinFact) and isinstance(inner, nodes.Call):
            return self._python_call(inner, fact, [], place)
        return self.translate(node, place)

    def _python_call(
        self, node: nodes.Expr, fact: BuiltinFact, piped: list[Any], place: Place
    ) -> plan.Expr:
        arguments = node.arguments if isinstance(node, nodes.Call) else ()
        if fact.name == "positions":
            given = [*piped, *self.call_arguments(arguments, place)]
            return self._positions(given[0], node, place)
        args = [*piped, *(self._python_argument(one, fact.name, place) for one in arguments)]
        made = plainer_call(fact.name, tuple(args), node.span)
        if isinstance(made, plan.Call) and made.func == plan.Raw("pairwise"):
            self.builder.imports.add("from itertools import pairwise")
        return made

    def _python_argument(self, argument: nodes.Argument, function: str, place: Place) -> Any:
        take = self.iterated if function in GOES_THROUGH else self.translate
        value: Any = (
            self.value(argument.value, place)
            if isinstance(argument.value, nodes.Splat)
            else take(argument.value, place)
        )
        if self.facts.has_pairs(argument.value):
            value = _items(value)
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

    # ---- chains

    def chain(self, node: nodes.Chain, place: Place) -> plan.Expr:
        """A chain within an expression: nested calls, a long one in lines of its own before."""
        value: Any = self.translate(node.stages[0], place)
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
        stage = _strip(node)
        fact = self.facts.get(stage)
        match fact:
            case FunctionFact():
                return self.function(stage, fact, value, place)
            case BuiltinFact():
                return self._builtin(stage, fact, [value], place)
            case MakeFact():
                return self._apply_made(stage, fact, value, place)
        callee = _strip(stage.callee) if isinstance(stage, nodes.Call) else stage
        return self.apply(stage, callee, self.facts.application(stage), [value], place)

    def _apply_made(self, stage: nodes.Expr, fact: MakeFact, value: Any, place: Place) -> plan.Expr:
        operands: list[Any] = [value]
        if isinstance(fact.target, BlockDefinition):
            application = self.facts.application(stage)
            spreads = application is not None and application.spreads
            operands = self._operands(fact.target, operands, spreads=spreads)
            if self._applies_at_once(fact.target):
                return self._direct(stage, fact, fact.target, operands, stage.span, place)
        return plan.Call(self.make(stage, place), tuple(operands), span=stage.span)

    # ---- the rest, as Python has it

    def sequence(self, node: nodes.List | nodes.Tuple, place: Place) -> plan.Expr:
        """A list or tuple."""
        kind = "list" if isinstance(node, nodes.List) else "tuple"
        return plan.Sequence(
            kind, tuple(self.value(one, place) for one in node.items), span=node.span
        )

    def dict(self, node: nodes.Dict, place: Place) -> plan.Expr:
        """A dictionary."""
        pairs = tuple(
            (self.translate(key, place), self.translate(value, place)) for key, value in node.pairs
        )
        return plan.Dict(pairs, span=node.span)

    def comprehension(
        self, node: nodes.Comprehension | nodes.DictComprehension, place: Place
    ) -> plan.Expr:
        """A comprehension; numbered where it makes layers."""
        names = replace(place.names, own=dict(place.names.own))
        for name in target_names(node.target):
            names.own[name] = self._comprehended(name, place)
        inner = replace(place, names=names, hoists=False)
        parts = [node.element] if isinstance(node, nodes.Comprehension) else [node.key, node.value]
        read = parts if node.condition is None else [*parts, node.condition]
        node_target, iterable = self.gone_through(node.target, node.iterable, read, place)
        target = self.target(node_target, inner)
        if any(self.makes(part, place) for part in parts):
            target, iterable, index = self.numbered(node_target, target, iterable, inner)
            inner = replace(inner, loops=(*place.loops, index))
        else:
            inner = replace(inner, loops=(*place.loops, "_"))
        condition = None if node.condition is None else self.translate(node.condition, inner)
        place.names.taken.difference_update(set(inner.loops) - set(place.loops))
        if isinstance(node, nodes.Comprehension):
            return plan.Comprehension(
                self.translate(node.element, inner), target, iterable, condition, span=node.span
            )
        return plan.Comprehension(
            self.translate(node.value, inner),
            target,
            iterable,
            condition,
            key=self.translate(node.key, inner),
            span=node.span,
        )

    def gone_through(
        self, target: nodes.Expr, node: nodes.Expr, read: Iterable[nodes.Expr], place: Place
    ) -> tuple[nodes.Expr, plan.Expr]:
        """The target and iterable of a loop: of pairs half of which nothing reads, the other half."""
        iterable = self.iterated(node, place)
        if not self.facts.has_pairs(node):
            return target, iterable
        items = target.items if isinstance(target, nodes.Tuple) else ()
        if len(items) == 2:
            key, value = items
            names = {name for one in read for name in names_in(one)}
            if _is_unread(key, names):
                return value, plan.Call(plan.Attr(iterable, "values"), (), span=node.span)
            if _is_unread(value, names):
                return key, iterable
        return target, _items(iterable)

    def _comprehended(self, name: str, place: Place) -> str:
        """A variable of a comprehension: it may hide others, but not the index that names hang on."""
        python = self.builder.safe(name)
        return place.names.fresh(python) if python in place.loops else python

    def makes(self, node: nodes.Expr, place: Place) -> bool:
        """Whether an expression makes something whose name, or key, hangs on the turn of a loop."""
        fact = self.facts.get(node)
        if isinstance(fact, MakeFact) and place.maker:
            return True
        if isinstance(fact, MakeFact | FunctionFact) and fact.snake and not _is_named(fact):
            return True
        return any(self.makes(child, place) for child in children(node))

    def numbered(
        self, source: nodes.Expr, target: plan.Expr, iterable: plan.Expr, place: Place
    ) -> tuple[plan.Expr, plan.Expr, str]:
        """A loop whose turns are numbered: by its own variable where that counts from 0, else by `enumerate`."""
        counts = (
            isinstance(iterable, plan.Call)
            and isinstance(iterable.func, plan.Raw)
            and iterable.func.text == "range"
            and len(iterable.args) == 1
        )
        if (
            counts
            and isinstance(source, nodes.Name)
            and source.id != "_"
            and isinstance(target, plan.Raw)
        ):
            return target, iterable, target.text
        own = _own_index(target, iterable)
        if own:
            return target, iterable, own
        index = place.names.fresh("i", "j", "k", "index")
        if isinstance(source, nodes.Name) and source.id == "_" and counts:
            return plan.Raw(index), iterable, index
        numbered = plan.Call(plan.Raw("enumerate"), (iterable,), span=iterable.span)
        return plan.Sequence("tuple", (plan.Raw(index), target), span=target.span), numbered, index

    def target(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """The target of an assignment or loop."""
        match node:
            case nodes.Name():
                return plan.Raw(
                    "_" if node.id == "_" else place.names.own.get(node.id, node.id), span=node.span
                )
            case nodes.Tuple() | nodes.List():
                return plan.Sequence(
                    "tuple", tuple(self.target(one, place) for one in node.items), span=node.span
                )
            case nodes.Splat():
                return plan.Star(self.target(node.value, place), span=node.span)  # type: ignore[return-value]
        return self.target(_strip(node), place)

    def attribute(self, node: nodes.Attribute, place: Place) -> plan.Expr:
        """`x.shape`, a field of a record, or a dotted name of Keras."""
        fact = self.facts.get(node)
        if isinstance(fact, SymbolFact):
            return plan.Raw(self.path(fact.symbol), span=node.span)
        value = self.translate(node.value, place)
        if node.name in {"shape", "dtype", "ndim"} and not self.builder.is_record(
            node.value, place
        ):
            return plan.Attr(value, node.name, span=node.span)
        return plan.Index(value, (plan.Raw(quoted(node.name)),), span=node.span)

    def subscript(self, node: nodes.Subscript, place: Place) -> plan.Expr:
        """A slice or an element."""
        items = tuple(self._item(one, place) for one in node.items)
        return plan.Index(self.translate(node.value, place), items, span=node.span)

    def _item(self, node: nodes.Expr, place: Place) -> Any:
        match node:
            case nodes.Slice():
                parts = [
                    None if one is None else self.translate(one, place)
                    for one in (node.start, node.stop, node.step)
                ]
                return plan.Slice(*parts, span=node.span)
            case nodes.Ellipsis_():
                return plan.Raw("...", span=node.span)
        return self.translate(node, place)

    def unary(self, node: nodes.Unary, place: Place) -> plan.Expr:
        """`-x`, `not x`."""
        operand = self.translate(node.operand, place)
        if node.op == "not":
            return negated(operand, node.span)
        return plan.Unary(node.op, operand, span=node.span)

    def binary(self, node: nodes.Binary, place: Place) -> plan.Expr:
        """An operator."""
        left, right = self.translate(node.left, place), self.translate(node.right, place)
        return plan.Binary(node.op, left, right, span=node.span)

    def compare(self, node: nodes.Compare, place: Place) -> plan.Expr:
        """A comparison; with none as Python wants it."""
        operands = tuple(self.translate(one, place) for one in node.operands)
        ops = tuple(
            {"==": "is", "!=": "is not"}.get(op, op)
            if isinstance(right, plan.Raw) and right.text in {"None", "True", "False"}
            else op
            for op, right in zip(node.ops, operands[1:], strict=True)
        )
        return plan.Compare(operands, ops, span=node.span)

    def ifelse(self, node: nodes.IfElse, place: Place) -> plan.Expr:
        """A conditional expression."""
        inner = replace(place, hoists=False)
        return plan.IfElse(
            self.translate(node.test, place),
            self.translate(node.body, inner),
            self.translate(node.orelse, inner),
            span=node.span,
        )


_NAME = plan.FormattedValue(plan.Raw("name"))


def names_in(node: nodes.Expr) -> set[str]:
    """The names that an expression reads."""
    if isinstance(node, nodes.Name):
        return {node.id}
    return {name for child in children(node) for name in names_in(child)}


def _is_unread(node: nodes.Expr, read: set[str]) -> bool:
    return isinstance(node, nodes.Name) and node.id.startswith("_") and node.id not in read


def _is_named(fact: MakeFact | FunctionFact) -> bool:
    """Whether the source names a layer or block itself."""
    target = fact.target if isinstance(fact, MakeFact) else None
    parameters = target.node.parameters if isinstance(target, BlockDefinition) else ()
    own = any(one.name.id == "name" for one in parameters)
    return not own and any(one.parameter == "name" for one in fact.bound)


def _both(own: plan.Expr | None) -> plan.Expr:
    """Whether something learns that its function may freeze, and that may be frozen itself."""
    ours = plan.Raw("trainable")
    if not isinstance(own, plan.Raw) or own.text not in {"True", "False"}:
        return ours if own is None else plan.Binary("and", ours, own)
    return ours if own.text == "True" else own


def _own_index(target: plan.Expr, iterable: plan.Expr) -> str:
    """The variable that counts the turns of `for i, x in enumerate(xs)`; empty elsewhere."""
    counts = (
        isinstance(iterable, plan.Call)
        and isinstance(iterable.func, plan.Raw)
        and iterable.func.text == "enumerate"
        and len(iterable.args) == 1
    )
    first = target.items[0] if counts and isinstance(target, plan.Sequence) else None
    return first.text if isinstance(first, plan.Raw) and first.text != "_" else ""


def _strip(node: nodes.Expr) -> nodes.Expr:
    return _strip(node.value) if isinstance(node, nodes.Group) else node


def word_of(node: nodes.Expr) -> str:
    """The word that an expression spells, empty where it is none."""
    match _strip(node):
        case nodes.Name() as name:
            return name.id
        case nodes.String() as string:
            return string.value
    return ""


def _spread(operands: list[Any]) -> list[Any]:
    """The operands of a block of which the first is a list of several."""
    first, *rest = operands
    if isinstance(first, plan.Keyword):
        first = first.value
    return [*(first.items if isinstance(first, plan.Sequence) else [plan.Star(first)]), *rest]


def _in_place(operands: list[Any], names: Sequence[str]) -> list[Any]:
    """Operands by position, as far as they stand in the signature's order."""
    given = [one for one in operands if not isinstance(one, plan.Keyword)]
    by_name = {one.name: one for one in operands if isinstance(one, plan.Keyword)}
    for name in names[len(given) :]:
        if name not in by_name:
            break
        given.append(by_name.pop(name).value)
    return [*given, *by_name.values()]


def _placed(args: Sequence[Any], names: Sequence[str], first: Sequence[str]) -> list[Any]:
    """Arguments by position as long as they stand in the signature's order, then by name.

    Args:
        args: as they would be given, by position or by name.
        names: the parameters that those by position are for.
        first: the parameters that the function takes by position.
    """
    positional: list[Any] = []
    keywords: list[plan.Keyword] = []
    waiting = iter(names)
    spread = False
    for one in args:
        spread = spread or isinstance(one, plan.Star)
        name = "" if isinstance(one, plan.Keyword | plan.Star) else next(waiting, "")
        in_order = len(positional) < len(first) and first[len(positional)] == name
        if isinstance(one, plan.Keyword):
            keywords.append(one)
        elif not name or (spread and name in first) or (in_order and not keywords):
            positional.append(one)
        else:
            keywords.append(plan.Keyword(name, one))
    return [*positional, *keywords]


def _splats(bound: Sequence[Bound]) -> bool:
    return any(isinstance(one.node, nodes.Splat) for one in bound)


def _items(value: plan.Expr) -> plan.Expr:
    return plan.Call(plan.Attr(value, "items"), (), span=value.span)


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
        if in_order and (number < 1 or parameter not in _BY_NAME):
            positional.append(value)
        else:
            keywords.append(plan.Keyword(parameter, value))
    return [*positional, *keywords]


_BY_NAME = {"axis", "keepdims", "dtype", "axes", "padding", "indexing"}
"""What reads better by name."""

_TRANSLATORS: dict[type[Any], Any] = {
    nodes.Name: Expressions.name,
    nodes.Outside: Expressions.outside,
    nodes.Number: lambda self, node, place: plan.Raw(_number(node), span=node.span),  # noqa: ARG005
    nodes.String: lambda self, node, place: plan.Raw(quoted(node.value), span=node.span),  # noqa: ARG005
    nodes.FString: Expressions.fstring,
    nodes.List: Expressions.sequence,
    nodes.Tuple: Expressions.sequence,
    nodes.Dict: Expressions.dict,
    nodes.Comprehension: Expressions.comprehension,
    nodes.DictComprehension: Expressions.comprehension,
    nodes.Call: Expressions.call,
    nodes.Attribute: Expressions.attribute,
    nodes.Subscript: Expressions.subscript,
    nodes.Unary: Expressions.unary,
    nodes.Binary: Expressions.binary,
    nodes.Compare: Expressions.compare,
    nodes.IfElse: Expressions.ifelse,
    nodes.Chain: Expressions.chain,
    nodes.Group: lambda self, node, place: self.translate(node.value, place),
}

__all__ = ["MERGES", "Expressions", "dotted", "word_of"]


def _number(node: nodes.Number) -> str:
    """A number as Python and its formatter write it."""
    text = node.text.lower()
    if isinstance(node.value, int):
        return text.lstrip("0_") or "0"
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    mantissa = f"{whole or '0'}.{fraction or '0'}" if "." in mantissa else mantissa
    return f"{mantissa}e{exponent}" if exponent else mantissa
