"""Inputs of the model and of nested models: `keras.Input`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.emit import plan
from dsl.emit.literals import literal, quoted

if TYPE_CHECKING:
    from dsl.graph import Tensor
    from dsl.source import Span
    from dsl.translate.builder import Builder
    from dsl.translate.scopes import Place


class Inputs:
    """Translates what declares inputs."""

    def __init__(self, builder: Builder) -> None:
        """Keep the builder."""
        self.builder = builder
        self.variables: dict[tuple[int, str], plan.Raw] = {}

    def declare(self, node: nodes.Input, place: Place) -> list[plan.Statement]:
        """`input x: …` as `x = keras.Input(…)`, a record as a dictionary of them."""
        tensors = {one.name: one.tensor for one in self.builder.program.inputs}
        if node.type is not None:
            settings = self.builder.facts.get(node) or {}
            made = self.input(tensors[node.name.id], node.name.id, node.type, settings, place)
            return self.bind(node.name, made, place, node.span)
        pairs = tuple(
            (
                plan.Raw(quoted(one.name.id)),
                self.input(tensors[one.name.id], one.name.id, one.type, {}, place),
            )
            for one in node.fields
        )
        return self.bind(node.name, plan.Dict(pairs, span=node.span), place, node.span)

    def bind(
        self, name: nodes.Name, made: plan.Expr, place: Place, span: Span
    ) -> list[plan.Statement]:
        """Bind an input; one whose name is bound again keeps a variable of its own, for the model."""
        target = plan.Raw(place.names.own[name.id], span=name.span)
        if place.file.names.bound_once(place.scope_key, name.id):
            self.variables[place.scope_key, name.id] = target
            return [plan.Assign(target, made, span=span)]
        kept = plan.Raw(place.names.fresh(f"{target.text}_input"), span=name.span)
        self.variables[place.scope_key, name.id] = kept
        return [plan.Assign(kept, made, span=span), plan.Assign(target, kept, span=span)]

    def input(
        self, tensor: Tensor, name: str, node: nodes.Type, settings: dict[str, Any], place: Place
    ) -> plan.Expr:
        """One `keras.Input`, its sizes as the source writes them where they are numbers."""
        sizes = (tensor.type.shape or ())[1:]
        shape = plan.Sequence(
            "tuple",
            tuple(self._size(one, size, place) for one, size in zip(node.dims, sizes, strict=True)),
        )
        args: list[Any] = [shape]
        if settings.get("batch_size") is not None:
            args.append(plan.Keyword("batch_size", literal(settings["batch_size"])))
        if (
            tensor.type.dtype != "float32"
            or node.dtype
            or self.builder.state.policy.compute == "float64"
        ) and (tensor.type.dtype != "float32" or self.builder.state.policy.variable != "float32"):
            args.append(plan.Keyword("dtype", literal(tensor.type.dtype)))
        flags = [key for key in ("sparse", "ragged", "optional") if settings.get(key)]
        args.extend(plan.Keyword(key, plan.Raw("True")) for key in flags)
        args.append(plan.Keyword("name", literal(name)))
        return plan.Call(plan.Raw("keras.Input"), tuple(args), span=node.span)

    def _size(self, node: nodes.Expr | nodes.Unknown, size: Any, place: Place) -> plan.Expr:
        if not isinstance(size, int):
            return plan.Raw("None")
        if isinstance(node, nodes.Unknown) or not self._is_value(node, place):
            return literal(size)
        return self.builder.expressions.translate(node, place)

    def _is_value(self, node: nodes.Expr, place: Place) -> bool:
        """Whether every name in a size is a variable of the script (and no size that a tensor decides)."""
        from dsl.checker.naming import children  # noqa: PLC0415

        if isinstance(node, nodes.Name):
            return place.names.python(node.id) is not None
        return isinstance(node, nodes.Number | nodes.Outside | nodes.Binary | nodes.Group) and all(
            self._is_value(child, place) for child in children(node)
        )
