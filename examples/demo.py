"""Compiles `digits.graph`, trains the script that comes out, and tells its accuracy on new digits.

python examples/demo.py
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent


def step(what: str, *arguments: str, folder: str) -> None:
    """Say what is done, and do it with this Python."""
    print(what, flush=True)
    path = os.pathsep.join(filter(None, [str(EXAMPLES.parent), os.environ.get("PYTHONPATH")]))
    quiet = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, *arguments], cwd=folder, env=quiet, check=True)


def main() -> None:
    """Compile, train, test."""
    with tempfile.TemporaryDirectory() as folder:
        step(
            "Writing scikit-learn's digits",
            str(EXAMPLES / "data" / "digits.py"),
            ".",
            folder=folder,
        )
        step(
            "Compiling digits.graph",
            *("-m", "dsl", str(EXAMPLES / "digits.graph"), "-o", "digits_model.py"),
            folder=folder,
        )
        step(
            "Training the generated script",
            *("digits_model.py", "--data", "digits_train.npz", "--validation", "digits_test.npz"),
            *("--seed", "0", "--history", "history.json"),
            folder=folder,
        )
        history = json.loads(Path(folder, "history.json").read_text())
    print(f"Accuracy on the test digits: {history['val_accuracy'][-1]:.1%}")


if __name__ == "__main__":
    main()
