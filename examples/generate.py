"""Compiles the programs of this folder into `generated/`: `python examples/generate.py`."""

import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
sys.path.insert(0, str(EXAMPLES.parent))

from dsl import compiler  # noqa: E402 -- found by the line above, without an installation
from dsl.files import loader_beside  # noqa: E402
from dsl.source import Source  # noqa: E402


def scripts() -> dict[str, str]:
    """The Python of each program, by the name of its file in `generated/`."""
    found = {}
    for path in sorted(EXAMPLES.glob("*.graph")):
        source = Source(path.name, path.read_text())
        checked = compiler.check(source, loader=loader_beside(Source(str(path), "")))
        found[f"{path.stem}.py"] = compiler.emit(checked)
    return found


def main() -> None:
    """Write them all."""
    for name, text in scripts().items():
        (EXAMPLES / "generated" / name).write_text(text)


if __name__ == "__main__":
    main()
