"""Vocabularies of lookups: what Keras refuses of them when a layer is made."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dsl.catalogue.registry import UNKNOWN, Refusal
from dsl.records import Record


class Vocabulary(Record):
    """What a lookup is told of its words.

    Args:
        words: `vocabulary` as given.
        texts: whether it looks up texts, else whole numbers.
        mode: its `output_mode`.
        mask_token, oov_token, num_oov_indices, max_tokens, idf_weights, invert: as Keras has them.
    """

    words: Any
    texts: bool
    mode: str = "int"
    mask_token: Any = None
    oov_token: Any = None
    num_oov_indices: int = 1
    max_tokens: Any = None
    idf_weights: Any = None
    invert: bool = False

    @property
    def is_listed(self) -> bool:
        """Whether the words are written out (not in a file, not learnt later)."""
        return isinstance(self.words, list | tuple) and UNKNOWN not in self.words

    @property
    def special(self) -> list[Any]:
        """What stands before the words: the mask, and what is not in the vocabulary."""
        masks = [self.mask_token] if self.mask_token is not None and self.mode == "int" else []
        return masks + [self.oov_token] * self.num_oov_indices

    @property
    def tokens(self) -> list[Any]:
        """The words, without the special ones that may stand before them."""
        before = len(self.special)
        words = list(self.words)
        return words[before:] if words[:before] == self.special else words

    @property
    def size(self) -> int | None:
        """How many codes there are; None where that is not known."""
        return len(self.special) + len(self.tokens) if self.is_listed else None


def refuse_vocabulary(given: Vocabulary) -> Refusal | None:
    """Why Keras does not make such a lookup, if it does not."""
    return (
        _refuse_weights(given)
        or _refuse_most(given)
        or _refuse_tokens(given)
        or _refuse_words(given)
    )


def refuse_salt(salt: Any, *, numbers: bool, oov_method: str) -> Refusal | None:
    """Why a salt can't be used, if it can't."""
    if salt is None:
        return None
    if numbers and oov_method != "farmhash":
        words = "salt is for oov_method farmhash, and this is floormod"
        return _bad(words, "salt", "write oov_method=farmhash, or leave out salt")
    if isinstance(salt, int) or (isinstance(salt, list | tuple) and len(salt) == 2):
        return None
    return _bad("salt must be an integer or a list of two", "salt")


def _bad(words: str, argument: str, helps: str = "") -> Refusal:
    return Refusal(words, argument=argument, help=helps, code="bad-value")


def _refuse_weights(given: Vocabulary) -> Refusal | None:
    weights = given.idf_weights
    if given.mode != "tf_idf":
        words = f"idf_weights are for mode tf_idf, not for {given.mode}"
        return _bad(words, "idf_weights", "leave them out") if weights is not None else None
    if given.words is None:
        return None
    if weights is None:
        words = "mode tf_idf needs idf_weights, one for each word of the vocabulary"
        return _bad(
            words, "output_mode", "give idf_weights=[…], or leave out vocabulary and call adapt"
        )
    if isinstance(weights, list | tuple) and given.is_listed and len(weights) != len(given.words):
        words = f"{len(weights)} idf_weights for {len(given.words)} words"
        return _bad(words, "idf_weights")
    return None


def _refuse_most(given: Vocabulary) -> Refusal | None:
    most = given.max_tokens
    if most is None:
        return None
    if not isinstance(most, int | float) or most <= 1:
        return _bad("max_tokens must be an integer above 1", "max_tokens")
    if given.size is not None and given.size > most:
        special = len(given.special)
        words = f"the vocabulary has {given.size} words, {special} special ones among them, and max_tokens is {most}"
        return _bad(words, "max_tokens", f"write max_tokens={given.size}, or leave it out")
    return None


def _refuse_tokens(given: Vocabulary) -> Refusal | None:
    if given.mask_token is not None and not _is_token(given, given.mask_token):
        return _bad(f"mask_token must be {_kind(given)}", "mask_token")
    if given.invert and not _is_token(given, given.oov_token):
        return _bad(f"oov_token must be {_kind(given)}, as it is what comes out", "oov_token")
    return None


def _is_token(given: Vocabulary, token: Any) -> bool:
    return isinstance(token, str) if given.texts else isinstance(token, int)


def _kind(given: Vocabulary) -> str:
    return "a text" if given.texts else "an integer"


def _refuse_words(given: Vocabulary) -> Refusal | None:
    words = given.words
    if words is None or isinstance(words, str) or words is UNKNOWN:
        return None
    if not isinstance(words, list | tuple):
        return _bad("vocabulary must be a list, or the path of a file", "vocabulary")
    if not words:
        return _bad("the vocabulary is empty", "vocabulary", "leave it out, and call adapt")
    if not given.is_listed:
        return None
    if not _are_words(given, words):
        kind = "texts" if given.texts else "whole numbers"
        return _bad(f"vocabulary must be a list of {kind}", "vocabulary")
    return _refuse_fractions(given, words) or _refuse_repeated(given)


def _refuse_fractions(given: Vocabulary, words: Any) -> Refusal | None:
    """Why numbers that are looked up are no fractions: these are cut off, and may then stand there twice."""
    fraction = next((one for one in words if isinstance(one, float) and one % 1), None)
    if given.texts or fraction is None:
        return None
    cut = [int(one) for one in words]
    code = "bad-value" if len(set(cut)) < len(cut) else "senseless-value"
    said = f"vocabulary must be a list of whole numbers, and {fraction} would be cut off to {int(fraction)}"
    return Refusal(said, argument="vocabulary", code=code)


def _are_words(given: Vocabulary, words: Any) -> bool:
    if any(not isinstance(word, str | int | float) for word in words):
        return False
    if given.texts:
        return any(isinstance(word, str) for word in words)
    return all(not isinstance(word, str) or word.lstrip("-").isdigit() for word in words)


def _refuse_repeated(given: Vocabulary) -> Refusal | None:
    tokens = given.tokens
    counts = Counter(tokens)
    twice = next((word for word in tokens if counts[word] > 1), None)
    if twice is not None:
        return _bad(f"{twice} stands in the vocabulary twice", "vocabulary")
    if given.mask_token is not None and given.mask_token in tokens:
        words = f"mask_token {given.mask_token!r} stands in the vocabulary"
        return _bad(words, "vocabulary", "the layer adds it: leave it out")
    if given.invert and given.oov_token in tokens:
        words = f"oov_token {given.oov_token!r} stands in the vocabulary"
        return _bad(words, "vocabulary", "the layer adds it: leave it out")
    return None
