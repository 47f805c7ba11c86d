"""How the models of the listings are trained: losses, weights, and data by list and by name."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from dsl import compiler
from dsl.files import read_source
from dsl.source import Source

pytestmark = pytest.mark.keras

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LISTINGS = runpy.run_path(str(Path(__file__).with_name("listings.py")))

POSTS = """
input posts: [8]
x = Dense(4, relu)(posts)
output age = Dense(1)(x)
output income = Dense(10, softmax)(x)
output gender = Dense(1, sigmoid)(x)

train:
    optimizer = rmsprop
    epochs = 1
    batch_size = 4
"""
LOSSES = {
    "as a sum": """
    loss = 0.25*mse(age) + categorical_crossentropy(income) + 10*binary_crossentropy(gender)
""",
    "as lists": """
    loss = [mse, categorical_crossentropy, binary_crossentropy]
    loss_weights = [0.25, 1, 10]
""",
    "by name": """
    loss = {gender: binary_crossentropy, age: mse, income: categorical_crossentropy}
    loss_weights = {gender: 10, age: 0.25, income: 1}
""",
}


def module(source: Source) -> dict[str, Any]:
    """What the generated script of a program defines."""
    names: dict[str, Any] = {"__name__": "listing"}
    exec(compiler.emit(compiler.check(source)), names)  # noqa: S102 -- the code under test
    return names


def compiled(source: Source) -> Any:
    """The model of a program, compiled as its `train:` says."""
    import keras

    keras.utils.set_random_seed(0)
    names = module(source)
    return names["compile_model"](names["build_model"]())


def example(name: str) -> Source:
    return read_source(str(EXAMPLES / f"{name}.graph"))


def targets(rows: int) -> list[Any]:
    """Ages, income groups and genders at random."""
    import numpy as np

    draw = np.random.default_rng(0)
    ages, genders = draw.random((rows, 1), "float32"), draw.integers(0, 2, (rows, 1))
    return [ages, np.eye(10, dtype="float32")[draw.integers(0, 10, rows)], genders]


@pytest.mark.parametrize("form", LOSSES.values(), ids=LOSSES.keys())
def test_weighted_losses_are_added_in_every_form(form: str) -> None:
    import numpy as np

    model = compiled(Source("posts.graph", POSTS + form.lstrip("\n")))
    posts = np.random.default_rng(1).random((4, 8), "float32")
    scores = model.evaluate(posts, targets(4), verbose=0, return_dict=True)
    total = 0.25 * scores["age_loss"] + scores["income_loss"] + 10 * scores["gender_loss"]
    assert scores["loss"] == pytest.approx(total, rel=1e-5)


def test_the_forms_of_a_loss_are_one_loss() -> None:
    import numpy as np

    posts = np.random.default_rng(1).random((4, 8), "float32")
    sources = [Source("posts.graph", POSTS + form.lstrip("\n")) for form in LOSSES.values()]
    totals = [
        compiled(one).evaluate(posts, targets(4), verbose=0, return_dict=True)["loss"]
        for one in sources
    ]
    assert totals == pytest.approx([totals[0]] * 3)


def test_several_targets_go_in_as_a_list_or_by_name() -> None:
    import numpy as np

    model = compiled(Source("posts.graph", POSTS + LOSSES["as a sum"].lstrip("\n")))
    posts, listed = np.random.default_rng(1).random((4, 8), "float32"), targets(4)
    named = dict(zip(("gender", "income", "age"), reversed(listed), strict=True))
    scores = [
        model.evaluate(posts, target, verbose=0, return_dict=True) for target in (listed, named)
    ]
    assert scores[0] == pytest.approx(scores[1])


def test_several_inputs_go_in_as_a_list_or_by_name() -> None:
    import numpy as np

    model = compiled(example("question_answering"))
    draw = np.random.default_rng(0)
    text, question = draw.integers(0, 10000, (4, 9)), draw.integers(0, 10000, (4, 5))
    answer = np.eye(500)[draw.integers(0, 500, 4)]
    scores = [
        model.evaluate(data, answer, verbose=0)
        for data in ([text, question], {"question": question, "text": text})
    ]
    assert scores[0] == pytest.approx(scores[1])


def test_the_script_reads_arrays_by_name_in_the_order_of_the_graph(tmp_path: Path) -> None:
    import numpy as np

    names = module(example("question_answering"))
    text, question, answer = np.zeros((3, 9), "int32"), np.ones((3, 5), "int32"), np.eye(3, 500)
    np.savez(tmp_path / "qa.npz", answer=answer, question=question, text=text)
    (read_text, read_question), read_answer = names["load_data"](str(tmp_path / "qa.npz"))
    for found, given in ((read_text, text), (read_question, question), (read_answer, answer)):
        np.testing.assert_array_equal(found, given)


@pytest.mark.parametrize("name", ["first_model", "siamese_lstm"])
def test_training_takes_the_course_of_the_model_written_by_hand(name: str) -> None:
    import keras
    import numpy as np

    names = module(example(name))
    theirs = LISTINGS[name](keras)
    ours = names["build_model"]()
    ours.set_weights(theirs.get_weights())
    draw = np.random.default_rng(0)
    inputs = [draw.random((32, *(size or 6 for size in one.shape[1:]))) for one in theirs.inputs]
    target = (
        np.eye(10)[draw.integers(0, 10, 32)]
        if name == "first_model"
        else draw.integers(0, 2, (32, 1))
    )
    theirs.compile(
        "rmsprop", "categorical_crossentropy" if name == "first_model" else "binary_crossentropy"
    )
    histories = []
    for model, fit in ((names["compile_model"](ours), names["train"]), (theirs, None)):
        keras.utils.set_random_seed(1)
        data = (inputs if len(inputs) > 1 else inputs[0], target)
        history = fit(model, data, None, 3, 8) if fit else model.fit(*data, epochs=3, batch_size=8)
        histories.append(history.history["loss"])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-4)
