"""Every diagnostic code, a line each.

`keras` says what Keras does with such a program: `raises-build` (building the model fails), `raises-fit` (compiling or
training fails), `silent` (it goes on, wrongly or by luck), or `-` where the program is not one yet (syntax, names).
"""

from __future__ import annotations

from dsl.records import Record


class Code(Record):
    """A kind of diagnostic: its stable id (also for `# allow: ID`), severity, and what Keras does."""

    id: str
    title: str
    severity: str = "error"
    keras: str = "-"


CODES: dict[str, Code] = {}


def _error(id: str, title: str, keras: str = "-") -> Code:
    CODES[id] = Code(id, title, "error", keras)
    return CODES[id]


def _warning(id: str, title: str, keras: str = "silent") -> Code:
    CODES[id] = Code(id, title, "warning", keras)
    return CODES[id]


# ---- reading
SYNTAX = _error("syntax", "text that is not in the language")
NOT_PYTHON = _error("not-python", "a construct of Python that the language does not have")
LIMIT = _error("limit", "a program too large or too deep")
UNCLOSED = _error("unclosed", "a bracket or quote that is never closed, or closes nothing")
INDENTATION = _error("indentation", "a line that is indented too much, too little, or with tabs")
RESERVED_WORD = _error("reserved-word", "a word of the language where a name should stand")
MIXED_ARROW = _error("mixed-arrow", "an operator beside `->` without parentheses")
BAD_TARGET = _error("bad-target", "something that nothing can be assigned to")
MISPLACED = _error("misplaced", "a statement where it cannot stand")

# ---- files
NO_FILE = _error("no-file", "an imported file that cannot be had")
IMPORT_CYCLE = _error("import-cycle", "files that import one another")
NOT_IN_FILE = _error("not-in-file", "an imported name that the file does not have")

# ---- names and kinds
UNKNOWN_NAME = _error("unknown-name", "a name that nothing binds")
OUTSIDE_MISSING = _error("outside-missing", "an outside value that was not given")
OUTSIDE_KIND = _error("outside-kind", "an outside value that is no plain value")
REBOUND = _error("rebound", "a name that may not be bound again")
WRONG_KIND = _error("wrong-kind", "a thing of one kind where another is needed")
NOT_APPLIED = _error("not-applied", "a layer that was configured and not applied", "raises-build")
TENSOR_CONFIGURES = _error("tensor-configures", "a tensor in the first parentheses", "raises-build")
APPLIED_TWICE = _error(
    "applied-twice", "a layer with weights applied twice without `shared`", "silent"
)
ON_CONSTANT = _error("on-constant", "a layer applied to a constant", "silent")
TENSOR_DECIDES = _error("tensor-decides", "a choice or loop that hangs on a tensor", "raises-build")
DUPLICATE_NAME = _error("duplicate-name", "two things of one name", "raises-build")
BAD_NAME = _error("bad-name", "a name that Keras cannot use", "raises-fit")

# ---- arguments
UNKNOWN_ARGUMENT = _error("unknown-argument", "an argument that does not exist", "raises-build")
MISSING_ARGUMENT = _error("missing-argument", "an argument that must be given", "raises-build")
TOO_MANY_ARGUMENTS = _error("too-many-arguments", "more arguments than parameters", "raises-build")
REPEATED_ARGUMENT = _error("repeated-argument", "an argument given twice", "raises-build")
UNKNOWN_WORD = _error("unknown-word", "a word that no parameter takes", "raises-build")
BAD_VALUE = _error("bad-value", "an argument outside of its domain", "raises-build")
SENSELESS_VALUE = _error(
    "senseless-value", "an argument that Keras takes and that means nothing", "silent"
)
UNHELD = _error("unheld", "something of Keras that no functional model can hold", "raises-build")
NEWER_KERAS = _error(
    "newer-keras", "something that the version of Keras does not have yet", "raises-build"
)
OTHER_KERAS = _warning(
    "other-keras", "something that the version of Keras may do otherwise than is announced", "-"
)
WRONG_OPERANDS = _error("wrong-operands", "the wrong number or form of tensors", "raises-build")
LIST_OPERAND = _error(
    "list-operand",
    "a list where one tensor is needed: few layers take it, and give something else",
    "silent",
)

# ---- compile-time values
BAD_OPERATION = _error("bad-operation", "an operation on values that has no answer")
UNKNOWN_SIZE = _error(
    "unknown-size", "a size that must be a number and is not known", "raises-build"
)

