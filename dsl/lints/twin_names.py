"""Names that tell twins: a letter, a digit or a known pair apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS = (
    ("left", "right"), ("first", "second"), ("one", "two"), ("anchor", "positive", "negative"),
    ("anchor", "candidate"), ("query", "candidate"), ("query", "document"), ("query", "passage"), ("premise", "hypothesis"),
    ("before", "after"), ("upper", "lower"), ("top", "bottom"), ("front", "back"), ("home", "away"), ("this", "that"),
    ("self", "other"), ("me", "other"), ("a", "b"), ("x", "y"), ("u", "v"), ("p", "q"), ("reference", "candidate"),
    ("reference", "test"), ("reference", "distorted"), ("probe", "gallery"), ("probe", "reference"), ("support", "query"),
    ("template", "search"), ("fixed", "moving"), ("original", "copy"), ("original", "augmented"), ("original", "paraphrase"),
    ("chosen", "rejected"), ("preferred", "rejected"), ("winner", "loser"), ("better", "worse"), ("old", "new"),
    ("former", "latter"), ("previous", "next"), ("current", "previous"), ("current", "next"), ("past", "future"),
    ("good", "bad"), ("good", "corrupt"), ("user", "peer"), ("head", "tail"), ("lhs", "rhs"), ("l", "r"),
)  # fmt: skip
"""Words of pairs whose members are of one kind."""

BY_WORD: dict[str, list[int]] = {}
for _number, _group in enumerate(GROUPS):
    for _word in _group:
        BY_WORD.setdefault(_word, []).append(_number)


def families(name: str) -> Iterator[tuple[str, str]]:
    """The families a name may be of, each with what tells its members apart: twins share a family.

    >>> list(families("left_image"))
    [('#0_image', 'left')]
    >>> list(families("a1")), list(families("imageB"))
    ([('a#', '1')], [('image#', 'b')])
    """
    words = name.split("_")
    for index, word in enumerate(words):
        for group in BY_WORD.get(word.lower(), ()):
            yield "_".join([*words[:index], f"#{group}", *words[index + 1 :]]), word.lower()
    stem = name.rstrip("0123456789")
    if stem != name and stem:
        yield f"{stem}#", name[len(stem) :]
    elif len(name) > 1 and name[-1].isupper() and name[-2].islower():
        yield f"{name[:-1]}#", name[-1].lower()


def is_open(family: str) -> bool:
    """Whether a family may have any number of members (`x1`, `x2`, …): only two of them are twins."""
    return family.endswith("#")
