"""Names of layers are paths, and outputs are known by their names."""

from __future__ import annotations

import pytest

X = "input x: [8]\n"


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (f"{X}h = Dense(4)(x)\noutput y = Dense(2)(h)", ["h", "y"]),
        (f"{X}output y = x -> Dense(4) -> Dropout(0.1) -> Dense(2)", ["dense", "dropout", "y"]),
        (f"{X}x = Dense(4)(x)\nx = Dense(3)(x)\noutput y = Dense(2)(x)", ["dense", "dense_1", "y"]),
        (f'{X}output y = Dense(2, name="head")(x)', ["head", "y"]),
        (f"{X}for i in range(2):\n    x = Dense(8)(x)\noutput y = Dense(2)(x)", ["dense.0", "dense.1", "y"]),
        (f"block B()(x):\n    return x -> Dense(3) -> Dense(4)\n{X}output y = B()(x)", ["y.dense", "y.dense_1", "y"]),
        (f"block B()(x):\n    h = Dense(3)(x)\n    return h\n{X}z = B()(x)\noutput y = Dense(2)(z)", ["z.h", "y"]),
        (f"{X}shared d = Dense(8)\noutput y = d(d(x))", ["d", "y"]),
        (f"{X}output y = x + x", ["add", "y"]),
        (f"{X}add = Dense(8)(x)\noutput y = Dense(3)(add)", ["add_layer", "y"]),
        (f"{X}größe = Dense(8)(x)\noutput y = Dense(3)(größe)", ["grosse", "y"]),
    ],
)  # fmt: skip
def test_names(names_in, program, names):
    assert names_in(program) == names


def test_an_output_gets_an_identity_where_its_layer_bears_another_name(checked):
    program = f"{X}h = Dense(2)(x)\noutput a = h\noutput b = Dense(3)(x)"
    found = [(one.name, one.class_name) for one in checked(program).program.operations[1:]]
    assert found == [("h", "Dense"), ("a", "Identity"), ("b", "Dense")]


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        (f'{X}for i in range(2):\n    x = Dense(8, name="d")(x)\noutput y = x', "duplicate-name", None),
        (f'{X}a = Dense(8, name="d")(x)\noutput y = Dense(8, name="d")(a)', "duplicate-name", None),
        (f'{X}output y = Dense(8, name="a b")(x)', "bad-name", None),
    ],
)  # fmt: skip
def test_names_that_are_wrong(rejects, program, code, place):
    rejects(program, code, place)


def test_a_layer_applied_twice_can_give_no_output_its_name(rejects):
    rejects(f'{X}shared d = Dense(8, name="y")\na = d(x)\noutput y = d(a)', "duplicate-name", "y")


def test_a_name_with_the_number_of_the_loop(names_in):
    program = f'{X}for i in range(2):\n    x = Dense(8, name=f"d{{i}}")(x)\noutput y = Dense(1)(x)'
    assert names_in(program) == ["d0", "d1", "y"]


BACKBONE = (
    "input image: [64, 64, 3]\noutput y = {}(include_top=false, weights={}, pooling=avg{})(image)\n"
)


@pytest.mark.parametrize(
    ("model", "weights", "name", "codes_told"),
    [
        ("EfficientNetV2B0", "none", 'name="backbone"', ["bad-value"]),
        ("EfficientNetV2B0", "none", 'name="efficientnetv2-b0"', []),
        ("ConvNeXtTiny", "imagenet", 'name="backbone"', ["bad-value"]),
        ("ConvNeXtTiny", "imagenet", 'name="left.convnext_tiny"', []),
        ("ConvNeXtTiny", "none", 'name="backbone"', []),
        ("VGG16", "imagenet", 'name="backbone"', []),
    ],
)
def test_a_model_that_reads_its_own_name_takes_no_other(
    checked, model: str, weights: str, name: str, codes_told: list[str]
) -> None:
    done = checked(BACKBONE.format(model, weights, f", {name}"))
    assert [one.code.id for one in done.diagnostics] == codes_told


@pytest.mark.parametrize(
    ("model", "weights", "name"),
    [
        ("EfficientNetV2S", "none", "efficientnetv2-s"),
        ("ConvNeXtTiny", "imagenet", "convnext_tiny"),
        ("ConvNeXtTiny", "none", "y"),
    ],
)
def test_a_model_that_reads_its_own_name_keeps_it(
    checked, model: str, weights: str, name: str
) -> None:
    done = checked(BACKBONE.format(model, weights, ""))
    assert [one.name for one in done.program.operations if one.kind == "model"] == [name]
