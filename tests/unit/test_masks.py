"""Masks on their way through programs: which tensors have one, where Keras fails over it, where it is lost."""

import re
from pathlib import Path

import pytest

from dsl.catalogue import lookup, masks
from dsl.checker.order import in_running_order
from dsl.reference.data import entry_data
from dsl.reference.text import entry_text

IDS = "input ids: int32[20]\nx = Embedding(100, 8, mask_zero)(ids)\n"


@pytest.fixture
def masked(checked):
    """Which masks the outputs of a program have: in the built model, in a run."""

    def run(text):
        done = checked(text)
        assert done.ok, [one.message for one in done.diagnostics]
        sizes = [(one.tensor.mask, one.tensor.run_mask) for one in done.program.outputs]
        return [tuple(one and [*map(str, one.shape[1:])] for one in pair) for pair in sizes]

    return run


BOTH, NONE = (["20"], ["20"]), (None, None)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("output y = Dense(3)(x)", [BOTH]),
        ("output y = x -> Dense(3) -> relu", [NONE]),
        ("output y = cast(x, float32)", [(None, ["20"])]),
        ("output y, s, c = LSTM(3, return_sequences, return_state)(x)", [BOTH, NONE, NONE]),
        ("output y = concatenate([x, x], axis=1)", [(["40"], ["40"])]),
        ("output y = add([x, x + 1.0])", [NONE]),
        ("output y = add([x, MultiHeadAttention(2, 8)(x, x)])", [(["20"], None)]),
        ("output y = add([x, Attention()([x, x])])", [BOTH]),
        ("output y = Attention()([x, x], mask=[none, not_equal(ids, 0)])", [NONE]),
        ("output y = LSTM(3, return_sequences)(x + 1.0, mask=not_equal(ids, 0))", [BOTH]),
    ],
)
def test_which_tensors_have_a_mask(masked, rest, expected):
    assert masked(f"# allow: mask-lost\n{IDS}{rest}") == expected


def test_masks_in_blocks_loops_and_files(masked):
    block = "block B(n)(x):\n    for i in range(n):\n        x = Dense(8)(x)\n    return x\n"
    assert masked(f"{block}{IDS}output y = B(2)(x)") == [BOTH]


def test_a_mask_keeps_named_sizes(checked):
    done = checked(
        "input ids: int32[T]\ninput more: int32[S]\n"
        "shared e = Embedding(9, 4, mask_zero)\noutput y = concatenate([e(ids), e(more)], axis=1)"
    )
    assert str(done.program.outputs[0].tensor.mask.shape[1]) == "S + T"


def test_masks_go_in_and_out_of_models_in_a_run(masked):
    model = "model M()(q: [20, 8]):\n    return Dense(3)(q), q + 1.0\n"
    assert masked(f"{model}{IDS}output y, z = M()(x)") == [(None, ["20"]), NONE]


# ---- what Keras fails over


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("x -> Softmax", "Softmax"),
        ("Softmax()(x) -> Dense(3)", "Softmax()(x)"),
        ("x -> GlobalAveragePooling1D(channels_first)", "GlobalAveragePooling1D(channels_first)"),
    ],
)
def test_a_mask_that_does_not_fit(rejects, rest, place):
    rejects(f"{IDS}output y = {rest}", "mask-shape", place)


def test_a_mask_that_does_not_fit_inside_a_model_is_told_once(told):
    model = "model M()(q: [20, 8]):\n    return Softmax()(q)\n"
    found = told(f"{model}{IDS}shared m = M()\noutput y = m(m(x))")
    assert found == [("mask-shape", "Softmax()(q)")]


# ---- what is lost


ENCODER = """
block Encoder()(x):
    a = MultiHeadAttention(2, 4)({})
    return {}(add([x, a]))
"""


def test_an_attention_behind_another_that_takes_the_mask_off(told):
    encoder = ENCODER.format("x, x", "LayerNormalization()")
    once = f"{encoder}{IDS}output y = Encoder()(x)"
    assert told(once) == []
    assert told(f"{encoder}{IDS}output y = x -> Encoder() -> Encoder()") == [
        ("mask-lost", "MultiHeadAttention(2, 4)")
    ]


