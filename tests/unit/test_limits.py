"""Programs made to take all of the time or memory: each is told its limit, and ends."""

from __future__ import annotations

import pytest

from dsl.checker import work
from dsl.compiler import check
from dsl.diagnostics import MOST_ERRORS
from dsl.loaders import DictLoader
from dsl.parser.measure import MOST_TOKENS
from dsl.source import MOST_CHARACTERS, Source

pytestmark = pytest.mark.slow

HEAD = "input x: [8]\n"
END = "output y = Dense(1)(x)\n"
NESTED = "".join("    " * depth + f"for i{depth} in range(10):\n" for depth in range(12))

TOO_MUCH = {
    "turns": "for i in range(1000000000):\n    x = Dense(8)(x)\n",
    "loops in loops": NESTED + "    " * 12 + "x = Dense(8)(x)\n",
    "loops in loops that do nothing": NESTED + "    " * 12 + "z = 1\n",
    "blank lines above loops": "\n" * 200_000 + NESTED + "    " * 12 + "z = 1\n",
    "a list of all": "a = [i for i in range(1000000000)]\n",
    "lists of lists": "a = [[[i for i in range(100)] for j in range(100)] for k in range(100)]\n",
    "a list repeated": "a = [1] * 1000000000\n",
    "a list that doubles": "a = [1]\n" + "a = a + a\n" * 60,
    "a list that holds itself twice": "a = [1]\n" + "a = [a, a]\n" * 60,
    "a dictionary that does": "a = {k: 1}\n" + "a = {k: a, l: a}\n" * 60,
    "a list repeated in a list": "a = [1] * 90000\nb = [a] * 90000\nc = [b] * 90000\n",
    "a list that holds itself": "a = [1]\na += [a]\n",
    "a list that holds itself by way of another": "a = [1]\nb = [a]\na += [b]\nc = b == a\n",
    "lists as deep as can be": "a = [1]\n" + "a = [a]\n" * 3_000,
    "a text repeated": "a = 'x' * 1000000000\n",
    "a text that doubles": "a = 'x'\n" + "a = f'{a}{a}'\n" * 60,
    "a text of many long ones": "a = 'x' * 90000\nb = f'" + "{a}" * 900 + "'\n",
    "a text of many braces": "a = f'" + "{x}" * 30_000 + "'\n",
    "a wide format": "a = f'{1:1000000000}'\n",
    "a long format": "a = f'{1.5:.999999999f}'\n",
    "a power": "a = 10 ** 10 ** 10\n",
    "sorting in a loop": "for i in range(20000):\n    a = sorted(range(100000))\n",
    "sums in a loop": "for i in range(20000):\n    a = sum(range(100000))\n",
    "pairs in a loop": "a = [1] * 50000\nfor i in range(20000):\n    b = zip(a, a)\n",
    "brackets": "a = " + "(" * 100_000 + "1" + ")" * 100_000 + "\n",
    "open brackets": "a = " + "[({" * 30_000 + "\n",
    "signs": "a = " + "-" * 100_000 + "1\n",
    "calls of calls": "a = relu" + "(1)" * 30_000 + "\n",
    "nested ifs": "".join(" " * depth + "if true:\n" for depth in range(1_000)) + " " * 1_000 + "x = x\n",
}  # fmt: skip


@pytest.fixture
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loops end after a tenth of what they may do otherwise: how many turns that are is all the same here."""
    monkeypatch.setattr(work, "MOST_STEPS", work.MOST_STEPS // 10)
    monkeypatch.setattr(work, "MOST_APPLICATIONS", work.MOST_APPLICATIONS // 10)


@pytest.mark.usefixtures("_little_work")
@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_told(body: str) -> None:
    found = check(Source("hostile.graph", HEAD + body + END)).diagnostics
    codes = {one.code.id for one in found if one.severity == "error"}
    assert codes == {"limit"}


DOUBLING = "".join(
    f"{{0}} B{n}()(x: [8]):\n    return B{n - 1}()(B{n - 1}()(x))\n" for n in range(1, 40)
)


@pytest.mark.usefixtures("_little_work")
@pytest.mark.parametrize("kind", ["block", "model"])
def test_what_doubles_with_each_line_is_told(kind: str) -> None:
    first = f"{kind} B0()(x: [8]):\n    return Dense(8)(x)\n"
    text = first + DOUBLING.format(kind) + HEAD + "output y = B39()(x)\n"
    errors = [
        one.code.id
        for one in check(Source("hostile.graph", text)).diagnostics
        if one.severity == "error"
    ]
    assert errors == ["limit"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "# " + "x" * MOST_CHARACTERS + "\n" + END,
        HEAD + "a = '" + "x" * MOST_CHARACTERS + "'\n" + END,
        HEAD + "x = x\n" * (MOST_TOKENS // 4 + 1) + END,
        HEAD + "a = [" + "1," * (MOST_TOKENS // 2) + "]\n" + END,
        "(" * MOST_CHARACTERS * 3,
    ],
    ids=["characters", "a line", "statements", "items", "brackets"],
)
def test_a_text_without_measure_is_not_read(text: str) -> None:
    found = check(Source("long.graph", text)).diagnostics
    assert [one.code.id for one in found] == ["limit"]


@pytest.mark.parametrize("line", ["x = a b\n", "x = Dense(1, unts=3)(x)\n"])
def test_after_a_thousand_errors_the_rest_is_left(line: str) -> None:
    text = HEAD + line * 3 * MOST_ERRORS + END
    found = check(Source("wrong.graph", text)).diagnostics
    assert MOST_ERRORS <= len(found) <= MOST_ERRORS + 10
    assert [one.code.id for one in found].count("limit") == 1


def test_a_size_that_nobody_could_read_is_not_known() -> None:
    text = "input x: [T, 8]\n" + "x = concatenate([x, x], axis=1) -> MaxPooling1D(3)\n" * 300
    made = check(Source("sizes.graph", text + "output y = x\n"))
    assert made.ok
    assert made.program.outputs[0].tensor.type.shape[1] is None


def test_generated_words_make_a_vocabulary() -> None:
    text = (
        "input words: string[3]\n"
        "known = [f'word{i}' for i in range(20000)]\n"
        "output y = Embedding(20001, 4)(StringLookup(vocabulary=known)(words))\n"
    )
    assert check(Source("words.graph", text)).diagnostics == ()


def test_a_text_of_more_operations_than_keras_could_build_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "MOST_OPERATIONS", 500)
    text = f"input x: [8]\noutput y = x{' -> relu' * 600} -> Dense(1)\n"
    assert {one.code.id for one in check(Source("long.graph", text)).diagnostics} == {"limit"}


def test_files_that_import_one_another_in_a_long_row_are_told() -> None:
    files = {
        f"f{number}.graph": f'from "f{number + 1}.graph" import B{number + 1}\n'
        f"block B{number}()(x):\n    return B{number + 1}()(x)\n"
        for number in range(2_000)
    }
    main_file = 'from "f0.graph" import B0\ninput x: [8]\noutput y = B0()(x)\n'
    found = check(Source("main.graph", main_file), loader=DictLoader(files)).diagnostics
    assert [one.code.id for one in found] == ["limit"]


def test_after_a_limit_nothing_is_said_to_be_unused() -> None:
    lines = DOUBLING.format("block").replace("[8]", "?").replace("(x: ?)", "(x)")
    text = f"block B0()(x):\n    return Dense(8)(x)\n{lines}{HEAD}output y = B39()(x)\n"
    assert [one.code.id for one in check(Source("hostile.graph", text)).diagnostics] == ["limit"]
