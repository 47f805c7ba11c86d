"""What an editor is told: what fits at a place, and what stands there. A `|` is the cursor."""

import pytest

from dsl.editor.complete import complete
from dsl.editor.inspect import inspect

HEAD = "input x: [8]\ninput ids: int32[5]\n"
BLOCK = "const k = 3\nblock Unit(filters, strides=1)(a, b):\n    c = add([a, b])\n"
TRAIN = "output y = Dense(2)(x)\ntrain:\n"


def fits(text, variables=()):
    at = text.index("|")
    return [one.word for one in complete(text.replace("|", "", 1), at, variables).candidates]


def told(text):
    at = text.index("|")
    found = inspect(text.replace("|", "", 1), at)
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("inp|", ["input"]),
        ("|", ["input", "output", "shared"]),
        ("input x: fl|", ["float16", "float32", "float64"]),
        (HEAD + "y = Den|", ["Dense", "DenseNet121"]),
        (HEAD + "y = den|\noutput z = y", ["Dense"]),
        (HEAD + "y = x -> Drop|", ["Dropout"]),
        (HEAD + "y = |", ["ids", "x"]),
        (HEAD + "y = Dense(8)(|", ["ids", "x"]),
        (HEAD + "y = Dense(|", ["units=", "activation="]),
        (HEAD + "y = Dense(8, |", ["celu", "elu"]),
        (HEAD + "y = Dense(8, activation=re|", ["relu", "relu6"]),
        (HEAD + "y = Conv2D(8, 3, padding=|", ["same", "valid"]),
        (HEAD + "y = Conv2D(8, 3, strides=2, pa|", ["padding="]),
        (HEAD + "y = ops.me|", ["mean", "median", "meshgrid"]),
        (HEAD + "y = Dense($u|)(x)", ["units"]),
        (HEAD + "y = Dense(8, kernel_regularizer=l|", ["l1", "l1l2", "l2"]),
        (HEAD + TRAIN + "    lo|", ["loss", "loss_weights"]),
        (HEAD + TRAIN + "    loss = ms|", ["mse", "msle"]),
        (HEAD + TRAIN + "    loss = mse(|", ["y", "ids", "x"]),
        (HEAD + TRAIN + "    optimizer = ada|", ["adadelta", "adafactor", "adagrad"]),
        (HEAD + TRAIN + "    optimizer = Adam(lea|", ["learning_rate="]),
        (BLOCK + "    d = |", ["c", "b", "a", "strides", "filters", "Unit", "k"]),
        (BLOCK + "    return c\n" + HEAD + "z = Unit(|", ["filters=", "strides="]),
        (BLOCK + "    return c\n" + HEAD + "z = Un|", ["Unit", "UnitNormalization"]),
    ],
)
def test_what_fits_comes_first(text, first):
    assert fits(text, ["units"])[: len(first)] == first


@pytest.mark.parametrize(
    "text",
    ["# a Den|", 'x = "Den|', HEAD + "y = Dense(8, activation=zz|"],
    ids=["comment", "text", "nothing"],
)
def test_where_nothing_fits_nothing_is_told(text):
    assert fits(text) == []


def test_a_given_argument_is_not_offered_again():
    assert "units=" not in fits(HEAD + "y = Dense(units=8, |")
    assert "filters=" not in fits(HEAD + "y = Conv2D(8, |")


def test_a_name_is_not_offered_before_it_is_bound():
    assert "late" not in fits(HEAD + "y = |\nlate = Dense(3)(x)")
    assert "y" not in fits(HEAD + "y = Dense(8)(|")


def test_what_is_bound_in_a_block_stays_there():
    assert not {"c", "a", "filters"} & {*fits(BLOCK + "    return c\n" + HEAD + "z = |")}


def test_the_word_is_replaced_from_its_beginning():
    text = HEAD + "y = Dens"
    assert complete(text, len(text)).start == len(text) - 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            HEAD + "y = Den|se(4, relu)(x)\noutput z = Dense(1)(y)",
            ["Dense(units, activation=none", "here: float32[8] -> float32[4], 36 params"],
        ),
        (
            HEAD + "y = Dense(4, activ|ation=relu)(x)\noutput z = Dense(1)(y)",
            ["an argument of Dense, none by default", "relu"],
        ),
        (HEAD + "y = Dense(4)(x)\noutput z = Dense(1)(y|)", ["y", "float32[4], of line 3"]),
        (HEAD + "output z = Dense(1)(|x)", ["an input: float32[8]"]),
        (
            BLOCK + "    return c\n" + HEAD + "output z = Uni|t(3)(x, x)",
            ["block Unit(filters, strides=1)(a, b)", "of line 2"],
        ),
        (HEAD + TRAIN + "    loss = ms|e(y)", ["MeanSquaredError(", "a loss"]),
        (HEAD + "y = Dense(4, |", ["Dense(units, activation=none", "a layer"]),
    ],
)
def test_what_stands_there_is_told(text, words):
    found = told(text)
    assert all(one in found for one in words)


@pytest.mark.parametrize("text", ["x = 3|4", "# Den|se", "|", HEAD + "y = nowhere|(x)"])
def test_of_what_is_nothing_nothing_is_told(text):
    assert told(text) is None


@pytest.mark.slow
def test_any_place_of_any_text_is_answered():
    text = (
        BLOCK
        + "    return c\n"
        + HEAD
        + "z = Unit(3)(x, [x, )\ny = Dense(4, relu, {1: ]\n"
        + TRAIN
        + "    loss = mse(y\n"
    )
    for at in range(len(text) + 1):
        complete(text, at)
        complete(text[:at], at)
        inspect(text, at)
