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
