"""Warnings: what is told of programs that mean something else, and what is not told of sensible ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl import compiler
from dsl.files import read_source

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.graph"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_told_of_an_example(path):
    assert compiler.check(read_source(str(path))).diagnostics == ()


# ---- floats for an Embedding


def test_floats_looked_up(rejects):
    rejects(
        "input ids: [20]\noutput y = ids -> Embedding(100, 8) -> Flatten -> Dense(1)",
        "float-ids",
        "ids",
    )


def test_floats_looked_up_in_a_column(rejects):
    program = "input x: [9, 2]\na = Embedding(50, 4)(x[:, :, 0])\noutput y = Dense(1)(a)"
    rejects(program, "float-ids", "x")


def test_floats_go_backwards_through_an_embedding(accepts):
    accepts("input x: [5, 8]\noutput y = ReversibleEmbedding(100, 8)(x, reverse)")


def test_floats_looked_up_in_a_model(rejects):
    rejects(
        """
        model Encode()(ids: [20]):
            return ids -> Embedding(100, 8) -> Flatten
        input text: int32[20]
        output y = Encode()(text)
        """,
        "float-ids",
        "ids: [20]",
    )


def test_rows_that_are_computed_from_floats_are_meant(accepts):
    accepts("input x: [20]\nids = floor(x * 10)\noutput y = ids -> Embedding(100, 8) -> Flatten")


# ---- swapped


@pytest.mark.parametrize("layer", ["Embedding(256, 50000)", "Embedding(64, 10000)"])
def test_swapped_embedding(rejects, layer):
    place = layer[10:-1]
    rejects(f"input x: int32[?]\noutput y = x -> {layer} -> LSTM(8)", "swapped", place)


def test_swapped_by_the_words_of_the_source(rejects):
    program = (
        "const vocab = 800\ninput x: int32[?]\noutput y = x -> Embedding(64, vocab) -> LSTM(8)"
    )
    rejects(program, "swapped", "64, vocab")


@pytest.mark.parametrize(
    "layer",
    ["Embedding(7, 16)", "Embedding(2, 768)", "Embedding(256, 4096)", "Embedding(50, 300)"],
)
def test_rows_wider_than_a_small_vocabulary(accepts, layer):
    accepts(f"input x: int32[?]\noutput y = x -> {layer} -> LSTM(8)")


def test_swapped_convolution(rejects):
    rejects("input x: [64, 64, 3]\noutput y = Conv2D(3, 64, same)(x)", "swapped", "3, 64")
    rejects("input x: [640, 3]\noutput y = Conv1D(5, 128, same)(x)", "swapped", "5, 128")


@pytest.mark.parametrize(
    "layer",
    ["Conv2D(3, 16, 16)", "Conv2D(1, 7, same)", "Conv2DTranspose(3, 16, 16)", "Conv2D(8, [1, 64])"],
)
def test_wide_windows_that_are_meant(accepts, layer):
    accepts(f"input x: [64, 64, 3]\noutput y = {layer}(x)")


# ---- classes on a map

MAP = "input x: [28, 28, 1]\nh = Conv2D(16, 3, relu)(x)\n"


@pytest.mark.parametrize("head", ["Dense(10, softmax)", "Dense(1, sigmoid)"])
def test_classes_on_a_map(rejects, head):
    rejects(f"{MAP}output y = {head}(h)", "classes-on-map", head)


def test_classes_on_a_map_by_the_loss(rejects):
    loss = "SparseCategoricalCrossentropy(from_logits=true)"
    rejects(
        f"{MAP}output y = Dense(10)(h)\ntrain:\n    loss = {loss}", "classes-on-map", "Dense(10)"
    )


@pytest.mark.parametrize(
    "rest",
    [
        "output y = h -> Flatten -> Dense(10, softmax)",
        "output y = Conv2D(10, 1, softmax)(h)",
        "output y = h * Dense(1, sigmoid)(h)",
        "output y = Dense(10)(h)",
    ],
)
def test_maps_that_are_meant(accepts, rest):
    accepts(MAP + rest)


def test_classes_on_a_map_inside_models(rejects, accepts):
    head = "model Head()(h: [26, 26, 16]):\n    return Dense(10{})(h)\n"
    rejects(
        f"{head.format(', softmax')}{MAP}output y = Head()(h)",
        "classes-on-map",
        "Dense(10, softmax)",
    )
    rejects(f"{head.format('')}{MAP}output y = softmax(Head()(h))", "classes-on-map", "Dense(10)")
    body = "model Body()(h: [28, 28, 1]):\n    return relu(h)\nmodel Last()(h: [28, 28, 4]):\n    return softmax(h)\n"
    last = f"{body}input x: [28, 28, 1]\noutput y = x -> Body() -> Dense(4) -> Last()"
    rejects(last, "classes-on-map", "Dense(4)")
    accepts(f"{head.format('')}{MAP}output y = Head()(h)")


def test_classes_at_each_step(accepts):
    accepts("input x: [?, 8]\noutput y = x -> LSTM(8, return_sequences) -> Dense(9, softmax)")


# ---- activations and losses


@pytest.fixture
def trained(told):
    def run(head, loss, metric="", shape="[8]"):
        metrics = f"\n    metrics = [{metric}]" if metric else ""
        return told(f"input x: {shape}\noutput y = x -> {head}\ntrain:\n    loss = {loss}{metrics}")

    return run


@pytest.mark.parametrize(
    ("head", "loss", "place"),
    [
        ("Dense(1, softmax)", "binary_crossentropy", "softmax"),
        ("Dense(5)", "categorical_crossentropy", "Dense(5)"),
        ("Dense(5)", "sparse_categorical_crossentropy", "Dense(5)"),
        ("Dense(5, sigmoid)", "categorical_crossentropy", "sigmoid"),
        ("Dense(5, relu)", "sparse_categorical_crossentropy", "relu"),
        ("Dense(5, tanh)", "CategoricalFocalCrossentropy()", "tanh"),
        ("Dense(1, sigmoid)", "categorical_crossentropy", "categorical_crossentropy"),
        ("Dense(1, sigmoid)", "sparse_categorical_crossentropy", "sparse_categorical_crossentropy"),
        ("Dense(1)", "binary_crossentropy", "Dense(1)"),
        ("Dense(3, relu)", "binary_crossentropy", "relu"),
        ("Dense(2, softmax)", "binary_crossentropy", "binary_crossentropy"),
        ("Dense(5, softmax)", "mse", "mse"),
        ("Dense(5, softmax)", "CategoricalCrossentropy(from_logits=true)", "from_logits=true"),
        ("Dense(1, sigmoid)", "BinaryCrossentropy(from_logits=true)", "from_logits=true"),
        ("Dense(5, relu)", "CategoricalCrossentropy(from_logits=true)", "relu"),
        ("Dense(5) -> relu", "categorical_crossentropy", "relu"),
        ("Dense(5) -> Activation(sigmoid)", "categorical_crossentropy", "sigmoid"),
        ("Dense(5) -> Activation(linear)", "categorical_crossentropy", "Dense(5)"),
        ("Dense(5) -> Reshape([5, 1])", "binary_crossentropy", "Dense(5)"),
        ("Dense(1, sigmoid)", "hinge", "sigmoid"),
        ("Dense(5)", "kl_divergence", "Dense(5)"),
    ],
)
def test_activation_against_loss(trained, head, loss, place):
    assert trained(head, loss) == [("loss-fit", place)]


@pytest.mark.parametrize(
    ("head", "loss"),
    [
        ("Dense(5, softmax)", "categorical_crossentropy"),
        ("Dense(5) -> softmax", "sparse_categorical_crossentropy"),
        ("Dense(5) -> Softmax", "categorical_crossentropy"),
        ("Dense(5, Softmax)", "categorical_crossentropy"),
        ("Dense(5)", "CategoricalCrossentropy(from_logits=true)"),
        ("Dense(5, log_softmax)", "SparseCategoricalCrossentropy(from_logits=true)"),
        ("Dense(5, sigmoid)", "binary_crossentropy"),
        ("Dense(5) -> sigmoid", "binary_crossentropy"),
        ("Dense(1)", "BinaryCrossentropy(from_logits=true)"),
        ("Dense(1)", "mse"),
        ("Dense(1, relu)", "mae"),
        ("Dense(3, sigmoid)", "mse"),
        ("Dense(3, tanh)", "Huber(delta=2)"),
        ("Dense(1, tanh)", "hinge"),
        ("Dense(5) -> BatchNormalization", "categorical_crossentropy"),
        ("Dense(1, exponential)", "poisson"),
        ("Dense(4, softmax)", "kl_divergence"),
    ],
)
def test_activation_that_belongs_to_its_loss(trained, head, loss):
    assert trained(head, loss) == []


def test_softmax_over_one_in_the_middle(told):
    attention = "input x: [?, 8]\nw = Dense(1, softmax)(x)\noutput y = sum(w * x, axis=1)"
    assert told(attention) == [("loss-fit", "softmax")]
    assert told(attention.replace("Dense(1, softmax)(x)", "x -> Dense(1) -> Softmax(axis=1)")) == []


def test_both_sides_of_a_misfit_are_named(checked):
    program = "input x: [8]\noutput y = Dense(5)(x)\ntrain:\n    loss = categorical_crossentropy(y)"
    (found,) = checked(program).diagnostics
    assert [label.span.text for label in found.labels] == ["categorical_crossentropy"]
    assert [one for one in ("softmax", "from_logits=true") if one not in found.help] == []


@pytest.mark.parametrize(
    ("head", "loss", "metric"),
    [
        ("Dense(1)", "mse", "accuracy"),
        ("Dense(1)", "Huber(delta=2)", "BinaryAccuracy()"),
        ("Dense(5, softmax)", "sparse_categorical_crossentropy", "categorical_accuracy"),
        ("Dense(5, softmax)", "sparse_categorical_crossentropy", "mae"),
        ("Dense(5, softmax)", "sparse_categorical_crossentropy", "TopKCategoricalAccuracy(k=2)"),
        ("Dense(5, softmax)", "categorical_crossentropy", "sparse_categorical_accuracy"),
    ],
)
def test_metric_against_loss(trained, head, loss, metric):
    assert trained(head, loss, metric) == [("loss-fit", metric)]


@pytest.mark.parametrize(
    ("head", "loss", "metric"),
    [
        ("Dense(1)", "mse", "mae"),
        ("Dense(1, sigmoid)", "mse", "accuracy"),
        ("Dense(5, softmax)", "sparse_categorical_crossentropy", "accuracy"),
        ("Dense(5, softmax)", "sparse_categorical_crossentropy", "sparse_categorical_accuracy"),
        ("Dense(5, softmax)", "categorical_crossentropy", "AUC()"),
    ],
)
def test_metric_that_belongs_to_its_loss(trained, head, loss, metric):
    assert trained(head, loss, metric) == []


# ---- losses that fail in the first step


def test_ctc_wants_steps(trained):
    assert trained("Dense(5)", "ctc") == [("loss-shape", "ctc")]
    assert trained("Dense(5)", "ctc", shape="[20, 8]") == []


TEXT_MASK = "input ids: int32[20]\nx = Embedding(100, 8, mask_zero)(ids)\n"


def test_a_mask_weights_each_step_of_a_loss(told):
    train = "\ntrain:\n    loss = {}(y)\n    optimizer = sgd\n    epochs = 1\n    batch_size = 2"
    ctc = f"{TEXT_MASK}output y = {{}}{train.format('ctc')}"
    assert told(ctc.format("Dense(5)(x)")) == [("loss-shape", "ctc")]
    assert told(f"# allow: mask-lost\n{ctc.format('Dense(5)(x) + 0.0')}") == []
    assert told(f"{TEXT_MASK}output y = Dense(5)(x){train.format('mse')}") == []
    wide = "input a: [3, 6, 4]\noutput y = Masking()(a) -> TimeDistributed(LSTM(2))"
    assert told(f"{wide}{train.format('mse')}") == [("loss-shape", "mse")]
    assert told(f"{wide} -> Dense(4, sigmoid){train.format('dice')}") == []


def test_no_gradient_flows_through_whole_numbers(trained):
    assert trained("Dense(5) -> argmax(axis=-1)", "mse") == [("loss-shape", "mse")]


# ---- twins


@pytest.fixture
def siamese(told):
    def run(first, second, *branches, join="concatenate([a, b])", shape="[8]", before=""):
        lines = [f"input {first}: {shape}", f"input {second}: {shape}", before]
        lines += [f"a = {branches[0]}", f"b = {branches[1]}", f"output y = {join}"]
        return told("\n".join(lines))

    return run


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("left", "right"),
        ("a1", "a2"),
        ("x1", "x2"),
        ("anchor", "positive"),
        ("query_image", "candidate_image"),
        ("imageA", "imageB"),
        ("premise", "hypothesis"),
        ("x", "y0"),
    ],
)
def test_twins(siamese, first, second):
    found = siamese(first, second, f"Dense(4)({first})", f"Dense(4)({second})")
    assert found == ([] if second == "y0" else [("twins", "Dense(4)")])


def test_twins_are_followed_through_their_branches(siamese):
    branches = [f"{x} -> Dense(4) -> Dropout(0.1) -> Dense(3, relu)" for x in ("left", "right")]
    assert [code for code, _ in siamese("left", "right", *branches, join="a - b")] == ["twins"]


def test_twins_of_a_block_are_told_where_they_meet(siamese):
    block = "block Tower()(x):\n    return x -> Dense(4) -> Dense(3)"
    found = siamese("left", "right", "Tower()(left)", "Tower()(right)", before=block)
    assert found == [("twins", "concatenate([a, b])")]


@pytest.mark.parametrize(
    ("first", "second", "a", "b", "before"),
    [
        ("left", "right", "tower(left)", "tower(right)", "shared tower = Dense(4)"),
        ("text", "question", "Dense(4)(text)", "Dense(4)(question)", ""),
        ("left", "right", "Dense(4)(left)", "Dense(5)(right)", ""),
        ("left", "right", "Dense(4)(left)", "Dense(4, relu)(right)", ""),
        ("left", "right", "relu(left)", "relu(right)", ""),
        ("age", "wage", "Dense(4)(age)", "Dense(4)(wage)", ""),
    ],
)
def test_branches_that_are_no_twins(siamese, first, second, a, b, before):
    assert siamese(first, second, a, b, before=before) == []


def test_columns_of_a_table_are_no_twins(accepts):
    accepts("""
        input columns: {c1: [1], c2: [1], c3: [1]}
        output y = concatenate([Dense(4)(x) for name, x in columns])
        """)


def test_twins_inside_a_model_are_told_once(told):
    found = told("""
        model Judge()(left: [8], right: [8]):
            return concatenate([Dense(4)(left), Dense(4)(right)])
        input a: [8]
        input b: [8]
        shared judge = Judge()
        output y = judge(a, b)
        output z = Judge()(b, a)
        """)
    assert found == [("twins", "Dense(4)")]


def test_a_shared_layer_inside_a_model_makes_no_twins(accepts):
    accepts("""
        model Judge()(left: [8], right: [8]):
            shared tower = Dense(4)
            return concatenate([tower(left), tower(right)])
        input a: [8]
        input b: [8]
        output y = Judge()(a, b)
        """)


def test_twins_that_go_through_one_model_each(siamese):
    model = "model Tower()(x: [8]):\n    return Dense(3)(Dense(4)(x))"
    found = siamese("left", "right", "Tower()(left)", "Tower()(right)", before=model)
    assert [code for code, _ in found] == ["twins"]


def test_twins_inside_a_block_are_its_own_affair(accepts):
    accepts("""
        block Join()(a, b):
            return concatenate([Dense(4)(a), Dense(4)(b)])
        input left: [8]
        input right: [8]
        output y = Join()(left, right)
        """)


# ---- masks

TEXT = "input ids: int32[20]\nx = Embedding(100, 8, mask_zero)(ids)\n"


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("x -> Conv1D(8, 3) -> GlobalMaxPooling1D", "Conv1D(8, 3)"),
        ("x -> Dropout(0.1) -> Flatten", "Flatten"),
        ("x -> Dense(4) -> mean(axis=1)", "mean(axis=1)"),
        (
            "GlobalAveragePooling1D()(x + MultiHeadAttention(2, 8)(x, x))",
            "x + MultiHeadAttention(2, 8)(x, x)",
        ),
    ],
)
def test_a_mask_that_is_lost(rejects, rest, place):
    rejects(f"{TEXT}output y = {rest}", "mask-lost", place)


def test_a_mask_that_only_one_operand_has(rejects):
    added = "add([x, Embedding(20, 8)(positions(ids))])"
    rejects(f"{TEXT}output y = {added} -> LSTM(4)", "mask-lost", added)


@pytest.mark.parametrize(
    "rest",
    [
        "x -> LSTM(8)",
        "x -> GlobalAveragePooling1D",
        "x -> Dense(4) -> Bidirectional(LSTM(8, return_sequences)) -> Conv1D(8, 3)",
        "GlobalAveragePooling1D()(add([x, MultiHeadAttention(2, 8)(x, x)]))",
        "x[:, 0]",
        "x -> Dense(9, softmax)",
    ],
)
def test_a_mask_that_is_heeded(accepts, rest):
    accepts(f"{TEXT}output y = {rest}")


# ---- names


def test_a_size_that_was_to_be_a_constant(rejects):
    rejects(
        "const vocabulary = 50\ninput x: [vocabulry, 2]\noutput y = Dense(vocabulary)(x)",
        "lonely-size",
        "vocabulry",
    )


def test_a_size_that_was_to_be_a_parameter(rejects):
    rejects(
        """
        block Head(channels)(x: [chanels]):
            return Dense(channels)(x)
        input x: [4]
        output y = Head(3)(x)
        """,
        "lonely-size",
        "chanels",
    )


@pytest.mark.parametrize("size", ["T", "steps", "vocabulary"])
def test_sizes_that_are_sizes(accepts, size):
    accepts(f"const vocabulary = 8\ninput x: [{size}, 8]\noutput y = Dense(vocabulary)(x)")


def test_a_value_that_nothing_reads(rejects):
    rejects("const n = 3\ninput x: [4]\noutput y = Dense(5)(x)", "unused-value", "n")
    rejects("units = [3]\ninput x: [4]\noutput y = Dense(5)(x)", "unused-value", "units")


def test_a_parameter_that_nothing_reads(rejects):
    block = "block B(n, m=2)(x):\n    return Dense({})(x)\n"
    rest = "input x: [4]\noutput y = B(3)(x)"
    rejects(block.format("n") + rest, "unused-value", "m")
    rejects(block.format("m") + rest, "unused-value", "n")


def test_a_value_of_a_block_that_nothing_reads(rejects):
    rejects(
        "block B(n)(x):\n    half = n // 2\n    return Dense(n)(x)\ninput x: [4]\noutput y = B(3)(x)",
        "unused-value",
        "half",
    )


@pytest.mark.parametrize(
    "program",
    [
        "n = 3\nblock B()(x):\n    return Dense(n)(x)\ninput x: [4]\noutput y = B()(x)",
        "n = 3\ninput x: [n]\noutput y = Dense(5)(x)",
        "n = 3\ninput x: [4]\noutput y = Dense(5)(x)\ntrain:\n    loss = mse\n    epochs = n",
        "_n = 3\ninput x: [4]\noutput y = Dense(5)(x)",
        "block B(n, m=n)(x):\n    return Dense(m)(x)\ninput x: [4]\noutput y = B(3)(x)",
        "input x: [4]\nfor i in range(2):\n    x = Dense(4)(x)\noutput y = x",
        'n = 3\ninput x: [4]\noutput y = Dense(5, name=f"d{n}")(x)',
    ],
)
def test_values_that_are_read(accepts, program):
    accepts(program)


# ---- what callbacks watch


def watching(monitor, metrics="accuracy(y), AUC()(y)"):
    return (
        "input x: [4]\noutput y = Dense(3, softmax)(x)\ntrain:\n    loss = categorical_crossentropy(y)\n"
        f'    metrics = [{metrics}]\n    callbacks = [EarlyStopping(monitor="{monitor}")]\n'
    )


@pytest.mark.parametrize("monitor", ["val_acuracy", "auc_score", "mae", "y_accuracy"])
def test_what_nothing_measures(rejects, monitor):
    rejects(watching(monitor), "unknown-monitor", f'"{monitor}"')


@pytest.mark.parametrize(
    "monitor", ["loss", "val_loss", "accuracy", "val_accuracy", "auc", "val_auc_1", "learning_rate"]
)
def test_what_is_measured(accepts, monitor):
    accepts(watching(monitor))


def test_a_metric_of_ones_own_has_any_name(accepts):
    accepts("from my_metrics import gini\n" + watching("val_gini", "gini(y)"))


def test_metrics_of_several_outputs_bear_their_names(accepts, rejects):
    program = (
        "input x: [4]\noutput a = Dense(1)(x)\noutput b = Dense(1)(x)\ntrain:\n    loss = mse(a) + mse(b)\n"
        '    metrics = [mae(a)]\n    callbacks = [ReduceLROnPlateau(monitor="MONITOR")]\n'
    )
    accepts(program.replace("MONITOR", "val_a_mae"))
    accepts(program.replace("MONITOR", "b_loss"))
    rejects(program.replace("MONITOR", "val_mae"), "unknown-monitor", '"val_mae"')