def test_an_attention_that_gets_a_tensor_of_its_own_leaves_the_mask(accepts):
    encoder = ENCODER.format("LayerNormalization()(x), LayerNormalization()(x)", "Dense(8)")
    accepts(f"{encoder}{IDS}output y = x -> Encoder() -> Encoder()")


def test_a_recurrent_layer_is_given_no_mask_beside_its_states(told, accepts):
    head = f"{IDS}input h: [3]\n"
    lost = "GRU(3)(x, initial_state=h)"
    assert told(f"{head}output y = {lost}") == [("mask-lost", lost)]
    accepts(f"{head}output y = GRU(3)(x, initial_state=h, mask=not_equal(ids, 0))")
    accepts(f"{head}output y = GRU(3, return_sequences)(x, initial_state=h)")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("LSTM(3)(q)", []),
        ("Dense(3)(q)", []),
        ("Flatten()(q)", [("mask-lost", "Flatten()")]),
        ("GlobalMaxPooling1D()(q * 2.0)", [("mask-lost", "q * 2.0")]),
    ],
)
def test_a_mask_that_is_lost_inside_a_model_is_told_once(told, body, found):
    model = f"model M()(q: [20, 8]):\n    return {body}\n"
    assert told(f"{model}{IDS}shared m = M()\noutput y = m(x)\noutput z = m(x)") == found


def test_a_mask_that_a_model_makes(rejects, accepts):
    model = "model M()(q: int32[20]):\n    return Embedding(9, 4, mask_zero)(q)\n"
    accepts(f"{model}input q: int32[20]\noutput y = M()(q) -> LSTM(3)")
    rejects(f"{model}input q: int32[20]\noutput y = M()(q) -> Flatten", "mask-lost", "Flatten")


# ---- the order of a run


def test_graphs_run_by_depth(checked):
    program = checked("""
        # allow: unused-tensor
        input x: [4]
        a = Dense(4)(x)
        b = Dense(4)(a)
        output c = Dense(4)(x)
        output d = add([a, b])
        """).program
    order = in_running_order(program.applications, [one.tensor for one in program.outputs])
    assert [one.operation.name for one in order] == ["x", "a", "b", "d", "c"]


# ---- the page


def test_the_page_lists_the_layers_as_the_catalogue_has_them():
    page = (Path(__file__).parents[2] / "docs" / "language.md").read_text()
    rows = re.findall(r"^\| ([a-z][^|]*) \| (.*) \|$", page.partition("## Masks")[2], re.MULTILINE)
    listed = {head: set(re.findall(r"`([A-Z]\w+)`", layers)) for head, layers in rows}
    assert listed["keep it"] == masks.KEEPS
    assert listed["keep it where every operand has one"] == masks.MERGES
    heeding = set().union(*(layers for head, layers in listed.items() if head.startswith("heed")))
    assert heeding == masks.HEEDS | {"TimeDistributed"}
    assert listed["heed it and end it"] | listed["end it"] == masks.ENDS
    assert listed["heed it, and keep the query's"] == masks.ATTENTIONS
    named = set().union(*listed.values())
    assert named == {one for one in layer_keys() if masks.manner(one)} - masks.OPENED


def layer_keys():
    found = [lookup.symbol("layers", name) for name in lookup.names("layers")]
    return {one.key for one in found if one.is_layer}


def test_a_layer_shows_what_it_does_with_a_mask():
    assert "a mask: heeds it and ends it" in entry_text(lookup.by_key("GlobalAveragePooling1D"))
    assert "a mask" not in entry_text(lookup.by_key("Conv1D")).partition("parameters")[0]
    kinds = {name: entry_data(lookup.by_key(name))["mask"] for name in ("LSTM", "Conv1D")}
    assert kinds == {"LSTM": "heeds it, and keeps it with return_sequences", "Conv1D": "loses it"}


def test_a_mask_without_steps_is_told(told):
    graph = "input x: [2, 4, 7]\ninput m: bool[2]\noutput y = TimeDistributed(LSTM(2))(x, mask=m)"
    assert [code for code, _ in told(graph)] == ["mask-shape"]
