"""Where parentheses stand: those that precedence asks for, and those that a broken line needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dsl.emit import plan
from dsl.records import Thing, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How tightly each binds, by Python's grammar.
TEST: Final = 1
OR: Final = 2
NOT: Final = 4
COMPARE: Final = 5
BIT_OR: Final = 6
UNARY: Final = 12
POWER: Final = 13
PRIMARY: Final = 14

BINARY: Final = {
    "or": OR,
    "and": 3,
    "|": BIT_OR,
    "^": 7,
    "&": 8,
    "<<": 9,
    ">>": 9,
    "+": 10,
    "-": 10,
    "*": 11,
    "/": 11,
    "//": 11,
    "%": 11,
    "@": 11,
    "**": POWER,
}

_Roles: TypeAlias = "dict[str, int]"
_Writer: TypeAlias = "Callable[[plan.FString], Any]"

# The least that each child must bind; a child that binds less gets parentheses.
_ROLES: Final[dict[type, _Roles]] = {
    plan.Call: {"func": PRIMARY, "args": TEST},
    plan.Keyword: {"value": TEST},
    plan.Star: {"value": BIT_OR},
    plan.Attr: {"value": PRIMARY},
    plan.Index: {"value": PRIMARY, "items": TEST},
    plan.Slice: {"start": TEST, "stop": TEST, "step": TEST},
    plan.Compare: {"operands": BIT_OR},
    plan.IfElse: {"body": OR, "test": OR, "orelse": TEST},
    plan.Sequence: {"items": TEST},
    plan.Dict: {"pairs": TEST},
    plan.Comprehension: {"key": TEST, "element": TEST, "iterable": OR, "condition": OR},
    plan.Lambda: {"body": TEST},
}


_BINDS: Final[dict[type, int]] = {
    plan.Lambda: TEST,
    plan.IfElse: TEST,
    plan.Compare: COMPARE,
    plan.Unary: UNARY,
}


def binds(expr: Any) -> int:
    """How tightly an expression binds."""
    if isinstance(expr, plan.Binary):
        return BINARY[expr.op]
    if isinstance(expr, plan.Unary) and expr.op == "not":
        return NOT
    if isinstance(expr, plan.Raw):
        return UNARY if expr.text[:1] in "-+~" else PRIMARY
    return _BINDS.get(type(expr), PRIMARY)


def _roles(node: Any) -> _Roles:
    match node:
        case plan.Binary("**"):
            return {"left": PRIMARY, "right": UNARY}
        case plan.Binary(op):
            return {"left": BINARY[op], "right": BINARY[op] + 1}
        case plan.Unary(_, operand):  # ruff writes -(x**2)
            power = isinstance(operand, plan.Binary) and operand.op == "**"
            return {"operand": PRIMARY if power else binds(node)}
        case plan.Attr(plan.Raw(text)) if text[:1].isdigit():  # 1.real is no number
            return {"value": PRIMARY + 1}
    return _ROLES.get(type(node), {})


def _child(value: Any, least: int, write: _Writer) -> Any:
    if isinstance(value, tuple):
        children = tuple([_child(one, least, write) for one in value])
        same = all(new is old for new, old in zip(children, value, strict=True))
        return value if same else children
    if value is None:
        return None
    inner = explicit(value, write)
    return plan.Paren(inner, span=value.span) if binds(value) < least else inner


def explicit(node: Any, write: _Writer) -> Any:
    """The same expression with a `Paren` wherever precedence asks for one.

    Args:
        node: an expression, or a part of one (Keyword, Star, Slice).
        write: makes an atom or a call of an f-string.

    Returns:
        The node itself where nothing changes.
    """
    if isinstance(node, plan.FString):
        return write(node)
    changes: dict[str, Any] = {}
    for name, least in _roles(node).items():
        value = getattr(node, name)
        child = _child(value, least, write)
        if child is not value:
            changes[name] = child
    return replace(node, **changes) if changes else node


# ---- parentheses around a whole expression that doesn't fit on its line

NEVER: Final = "never"  # it has brackets of its own
MULTILINE: Final = "multiline"  # where it breaks, unless its brackets can break instead
BEST_FIT: Final = "best fit"  # only where they make it fit


def base(expr: Any) -> Any:
    """What is called, indexed or asked for an attribute; None for any other expression."""
    match expr:
        case plan.Call(func=inner) | plan.Attr(value=inner) | plan.Index(value=inner):
            return inner
    return None


def is_fluent(expr: Any) -> bool:
    """Whether it is a chain of methods that breaks before its dots: two or more of calls."""
    attributes = 0
    while (inner := base(expr)) is not None:
        if isinstance(expr, plan.Attr):
            attributes += isinstance(inner, plan.Call | plan.Index | plan.Paren)
        if isinstance(inner, plan.Paren):
            break
        expr = inner
    return attributes >= 2


def when_broken(expr: Any) -> str:
    """Whether parentheses go around what doesn't fit: NEVER, MULTILINE or BEST_FIT."""
    match expr:
        case plan.Raw():
            return BEST_FIT
        case plan.Call() | plan.Attr() | plan.Index():
            inner = base(expr)
            if is_fluent(expr):
                return MULTILINE
            return NEVER if isinstance(inner, plan.Paren) else when_broken(inner)
        case plan.Unary(_, operand):
            return NEVER if isinstance(operand, plan.Paren) else when_broken(operand)
        case plan.Paren() | plan.Sequence() | plan.Dict() | plan.Comprehension():
            return NEVER
    return MULTILINE


