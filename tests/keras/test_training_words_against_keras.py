"""Every word for a loss, a metric and an optimizer: what is accepted compiles in Keras, and what Keras takes is accepted."""

import pytest

import dsl
from dsl.catalogue import lookup, versions
from tests.keras.older import installed

pytestmark = pytest.mark.keras

FORMS = {
    "losses": ("loss = {}", "loss = {}(y)", 'loss = "{}"'),
    "metrics": ("metrics = [{}]", "metrics = [{}(y)]", 'metrics = ["{}"]'),
    "optimizers": ("optimizer = {}", 'optimizer = "{}"'),
}
PROGRAM = "input x: [8]\noutput y = Dense(3, sigmoid)(x)\ntrain:\n    {}\n"
NEEDS_A_SEQUENCE = ("ctc", "CTC")


def words(namespace):
    found = {*lookup.words(namespace)}
    if namespace == "optimizers":
        found |= {word.upper() for word in found}
    return sorted(one for one in found - {*NEEDS_A_SEQUENCE} if not lacks(namespace, one))


def lacks(namespace, word):
    """Whether the installed Keras does not have a word yet."""
    came = versions.since_word(namespace, word.lower() if namespace == "optimizers" else word)
    return bool(came) and versions.is_older(installed(), came)


def text_of(setting):
    first = "loss = mse\n    " if not setting.startswith("loss") else ""
    return PROGRAM.format(first + setting)


@pytest.mark.parametrize(
    ("namespace", "form"), [(space, form) for space, forms in FORMS.items() for form in forms]
)
def test_what_a_word_stands_for_is_made_by_keras(namespace, form):
    for word in words(namespace):
        is_class = lookup.symbol(namespace, word) is not None and word[:1].isupper()
        if is_class and "(y)" in form:
            continue  # a class is configured before it is applied: Word()(y)
        done = dsl.check(text_of(form.format(word)))
        assert done.ok, word
        script = {"__name__": "script"}
        exec(compile(dsl.compile(text_of(form.format(word))), word, "exec"), script)  # noqa: S102
        script["compile_model"](script["build_model"]())
