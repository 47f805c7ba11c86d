"""Expressions and simple statements of the plan as text, laid out as ruff's formatter would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from dsl.emit import parentheses, plan
from dsl.emit.document import (
    SOFT,
    WIDTH,
    Doc,
    concat,
    first_that_fits,
    flat,
    group,
    indent,
    printed,
    width,
)
from dsl.emit.expressions import BARE, INSIDE, Builder, is_dotted, noted, separated
from dsl.emit.literals import clean_comment, escaped, quoted
from dsl.emit.marks import is_mark
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# ---- f-strings


class _Unquotable(Exception):  # noqa: N818 -- a signal within this file
    """A value that can't stand in an f-string of Python 3.11."""


def _requoted(text: str, quote: str) -> str:
    """An atom for use between the braces of an f-string: a string in quotes of the other kind."""
    if text[-1:] not in "\"'":
        return text
    if text[:1] not in "\"'" or any(char in text[1:-1] for char in "\\'\"#"):
        raise _Unquotable
    return f"{quote}{text[1:-1]}{quote}"


def _braced(part: plan.FormattedValue, quote: str) -> str:
    value = prepared(part.value)
    if isinstance(value, plan.Lambda):
        value = plan.Paren(value)
    builder = Builder(lambda atom: _requoted(atom, quote))
    text = flat(builder.expr(value, BARE)) or ""
    if "{" in text:
        raise _Unquotable
    conversion = f"!{part.conversion}" if part.conversion else ""
    form = f":{part.format}" if part.format else ""
    return f"{{{text}{conversion}{form}}}"


def _format_call(expr: plan.FString) -> plan.Expr:
    """The same string by `str.format`, for values that have quotes of both kinds."""
    pieces: list[str] = []
    values: list[plan.Expr] = []
    for part in expr.parts:
        if isinstance(part, str):
            pieces.append(part.replace("{", "{{").replace("}", "}}"))
        else:
            conversion = f"!{part.conversion}" if part.conversion else ""
            pieces.append(f"{{{conversion}:{part.format}}}" if part.format else f"{{{conversion}}}")
            values.append(part.value)
    template = plan.Raw(quoted("".join(pieces)))
    return plan.Call(plan.Attr(template, "format"), tuple(values), span=expr.span)


def _spliced(expr: plan.FString) -> Iterator[str | plan.FormattedValue]:
    """The parts of an f-string, those of f-strings within it in their places."""
    for part in expr.parts:
        match part:
            case plan.FormattedValue(plan.FString() as inner, "", ""):
                yield from _spliced(inner)
            case _:
                yield part


def _written(expr: plan.FString) -> Any:
    """An f-string as an atom; a plain string where nothing is formatted."""
    parts = list(_spliced(expr))
    if not any(isinstance(part, plan.FormattedValue) for part in parts):
        return plan.Raw(quoted("".join(str(part) for part in parts)), span=expr.span)
    texts = "".join(part for part in parts if isinstance(part, str))
    outer, inner = "'\"" if texts.count('"') > texts.count("'") else "\"'"
    try:
        pieces = [
            escaped(part, outer).replace("{", "{{").replace("}", "}}")
            if isinstance(part, str)
            else _braced(part, inner)
            for part in parts
        ]
    except _Unquotable:
        return prepared(_format_call(expr))
    return plan.Raw(f"f{outer}{''.join(pieces)}{outer}", span=expr.span)


def prepared(expr: Any) -> Any:
    """An expression with its parentheses, and its f-strings as they are written."""
    return parentheses.explicit(expr, _written)


# ---- statements


def expression(expr: plan.Expr, depth: int = 0) -> str:
    """An expression as it would stand between brackets, its first line at column `depth`."""
    builder = Builder()
    return printed(group(builder.expr(prepared(expr), INSIDE)), depth)


def _spread(docs: Sequence[Doc]) -> Doc:
    """Parameters: on the line, on one line of their own, or each on its own."""
    return (
        concat("(", indent(SOFT, group(separated(docs, trailing=True))), SOFT, ")")
        if docs
        else "()"
    )


