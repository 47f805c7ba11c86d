"""Classes and functions that a cell defines, used in a graph by `from __main__ import X`."""

from __future__ import annotations

import pytest

pytest.importorskip("IPython")

CODE = """
import keras

class Scaled(keras.layers.Layer):
    def __init__(self, units, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(units)
        self.scale = scale

    def build(self, shape):
        self.inner.build(shape)

    def call(self, x, flip=False):
        return self.inner(x) * self.scale

class Shaped(Scaled):
    def compute_output_shape(self, shape):
        return (*shape[:-1], self.inner.units)

def doubled(x, times=2):
    return keras.ops.concatenate([x] * times, axis=-1)
"""
GRAPH = """%%graph --quiet {options}
from __main__ import Scaled, doubled
input x: [4]
h: [3] = Scaled({settings})(x{call})
output y = Dense(2)({function})
"""


@pytest.fixture
def own(notebook):
    """Runs a graph that uses the notebook's own code."""
    assert notebook(CODE).ok

    def run(settings="3", call="", function="doubled(h)", options="--check"):
        graph = GRAPH.format(settings=settings, call=call, function=function, options=options)
        return notebook(graph)

    run.notebook = notebook
    return run


@pytest.mark.keras
def test_it_is_built(own):
    ran = own("3, scale=0.5", options="", function="doubled(h, times=3)")
    assert ran.ok, ran.error
    assert ran.names["model"].output_shape == (None, 2)
    assert type(ran.names["model"].layers[1]).__name__ == "Scaled"


@pytest.mark.keras
@pytest.mark.parametrize(
    ("settings", "call", "function", "code"),
    [
        ("3, scal=0.5", "", "h", "unknown-argument"),
        ("3, name='s', dtype='float32', colour=1", "", "h", "unknown-argument"),
        ("", "", "h", "missing-argument"),
        ("3, 1.0, 2", "", "h", "too-many-arguments"),
        ("3, units=3", "", "h", "repeated-argument"),
        ("3", ", x", "h", None),
        ("3", ", true", "h", "wrong-operands"),
        ("3", ", flop=true", "h", "unknown-argument"),
        ("3", ", flip=true", "h", None),
        ("3", "", "doubled(h, time=3)", "unknown-argument"),
    ],
)
def test_its_arguments_are_checked(own, settings, call, function, code):
    ran = own(settings, call, function)
    assert (
        [] if ran.ok else [one.code.id for one in ran.error.diagnostics if one.severity == "error"]
    ) == ([code] if code else [])


@pytest.mark.keras
def test_what_the_notebook_does_not_have(own):
    ran = own.notebook(
        "%%graph --check\nfrom __main__ import Scale\ninput x: [4]\noutput y = Scale(3)(x)\n"
    )
    assert "the notebook has no Scale" in str(ran.error)
    assert "did you mean `Scaled`?" in str(ran.error)


@pytest.mark.keras
def test_an_annotation_that_the_built_model_refutes(own):
    ran = own("5", options="")
    assert [one.code.id for one in ran.error.diagnostics] == ["not-as-annotated"]
    assert "the built tensor is float32[5]" in str(ran.error)


@pytest.mark.keras
def test_a_class_that_is_defined_anew_counts(own):
    own.notebook(
        CODE.replace("scale=1.0", "factor=1.0").replace("self.scale = scale", "self.scale = factor")
    )
    assert own("3, factor=2.0").ok
    assert not own("3, scale=2.0").ok


@pytest.mark.keras
@pytest.mark.parametrize(("name", "codes"), [("Shaped", []), ("Scaled", ["bad-value"])])
def test_what_inherits_is_read_with_what_it_has(own, name, codes):
    graph = f"from __main__ import {name}\ninput x: [5, 4]\noutput y: [5, 3] = TimeDistributed({name}(3))(x)"
    ran = own.notebook(f"%%graph --quiet\n{graph}\n")
    found = [] if ran.ok else [one.code.id for one in ran.error.diagnostics]
    assert [one for one in found if one != "unknown-shape"] == codes
