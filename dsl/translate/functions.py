"""Functions: one for each block and model, and `build_model`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue.weights import HOLDERS
from dsl.checker.facts import MakeFact
from dsl.checker.naming import children, target_names, walk_statements
from dsl.emit import plan
from dsl.emit.literals import quoted
from dsl.records import replace
from dsl.translate.reading import names_read
from dsl.translate.scopes import Place, bound_in, positional
from dsl.translate.unused import without_unused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.graph import Operation
    from dsl.source import Span
    from dsl.translate.builder import Builder
    from dsl.translate.scopes import Names
    from dsl.translate.survey import Use


ELSEWHERE = (nodes.Block, nodes.Import, nodes.Train, nodes.OutsideDefault)
"""Statements that are no part of `build_model`."""


class Functions:
    """Writes the functions of a script."""

    def __init__(self, builder: Builder) -> None:
        """Keep the builder."""
        self.builder = builder
        self.freezes = _holders_are_frozen(builder.program.operations)

    def build_model(self) -> plan.Def:
        """The function that builds the whole model."""
        builder = self.builder
        main = builder.main
        place = Place(builder.top, main)
        body = self._top_body(place)
        program = builder.program
        inputs = [self._input(one.name, place) for one in program.inputs]
        outputs: list[plan.Expr] = [builder.output_variables[one.name] for one in program.outputs]
        model = plan.Call(
            plan.Raw("keras.Model"),
            (
                _several(inputs),
                _several(outputs),
                plan.Keyword("name", plan.Raw(quoted(program.name))),
            ),
        )
        doc = f"Build the model {program.name}."
        end: list[plan.Statement] = [plan.Return(model)]
        if self.freezes:
            end = self._frozen_inside(model, place.names)
        made = plan.Def("build_model", (), (), doc, (*body, *end), returns="keras.Model")
        return without_unused(made)

    def _frozen_inside(self, model: plan.Expr, names: Names) -> list[plan.Statement]:
        """The model, its frozen layers frozen anew: `trainable=False` at their making does not reach what they hold."""
        made, one = plan.Raw(names.fresh("model")), plan.Raw(names.fresh("layer"))
        return [
            plan.Assign(made, model),
            _freezing(made, one),
            plan.Return(made),
        ]

    def _top_body(self, place: Place) -> list[plan.Statement]:
        """The statements of the top level; comments that belong to blocks and constants went with those."""
        found: list[plan.Statement] = []
        main = self.builder.main
        comments = self.builder.comments_of(main)
        end = 0
        for statement in main.tree.statements:
            end = comments.end(statement)
            if not (isinstance(statement, ELSEWHERE) or self._is_constant(statement)):
                start = self.builder.region(statement, main)
                found += self.builder.statements.body([statement], place, start, end)
        return [*found, *comments.between(end, len(main.tree.source.text))]

    def _is_constant(self, statement: nodes.Statement) -> bool:
        name = ""
        if isinstance(statement, nodes.Const):
            name = statement.name.id
        elif isinstance(statement, nodes.Assign) and isinstance(statement.target, nodes.Name):
            name = statement.target.id
        return bool(name) and self.builder.is_constant(name, self.builder.main)

    def _input(self, name: str, place: Place) -> plan.Expr:
        """An input's variable; a field of a record by its key."""
        for statement in self.builder.main.tree.statements:
            if isinstance(statement, nodes.Input) and any(
                one.name.id == name for one in statement.fields
            ):
                record = self.builder.inputs.variables[place.scope_key, statement.name.id]
                return plan.Index(record, (plan.Raw(quoted(name)),))
        return self.builder.inputs.variables[place.scope_key, name]

    # ---- blocks

    def define(self, use: Use) -> plan.Def:
        """The function of a block or model."""
        definition = use.definition
        names = self.builder.block_names(definition)
        place = Place(
            names,
            definition.file,
            scope_key=id(definition.node),
            definition=definition,
            maker=use.maker and not definition.is_model,
            trainable=use.takes_trainable,
        )
        if definition.is_model:
            made = self._model(use, place, names)
        elif use.maker:
            made = self._maker(use, place, names)
        else:
            made = self._direct(use, place, names)
        return without_unused(made)

    def _direct(self, use: Use, place: Place, names: Names) -> plan.Def:
        node = use.definition.node
        first, rest = self._params((*node.inputs, *node.parameters), names, place)
        defaults = self._defaults(node, place)
        copies = _copies((*node.inputs, *node.parameters), _loop_targets(node.body), names)
        body = [*defaults, *copies, *self._sizes(node, names), *self._body(use, place)]
        return self._def(use, first, rest, body)

    def _maker(self, use: Use, place: Place, names: Names) -> plan.Def:
        node = use.definition.node
        first, rest = self._params(node.parameters, names, place)
        inner_first, inner_rest = self._params(node.inputs, names, place)
        defaults = self._defaults(node, place)
        copies = [
            *_copies(node.parameters, set(bound_in(node.body)), names),
            *_copies(node.inputs, _loop_targets(node.body), names),
        ]
        inner = plan.Def(
            "call",
            tuple(inner_first),
            tuple(inner_rest),
            "",
            (*copies, *self._sizes(node, names), *self._body(use, place)),
            span=node.span,
        )
        body = [*_ONCE, *defaults, inner, plan.Return(plan.Raw("call"))]
        return self._def(use, first, rest, body)

    def _model(self, use: Use, place: Place, names: Names) -> plan.Def:
        node = use.definition.node
        first, rest = self._params(node.parameters, names, place)
        inputs: list[plan.Statement] = []
        for one in node.inputs:
            made = self._model_input(one, use, place)
            inputs += self.builder.inputs.bind(one.name, made, place, one.span)
        variables = [
            self.builder.inputs.variables[place.scope_key, one.name.id] for one in node.inputs
        ]
        defaults = self._defaults(node, place)
        copies = _copies(node.parameters, _loop_targets(node.body), names)
        sizes = self._sizes(node, names)
        body = [*defaults, *inputs, *copies, *sizes, *self._body(use, place)]
        layer = names.fresh("layer") if self.freezes else ""
        returned = _flat([self._returned(one, variables, use, layer) for one in body])
        return self._def(use, first, rest, returned)

    def _returned(self, statement: Any, inputs: list[plan.Raw], use: Use, layer: str) -> Any:
        """`return y` of a model: the model from its inputs to y; `layer` is a name for what freezes."""
        if isinstance(statement, plan.If):
            branches = tuple(
                (test, tuple(_flat([self._returned(one, inputs, use, layer) for one in body])))
                for test, body in statement.branches
            )
            return replace(statement, branches=branches)
        if isinstance(statement, plan.For):
            return replace(
                statement,
                body=tuple(
                    _flat([self._returned(one, inputs, use, layer) for one in statement.body])
                ),
            )
        if not isinstance(statement, plan.Return):
            return statement
        outputs = statement.value
        if isinstance(outputs, plan.Sequence):
            outputs = replace(outputs, kind="list")
        call = plan.Call(
            plan.Raw("keras.Model"),
            (_several(list(inputs)), outputs, plan.Keyword("name", plan.Raw("name"))),
            span=statement.span,
        )
        if not use.takes_trainable and not layer:
            return plan.Return(call, span=statement.span, comment=statement.comment)
        model = plan.Raw("model")
        frozen: list[plan.Statement] = [_freezing(model, plan.Raw(layer))] if layer else []
        if use.takes_trainable:
            frozen.append(_frozen_unless_trainable(model, statement.span))
        return [
            plan.Assign(model, call, span=statement.span),
            *frozen,
            plan.Return(model, span=statement.span),
        ]

    def _model_input(self, one: nodes.Parameter, use: Use, place: Place) -> plan.Expr:
        kind = self.builder.state.model_inputs[(id(use.definition), one.name.id)]
        if one.type is None:
            raise ValueError(one.name.id)
        return self.builder.inputs.input(kind, one.name.id, one.type, {}, place)

    def _params(
        self, listed: tuple[nodes.Parameter, ...], names: Names, place: Place
    ) -> tuple[list[plan.Param], list[plan.Param]]:
        """Parameters by position, and those that a default before them leaves to keywords."""
        first: list[plan.Param] = []
        rest: list[plan.Param] = []
        by_position = positional(listed)
        for one in listed:
            made = plan.Param(names.own[one.name.id], self._default(one, place), span=one.span)
            (first if one in by_position else rest).append(made)
        return first, rest

    def _default(self, one: nodes.Parameter, place: Place) -> plan.Expr | None:
        """The default of a parameter as Python has it: None where it is made at each call."""
        if one.default is None:
            return None
        if self._is_made_anew(one.default, _parameters(place)):
            return plan.Raw("None")
        return self.builder.expressions.translate(one.default, _outside(place))

    def _is_made_anew(self, node: nodes.Expr, own: dict[str, str]) -> bool:
        """Whether a default can't stand in Python's signature: a layer, a list, what reads a parameter."""
        made = isinstance(node, nodes.List | nodes.Dict | nodes.Comprehension)
        reads = isinstance(node, nodes.Name) and node.id in own
        if made or reads or isinstance(self.builder.facts.get(node), MakeFact):
            return True
        return any(self._is_made_anew(one, own) for one in children(node))

    def _defaults(self, node: nodes.Block, place: Place) -> list[plan.Statement]:
        """`if widths is None: widths = [8, 4]` for the defaults that are made at each call."""
        own = _parameters(place)
        found: list[plan.Statement] = []
        for one in node.parameters:
            if one.default is None or not self._is_made_anew(one.default, own):
                continue
            variable = plan.Raw(own[one.name.id], span=one.span)
            inner = replace(_outside(place), before=[], hoists=True)
            value = self.builder.expressions.translate(one.default, inner)
            missing = plan.Compare((variable, plan.Raw("None")), ("is",), span=one.span)
            made = (*inner.before, plan.Assign(variable, value, span=one.span))
            found.append(plan.If(((missing, made),), span=one.span))
        return found

    def _sizes(self, node: nodes.Block, names: Names) -> list[plan.Statement]:
        """The sizes that a block's input types bind, as far as its body reads them."""
        read = names_read(node.body)
        given = {one.name.id for one in node.parameters}
        found: list[plan.Statement] = []
        for one in node.inputs:
            for axis, size in enumerate(one.type.dims if one.type is not None else (), 1):
                bound = (
                    isinstance(size, nodes.Name) and size.id in names.own and size.id not in given
                )
                if not bound or not isinstance(size, nodes.Name) or size.id not in read:
                    continue
                shape = plan.Attr(plan.Raw(names.own[one.name.id]), "shape")
                value = plan.Index(shape, (plan.Raw(str(axis)),))
                given.add(size.id)
                found.append(plan.Assign(plan.Raw(names.own[size.id]), value, span=size.span))
        return found

    def _body(self, use: Use, place: Place) -> list[plan.Statement]:
        node = use.definition.node
        end = self.builder.comments_of(place.file).tail(node.body)
        return self.builder.statements.body(node.body, place, node.head.end, end)

    def _def(
        self, use: Use, first: list[plan.Param], rest: list[plan.Param], body: list[Any]
    ) -> plan.Def:
        definition = use.definition
        shared = [plan.Param(self.builder.shared_name(one)) for one in sorted(use.shared)]
        frozen = [plan.Param("trainable", plan.Raw("True"))] if use.takes_trainable else []
        comments = self.builder.comments_of(definition.file)
        words, above = comments.before(
            self.builder.region(definition.node, definition.file), definition.node.span.start
        )
        after = comments.after(definition.node.head.end)
        return plan.Def(
            self.builder.functions[id(definition)],
            tuple(first),
            (*rest, *shared, plan.Param("name"), *frozen),
            words
            or f"{'Build the model' if definition.is_model else 'Apply the block'} {definition.words}.",
            (*above, *body),
            span=definition.node.span,
            comment=after.text if after else "",
        )


