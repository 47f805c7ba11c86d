"""Layers that carry a Python function or a model from elsewhere: known as far as the program says."""

X = "from mine import f\ninput x: [8]\n"


def test_a_lambda_is_unknown_until_its_shape_is_said(told):
    assert told(f"{X}output y = Lambda(f)(x)") == [("unknown-shape", "Lambda(f)")]
    known = told(f"{X}output y = Dense(3)(Lambda(f, output_shape=(5,))(x))")
    assert known == [("surprise", "Lambda(f, output_shape=(5,))(x)")]


def test_an_annotation_says_it_too(told):
    found = told(f"{X}h: [5] = Lambda(f)(x)\noutput y = Dense(3)(h)")
    assert [code for code, _ in found] == ["unknown-shape"]


def test_a_lambda_takes_a_function_and_a_tuple(told):
    assert told(f"{X}output y = Lambda(3)(x)") == [("bad-value", "3")]
    assert told(f"{X}output y = Lambda(f, output_shape=[5])(x)")[0] == ("bad-value", "[5]")


def test_a_saved_model_is_unknown(told):
    assert told(f'{X}output y = TFSMLayer("folder")(x)') == [
        ("unknown-shape", 'TFSMLayer("folder")')
    ]
