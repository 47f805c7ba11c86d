"""The syntax tree: frozen values, comments included; spans take no part in equality."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dsl.records import Record, field

if TYPE_CHECKING:
    from dsl.source import Source, Span


class Node(Record):
    """Anything that stands in a source."""

    span: Span = field(kw_only=True, compare=False)


# ---- expressions -------------------------------------------------------------------------------


class Name(Node):
    """A name or a bare word; also `true`, `True`, `none`, `None` and `_`."""

    id: str


class Outside(Node):
    """`$name`: a value from outside. `name` is without the `$`."""

    name: str


class Number(Node):
    """A number; `text` is how it was written."""

    value: int | float
    text: str


class String(Node):
    """A quoted string (adjacent ones joined); `value` is what it means, escapes done."""

    value: str


class FString(Node):
    """An f-string: pieces of text and expressions in turn; conversions and formats are kept as text."""

    parts: tuple[str | Replacement, ...]


class Replacement(Node):
    """`{value!conversion:format}` of an f-string; the last two are empty where not written."""

    value: Expr
    conversion: str
    format: str


class Ellipsis_(Node):  # noqa: N801 -- the builtin has the plain name
    """`...`."""


class List(Node):
    """`[a, *b]`."""

    items: tuple[Expr, ...]


class Tuple(Node):
    """`(a, b)`, or `a, b` without parentheses."""

    items: tuple[Expr, ...]
    parenthesised: bool


class Dict(Node):
    """`{a: b}`."""

    pairs: tuple[tuple[Expr, Expr], ...]


class Comprehension(Node):
    """`[element for target in iterable if condition]`."""

    element: Expr
    target: Expr
    iterable: Expr
    condition: Expr | None


class DictComprehension(Node):
    """`{key: value for target in iterable if condition}`."""

    key: Expr
    value: Expr
    target: Expr
    iterable: Expr
    condition: Expr | None


class Splat(Node):
    """`*value` in a call, a list or a target."""

    value: Expr


class Argument(Node):
    """One argument of a call; `name` is empty where it goes by position."""

    name: str
    value: Expr
    name_span: Span | None = field(compare=False)


class Call(Node):
    """`callee(arguments)`; `parens` is the span of the parentheses with what is in them."""

    callee: Expr
    arguments: tuple[Argument, ...]
    parens: Span = field(compare=False)


class Attribute(Node):
    """`value.name`."""

    value: Expr
    name: str
    name_span: Span = field(compare=False)


class Subscript(Node):
    """`value[items]`."""

    value: Expr
    items: tuple[Expr, ...]


class Slice(Node):
    """`start:stop:step` in a subscript."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None


class Unary(Node):
    """`-x`, `+x`, `~x`, `not x`."""

    op: str
    operand: Expr


class Binary(Node):
    """`a op b` with op one of `+ - * / // % @ ** & | ^`, or `and`, `or`; `op_span` is the operator's."""

    op: str
    left: Expr
    right: Expr
    op_span: Span = field(compare=False)


class Compare(Node):
    """`a < b`, and `a < b < c` as one node: one more operand than operators."""

    operands: tuple[Expr, ...]
    ops: tuple[str, ...]


class IfElse(Node):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Chain(Node):
    """`a -> b -> c`: `stages` are what the arrows join."""

    stages: tuple[Expr, ...]


class Group(Node):
    """`(value)`: kept, since operators and arrows mix only through it."""

    value: Expr


Expr: TypeAlias = (
    Name | Outside | Number | String | FString | Ellipsis_ | List | Tuple | Dict | Comprehension
    | DictComprehension | Splat | Call | Attribute | Subscript | Slice | Unary | Binary | Compare
    | IfElse | Chain | Group
)  # fmt: skip


def strip(node: Expr) -> Expr:
    """An expression without the parentheses around it."""
    return strip(node.value) if isinstance(node, Group) else node


# ---- types -------------------------------------------------------------------------------------


class Unknown(Node):
    """`?`: a size that may be any."""


class Type(Node):
    """`float32[8, T, ?]`; `dtype` is empty where not written."""

    dtype: str
    dims: tuple[Expr | Unknown, ...]
    dtype_span: Span | None = field(compare=False)


# ---- statements --------------------------------------------------------------------------------


class Field(Node):
    """`age: float32[1]` of a record of inputs."""

    name: Name
    type: Type


class Input(Node):
    """`input name: type(arguments)`, or `input name: {fields}`: `type` is None exactly for a record."""

    name: Name
    type: Type | None
    fields: tuple[Field, ...]
    arguments: tuple[Argument, ...]


class Output(Node):
    """`output names`, `output names = value`, `output name: type = value`."""

    names: tuple[Name, ...]
    types: tuple[Type, ...]
    value: Expr | None


class Shared(Node):
    """`shared name = value`."""

    name: Name
    value: Expr


class Const(Node):
    """`const name = value`."""

    name: Name
    value: Expr


class Assign(Node):
    """`target = value`, or `target: types = value`; the target is names, tuples, splats."""

    target: Expr
    types: tuple[Type, ...]
    value: Expr


class Augmented(Node):
    """`target += value`."""

    target: Expr
    value: Expr


class OutsideDefault(Node):
    """`$name = value`."""

    target: Outside
    value: Expr


class ExprStatement(Node):
    """An expression alone on its line: nearly always a mistake."""

    value: Expr


class Gap(Node):
    """What could not be read: the names that it would have bound, which stand for anything after it."""

    names: tuple[str, ...]


class Return(Node):
    """`return value` (a tuple where several are returned)."""

    value: Expr


class Imported(Node):
    """`name as alias`; alias is the name itself where not written."""

    name: Name
    alias: Name


class Import(Node):
    """`from "path" import …` (path given) or `from module import …` (module given)."""

    path: String | None
    module: str
    names: tuple[Imported, ...]
    origin_span: Span = field(compare=False)


class Parameter(Node):
    """A parameter of a block: `name`, `name: type`, `name=default`."""

    name: Name
    type: Type | None
    default: Expr | None


class Block(Node):
    """`block Name(parameters)(inputs): body`, or `model …`; `head` is the span of its first line."""

    kind: str  # "block" or "model"
    name: Name
    parameters: tuple[Parameter, ...]
    inputs: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    head: Span = field(compare=False)


class For(Node):
    """`for target in iterable: body`."""

    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]


class If(Node):
    """`if`, `elif`, `else`: tests with their bodies; the last test is None for `else`."""

    branches: tuple[tuple[Expr | None, tuple[Statement, ...]], ...]


class Setting(Node):
    """`name = value` below `train:`."""

    name: Name
    value: Expr


class Train(Node):
    """`train:` with its settings; `phase` names it where written."""

    phase: Name | None
    settings: tuple[Setting, ...]


Statement: TypeAlias = (
    Input | Output | Shared | Const | Assign | Augmented | OutsideDefault | ExprStatement | Return | Gap
    | Import | Block | For | If | Train
)  # fmt: skip


# ---- the whole ---------------------------------------------------------------------------------


class Comment(Node):
    """A comment with its `#`; `alone` where nothing else stands on its line."""

    text: str
    alone: bool


class Tree(Record):
    """A parsed source; `lost` and `unread` are names that lines bind, and hold, which could not be read."""

    source: Source = field(compare=False)
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
    lost: frozenset[str] = field(default=frozenset(), compare=False)
    unread: frozenset[str] = field(default=frozenset(), compare=False)
