"""Writes the notebooks of this folder, and runs them so that they hold their outputs.

    python examples/make_notebooks.py

The prose and the Python of the notebooks stand here; the programs come from the `.graph` files.
Each cell has an id of its own, so that the same text gives the same cells.
"""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).resolve().parent
SEED = """\
import keras

keras.utils.set_random_seed(0)
keras.utils.disable_interactive_logging()"""


def program(name: str, magic: str) -> str:
    """A cell with the program of a file."""
    return f"{magic}\n{(EXAMPLES / f'{name}.graph').read_text().rstrip()}"


def notebook(*cells: tuple[str, str]) -> nbformat.NotebookNode:
    """A notebook of cells, each its id and text; an id that begins with `about` is prose."""
    made = nbformat.v4.new_notebook()
    made.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for name, text in cells:
        kind = "markdown" if name.startswith("about") else "code"
        cell = getattr(nbformat.v4, f"new_{kind}_cell")(text, id=name)
        if name.startswith("wrong"):
            cell.metadata["tags"] = ["raises-exception"]
        made.cells.append(cell)
    return made


def digits() -> nbformat.NotebookNode:
    """Handwritten digits: one input, one output, and a mistake on the way."""
    return notebook(
        (
            "about",
            "# Handwritten digits\n\n"
            "A convolutional network for the 8 x 8 images that come with scikit-learn. The graph "
            "stands in a cell: it is checked before Keras is imported, built, and trained.",
        ),
        ("load", "%load_ext magics"),
        (
            "data",
            "from data.digits import arrays\n\ntrain, test = arrays()\n"
            "{name: array.shape for name, array in train.items()}",
        ),
        (
            "about-mistake",
            "First a mistake: the image is used up before the network ends.",
        ),
        (
            "wrong-size",
            "%%graph --check\n"
            "input image: [8, 8, 1]\n\n"
            "x = image -> Conv2D(32, 3, relu) -> MaxPooling2D(3) -> Conv2D(64, 3, relu)\n"
            "output digit = x -> Flatten -> Dense(10, softmax)",
        ),
        (
            "about-graph",
            "After a convolution and a pooling of 3 only 2 x 2 is left, too little for another "
            "window of 3. With `same` padding and pools of 2 it fits. The arrays go in by the "
            "names of inputs and outputs.",
        ),
        ("seed", SEED),
        ("graph", program("digits", "%%graph model --fit --data train")),
        ("about-test", "On digits that it has not seen:"),
        (
            "test",
            'model.evaluate(test["image"], test["digit"], return_dict=True)',
        ),
    )


def voters() -> nbformat.NotebookNode:
    """A survey: two inputs, two outputs, data by name."""
    return notebook(
        (
            "about",
            "# Voters of 1996\n\n"
            "944 people told who they are, where they place themselves and the two candidates, "
            "which party they feel close to, and whom they mean to vote for. Two inputs, two "
            "outputs, a loss for each.",
        ),
        ("load", "%load_ext magics"),
        (
            "data",
            "from data.voters import arrays\n\ntrain, test = arrays()\n"
            "{name: array.shape for name, array in train.items()}",
        ),
        ("seed", SEED),
        ("graph", program("voters", "%%graph voter_model --fit --data train")),
        ("about-inputs", "Inputs go in by name, or as a list in the order of the graph:"),
        (
            "test",
            "by_name = {name: test[name] for name in ('person', 'views')}\n"
            "voter_model.evaluate(by_name, [test['party'], test['vote']], return_dict=True)",
        ),
        (
            "predict",
            "party, vote = voter_model.predict([test['person'], test['views']])\n"
            "expected = (vote > 0.5).astype(int)\n"
            "f\"{expected[:10].ravel()} expected, {test['vote'][:10].ravel()} said\"",
        ),
    )


NOTEBOOKS = {"digits": digits, "voters": voters}


def main() -> None:
    """Write each notebook, with the outputs of a run."""
    os.environ["PYTHONPATH"] = str(EXAMPLES.parent)
    for name, make in NOTEBOOKS.items():
        made = make()
        NotebookClient(made, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
        for cell in made.cells:
            tidy(cell)
        (EXAMPLES / f"{name}.ipynb").write_text(nbformat.writes(made) + "\n")


def tidy(cell: nbformat.NotebookNode) -> None:
    """Leave out the times of a run, and what TensorFlow says about the machine it runs on."""
    cell.metadata.pop("execution", None)
    if cell.cell_type == "code":
        cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]


if __name__ == "__main__":
    main()
