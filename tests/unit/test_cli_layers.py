"""`dslc layers`: exit statuses, what stands where, JSON."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from dsl.cli.main import main


@pytest.fixture
def layers(capsysbinary):
    """Runs `dslc layers`: status, standard output, standard error."""

    def run(*argv):
        status = main(["layers", *argv])
        out, err = capsysbinary.readouterr()
        return SimpleNamespace(status=status, out=out.decode(), err=err.decode())

    return run


def test_the_catalogue_is_listed_in_groups(layers):
    ran = layers()
    assert (ran.status, ran.err) == (0, "")
    assert "layers: convolution (10)" in ran.out
    assert "MaxPool2D = MaxPooling2D" in ran.out


def test_a_group_tells_what_each_does(layers):
    ran = layers("recurrent")
    assert ran.status == 0
    assert "LSTMCell" in ran.out
    assert "one step of an LSTM" in ran.out


def test_an_entry_has_signature_parameters_and_example(layers):
    ran = layers("conv2d")
    assert ran.status == 0
    for words in (
        "Conv2D: a layer, keras.layers.Conv2D, group convolution",
        "  padding               valid           valid or same",
        "  output y = Conv2D(8, 3)(x)",
        "  x: float32[32, 32, 3] -> y: float32[30, 30, 8]",
        "224 parameters",
    ):
        assert words in ran.out


def test_a_loss_is_found_by_its_word_and_namesakes_are_told(layers):
    ran = layers("mse")
    assert ran.out.startswith("MeanSquaredError: a loss")
    assert "of that name too: metrics.MeanSquaredError" in ran.out


def test_what_no_model_holds_says_why(layers):
    ran = layers("Wrapper")
    assert ran.status == 0
    assert "no example: Wrapper is the base of layers" in ran.out


def test_a_parameter_tells_who_takes_it(layers):
    ran = layers("return_sequences")
    assert ran.status == 0
    assert "LSTM" in ran.out


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_misspelt_name_is_wrong_usage_and_finds_the_nearest(layers, more):
    ran = layers("Conv2", *more)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("dslc: nothing in Keras is called Conv2; did you mean Conv2D")
    assert ran.err.count("\n") == 1


def test_a_name_like_no_other_is_wrong_usage(layers):
    ran = layers("xyzzyq")
    assert (ran.status, ran.err) == (
        2,
        "dslc: nothing in Keras is called xyzzyq; `dslc layers` lists all\n",
    )


NAMES = [
    ("", "an empty name is nobody's; `dslc layers` without one lists all"),
    (" ", "an empty name is nobody's; `dslc layers` without one lists all"),
    (
        "ops.random.normal",
        "nothing in Keras is called ops.random.normal; did you mean random.normal?",
    ),
]


@pytest.mark.parametrize(("name", "said"), NAMES)
def test_odd_names_are_wrong_usage(layers, name, said):
    ran = layers(name)
    assert (ran.status, ran.err) == (2, f"dslc: {said}\n")


@pytest.mark.parametrize(
    "name", ["tf.keras.layers.Dense", "keras.layers.Dense", "Dense(8)", " Dense"]
)
def test_a_name_as_it_stands_in_python_is_found(layers, name):
    assert layers(name).out.startswith("Dense: a layer")


@pytest.mark.parametrize(("argv", "words"), [(["a", "b"], "unrecognized"), (["-D", "x=1"], "-D")])
def test_wrong_usage_is_one_line(layers, argv, words):
    ran = layers(*argv)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert words in ran.err


def test_the_list_as_json_has_groups_of_paths(layers):
    document = json.loads(layers("--json").out)
    assert (document["version"], document["keras"][:2]) == (1, "3.")
    groups = {one["name"]: one for one in document["groups"]}
    assert "keras.layers.MaxPooling2D" in groups["pooling"]["symbols"]
    assert groups["pooling"]["aliases"]["MaxPool2D"] == "MaxPooling2D"
    assert json.loads(layers("losses", "--json").out)["groups"][0]["name"] == "losses"


def test_an_entry_as_json_has_all_that_the_text_has(layers):
    document = json.loads(layers("LSTM", "--json").out)
    assert {"name", "path", "alias_of", "kind", "group", "signature", "call"} <= set(document)
    units = document["parameters"][0]
    assert units == {
        "name": "units",
        "required": True,
        "default": None,
        "takes": "a positive integer",
        "words": [],
        "flag": False,
        "keyword_only": False,
    }
    assert document["holds_weights"] is True
    assert document["example"]["outputs"] == {"y": {"dtype": "float32", "shape": [None, 8]}}
    assert document["example"]["params"] == 544


def test_every_key_is_documented(layers):
    page = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    document = json.loads(layers("LSTM", "--json").out)
    keys = {*document, *document["parameters"][0], *document["example"]}
    assert [one for one in keys if f"`{one}`" not in page] == []


def test_an_entry_without_example_has_the_reason_in_json(layers):
    shown = json.loads(layers("Callback", "--json").out)["example"]
    assert shown == {"text": None, "reason": "it is the base of callbacks, and none itself"}


def test_a_word_as_json_has_its_takers(layers):
    document = json.loads(layers("causal", "--json").out)
    assert {"path": "keras.layers.Conv1D", "parameter": "padding"} in document["taken_by"]
