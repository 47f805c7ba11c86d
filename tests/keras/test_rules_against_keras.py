"""Rules accept, refuse, and announce what Keras's own layers do."""

from itertools import product

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.registry import Configured, Policy
from dsl.catalogue.rules import FAMILIES
from dsl.shapes.dims import Size
from tests.tensors import tensor

pytestmark = pytest.mark.keras

T = Size.named("T")
MIXED = Policy("float16", "float32")
DOUBLE = Policy("float64", "float64")
FORMATS = (None, "channels_first")


def settings(**choices):
    """Every combination of the choices, as arguments."""
    return [dict(zip(choices, chosen, strict=True)) for chosen in product(*choices.values())]


LINES = (tensor(9, 4), tensor(None, 4), tensor(T, 4), tensor(2, 4), tensor(4), tensor(9, None))
MAPS = (tensor(9, 8, 4), tensor(None, T, 4), tensor(2, 2, 4), tensor(4), tensor(9, 8))
VOLUMES = (tensor(5, 6, 7, 4), tensor(5, 6, 7), tensor(1, 1, 1, 2))
SPACES = {1: LINES, 2: MAPS, 3: VOLUMES}
MIXTURE = (
    tensor(),
    tensor(4),
    tensor(3, 4),
    tensor(None),
    tensor(T, 4),
    tensor(4, None),
    tensor(8, 8, 64),
    tensor(4, dtype="int32"),
    tensor(4, dtype="float64"),
    tensor(3, 4, dtype="bool"),
)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_convolutions(axes, disagreements):
    paddings = ("valid", "same", "causal") if axes == 1 else ("valid", "SAME")
    how = settings(
        filters=(6,),
        kernel_size=(3,),
        padding=paddings,
        strides=(1, 2),
        dilation_rate=(1, 2),
        groups=(1, 2, 3, 4),
        data_format=FORMATS,
    )
    how += settings(filters=(6,), kernel_size=(3,), use_bias=(False,), lora_rank=(None, 2))
    assert not disagreements((f"Conv{axes}D", one, x) for one in how for x in SPACES[axes])


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_transposed_convolutions(axes, disagreements):
    how = settings(
        filters=(6,),
        kernel_size=(3, 4),
        padding=("valid", "same"),
        strides=(1, 2, 3),
        dilation_rate=(1, 2),
        output_padding=(None, 0, 1),
    )
    cases = ((f"Conv{axes}DTranspose", one, x) for one in how for x in SPACES[axes])
    assert not disagreements(cases)


@pytest.mark.parametrize("axes", [1, 2])
def test_convolutions_of_single_channels(axes, disagreements):
    common = {
        "kernel_size": (3,),
        "padding": ("valid", "same"),
        "strides": (1, 2),
        "dilation_rate": (1, 2),
        "data_format": FORMATS,
        "depth_multiplier": (1, 2),
    }
    depth = [(f"DepthwiseConv{axes}D", one) for one in settings(**common)]
    separable = [
        (f"SeparableConv{axes}D", one)
        for one in settings(filters=(6,), use_bias=(True, False), **common)
    ]
    assert not disagreements((*one, x) for one in depth + separable for x in SPACES[axes])


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_poolings(kind, axes, disagreements):
    windows = settings(
        pool_size=(2, 3), padding=("valid", "same"), strides=(None, 1, 3), data_format=FORMATS
    )
    everything = settings(data_format=FORMATS, keepdims=(False, True))
    cases = [(f"{kind}Pooling{axes}D", one, x) for one in windows for x in SPACES[axes]]
    cases += [(f"Global{kind}Pooling{axes}D", one, x) for one in everything for x in SPACES[axes]]
    maps = [x for x in SPACES[axes] if len(x.shape) == axes + 2]
    cases += [(f"Adaptive{kind}Pooling{axes}D", {"output_size": 3}, x) for x in maps]
    assert not disagreements(cases)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_cutting_padding_and_repeating(axes, disagreements):
    cuts = [0, 1, 2, 9, *({1: [(1, 2)], 2: [(1, 2), ((1, 0), (0, 2))], 3: [(1, 2, 0)]}[axes])]
    wrong = {1: [((1, 0), (0, 2))], 2: [(1, 2, 3)], 3: [(1, 2), "valid"]}[axes]
    cases = [
        (f"Cropping{axes}D", {"cropping": cut}, x) for cut in cuts + wrong for x in SPACES[axes]
    ]
    cases += [
        (f"ZeroPadding{axes}D", {"padding": cut}, x) for cut in cuts + wrong for x in SPACES[axes]
    ]
    cases += [(f"UpSampling{axes}D", {"size": size}, x) for size in (2, 0) for x in SPACES[axes]]
    assert not disagreements(cases)


