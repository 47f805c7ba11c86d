"""What examples are made of: values for parameters, types of inputs, calls by hand where these find none."""

from __future__ import annotations

VALUES: dict[str, str] = {
    "activation": "relu",
    "axes": "1",
    "axis": "1",
    "axis1": "1",
    "axis2": "2",
    "backup_dir": '"backup"',
    "bins": "[0.0, 0.5, 1.0]",
    "block_size": "2",
    "boundaries": "[1000, 2000]",
    "cell": "LSTMCell(8)",
    "cells": "[LSTMCell(16), LSTMCell(8)]",
    "decay_rate": "0.9",
    "decay_steps": "1000",
    "default_value": "0.0",
    "destination": "1",
    "dims": "[2, 1]",
    "directory": '"checkpoints"',
    "dtype": "int32",
    "factor": "0.2",
    "fft_length": "8",
    "filename": '"log.csv"',
    "filepath": '"best.keras"',
    "fill_value": "0.5",
    "filters": "8",
    "first_decay_steps": "1000",
    "head_dim": "8",
    "height": "24",
    "height_factor": "0.2",
    "indices_or_sections": "2",
    "initial_learning_rate": "0.1",
    "input_dim": "1000",
    "k": "2",
    "kernel_size": "3",
    "key_dim": "8",
    "kth": "2",
    "layer": "Dense(8)",
    "layers": "[Rescaling(0.5)]",
    "max_val": "1.0",
    "n": "4",
    "num_bins": "16",
    "num_classes": "10",
    "num_heads": "2",
    "num_key_value_heads": "2",
    "num_query_heads": "4",
    "output_dim": "8",
    "output_size": "4",
    "pad_width": "[[0, 0], [1, 1], [0, 0]]",
    "pool_size": "2",
    "precision": "0.8",
    "q": "0.5",
    "rate": "0.2",
    "recall": "0.8",
    "repeats": "2",
    "scale": "0.5",
    "sensitivity": "0.8",
    "sequence_length": "8",
    "sequence_stride": "4",
    "shift": "1",
    "size": "4",
    "source": "2",
    "specificity": "0.8",
    "stddev": "0.1",
    "target_class_ids": "[1]",
    "target_shape": "[4, 16]",
    "threshold": "0.5",
    "units": "8",
    "values": "[0.1, 0.05, 0.01]",
    "width": "24",
    "width_factor": "0.2",
    "x_max": "1.0",
    "x_min": "0.0",
}
"""A value, as the language writes it, for each parameter that must be given and is no tensor."""

FLOATS = ("[64]", "[32, 8]", "[32, 32, 3]", "[8, 32, 32, 3]", "[4, 8, 16, 16, 3]")
OTHERS = ("int32[10]", "int32[10, 8]", "string[1]", "bool[8]", "complex64[8, 8]")
INPUTS = (*FLOATS, *OTHERS)
IMAGES = ("[32, 32, 3]", "[224, 224, 3]", "[299, 299, 3]", "[331, 331, 3]")
FUNCTION_INPUTS = ("[10, 8]", "[8, 8]", "[64]", *FLOATS[2:], *OTHERS)
"""Types of inputs, in the order in which they are tried."""

HEADS = (
    ("Dense(1)", "mse"),
    ("Dense(1, sigmoid)", "binary_crossentropy"),
    ("Dense(8, softmax)", "categorical_crossentropy"),
    ("Dense(8, softmax)", "sparse_categorical_crossentropy"),
)
"""Last layers, each with a loss that fits it: the first that a loss or metric fits is shown."""

MEANT_FOR: dict[str, str] = {
    "AdditiveAttention": "[32, 8]",
    "Attention": "[32, 8]",
    "Flatten": "[32, 32, 3]",
    "HashedCrossing": "string[1]",
    "Hashing": "string[1]",
    "IntegerLookup": "int32[10]",
    "Masking": "[32, 8]",
    "MelSpectrogram": "[16000]",
    "STFTSpectrogram": "[16000, 1]",
    "StringLookup": "string[1]",
    "TextVectorization": "string[1]",
}
"""Inputs of layers that take others too, and are not made for them."""

