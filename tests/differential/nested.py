"""Layers as arguments of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.differential.cases import Made

if TYPE_CHECKING:
    from tests.differential.cases import Case

RECURRENT = ("LSTM", "GRU", "SimpleRNN")
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
IMAGES = ("Rescaling", "RandomFlip", "RandomContrast", "CenterCrop", "Resizing", "Dropout")


def layer(case: Case) -> Any:
    """What a wrapper wraps."""
    kind = case.symbol.key
    if kind == "Bidirectional":
        return recurrent(case)
    if kind == "SpectralNormalization":
        return weighted(case)
    return any_layer(case)


def recurrent(case: Case) -> Made:
    """A recurrent layer."""
    draw = case.random
    if draw.random() < 0.15:
        return Made("layers.RNN", {"cell": cell(case), **_flags(case)})
    if draw.random() < 0.1:
        return Made("layers.ConvLSTM1D", {"filters": 2, "kernel_size": 2, **_flags(case)})
    return Made(f"layers.{draw.choice(RECURRENT)}", {"units": draw.randint(1, 4), **_flags(case)})


def _flags(case: Case) -> dict[str, bool]:
    """What a recurrent layer returns."""
    names = ("return_sequences", "return_state", "go_backwards", "use_bias", "stateful")
    chances = (0.4, 0.2, 0.1, 0.1, 0.05)
    return {
        name: name != "use_bias"
        for name, chance in zip(names, chances, strict=True)
        if case.random.random() < chance
    }


def weighted(case: Case) -> Made:
    """A layer with weights, mostly with a kernel."""
    draw = case.random
    rank = len(case.inputs[0].sizes) if case.inputs else 1
    convolution = f"layers.Conv{rank - 1}D" if 2 <= rank <= 4 else "layers.Dense"
    chosen = draw.choice((convolution, "layers.Dense", "layers.Dense", "layers.Embedding"))
    if chosen == "layers.Dense":
        return Made(chosen, {"units": draw.randint(1, 4), **_maybe(case, "use_bias", False)})
    if chosen == "layers.Embedding":
        return Made(chosen, {"input_dim": 7, "output_dim": draw.randint(1, 4)})
    return Made(chosen, {"filters": draw.randint(1, 4), "kernel_size": draw.randint(1, 2)})


def any_layer(case: Case) -> Made:
    """A layer for each step of a sequence."""
    draw = case.random
    rank = len(case.inputs[0].sizes) if case.inputs else 2
    by_rank = {
        1: (weighted(case), Made("layers.Embedding", {"input_dim": 5, "output_dim": 2})),
        3: (
            Made("layers.Conv1D", {"filters": draw.randint(1, 4), "kernel_size": 2}),
            Made("layers.MaxPooling1D", {"pool_size": 2}),
            recurrent(case),
        ),
        4: (
            Made("layers.Conv2D", {"filters": 2, "kernel_size": draw.randint(1, 3)}),
            Made("layers.GlobalAveragePooling2D", {}),
            Made("layers.MaxPooling2D", {**_maybe(case, "padding", "same")}),
        ),
    }
    always = (
        Made("layers.Dense", {"units": draw.randint(1, 4)}),
        Made("layers.Flatten", {}),
        Made("layers.Dropout", {"rate": 0.5}),
        Made("layers.BatchNormalization", {}),
        Made("layers.LayerNormalization", {}),
        Made("layers.Activation", {"activation": "relu"}),
        Made("layers.Reshape", {"target_shape": [-1, 1]}),
    )
    fitting = by_rank.get(rank, ())
    return draw.choice(fitting if fitting and draw.random() < 0.6 else always)


def layers(case: Case) -> list[Made]:
    """The steps of a pipeline."""
    draw = case.random
    return [_image(case) for _ in range(draw.randint(1, 3))]


def _image(case: Case) -> Made:
    draw = case.random
    name = draw.choice(IMAGES)
    settings: dict[str, dict[str, Any]] = {
        "Rescaling": {"scale": 0.5},
        "RandomContrast": {"factor": 0.2},
        "CenterCrop": {"height": draw.randint(1, 4), "width": draw.randint(1, 4)},
        "Resizing": {"height": draw.randint(1, 4), "width": draw.randint(1, 4)},
        "Dropout": {"rate": 0.1},
    }
    return Made(f"layers.{name}", settings.get(name, {}))


def cell(case: Case) -> Made:
    """A recurrent cell."""
    draw = case.random
    return Made(f"layers.{draw.choice(CELLS)}", {"units": draw.randint(1, 4)})


def cells(case: Case) -> list[Made]:
    """Several cells."""
    return [cell(case) for _ in range(case.random.randint(1, 3))]


def cell_or_cells(case: Case) -> Any:
    """One cell, a list, or the layer that stacks them."""
    drawn = case.random.random()
    if drawn < 0.6:
        return cell(case)
    listed = cells(case)
    return listed if drawn < 0.8 else Made("layers.StackedRNNCells", {"cells": listed})


def _maybe(case: Case, name: str, value: Any) -> dict[str, Any]:
    return {name: value} if case.random.random() < 0.3 else {}
