"""Modules as text: as ruff wants it, the same every time, safe, and by templates that can be replaced."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dsl.emit import plan
from dsl.emit.literals import literal, quoted, safe_name
from dsl.emit.text import TemplateProblem, find_templates, render
from dsl.records import replace
from dsl.source import Source

RUFF = Path(sys.executable).with_name("ruff")
R = plan.Raw
NAME = plan.FString((plan.FormattedValue(R("name")), ".dense"))


def call(func: str, *args: str, **named: Any) -> plan.Call:
    return plan.Call(R(func), (*map(R, args), *(plan.Keyword(k, v) for k, v in named.items())))


def module(**changes: Any) -> plan.Module:
    dense = plan.Call(call("layers.Dense", "units", name=NAME), (R("x"),))
    block = plan.Def(
        "residual",
        (plan.Param("x"), plan.Param("units")),
        (plan.Param("name"),),
        "A dense layer with a shortcut.",
        (
            plan.Comment("# first"),
            plan.Blank(),
            plan.Blank(),
            plan.For(R("_"), call("range", "2"), (plan.Assign(R("x"), dense, comment="#again"),)),
            plan.If(
                (
                    (R("units"), (plan.Assign(R("x"), dense),)),
                    (None, (plan.Assign(R("x"), R("units")),)),
                )
            ),
            plan.Comment("# inner"),
            plan.Def("inner", (), (), "", (plan.Return(R("x")),)),
            plan.Return(plan.Binary("+", R("x"), call("inner"))),
            plan.Blank(),
        ),
    )
    build = plan.Def(
        "build_model",
        (),
        (),
        "All of it.",
        (
            plan.Assign(R("x"), call("keras.Input", "(4,)", name=R('"x"'))),
            plan.Assign(R("y"), call("residual", "x", "WIDTH", name=R('"y"'))),
            plan.Return(call("keras.Model", "[x]", "[y]", name=R('"m"'))),
        ),
        returns="keras.Model",
    )
    compile_args = (
        plan.Keyword("optimizer", literal("adam")),
        plan.Keyword("loss", literal("mse")),
    )
    made = plan.Module(
        name="m",
        source_name="m.graph",
        source_hash="0123456789ab",
        version="0.1.0",
        doc=("Head.", "", "More."),
        imports=("from my_code import pinball",),
        uses=("layers",),
        constants=(plan.Assign(R("WIDTH"), R("4")), plan.Do(call("pinball"))),
        functions=(block,),
        build=build,
        inputs=(plan.DataSpec("x", "inputs of float32", "float32", (4,)),),
        outputs=(plan.DataSpec("y", "targets", "float32", (4,)),),
        training=plan.TrainingPlan(compile_args, (), R("1"), R("8"), ""),
    )
    return replace(made, **changes)


def ruff(text: str, *command: str) -> str:
    options = [RUFF, *command, "--isolated", "--stdin-filename=script.py", "-"]
    done = subprocess.run(
        options, input=text, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.stdout if done.returncode else ""


TRAINING = module().training
assert TRAINING is not None
VARIANTS = [
    module(),
    module(training=None),
    module(doc=(), constants=(), functions=(), imports=(), training=None, build=replace(module().build, body=(plan.Return(call("layers.Dense", "3")),))),
    module(training=replace(TRAINING, precision="mixed_bfloat16", comments=(plan.Comment("# so"),))),
    module(outputs=(plan.DataSpec("classes", "class numbers from 0 to 2", "int32", (1,), 0, 2),)),
    module(inputs=tuple(plan.DataSpec(f"a_rather_long_input_{i}", "inputs of int32", "int32", (4, None)) for i in range(5))),
    module(uses=("activations", "applications", "callbacks", "constraints", "layers", "metrics", "ops", "random")),
]  # fmt: skip


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_ruff_has_nothing_to_say(variant: int) -> None:
    text = render(VARIANTS[variant])
    assert ruff(text, "format", "--diff") == ""
    assert ruff(text, "check", "--ignore=F401,F811") == ""


def test_no_name_of_the_graph_takes_one_of_the_script() -> None:
    own = {"WIDTH", "residual", "pinball"}
    for variant in VARIANTS:
        for one in ast.parse(render(variant)).body:
            match one:
                case ast.FunctionDef(name=name):
                    names = {name}
                case ast.Import(names=found) | ast.ImportFrom(names=found):
                    names = {alias.asname or alias.name for alias in found}
                case ast.Assign(targets=[ast.Name(id=name)]):
                    names = {name}
                case _:
                    names = set()
            assert {name for name in names - own if safe_name(name) == name} == set()


def test_a_plain_script_is_short() -> None:
    assert len(render(module(functions=(), imports=())).splitlines()) <= 150


def test_hostile_words_leave_the_same_tree() -> None:
    evil = 'x"""\n\r\u2028import os\x0c\\'
    tame = module(name="m", source_name="m", doc=("a", "b"))
    wild = module(name=evil, source_name=evil, doc=(evil, evil))
    trees = [ast.parse(render(one)) for one in (tame, wild)]
    names = [_graph(tree).value for tree in trees]
    assert [one.value for one in names if isinstance(one, ast.Constant)] == ["m", evil]
    bodies = [[ast.dump(one) for one in tree.body[1:] if one is not _graph(tree)] for tree in trees]
    assert bodies[0] == bodies[1]


