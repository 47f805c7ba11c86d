import pytest

from dsl.outside import LiteralProblem, assignment, literal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64", 64),
        ("-2.5", -2.5),
        ("1e-3", 1e-3),
        ("relu", "relu"),
        ('"two words"', "two words"),
        ("true", True),
        ("False", False),
        ("none", None),
        ("[64, [1, -2], relu]", [64, [1, -2], "relu"]),
        ("(3, 3)", (3, 3)),
        ('{"age": 1, wage: 2}', {"age": 1, "wage": 2}),
        ("  7  ", 7),
    ],
)
def test_a_literal_of_the_language_is_its_value(text, value):
    assert literal(text) == value
    assert type(literal(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "1 + 1", "f(x)", "Dense(3)", "$other", "1\nx = 2", "x.shape", '"open', "3 # three",
     "[i for i in range(3)]", "{[1]: 2}", "...", 'f"{x}"'],
)  # fmt: skip
def test_anything_else_is_no_literal(text):
    with pytest.raises(LiteralProblem, match="write one value"):
        literal(text)


def test_an_assignment_is_a_name_and_a_literal():
    assert assignment("units = 64") == ("units", 64)
    assert assignment('path="a=b"') == ("path", "a=b")


@pytest.mark.parametrize(
    ("text", "words"), [("units", "NAME=VALUE"), ("2=3", '"2" is no name'), ("=3", "no name")]
)
def test_what_is_no_assignment_is_told_why(text, words):
    with pytest.raises(LiteralProblem, match=words):
        assignment(text)
