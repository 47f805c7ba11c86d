"""One mistake put into a right program: it must be told, and nothing else."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import dsl
from tests.differential.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

Edit = tuple[str, str]
"""The wrong text, and the code that it must have."""


def judge(text: str, seed: int, number: int) -> Verdict | None:
    """Make a mistake in a program that has none, and see what is told; None where none fits."""
    rng = random.Random(f"mistake:{seed}:{number}")
    kinds = list(MISTAKES)
    rng.shuffle(kinds)
    for kind in kinds:
        made = kind(rng, text)
        if made is not None:
            return _judged(*made, kind.__name__.strip("_"))
    return None


def _judged(text: str, code: str, kind: str) -> Verdict:
    try:
        done = dsl.check(text)
    except Exception as problem:  # noqa: BLE001 -- what must never happen
        return Verdict("crash", f"{type(problem).__name__}: {problem}", code, (), kind, text)
    errors = [one for one in done.diagnostics if one.severity == "error"]
    told = tuple(one.code.id for one in errors)
    said = "; ".join(f"{one.code.id}: {one.message}" for one in errors)
    verdict = "refused" if told == (code,) else "cascade"
    return Verdict(verdict, said, f"expected {code} alone", told, kind, text)


def _instead(rng: random.Random, text: str, pattern: str, by: str, code: str) -> Edit | None:
    """One of the places of a pattern replaced, where there is one."""
    body = text.partition("\ntrain:")[0]
    places = list(re.finditer(pattern, body))
    if not places:
        return None
    place = rng.choice(places)
    return text[: place.start()] + place.expand(by) + text[place.end() :], code


def _misspelt_layer(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"\bDense\(", "Dens(", "unknown-name")


def _no_units(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"\bDense\(\d+\)", "Dense()", "missing-argument")


def _zero_units(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"\bDense\(\d+", "Dense(0", "bad-value")


def _unknown_argument(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"\bDense\((\d+)\)", r"Dense(\1, depth=2)", "unknown-argument")


def _unknown_word(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"\bDense\((\d+), \w+\)", r"Dense(\1, rellu)", "unknown-name")


def _misspelt_tensor(rng: random.Random, text: str) -> Edit | None:
    return _instead(
        rng,
        text,
        r"(?m)^output (\w+) = (\w+)\((.*)\)\((\w+)\)$",
        r"output \1 = \2(\3)(\4_)",
        "unknown-name",
    )


def _unused_input(rng: random.Random, text: str) -> Edit | None:
    return f"input unused: [3]\n{text}", "unused-input"


def _not_applied(rng: random.Random, text: str) -> Edit | None:
    return _instead(rng, text, r"(?m)^(output \w+ = Dense\(.*\))\(\w+\)$", r"\1", "not-applied")


def _tensor_configures(rng: random.Random, text: str) -> Edit | None:
    return _instead(
        rng, text, r"(?m)^(output \w+ = \w+)\((.*)\)\((\w+)\)$", r"\1(\3)", "tensor-configures"
    )


def _no_sharing(rng: random.Random, text: str) -> Edit | None:
    for name in re.findall(r"(?m)^shared (\w+) =", text):
        if len(re.findall(rf"\b{name}\(", text)) == 2:
            return text.replace(f"shared {name}", name), "applied-twice"
    return None


def _lost_batch(rng: random.Random, text: str) -> Edit | None:
    made = _instead(
        rng, text, r"(?m)^output (\w+) = .*\((\w+)\)$", r"output \1 = sum(\2)", "lost-batch"
    )
    return made if made is not None and "\ntrain:" not in text else None


def _other_width(rng: random.Random, text: str) -> Edit | None:
    return _instead(
        rng, text, r"(?m)^output (\w+) = (Dense)\((.*)\)\((\w+)\)$",
        r"output \1 = add([Dense(2)(\4), Dense(3)(\4)])", "shape-mismatch",
    )  # fmt: skip


def _wrong_rank(rng: random.Random, text: str) -> Edit | None:
    return _instead(
        rng, text, r"(?m)^output (\w+) = Dense\((.*)\)\((\w+)\)$",
        r"output \1 = Dense(\2)(MaxPooling2D(2)(Flatten()(\3)))", "wrong-rank",
    )  # fmt: skip


def _in_training(old: str, new: str, code: str) -> Callable[[random.Random, str], Edit | None]:
    def make(rng: random.Random, text: str) -> Edit | None:
        head, found, settings = text.partition("\ntrain:")
        if not found or not re.search(old, settings):
            return None
        return head + found + re.sub(old, new, settings, count=1), code

    make.__name__ = code
    return make


MISTAKES: tuple[Callable[[random.Random, str], Edit | None], ...] = (
    _misspelt_layer,
    _no_units,
    _zero_units,
    _unknown_argument,
    _unknown_word,
    _misspelt_tensor,
    _unused_input,
    _not_applied,
    _tensor_configures,
    _no_sharing,
    _lost_batch,
    _other_width,
    _wrong_rank,
    _in_training(r"optimizer = \w+", "optimizer = adamm", "unknown-optimizer"),
    _in_training(r"loss = (0.5 \* )?\w+", "loss = mean_error", "unknown-loss"),
    _in_training(r"\(out0\)", "(out77)", "unknown-output"),
    _in_training("epochs = 1", "epochs = many", "bad-setting"),
    _in_training("batch_size = 4", "batch_size = 4\n    rounds = 3", "unknown-setting"),
    _in_training("epochs = 1", 'epochs = "many"', "bad-setting"),
)
"""What goes wrong."""