_ONCE: tuple[plan.Statement, ...] = (  # its parameters bear the marks of Python's own
    plan.Assign(plan.Raw("made"), plan.Raw("{}")),
    plan.Def(
        "once",
        (
            plan.Param("key"),
            plan.Param("make"),
            plan.Param("/"),
            plan.Param("*args"),
            plan.Param("**settings"),
        ),
        (),
        "Make what bears a name at the first call alone.",
        (
            plan.If(
                (
                    (
                        plan.Compare((plan.Raw("key"), plan.Raw("made")), ("not in",)),
                        (
                            plan.Assign(
                                plan.Index(plan.Raw("made"), (plan.Raw("key"),)),
                                plan.Raw("make(*args, **settings)"),
                            ),
                        ),
                    ),
                )
            ),
            plan.Return(plan.Index(plan.Raw("made"), (plan.Raw("key"),))),
        ),
    ),
)


def _holders_are_frozen(operations: Iterable[Operation]) -> bool:
    """Whether a layer that holds others is frozen somewhere."""
    return any(
        _holders_are_frozen(one.inside)
        or (one.symbol in HOLDERS and bool(one.params) and one.trainable_params == 0)
        for one in operations
    )


def _freezing(model: plan.Raw, layer: plan.Raw) -> plan.For:
    """Freeze the frozen layers of a model anew, by True first: what is set as it is has no effect."""
    setting = plan.Attr(layer, "trainable")
    anew = (plan.Assign(setting, plan.Raw("True")), plan.Assign(setting, plan.Raw("False")))
    body = plan.If(((plan.Unary("not", setting), anew),))
    return plan.For(layer, plan.Attr(model, "layers"), (body,), comment="# and what they hold")