class _Statements(Builder):
    """Makes the document of a simple statement, or of the head of a compound one."""

    def assign(self, one: plan.Assign) -> Doc:
        """`target = value`."""
        target, value = prepared(one.target), prepared(one.value)
        bare = (
            isinstance(target, plan.Sequence) and target.kind == "tuple" and len(target.items) > 1
        )
        if not bare and not isinstance(target, plan.Index | plan.Sequence):
            return concat(self.expr(target, BARE), f" {one.op} ", self.last(value, one.comment))
        left = (
            self.parenthesized_if_broken(self.bare_tuple(target.items))
            if bare
            else self.expr(target, BARE)
        )
        return self._right_to_left(concat(left, f" {one.op} "), value, one.comment)

    def _right_to_left(self, left: Doc, value: Any, note: str) -> Doc:
        """A target that could break itself: the value breaks first."""
        atom = isinstance(value, plan.Raw) and not is_dotted(value)
        chain = isinstance(value, plan.Call | plan.Attr | plan.Index) or is_dotted(value)
        if not atom and not (chain and parentheses.when_broken(value) == parentheses.BEST_FIT):
            return concat(left, self.value(value), noted(note))
        right = self.expr(value, BARE)
        inline = noted(note) if atom else ""
        line = concat(left, right, inline)
        broken_value = concat(left, group(right, expand=True))
        wrapped = concat(left, "(", group(indent(SOFT, right, inline), SOFT, expand=True), ")")
        broken_target = concat(group(left, expand=True), right, inline)
        variants = (
            (line, broken_value, wrapped, broken_target)
            if chain
            else (line, wrapped, broken_target)
        )
        return concat(first_that_fits(*variants), "" if atom else noted(note))

    def do(self, one: plan.Do) -> Doc:
        """An expression alone."""
        value = prepared(one.value)
        loose = isinstance(value, plan.Binary) and value.op in {"|", "^", "<<", ">>", "+", "-"}
        return concat(self.value(value) if loose else self.expr(value, BARE), noted(one.comment))

    def returned(self, one: plan.Return) -> Doc:
        """`return value`; a tuple goes without its parentheses where it fits."""
        value = prepared(one.value)
        if isinstance(value, plan.Sequence) and value.kind == "tuple" and len(value.items) > 1:
            if len(value.items) > 2:
                tail = self.parenthesized_if_broken(self.bare_tuple(value.items))
            else:
                tail = self.optional(
                    lambda key: separated([self.expr(x, key) for x in value.items], trailing=True)
                )
            return concat("return ", tail, noted(one.comment))
        return concat("return ", self.last(value, one.comment))

    def loop(self, one: plan.For) -> Doc:
        """`for target in iterable:`."""
        target, iterable = prepared(one.target), prepared(one.iterable)
        if isinstance(target, plan.Sequence) and target.kind == "tuple" and len(target.items) > 1:
            left = self.optional(
                lambda key: separated([self.expr(x, key) for x in target.items], trailing=True)
            )
        else:
            left = self.value(target)
        return concat("for ", left, " in ", self.value(iterable), ":", noted(one.comment))

    def branch(self, word: str, test: plan.Expr | None, note: str) -> Doc:
        """`if test:`, `elif test:`, `else:`."""
        head = concat(f"{word} ", self.value(prepared(test))) if test else word
        return concat(head, ":", noted(note))

    def define(self, one: plan.Def) -> Doc:
        """`def name(parameters):`."""
        named = [self._parameter(param) for param in one.params]
        if one.keyword_only:
            named += ["*", *(self._parameter(param) for param in one.keyword_only)]
        returns = f" -> {one.returns}" if one.returns else ""
        return concat(f"def {one.name}", group(_spread(named)), f"{returns}:", noted(one.comment))

    def _parameter(self, param: plan.Param) -> Doc:
        name = f"{param.name}: {param.annotation}" if param.annotation else param.name
        if param.default is None:
            return name
        equals = " = " if param.annotation else "="
        return concat(name, equals, self.expr(prepared(param.default), INSIDE))


def line(
    one: plan.Statement, depth: int = 0, word: str = "if", test: plan.Expr | None = None
) -> str:
    """A simple statement, or the head of a compound one with its colon.

    Args:
        one: the statement. Its comment is made safe.
        depth: columns of indentation; the first line's own are not written.
        word: for an `If`, which branch: `if`, `elif`, `else`.
        test: for an `If`, the branch's test, None for `else`.
    """
    note = clean_comment(getattr(one, "comment", ""))
    match one:
        case plan.Comment(text):
            return clean_comment(text)
        case plan.Blank():
            return ""
        case plan.If():
            return printed(_Statements().branch(word, test, note if word == "if" else ""), depth)
    if is_mark(note) and not isinstance(one, plan.Def | plan.For):
        bare = printed(_document(replace(one, comment="")), depth)
        if "\n" not in bare and depth + width(bare) + 2 + width(note) > WIDTH:
            return f"{note}\n{' ' * depth}{bare}"  # rather than a statement broken for its comment's sake
    return printed(_document(one if note == one.comment else replace(one, comment=note)), depth)


def _document(one: plan.Assign | plan.Do | plan.Return | plan.For | plan.Def) -> Doc:
    make = _Statements()
    match one:
        case plan.Assign():
            return make.assign(one)
        case plan.Do():
            return make.do(one)
        case plan.Return():
            return make.returned(one)
        case plan.For():
            return make.loop(one)
        case plan.Def():
            return make.define(one)
        case _:
            assert_never(one)
