"""Pictures: what is folded, where it stands, and that it can be read."""

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dsl.picture.diagram import Arrow, Box, Diagram
from dsl.picture.fold import diagrams
from dsl.picture.layers import crossings, layered
from dsl.picture.mermaid import mermaid
from dsl.picture.places import Port, placed
from dsl.picture.svg import TALLEST, WIDEST, svg

CASES = Path(__file__).parents[1] / "cases" / "ok"
PROGRAMS = [*sorted(CASES.glob("*.graph")), *sorted(Path("examples").glob("*.graph"))]

BLOCKS = """
block Unit(n)(x):
    y = Dense(n, relu)(x)
    for i in range(2):
        y = Dense(n)(y)
    return x + y

input x: [8]
a = Dense(8)(x)
for i in range(3):
    a = Unit(8)(a)
b = Unit(8)(a)
output o = Dense(1)(b)
"""


@pytest.fixture
def drawn(checked):
    """The diagrams of a program."""

    def run(text, depth=None, **options):
        found = checked(text, **options)
        marks = [one.span for one in found.diagnostics if one.severity == "error"]
        return diagrams(found.program, depth, marks)

    return run


def kinds(diagram):
    return [one.kind for one in diagram.boxes]


def titles(diagram):
    return [one.rows[0] for one in diagram.boxes]


def test_blocks_and_loops_are_a_box_each(drawn):
    (found,) = drawn(BLOCKS)
    assert titles(found) == [
        "x",
        "Dense(8)",
        "for i in range(3)",
        "Unit(8)",
        "Dense(1)",
        "output o",
    ]
    assert found.boxes[2].rows[1] == "3 times Unit(8)"
    assert found.boxes[3].rows[1] == "4 layers · 216 params"


def test_what_is_opened_shows_what_is_in_it(drawn):
    (found,) = drawn(BLOCKS, 1)
    assert titles(found)[2:5] == ["Unit(8)"] * 3
    (found,) = drawn(BLOCKS, 2)
    assert titles(found).count("for i in range(2)") == 3
    (found,) = drawn(BLOCKS, 9)
    assert not {"block", "loop"} & {*kinds(found)}
    assert kinds(found).count("operator") == 4


def test_a_program_that_is_one_block_is_opened(drawn):
    text = "block Net()(x): return x -> Dense(4) -> Dense(3) -> Dense(2)\ninput x: [8]\noutput y = Net()(x)\n"
    (found,) = drawn(text)
    assert titles(found)[1:4] == ["Dense(4)", "Dense(3)", "Dense(2)"]
    assert kinds(drawn(text, 0)[0]) == ["input", "block", "output"]


def test_an_arrow_bears_the_shape_of_its_tensor_once(drawn):
    (found,) = drawn("input x: int32[4]\ny = Embedding(9, 3)(x)\noutput z = y * y\n")
    said = [(one.source, one.target, one.label) for one in found.arrows]
    assert said == [(0, 1, "int32[4]"), (1, 2, "[4, 3]"), (2, 3, "[4, 3]")]
    assert "line 2" in found.arrows[1].tip


def test_twins_that_share_weights_have_one_number(drawn):
    text = "input a: [8]\ninput b: [8]\nshared d = Dense(4)\noutput y = [d(a), d(b), Dense(4)(a)] -> concatenate\n"
    (found,) = drawn(text)
    families = [one.family for one in found.boxes if one.rows[0] == "Dense(4)"]
    assert families == [0, 0, None]


def test_twins_that_are_blocks_too(drawn):
    text = (
        "block F(n)(x): return x -> Dense(n) -> Dropout(0.1)\n"
        "input a: [8]\ninput b: [8]\nshared f = F(4)\noutput y = concatenate([f(a), f(b)])\n"
    )
    (found,) = drawn(text)
    assert [one.family for one in found.boxes if one.kind == "block"] == [0, 0]


def test_a_nested_model_has_a_diagram_of_its_own(drawn):
    text = (
        "model M(n)(x: [8], y: [8]):\n    z = concatenate([x, y])\n    return Dense(n)(z), Dense(1)(z)\n"
        "input a: [8]\ninput b: [8]\nshared m = M(4)\noutput p, q = m(a, b)\noutput r, s = m(b, a)\n"
    )
    outer, inner = drawn(text)
    assert kinds(outer).count("model") == 2
    assert "M(4)" in titles(outer)
    assert titles(inner)[:2] == ["x", "y"]
    assert kinds(inner).count("output") == 2
    assert {one.port for one in outer.arrows if outer.boxes[one.source].kind == "model"} == {0, 1}


def test_losses_stand_at_their_outputs(drawn):
    text = (
        "input x: [8]\noutput a = Dense(1)(x)\noutput b = Dense(1)(x)\n"
        "train:\n    loss = mse(a) + 0.5 * mae(b)\n"
    )
    (found,) = drawn(text)
    assert [one.rows for one in found.boxes if one.kind == "output"] == [
        ["output a", "loss mse"],
        ["output b", "loss 0.5 * mae"],
    ]


