"""What the grammar leaves open: targets, arrows beside operators, a word of Python alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.parser import foreign

if TYPE_CHECKING:
    from dsl.parser.tokens import Token

_OPERATIONS = (nodes.Binary, nodes.Unary, nodes.Compare, nodes.IfElse)


def target(node: nodes.Expr, beside: Token) -> None:
    """Report what can't be bound: a target is a name or a tuple or list of targets, one with `*`.

    Args:
        node: what stands where a target should.
        beside: a token of the same statement.
    """
    waiting: list[nodes.Expr] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, nodes.Splat | nodes.Group):
            waiting.append(one.value)
        elif isinstance(one, nodes.Tuple | nodes.List):
            waiting.extend(reversed(one.items))
            _one_splat(one, beside)
        elif not isinstance(one, nodes.Name):
            _unbindable(one, beside)


def _one_splat(node: nodes.Tuple | nodes.List, beside: Token) -> None:
    splats = [item for item in node.items if isinstance(item, nodes.Splat)]
    if len(splats) > 1:
        beside.home.problems.add(
            codes.BAD_TARGET,
            splats[1].span,
            "only one name among these can take the rest",
            help="keep one `*`",
        )


def _unbindable(node: nodes.Expr, beside: Token) -> None:
    words, help_ = "what stands here can't be given a value", "write a name on the left"
    match node:
        case nodes.Subscript():
            words = "an element can't be given another value"
            help_ = "bind a name, such as `xs = [a, b]`, or append with `xs += [x]`"
        case nodes.Attribute():
            words = "an attribute can't be given another value"
            help_ = "give the setting where the layer is configured, `Dense(8, trainable=false)`"
        case nodes.Binary() if one_word(node.span.text):
            help_ = f"a name has no `-`: {node.span.text.replace('-', '_')}"
        case nodes.Call():
            words = "a call can't be given a value"
        case nodes.Chain():
            words = "a chain can't be given a value"
        case nodes.Outside():
            words = f"`${node.name}` can be given a value only alone"
            help_ = f"write `${node.name} = …` on a line of its own"
        case nodes.Number() | nodes.String():
            words = f"`{node.span.text}` is a value and can't be given another"
    beside.home.problems.add(codes.BAD_TARGET, node.span, words, help=help_)


def one_word(text: str) -> bool:
    """Whether a text would be a name if its dashes were underscores."""
    return "-" in text and text.replace("-", "_").isidentifier()


def one_name(node: nodes.Expr, beside: Token) -> None:
    """Report a target of `+=` that is not one name."""
    if not isinstance(node, nodes.Name):
        beside.home.problems.add(
            codes.BAD_TARGET,
            node.span,
            "`+=` needs one name on its left",
            help="write `name += …`",
        )


def path(token: Token) -> nodes.String:
    """An f-string where a path should stand."""
    token.home.problems.add(
        codes.SYNTAX,
        token.span,
        "the path of an import is a plain string",
        help="leave the `f` out",
    )
    return nodes.String(token.text[2:-1], span=token.span)


def chain(node: nodes.Chain, arrow: Token) -> None:
    """Report an operator beside an arrow, with both readings."""
    for at, stage in enumerate(node.stages):
        if isinstance(stage, _OPERATIONS):
            arrow.home.problems.add(
                codes.MIXED_ARROW,
                stage.span,
                f"`{_operator(stage)}` and `->` stand side by side without parentheses",
                help=_readings(node, at),
            )


def _operator(node: nodes.Expr) -> str:
    match node:
        case nodes.Binary() | nodes.Unary():
            return node.op
        case nodes.Compare():
            return node.ops[0]
        case _:
            return "if"


def _readings(node: nodes.Chain, at: int) -> str:
    """The two ways to read it, in the words of the source where they are short."""
    stage = node.stages[at]
    if isinstance(stage, nodes.Binary) and stage.op == "|" and _is_layer(stage.right):
        return "write `->` in place of `|`"
    text = _short(stage)
    if at == 0:
        whole = f"({text}) -> {_short(node.stages[1])}"
        inner = f"({_last(stage)} -> {_short(node.stages[1])})"
        other = f"{_before_last(stage)}{inner}"
        return f"write `{whole}` or `{other}`"
    before = _short(node.stages[at - 1])
    if isinstance(stage, nodes.Binary):
        left = f"({before} -> {_short(stage.left)}) {stage.op} {_short(stage.right)}"
        return f"write `{left}` or `{before} -> ({text})`"
    return f"write `{before} -> ({text})`, or parentheses around the chain"


def _is_layer(node: nodes.Expr) -> bool:
    """Whether an expression looks like a layer: by its capital."""
    name = node.callee if isinstance(node, nodes.Call) else node
    return isinstance(name, nodes.Name) and name.id[:1].isupper()


def _last(stage: nodes.Expr) -> str:
    """The operand that stands beside the arrow."""
    match stage:
        case nodes.Binary():
            return _last(stage.right)
        case nodes.Unary():
            return _last(stage.operand)
        case nodes.Compare():
            return _last(stage.operands[-1])
        case nodes.IfElse():
            return _last(stage.orelse)
        case _:
            return _short(stage)


def _before_last(stage: nodes.Expr) -> str:
    """All that stands before that operand."""
    last = stage
    while True:
        match last:
            case nodes.Binary():
                last = last.right
            case nodes.Unary():
                last = last.operand
            case nodes.Compare():
                last = last.operands[-1]
            case nodes.IfElse():
                last = last.orelse
            case _:
                break
    text = stage.span.source.text[stage.span.start : last.span.start]
    text = " ".join(text.split()) + (" " if text[-1:].isspace() else "")
    return text if len(text) < 40 else "… "


def _short(node: nodes.Expr) -> str:
    text = " ".join(node.span.text.split())
    return text if len(text) <= 40 else "…"


def is_python(statement: nodes.Statement, beside: Token) -> bool:
    """Whether a statement is one word of Python, such as `pass`; then it is reported."""
    value = statement.value if isinstance(statement, nodes.ExprStatement) else None
    if not isinstance(value, nodes.Name) or value.id not in foreign.ALONE:
        return False
    message, help_ = foreign.WORDS[value.id]
    beside.home.problems.add(codes.NOT_PYTHON, value.span, message, help=help_)
    return True
