"""Wrong programs: where and how each mistake is told, and that reading goes on after it."""

import pytest

from dsl import nodes
from dsl.diagnostics import Problems
from dsl.fixes import edited
from dsl.parser import parse
from dsl.source import Source


def problems(text):
    found = Problems()
    parse(Source("test.graph", text), found)
    return list(found)


def statements(text):
    found = parse(Source("test.graph", text), Problems()).statements
    return tuple(one for one in found if not isinstance(one, nodes.Gap))


# text; code; the words underlined; a part of the message or the help
WRONG = [
    ("f = lambda x: x", "not-python", "lambda", "block"),
    ("def f(x):\n    return x", "not-python", "def", "block"),
    (
        "class A(Layer):\n    def call(self, x):\n        return x",
        "not-python",
        "class",
        "from my_code import",
    ),
    ("import keras", "not-python", "import", "without an import"),
    ("import keras.layers as L", "not-python", "import", "from my_code"),
    ("from keras import *", "not-python", "*", "name what is imported"),
    ("while True:\n    x = 1", "not-python", "while", "for i in range"),
    ("with a as b:\n    x = 1", "not-python", "with", "leave it out"),
    ("if a:\n    pass", "not-python", "pass", "leave the statement out"),
    ("if a: pass", "not-python", "pass", "leave the statement out"),
    ("if x in y: z = 1", "not-python", "in", "=="),
    ("z = x is none", "not-python", "is", "=="),
    ("z = x not in y", "not-python", "not", "!="),
    ("z = f(**kw)", "not-python", "**", "units=64"),
    ("x -= 1", "not-python", "-=", "x = x - …"),
    ("x *= 1", "not-python", "*=", "x = x * …"),
    ("x //= 1", "not-python", "//=", "x = x // …"),
    ('"""doc\nstring"""', "not-python", '"""doc\nstring"""', "#"),
    ("(y := 3)", "not-python", ":=", "line of its own"),
    ("a = b = c", "not-python", "=", "line of its own"),
    ("@tf.function\nx = 1", "not-python", "@", "decorators"),
    ("%matplotlib inline", "not-python", "%", "cell"),
    ("!pip install keras", "not-python", "!", "cell"),
    ("y = x |> f", "not-python", "|>", "`->`"),
    ("y = x >> 2", "not-python", ">>", "// 2 ** n"),
    ("y = f(a for a in b)", "not-python", "for", "[…"),
    ("if a: x = 1\nelse if b: x = 2", "not-python", "else if", "elif"),
    ('x = r"a"', "not-python", "r", "prefix"),
    ("weight g: [3] = zeros", "syntax", "weight", "not in the language yet"),
    ("input c: {n: [1] for n in names}", "syntax", "for", "not in the language yet"),
    ("input for: [3]", "reserved-word", "for", "no name"),
    ("if = 3", "reserved-word", "if", "no name"),
    ("x = Dense(else)", "reserved-word", "else", "no name"),
    ("x = Dense(32(y)", "unclosed", "(", "expected `)` to close the `(` at 1:10"),
    ("x = Dense(32]", "unclosed", "]", "expected `)` to close the `(` at 1:10"),
    ("x = Dense(32))(y)", "unclosed", ")", "closes nothing"),
    ('x = Dense("relu)', "unclosed", '"relu)', "on its line"),
    ("x = [1, 2", "unclosed", "[", "at 1:5"),
    ("if x\n    y = 1", "syntax", "x", "`:`"),
    ("for x in xs\n    y = 1", "syntax", "xs", "`:`"),
    ("for x xs:\n    y = 1", "syntax", "xs", "expected `in`"),
    ("if x = 3:\n    y = 1", "syntax", "=", "`==`"),
    ("if x:\ny = 1", "indentation", "if x:", "nothing is indented below"),
    ("train:\ny = 1", "indentation", "train:", "nothing is indented below"),
    ("x = 1\n    y = 2", "indentation", "y", "opens no block"),
    ("if a:\n        x = 1\n    y = 2", "indentation", "y", "no line above"),
    ("  x = 1", "indentation", "x", "nothing above it"),
    ("if a:\n\tx = 1", "indentation", "\t", "spaces"),
    ("x = a\n-> Dense(3)", "indentation", "->", "deeper"),
    ("else:\n    x = 1", "syntax", "else", "no `if`"),
    ("train: epochs = 3", "syntax", "train", "line of its own"),
    ("train:\n    output y", "syntax", "output", "only settings"),
    ("block Foo(x):\n    return x", "syntax", ":", "two pairs of parentheses"),
    ("input x", "syntax", "x", "no shape"),
    ("input x = Input(3)", "syntax", "x", "input x: [64]"),
    ("input x: (64,)", "syntax", "(", "square brackets"),
    ("x: int = 3", "syntax", "int", "square brackets"),
    ("x = Dense(units: 3)", "syntax", ":", "units=…"),
    ("x = Dense(32 relu)(y)", "syntax", "32 relu", "expected `,` or `)`"),
    ("x = a b", "syntax", "a b", "side by side"),
    ("inptu x: [3]", "syntax", "inptu x", "did you mean `input`"),
    ("x = ", "syntax", "=", "a value is missing after `=`"),
    ("x = a +\n    b", "syntax", "+", "parentheses"),
    ("x = a -> ", "syntax", "->", "missing"),
    ("x = f(a,, b)", "syntax", ",", "missing"),
    ("x = a if b", "syntax", "if", "no `else`"),
    ("x = {a, b}", "syntax", ",", "pairs"),
    ("const x", "syntax", "x", "const x = …"),
    ("x = ?", "syntax", "?", "size in a shape"),
    ("x = 5; y = 3", "syntax", ";", "line of its own"),
    ("x = “a”", "syntax", "“", "quote"),
    ("x\u00a0= 3", "syntax", "\u00a0", "plain space"),
    ("x = 0x10", "syntax", "0x10", "decimal"),
    ("x = 007", "syntax", "007", "begins with a zero"),
    ("x = 1__0", "syntax", "1__0", "`_`"),
    ("x = 1e999", "syntax", "1e999", "larger"),
    ("x = " + "9" * 5000, "syntax", "9" * 5000, "digits"),
    (r'x = "a\d"', "syntax", r"\d", r"\\d"),
    (r'x = "\ud800"', "syntax", r"\ud800", "no character"),
    ('x = f"{a b}"', "syntax", "a b", "side by side"),
    ('x = f"{}"', "syntax", "{}", "nothing stands"),
    ('x = f"{a"', "syntax", "{", "never closed"),
    ("f(x) = 3", "bad-target", "f(x)", "a call"),
    ("x[0] = 3", "bad-target", "x[0]", "an element"),
    ("layer.trainable = false", "bad-target", "layer.trainable", "trainable=false"),
    ("*a, *b = xs", "bad-target", "*b", "only one"),
    ("for 3 in xs: y = 1", "bad-target", "3", "a value"),
    ("a, b += c", "bad-target", "a, b", "one name"),
    (
        "y = a + x -> Dense(3)",
        "mixed-arrow",
        "a + x",
        "`(a + x) -> Dense(3)` or `a + (x -> Dense(3))`",
    ),
    ("y = a -> f + b", "mixed-arrow", "f + b", "`(a -> f) + b` or `a -> (f + b)`"),
    ("y = -a -> f", "mixed-arrow", "-a", "`(-a) -> f` or `-(a -> f)`"),
    ("y = a + not b", "syntax", "not", "parentheses"),
]


