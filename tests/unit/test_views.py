import json

from dsl.graph import Endpoint, Operation, Program, Tensor
from dsl.shapes.dims import BATCH, Size
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType
from dsl.source import Source
from dsl.views.json import summary_json
from dsl.views.summary import rows, summary_text

SOURCE = Source("m.graph", "input x: [T]\ny = Dense(4)(x)\n")


def _operation(name, class_name, *outputs, takes=(), params=0, trainable=None, kind="layer"):
    made = Operation(
        name=name,
        class_name=class_name,
        kind=kind,
        span=SOURCE.span(13, 27),
        outputs=outputs,
        params=params,
        trainable_params=params if trainable is None else trainable,
        calls=[tuple(call) for call in takes],
    )
    return made, [Tensor(one, made, index, made.span) for index, one in enumerate(outputs)]


def _program(**dense):
    named = TensorType("int32", (BATCH, Size.named("T"), None))
    x, (x_out,) = _operation("x", "InputLayer", named, kind="input")
    lstm, (h, _, _) = _operation(
        "lstm",
        "LSTM",
        *[TensorType("float32", (BATCH, 32))] * 3,
        takes=[[x_out], [x_out]],
        params=1200000,
        trainable=1000000,
    )
    y, (y_out,) = _operation("y", "Dense", UNKNOWN_TENSOR, takes=[[h]], **dense)
    span = SOURCE.span(0, 1)
    return Program(
        "m",
        operations=[x, lstm, y],
        inputs=[Endpoint("x", x_out, span)],
        outputs=[Endpoint("y", y_out, span)],
    )


def test_the_summary_is_an_aligned_table_with_totals():
    assert summary_text(_program(params=8)) == (
        "model m\n"
        "layer           output shape      dtype       params  connected to\n"
        "------------------------------------------------------------------\n"
        "x (InputLayer)  [T, ?]            int32            0\n"
        "lstm (LSTM)     [32], [32], [32]  float32  1,200,000  x, x\n"
        "y (Dense)       [...]             ?                8  lstm\n"
        "------------------------------------------------------------------\n"
        "params: 1,200,008 (1.2 million)\n"
        "trainable: 1,000,008\n"
        "non-trainable: 200,000\n"
    )


def test_a_count_that_is_not_known_is_said_to_be_so():
    text = summary_text(_program(params=None))
    assert "params: at least 1,200,000; not known: y\n" in text
    assert "trainable" not in text


def test_a_long_list_of_connections_is_never_cut():
    program = _program()
    tensors = program.operations[0].calls
    assert tensors == []
    (x,) = program.inputs
    program.operations[2].calls = [(x.tensor,) * 200]
    assert summary_text(program).count("x, ") >= 199


def test_json_has_the_documented_form():
    data = json.loads(summary_json(_program(params=8)))
    (_, lstm, y) = data.pop("layers")
    assert data == {
        "version": 1,
        "model": "m",
        "inputs": {"x": {"dtype": "int32", "shape": [None, None, None]}},
        "outputs": {"y": {"dtype": None, "shape": None}},
        "params": 1200008,
        "trainable_params": 1000008,
    }
    assert lstm["output_shape"] == [[None, 32]] * 3
    assert lstm["dtype"] == ["float32"] * 3
    assert lstm["connected_to"] == ["x", "x"]
    assert y == {
        "name": "y",
        "class": "Dense",
        "dtype": None,
        "output_shape": None,
        "params": 8,
        "trainable_params": 8,
        "connected_to": ["lstm"],
        "file": "m.graph",
        "line": 2,
    }


def test_masks_are_marked_where_there_are_any(checked):
    program = checked("""
        model Head()(q: [20, 8]):
            return Dense(2)(q)
        input ids: int32[20]
        x = Embedding(100, 8, mask_zero)(ids)
        h = Dense(8)(x)
        s = add([h, MultiHeadAttention(2, 4)(h, h)])
        output y = Head()(x)
        output z = LSTM(3)(s)
        """).program
    shapes = {row.layer.split()[0]: row.shape for row in rows(program)}
    assert shapes["x"] == "[20, 8] masked"
    assert shapes["s"] == "[20, 8] masked when built"
    assert shapes["y"] == "[20, 2] masked when run"
    assert (shapes["ids"], shapes["z"]) == ("[20]", "[3]")
    data = json.loads(summary_json(program))
    assert data["outputs"]["y"]["mask"] == {"shape": [None, 20], "built": False, "run": True}
    assert "mask" not in data["outputs"]["z"]
    (masked,) = [one for one in data["layers"] if one["name"] == "s"]
    assert masked["mask"] == {"shape": [None, 20], "built": True, "run": False}
