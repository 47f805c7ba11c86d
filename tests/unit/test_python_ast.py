"""Emitted code as Python's tree: exceptions point at the graph."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from dsl.emit import plan
from dsl.emit.python_ast import EMITTED, compile_located, located
from dsl.emit.text import render
from dsl.source import Source, Span

BLOCKS = Source("blocks.graph", "# größe\nblock Füll(n)(x):\n    return x -> Fail(n)\n")
MAIN = Source(
    "main.graph",
    'from "blocks.graph" import Füll\nöäü = x -> Füll(3)\n\ntrain:\n    loss = boom(1)\n',
)


def at(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return source.span(start, start + len(words))


def name(text: str, span: Span | None = None) -> plan.Raw:
    return plan.Raw(text, span=span)


def module(**changes: Any) -> plan.Module:
    fail = plan.Call(
        plan.Call(name("fail"), (name("n"),), span=at(BLOCKS, "Fail(n)")),
        (name("x"),),
        span=at(BLOCKS, "x -> Fail(n)"),
    )
    block = plan.Def(
        "full",
        (plan.Param("x"), plan.Param("n")),
        (),
        "A block.",
        (
            plan.Comment("# nothing yet"),
            plan.If(((plan.Binary("and", name("n"), plan.Compare((name("n"), name("x")), (">",))), (plan.Return(name("n")),)), (None, (plan.Return(fail),)))),
        ),
        span=at(BLOCKS, "block Füll(n)(x):"),
    )  # fmt: skip
    body = (
        plan.Assign(name("y"), plan.Call(name("full"), (name("5"), name("3")), span=at(MAIN, "Füll(3)")), span=at(MAIN, "öäü = x -> Füll(3)")),
        plan.Return(name("y")),
    )  # fmt: skip
    loss = plan.Keyword("loss", plan.Call(name("boom"), (name("1"),), span=at(MAIN, "boom(1)")))
    settings: dict[str, Any] = {
        "name": "m",
        "source_name": "main.graph",
        "source_hash": "0" * 12,
        "version": "0",
        "doc": (),
        "imports": (),
        "uses": (),
        "constants": (plan.Assign(name("A"), name("1"), span=at(MAIN, "x")),),
        "functions": (block,),
        "build": plan.Def("build_model", (), (), "Build.", body),
        "inputs": (plan.DataSpec("x", "inputs of float32", "float32", (1,)),),
        "outputs": (plan.DataSpec("y", "targets", "float32", (1,)),),
        "training": plan.TrainingPlan((loss,), (), name("1"), name("1"), ""),
    }
    return plan.Module(**(settings | changes))


class BuildError(Exception):
    pass


KERAS = type("keras", (), {"Model": None})


def fail(_n: int) -> Any:
    raise BuildError


def space(one: plan.Module, **more: Any) -> dict[str, Any]:
    """What the code of the plan defines, without what the script imports."""
    made: dict[str, Any] = {"fail": fail, "boom": fail, "__name__": "script", **more}
    for code in compile_located(render(one), one, {"blocks.graph": "/there/blocks.graph"}):
        if code.co_filename != EMITTED:
            exec(code, made)  # noqa: S102
    return made


def frames(error: BaseException) -> list[tuple[str, int | None, str]]:
    """File, line and the very words at fault, of each frame in a graph."""
    texts = {"/there/blocks.graph": BLOCKS, "main.graph": MAIN}
    found = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in texts and frame.lineno is not None:
            line = texts[frame.filename].line(frame.lineno).encode()
            found.append(
                (frame.filename, frame.lineno, line[frame.colno : frame.end_colno].decode())
            )
    return found


def test_a_traceback_points_at_the_graphs() -> None:
    with pytest.raises(BuildError) as caught:
        space(module(), keras=KERAS)["build_model"]()
    assert frames(caught.value) == [
        ("main.graph", 2, "Füll(3)"),
        ("/there/blocks.graph", 3, "Fail(n)"),
    ]


def test_a_precision_changes_nothing_about_it() -> None:
    training = plan.TrainingPlan((), (), name("1"), name("1"), "mixed_float16")
    config = type("config", (), {"dtype_policy": lambda: None, "set_dtype_policy": lambda _: None})
    keras = type("keras", (), {"config": config, "Model": None})
    with pytest.raises(BuildError) as caught:
        space(module(training=training), keras=keras)["build_model"]()
    assert frames(caught.value)[0] == ("main.graph", 2, "Füll(3)")


def test_compiling_points_at_the_setting() -> None:
    model = type("model", (), {"compile": None})
    with pytest.raises(BuildError) as caught:
        space(module(), keras=KERAS)["compile_model"](model)
    assert frames(caught.value) == [("main.graph", 5, "boom(1)")]


def test_each_source_has_trees_of_its_own() -> None:
    names = [name for name, _ in located(render(module()), module())]
    assert names == [EMITTED, "main.graph", EMITTED, "blocks.graph", "main.graph", EMITTED]


def test_a_text_of_another_module_is_refused() -> None:
    other = module(build=plan.Def("build_model", (), (), "", (), span=at(MAIN, "x")))
    with pytest.raises(ValueError, match="not that of the plan"):
        located(render(module()), other)
