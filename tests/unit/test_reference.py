"""The catalogue in words: every entry has an example that compiles, and a name is found however it is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl import compiler
from dsl.catalogue import lookup
from dsl.catalogue.unheld import UNHELD
from dsl.reference.data import entry_data
from dsl.reference.entry import entry, signature
from dsl.reference.example_tables import BY_HAND, MEANT_FOR, NO_EXAMPLE, PROGRAMS
from dsl.reference.examples import example
from dsl.reference.find import find
from dsl.reference.groups import groups, stands_for, symbols, written_name
from dsl.reference.page import page
from dsl.reference.summaries import SUMMARIES
from dsl.reference.text import entry_text, group_text, listing, takers_text
from dsl.source import Source

DOCS = Path(__file__).resolve().parents[2] / "docs"
OWN = [one for group in groups() for one in group.symbols]
CANNOT = {"ops.is_tensor"}
"""What can be applied, and whose result no model can give."""


@pytest.mark.slow
def test_every_entry_has_an_example_or_a_reason():
    without = {one.key for one in OWN if not example(one).text}
    assert without == ({*NO_EXAMPLE, *UNHELD} | CANNOT) & {one.key for one in OWN}
    assert all(example(one).reason for one in OWN if one.key in without)


@pytest.mark.slow
def test_every_example_compiles_and_shows_its_name():
    wrong = []
    for symbol in OWN:
        text = example(symbol).text
        checked = compiler.check(Source("example.graph", text))
        named = re.search(rf"\b{symbol.name}\b", text)
        if text and not (checked.ok and named and compiler.emit(checked)):
            wrong.append(symbol.path)
    assert wrong == []


def test_what_is_shown_by_hand_is_in_the_catalogue():
    named = {**BY_HAND, **MEANT_FOR, **PROGRAMS, **NO_EXAMPLE, **SUMMARIES}
    assert [key for key in named if lookup.by_key(key) is None] == []


def test_every_layer_has_a_summary_and_nothing_else_has():
    layers = {one.key for one in OWN if one.namespace == "layers"}
    assert layers == set(SUMMARIES)


def test_a_summary_has_no_name_and_no_full_stop():
    wrong = [key for key, words in SUMMARIES.items() if words.endswith(".") or len(words) > 100]
    assert wrong == []


def test_every_name_that_is_listed_is_found_by_its_path():
    found = [find(one.path.removeprefix("keras.")).symbols for one in symbols()]
    assert found == [(one,) for one in symbols()]


def test_everything_stands_in_one_group_and_every_alias_stands_for_what_is_listed():
    listed = [one.path for one in OWN]
    assert len(set(listed)) == len(listed)
    paths = {stands_for(one).path for one in symbols()}
    assert paths == set(listed)


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("Conv2D", "layers.Conv2D"),
        ("conv2d", "layers.Conv2D"),
        ("max_pooling_2d", "layers.MaxPooling2D"),
        ("MaxPool2D", "layers.MaxPool2D"),
        ("keras.layers.LSTM", "layers.LSTM"),
        ("relu", "activations.relu"),
        ("add", "layers.add"),
        ("mean", "ops.mean"),
        ("ops.numpy.mean", "ops.numpy.mean"),
        ("image.resize", "ops.image.resize"),
        ("adam", "optimizers.Adam"),
        ("mse", "losses.MeanSquaredError"),
        ("he_normal", "initializers.he_normal"),
        ("resnet50", "applications.ResNet50"),
    ],
)
def test_a_name_is_found_as_people_type_it(word, path):
    assert find(word).symbols[0].path == f"keras.{path}"


@pytest.mark.parametrize(
    ("word", "group"),
    [("losses", "losses"), ("pooling", "pooling"), ("schedules", "optimizers.schedules")],
)
def test_a_group_is_found_by_its_name(word, group):
    assert find(word).group.name == group


@pytest.mark.parametrize(
    ("word", "taker"), [("padding", "Conv1D"), ("causal", "Conv1D"), ("return_state", "LSTM")]
)
def test_a_parameter_or_a_word_finds_what_takes_it(word, taker):
    found = find(word)
    assert taker in {symbol.name for symbol, _ in found.takers}
    assert taker in takers_text(word, found.takers)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Conv2", "Conv2D"),
        ("LSTMM", "LSTM"),
        ("normalisation", "normalization"),
        ("droput", "Dropout"),
    ],
)
def test_a_misspelt_name_finds_the_nearest(word, meant):
    found = find(word)
    assert not found.symbols
    assert meant in found.near
    assert len(found.near) <= 3


def test_what_is_like_nothing_has_no_suggestion():
    assert find("xyzzyq").near == ()


def test_an_entry_tells_defaults_domains_words_and_names():
    found = entry(lookup.by_key("Conv2D"))
    rows = {row.name: row for row in found.parameters}
    assert rows["filters"].required
    assert (rows["strides"].default, rows["strides"].takes) == (
        "[1, 1]",
        "a positive integer or a list of 2",
    )
    assert rows["padding"].words == ("same", "valid")
    assert found.others == ("Convolution2D",)
    assert signature(found).startswith(
        "Conv2D(filters, kernel_size, strides=[1, 1], padding=valid,"
    )
    assert signature(found).endswith("(inputs)")


def test_an_entry_tells_which_parameters_are_tensors():
    rows = entry(lookup.by_key("MultiHeadAttention")).call
    tensors = [row.name for row in rows if row.takes.startswith("a tensor")]
    assert tensors[:3] == ["query", "value", "key"]
    assert "training" not in tensors
    assert entry(lookup.by_key("Add")).call[0].takes == "a list of tensors"
    assert entry(lookup.by_key("ops.matmul")).parameters[1].takes == "a tensor"
    assert entry(lookup.by_key("applications.ResNet50")).parameters[0].takes == "true or false"


def test_an_alias_tells_what_it_stands_for():
    found = entry(lookup.symbol("layers", "MaxPool2D"))
    assert found.alias_of == "keras.layers.MaxPooling2D"
    assert "another name of keras.layers.MaxPooling2D" in entry_text(found.symbol)


@pytest.mark.slow
def test_an_entry_is_a_text_that_fits():
    lines = [line for one in OWN for line in entry_text(one).splitlines()]
    assert [line for line in lines if len(line) > 100] == []


def test_an_entry_as_data_has_each_parameter():
    wrong = [
        one.path
        for one in OWN
        if [row["name"].lstrip("*") for row in entry_data(one)["parameters"]]
        != [parameter.name for parameter in one.parameters]
    ]
    assert wrong == []


def test_lists_fit_and_have_every_name():
    text = listing(groups())
    assert [one for one in text.splitlines() if len(one) > 100] == []
    words = set(re.findall(r"\w+", text))
    assert [one.name for one in symbols() if one.name not in words] == []
    for group in groups():
        lines = group_text(group).splitlines()
        assert [one for one in lines if len(one) > 100] == []


def test_the_page_is_fresh():
    fresh = (DOCS / "layers.md").read_text(encoding="utf-8") == page()
    assert fresh, "run make docs"


def test_functions_are_written_as_the_language_means_them():
    relu = lookup.by_key("ops.relu")
    assert written_name(relu) == "ops.relu"
    assert "ops.relu(x)" in example(relu).text
