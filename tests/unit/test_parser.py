"""Right programs: what the tree of each construct is, and where its nodes stand."""

import time

import pytest

from dsl import nodes
from dsl.diagnostics import Problems
from dsl.parser import parse
from dsl.source import Source


def read(text):
    problems = Problems()
    tree = parse(Source("test.graph", text), problems)
    assert not list(problems)
    return tree


def statement(text):
    (one,) = read(text).statements
    return one


def expression(text):
    return statement(text).value


def children(node):
    for name in type(node)._fields:
        waiting = [getattr(node, name)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, tuple):
                waiting.extend(reversed(value))
            elif isinstance(value, nodes.Node):
                yield value


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


RIGHT = """\
x = Dense(32, relu)(in)
input text: int32[?]
input image: [250, 250, 3]
input x: float32[T, 64]
input x: float32[10, 8](batch_size=32, sparse=true)
input columns: {age: float32[1], wage: float32[1], industry: int64[1]}
input model: [4]
input in: [4]
input scalar: []
encoded = text -> Embedding(vocabulary, 64) -> LSTM(32)
merged = concatenate([encoded_text, encoded_question])
output answer = Dense(answers, softmax)(merged)
output age, income
output a, b = f(x)
output boxes: float32[T - 4, 4] = EXPR
output = Dense(3)(x)
shared lstm = LSTM(32)
shared = 3
const vocabulary = 10000
const = 3
depths = [3, 3, 9]
$units = 64
x = Dense($units)(y)
y = MultiHeadAttention(8, 64)(q, v, key=k)
y = LSTM(32)(x, initial_state=[h, c])
last, (h1, c1), _ = RNN(cells, return_state=true)(x)
a, *rest = xs
[a, b] = xs
for name, x in columns: xs += [x]
for f, (n, m) in [(64, 2), (128, 3)]: z = f
if strides != 1: y = Conv2D(8, 1)(x)
x += x -> LayerNormalization -> Dense(n)
x = h -> MultiHeadAttention(8, 64)(h)
y = [a, b] -> Concatenate
x = a -> (b + c)
features: float32[8, 8, 2048] = EXPR
s1, x: [112, 112, 96], [7, 7, 320] = taps(image)
skips = []
ys = [Dense(8)(x) for i in range(6)]
ys = [Dense(8)(x) for i, in in pairs if in]
d = {k: v for k, v in pairs}
d = {"a": 1, "b": [1, 2],}
z = x[:, -1]
z = x[..., ::2, 1:, :3, 1:2:3]
z = x.shape[-1]
z = a if c else b
z = not a and b or c
z = ops.image.resize(x, [2, 2])
z = f(*xs, key=1)
z = [*xs, y]
z = ()
z = (a,)
z = a,
name = f"{name}.{local}"
z = "a" 'b' f"{c!r:>10}"
from "blocks.graph" import Residual as Res, Other
from my_code.parts import (PositionalEmbedding, pinball,)
x = true
x = None
Größe = 3
is = 4
pass_ = lambda_
weight = 3
train = 3
train(x)
input = x -> Dense(3)
block = model
loss = 0.25 * mse(age) + categorical_crossentropy(income) + 10 * Huber(delta=2)(gender)
y = -x ** -2
"""


@pytest.mark.parametrize("text", RIGHT.splitlines())
def test_right_statements_parse(text):
    assert len(read(text + "\n").statements) == 1


@pytest.mark.parametrize("text", RIGHT.splitlines())
def test_a_node_starts_and_ends_with_words_of_its_own(text):
    for node in walk(statement(text)):
        assert node.span.text == node.span.text.strip()
        assert node.span.text
        for child in children(node):
            assert node.span.start <= child.span.start <= child.span.end <= node.span.end


BLOCK = """\
block Residual(filters, strides=1)(x: [H, W, C]):
    # a comment
    y = x -> Conv2D(filters, 3)

    if strides != 1:
        x = Conv2D(filters, 1)(x)
    elif filters > 3: x = y
    else:
        x = x
    return x + y

model Tower()(a, b: int32[?]):
    return a, b
"""


def test_blocks_and_models():
    block, model = read(BLOCK).statements
    assert (block.kind, block.name.id, len(block.parameters), len(block.body)) == (
        "block",
        "Residual",
        2,
        3,
    )
    assert block.head.text == "block Residual(filters, strides=1)(x: [H, W, C]):"
    assert block.span.text.endswith("return x + y")
    assert [test and test.span.text for test, _ in block.body[1].branches] == [
        "strides != 1",
        "filters > 3",
        None,
    ]
    assert (model.kind, model.inputs[1].type.dtype) == ("model", "int32")


def test_training_and_its_phase():
    plain, phase = read(
        "train:\n    loss = mse\n    epochs = 10\ntrain tune:\n    epochs = 1\n"
    ).statements
    assert [setting.name.id for setting in plain.settings] == ["loss", "epochs"]
    assert (plain.phase, phase.phase.id) == (None, "tune")


def test_a_chain_over_lines_with_comments():
    text = (
        "x = image\n    -> Conv2D(32, 3, relu)\n    # halves\n\n"
        "    -> MaxPooling2D(2) ->\n  Flatten  # end\ny = x"
    )
    tree = read(text)
    assert len(tree.statements[0].value.stages) == 4
    assert [(c.text, c.alone) for c in tree.comments] == [("# halves", True), ("# end", False)]