def test_reshaping(disagreements):
    targets = ((12,), (3, 4), (-1,), (2, -1), (5, -1), (None, 6), (1, 12), (0, -1), 12)
    inputs = (tensor(12), tensor(3, 4), tensor(None, 4), tensor(T, 12, dtype="int32"))
    cases = [("Reshape", {"target_shape": one}, x) for one in targets for x in inputs]
    cases += [("Flatten", {}, x) for x in (*MIXTURE, tensor(3, 4, 5, dtype="int64"))]
    cases += [("Permute", {"dims": one}, x) for one in ((2, 1), (1,), (0, 1)) for x in MIXTURE]
    cases += [("RepeatVector", {"n": one}, x) for one in (3, 0, 2.0) for x in MIXTURE]
    assert not disagreements(cases)


@pytest.mark.parametrize("policy", [Policy(), MIXED, DOUBLE])
def test_layers_on_any_rank(policy, disagreements):
    configured = [
        ("Dense", {"units": 3}),
        ("Dense", {"units": 3, "use_bias": False, "lora_rank": 2}),
        ("Embedding", {"input_dim": 5, "output_dim": 2}),
        ("Embedding", {"input_dim": 5, "output_dim": 2, "lora_rank": 1}),
        ("ReversibleEmbedding", {"input_dim": 5, "output_dim": 4, "tie_weights": False}),
        ("Identity", {}),
        ("Activation", {"activation": "relu"}),
        ("Masking", {}),
        ("ActivityRegularization", {"l2": 0.1}),
        ("ReLU", {}),
        ("ReLU", {"max_value": -1}),
        ("LeakyReLU", {}),
        ("ELU", {}),
        ("Dropout", {"rate": 0.5}),
        ("Dropout", {"rate": 1.5}),
        ("AlphaDropout", {"rate": 0.5}),
        ("GaussianDropout", {"rate": 0.5}),
        ("GaussianNoise", {"stddev": 0.5}),
        *((f"SpatialDropout{axes}D", {"rate": 0.5}) for axes in (1, 2, 3)),
    ]
    cases = ((*one, x) for one in configured for x in MIXTURE)
    assert not disagreements(cases, policy=policy)


def test_embedding_backwards(disagreements):
    case = ("ReversibleEmbedding", {"input_dim": 5, "output_dim": 4}, tensor(3, 4))
    assert not disagreements([case], reverse=True)


@pytest.mark.parametrize("axis", [-1, 1, -2, 5, 0])
def test_normalizations(axis, disagreements):
    batch = settings(axis=(axis,), center=(True, False), scale=(True, False), renorm=(False, True))
    cases = [("BatchNormalization", one, x) for one in batch for x in MIXTURE]
    groups = settings(axis=(axis,), groups=(1, 2, 32, -1, 3, 0))
    cases += [("GroupNormalization", one, x) for one in groups for x in MIXTURE]
    maps = [x for x in MIXTURE if len(x.shape) > 2]
    for name in ("LayerNormalization", "RMSNormalization", "UnitNormalization", "Normalization"):
        cases += [(name, {"axis": axis}, x) for x in MIXTURE]
        cases += [(name, {"axis": (1, axis)}, x) for x in maps if axis in {-1, 5}]
    assert not disagreements(cases)


