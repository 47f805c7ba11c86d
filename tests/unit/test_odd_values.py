"""No value of an argument makes a rule fail: each is taken, or refused in words."""

import pytest


@pytest.mark.parametrize(
    "call",
    [
        "view(x, dtype=x)",
        'view(x, dtype={"a": 1})',
        'logspace(x, x, dtype={"a": 1})',
        "correlate(ones([8]), ones([3]), [1, 2])",
        "meshgrid(arange(8), arange(4), none)[0]",
        "unstack(x, 10 ** 30)[0]",
        'split(x, ["a"])[0]',
        "dsplit(x, [[1, 0], [0, 1]])[0]",
        'Dense(3, activation={"a": 1})(x)',
        "TimeDistributed(LSTM(2))(x[:, None], mask=m)",
    ],
)
def test_an_odd_value_is_refused_in_words(told, call):
    found = told(f"input x: [8, 4, 4]\ninput m: bool[8]\noutput y = {call}\noutput z = m\n")
    assert found