def test_where_an_error_stands_a_box_is_marked(drawn):
    text = "input x: [8]\na = Dense(3)(x)\nb = Dense(4)(x)\noutput y = add([a, b])\n"
    (found,) = drawn(text)
    assert [one.rows[0] for one in found.boxes if one.marked] == ["add([a, b])"]


def test_a_program_without_an_output_is_drawn_as_far_as_it_goes(drawn):
    (found,) = drawn("input x: [8]\na = Dense(3)(x)\n")
    assert titles(found) == ["x", "Dense(3)"]


def test_a_line_is_cut_and_the_tip_has_it_whole(drawn):
    (found,) = drawn(
        "input x: [8]\noutput y = Dense(8, kernel_regularizer=l2(0.001), kernel_initializer=he_normal)(x)\n"
    )
    box = found.boxes[1]
    assert box.rows[0].endswith("…")
    assert "he_normal" in box.tip[0]


# ---- places


def test_rows_go_down_and_inputs_stand_right_above():
    made = layered(4, [(0, 1), (1, 2), (3, 2)])
    row_of = {one: number for number, row in enumerate(made.rows) for one in row}
    assert [row_of[one] for one in range(4)] == [0, 1, 2, 1]


def test_two_arrows_are_uncrossed():
    made = layered(4, [(0, 3), (1, 2)])
    assert crossings(made) == 0


def test_a_long_arrow_passes_beside_the_boxes_between():
    found = placed([(80, 30)] * 3, [Port(0, 1), Port(1, 2), Port(0, 2)])
    middle, top = found.centres[1]
    for x, y in found.paths[2]:
        if top <= y <= top + 30:
            assert abs(x - middle) > 40


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_picture_fits_and_no_two_boxes_meet(drawn, path):
    text = svg(drawn(path.read_text(encoding="utf-8")))
    root = ET.fromstring(text)  # noqa: S314 -- our own text
    assert float(root.get("width")) <= WIDEST
    assert float(root.get("height")) <= TALLEST
    for group in root.findall("{*}g"):
        boxes = [one for one in group.iter("{*}rect") if "box" in one.get("class", "").split()]
        fronts = [[float(one.get(key)) for key in ("x", "y", "width", "height")] for one in boxes]
        for (x, y, width, height), (u, v, other, depth) in itertools.combinations(fronts, 2):
            behind = abs(abs(x - u) - 4) < 0.2 and abs(abs(y - v) - 4) < 0.2
            apart = x + width <= u or u + other <= x or y + height <= v or v + depth <= y
            assert behind or apart


@pytest.mark.parametrize(
    "text",
    [
        "input x: [8]\n"
        + "".join(f"w{one} = Dense({one + 1})(x)\n" for one in range(60))
        + "output y = concatenate(["
        + ", ".join(f"w{one}" for one in range(60))
        + "])\n",
        "input x: [8]\ny0 = Dense(8)(x)\n"
        + "".join(f"y{one} = Dense(8)(y{one - 1})\n" for one in range(1, 200))
        + "output y = Dense(1)(y199)\n",
    ],
    ids=["wide", "deep"],
)
def test_a_large_graph_is_drawn_in_fewer_boxes_that_can_be_read(drawn, text):
    root = ET.fromstring(svg(drawn(text)))  # noqa: S314 -- our own text
    width, height = float(root.get("width")), float(root.get("height"))
    inner = [float(one) for one in root.get("viewBox").split()]
    assert width <= WIDEST
    assert height <= TALLEST
    assert width / inner[2] > 0.9


def test_the_same_program_gives_the_same_bytes(drawn):
    assert svg(drawn(BLOCKS)) == svg(drawn(BLOCKS))
    assert mermaid(drawn(BLOCKS)) == mermaid(drawn(BLOCKS))


HOSTILE = '<script>alert("1")</script>&amp;]]>\x1b[31m\x00'


def test_words_cannot_break_out():
    one = Diagram(HOSTILE, [Box("layer", [HOSTILE], [HOSTILE]), Box("layer", ["b"])])
    one.arrows.append(Arrow(0, 1, 0, HOSTILE, HOSTILE))
    text = svg([one])
    root = ET.fromstring(text)  # noqa: S314 -- our own text
    assert not [*root.iter("{*}script")]
    assert "\x1b" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    lines = mermaid([one]).splitlines()
    assert not re.search(r"[<>&\x1b\x00]", "".join(lines).replace("-->", ""))
    assert len(lines) == 4


def test_the_picture_of_the_docs_is_what_is_drawn_today(drawn):
    text = Path("examples/voters.graph").read_text(encoding="utf-8")
    shown = Path("docs/voters.svg").read_text(encoding="utf-8")
    again = svg(drawn(text)).replace("model test", "model voters")
    is_same = shown == again
    assert is_same