def test_normalization_of_given_data(disagreements):
    given = [(None, None), (1.0, 2.0), (1.0, None), (None, 2.0)]
    cases = [
        ("Normalization", {"axis": axis, "mean": mean, "variance": variance}, x)
        for axis in (-1, None)
        for mean, variance in given
        for x in (tensor(4), tensor(3, 4))
    ]
    assert not disagreements(cases)


def test_slopes(disagreements):
    shared = (None, (1,), (1, 2), 1, (9,))
    cases = [("PReLU", {"shared_axes": axes}, x) for axes in shared for x in MIXTURE]
    axes = (-1, 0, 2, 9, (1, 1), ())
    cases += [("Softmax", {"axis": axis}, x) for axis in axes for x in MIXTURE if x.dtype != "bool"]
    assert not disagreements(cases)


def test_einsum(disagreements):
    equations = [
        ("ab,bc->ac", 3, "c"),
        ("abc,cd->abd", (None, 3), "d"),
        ("abc,cd->abd", (5, 3), "bd"),
        ("abc,cd->abd", 3, None),
        ("...x,xy->...y", 3, "y"),
        ("...x,xyz->...yz", (2, 3), "yz"),
        ("abc,bde->acde", (None, 2, 3), "e"),
        ("ab,cd->ad", 3, None),
        ("ab,bc->ad", 3, None),
        ("abc,cd->abd", (None, 3), "z"),
        ("ab, bc -> ac", 3, None),
        ("abab", 3, None),
    ]
    ranks = {"ab": 2, "abc": 3}
    inputs = (tensor(4), tensor(5, 4), tensor(None, 4), tensor(T, 4), tensor(4, None))
    cases = [
        ("EinsumDense", {"equation": equation, "output_shape": shape, "bias_axes": bias}, x)
        for equation, shape, bias in equations
        for x in (*inputs, tensor(2, 5, 4))
        if ranks.get(equation.split(",")[0], len(x.shape)) >= len(x.shape)
    ]
    assert not disagreements(cases)


@pytest.mark.parametrize("policy", [Policy(), MIXED])
def test_images(policy, disagreements):
    needed = {"factor": 0.2, "height_factor": 0.2, "width_factor": 0.2, "scale": 2.0}
    needed |= {"height": 4, "width": 5}
    inputs = (tensor(9, 9, 3), tensor(None, 9, 3), tensor(9, 9, 3, dtype="uint8"), tensor(9, 9, 1))
    cases = []
    needed |= {"max_number": 3}
    for name in FAMILIES["image_layers"]:
        parameters = lookup.by_key(name).parameters
        arguments = {one.name: needed[one.name] for one in parameters if one.required}
        arguments |= {"factor": 2} if name == "RandomPosterization" else {}
        cases += [(name, arguments, x) for x in inputs]
        if any(one.name == "data_format" for one in parameters):
            cases.append((name, {**arguments, "data_format": "channels_first"}, tensor(3, 9, 9)))
    assert not disagreements(cases, policy=policy)


def test_factors_that_do_not_meet_an_image(disagreements):
    factors = (0.5, [0.5, 0.2], [1.0, 2.0, 3.0], [1.0], [])
    cases = [
        ("Rescaling", {"scale": 2.0, name: value}, tensor(9, 3))
        for name in ("scale", "offset")
        for value in factors
    ]
    assert not disagreements(cases)


def test_images_of_other_ranks_and_channels(disagreements):
    needed = {"factor": 0.2, "height_factor": 0.2, "width_factor": 0.2, "max_number": 3}
    needed |= {"height": 4, "width": 5}
    inputs = (
        tensor(),
        tensor(4),
        tensor(8, 3),
        tensor(2, 8, 8, 3),
        tensor(8, 8, 1),
        tensor(8, 8, 4),
    )
    cases = []
    for name in set(FAMILIES["image_layers"]) - {"Rescaling"}:
        parameters = lookup.by_key(name).parameters
        arguments = {one.name: needed[one.name] for one in parameters if one.required}
        arguments |= {"factor": 2} if name == "RandomPosterization" else {}
        cases += [(name, arguments, x) for x in inputs]
    assert not disagreements(cases)


