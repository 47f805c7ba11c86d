"""What the lints say of masks and losses is what Keras does."""

from __future__ import annotations

import warnings

import pytest

from dsl.lints.mask_lost import KEEPS, MERGES, UNKNOWABLE, USES

pytestmark = pytest.mark.keras

ARGUMENTS = {
    "Activation": ("relu",),
    "Conv1D": (4, 3),
    "Dense": (4,),
    "Dropout": (0.1,),
    "AlphaDropout": (0.1,),
    "GaussianDropout": (0.1,),
    "GaussianNoise": (0.1,),
    "GroupNormalization": (2,),
    "Permute": ((2, 1),),
    "Rescaling": (2.0,),
    "Reshape": ((-1,),),
    "RepeatVector": (2,),
    "Resizing": (4, 4),
    "SpatialDropout1D": (0.1,),
}
ALONE = (
    KEEPS
    - {"Concatenate", "Normalization", "SpatialDropout2D", "SpatialDropout3D", "TimeDistributed"}
) | {"BatchNormalization", "Softmax"}
LOSING = (
    "Conv1D", "Cropping1D", "Flatten", "GlobalMaxPooling1D", "MaxPooling1D", "Permute", "RMSNormalization", "Reshape",
    "UpSampling1D", "ZeroPadding1D",
)  # fmt: skip


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def embedded(keras):
    return keras.layers.Embedding(9, 4, mask_zero=True)(keras.Input((6,), dtype="int32"))


def mask_after(keras, name):
    layer = getattr(keras.layers, name)(*ARGUMENTS.get(name, ()))
    return getattr(layer(embedded(keras)), "_keras_mask", None)


@pytest.mark.parametrize("name", sorted(ALONE))
def test_a_layer_keeps_a_mask(keras, name):
    assert mask_after(keras, name) is not None


@pytest.mark.parametrize("name", LOSING)
def test_a_layer_loses_a_mask_with_a_warning(keras, name):
    assert name not in KEEPS | USES | MERGES | UNKNOWABLE
    with pytest.warns(UserWarning, match="does not support masking"):
        assert mask_after(keras, name) is None


@pytest.mark.parametrize("name", sorted(MERGES))
def test_a_merge_keeps_masks_where_every_operand_has_one(keras, name):
    merge = getattr(keras.layers, name)
    x, bare = embedded(keras), keras.Input((6, 4))
    assert getattr(merge()([x, x]), "_keras_mask", None) is not None
    assert getattr(merge()([x, bare]), "_keras_mask", None) is None


def test_an_operator_loses_a_mask_in_silence(keras):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert getattr(embedded(keras) * 2, "_keras_mask", None) is None


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
