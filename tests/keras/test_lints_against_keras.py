"""What the lints say of losses is what Keras does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.mark.parametrize(
    ("units", "loss", "cast"), [(4, "ctc", None), (4, "mse", "int32"), (1, "mse", "bool")]
)
def test_a_loss_fails_in_the_first_step(keras, units, loss, cast):
    np = pytest.importorskip("numpy")
    x = keras.Input((6,))
    y = keras.layers.Dense(units)(x)
    model = keras.Model(x, keras.ops.cast(y, cast) if cast else y)
    model.compile("sgd", loss)
    data = np.zeros((4, 6), "float32")
    for target in (np.zeros((4, units), "int32"), np.zeros((4,), "int32")):
        with pytest.raises((ValueError, TypeError)):
            model.fit(data, target, verbose=0)


def test_a_distance_from_numbers_of_classes_fails_in_the_first_step(keras):
    np = pytest.importorskip("numpy")
    x = keras.Input((6,))
    model = keras.Model(x, keras.layers.Dense(5, activation="softmax")(x))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["mae"])
    with pytest.raises(Exception, match=r"must be equal|Incompatible shapes"):
        model.fit(np.zeros((4, 6), "float32"), np.zeros((4,), "int32"), verbose=0)


@pytest.mark.parametrize(
    ("loss", "wide", "fails"),
    [
        ("ctc", False, True),
        ("mse", False, False),
        ("mse", True, True),
        ("binary_crossentropy", True, True),
        ("cosine_similarity", True, True),
        ("dice", True, False),
        ("tversky", True, False),
    ],
)
def test_a_mask_that_a_loss_cannot_take(keras, loss, wide, fails):
    np = pytest.importorskip("numpy")
    layers = keras.layers
    x = keras.Input((3, 6, 4) if wide else (6, 4))
    y = layers.Masking()(x)
    y = layers.TimeDistributed(layers.GlobalMaxPooling1D())(y) if wide else layers.Dense(4)(y)
    model = keras.Model(x, layers.Dense(4)(y))
    model.compile("sgd", loss)
    target = np.ones((5, 6), "int32") if loss == "ctc" else np.ones((5, *y.shape[1:]))
    if not fails:
        model.fit(np.ones((5, *x.shape[1:])), target, verbose=0)
        return
    with pytest.raises(Exception, match=r"equal|ncompatible"):
        model.fit(np.ones((5, *x.shape[1:])), target, verbose=0)
