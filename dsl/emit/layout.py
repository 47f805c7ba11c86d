"""Expressions and simple statements of the plan as text, laid out as ruff's formatter would."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, assert_never

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
    flat,
    group,
    group_if_broken,
    if_broken,
    if_flat,
    indent,
    indent_if_broken,
    parenthesize_if_better,
    printed,
    width,
)
from dsl.emit.literals import clean_comment, escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# Where an expression stands: nothing around it may break; within brackets; or (from 0) within
# optional parentheses of that key, which may yet be left out.
BARE: Final = -2
INSIDE: Final = -1


class _Builder:
    """Makes the document of one statement or expression."""

    def __init__(self, atom: Callable[[str], str] = str) -> None:
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
        if note and isinstance(expr, plan.Raw) and not _is_dotted(expr):
            key = self.key()
            inner = concat(self.expr(expr, key), if_broken(_noted(note)))
            return concat(parenthesize_if_better(inner, key), if_flat(_noted(note), key))
        return concat(self.value(expr), _noted(note))

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


def _is_dotted(expr: Any) -> bool:
    text = expr.text if isinstance(expr, plan.Raw) else ""
    return "." in text and text.replace(".", "").isidentifier()


def _noted(text: str) -> Doc:
    return comment(f"  {text}", width(text) + 2) if text else ""


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
    builder = _Builder(lambda atom: _requoted(atom, quote))
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
    builder = _Builder()
    return printed(group(builder.expr(prepared(expr), INSIDE)), depth)


def _spread(docs: Sequence[Doc]) -> Doc:
    """Parameters: on the line, on one line of their own, or each on its own."""
    return (
        concat("(", indent(SOFT, group(separated(docs, trailing=True))), SOFT, ")")
        if docs
        else "()"
    )


class _Statements(_Builder):
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
        atom = isinstance(value, plan.Raw) and not _is_dotted(value)
        chain = isinstance(value, plan.Call | plan.Attr | plan.Index) or _is_dotted(value)
        if not atom and not (chain and parentheses.when_broken(value) == parentheses.BEST_FIT):
            return concat(left, self.value(value), _noted(note))
        right = self.expr(value, BARE)
        inline = _noted(note) if atom else ""
        line = concat(left, right, inline)
        broken_value = concat(left, group(right, expand=True))
        wrapped = concat(left, "(", group(indent(SOFT, right, inline), SOFT, expand=True), ")")
        broken_target = concat(group(left, expand=True), right, inline)
        variants = (
            (line, broken_value, wrapped, broken_target)
            if chain
            else (line, wrapped, broken_target)
        )
        return concat(first_that_fits(*variants), "" if atom else _noted(note))

    def do(self, one: plan.Do) -> Doc:
        """An expression alone."""
        value = prepared(one.value)
        loose = isinstance(value, plan.Binary) and value.op in {"|", "^", "<<", ">>", "+", "-"}
        return concat(self.value(value) if loose else self.expr(value, BARE), _noted(one.comment))

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
            return concat("return ", tail, _noted(one.comment))
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
        return concat("for ", left, " in ", self.value(iterable), ":", _noted(one.comment))

    def branch(self, word: str, test: plan.Expr | None, note: str) -> Doc:
        """`if test:`, `elif test:`, `else:`."""
        head = concat(f"{word} ", self.value(prepared(test))) if test else word
        return concat(head, ":", _noted(note))

    def define(self, one: plan.Def) -> Doc:
        """`def name(parameters):`."""
        named = [self._parameter(param) for param in one.params]
        if one.keyword_only:
            named += ["*", *(self._parameter(param) for param in one.keyword_only)]
        returns = f" -> {one.returns}" if one.returns else ""
        return concat(f"def {one.name}", group(_spread(named)), f"{returns}:", _noted(one.comment))

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
    make = _Statements()
    note = clean_comment(getattr(one, "comment", ""))
    match one:
        case plan.Comment(text):
            return clean_comment(text)
        case plan.Blank():
            return ""
        case plan.If():
            return printed(make.branch(word, test, note if word == "if" else ""), depth)
    if note != one.comment:
        one = replace(one, comment=note)
    match one:
        case plan.Assign():
            doc = make.assign(one)
        case plan.Do():
            doc = make.do(one)
        case plan.Return():
            doc = make.returned(one)
        case plan.For():
            doc = make.loop(one)
        case plan.Def():
            doc = make.define(one)
        case _:
            assert_never(one)
    return printed(doc, depth)