def _frozen_unless_trainable(model: plan.Raw, span: Span | None) -> plan.If:
    """`if not trainable: model.trainable = False`: to set True would thaw what is frozen inside."""
    setting = plan.Assign(plan.Attr(model, "trainable"), plan.Raw("False"), span=span)
    return plan.If(((plan.Unary("not", plan.Raw("trainable")), (setting,)),), span=span)


def _outside(place: Place) -> Place:
    """Where defaults stand: at the head of the function, which has bound nothing but its parameters."""
    names = replace(place.names, own=_parameters(place))
    return replace(place, names=names, hoists=False, maker=False)


def _parameters(place: Place) -> dict[str, str]:
    """The names of a block's parameters in its function."""
    listed = place.definition.node.parameters if place.definition is not None else ()
    return {one.name.id: place.names.own[one.name.id] for one in listed}


def _loop_targets(body: tuple[nodes.Statement, ...]) -> set[str]:
    """The names that loops of a body bind."""
    loops = [one for one in walk_statements(body) if isinstance(one, nodes.For)]
    return {name for one in loops for name in target_names(one.target)}


def _copies(
    listed: tuple[nodes.Parameter, ...], rebound: set[str], names: Names
) -> list[plan.Statement]:
    """Variables of their own for parameters that a body binds again where Python's could not be."""
    found: list[plan.Statement] = []
    for one in listed:
        if one.name.id in rebound:
            given = names.own[one.name.id]
            names.own[one.name.id] = names.fresh(f"{given}_")
            found.append(plan.Assign(plan.Raw(names.own[one.name.id]), plan.Raw(given)))
    return found


def _several(values: list[Any]) -> plan.Expr:
    return values[0] if len(values) == 1 else plan.Sequence("list", tuple(values))


def _flat(listed: list[Any]) -> list[Any]:
    return [part for one in listed for part in (one if isinstance(one, list) else [one])]
