"""What the parser finds becomes the tree: one method for each rule of the grammar.

Each method gets all that stands in its rule, tokens too: its first and last child give its span.
"""

# ruff: noqa: D102 -- a method is its rule in grammar.lark

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from lark import Transformer

from dsl import nodes
from dsl.parser import checks, literals
from dsl.parser.operators import climb
from dsl.parser.tokens import Token

if TYPE_CHECKING:
    from dsl.source import Span

Children: TypeAlias = list[Any]


def _over(children: Children) -> Span:
    span: Span = children[0].span.to(children[-1].span)
    return span


def _inner(children: Children) -> tuple[Any, ...]:
    """All but the tokens: commas, brackets and words of the language."""
    return tuple(child for child in children if type(child) is not Token)


def _after(children: Children, mark: str) -> Any:
    """What follows a mark; None where the mark is not written."""
    for at, child in enumerate(children):
        if type(child) is Token and child.text == mark:
            return children[at + 1]
    return None


def _name(token: Token) -> nodes.Name:
    return nodes.Name(token.text, span=token.span)


def _names(children: Children) -> tuple[nodes.Name, ...]:
    return tuple(_name(c) for c in children if type(c) is Token and c.type == "NAME")


class Builder(Transformer[Any, Any]):
    """From rules to nodes."""

    # ---- statements

    def start(self, children: Children) -> tuple[nodes.Statement, ...]:
        return _inner(children)

    def line(self, children: Children) -> nodes.Statement | Token:
        statement, end = children
        if checks.is_python(statement, end):
            return end  # type: ignore[no-any-return]
        return statement  # type: ignore[no-any-return]

    def gap(self, children: Children) -> nodes.Gap | Token:
        token = children[0]
        return nodes.Gap(tuple(token.text.split()), span=token.span) if token.text else token

    def input(self, children: Children) -> nodes.Input:
        declared = children[3]
        arguments = children[5] if len(children) > 6 else ()
        record = isinstance(declared, _Record)
        return nodes.Input(
            _name(children[1]),
            None if record else declared,
            declared.fields if record else (),
            tuple(arguments),
            span=_over(children),
        )

    def record(self, children: Children) -> _Record:
        return _Record(_inner(children), _over(children))

    def field(self, children: Children) -> nodes.Field:
        return nodes.Field(_name(children[0]), children[2], span=_over(children))

    def typed(self, children: Children) -> nodes.Type:
        first = children[0]
        dtype = first if first.type == "NAME" else None
        return nodes.Type(
            dtype.text if dtype else "",
            _inner(children),
            dtype and dtype.span,
            span=_over(children),
        )

    def unknown(self, children: Children) -> nodes.Unknown:
        return nodes.Unknown(span=_over(children))

    def output(self, children: Children) -> nodes.Output:
        return nodes.Output(
            _names(children[1:]),
            tuple(c for c in children if isinstance(c, nodes.Type)),
            _after(children, "="),
            span=_over(children),
        )

    def shared(self, children: Children) -> nodes.Shared:
        return nodes.Shared(_name(children[1]), children[3], span=_over(children))

    def const(self, children: Children) -> nodes.Const:
        return nodes.Const(_name(children[1]), children[3], span=_over(children))

    def assign(self, children: Children) -> nodes.Assign | nodes.OutsideDefault:
        target, equals, value = children
        if isinstance(target, nodes.Outside):
            return nodes.OutsideDefault(target, value, span=_over(children))
        checks.target(target, equals)
        return nodes.Assign(target, (), value, span=_over(children))

    def annotated(self, children: Children) -> nodes.Assign:
        checks.target(children[0], children[-2])
        types = tuple(c for c in children if isinstance(c, nodes.Type))
        return nodes.Assign(children[0], types, children[-1], span=_over(children))

    def augmented(self, children: Children) -> nodes.Augmented:
        checks.one_name(children[0], children[1])
        return nodes.Augmented(children[0], children[2], span=_over(children))

    def expression(self, children: Children) -> nodes.ExprStatement:
        return nodes.ExprStatement(children[0], span=_over(children))

    def ret(self, children: Children) -> nodes.Return:
        return nodes.Return(children[1], span=_over(children))

    def importing(self, children: Children) -> nodes.Import:
        origin = children[1]
        path = literals.string([origin]) if type(origin) is Token else None
        if isinstance(path, nodes.FString):
            path = checks.path(origin)
        return nodes.Import(
            path,
            "" if path else origin.text,
            tuple(c for c in children if isinstance(c, nodes.Imported)),
            origin.span,
            span=_over(children),
        )

    def imported(self, children: Children) -> nodes.Imported:
        return nodes.Imported(_name(children[0]), _name(children[-1]), span=_over(children))

    def dotted(self, children: Children) -> _Dotted:
        return _Dotted("".join(child.text for child in children), _over(children))

    # ---- statements with a body

    def block(self, children: Children) -> nodes.Block:
        kind, name, parameters, inputs, colon, body = children
        return nodes.Block(
            kind.text,
            _name(name),
            _inner(parameters),
            _inner(inputs),
            _inner(body),
            kind.span.to(colon.span),
            span=_with_body(children[:-1], body),
        )

    def params(self, children: Children) -> Children:
        return children

    def param(self, children: Children) -> nodes.Parameter:
        return nodes.Parameter(
            _name(children[0]),
            _after(children, ":"),
            _after(children, "="),
            span=_over(children),
        )

    def loop(self, children: Children) -> nodes.For:
        head, target, in_, iterable, _, body = children
        checks.target(target, in_)
        span = _with_body([head], body)
        return nodes.For(target, iterable, _inner(body), span=span)

    def cond(self, children: Children) -> nodes.If:
        branches = []
        at = 0
        while at < len(children):
            if children[at].text == "else":
                branches.append((None, _inner(children[at + 2])))
                at += 3
            else:
                branches.append((children[at + 1], _inner(children[at + 3])))
                at += 4
        return nodes.If(tuple(branches), span=_with_body(children[:-1], children[-1]))

    def suite(self, children: Children) -> Children:
        return [self.line(children)] if len(children) == 2 else children

    def train(self, children: Children) -> nodes.Train:
        phase = _name(children[1]) if children[1].type == "NAME" else None
        settings = tuple(c for c in children if isinstance(c, nodes.Setting))
        return nodes.Train(phase, settings, span=_with_body(children, children))

    def setting(self, children: Children) -> nodes.Setting:
        return nodes.Setting(_name(children[0]), children[2], span=_over(children[:3]))

    # ---- expressions

    def bare_tuple(self, children: Children) -> nodes.Tuple:
        return nodes.Tuple(_inner(children), parenthesised=False, span=_over(children))

    def chain(self, children: Children) -> nodes.Chain:
        chain = nodes.Chain(_inner(children), span=_over(children))
        checks.chain(chain, children[1])
        return chain

    def ifelse(self, children: Children) -> nodes.IfElse:
        body, _, test, _, orelse = children
        return nodes.IfElse(test, body, orelse, span=_over(children))

    def operation(self, children: Children) -> nodes.Expr:
        return climb(children)

    def call(self, children: Children) -> nodes.Call:
        arguments = children[2] if len(children) == 4 else ()
        parens = children[1].span.to(children[-1].span)
        return nodes.Call(children[0], tuple(arguments), parens, span=_over(children))

    def args(self, children: Children) -> tuple[nodes.Argument, ...]:
        return _inner(children)

    def positional(self, children: Children) -> nodes.Argument:
        return nodes.Argument("", children[0], None, span=_over(children))

    def keyword(self, children: Children) -> nodes.Argument:
        name, _, value = children
        return nodes.Argument(name.text, value, name.span, span=_over(children))

    def splat_argument(self, children: Children) -> nodes.Argument:
        return nodes.Argument("", self.splat(children), None, span=_over(children))

    def attribute(self, children: Children) -> nodes.Attribute:
        value, _, name = children
        return nodes.Attribute(value, name.text, name.span, span=_over(children))

    def subscript(self, children: Children) -> nodes.Subscript:
        return nodes.Subscript(children[0], _inner(children[2]), span=_over(children))

    def slices(self, children: Children) -> Children:
        return children

    def bounds(self, children: Children) -> nodes.Slice:
        found: list[Any] = [None]
        for child in children:
            if type(child) is Token:
                found.append(None)
            else:
                found[-1] = child
        start, stop, step = (*found, None)[:3]
        return nodes.Slice(start, stop, step, span=_over(children))

    def name(self, children: Children) -> nodes.Name:
        return _name(children[0])

    def outside(self, children: Children) -> nodes.Outside:
        return nodes.Outside(children[1].text, span=_over(children))

    def number(self, children: Children) -> nodes.Number:
        return literals.number(children[0])

    def string(self, children: Children) -> nodes.String | nodes.FString:
        return literals.string(children)

    def ellipsis(self, children: Children) -> nodes.Ellipsis_:
        return nodes.Ellipsis_(span=_over(children))

    def group(self, children: Children) -> nodes.Group:
        return nodes.Group(children[1], span=_over(children))

    def parenthesised(self, children: Children) -> nodes.Tuple:
        return nodes.Tuple(_inner(children), parenthesised=True, span=_over(children))

    def listing(self, children: Children) -> nodes.List:
        return nodes.List(_inner(children), span=_over(children))

    def mapping(self, children: Children) -> nodes.Dict:
        return nodes.Dict(_inner(children), span=_over(children))

    def pair(self, children: Children) -> _Pair:
        return children[0], children[2]

    def comprehension(self, children: Children) -> nodes.Comprehension:
        _, element, comp, _ = children
        return nodes.Comprehension(element, *comp, span=_over(children))

    def mapping_comprehension(self, children: Children) -> nodes.DictComprehension:
        _, pair, comp, _ = children
        return nodes.DictComprehension(*pair, *comp, span=_over(children))

    def comp(self, children: Children) -> _Comp:
        checks.target(children[1], children[2])
        return children[1], children[3], children[5] if len(children) > 4 else None

    def splat(self, children: Children) -> nodes.Splat:
        return nodes.Splat(children[1], span=_over(children))


class _Record:
    """The fields of a record of inputs."""

    def __init__(self, fields: tuple[nodes.Field, ...], span: Span) -> None:
        self.fields = fields
        self.span = span


class _Dotted:
    """The name of a module."""

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


_Pair: TypeAlias = "tuple[nodes.Expr, nodes.Expr]"
_Comp: TypeAlias = "tuple[nodes.Expr, nodes.Expr, nodes.Expr | None]"


def _with_body(head: Children, body: Children) -> Span:
    """From the head of a statement to the end of its body's last one."""
    last = (_inner(body) or (None,))[-1]
    start: Span = head[0].span
    colon = [c for c in head if type(c) is Token and c.text == ":"][-1:] or [head[0]]
    return start.to(last.span if last else colon[0].span)
