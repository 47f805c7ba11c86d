"""Expressions of the source as Python: values as they stand, layers and functions as Keras has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.checker.expressions import CONSTANTS
from dsl.checker.facts import (
    ConstantFact,
    MakeFact,
    SymbolFact,
    WordFact,
)  # fmt: skip
from dsl.emit import plan
from dsl.emit.literals import quoted
from dsl.records import replace
from dsl.translate.applying import Applying
from dsl.translate.arguments import Arguments
from dsl.translate.looping import Looping
from dsl.translate.making import Making
from dsl.translate.plainer import negated

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol
    from dsl.translate.scopes import Place


SHORT = ("layers", "ops", "applications")
"""Namespaces that the script imports from keras; others are written in full."""


class Expressions(Making, Arguments, Applying, Looping):
    """Translates expressions, each kind of node by a method."""

    def translate(self, node: nodes.Expr, place: Place) -> plan.Expr:
        """An expression as Python."""
        made: plan.Expr = _TRANSLATORS[type(node)](self, node, place)
        return made

    def value(self, node: nodes.Expr, place: Place) -> Any:
        """An argument, which may be a `*`."""
        if isinstance(node, nodes.Splat):
            return plan.Star(self.iterated(node.value, place), span=node.span)
        return self.translate(node, place)

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
        if isinstance(fact := self.facts.get(node), ConstantFact):
            return self._of_constants(fact, (operand,), node)
        return plan.Unary(node.op, operand, span=node.span)

    def binary(self, node: nodes.Binary, place: Place) -> plan.Expr:
        """An operator."""
        left, right = self.translate(node.left, place), self.translate(node.right, place)
        if isinstance(fact := self.facts.get(node), ConstantFact):
            return self._of_constants(fact, (left, right), node)
        return plan.Binary(node.op, left, right, span=node.span)

    def _of_constants(
        self, fact: ConstantFact, operands: tuple[plan.Expr, ...], node: nodes.Expr
    ) -> plan.Expr:
        """An operator between constants: Keras's function, whatever the backend's own operator makes of them."""
        self.builder.uses.add("ops")
        return plan.Call(plan.Raw(f"ops.{fact.function}"), operands, span=node.span)

    def compare(self, node: nodes.Compare, place: Place) -> plan.Expr:
        """A comparison; with none as Python wants it."""
        operands = tuple(self.translate(one, place) for one in node.operands)
        if isinstance(fact := self.facts.get(node), ConstantFact):
            return self._of_constants(fact, operands, node)
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


def _number(node: nodes.Number) -> str:
    """A number as Python and its formatter write it."""
    text = node.text.lower()
    if isinstance(node.value, int):
        return text.lstrip("0_") or "0"
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    mantissa = f"{whole or '0'}.{fraction or '0'}" if "." in mantissa else mantissa
    return f"{mantissa}e{exponent}" if exponent else mantissa
