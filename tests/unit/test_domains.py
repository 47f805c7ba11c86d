"""Parameters take some values, refuse others in words, and attract words of their own."""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.domains import domain
from dsl.catalogue.registry import UNKNOWN, Configured


def refusal(key, name, value):
    return domain(lookup.by_key(key), name).refuse(value)


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("Dense", "units", 3),
        ("Dense", "units", UNKNOWN),
        ("Dense", "activation", "relu"),
        ("Dense", "activation", None),
        ("Dense", "activation", Configured("LeakyReLU", {})),
        ("Dense", "kernel_regularizer", Configured("regularizers.L2", {})),
        ("Conv2D", "kernel_size", [3, 5]),
        ("Conv2D", "kernel_size", [3, UNKNOWN]),
        ("Conv2D", "padding", "SAME"),
        ("Conv1D", "padding", "causal"),
        ("MaxPooling2D", "strides", None),
        ("Bidirectional", "merge_mode", None),
        ("LayerNormalization", "axis", [1, 2]),
        ("ZeroPadding2D", "padding", ((0, 1), (2, 3))),
        ("Dense", "dtype", "mixed_float16"),
        ("optimizers.Adam", "learning_rate", Configured("optimizers.schedules.CosineDecay", {})),
        ("LSTM", "use_cudnn", "auto"),
    ],
)
def test_values_inside_are_taken(key, name, value):
    assert refusal(key, name, value) is None


@pytest.mark.parametrize(
    ("key", "name", "value", "words"),
    [
        ("Dense", "units", 0, "units must be a positive integer, not 0"),
        ("Dense", "units", 64.0, "units must be a positive integer, not 64.0"),
        ("Dense", "units", True, "units must be a positive integer, not true"),
        ("Dense", "units", "relu", "units must be a positive integer, not relu"),
        ("Dense", "activation", "ReLU", "activation takes no word ReLU"),
        ("Dense", "use_bias", "zeros", "use_bias must be true or false, not zeros"),
        ("Dense", "dtype", "flot32", "dtype takes no word flot32"),
        ("Dense", "name", "a/b", 'name must be a text without /, not "a/b"'),
        ("Conv2D", "kernel_size", [3, 3, 3], None),
        ("Conv2D", "padding", "causal", "padding must be valid or same, not causal"),
        ("MaxPooling2D", "padding", "SAME", "padding must be valid or same, not SAME"),
        ("Dropout", "rate", 50, "rate must be a number from 0 to 1, not 50"),
        ("LSTM", "dropout", "same", "dropout must be a number from 0 to 1, not same"),
        ("Permute", "dims", (0, 1), None),
        ("Reshape", "target_shape", 16, None),
        ("Bidirectional", "layer", 32, "layer must be a layer, not 32"),
        ("optimizers.Adam", "learning_rate", -0.1, None),
        ("losses.Huber", "reduction", "avg", None),
    ],
)
def test_values_outside_are_refused(key, name, value, words):
    said = refusal(key, name, value)
    assert said is not None
    assert words in {None, said}


@pytest.mark.parametrize(
    ("key", "name", "word"),
    [
        ("Dense", "activation", "softmax"),
        ("LSTM", "recurrent_activation", "sigmoid"),
        ("Conv2D", "padding", "same"),
        ("Conv2D", "data_format", "channels_first"),
        ("Bidirectional", "merge_mode", "sum"),
        ("UpSampling2D", "interpolation", "bilinear"),
        ("CategoryEncoding", "output_mode", "one_hot"),
        ("Attention", "score_mode", "concat"),
        ("applications.Xception", "pooling", "avg"),
    ],
)
def test_a_word_finds_its_parameter(key, name, word):
    found = domain(lookup.by_key(key), name)
    assert found.attracts
    assert word in found.words


@pytest.mark.parametrize("end", ["initializer", "regularizer", "constraint"])
def test_identifiers_have_words_that_stay_where_they_are(end):
    found = domain(lookup.by_key("Dense"), f"kernel_{end}")
    assert found.words
    assert not found.attracts
    assert found.namespace == f"{end}s"


def test_a_flag_is_a_boolean_that_is_false_by_itself():
    assert domain(lookup.by_key("LSTM"), "return_sequences").flag
    assert domain(lookup.by_key("MultiHeadAttention"), "use_causal_mask").flag
    assert not domain(lookup.by_key("LSTM"), "use_bias").flag
