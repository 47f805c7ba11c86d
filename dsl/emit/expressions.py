"""Expressions of the plan as documents, each with the breaks that ruff's formatter would try."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

from dsl.emit import parentheses, plan
from dsl.emit.document import (
    HARD,
    LINE,
    SOFT,
    Doc,
    comment,
    concat,
    first_that_fits,
    fits_broken,
    group,
    group_if_broken,
    if_broken,
    if_flat,
    indent,
    indent_if_broken,
    parenthesize_if_better,
    width,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# Where an expression stands: nothing around it may break; within brackets; or (from 0) within
# optional parentheses of that key, which may yet be left out.
BARE: Final = -2
INSIDE: Final = -1


class Builder:
    """Makes the document of one statement or expression."""

    def __init__(self, atom: Callable[[str], str] = str) -> None:
        """Start afresh; `atom` writes names, numbers and strings."""
        self._keys = count()
        self._makers: dict[type, Callable[[Any, int], Doc]] = {
            plan.Raw: lambda e, _: atom(e.text),
            plan.Paren: self._paren,
            plan.Call: self._chain,
            plan.Attr: self._chain,
            plan.Index: self._chain,
            plan.Keyword: lambda e, at: concat(f"{e.name}=", self.expr(e.value, at)),
            plan.Star: lambda e, at: concat("*", self.expr(e.value, at)),
            plan.Slice: self._slice,
            plan.Unary: self._unary,
            plan.Binary: self._operation,
            plan.Compare: self._operation,
            plan.IfElse: self._if_else,
            plan.Sequence: self._sequence,
            plan.Dict: self._dict,
            plan.Comprehension: self._comprehension,
            plan.Lambda: self._lambda,
        }

    def key(self) -> int:
        """A new key for a group."""
        return next(self._keys)

    def expr(self, expr: Any, at: int) -> Doc:
        """The document of an expression that has its `Paren`s."""
        return self._makers[type(expr)](expr, at)

    # -- brackets

    def bracketed(self, left: str, content: Doc, right: str, at: int) -> Doc:
        """Brackets that may break around their content."""
        inner = group(indent(SOFT, content), SOFT)
        return concat(left, fits_broken(inner, at) if at >= 0 else inner, right)

    def _items(self, docs: Sequence[Doc]) -> Doc:
        return separated(docs, trailing=len(docs) > 1)

    def all(self, exprs: Iterable[Any]) -> list[Doc]:
        """The documents of what stands within brackets."""
        return [self.expr(one, INSIDE) for one in exprs]

    def _paren(self, expr: plan.Paren, at: int) -> Doc:
        return self.bracketed("(", self.expr(expr.value, INSIDE), ")", at)

    def _sequence(self, expr: plan.Sequence, at: int) -> Doc:
        left, right = "[]" if expr.kind == "list" else "()"
        if not expr.items:
            return left + right
        docs = self.all(expr.items)
        alone = expr.kind == "tuple" and len(docs) == 1
        return self.bracketed(left, concat(docs[0], ",") if alone else self._items(docs), right, at)

    def _dict(self, expr: plan.Dict, at: int) -> Doc:
        if not expr.pairs:
            return "{}"
        docs = [group(self.expr(k, INSIDE), ": ", self.expr(v, INSIDE)) for k, v in expr.pairs]
        return self.bracketed("{", self._items(docs), "}", at)

    def _comprehension(self, expr: plan.Comprehension, at: int) -> Doc:
        left, right = "[]" if expr.key is None else "{}"
        element = self.expr(expr.element, INSIDE)
        head = (
            group(element)
            if expr.key is None
            else concat(group(self.expr(expr.key, INSIDE)), ": ", element)
        )
        loop = concat(
            "for ", self._loop_target(expr.target), " in ", self.expr(expr.iterable, INSIDE)
        )
        parts = [head, LINE, loop]
        if expr.condition is not None:
            parts += [LINE, "if ", self.expr(expr.condition, INSIDE)]
        return self.bracketed(left, group(*parts), right, at)

    def _loop_target(self, target: plan.Expr) -> Doc:
        if isinstance(target, plan.Sequence) and target.kind == "tuple" and len(target.items) > 1:
            return concat(*_joined(self.all(target.items), ", "))
        return self.expr(target, INSIDE)

    # -- calls, attributes, indices

    def _chain(self, expr: Any, at: int) -> Doc:
        fluent = at == INSIDE and parentheses.is_fluent(expr)
        doc = self._link(expr, at, fluent)
        return group(doc) if fluent else doc

    def _link(self, expr: Any, at: int, fluent: bool) -> Doc:
        inner = parentheses.base(expr)
        linked = parentheses.base(inner) is not None and (fluent or not isinstance(expr, plan.Attr))
        before = self._link(inner, at, fluent) if linked else self.expr(inner, at)
        if isinstance(expr, plan.Attr):
            dot = fluent and isinstance(inner, plan.Call | plan.Index | plan.Paren)
            return concat(before, SOFT, f".{expr.name}") if dot else concat(before, f".{expr.name}")
        return concat(before, self._brackets(expr, at))

    def _brackets(self, expr: Any, at: int) -> Doc:
        if isinstance(expr, plan.Call):
            return (
                self.bracketed("(", group(self._items(self.all(expr.args))), ")", at)
                if expr.args
                else "()"
            )
        items = self.all(expr.items)
        return self.bracketed(
            "[", group(self._items(items)) if len(items) > 1 else items[0], "]", at
        )

    def _slice(self, expr: plan.Slice, at: int) -> Doc:
        bounds = (expr.start, expr.stop, expr.step)
        blank = "" if all(parentheses.is_simple_bound(one) for one in bounds) else " "
        pieces: list[Doc] = []
        for index, bound in enumerate(bounds):
            if index == 1 or (index == 2 and bound is not None):
                before = bounds[index - 1]
                pieces.append(f"{blank if before is not None else ''}:")
            if bound is not None:
                pieces += [blank if index else "", self.expr(bound, at)]
        return concat(*pieces)

    # -- operators

    def _line(self, at: int, blank: str) -> Doc:
        line = LINE if blank else SOFT
        if at == INSIDE:
            return line
        return blank if at == BARE else concat(if_broken(line, at), if_flat(blank, at))

    def _group(self, doc: Doc, at: int) -> Doc:
        if at == INSIDE:
            return group(doc)
        return doc if at == BARE else group_if_broken(doc, at)

    def _unary(self, expr: plan.Unary, at: int) -> Doc:
        return concat("not " if expr.op == "not" else expr.op, self.expr(expr.operand, at))

    def _operation(self, expr: plan.Binary | plan.Compare, at: int) -> Doc:
        return self._group(self._operators(parentheses.parts(expr), at), at)

    def _operators(self, parts: list[Any], at: int) -> Doc:
        """A break before each operator that binds loosest, the rest in groups of their own."""
        loosest = min(_binding(op) for op in parts[1::2])
        docs: list[Doc] = []
        start = 0
        for index in range(1, len(parts), 2):
            if _binding(parts[index]) == loosest:
                docs += [self._run(parts[start:index], at), self._operator(parts, index, at)]
                start = index + 1
        return concat(*docs, self._run(parts[start:], at))

    def _run(self, parts: list[Any], at: int) -> Doc:
        return (
            self.expr(parts[0], at)
            if len(parts) == 1
            else self._group(self._operators(parts, at), at)
        )

    def _operator(self, parts: list[Any], index: int, at: int) -> Doc:
        op = parts[index]
        if op == "**" and all(
            parentheses.is_simple_power(parts[i]) for i in (index - 1, index + 1)
        ):
            space = "" if at == BARE else if_broken(" ")
            return concat(self._line(at, ""), op, if_broken(space, at) if at >= 0 else space)
        return concat(self._line(at, " "), f"{op} ")

    def _if_else(self, expr: plan.IfElse, at: int) -> Doc:
        return self._group(self._choice(expr, at), at)

    def _choice(self, expr: plan.IfElse, at: int) -> Doc:
        last = expr.orelse
        return concat(
            self.expr(expr.body, at),
            self._line(at, " "),
            "if ",
            self.expr(expr.test, at),
            self._line(at, " "),
            "else ",
            self._choice(last, at)
            if isinstance(last, plan.IfElse)
            else self._group(self.expr(last, at), at),
        )

    def _lambda(self, expr: plan.Lambda, at: int) -> Doc:
        head = f"lambda {', '.join(expr.parameters)}: " if expr.parameters else "lambda: "
        return concat(head, self._lambda_body(expr.body, at))

    def _lambda_body(self, body: plan.Expr, at: int) -> Doc:
        when = parentheses.when_broken(body)
        if when != parentheses.MULTILINE and isinstance(body, plan.Call | plan.Index):
            doc = self.expr(body, at)
            wrapped = concat("(", indent(HARD, doc), HARD, ")")
            return first_that_fits(doc, group(doc, expand=True), wrapped)
        if when == parentheses.NEVER:
            return self.expr(body, at)
        return self.parenthesized_if_broken(self.expr(body, INSIDE))

    # -- what stands last in a statement

    def parenthesized_if_broken(self, doc: Doc) -> Doc:
        """Parentheses around a document that breaks."""
        key = self.key()
        inner = indent_if_broken(concat(SOFT, doc), key)
        return group(if_broken("("), inner, SOFT, if_broken(")"), key=key)

    def optional(self, make: Callable[[int], Doc]) -> Doc:
        """Parentheses, unless the document fits with its own brackets broken."""
        key = self.key()
        inner = indent_if_broken(concat(SOFT, make(key)), key)
        return group(if_broken("("), inner, SOFT, if_broken(")"), key=key)

    def value(self, expr: Any) -> Doc:
        """A value, in parentheses where it needs them in order to break."""
        when = parentheses.when_broken(expr)
        if when == parentheses.NEVER:
            return self.expr(expr, BARE)
        if when == parentheses.BEST_FIT:
            key = self.key()
            return parenthesize_if_better(self.expr(expr, key), key)
        if isinstance(expr, plan.Lambda):
            body = fits_broken(self._lambda_body(expr.body, INSIDE))
            head = f"lambda {', '.join(expr.parameters)}: " if expr.parameters else "lambda: "
            return self.parenthesized_if_broken(concat(head, body))
        if parentheses.can_do_without(expr):
            return self.optional(lambda key: self.expr(expr, key))
        return self.parenthesized_if_broken(self.expr(expr, INSIDE))

    def last(self, expr: Any, note: str) -> Doc:
        """The value at the end of a statement, with the statement's comment."""
        if note and isinstance(expr, plan.Raw) and not is_dotted(expr):
            key = self.key()
            inner = concat(self.expr(expr, key), if_broken(noted(note)))
            return concat(parenthesize_if_better(inner, key), if_flat(noted(note), key))
        return concat(self.value(expr), noted(note))

    def bare_tuple(self, items: Sequence[Any]) -> Doc:
        """Items of a tuple that goes without parentheses."""
        return self._items(self.all(items))


def _binding(op: str) -> int:
    """`and` and `or` break together, as do all comparisons."""
    return (
        parentheses.OR if op in {"and", "or"} else parentheses.BINARY.get(op, parentheses.COMPARE)
    )


def _joined(docs: Sequence[Doc], separator: Doc) -> list[Doc]:
    found: list[Doc] = []
    for doc in docs:
        found += [separator, doc] if found else [doc]
    return found


def separated(docs: Sequence[Doc], *, trailing: bool) -> Doc:
    """Documents with commas between, and one after the last where they stand one a line."""
    tail = [if_broken(",")] if trailing else []
    return concat(*_joined(docs, concat(",", LINE)), *tail)


def is_dotted(expr: Any) -> bool:
    """Whether it is an atom such as `layers.Dense`, an attribute to Python."""
    text = expr.text if isinstance(expr, plan.Raw) else ""
    return "." in text and text.replace(".", "").isidentifier()


def noted(text: str) -> Doc:
    """A statement's comment, behind it; nothing for none."""
    return comment(f"  {text}", width(text) + 2) if text else ""
