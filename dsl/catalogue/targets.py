"""What losses take as targets, by Keras's classes: measured, since Keras seldom says so.

A binary crossentropy of targets 0 to 255 trains to a loss below zero; a hinge of targets 3 learns nothing. Neither raises.
"""

from __future__ import annotations

from typing import Final

from dsl.records import Record


class Target(Record):
    """What a target is to hold, number by number.

    Args:
        words: how messages call it.
        low, high: the smallest and the largest number; None for any.
        whole: whether it is made of whole numbers.
        form: `same` (the output's own shape), `classes` (a number of a class in place of the last axis), `rows` (such
            a number for each row), `labels` (some of them for each row), or `groups` (a number for each row, of any size).
    """

    words: str
    low: int | None = None
    high: int | None = None
    whole: bool = False
    form: str = "same"


NUMBERS: Final = Target("targets")
SHARES: Final = Target("targets from 0 to 1", 0, 1)
ONE_HOT: Final = Target("one-hot rows", 0, 1)
AMOUNTS: Final = Target("targets of 0 or more", 0)
SIGNS: Final = Target("targets of -1 or 1", -1, 1, whole=True)
CLASSES: Final = Target("class numbers", 0, whole=True, form="classes")
CLASSES_OF_ROWS: Final = Target("class numbers", 0, whole=True, form="rows")
LABELS: Final = Target("class numbers", 0, whole=True, form="labels")
GROUPS: Final = Target("class numbers", whole=True, form="groups")

TARGETS: Final = {
    "BinaryCrossentropy": SHARES,
    "BinaryFocalCrossentropy": SHARES,
    "CTC": LABELS,
    "CategoricalCrossentropy": ONE_HOT,
    "CategoricalFocalCrossentropy": ONE_HOT,
    "CategoricalGeneralizedCrossEntropy": CLASSES_OF_ROWS,
    "CategoricalHinge": SIGNS,
    "Circle": GROUPS,
    "CosineSimilarity": NUMBERS,
    "Dice": SHARES,
    "Hinge": SIGNS,
    "Huber": NUMBERS,
    "KLDivergence": SHARES,
    "LogCosh": NUMBERS,
    "MeanAbsoluteError": NUMBERS,
    "MeanAbsolutePercentageError": NUMBERS,
    "MeanSquaredError": NUMBERS,
    "MeanSquaredLogarithmicError": AMOUNTS,
    "Poisson": AMOUNTS,
    "SparseCategoricalCrossentropy": CLASSES,
    "SquaredHinge": SIGNS,
    "Tversky": SHARES,
}
"""By the class of a loss. A hinge takes 0 for -1 as well, and CTC 0 for the end of a row."""