def has_brackets(expr: Any) -> bool:
    """Whether it ends in brackets with something in them."""
    match expr:
        case plan.Sequence(items=content) | plan.Dict(pairs=content) | plan.Call(args=content):
            return bool(content)
        case plan.Paren() | plan.Comprehension() | plan.Index():
            return True
    return False


_RANKS: Final = {"and": 19, "or": 19, "**": 2}
_BRACKETED: Final = (
    plan.Paren,
    plan.Call,
    plan.Index,
    plan.Sequence,
    plan.Dict,
    plan.Comprehension,
)


def _rank(expr: Any) -> tuple[int, int]:
    """How loosely the operator of an expression binds, and how often it stands there."""
    match expr:
        case plan.IfElse():
            return 20, 2
        case plan.Compare(_, ops):
            return 18, len(ops)
        case plan.Binary(op):
            return _RANKS.get(op, 17 - BINARY[op]), 1
        case plan.Unary("~"):
            return 3, 1
        case plan.Attr(value) if isinstance(value, _BRACKETED):
            return 1, 1
    return 0, 0


class _Survey(Thing):
    """What an expression's operators and brackets are, walked from left to right."""

    rank: int = 0
    count: int = 0
    brackets: bool = False
    first: Any = None
    last: Any = None

    def see(self, expr: Any) -> None:
        rank, count = _rank(expr)
        match expr:
            case plan.Sequence() | plan.Dict() | plan.Comprehension():
                self.brackets = True
            case plan.Call() | plan.Attr() | plan.Index():
                self.brackets |= not isinstance(expr, plan.Attr)
                self.visit(base(expr))
                self.last = expr
            case plan.Unary() | plan.Lambda():
                self.first = self.first or plan.Blank()
        self.operator(rank, count)
        for child in _operands(expr):
            self.visit(child)

    def operator(self, rank: int, count: int) -> None:
        if rank > self.rank:
            self.rank, self.count = rank, count
        elif rank == self.rank:
            self.count += count

    def visit(self, expr: Any) -> None:
        self.last = expr
        if isinstance(expr, plan.Paren):
            self.brackets = True
        else:
            self.see(expr)
        self.first = self.first or expr


def _operands(expr: Any) -> Iterator[Any]:
    match expr:
        case plan.Binary(_, left, right):
            yield from (left, right)
        case plan.Compare(operands):
            yield from operands
        case plan.IfElse(test, body, orelse):
            yield from (body, test, orelse)
        case plan.Unary(_, operand) | plan.Star(operand):
            yield operand
        case plan.Lambda(_, body):
            yield body


def can_do_without(expr: Any) -> bool:
    """Whether an operation may break within its own brackets, rather than get parentheses.

    So it is with one operator whose first or last operand has brackets: `x = f(…) + 1`.
    """
    survey = _Survey()
    survey.see(expr)
    if not survey.brackets or survey.count > 1:
        return False
    if survey.rank <= 1:
        return True
    ends = (survey.first, survey.last)
    return any(has_brackets(one) and not isinstance(one, plan.Index) for one in ends)


def parts(expr: Any) -> list[Any]:
    """Operands and operators in turn, of an operation and of the bare ones within it."""
    match expr:
        case plan.Binary(op, left, right):
            return [*parts(left), op, *parts(right)]
        case plan.Compare(operands, ops):
            found = parts(operands[0])
            for op, operand in zip(ops, operands[1:], strict=True):
                found += [op, *parts(operand)]
            return found
    return [expr]


def is_simple_power(expr: Any) -> bool:
    """Whether an operand of `**` is so simple that the operator goes without blanks."""
    match expr:
        case plan.Raw(text):
            return text[-1:] not in "\"'"
        case plan.Unary(op, operand):
            return op != "not" and is_simple_power(operand)
        case plan.Attr(plan.Paren(value)) | plan.Attr(value):
            return is_simple_power(value)
    return False


def is_simple_bound(expr: Any) -> bool:
    """Whether a bound of a slice is so simple that its colon goes without blanks."""
    match expr:
        case None:
            return True
        case plan.Raw(text):
            return text[:1] in "\"'-+.0123456789" or text.isidentifier()
        case plan.Unary(op, operand):
            return op != "not" and is_simple_bound(operand)
    return False
