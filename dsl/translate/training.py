"""`train:` as arguments of `compile` and `fit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.catalogue import lookup
from dsl.checker.facts import MakeFact
from dsl.checker.values import Layer, PythonObject
from dsl.emit import plan
from dsl.emit.literals import literal, quoted
from dsl.records import replace
from dsl.translate.part import word_of
from dsl.translate.scopes import Place

if TYPE_CHECKING:
    from dsl.graph import LossTerm, Training
    from dsl.source import Span
    from dsl.translate.builder import Builder

COMPILE = ("steps_per_execution", "jit_compile", "run_eagerly", "auto_scale_loss")
FIT = ("validation_split", "shuffle", "class_weight", "callbacks")


def plan_training(builder: Builder) -> plan.TrainingPlan | None:
    """The arguments of `compile` and `fit`; None without a `train:`."""
    training = builder.program.training
    if training is None:
        return None
    writer = _Writer(builder, training)
    settings = training.settings
    precision = settings.get("precision", ("", None))[0]
    return plan.TrainingPlan(
        compile_args=tuple(writer.compile_args()),
        fit_args=tuple(writer.fit_args()),
        epochs=writer.setting("epochs", plan.Raw("1")),
        batch_size=writer.setting("batch_size", plan.Raw("32")),
        precision=precision if isinstance(precision, str) else "",
        comments=_comments(builder),
        span=_head(training.span),
    )


def _head(span: Span) -> Span:
    """The word `train:` alone."""
    return span.source.span(span.start, span.start + len("train:"))


def _comments(builder: Builder) -> tuple[plan.Comment, ...]:
    """What the source says of its training, before it and within it."""
    found: list[plan.Statement] = []
    comments = builder.comments_of(builder.main)
    for statement in builder.main.tree.statements:
        if isinstance(statement, nodes.Train):
            start = builder.region(statement, builder.main)
            after = comments.after(statement.span.end)
            found += comments.all(start, after.span.end if after else statement.span.end)
    return tuple(one for one in found if isinstance(one, plan.Comment))


class _Writer:
    """Writes the settings of one `train:`."""

    def __init__(self, builder: Builder, training: Training) -> None:
        self.builder = builder
        self.training = training
        self.names = [one.name for one in builder.program.outputs]
        names = replace(builder.top, own={})
        self.place = Place(names, builder.main, hoists=False)

    def setting(self, name: str, default: plan.Expr) -> plan.Expr:
        """A setting as the source writes it, or Keras's default."""
        found = self.training.settings.get(name)
        return default if found is None else self._value(found[0], found[1])

    def _value(self, value: Any, node: nodes.Expr) -> plan.Expr:
        """A plain value: in the source's words where these stand at module level, else by what it is."""
        if self._is_readable(node):
            return self.builder.expressions.translate(node, self.place)
        return literal(value, node.span)

    def _is_readable(self, node: nodes.Expr) -> bool:
        from dsl.checker.naming import children  # noqa: PLC0415

        if isinstance(node, nodes.Name):
            known = self.place.names.python(node.id) is not None
            return known or self.builder.main.scope.names.get(node.id) is None
        return all(self._is_readable(child) for child in children(node))

    def compile_args(self) -> list[plan.Keyword]:
        """Optimizer, loss, weights, metrics, and what else `compile` takes."""
        found = []
        if "optimizer" in self.training.settings:
            value, node = self.training.settings["optimizer"]
            found.append(plan.Keyword("optimizer", self._optimizer(value, node)))
        found.append(plan.Keyword("loss", self._losses()))
        weights = self._weights()
        if weights is not None:
            found.append(plan.Keyword("loss_weights", weights))
        for name in ("metrics", "weighted_metrics"):
            by_output = (
                self.training.metrics
                if name == "metrics"
                else self.training.settings.get(name, ({}, None))[0]
            )
            if by_output:
                found.append(plan.Keyword(name, self._metrics(by_output)))
        found += [self._keyword(name) for name in COMPILE if name in self.training.settings]
        return found

    def fit_args(self) -> list[plan.Keyword]:
        """What `fit` takes beside data, epochs and the batch size."""
        found = []
        for name in FIT:
            if name == "callbacks" and name in self.training.settings:
                node = nodes.strip(self.training.settings[name][1])
                items = node.items if isinstance(node, nodes.List | nodes.Tuple) else ()
                made = tuple(self._object(one, "callbacks") for one in items)
                found.append(plan.Keyword(name, plan.Sequence("list", made, span=node.span)))
            elif name in self.training.settings:
                found.append(self._keyword(name))
        return found

    def _keyword(self, name: str) -> plan.Keyword:
        value, node = self.training.settings[name]
        return plan.Keyword(name, self._value(value, node))

    def _optimizer(self, value: Any, node: nodes.Expr) -> plan.Expr:
        inner = nodes.strip(node)
        if isinstance(value, Layer | PythonObject):
            return self._object(inner, "optimizers")
        return _by_name(word_of(inner), "optimizers", node.span)

    def _object(self, node: nodes.Expr, namespace: str) -> plan.Expr:
        """A loss, metric, optimizer or callback as the source writes it."""
        inner = nodes.strip(node)
        fact = self.builder.facts.get(inner)
        if isinstance(fact, MakeFact):
            return self.builder.expressions.make(inner, self.place)
        if isinstance(inner, nodes.Name | nodes.String):
            word = word_of(inner)
            binding = (
                self.builder.main.scope.names.get(word) if isinstance(inner, nodes.Name) else None
            )
            if binding is not None and isinstance(binding.value, PythonObject):
                return plan.Raw(self.place.names.python(word) or word, span=inner.span)
            if binding is not None and isinstance(binding.value, str):
                return self._value(binding.value, inner)
            return _by_name(word, namespace, inner.span)
        return self.builder.expressions.translate(inner, self.place)

    def _losses(self) -> plan.Expr:
        if len(self.names) == 1:
            return self._loss(self.training.losses.get(self.names[0]))
        pairs = tuple(
            (plan.Raw(quoted(one)), self._loss(self.training.losses.get(one))) for one in self.names
        )
        return plan.Dict(pairs, span=self.training.span)

    def _loss(self, term: LossTerm | None) -> plan.Expr:
        return plan.Raw("None") if term is None else self._object(term.expression, "losses")

    def _weights(self) -> plan.Expr | None:
        losses = self.training.losses
        if all(one.weight_expression is None for one in losses.values()):
            return None
        values = [
            self._weight(losses[one]) if one in losses else plan.Raw("1.0") for one in self.names
        ]
        if len(self.names) == 1:
            return plan.Sequence("list", tuple(values))
        return plan.Dict(
            tuple(
                (plan.Raw(quoted(one)), value)
                for one, value in zip(self.names, values, strict=True)
            )
        )

    def _weight(self, term: LossTerm) -> plan.Expr:
        node = term.weight_expression
        if node is None:
            return plan.Raw("1.0")
        if isinstance(node, nodes.Binary) and node.op == "/":
            return literal(term.weight, node.span)
        return self._value(int(term.weight) if term.weight.is_integer() else term.weight, node)

    def _metrics(self, by_output: dict[str, tuple[nodes.Expr, ...]]) -> plan.Expr:
        def listed(name: str) -> plan.Expr:
            return plan.Sequence(
                "list", tuple(self._object(one, "metrics") for one in by_output.get(name, ()))
            )

        if len(self.names) == 1:
            return listed(self.names[0])
        return plan.Dict(
            tuple((plan.Raw(quoted(one)), listed(one)) for one in self.names if one in by_output)
        )


def _by_name(word: str, namespace: str, span: Span) -> plan.Expr:
    """What a word stands for: a class is made, and a word, `mse` or `MSE`, is Keras's to look up."""
    if word[:1].isupper() and lookup.symbol(namespace, word) is not None:
        return plan.Call(plan.Raw(f"keras.{namespace}.{word}"), span=span)
    return plan.Raw(quoted(word), span=span)