BY_HAND: dict[str, tuple[str, str]] = {
    "Bidirectional": ("[32, 8]", "Bidirectional(LSTM(8))(x)"),
    "CategoryEncoding": ("int32[1]", "CategoryEncoding(10)(x)"),
    "Cropping2D": ("[32, 32, 3]", "Cropping2D(2)(x)"),
    "Discretization": ("[1]", "Discretization([0.0, 0.5, 1.0])(x)"),
    "EinsumDense": ("[32, 8]", 'EinsumDense("abc,cd->abd", output_shape=[32, 16])(x)'),
    "IntegerLookup": ("int32[10]", "IntegerLookup(vocabulary=[3, 5, 7])(x)"),
    "RandomPosterization": ("[32, 32, 3]", "RandomPosterization(4)(x)"),
    "StringLookup": ("string[1]", 'StringLookup(vocabulary=["red", "green", "blue"])(x)'),
    "TextVectorization": (
        "string[1]",
        'TextVectorization(output_sequence_length=20, vocabulary=["to", "be", "or", "not"])(x)',
    ),
    "UpSampling1D": ("[32, 8]", "UpSampling1D(2)(x)"),
    "initializers.STFT": ("[64, 1]", "Conv1D(9, 16, kernel_initializer=STFT())(x)"),
    "ops.adaptive_average_pool": ("[32, 32, 3]", "adaptive_average_pool(x, (4, 4))"),
    "ops.adaptive_max_pool": ("[32, 32, 3]", "adaptive_max_pool(x, (4, 4))"),
    "ops.allclose": ("[8]", "where(allclose(a, b), a, b)"),
    "ops.arange": ("[8]", "x + arange(8)"),
    "ops.bartlett": ("[8]", "x * bartlett(8)"),
    "ops.batch_normalization": (
        "[10, 8]",
        "batch_normalization(x, mean=zeros([8]), variance=ones([8]), axis=-1)",
    ),
    "ops.blackman": ("[8]", "x * blackman(8)"),
    "ops.broadcast_to": ("[1, 8]", "broadcast_to(x, [none, 4, 8])"),
    "ops.conv": ("[32, 32, 3]", "conv(x, ones([3, 3, 3, 8]))"),
    "ops.conv_transpose": ("[32, 32, 3]", "conv_transpose(x, ones([3, 3, 8, 3]), 2)"),
    "ops.corrcoef": ("[8, 8]", "x + corrcoef(ones([8, 8]))"),
    "ops.correlate": ("[6]", "x + correlate(ones([8]), ones([3]))"),
    "ops.depth_to_space": ("[8, 8, 4]", "depth_to_space(x, 2)"),
    "ops.depthwise_conv": ("[32, 32, 3]", "depthwise_conv(x, ones([3, 3, 3, 1]))"),
    "ops.diagonal": ("[8, 8]", "diagonal(x, axis1=1, axis2=2)"),
    "ops.digitize": ("[8]", "digitize(x, linspace(0, 1, 5))"),
    "ops.dtype": ("[8]", "cast(x > 0, dtype(x))"),
    "ops.einsum": ("[10, 8]", 'einsum("bij,bkj->bik", a, b)'),
    "ops.empty": ("[8]", "x + empty([8])"),
    "ops.eye": ("[8, 8]", "x + eye(8)"),
    "ops.fold": ("[27, 900]", "fold(x, [32, 32], 3)"),
    "ops.full": ("[8]", "x + full([8], 0.5)"),
    "ops.geomspace": ("[8]", "x * geomspace(1, 10, 8)"),
    "ops.get_item": ("[10, 8]", "x + get_item(ones([10, 8]), 0)"),
    "ops.hamming": ("[8]", "x * hamming(8)"),
    "ops.hanning": ("[8]", "x * hanning(8)"),
    "ops.histogram": ("[10]", "x + histogram(linspace(0, 1, 8))[0]"),
    "ops.identity": ("[8, 8]", "x + identity(8)"),
    "ops.image.affine_transform": ("[32, 32, 3]", "ops.image.affine_transform(x, ones([8]))"),
    "ops.image.crop_images": ("[32, 32, 3]", "ops.image.crop_images(x, 4, 4, 4, 4)"),
    "ops.image.map_coordinates": (
        "[6]",
        "x + ops.image.map_coordinates(ones([8, 8]), ones([2, 6]), 1)",
    ),
    "ops.image.pad_images": ("[32, 32, 3]", "ops.image.pad_images(x, 4, 4, 4, 4)"),
    "ops.image.perspective_transform": (
        "[32, 32, 3]",
        "ops.image.perspective_transform(x, ones([4, 2]), ones([4, 2]))",
    ),
    "ops.image.resize": ("[32, 32, 3]", "ops.image.resize(x, [24, 24])"),
    "ops.kaiser": ("[8]", "x * kaiser(8, 14.0)"),
    "ops.linspace": ("[8]", "x * linspace(0, 1, 8)"),
    "ops.logspace": ("[8]", "x * logspace(0, 1, 8)"),
    "ops.lstsq": ("[4]", "x + lstsq(ones([8, 4]), ones([8]))"),
    "ops.multi_hot": ("[4]", "multi_hot(x, 10)"),
    "ops.ndim": ("[4, 3]", "x * ndim(x)"),
    "ops.ones": ("[8]", "x + ones([8])"),
    "ops.psnr": ("[32, 32, 3]", "a * psnr(a, b, 1.0)"),
    "ops.rearrange": ("[4, 8]", 'x + rearrange(ones([8, 4]), "m n -> n m")'),
    "ops.reshape": ("[10, 8]", "reshape(x, [-1, 80])"),
    "ops.rot90": ("[8, 8, 3]", "rot90(x, axes=[1, 2])"),
    "ops.scatter": ("[8]", "x + scatter([[1], [3]], ones([2]), [8])"),
    "ops.searchsorted": ("[8]", "x * searchsorted(linspace(0, 1, 5), linspace(0, 1, 8))"),
    "ops.segment_max": ("[8]", "x + segment_max(ones([6]), arange(6), 8)"),
    "ops.segment_min": ("[8]", "x + segment_min(ones([6]), arange(6), 8)"),
    "ops.segment_prod": ("[8]", "x + segment_prod(ones([6]), arange(6), 8)"),
    "ops.segment_sum": ("[8]", "x + segment_sum(ones([6]), arange(6), 8)"),
    "ops.select": ("[8]", "select([x > 0, x < 0], [x, -x])"),
    "ops.separable_conv": (
        "[32, 32, 3]",
        "separable_conv(x, ones([3, 3, 3, 1]), ones([1, 1, 3, 8]))",
    ),
    "ops.shape": ("[10, 8]", "reshape(x, [-1, shape(x)[2]])"),
    "ops.size": ("[8]", "x + size(x)"),
    "ops.slice": ("[10, 8]", "x + slice(ones([4, 8]), [0, 0], [1, 8])"),
    "ops.slogdet": ("[8]", "x * slogdet(eye(8))[1]"),
    "ops.split": ("[10, 8]", "split(x, 2, axis=1)"),
    "ops.trace": ("[8, 8]", "trace(x, axis1=1, axis2=2)"),
    "ops.transpose": ("[10, 8]", "transpose(x, [0, 2, 1])"),
    "ops.tri": ("[8, 8]", "x * tri(8)"),
    "ops.unfold": ("[3, 32, 32]", "unfold(x, 3)"),
    "ops.unravel_index": ("int32[8]", "unravel_index(x, [4, 4])"),
    "ops.vander": ("[8, 8]", "x + vander(arange(8))"),
    "ops.vdot": ("[8]", "x * vdot(x, x)"),
    "ops.zeros": ("[8]", "x + zeros([8])"),
    "random.beta": ("[8]", "x + random.beta([8], 0.5, 0.5)"),
    "random.binomial": ("[8]", "x + random.binomial([8], 10, 0.5)"),
    "random.gamma": ("[8]", "x + random.gamma([8], 0.5)"),
    "random.normal": ("[8]", "x + random.normal([8])"),
    "random.randint": ("[8]", "x + random.randint([8], 0, 10)"),
    "random.truncated_normal": ("[8]", "x + random.truncated_normal([8])"),
    "random.uniform": ("[8]", "x + random.uniform([8])"),
}
"""An input and an application for what needs arguments that hang together."""