def test_comments_everywhere_are_kept():
    tree = read("# a\nx = f(  # b\n    # c\n    y,\n)\n# d")
    assert [(c.span.text, c.alone) for c in tree.comments] == [
        ("# a", True), ("# b", False), ("# c", True), ("# d", True),
    ]  # fmt: skip


def test_a_hash_in_a_string_is_no_comment():
    assert read('x = "a # b"').comments == ()


def test_a_comment_does_not_end_a_block():
    (block,) = read("if a:\n    x = 1\n# out here\n    y = 2\n").statements
    assert len(block.branches[0][1]) == 2


def test_arrow_binds_all_of_an_added_chain():
    assert isinstance(statement("x += x -> A -> B").value, nodes.Chain)


def test_comparisons_in_a_row_are_one_node():
    node = expression("z = 1 < x <= 3")
    assert (len(node.operands), node.ops) == (3, ("<", "<="))
    assert node.span.text == "1 < x <= 3"


@pytest.mark.parametrize(
    "text",
    [
        "a + b * c - d", "-a ** b", "a ** -b ** c", "not a == b and c", "a | b ^ c & d",
        "a - b - c", "a // b % c * d", "-a * b", "~a @ -b", "a or b and not c", "(a + b) * c",
        "a ** b ** c", "x if a or b else y", "- - a", "not not a", "a < b | c", "2 ** -x * 3",
    ],
)  # fmt: skip
def test_operators_bind_as_in_python(text):
    import ast

    def ours(node):
        match node:
            case nodes.Group():
                return ours(node.value)
            case nodes.Binary():
                return f"({ours(node.left)} {node.op} {ours(node.right)})"
            case nodes.Unary():
                return f"({node.op} {ours(node.operand)})"
            case nodes.Compare():
                return f"({ours(node.operands[0])} {node.ops[0]} {ours(node.operands[1])})"
            case nodes.IfElse():
                return f"({ours(node.body)} if {ours(node.test)} else {ours(node.orelse)})"
        return node.span.text

    assert ast.dump(ast.parse(ours(expression(f"z = {text}")))) == ast.dump(ast.parse(text))


def test_a_group_has_its_parentheses_and_its_value_has_not():
    group = expression("z = ( a + b )")
    assert (group.span.text, group.value.span.text, group.value.op_span.text) == (
        "( a + b )",
        "a + b",
        "+",
    )


def test_a_call_and_its_parts():
    call = expression("z = Dense(32, activation = relu)(x)")
    assert (call.parens.text, call.callee.parens.text) == ("(x)", "(32, activation = relu)")
    named = call.callee.arguments[1]
    assert (named.name, named.name_span.text, named.span.text) == (
        "activation",
        "activation",
        "activation = relu",
    )


def test_a_statement_over_several_lines_ends_with_its_last_bracket():
    assert statement("x = f(\n  a,\n)  # end\n").span.text == "x = f(\n  a,\n)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a" \'b\'', "ab"), (r'"\n\t\\\""', '\n\t\\"'), (r'"\x41\u00e9\N{BULLET}"', "Aé•"),
        (r'"\0\101"', "\0A"),
        ('""', ""), ("'é'", "é"),
    ],
)  # fmt: skip
def test_strings_mean_what_they_mean_in_python(text, value):
    assert expression(f"x = {text}").value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("10_000", 10000),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e-3", 0.001),
        ("2E5", 2e5),
    ],
)
def test_numbers(text, value):
    number = expression(f"x = {text}")
    assert (number.value, type(number.value), number.text) == (value, type(value), text)


def test_the_expressions_of_an_f_string_stand_where_they_are_written():
    text = 'x = f"a{{{ b + 1 }}}" f"{c.d!r:>{w}}"'
    found = expression(text)
    first, second = (part for part in found.parts if not isinstance(part, str))
    assert [part for part in found.parts if isinstance(part, str)] == ["a{", "}"]
    assert (first.value.span.text, first.span.text) == ("b + 1", "{ b + 1 }")
    assert (second.value.span.text, second.conversion, second.format) == ("c.d", "r", ">{w}")


@pytest.mark.parametrize("text", ["", "\n", "\n\n# only\n", "   ", "\ufeff", "\f\n", "\r\n"])
def test_empty_programs(text):
    assert read(text).statements == ()


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\r\nif x:\r\n    y = 2\r\nz = 3", "\ufeffx = 1\nif x:\n    y = 2\nz = 3\n",
        "x = 1\n\f\nif x:\n    y = 2  \n  # c\n\nz = 3",
    ],
)  # fmt: skip
def test_line_ends_marks_and_feeds_make_no_difference(text):
    assert read(text).statements == read("x = 1\nif x:\n    y = 2\nz = 3\n").statements


def test_a_name_has_the_form_that_python_gives_it():
    assert expression("x = ﬁlters").id == "filters"


def test_words_of_the_language_are_names_where_they_stand_as_names():
    text = (
        "input model: [4]\noutput = model -> Dense(3)\n"
        "for in in input: block = Dense(in)(in)\noutput output = output\n"
    )
    first, second, loop, last = read(text).statements
    assert (first.name.id, second.target.id, loop.target.id, last.names[0].id) == (
        "model",
        "output",
        "in",
        "output",
    )


@pytest.mark.slow
def test_ten_thousand_lines_take_linear_time():
    def seconds(count):
        text = "".join(f"x{i} = x -> Conv2D({i}, 3, relu, same)\n" for i in range(count))
        start = time.process_time()
        assert len(read(text).statements) == count
        return time.process_time() - start

    seconds(100)
    assert seconds(10_000) < 40 * max(seconds(1_000), 0.05)
