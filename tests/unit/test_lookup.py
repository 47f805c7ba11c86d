"""Names of Keras, words that stand for them, and suggestions for names that are none."""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.lookup import KEYWORD, POSITIONAL, REQUIRED, closest, resolve_word, symbol
from dsl.catalogue.registry import Configured
from dsl.catalogue.weights import holds_weights


def test_an_alias_is_its_class():
    alias = symbol("layers", "MaxPool2D")
    assert alias.path == "keras.layers.MaxPool2D"
    assert (alias.key, alias.canonical, alias.snake) == (
        "MaxPooling2D",
        "MaxPooling2D",
        "max_pooling2d",
    )


def test_a_public_name_may_differ_from_its_class():
    layer = symbol("layers", "GroupQueryAttention")
    assert (layer.key, layer.snake) == ("GroupQueryAttention", "grouped_query_attention")
    assert layer.canonical == "GroupedQueryAttention"


def test_parameters_have_kinds_and_defaults():
    parameters = {one.name: one for one in symbol("layers", "Dense").parameters}
    assert parameters["units"].default is REQUIRED
    assert (parameters["use_bias"].kind, parameters["use_bias"].default) == (POSITIONAL, True)
    assert parameters["trainable"].kind == KEYWORD


def test_keywords_of_the_base_class_stand_where_they_are_taken():
    dropout = {one.name for one in symbol("layers", "SpatialDropout2D").parameters}
    assert "name" in dropout
    assert "activity_regularizer" not in dropout


def test_keywords_in_no_signature_are_known():
    assert "implementation" in symbol("layers", "LSTM").unlisted
    assert "input_length" in symbol("layers", "Embedding").unlisted


def test_call_parameters_have_no_self():
    names = [one.name for one in symbol("layers", "MultiHeadAttention").call_parameters]
    assert names[:3] == ["query", "value", "key"]


@pytest.mark.parametrize(
    ("namespace", "word", "path"),
    [
        ("losses", "mse", "keras.losses.MeanSquaredError"),
        ("losses", "kld", "keras.losses.KLDivergence"),
        ("losses", "cce", None),
        ("losses", "logcosh", None),
        ("metrics", "mae", "keras.metrics.MeanAbsoluteError"),
        ("metrics", "f1", None),
        ("optimizers", "AdamW", "keras.optimizers.AdamW"),
        ("optimizers", "lamb", None),
        ("activations", "relu", "keras.activations.relu"),
        ("activations", "ReLU", None),
        ("initializers", "normal", "keras.initializers.RandomNormal"),
        ("initializers", "constant", None),
        ("regularizers", "l1_l2", None),
        ("constraints", "max_norm", "keras.constraints.MaxNorm"),
        ("constraints", "maxnorm", None),
    ],
)
def test_words_stand_for_what_keras_takes_them_for(namespace, word, path):
    found = resolve_word(namespace, word)
    assert (found and found.path) == path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("conv2d", "Conv2D"),
        ("Maxpooling2D", "MaxPooling2D"),
        ("Dropuot", "Dropout"),
        ("LayerNorm", "LayerNormalization"),
        ("BatchNorm", "BatchNormalization"),
        ("max_pooling2d", "MaxPooling2D"),
    ],
)
def test_suggestions_name_what_was_meant(written, meant):
    assert meant in closest(written, lookup.names("layers"))


def test_nothing_is_suggested_for_what_is_far_from_all():
    assert closest("Xyzzy", lookup.names("layers")) == []


@pytest.mark.parametrize(
    ("key", "arguments", "held"),
    [
        ("Dense", {}, True),
        ("Flatten", {}, False),
        ("Dropout", {"rate": 0.5}, False),
        ("Attention", {}, False),
        ("Attention", {"use_scale": True}, True),
        ("Attention", {"score_mode": "concat"}, True),
        ("LayerNormalization", {"center": False, "scale": False}, False),
        ("Activation", {"activation": Configured("PReLU", {})}, True),
        ("TimeDistributed", {"layer": Configured("Dense", {"units": 3})}, True),
        ("TimeDistributed", {"layer": Configured("Flatten", {})}, False),
        ("applications.Xception", {}, True),
    ],
)
def test_a_layer_holds_weights_as_it_is_configured(key, arguments, held):
    assert holds_weights(lookup.by_key(key), arguments) is held
