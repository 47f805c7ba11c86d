"""What losses expect of the outputs they judge, by Keras's classes."""

from __future__ import annotations

CATEGORICAL = frozenset(
    {
        "CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy",
        "SparseCategoricalCrossentropy",
    }
)  # fmt: skip
BINARY = frozenset({"BinaryCrossentropy", "BinaryFocalCrossentropy"})
PROBABILITIES = frozenset({"Dice", "KLDivergence", "Tversky"})
"""Losses of probabilities, of one class or of several."""

SIGNED = frozenset({"Hinge", "SquaredHinge"})
"""Losses whose labels are -1 and 1."""

REGRESSION = frozenset(
    {
        "Huber", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
        "MeanSquaredLogarithmicError",
    }
)  # fmt: skip

SPARSE_LOSSES = frozenset({"CategoricalGeneralizedCrossEntropy", "SparseCategoricalCrossentropy"})
ONE_HOT_LOSSES = CATEGORICAL - SPARSE_LOSSES

SUM_TO_ONE = frozenset({"softmax", "sparsemax"})
FROM_0_TO_1 = frozenset({"sigmoid", "hard_sigmoid", "sparse_sigmoid"})
CUT = frozenset({"relu", "relu6", "tanh", "hard_tanh", "softsign", "softplus", "exponential"})
"""Activations that keep logits from the whole range of numbers."""

ACCURACIES = frozenset(
    {
        "accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy",
        "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
    }
)  # fmt: skip
ONE_HOT_METRICS = frozenset(
    {"CategoricalAccuracy", "CategoricalCrossentropy", "TopKCategoricalAccuracy"}
)
DISTANCES = frozenset(
    {
        "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "LogCoshError",
        "MeanSquaredLogarithmicError", "RootMeanSquaredError", "R2Score", "CosineSimilarity",
    }
)  # fmt: skip
"""Metrics that compare an output with its targets number by number."""

SPARSE_METRICS = frozenset(
    {"SparseCategoricalAccuracy", "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy"}
)
OTHER_LABELS = {
    "CategoricalAccuracy": "sparse_categorical_accuracy",
    "CategoricalCrossentropy": "sparse_categorical_crossentropy",
    "TopKCategoricalAccuracy": "sparse_top_k_categorical_accuracy",
    "SparseCategoricalAccuracy": "categorical_accuracy",
    "SparseCategoricalCrossentropy": "categorical_crossentropy",
    "SparseTopKCategoricalAccuracy": "top_k_categorical_accuracy",
}
"""The same metric for labels of the other form."""
