"""What no model can hold is told as such, and what Python alone knows as unknown."""

import pytest

X = "input x: [8]\n"


@pytest.mark.parametrize(
    "call",
    ["random.dropout(x, 0.5)", "convert_to_numpy(x)", "ops.custom_gradient(x)", "Wrapper(Dense(3))(x)"],
)  # fmt: skip
def test_what_no_model_holds_is_an_error(told, call):
    assert [code for code, _ in told(f"{X}output y = {call}")] == ["unheld"]


def test_what_a_python_function_gives_is_unknown(told):
    found = told(f"from mine import f\n{X}output y = vectorized_map(f, x)")
    assert found == [("unknown-shape", "vectorized_map(f, x)")]


def test_a_dotted_function_is_the_one_that_is_named(checked):
    program = "input a: [3](batch_size=4)\noutput y = ops.concatenate([a, a])"
    assert [one.tensor.type.shape for one in checked(program).program.outputs] == [(8, 3)]
