"""What no functional model can hold: layers and functions of Keras that refuse its tensors, and why.

Each was tried: Keras raises while the model is built. Every other public layer and function has a rule.
"""

from __future__ import annotations

from typing import Final

UNHELD: Final[dict[str, str]] = {
    "Equalization": "Equalization hands on the very tensor that it is given, which a model takes for a cycle",
    "InputLayer": "InputLayer takes no tensor: it is what an input statement makes",
    "InputSpec": "InputSpec describes what a layer takes, and is no layer itself",
    "Layer": "Layer is the base of all layers, and does nothing itself",
    "TorchModuleWrapper": "TorchModuleWrapper holds a module of PyTorch, and the model runs on TensorFlow",
    "Wrapper": "Wrapper is the base of layers that hold another one, and does nothing itself",
    "ops.cond": "cond chooses between two Python functions, and a tensor of a graph cannot choose",
    "ops.convert_to_numpy": "convert_to_numpy needs numbers, and a tensor of a graph has none yet",
    "ops.custom_gradient": "custom_gradient decorates a Python function, and takes no tensor of a graph",
    "ops.vectorize": "vectorize makes a function of a Python function, and not with TensorFlow",
    "random.categorical": "random.categorical needs numbers, and a tensor of a graph has none yet",
    "random.dropout": "random.dropout needs numbers, and a tensor of a graph has none yet",
    "random.shuffle": "random.shuffle needs numbers, and a tensor of a graph has none yet",
}
"""From a symbol's key to one sentence that says why."""

INSTEAD: Final[dict[str, str]] = {
    "Equalization": "equalize the data before they reach the model",
    "InputLayer": "write input x: [64]",
    "Layer": "import your own from Python: from my_layers import Mine",
    "Wrapper": "TimeDistributed, Bidirectional and SpectralNormalization wrap a layer",
    "ops.cond": "`where(test, a, b)` chooses element by element",
    "ops.custom_gradient": "stop_gradient(x) keeps a tensor out of the gradient; a layer of your own does more",
    "random.dropout": "a layer drops anew at each step: Dropout(0.5)(x)",
}
"""What to write in the place of some of them."""


def why_unheld(key: str) -> tuple[str, str] | None:
    """The sentence that says why no model holds a symbol, and what helps; None where one may.

    >>> why_unheld("ops.cond")[1]
    '`where(test, a, b)` chooses element by element'
    >>> why_unheld("Dense") is None
    True
    """
    if key not in UNHELD:
        return None
    return UNHELD[key], INSTEAD.get(key, "leave it to Python, outside of the graph")
