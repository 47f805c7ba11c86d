"""`make fuzz`: libFuzzer drives every pass with bytes that reach new code (`python -m tests.fuzz CORPUS [flags]`).

The corpus begins with the programs of `tests/cases` and `examples`. What fails is written beside it as `crash-…`; a crash that is mended
becomes a file of `tests/fuzz/found`, which the tests run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dsl", "lark"]):
    from tests.fuzz.target import run

ROOT = Path(__file__).parents[2]
WORDS = """
input output shared const block model train from import as in for if elif else return and or not true false none -> $units
... ** // += == float32[ int32[?] [T, Dense( Conv2D( LSTM( Embedding( concatenate([ range( relu same return_sequences
name= loss optimizer metrics epochs mse adam f"{
"""


def one(data: bytes) -> None:
    """One text."""
    run(data.decode("utf-8", "replace"))


def main() -> None:
    """Fuzz until told to stop."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(sorted(ROOT.glob("tests/cases/**/*.graph"))):
        (corpus / f"case-{number}").write_bytes(path.read_bytes())
    words = corpus.parent / "words.dict"
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS.split())
    words.write_text("".join(f'"{word}"\n' for word in escaped), encoding="utf-8")
    flags = [f"-dict={words}", "-timeout=10", "-max_len=3000", "-rss_limit_mb=3000"]
    prefix = f"-artifact_prefix={corpus.parent}/"
    atheris.Setup([sys.argv[0], str(corpus), *flags, prefix, *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
