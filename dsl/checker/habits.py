"""What people write who come from Python, from other libraries or from older Keras, with what to write instead."""

from __future__ import annotations

METHODS = {
    "append": "lists grow with +=: {x} += [x]",
    "extend": "lists grow with +=: {x} += other",
    "evaluate": "a built model is evaluated by Python, outside of the graph",
    "predict": "a built model predicts by Python, outside of the graph",
    "fit": "training is asked for with `train:` and with the data, outside of the graph",
    "compile": "say how to compile below `train:`",
    "add": "a graph names its tensors: x = Dense(8)(x), or x -> Dense(8)",
    "save": "a built model is saved by Python, outside of the graph",
    "save_weights": "weights are saved by Python, outside of the graph",
    "load_weights": "weights are loaded by Python, outside of the graph",
    "get_layer": "give the tensor a name where it is made, and use that",
    "view": "write Reshape([…])({x})",
    "permute": "write Permute([…])({x})",
    "unsqueeze": "write expand_dims({x}, axis=…)",
    "squeeze": "write squeeze({x}, axis=…)",
    "get_shape": "write {x}.shape",
    "as_list": "write {x} alone: a shape is a tuple of numbers",
    "dim": "write {x}.ndim",
    "rank": "write {x}.ndim",
    "flatten": "write Flatten()({x})",
    "transpose": "write transpose({x}, …) or Permute([…])({x})",
    "summary": "dslc summary FILE shows it",
    "size": "write {x}.shape[-1], or the number of another axis",
    "astype": "write cast({x}, float32)",
    "reshape": "write Reshape([…])({x})",
    "mean": "write mean({x}, axis=…)",
    "sum": "write sum({x}, axis=…)",
    "T": "write transpose({x}, …) or Permute([…])({x})",
}
"""What to write instead of a method that people reach for; `{x}` stands for what it is asked of."""

VALUES = {
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false", "none": "none",
    "null": "none", "nil": "none", "undefined": "none",
}  # fmt: skip
"""How other languages, and people, call the values of this one."""

NOW = {
    "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "TimeDistributedDense": "Dense", "Deconvolution2D": "Conv2DTranspose",
    "AtrousConvolution2D": "Conv2D, with dilation_rate=2", "merge": "concatenate([a, b]), add([a, b]), …", "BiLSTM": "Bidirectional(LSTM(…))", "BiGRU": "Bidirectional(GRU(…))", "cat": "concatenate", "concat": "concatenate", "ConvTranspose1D": "Conv1DTranspose", "ConvTranspose2D": "Conv2DTranspose",
    "ConvTranspose3D": "Conv3DTranspose",
    "Merge": "Concatenate, Add, …", "FullyConnected": "Dense",
    "LayerNorm": "LayerNormalization",
}  # fmt: skip
"""Layers of older Keras and of other libraries, with what they are called here."""

SIZE_OUT = "the size of what goes in comes from the tensor"

TORCH = {
    "Linear": f"write Dense(units): {SIZE_OUT}",
    **{f"Conv{n}d": f"write Conv{n}D(filters, kernel_size): {SIZE_OUT}" for n in (1, 2, 3)},
    **{
        f"ConvTranspose{n}d": f"write Conv{n}DTranspose(filters, kernel_size): {SIZE_OUT}"
        for n in (1, 2, 3)
    },
    **{f"BatchNorm{n}d": f"write BatchNormalization(): {SIZE_OUT}" for n in (1, 2, 3)},
    **{f"MaxPool{n}d": f"write MaxPooling{n}D(size)" for n in (1, 2, 3)},
    **{f"AvgPool{n}d": f"write AveragePooling{n}D(size)" for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": f"write GlobalAveragePooling{n}D()" for n in (1, 2, 3)},
    **{f"Dropout{n}d": f"write SpatialDropout{n}D(rate)" for n in (1, 2, 3)},
    "MultiheadAttention": "write MultiHeadAttention(num_heads, key_dim)",
    "LSTM": f"write LSTM(units): {SIZE_OUT}",
    "GRU": f"write GRU(units): {SIZE_OUT}",
    "LayerNorm": f"write LayerNormalization(): {SIZE_OUT}",
    "GELU": "write gelu",
    "Tanh": "write tanh",
    "Sigmoid": "write sigmoid",
    "LogSoftmax": "write log_softmax",
    "Upsample": "write UpSampling2D(size)",
}
"""Layers of PyTorch whose name or arguments are others here, with what to write."""

FOREIGN = {
    "np": "NumPy", "numpy": "NumPy", "tf": "TensorFlow", "tensorflow": "TensorFlow", "torch": "PyTorch", "jnp": "JAX",
    "nn": "PyTorch", "K": "Keras's old backend", "F": "PyTorch", "models": "Keras",
}  # fmt: skip

PYTHON = {
    "print": "dslc summary shows shapes; a graph prints nothing",
    "Input": "declare inputs as statements: input x: [64]",
    "input": "declare inputs as statements: input x: [64]",
    "output": "declare outputs as statements: output y = …",
    "Model": "inputs and outputs make the model: write `output y = …`",
    "Sequential": "write the layers as a chain: x -> Dense(32, relu) -> Dense(10)",
    "train": "write `train:` on a line of its own, and each setting below it: optimizer = adam",
    "plot_model": "dslc plot FILE -o model.svg draws it",
    "end": "leave it out: a body ends where its indentation does",
    "endif": "leave it out: a body ends where its indentation does",
    "endfor": "leave it out: a body ends where its indentation does",
    "done": "leave it out: a body ends where its indentation does",
    "__name__": "a graph is no script: leave the lines out",
    "to_categorical": "write one_hot(x, 10), with the number of classes",
    "pad_sequences": "data are padded by Python, before they come in",
    "str": 'write an f-string: f"{x}"',
    "list": "write a list: [a, b]",
    "tuple": "write a tuple: (a, b)",
    "dict": "write a dictionary: {a: 1}",
    "map": "write a comprehension: [f(x) for x in xs]",
    "filter": "write a comprehension: [x for x in xs if …]",
    "lambda": "name a function of tensors instead",
    "self": "a graph has no self: name the tensor",
    "K": "functions of Keras stand without a prefix: mean(x, axis=1)",
}
"""Names of Python and Keras that people paste, with what to write instead."""

OTHERS = {
    "optimizers": ("an optimizer", "write it below `train:`: optimizer = {}(…)"),
    "optimizers.schedules": ("a schedule", "give it to an optimizer: Adam(learning_rate={}(…))"),
    "losses": ("a loss", "write it below `train:`: loss = {}()"),
    "metrics": ("a metric", "write it below `train:`: metrics = [{}()]"),
    "callbacks": ("a callback", "write it below `train:`: callbacks = [{}(…)]"),
    "initializers": ("an initializer", "give it to a parameter: kernel_initializer={}()"),
    "regularizers": ("a regularizer", "give it to a parameter: kernel_regularizer={}(…)"),
    "constraints": ("a constraint", "give it to a parameter: kernel_constraint={}(…)"),
}
"""What the namespaces beside the layers hold, and where it belongs."""
