"""Layers of the user's own in built models: what was refused raises, what is announced is proved."""

from __future__ import annotations

import sys

import pytest

from dsl import compiler
from dsl.build import build
from dsl.files import loader_beside, read_source

CODE = """
import keras
from keras import layers, ops

@keras.saving.register_keras_serializable("own")
class Scaled(layers.Layer):
    def __init__(self, units, *, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units)
        self.scale = scale

    def build(self, shape):
        self.inner.build(shape)

    def call(self, x, flip=False):
        return self.inner(x) * self.scale

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.inner.units)

class Two(layers.Layer):
    def __init__(self):
        super().__init__()

    def call(self, a, b, training=None):
        return a + b, ops.cast(ops.argmax(a, axis=-1), "int32")

class Plain(layers.Layer):
    def call(self, x):
        return x

class Wide(layers.Dense):
    def __init__(self, width, **kwargs):
        super().__init__(width, **kwargs)

@keras.saving.register_keras_serializable("own")
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.inner = layers.Dense(units)

    def build(self, shape):
        self.inner.build(shape)

    def call(self, x, states):
        h = self.inner(x) + states[0]
        return h, [h]

def doubled(x, times=2):
    return ops.concatenate([x] * times, axis=-1)

def pinball(y, p):
    return ops.mean(ops.abs(y - p))
"""
X = "from own import Scaled, Plain, Two, Wide, Cell, doubled, pinball\ninput x: [5, 4]\n"


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """A program beside a module of its own, checked; the module can be imported."""
    (tmp_path / "own.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "own", raising=False)

    def run(text):
        path = tmp_path / "test.graph"
        path.write_text(X + text)
        source = read_source(str(path))
        return compiler.check(source, loader=loader_beside(source))

    return run


@pytest.mark.parametrize(
    ("body", "shape", "frozen"),
    [
        ("output y: [5, 3] = Scaled(3)(x)", (None, 5, 3), False),
        ("output y: [5, 3] = x -> Scaled(3, scale=2.0, name='s') ", (None, 5, 3), False),
        ("output y: [5, 3] = TimeDistributed(Scaled(3))(x)", (None, 5, 3), False),
        ("output y: [6] = Bidirectional(RNN(Cell(3)))(x)", (None, 6), False),
        ("output y: [3] = RNN([Cell(2), Cell(3)])(x)", (None, 3), False),
        ("output y: [5, 12] = doubled(x, times=3)", (None, 5, 12), False),
        ("s, i: [5, 4], int32[5] = Two()(x, x)\noutput y = Dense(2)(s)\noutput z = Embedding(9, 2)(i)", (None, 5, 2), False),
        ("output y: [?, 3] = Wide(3, activation='relu', trainable=false)(x)", (None, 5, 3), True),
        ("block B(n)(x):\n    h: [5, 3] = Scaled(n, name='s')(x)\n    return h\noutput y = B(3, trainable=false)(B(3, trainable=false)(x))", (None, 5, 3), True),
        ("block B(n)(x: [T, W]):\n    h: [T, 4] = Scaled(n)(x)\n    return h\nshared b = B(4)\noutput y = b(b(x))", (None, 5, 4), False),
        ("model M(n)(x: [5, 4]):\n    return Scaled(n)(x)\noutput y: [5, 3] = M(3)(x)", (None, 5, 3), False),
    ],
)  # fmt: skip
def test_what_is_accepted_is_built(compiled, body, shape, frozen):
    compilation = compiled(body)
    assert [one.message for one in compilation.diagnostics if one.severity == "error"] == []
    model = build(compilation)
    first = model.output_shape[0] if isinstance(model.output_shape, list) else model.output_shape
    assert first == shape
    assert (model.trainable_weights == []) == (frozen or "doubled" in body)


@pytest.mark.parametrize(
    ("body", "written", "found"),
    [
        ("output y: [5, 4] = Scaled(3)(x)", "float32[5, 4]", "float32[5, 3]"),
        ("output y: int32[5, 3] = Scaled(3)(x)", "int32[5, 3]", "float32[5, 3]"),
        ("output y: [3] = Scaled(3)(x)", "float32[3]", "float32[5, 3]"),
        ("output y: [?, ?, 3] = Scaled(3)(x)", "float32[?, ?, 3]", "float32[5, 3]"),
        ("s, i: [5, 4], [5] = Two()(x, x)\noutput y = Dense(2)(s)\noutput z = Dense(2)(i)", "float32[5]", "int32[5]"),
        ("output y: [5, 4] = Two()(x, x)", "float32[5, 4]", "no single tensor"),
        ("block B(n)(x):\n    h: [5, 2] = Scaled(n)(x)\n    return h\noutput y = B(3)(x)", "float32[5, 2]", "float32[5, 3]"),
        ("input t: [T, 4]\noutput y = Dense(1)(x)\noutput z: [T, 3] = Scaled(2)(t)", "float32[T, 3]", "float32[?, 2]"),
        ("input t: [T, 4]\noutput y = Dense(1)(t)\noutput z: [T, 3] = Scaled(3)(x)", "float32[T, 3]", "float32[5, 3]"),
    ],
)  # fmt: skip
def test_an_annotation_is_proved_when_the_model_is_built(compiled, body, written, found):
    compilation = compiled(body)
    assert compilation.ok
    with pytest.raises(compiler.CompileError) as caught:
        build(compilation)
    (error,) = caught.value.diagnostics
    assert error.code.id == "not-as-annotated"
    assert written.removeprefix("float32").endswith(error.span.text.removeprefix("float32"))
    assert error.message.startswith(f"{written} is written here")
    assert found in error.message


@pytest.mark.parametrize(
    "expression",
    [
        "Scaled()(x)",
        "Scaled(3, 2.0)(x)",
        "Scaled(3, scal=2.0)(x)",
        "Scaled(3, units=3)(x)",
        "Scaled(3)(x, flop=true)",
        "Scaled(3)(x, true)",
        "Scaled(3)(x, x, x)",
        "Two(3)(x, x)",
        "TimeDistributed(Plain())(x)",
        "Two(name='two')(x, x)",
        "Two()(x)",
        "Wide(3, units=3)(x)",
        "Wide(3, activatio='relu')(x)",
        "doubled(x, time=3)",
        "doubled(x, 1, 2)",
    ],
)
def test_what_is_refused_raises(compiled, expression):
    """The same call, in Python."""
    compilation = compiled(f"output y = {expression}")
    refused = [one.code for one in compilation.diagnostics if one.severity == "error"]
    assert [one.keras for one in refused] == ["raises-build"]
    import keras
    import own

    names = {**vars(keras.layers), **vars(own), "x": keras.Input((5, 4)), "true": True}
    try:
        call = compile(expression, "<call>", "eval")
    except SyntaxError:
        return  # an argument given twice: Python itself refuses
    with pytest.raises((TypeError, ValueError, NotImplementedError)):
        eval(call, names)  # noqa: S307 -- the test's own


def test_a_script_proves_it_too(compiled):
    from dsl.compiler import emit

    text = emit(compiled("output y: [5, 4] = Scaled(3)(x)"))
    assert 'np.testing.assert_equal((y.shape, y.dtype), ((None, 5, 4), "float32"))' in text
    names = {}
    exec(text, names)  # noqa: S102 -- what we emitted
    with pytest.raises(AssertionError):
        names["build_model"]()
