"""Statements of the source as Python: loops as loops, chains as one line each, comments where they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import nodes
from dsl.checker.facts import ClaimFact
from dsl.emit import plan
from dsl.emit.literals import literal
from dsl.records import replace
from dsl.translate.looping import names_in
from dsl.translate.plainer import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.source import Span
    from dsl.translate.builder import Builder
    from dsl.translate.scopes import Place


class Statements:
    """Translates bodies of statements."""

    def __init__(self, builder: Builder) -> None:
        """Keep the builder and its expressions."""
        self.builder = builder
        self.expressions = builder.expressions

    def body(
        self, statements: Iterable[nodes.Statement], place: Place, start: int, end: int
    ) -> list[plan.Statement]:
        """A body with its comments.

        Args:
            statements: in text order.
            place: where they stand.
            start: offset from which comments belong to it.
            end: offset up to which they do.
        """
        found: list[plan.Statement] = []
        comments = self.builder.comments_of(place.file)
        at = start
        for statement in statements:
            found += comments.between(at, statement.span.start)
            inner = replace(place, before=[], hoists=True)
            made = self.statement(statement, inner)
            if made and not _is_compound(statement):
                found += self._inside(statement, place)
            after = comments.after(_head_end(statement))
            if after and made:
                made[0] = _with_comment(made[0], after.text)
            found += [*inner.before, *made]
            at = comments.end(statement)
        found += comments.between(at, end)
        return found

    def _inside(self, statement: nodes.Statement, place: Place) -> list[plan.Statement]:
        """The comments within a statement, but for those between the stages of its chain."""
        comments = self.builder.comments_of(place.file)
        start, end = statement.span.start, statement.span.end
        chain = _lines_of(getattr(statement, "value", None))
        if chain is None:
            return comments.inside(start, end)
        first, last = chain.stages[0].span.end, chain.stages[-1].span.end
        return [*comments.inside(start, first), *comments.inside(last, end)]

    def statement(self, node: nodes.Statement, place: Place) -> list[plan.Statement]:
        """One statement; nothing for what stands elsewhere in the script."""
        match node:
            case nodes.Assign():
                return self._assign(node, place)
            case nodes.Augmented():
                return self._augmented(node, place)
            case nodes.Const() | nodes.Shared():
                return self._named(node.name, node.value, place)
            case nodes.Input():
                return self.builder.inputs.declare(node, place)
            case nodes.Output():
                return self._output(node, place)
            case nodes.Return():
                value = self._flow(node.value, place, "")
                return [plan.Return(value, span=node.span)]
            case nodes.For():
                return [self._for(node, place)]
            case nodes.If():
                return [self._if(node, place)]
        return []

    # ---- assignments

    def _assign(self, node: nodes.Assign, place: Place) -> list[plan.Statement]:
        if isinstance(node.target, nodes.Name) and self._stands_elsewhere(node.target.id, place):
            return []
        target = self.expressions.target(node.target, place)
        value = self._value_for(node.target, node.value, place)
        made: list[plan.Statement] = [plan.Assign(target, value, span=node.span)]
        if isinstance(value, plan.Raw) and value == target:
            made = []
        return [*made, *self._proofs(node.types, node.target, place)]

    def _named(self, name: nodes.Name, value: nodes.Expr, place: Place) -> list[plan.Statement]:
        if self._stands_elsewhere(name.id, place):
            return []
        target = self.expressions.target(name, place)
        return [
            plan.Assign(target, self._value_for(name, value, place), span=name.span.to(value.span))
        ]

    def _stands_elsewhere(self, name: str, place: Place) -> bool:
        """Whether a value stands among the module's constants."""
        return place.definition is None and self.builder.is_constant(name, place.file)

    def _value_for(self, target: nodes.Expr, value: nodes.Expr, place: Place) -> plan.Expr:
        carrier = place.names.own.get(target.id, "") if isinstance(target, nodes.Name) else ""
        return self._flow(value, place, carrier)

    def _augmented(self, node: nodes.Augmented, place: Place) -> list[plan.Statement]:
        target = self.expressions.target(node.target, place)
        value = self._flow(node.value, place, "")
        return [plan.Assign(target, value, "+=", span=node.span)]

    def _proofs(
        self, types: tuple[nodes.Type, ...], target: nodes.Expr, place: Place
    ) -> list[plan.Statement]:
        """What the compiler could not prove of an annotation, the built model proves."""
        names = [target] if isinstance(target, nodes.Name) else getattr(target, "items", ())
        found: list[plan.Statement] = []
        for kind, name in zip(types, names, strict=False):
            claim = self.builder.facts.get(kind)
            if isinstance(claim, ClaimFact) and isinstance(name, nodes.Name) and name.id != "_":
                self.builder.imports.add("import numpy as np")
                variable = self.expressions.target(name, place)
                found.append(plan.Do(_proof(claim, variable, kind.span), span=kind.span))
        return found

    # ---- chains: one line for each stage

    def _flow(self, node: nodes.Expr, place: Place, carrier: str) -> plan.Expr:
        """The value of an expression; the stages of a chain but the last go before it, a line each."""
        inner = _lines_of(node)
        if inner is None or not place.hoists:
            return self.expressions.translate(node, place)
        variable = self._variable(inner, carrier, place)
        value = self.expressions.translate(inner.stages[0], place)
        if isinstance(value, plan.Call | plan.Binary | plan.IfElse):
            place.before.append(plan.Assign(plan.Raw(variable), value, span=value.span))
            value = plan.Raw(variable, span=value.span)
        at = inner.stages[0].span.end
        for stage in inner.stages[1:-1]:
            at = self._before_stage(at, stage, place)
            value = self.expressions.stage(stage, value, place)
            after = self.builder.comments_of(place.file).after(at)
            place.before.append(
                plan.Assign(
                    plan.Raw(variable), value, span=stage.span, comment=after.text if after else ""
                )
            )
            at = after.span.end if after else at
            value = plan.Raw(variable, span=stage.span)
        self._before_stage(at, inner.stages[-1], place)
        return self.expressions.stage(inner.stages[-1], value, place)

    def _before_stage(self, start: int, stage: nodes.Expr, place: Place) -> int:
        """The comments above a stage, and within it; where it ends."""
        comments = self.builder.comments_of(place.file)
        place.before += comments.inside(start, stage.span.end)
        return stage.span.end

    def _variable(self, chain: nodes.Chain, carrier: str, place: Place) -> str:
        """The variable that carries a chain: its target's, unless a later stage reads what that held."""
        read = {
            python
            for stage in chain.stages[1:]
            for name in names_in(stage)
            if (python := place.names.python(name)) is not None
        }
        return carrier if carrier and carrier not in read else place.names.carrier()

    # ---- outputs

    def _output(self, node: nodes.Output, place: Place) -> list[plan.Statement]:
        made: list[plan.Statement] = []
        if node.value is not None:
            items = node.names
            target: nodes.Expr = items[0]
            if len(items) > 1:
                target = nodes.Tuple(
                    span=items[0].span.to(items[-1].span), items=items, parenthesised=False
                )
            value = self._value_for(target, node.value, place)
            made.append(plan.Assign(self.expressions.target(target, place), value, span=node.span))
            made += self._proofs(node.types, target, place)
        for name in node.names:
            made += self.builder.name_output(name, place)
        return made

    # ---- loops and choices

    def _for(self, node: nodes.For, place: Place) -> plan.For:
        body_reads = _all_expressions(node.body)
        goes, iterable = self.expressions.gone_through(
            node.target, node.iterable, body_reads, place
        )
        target = self.expressions.target(goes, place)
        index = "_"
        if any(self.expressions.makes(one, place) for one in body_reads):
            target, iterable, index = self.expressions.numbered(goes, target, iterable, place)
        inner = replace(place, loops=(*place.loops, index))
        end = self.builder.comments_of(place.file).tail(node.body)
        body = self.body(node.body, inner, _head_end(node), end)
        place.names.taken.difference_update({index})
        return plan.For(target, iterable, tuple(_filled(body)), span=node.span)

    def _if(self, node: nodes.If, place: Place) -> plan.If:
        comments = self.builder.comments_of(place.file)
        branches = []
        start = node.span.start
        for number, (test, body) in enumerate(node.branches):
            condition = None if test is None else self.expressions.translate(test, place)
            head = test.span.end if test is not None else comments.other(start) + len("else")
            told: list[plan.Statement] = []
            if number:
                after = comments.after(head)
                told = comments.all(start, after.span.end if after else head)
            made = self.body(body, place, head, comments.tail(body))
            branches.append((condition, (*told, *_filled(made))))
            start = comments.tail(body)
        return merged(plan.If(tuple(branches), span=node.span))


