"""`dslc train` compiles and trains in one command."""

import json
from types import SimpleNamespace

import pytest

from dsl.cli.main import main

pytestmark = pytest.mark.keras

GRAPH = """\
input x: [4]
output y = Dense(3, softmax)(x)

train:
    optimizer = sgd
    loss = sparse_categorical_crossentropy(y)
    epochs = 2
    batch_size = 4
"""


@pytest.fixture
def dslc(tmp_path, monkeypatch, capfd):
    """Runs `dslc` beside a graph and its data."""
    import numpy as np

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["pytest"])
    monkeypatch.setattr("sys.path", ["", *__import__("sys").path])
    (tmp_path / "m.graph").write_text(GRAPH)
    np.savez(tmp_path / "d.npz", x=np.ones((8, 4), "float32"), y=np.arange(8) % 3)

    def run(*argv):
        status = main(argv)
        out, err = capfd.readouterr()
        return SimpleNamespace(status=status, out=out, err=err)

    return run


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # TensorFlow's
def test_a_model_is_trained_and_saved_with_its_history(dslc, tmp_path):
    import keras

    ran = dslc(
        *["train", "m.graph", "--data", "d.npz", "--validation", "d.npz", "--epochs", "3"],
        *["--seed", "1", "--save", "m.keras", "--history", "h.json"],
    )
    assert ran.status == 0, ran.err
    assert len(json.loads((tmp_path / "h.json").read_text())["val_loss"]) == 3
    assert keras.models.load_model(tmp_path / "m.keras").output_shape == (None, 3)


def test_the_graph_says_how_long_to_train(dslc, tmp_path):
    assert dslc("train", "m.graph", "--data", "d.npz", "--history", "h.json").status == 0
    assert len(json.loads((tmp_path / "h.json").read_text())["loss"]) == 2


def test_errors_of_the_graph_are_told_and_nothing_is_run(dslc, tmp_path):
    (tmp_path / "m.graph").write_text(GRAPH.replace("Dense", "Dence"))
    ran = dslc("train", "m.graph", "--data", "d.npz")
    assert ran.status == 1
    assert "m.graph:2:12" in ran.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "--data"),
        (["--data", "no.npz"], "no.npz"),
        (["--data", "d.npz", "--epochs", "0"], "--epochs"),
        (["--data", "d.npz", "--epochs", "many"], "--epochs"),
        (["--data", "d.npz", "--seed", "9" * 30], "(--traceback shows all of it)"),
    ],
)
def test_wrong_usage_ends_with_2(dslc, argv, words):
    ran = dslc("train", "m.graph", *argv)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_module_beside_the_graph_is_found(dslc, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "my_layers_of_this_test.py").write_text(
        "import keras\nclass Same(keras.layers.Layer):\n    def call(self, x):\n        return x\n"
    )
    graph = "from my_layers_of_this_test import Same\n" + GRAPH.replace(
        "output y = ", "s: [4] = Same()(x)\noutput y = "
    ).replace("(x)\n\ntrain", "(s)\n\ntrain")
    (tmp_path / "sub" / "m.graph").write_text(graph)
    ran = dslc("train", "sub/m.graph", "--data", "d.npz", "--epochs", "1")
    assert ran.status == 0, ran.err
