"""Writes the handwritten digits of scikit-learn as `digits_train.npz` and `digits_test.npz`.

    python digits.py [FOLDER]

The arrays are named after the input and the output of `digits.graph`.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def arrays() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The arrays to train on, and those to test on (a quarter of them)."""
    digits = load_digits()
    images = (digits.images[..., None] / 16).astype("float32")
    labels = digits.target.astype("int32")
    train, test = train_test_split(
        np.arange(len(labels)), test_size=0.25, stratify=labels, random_state=0
    )
    return tuple({"image": images[part], "digit": labels[part]} for part in (train, test))


def main(folder: Path) -> None:
    """Write both files."""
    for name, part in zip(("train", "test"), arrays(), strict=True):
        path = folder / f"digits_{name}.npz"
        np.savez(path, **part)
        print(f"{path}: {len(part['digit'])} images")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