def test_lambdas(disagreements):
    def halves(x):
        return x / 2

    shapes = ((3,), (), (None, 3), [(2,), (3,)], [3], 3, (2.0,), (-1,), "ab")
    policies = ({}, {"dtype": "float16"})
    cases = [
        ("Lambda", {"function": halves, "output_shape": shape, **more}, x)
        for shape in shapes
        for more in policies
        for x in (tensor(4), tensor(T, 4, dtype="int32"), [tensor(4), tensor(3)])
    ]
    assert not disagreements(cases)


@pytest.mark.parametrize("policy", [Policy(), MIXED])
def test_categories(policy, disagreements):
    codes = ("one_hot", "multi_hot", "count")
    configured = [
        *(("CategoryEncoding", one) for one in settings(num_tokens=(5, None), output_mode=codes)),
        *(
            ("Discretization", one)
            for one in settings(
                bin_boundaries=([1.0, 2.0],), output_mode=("int", *codes), sparse=(False, True)
            )
        ),
        *(("Discretization", one) for one in settings(num_bins=(4,), output_mode=("int", *codes))),
        ("Discretization", {}),
        *(
            ("Hashing", one)
            for one in settings(num_bins=(5,), output_mode=("int", *codes), sparse=(False, True))
        ),
        *(
            ("IntegerLookup", one)
            for one in settings(
                vocabulary=([1, 2, 3], None),
                output_mode=("int", *codes),
                num_oov_indices=(1, 2),
                mask_token=(None, 0),
            )
        ),
        ("IntegerLookup", {"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True}),
    ]
    inputs = (tensor(), tensor(1), tensor(4), tensor(3, 4), tensor(3, 1), tensor(4, dtype="int64"))
    cases = [(*one, x) for one in configured for x in inputs]
    cases += [
        ("HashedCrossing", {"num_bins": 5, "output_mode": mode}, [x, x])
        for mode in ("int", "one_hot")
        for x in inputs
    ]
    assert not disagreements(cases, policy=policy)


def test_texts(disagreements):
    modes = ("int", "one_hot", "multi_hot", "count")
    words = (["a", "b"], None)
    vectors = settings(
        vocabulary=words,
        output_mode=modes,
        split=("whitespace", None),
        output_sequence_length=(None, 7),
    )
    configured = [("TextVectorization", one) for one in vectors]
    configured += [("StringLookup", one) for one in settings(vocabulary=words, output_mode=modes)]
    inputs = (tensor(dtype="string"), tensor(1, dtype="string"), tensor(4, dtype="string"))
    assert not disagreements((*one, x) for one in configured for x in inputs)


def test_spectrograms(disagreements):
    how = settings(
        mode=("log", "real", "imag", "stft", "psd"),
        frame_length=(10,),
        expand_dims=(False, True),
        padding=("valid", "same"),
        data_format=FORMATS,
    )
    how += settings(frame_length=(10, 16), frame_step=(None, 3, 11), fft_length=(None, 8, 32))
    inputs = (
        tensor(64, 1),
        tensor(64, 2),
        tensor(T, 1),
        tensor(4, 1),
        tensor(64),
        tensor(64, None),
    )
    cases = [("STFTSpectrogram", one, x) for one in how for x in inputs]
    cases += [("MelSpectrogram", {}, x) for x in (tensor(16000), tensor(None), tensor(4, 16000))]
    assert not disagreements(cases)


def test_pipelines(disagreements):
    flip, rescaling = Configured("RandomFlip", {}), Configured("Rescaling", {"scale": 2.0})
    crop = Configured("CenterCrop", {"height": 4, "width": 4})
    dense = Configured("Dense", {"units": 3})
    chains = ([], [flip, rescaling], [crop], [crop, dense, dense], [dense, crop])
    inputs = (tensor(9, 9, 3), tensor(9, 9, 3, dtype="uint8"))
    assert not disagreements(("Pipeline", {"layers": one}, x) for one in chains for x in inputs)
