"""Statements, laid out: the formatter has nothing to change, Python reads what was meant."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.emit import plan
from dsl.emit.layout import line
from dsl.emit.literals import quoted

RUFF = Path(sys.executable).with_name("ruff")
R = plan.Raw

# ---- plans of all kinds

NAMES = st.sampled_from(
    [
        "x",
        "units",
        "encoded_text",
        "the_left_tower",
        "layers.Dense",
        "layers.MultiHeadAttention",
        "keras.applications.ConvNeXtXLarge",
        "a_very_long_name_that_somebody_chose_for_a_tensor_of_the_graph",
    ]
).map(R)
LONG = "a rather long string that is put on a line of its own if that makes it fit"
STRINGS = st.one_of(st.text(max_size=12), st.just(LONG)).map(lambda text: R(quoted(text)))
NUMBERS = st.one_of(st.integers(0, 9999), st.floats(0, 1e9)).map(lambda number: R(repr(number)))
ATOMS = st.one_of(NAMES, NAMES, NUMBERS, STRINGS, st.sampled_from(["True", "None"]).map(R))
FIELDS = st.sampled_from(["units", "activation", "kernel_initializer", "return_sequences"])
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from([".conv", "_{0}", "'", '"']))


def row(item: Any, most: int, least: int = 0) -> Any:
    return st.lists(item, min_size=least, max_size=most).map(tuple)


def bare(item: Any, least: int = 2) -> Any:
    return row(item, 4, least).map(lambda items: plan.Sequence("tuple", items))


def argument_order(given_args: tuple[Any, ...]) -> tuple[Any, ...]:
    named = {one.name: one for one in given_args if isinstance(one, plan.Keyword)}
    return (*(one for one in given_args if not isinstance(one, plan.Keyword)), *named.values())


def compare(first: Any, rest: Any) -> plan.Compare:
    return plan.Compare((first, *(x for _, x in rest)), tuple(op for op, _ in rest))


def compound(e: Any) -> Any:
    argument = st.one_of(e, e, st.builds(plan.Star, e), st.builds(plan.Keyword, FIELDS, e))
    arguments = row(argument, 5).map(argument_order)
    optional = st.none() | e
    name = st.sampled_from("abc").map(R)
    value = st.builds(
        plan.FormattedValue, e, st.sampled_from(["", "r"]), st.sampled_from(["", ">9"])
    )
    ops = st.sampled_from(["+", "-", "*", "/", "//", "%", "@", "**", "|", "&", "and", "or"])
    comparisons = st.tuples(st.sampled_from(["<", "<=", "==", "!="]), e)
    return st.one_of(
        st.builds(plan.Call, st.one_of(NAMES, e), arguments),
        st.builds(lambda f, a, b: plan.Call(plan.Call(f, a), b), NAMES, arguments, arguments),
        st.builds(plan.Attr, e, st.sampled_from(["shape", "output"])),
        st.builds(plan.Index, e, row(e | st.builds(plan.Slice, *[optional] * 3), 3, 1)),
        st.builds(plan.Unary, st.sampled_from(["-", "~", "not"]), e),
        st.builds(plan.Binary, ops, e, e),
        st.builds(compare, e, row(comparisons, 2, 1)),
        st.builds(plan.IfElse, e, e, e),
        st.builds(plan.Sequence, st.sampled_from(["list", "tuple"]), row(e, 5)),
        st.builds(plan.Dict, row(st.tuples(e, e), 4)),
        st.builds(plan.Comprehension, e, name | bare(name), e, optional, optional),
        st.builds(plan.FString, row(st.one_of(TEXTS, value), 4)),
    )


EXPRESSIONS = st.recursive(ATOMS, compound, max_leaves=25)
LOCAL = st.sampled_from(["x", "state_h", "the_cell_state_of_the_backward_layer"]).map(R)
TARGETS = st.one_of(LOCAL, bare(LOCAL, 1), st.builds(plan.Attr, LOCAL, st.just("trainable")))
COMMENTS = st.one_of(
    st.just(""),
    st.text(max_size=20),
    st.just("# why this is so, in rather many words, more than fit"),
)
STATEMENTS = st.one_of(
    st.builds(plan.Assign, TARGETS, EXPRESSIONS, comment=COMMENTS),
    st.builds(plan.Assign, LOCAL, EXPRESSIONS, st.just("+="), comment=COMMENTS),
    st.builds(plan.Return, EXPRESSIONS | bare(EXPRESSIONS), comment=COMMENTS),
    st.builds(plan.Do, st.builds(plan.Call, NAMES, row(EXPRESSIONS, 3)), comment=COMMENTS),
    st.builds(plan.For, LOCAL | bare(LOCAL), EXPRESSIONS, st.just(()), comment=COMMENTS),
    st.builds(lambda test, note: plan.If(((test, ()),), note), EXPRESSIONS, COMMENTS),
)


def placed(statement: Any, levels: int, name: str = "f") -> str:
    """The statement within a function, some levels of `if` deep."""
    depth = 4 * (levels + 1)
    test = statement.branches[0][0] if isinstance(statement, plan.If) else None
    lines = [f"def {name}():", *(" " * 4 * (i + 1) + "if t:" for i in range(levels))]
    lines.append(" " * depth + line(statement, depth, "if", test))
    if isinstance(statement, plan.If | plan.For):
        lines.append(" " * (depth + 4) + "pass")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(STATEMENTS, st.integers(0, 4)), min_size=10, max_size=40))
def test_the_formatter_has_nothing_to_change(cases: Any) -> None:
    text = "\n\n".join(placed(one, levels, f"f{i}") for i, (one, levels) in enumerate(cases))
    command = [RUFF, "format", "--isolated", "--diff", "--stdin-filename", "x.py", "-"]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


# ---- what was meant, as Python's tree, by other means


def meant(step: Any) -> Any:  # noqa: C901, PLR0912 -- a branch for each kind
    match step:
        case plan.Raw(text):
            return ast.parse(text, mode="eval").body
        case plan.Call(func, args):
            named = [meant(one) for one in args if isinstance(one, plan.Keyword)]
            return ast.Call(
                meant(func), [meant(a) for a in args if not isinstance(a, plan.Keyword)], named
            )
        case plan.Keyword(name, value):
            return ast.keyword(name, meant(value))
        case plan.Star(value):
            return ast.Starred(meant(value), ast.Load())
        case plan.Attr(value, name):
            return ast.Attribute(meant(value), name, ast.Load())
        case plan.Index(value, items):
            parts = [meant(item) for item in items]
            inner = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
            return ast.Subscript(meant(value), inner, ast.Load())
        case plan.Slice(start, stop, by):
            return ast.Slice(*[bound and meant(bound) for bound in (start, stop, by)])
        case plan.Binary(op, left, right) if op in {"and", "or"}:
            sides = [meant(left), meant(right)]
            sort = ast.And if op == "and" else ast.Or
            chained = isinstance(left, plan.Binary) and left.op == op
            return ast.BoolOp(sort(), [*sides[0].values, sides[1]] if chained else sides)
        case plan.Binary(op, left, right):
            return ast.BinOp(meant(left), ast.parse(f"a {op} b").body[0].value.op, meant(right))
        case plan.Unary(op, operand):
            return ast.UnaryOp(ast.parse(f"{op} a").body[0].value.op, meant(operand))
        case plan.Compare(operands, ops):
            first, *rest = map(meant, operands)
            return ast.Compare(
                first, [ast.parse(f"a {o} b").body[0].value.ops[0] for o in ops], rest
            )
        case plan.IfElse(test, body, orelse):
            return ast.IfExp(meant(test), meant(body), meant(orelse))
        case plan.Sequence(kind, items):
            return (ast.List if kind == "list" else ast.Tuple)(
                [meant(one) for one in items], ast.Load()
            )
        case plan.Dict(pairs):
            return ast.Dict([meant(k) for k, _ in pairs], [meant(v) for _, v in pairs])
        case plan.Comprehension(element, target, iterable, condition, key):
            tests = [] if condition is None else [meant(condition)]
            loop = ast.comprehension(meant(target), meant(iterable), tests, 0)
            if key is None:
                return ast.ListComp(meant(element), [loop])
            return ast.DictComp(meant(key), meant(element), [loop])
        case plan.Assign(target, value):
            return ast.Assign([meant(target)], meant(value))
        case plan.Return(value):
            return ast.Return(meant(value))
    raise AssertionError(step)


class _Loads(ast.NodeTransformer):
    def visit_Store(self, _node: Any) -> ast.Load:
        return ast.Load()


def without_f_strings(e: Any) -> Any:
    return "FString" not in repr(e)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.builds(plan.Assign, TARGETS, EXPRESSIONS, comment=COMMENTS),
        st.builds(plan.Return, EXPRESSIONS, comment=COMMENTS),
    ).filter(without_f_strings)
)
def test_python_reads_what_was_meant(statement: Any) -> None:
    (function,) = ast.parse(placed(statement, 0)).body
    assert isinstance(function, ast.FunctionDef)
    (found,) = function.body
    assert ast.dump(_Loads().visit(found)) == ast.dump(meant(statement))


@settings(max_examples=200, deadline=None)
@given(row(st.one_of(TEXTS, TEXTS.map(lambda t: plan.FormattedValue(R(quoted(t))))), 5))
def test_f_strings_give_their_parts_joined(parts: Any) -> None:
    texts = [p if isinstance(p, str) else ast.literal_eval(p.value.text) for p in parts]
    assert eval(line(plan.Do(plan.FString(parts)))) == "".join(texts)  # noqa: S307