def _graph(tree: ast.Module) -> ast.Assign:
    """The statement that keeps the graph's name for messages."""
    return next(one for one in tree.body if ast.unparse(one).startswith("GRAPH = "))  # type: ignore[return-value]


def test_a_statement_ends_in_the_line_that_it_comes_from() -> None:
    main = Source("some/m.graph", "input x: [4]\n\noutput y = Dense(4)(x)\n")
    other = Source("some/with blanks#.graph", "a\nb\n")
    body = (
        plan.Assign(R("x"), call("keras.Input", "(4,)"), span=main.span(0, 12)),
        plan.Assign(R("y"), replace(call("dense", "x"), span=other.span(2, 3)), comment="# so"),
        plan.Return(R("y")),
    )
    text = render(
        module(source_path=main.name, build=replace(module().build, body=body), functions=())
    )
    lines = text.partition("def build_model")[2].splitlines()[2:5]
    assert lines == [
        "    x = keras.Input((4,))  # L1",
        "    y = dense(x)  # so  # with blanks#.graph L2",
        "    return y",
    ]


def test_a_statement_is_not_broken_for_the_sake_of_its_line_but_has_it_above() -> None:
    main = Source("m.graph", "input x: [4]\n")
    long = call("dense", f"{'x' * 70}")
    body = (
        plan.Assign(R("y"), long, span=main.span(0, 5)),
        plan.Assign(R("y"), call("dense", f"{'x' * 90}"), span=main.span(0, 5)),
    )
    text = render(
        module(source_path=main.name, build=replace(module().build, body=body), functions=())
    )
    lines = text.partition("def build_model")[2].splitlines()[2:7]
    assert lines == [
        "    # L1",
        f"    y = dense({'x' * 70})",
        "    y = dense(",
        f"        {'x' * 90}",
        "    )  # L1",
    ]
    assert ruff(text, "format", "--diff") == ""


def test_hostile_names_of_data_are_strings() -> None:
    evil = 'a"]\n{% raw %}{{'
    specs = (plan.DataSpec(evil, "inputs of float32", "float32", (4,)),)
    text = render(module(inputs=specs))
    assert quoted(evil) in text
    assert ruff(text, "format", "--diff") == ""


def test_the_text_is_the_same_under_any_hash_seed() -> None:
    program = "import test_emitted_text as t; print(t.render(t.module()))"
    texts = set()
    for seed in ("1", "2"):
        path = os.pathsep.join([str(Path(__file__).parent), str(Path(find_templates()).parent)])
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        texts.add(
            subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, check=True
            ).stdout
        )
    assert len(texts) == 1


def test_a_template_of_the_users_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "train.py.jinja").write_text("# {{ module.name }} is trained elsewhere\n")
    text = render(module(), str(tmp_path))
    assert "# m is trained elsewhere" in text
    assert "def build_model() -> keras.Model:" in text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("one\n{% if %}\n", "train.py.jinja, line 2: "),
        ("one\n\n{{ missing }}\n", "train.py.jinja, line 3: 'missing' is undefined"),
        ("{{ 1 / 0 }}", "train.py.jinja, line 1: division by zero"),
        ("{% include 'gone' %}", "gone"),
    ],
)
def test_a_broken_template_is_told_by_its_name_and_line(
    template: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "train.py.jinja").write_text(template)
    with pytest.raises(TemplateProblem) as caught:
        render(module(), str(tmp_path))
    assert words in str(caught.value)


def test_a_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.py.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateProblem, match=r"model\.py\.jinja: no text in UTF-8"):
        render(module(), str(tmp_path))


def test_a_folder_that_changes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "modell.py.jinja").touch()
    with pytest.raises(TemplateProblem, match=r"none of data\.py\.jinja, model\.py\.jinja, "):
        render(module(), str(tmp_path))
