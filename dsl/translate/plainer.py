"""What Python says more plainly: calls of its own functions, and choices, that linters would have written otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dsl.emit import plan
from dsl.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.source import Span

OPPOSITES: Final = {"==": "!=", "!=": "==", "is": "is not", "is not": "is"}


def plainer_call(name: str, args: tuple[Any, ...], span: Span | None) -> plan.Expr:
    """A call of a function of Python's, in its plainest form."""
    made = plan.Call(plan.Raw(name), args, span=span)
    rule = _RULES.get(name)
    return made if rule is None else rule(made)


def negated(operand: plan.Expr, span: Span | None) -> plan.Expr:
    """`not a == b` as `a != b`."""
    if isinstance(operand, plan.Compare) and len(operand.ops) == 1 and operand.ops[0] in OPPOSITES:
        return replace(operand, ops=(OPPOSITES[operand.ops[0]],), span=span)
    return plan.Unary("not", operand, span=span)


def merged(statement: plan.If) -> plan.If:
    """A choice without another one as all of its body, and without two branches that do the same."""
    branches = list(statement.branches)
    test, body = branches[-1]
    inner = body[0] if len(body) == 1 else None
    if test is not None and isinstance(inner, plan.If) and len(inner.branches) == 1:
        (second, rest), note = inner.branches[0], inner.comment
        if second is not None:
            comment = (plan.Comment(note),) if note else ()
            branches[-1] = (plan.Binary("and", test, second), (*comment, *rest))
    joined = branches[:1]
    for test, body in branches[1:]:
        before, same = joined[-1]
        if test is not None and before is not None and body == same:
            joined[-1] = (plan.Binary("or", before, test), same)
        else:
            joined.append((test, body))
    return replace(statement, branches=tuple(joined))


def _range(call: plan.Call) -> plan.Expr:
    """`range(0, n)` as `range(n)`."""
    starts = len(call.args) == 2 and call.args[0] == plan.Raw("0")
    return replace(call, args=call.args[1:]) if starts else call


def _int(call: plan.Call) -> plan.Expr:
    """`int(round(x))` as `round(x)`."""
    only: Any = call.args[0] if len(call.args) == 1 else None
    is_whole = any(_is_call(only, name) for name in ("int", "len", "round"))
    whole: plan.Expr = only if is_whole else call
    return whole


def _zip(call: plan.Call) -> plan.Expr:
    """`zip(xs, xs[1:])` as `pairwise(xs)`."""
    if len(call.args) != 2:
        return call
    first, second = call.args
    if not isinstance(second, plan.Index) or second.items != (plan.Slice(plan.Raw("1")),):
        return call
    shortened = plan.Index(second.value, (plan.Slice(None, plan.Unary("-", plan.Raw("1"))),))
    pairs = first in (second.value, shortened)
    return plan.Call(plan.Raw("pairwise"), (second.value,), span=call.span) if pairs else call


def _sorted(call: plan.Call) -> plan.Expr:
    """`sorted(reversed(xs))` as `sorted(xs)`."""
    only: Any = call.args[0]
    inner = len(call.args) == 1 and any(_is_call(only, name) for name in ("sorted", "reversed"))
    return replace(call, args=only.args) if inner else call


def _reversed(call: plan.Call) -> plan.Expr:
    """`reversed(sorted(xs))` as `sorted(xs, reverse=True)`."""
    only: Any = call.args[0]
    if not _is_call(only, "sorted"):
        return call
    return plan.Call(only.func, (*only.args, plan.Keyword("reverse", plan.Raw("True"))))


def _is_call(value: Any, name: str) -> bool:
    """Whether a value is a call of a function with one argument."""
    return isinstance(value, plan.Call) and value.func == plan.Raw(name) and len(value.args) == 1


_RULES: Final[dict[str, Callable[[plan.Call], plan.Expr]]] = {
    "range": _range,
    "int": _int,
    "zip": _zip,
    "sorted": _sorted,
    "reversed": _reversed,
}
