"""Layers, blocks, models and objects as a script makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue.lookup import Symbol
from dsl.catalogue.weights import holds_weights
from dsl.checker.values import BlockDefinition, PythonObject, configured
from dsl.checker.words import snake
from dsl.emit import plan
from dsl.emit.literals import literal, quoted
from dsl.records import replace
from dsl.translate.part import Part, in_places
from dsl.translate.scopes import positional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.checker.facts import (
        Bound,
        MakeFact,
    )
    from dsl.translate.scopes import Place


class Making(Part):
    """Layers, blocks, models and objects as a script makes them."""

    def make(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """What a configuration makes: a layer, an object of Keras or Python, a maker's function, a nested model."""
        fact: MakeFact = self.facts.get(node)
        arguments = node.arguments if isinstance(node, nodes.Call) else ()
        match fact.target:
            case Symbol() as symbol:
                return self._keras(node, fact, symbol, place)
            case BlockDefinition() as definition:
                made, key = self._block(node, fact, definition, place)
                return self.once(made, key, place) if place.maker else made
        return self._python(node, fact, place, arguments)

    def once(self, made: plan.Call, key: str, place: Place) -> plan.Call:
        """What is made for several applications, at the first of them alone."""
        where = self.path_name(key, place, prefixed=False)
        return plan.Call(plan.Raw("once"), (where, made.func, *made.args), span=made.span)

    def _keras(self, node: nodes.Expr, fact: MakeFact, symbol: Symbol, place: Place) -> plan.Expr:
        bound = [one for one in fact.bound if one.parameter not in {"name", "trainable"}]
        args = self.whole.arguments(bound, symbol, place)
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
        if not fact.bears_own:
            args += self.name_argument(explicit, key, place)
        made = plan.Call(callee, tuple(args), span=span)
        if place.maker and key:
            made = self.once(made, key, place)
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
        callee = nodes.strip(node.callee) if isinstance(node, nodes.Call) else node
        if (isinstance(callee, nodes.Name) and self.facts.get(callee) is None) or (
            callee is node and isinstance(node, nodes.Name)
        ):
            python = place.names.python(callee.id)  # type: ignore[union-attr]
            if python is not None:
                return plan.Raw(python, span=callee.span)
        return plan.Raw(self.whole.path(symbol), span=callee.span)

    def name_argument(self, explicit: Bound | None, key: str, place: Place) -> list[plan.Keyword]:
        """`name=…`, where a layer bears one."""
        own = [plan.Keyword("name", self.path_name(key, place))] if key else []
        if explicit is None or explicit.node is None:
            return own
        value = self.whole.translate(explicit.node, place)
        named = self._behind_path(value, place)
        if own and value == replace(_NONE, span=value.span):
            return own
        if own and (explicit.value is None or _is_left_out(explicit.node, place)):
            test = plan.Compare((value, _NONE), ("is",))
            named = plan.IfElse(test, own[0].value, named)
        return [plan.Keyword("name", named)]

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
            self.whole.translate(given.node, place)
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
        """An application of Keras, or a layer of Python's, is frozen by a statement of its own."""
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
        callee, args, key = self.block_call(node, fact, definition, place)
        names = self.builder.parameter_names(definition)
        first = [names[one.name.id] for one in positional(definition.node.parameters)]
        placed = in_places(args, self.required(definition), first)
        return plan.Call(callee, tuple(placed), span=node.span), key

    def block_call(
        self, node: nodes.Expr, fact: MakeFact, definition: BlockDefinition, place: Place
    ) -> tuple[plan.Expr, list[Any], str]:
        """The function of a block, its configuration as arguments, and the local name of what it makes."""
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
        args += self.name_argument(explicit, key, place)
        callee = nodes.strip(node.callee) if isinstance(node, nodes.Call) else node
        variable = place.names.python(callee.id) if isinstance(callee, nodes.Name) else None
        name = variable or self.builder.functions[id(definition)]
        return plan.Raw(name, span=callee.span), args, key

    def _block_trainable(self, fact: MakeFact, own: set[str], place: Place) -> list[plan.Keyword]:
        given = next(
            (one for one in fact.bound if one.parameter == "trainable" and "trainable" not in own),
            None,
        )
        value = (
            self.whole.translate(given.node, place)
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
        return self.whole.ordered(bound, required, place, lambda parameter: names[parameter])

    def _python(
        self, node: nodes.Expr, fact: MakeFact, place: Place, arguments: Sequence[nodes.Argument]
    ) -> plan.Expr:
        callee = nodes.strip(node.callee) if isinstance(node, nodes.Call) else node
        target = fact.target
        name = self.builder.imported(target) if isinstance(target, PythonObject) else ""
        is_layer = isinstance(target, PythonObject) and target.may_be_layer
        variable = place.names.python(callee.id) if isinstance(callee, nodes.Name) else None
        args = self.whole.call_arguments(arguments, place)
        if is_layer:
            args = [self._named_behind_path(one, place) for one in args]
        made = plan.Call(plan.Raw(variable or name, span=callee.span), tuple(args), span=node.span)
        key = place.file.names.local(place.scope_key, node, snake(name or variable or "layer"))
        if place.maker:
            made = self.once(made, key, place)
        frozen = plan.Raw("trainable") if is_layer and place.trainable else None
        return self._application(made, frozen, key, place)

    def _named_behind_path(self, argument: Any, place: Place) -> Any:
        """An argument of a layer, its explicit name behind the block's own."""
        if isinstance(argument, plan.Keyword) and argument.name == "name":
            return replace(argument, value=self._behind_path(argument.value, place))
        return argument

    def required(self, definition: BlockDefinition) -> list[str]:
        """The names of the parameters that a block's configuration gives by position."""
        names = self.builder.parameter_names(definition)
        return [names[one.name.id] for one in definition.node.parameters if one.default is None]


_NAME = plan.FormattedValue(plan.Raw("name"))
_NONE = plan.Raw("None")


def _is_left_out(node: nodes.Expr, place: Place) -> bool:
    """Whether it is a parameter of the block that is none where it is not given."""
    known = place.definition.node.parameters if place.definition is not None else ()
    names = {
        one.name.id
        for one in known
        if isinstance(one.default, nodes.Name) and one.default.id in ("none", "None")
    }
    return isinstance(node, nodes.Name) and node.id in names


def _both(own: plan.Expr | None) -> plan.Expr:
    """Whether something learns that its function may freeze, and that may be frozen itself."""
    ours = plan.Raw("trainable")
    if not isinstance(own, plan.Raw) or own.text not in {"True", "False"}:
        return ours if own is None else plan.Binary("and", ours, own)
    return ours if own.text == "True" else own