@pytest.mark.parametrize(
    ("text", "code", "place", "words"), WRONG, ids=[row[0][:40] for row in WRONG]
)
def test_a_mistake_is_told_once_at_its_place(text, code, place, words):
    (one,) = problems(text)
    assert (one.code.id, one.span.text) == (code, place)
    assert words in f"{one.message} {one.help}"


@pytest.mark.parametrize("row", WRONG, ids=[row[0][:40] for row in WRONG])
def test_no_message_names_a_token_or_ends_with_a_stop(row):
    for one in problems(row[0]):
        assert not any(
            word in one.message + one.help
            for word in ("LPAR", "RPAR", "NAME", "_NL", "__ANON", "INDENT")
        )
        assert not one.message.endswith(".")


def test_an_input_of_keras_is_no_syntax_error():
    assert problems("x = Input(shape=(64,))") == []


def test_every_line_with_a_mistake_is_told_and_the_rest_is_read():
    text = "a = 1\nb = c d\ne = 2\nif e:\n    f = g h\n    i = 3\nj = (k\nl = 4\n"
    assert [one.span.line for one in problems(text)] == [2, 5, 7]
    kept = statements(text)
    assert [type(one).__name__ for one in kept] == ["Assign", "Assign", "If", "Assign", "Assign"]
    assert [type(one).__name__ for one in kept[2].branches[0][1]] == ["Gap", "Assign"]


def test_brackets_that_close_one_another_by_chance_are_found():
    text = "x = Dense(32\ny = Dense(3)(x)\nz = 3)\nw = 4\n"
    assert [one.span.line for one in problems(text)] == [1, 3]
    assert len(statements(text)) == 3


def test_the_body_of_a_wrong_head_is_not_told_of():
    assert (
        len(problems("def f(self, x):\n    if x:\n        return x\n    return lambda: 3\ny = 1"))
        == 1
    )