PROGRAMS: dict[str, str] = {
    "ops.ctc_decode": """\
input x: [20, 8]
input lengths: int32[]
_decoded, scores = ctc_decode(x, lengths)
output scores
""",
    "ops.ctc_loss": """\
input labels: int32[5]
input x: [20, 8]
input label_lengths: int32[]
input lengths: int32[]
output y = ctc_loss(labels, x, label_lengths, lengths)
""",
    "ops.image.scale_and_translate": """\
input x: [16, 16, 3]
small, size, axes = ones([8, 8, 3]), [16, 16, 3], [0, 1]
large = ops.image.scale_and_translate(small, size, ones([2]), zeros([2]), axes, "linear")
output y = x + large
""",
    "ops.sparse_categorical_crossentropy": """\
input labels: int32[10]
input x: [10, 8]
output y = sparse_categorical_crossentropy(labels, x, from_logits=true)
""",
    "ops.meshgrid": """\
input x: [4, 8]
columns, rows = meshgrid(arange(8), arange(4))
output y = x + columns
""",
    "losses.CTC": """\
input x: [20, 64]
output y = Dense(8)(x)

train:
    loss = CTC()(y)
""",
}
"""Whole programs for what no application alone can show."""

NO_EXAMPLE: dict[str, str] = {
    "losses.Loss": "it is the base of losses, and none itself",
    "metrics.Metric": "it is the base of metrics, and none itself",
    "metrics.MeanMetricWrapper": "it takes a Python function",
    "initializers.Initializer": "it is the base of initializers, and none itself",
    "regularizers.Regularizer": "it is the base of regularizers, and none itself",
    "constraints.Constraint": "it is the base of constraints, and none itself",
    "optimizers.Optimizer": "it is the base of optimizers, and none itself",
    "optimizers.schedules.LearningRateSchedule": "it is the base of schedules, and none itself",
    "callbacks.Callback": "it is the base of callbacks, and none itself",
    "callbacks.CallbackList": "Keras makes it of the callbacks that it is given",
    "callbacks.History": "every fit makes one, and gives it back",
    "callbacks.ProgbarLogger": "every fit shows its progress without it",
    "callbacks.LambdaCallback": "it takes Python functions",
    "callbacks.LearningRateScheduler": "it takes a Python function",
    "optimizers.LossScaleOptimizer": "it takes an optimizer, and `precision` makes one of it",
    "optimizers.MultiOptimizer": "it takes Python objects",
    "optimizers.OptimizerMap": "it takes Python objects",
    "FlaxLayer": "it takes a Python object",
    "JaxLayer": "it takes a Python function",
    "Lambda": "it takes a Python function",
    "TFSMLayer": "it takes the path of a saved model, which is read as it is made",
    "TorchModuleWrapper": "it takes a Python object",
    "layers.Input": "an input is a statement: input x: [64]",
    "ops.associative_scan": "it takes a Python function",
    "ops.fori_loop": "it takes a Python function",
    "ops.jvp": "it takes a Python function",
    "ops.map": "it takes a Python function",
    "ops.scan": "it takes a Python function",
    "ops.switch": "it takes Python functions",
    "ops.vectorized_map": "it takes a Python function",
    "ops.while_loop": "it takes Python functions",
    "random.SeedGenerator": "it makes seeds in Python",
}
"""Why there is no program to show for it."""
