"""The plan: Python as frozen values with spans of the graph, between the program and its text.

Expressions are laid out by `layout.py`, statements by the templates; `python_ast.py` walks both in
step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dsl.records import Record, field

if TYPE_CHECKING:
    from dsl.source import Span


class Planned(Record):
    """Anything of the plan, with the stretch of graph it comes from (None: the compiler's own)."""

    span: Span | None = field(default=None, kw_only=True, compare=False)


# ---- expressions


class Raw(Planned):
    """An atom, as it is to be written: a name, a dotted name, a number, a quoted string, `True`."""

    text: str


class Call(Planned):
    """`func(args)`."""

    func: Expr
    args: tuple[Expr | Keyword | Star, ...] = ()


class Keyword(Planned):
    """`name=value` in a call."""

    name: str
    value: Expr


class Star(Planned):
    """`*value`."""

    value: Expr


class Attr(Planned):
    """`value.name`."""

    value: Expr
    name: str


class Index(Planned):
    """`value[items]`; an item may be a Slice."""

    value: Expr
    items: tuple[Expr | Slice, ...]


class Slice(Planned):
    """`start:stop:step`."""

    start: Expr | None = None
    stop: Expr | None = None
    step: Expr | None = None


class Unary(Planned):
    """`-x`, `~x`, `not x` (op without blanks)."""

    op: str
    operand: Expr


class Binary(Planned):
    """`left op right`, op one of Python's arithmetic and bit operators, `and`, `or`."""

    op: str
    left: Expr
    right: Expr


class Compare(Planned):
    """`a < b <= c`."""

    operands: tuple[Expr, ...]
    ops: tuple[str, ...]


class IfElse(Planned):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Sequence(Planned):
    """`[items]` or `(items)`: `kind` is `list` or `tuple`."""

    kind: str
    items: tuple[Expr | Star, ...]


class Dict(Planned):
    """`{key: value}`."""

    pairs: tuple[tuple[Expr, Expr], ...]


class Comprehension(Planned):
    """`[element for target in iterable if condition]`; with `key` a dictionary's."""

    element: Expr
    target: Expr
    iterable: Expr
    condition: Expr | None = None
    key: Expr | None = None


class FString(Planned):
    """An f-string: texts (not yet escaped) and values in turn."""

    parts: tuple[str | FormattedValue, ...]


class FormattedValue(Planned):
    """`{value!conversion:format}`."""

    value: Expr
    conversion: str = ""
    format: str = ""


class Lambda(Planned):
    """`lambda parameters: body`."""

    parameters: tuple[str, ...]
    body: Expr


class Paren(Planned):
    """`(value)`: parentheses that precedence asks for; put by `parentheses.py` alone."""

    value: Expr


Expr: TypeAlias = (
    Raw
    | Paren
    | Call
    | Attr
    | Index
    | Unary
    | Binary
    | Compare
    | IfElse
    | Sequence
    | Dict
    | Comprehension
    | FString
    | Lambda
)

# ---- statements


class Assign(Planned):
    """`target = value  # comment`; op is `=` or `+=`. A target tuple goes without parentheses."""

    target: Expr
    value: Expr
    op: str = "="
    comment: str = ""


class Do(Planned):
    """An expression as a statement."""

    value: Expr
    comment: str = ""


class Return(Planned):
    """`return value`."""

    value: Expr
    comment: str = ""


class Comment(Planned):
    """A comment on its own line, with its `#`."""

    text: str


class Blank(Planned):
    """An empty line."""


class For(Planned):
    """`for target in iterable:`."""

    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]
    comment: str = ""


class If(Planned):
    """`if`/`elif`/`else`: the last test is None for `else`."""

    branches: tuple[tuple[Expr | None, tuple[Statement, ...]], ...]
    comment: str = ""


class Param(Planned):
    """A parameter of a function, with its default and its type as written, where it has them."""

    name: str
    default: Expr | None = None
    annotation: str = ""


class Def(Planned):
    """A function: positional parameters, then keyword-only ones.

    `doc` is one line, empty for none; `returns` the type as written.
    """

    name: str
    params: tuple[Param, ...]
    keyword_only: tuple[Param, ...]
    doc: str
    body: tuple[Statement, ...]
    comment: str = ""
    returns: str = ""


Statement: TypeAlias = Assign | Do | Return | Comment | Blank | For | If | Def

# ---- the module


class DataSpec(Record):
    """What the script demands of the array for an input or output, before it trains.

    Args:
        name: the name of the input or output: the array's name too.
        words: what it is in a message: `inputs of float32`, `class numbers from 0 to 9`; empty for a target that
            takes no array, as nothing judges its output.
        dtype: what its numbers must be, whole where that is no float; empty where nothing is demanded of them.
        shape: the sizes of a row: None for any, a name for one that other arrays must have too; None for any shape.
        low, high: the smallest and the largest number; None for any.
        ignored: a number beside these.
        line: the line of the graph that declares it.
    """

    name: str
    words: str
    dtype: str
    shape: tuple[int | str | None, ...] | None
    low: int | None = None
    high: int | None = None
    ignored: int | None = None
    line: int = 1


class TrainingPlan(Record):
    """Arguments of `compile` and `fit`, in order; precision is a policy's name or empty; the span is that of `train:`."""

    compile_args: tuple[Keyword, ...]
    fit_args: tuple[
        Keyword, ...
    ]  # validation_split, callbacks, class_weight, … ; not epochs and batch_size
    epochs: Expr
    batch_size: Expr
    precision: str
    comments: tuple[Comment, ...] = ()
    span: Span | None = None


class Module(Record):
    """A whole script.

    Args:
        name: the model's name.
        source_name, source_hash, version: for the header.
        doc: the comment at the head of the source, its lines without `#`.
        imports: lines of import beyond the fixed ones (user modules), sorted.
        uses: which of Keras's namespaces the body uses (`layers`, `ops`, `applications`, …).
        constants: statements at module level.
        functions: blocks and models, in the order of definition before use.
        build: `build_model`.
        inputs, outputs: what data must be given.
        training: None without a `train:`.
        needs: the oldest Keras that has all it uses; empty where the oldest supported one does.
        source_path: the name of the main source as spans have it, its folder included.
    """

    name: str
    source_name: str
    source_hash: str
    version: str
    doc: tuple[str, ...]
    imports: tuple[str, ...]
    uses: tuple[str, ...]
    constants: tuple[Statement, ...]
    functions: tuple[Def, ...]
    build: Def
    inputs: tuple[DataSpec, ...]
    outputs: tuple[DataSpec, ...]
    training: TrainingPlan | None
    needs: str = ""
    source_path: str = ""