# ---- shapes
SHAPE_MISMATCH = _error("shape-mismatch", "shapes that do not meet", "raises-build")
WRONG_RANK = _error("wrong-rank", "a tensor of the wrong rank", "raises-build")
TOO_SMALL = _error("too-small", "a window larger than what is left", "raises-build")
CANNOT_RUN = _error(
    "cannot-run", "a layer or function that builds, and that no data can go through", "raises-fit"
)
SPARSE_OPERAND = _error(
    "sparse-operand", "a tensor that Keras takes for sparse, where a layer cannot", "raises-build"
)
BAD_STATE = _error("bad-state", "states that a recurrent layer cannot take", "raises-fit")
WRONG_DTYPE = _error("wrong-dtype", "a tensor of the wrong dtype", "raises-build")
NOT_AS_ANNOTATED = _error("not-as-annotated", "a shape other than the one written", "-")
MASK_SHAPE = _error("mask-shape", "a mask that does not fit where it arrives", "raises-fit")
LOST_BATCH = _error("lost-batch", "a tensor that has lost its batch", "silent")

# ---- the graph
NO_INPUT = _error("no-input", "a program without an input", "raises-build")
NO_OUTPUT = _error("no-output", "a program without an output", "raises-build")
UNCONNECTED_OUTPUT = _error("unconnected-output", "an output that no input reaches", "raises-build")
UNUSED_INPUT = _error("unused-input", "an input that reaches no output", "silent")
TOO_DEEP = _error("too-deep", "a path of more operations than Keras can follow", "raises-build")
BUILD_FAILED = _error("build-failed", "a model that Keras refuses to build", "raises-build")
TRAINING_FAILED = _error("training-failed", "a model that fails while it is trained", "raises-fit")

# ---- limits that were asked for
PARAMS_LIMIT = _error("params-limit", "more parameters than `--max-params` allows, or unknown ones")
MADDS_LIMIT = _error("madds-limit", "more multiply-adds than `--max-madds` allows, or unknown ones")

# ---- training
UNKNOWN_SETTING = _error(
    "unknown-setting", "a setting of `train:` that does not exist", "raises-fit"
)
UNKNOWN_LOSS = _error("unknown-loss", "a loss that Keras does not have", "raises-fit")
UNKNOWN_METRIC = _error("unknown-metric", "a metric that Keras does not have", "raises-fit")
UNKNOWN_OPTIMIZER = _error(
    "unknown-optimizer", "an optimizer that Keras does not have", "raises-fit"
)
UNKNOWN_OUTPUT = _error(
    "unknown-output", "a loss, metric or weight for what is no output", "raises-fit"
)
WHICH_OUTPUT = _error(
    "which-output", "a loss or metric that does not say for which output", "silent"
)
BAD_LOSS = _error("bad-loss", "a loss that is no sum of weighted losses of outputs", "raises-fit")
NO_LOSS = _error("no-loss", "training without a loss", "raises-fit")
BAD_SETTING = _error("bad-setting", "a setting with a value it cannot have", "raises-fit")
LOSS_SHAPE = _error("loss-shape", "an output that its loss cannot take", "raises-fit")

# ---- warnings
UNUSED_TENSOR = _warning("unused-tensor", "a tensor that reaches no output")
UNUSED_BLOCK = _warning("unused-block", "a block that is never applied")
UNUSED_VALUE = _warning("unused-value", "a value that nothing reads")
UNREACHABLE = _warning("unreachable", "a statement or turn behind a `return`", "-")
UNKNOWN_SHAPE = _warning("unknown-shape", "a layer whose shape the compiler cannot know", "-")
SPARSE_TRACED = _warning(
    "sparse-traced", "a tensor that Keras takes for sparse, at a layer of one's own", "-"
)
BAD_MODULE = _warning("bad-module", "a module of Python with a syntax error", "raises-build")
WORD_IS_BOUND = _warning("word-is-bound", "a word that is a constant here", "-")
LONELY_SIZE = _warning(
    "lonely-size", "a name that is taken as a size, and may mean something else", "-"
)
SURPRISE = _warning("surprise", "the run gives another shape or dtype than the model announces")
FROZEN_NOISE = _warning("frozen-noise", "random numbers that are drawn once for all runs")
FLOAT_IDS = _warning("float-ids", "floats given to an Embedding")
SWAPPED = _warning("swapped", "two arguments that look swapped")
MASK_LOST = _warning("mask-lost", "a mask that is lost on the way")
TWINS = _warning("twins", "twin branches that share no weights")
OVERRIDDEN = _warning("overridden", "`training` at a call, which fit and predict override")
DOWNLOADS = _warning("downloads", "weights that are downloaded when the model is built")
CLASSES_ON_MAP = _warning("classes-on-map", "a classifier on a feature map: a forgotten Flatten")
LOSS_FIT = _warning("loss-fit", "an activation and a loss that do not belong together")
OUTPUT_WITHOUT_LOSS = _warning("output-without-loss", "an output that nothing trains")
UNKNOWN_MONITOR = _warning("unknown-monitor", "a callback that watches what is not measured")
UNKNOWN_CODE = _warning("unknown-code", "a comment that allows a code that does not exist", "-")
