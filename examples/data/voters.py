"""Writes the survey in `voters.csv` as `voters_train.npz` and `voters_test.npz`.

    python voters.py [FOLDER]

The arrays are named after the inputs and outputs of `voters.graph`.
"""

import sys
from pathlib import Path

import numpy as np

PERSON = ("popul", "TVnews", "age", "educ", "income")
VIEWS = ("selfLR", "ClinLR", "DoleLR")


def table() -> dict[str, np.ndarray]:
    """The columns of the survey by name."""
    values = np.genfromtxt(
        Path(__file__).with_name("voters.csv"), delimiter=",", names=True, dtype="int32"
    )
    return {name: values[name] for name in values.dtype.names}


def arrays() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The arrays to train on, and those to test on (a quarter of them)."""
    columns = table()
    person = np.stack([columns[name] for name in PERSON], axis=-1).astype("float32")
    person[:, 0] = np.log(person[:, 0] + 0.1)
    order = np.random.default_rng(0).permutation(len(person))
    train, test = np.split(order, [len(order) * 3 // 4])
    mean, spread = person[train].mean(axis=0), person[train].std(axis=0)
    data = {
        "person": (person - mean) / spread,
        "views": np.stack([columns[name] for name in VIEWS], axis=-1) - 1,
        "party": columns["PID"],
        "vote": columns["vote"][:, None],
    }
    return tuple({name: values[part] for name, values in data.items()} for part in (train, test))


def main(folder: Path) -> None:
    """Write both files."""
    for name, part in zip(("train", "test"), arrays(), strict=True):
        path = folder / f"voters_{name}.npz"
        np.savez(path, **part)
        print(f"{path}: {len(part['vote'])} people")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