def test_arguments_may_stand_at_the_left_edge():
    assert problems("x = Dense(\nunits=3,\nactivation=relu\n)(y)") == []


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 300 + ")" * 300, "x = " + "+".join(["a"] * 3000), "x = f" + "(a)" * 3000,
        "x = " + "-" * 3000 + "a", "x = a" + " ** a" * 3000,
        "".join(" " * i + "if a:\n" for i in range(250)) + " " * 250 + "x = 1",
    ],
)  # fmt: skip
def test_what_nests_too_deep_is_a_limit(text):
    assert {one.code.id for one in problems(text)} == {"limit"}


def test_a_long_chain_is_no_limit():
    assert problems("x = a" + " -> Dense(3)" * 3000) == []


def test_what_a_line_that_cannot_be_read_binds_is_left_open():
    text = "x = 1\nx = = 3\nif x is 2:\n    y = x\nz = 4\n"
    found = parse(Source("test.graph", text), Problems()).statements
    gaps = [one.names for one in found if isinstance(one, nodes.Gap)]
    assert gaps == [("x",), ("y",)]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("y = f([a, b), 3)", "y = f([a, b], 3)"),
        ("y = f(g(a, b])", "y = f(g(a, b))"),
        ("y = f(x", "y = f(x)"),
        ("y = x\n    => f\n    -> g", "y = x\n    -> f\n    -> g"),
        ("y = x - > f", "y = x -> f"),
        ("n := 3", "n = 3"),
        ("const n = 20,000", "const n = 20000"),
        ("n = 20k", "n = 20000"),
        ("y = f(50%)", "y = f(0.5)"),
        ("int n = 3", "n = 3"),
        ("input x: {28, 28}", "input x: [28, 28]"),
        ("input x: (28, 28)", "input x: [28, 28]"),
        ("input x = [28]", "input x: [28]"),
        ("if a && b:\n    y = 1", "if a and b:\n    y = 1"),
        ("if a||b:\n    y = 1", "if a or b:\n    y = 1"),
        ("if a == 3\n    y = 1", "if a == 3:\n    y = 1"),
        ("y = f(3 b)", "y = f(3 b)"),
        ("y = f(3 4)", "y = f(3, 4)"),
        ("y = f(3 b=4)", "y = f(3, b=4)"),
        ("y = f(a b)", "y = f(a b)"),
        ("y = f([a b])", "y = f([a, b])"),
        ("y = f(3 x 3)", "y = f(3 x 3)"),
        ("for (i in xs):\n    y = i", "for i in xs:\n    y = i"),
        ("for i of xs:\n    y = i", "for i in xs:\n    y = i"),
        ("block F[n](x):\n    return x", "block F(n)(x):\n    return x"),
        ("block F(n)(x) {\n    return x\n}", "block F(n)(x):\n    return x\n}"),
        ("shared LSTM(3)", "shared lstm = LSTM(3)"),
        ("const n: 3", "const n = 3"),
        ("n: int = 3", "n = 3"),
        ("input x: int32(3)", "input x: int32[3]"),
        ("input x: [3], dtype=int32", "input x: int32[3]"),
        ("train:\n    loss = {a = mse}", "train:\n    loss = {a : mse}"),
        ("train:\n    batch size = 3", "train:\n    batch_size = 3"),
        ("block F()(x):\n    y = x\nreturn y", "block F()(x):\n    y = x\n    return y"),
        ("y = f(a);", "y = f(a)"),
        ("Output y = f(x)", "output y = f(x)"),
        ("train:\n    epochs: 3,\n", "train:\n    epochs = 3\n"),
    ],
)
def test_a_certain_mend_is_an_edit(text, mended):
    edits = [one.fix for one in problems(text) if one.fix]
    assert edited(text, edits) == mended


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("y = f([a, b), 3)", "y = f([a, b], 3)"),
        ("y = f(x", "y = f(x)"),
        ("y = x - > f", "y = x -> f"),
        ("if a && b || c:\n    y = 1", "if a and b or c:\n    y = 1"),
        ("Block F[n](x):\n    return x", "block F(n)(x):\n    return x"),
        ("for (int i = 0; i < 4; i++):\n    y = i", "for i in range(4):\n    y = i"),
        ("input x: [28, 28], dtype=int32", "input x: int32[28, 28]"),
        (
            "train:\n    epochs: 3,\n    batch size = 4",
            "train:\n    epochs = 3\n    batch_size = 4",
        ),
    ],
)
def test_what_was_surely_meant_is_read(text, read):
    assert problems(text)
    assert statements(text) == statements(read)


def test_a_habit_is_told_once_a_line():
    assert [one.span.text for one in problems("y = f\uff083\uff09 + g\uff084\uff09")] == ["\uff08"]
    assert [one.span.text for one in problems("if a && b && c:\n    y = 1")] == ["&&"]