def _proof(claim: ClaimFact, variable: plan.Expr, span: Span) -> plan.Expr:
    """`np.testing.assert_equal(x.shape, (None, 8, 8))`; sizes that may be any are the tensor's own."""
    shape = plan.Attr(variable, "shape")
    sizes: list[plan.Expr | plan.Star] = []
    for axis, size in enumerate(claim.shape):
        bounds = plan.Slice(plan.Raw(str(axis)), plan.Raw(str(axis + 1)))
        own = plan.Star(plan.Index(shape, (bounds,)))
        sizes.append(own if size is ... else literal(size))
    found: plan.Expr = shape
    wanted: plan.Expr = plan.Sequence("tuple", tuple(sizes))
    if claim.dtype:
        found = plan.Sequence("tuple", (shape, plan.Attr(variable, "dtype")))
        wanted = plan.Sequence("tuple", (wanted, literal(claim.dtype)))
    return plan.Call(plan.Raw("np.testing.assert_equal"), (found, wanted), span=span)


def _lines_of(node: nodes.Expr | None) -> nodes.Chain | None:
    """The chain that an expression is, where its stages get a line each."""
    inner = nodes.strip(node) if node is not None else None
    return inner if isinstance(inner, nodes.Chain) and len(inner.stages) > 2 else None


def _filled(body: list[plan.Statement]) -> list[plan.Statement]:
    """A body that does something: a placeholder where nothing is left of it."""
    if all(isinstance(one, plan.Comment | plan.Blank) for one in body):
        return [*body, plan.Do(plan.Raw("..."))]
    return body


def _all_expressions(body: tuple[nodes.Statement, ...]) -> list[nodes.Expr]:
    from dsl.checker.naming import expressions_of, walk_statements  # noqa: PLC0415

    return [one for statement in walk_statements(body) for one in expressions_of(statement)]


def _is_compound(node: nodes.Statement) -> bool:
    return isinstance(node, nodes.For | nodes.If | nodes.Block)


def _head_end(node: nodes.Statement) -> int:
    """Where a statement's first line ends, for the comment behind it."""
    match node:
        case nodes.For():
            return node.iterable.span.end
        case nodes.If():
            test = node.branches[0][0]
            return test.span.end if test is not None else node.span.start
        case nodes.Block():
            return node.head.end
    return node.span.end


def _with_comment(statement: plan.Statement, text: str) -> plan.Statement:
    if isinstance(statement, plan.Comment | plan.Blank):
        return statement
    return replace(statement, comment=text)
