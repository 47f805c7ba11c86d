"""`--fit`: training in the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from magics.data import training_data
from magics.problems import GraphError

if TYPE_CHECKING:
    import argparse

    from dsl.build import Script
    from magics.variables import Variables


def fit(
    shell: Any, script: Script, model: Any, options: argparse.Namespace, variables: Variables
) -> None:
    """Train a model and leave its run under `history`, the partial one where it is interrupted.

    Raises:
        GraphError: where the graph has no `train:`, an array does not fit, or it is interrupted.
    """
    if not script.trains:
        raise GraphError("--fit: the graph has no `train:` to train by")
    data = training_data(script, options.data, variables)
    try:
        history = script.train(model, data, epochs=options.epochs, batch_size=options.batch_size)
    except KeyboardInterrupt:
        history = model.history
        shell.push({"history": history})
        done = len(history.epoch) if history is not None else 0
        raise GraphError(
            f"training was interrupted after {done} whole epochs; {options.name} and history keep "
            "what there is"
        ) from None
    shell.push({"history": history})
