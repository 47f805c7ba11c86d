"""Layers and functions of the user's own: their Python is read, never run, and its signatures count."""

from __future__ import annotations

import pytest

from dsl.compiler import check
from dsl.files import loader_beside, read_source

CODE = """
import functools
import keras
from keras import layers as L
from keras.layers import Layer

raise RuntimeError("this file is read and never run")

@keras.saving.register_keras_serializable("mine", name="Scaled")
class Scaled(L.Layer):
    def __init__(self, units, *, scale=1.0, **kwargs):
        super().__init__(**kwargs)
    def call(self, x, flip=False):
        return x

class Loose(Layer):
    def __init__(self, units, **kwargs):
        kwargs.setdefault("name", "loose")
        super().__init__(**kwargs)
    def call(self, x):
        return x

class Strict(keras.Layer):
    def __init__(self, units=3):
        super(Strict, self).__init__(name="strict")
    def call(self, x, training=None):
        return x

class Inherits(Strict):
    def compute_output_shape(self, shape):
        return shape

class Plain(L.Layer):
    def call(self, a, b, weights=None):
        return a

class Wide(L.Dense):
    def __init__(self, width, **kwargs):
        super().__init__(width, **kwargs)

class Mixed(Mixin, L.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
    def call(self, x):
        return x

@decorated
class Decorated(L.Layer):
    def __init__(self, units):
        pass

class Model(keras.Model):
    def __init__(self, units):
        super().__init__()
    def call(self, x):
        return x

class Anything(L.Layer):
    def __init__(self, *args, **kwargs):
        super().__init__()
    def call(self, *args, **kwargs):
        return args[0]

class NotOnlyTensors(L.Layer):
    def __init__(self):
        super().__init__()
        self._allow_non_tensor_positional_args = True
    def call(self, x, times):
        return x

class Pinball:
    def __init__(self, quantile=0.5):
        pass
    def __call__(self, y_true, y_pred):
        return y_true

class lower(L.Layer):
    def __init__(self, units):
        super().__init__()
    def call(self, x):
        return x

Other = Scaled
try:
    Chosen = Scaled
except NameError:
    Chosen = Strict

def doubled(x, times=2):
    return x

def Merged(a, b):
    return a

def make(units):
    return L.Dense(units)

@functools.cache
def cached(x):
    return x

def pinball(y_true, y_pred):
    return y_true
"""
FILES = {"own.py": CODE}
X = "input x: [4]\n"
ALL = [
    "Scaled", "Loose", "Strict", "Inherits", "Plain", "Wide", "Mixed", "Decorated", "Model", "Anything",
    "NotOnlyTensors", "Pinball", "lower", "Other", "Chosen", "doubled", "Merged", "make", "cached", "pinball",
]  # fmt: skip


def program(expression):
    used = [name for name in ALL if name in expression]
    return f"from own import {', '.join(used)}\n{X}h: [4] = {expression}\noutput y = Dense(1)(h)\n"


@pytest.fixture
def errors(told):
    """The errors of an expression: code and place."""
    return lambda expression, files=FILES: [
        one for one in told(program(expression), files=files) if one[0] != "unknown-shape"
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "Scaled(3)(x)",
        "Scaled(3, scale=2.0, name='s', dtype='float16', trainable=false)(x)",
        "Scaled(units=3)(x, flip=true, training=true)",
        "Loose(3, colour=1)(x)",
        "Dense(4, kernel_regularizer=Decorated(name='a b'))(x)",
        "Strict()(x)",
        "Inherits(units=4)(x)",
        "TimeDistributed(Inherits())(x)",
        "TimeDistributed(Wide(4))(x)",
        "TimeDistributed(Mixed(4))(x)",
        "Inherits(4)(x, training=false)",
        "Plain(name='p')(x, x)",
        "Plain()(x, b=x, weights=x)",
        "Plain()(b=x, a=x)",
        "Wide(3, activation='relu')(x)",
        "Mixed(3, colour=1)(x, x, colour=2)",
        "Decorated(1, 2, 3)(x)",
        "Model(3)(x)",
        "Anything(1, 2, a=3)(x, x, k=3)",
        "NotOnlyTensors()(x, 3)",
        "lower(3)(x)",
        "x -> lower(3)",
        "x -> Strict",
        "Other(3)(x)",
        "Chosen(1, 2, 3)(x)",
        "doubled(x)",
        "doubled(x, times=3)",
        "x -> doubled(3)",
        "Merged(x, x)",
        "x -> Merged(x)",
        "make(3)(x, 4, what=5)",
        "cached(x, 1, 2, 3)",
        "Scaled(*[3])(x)",
        "Bidirectional(Anything())(x)",
        "Dense(4, kernel_regularizer=Pinball(0.3))(x)",
    ],
)
def test_what_the_text_allows(errors, expression):
    assert errors(expression) == []


@pytest.mark.parametrize(
    ("expression", "code", "place"),
    [
        ("Scaled()(x)", "missing-argument", "Scaled()"),
        ("Scaled(3, 2.0)(x)", "too-many-arguments", "2.0"),
        ("Scaled(3, units=4)(x)", "repeated-argument", "3"),
        ("Scaled(3, scal=2.0)(x)", "unknown-argument", "scal"),
        ("Scaled(x)", "tensor-configures", "x"),
        ("Scaled(3)(x, flop=true)", "unknown-argument", "flop"),
        ("Scaled(3)(x, true)", "wrong-operands", "true"),
        ("Scaled(3)(x, x, x)", "too-many-arguments", "x"),
        ("Anything()(x, 3)", "wrong-operands", "3"),
        ("Scaled(3)(x, scale=2.0)", "unknown-argument", "scale"),
        ("Scaled(3, name='a b')(x)", "bad-name", "name"),
        ("Loose()(x)", "missing-argument", "Loose()"),
        ("Strict(3, name='s')(x)", "unknown-argument", "name"),
        ("Inherits(3, 4)(x)", "too-many-arguments", "4"),
        ("Plain(3)(x, x)", "too-many-arguments", "3"),
        ("Plain()(x)", "missing-argument", "Plain()(x)"),
        ("Wide(3, units=3)(x)", "unknown-argument", "units"),
        ("Wide(3, activatio='relu')(x)", "unknown-argument", "activatio"),
        ("Mixed()(x)", "missing-argument", "Mixed()"),
        ("Model(3, 4)(x)", "too-many-arguments", "4"),
        ("lower(3, 4)(x)", "too-many-arguments", "4"),
        ("Other(3, scal=1)(x)", "unknown-argument", "scal"),
        ("doubled(x, time=3)", "unknown-argument", "time"),
        ("doubled(x, 1, 2)", "too-many-arguments", "2"),
        ("x -> doubled(3, 4)", "too-many-arguments", "4"),
        ("Merged(x)", "missing-argument", "Merged(x)"),
        ("make(3, 4)(x)", "too-many-arguments", "4"),
        ("TimeDistributed(Strict())(x)", "bad-value", "Strict()"),
        ("TimeDistributed(Scaled())(x)", "missing-argument", "Scaled()"),
        ("Dense(4, kernel_regularizer=Pinball(0.3, 0.4))(x)", "too-many-arguments", "0.4"),
    ],
)
def test_what_the_text_refuses(errors, expression, code, place):
    assert errors(expression) == [(code, place)]


def test_the_definition_is_shown(checked):
    (error,) = [
        one
        for one in checked(program("Scaled(3, scal=1)(x)"), files=FILES).diagnostics
        if one.severity == "error"
    ]
    assert error.message == "Scaled has no argument scal"
    assert error.help == "did you mean `scale`?"
    (label,) = error.labels
    assert label.message == "Scaled is defined here"
    assert label.span.source.name == "own.py"
    assert label.span.text == "def __init__(self, units, *, scale=1.0, **kwargs):"


def test_losses_and_metrics_are_checked_too(told):
    text = f"from own import Pinball\n{X}output y = Dense(1)(x)\ntrain:\n    loss = Pinball(0.3, 0.4)(y)\n"
    assert told(text, files=FILES) == [("too-many-arguments", "0.4")]


@pytest.mark.parametrize("name", ["Scald", "nothing_like_it"])
def test_a_name_that_the_module_does_not_have(rejects, name):
    rejects(
        f"from own import {name}\n{X}output y = Dense(1)({name}(x))",
        "not-in-file",
        name,
        files=FILES,
    )


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({}, []),
        ({"own.py": "from elsewhere import *"}, []),
        ({"own.py": "def __getattr__(name): ..."}, []),
        ({"own.py": "globals()['Scaled'] = 3"}, []),
        ({"own.py": "def f():\n    global Scaled"}, []),
        ({"own.py": "if 1:\n    import a.b as Scaled"}, []),
        ({"own.py": "with open('x') as Scaled: pass"}, []),
        ({"own.py": "(Scaled := 3)"}, []),
        ({"own.py": "class A:\n    Scaled = 3"}, ["not-in-file"]),
        ({"own.py": "def f(Scaled):\n    return Scaled"}, ["not-in-file"]),
        ({"own/__init__.py": "", "own/Scaled.py": ""}, []),
        ({"own/__init__.py": "", "own.py": "Scaled = 3"}, ["not-in-file"]),
        ({"own/__init__.py": "from .inner import Scaled", "own/inner.py": CODE}, ["unknown-argument"]),
        ({"own/__init__.py": "from .inner import Two as Scaled", "own/inner.py": "from .last import Scaled as Two",
          "own/last.py": CODE}, ["unknown-argument"]),
        ({"own.py": "from other import Scaled", "other.py": CODE}, ["unknown-argument"]),
        ({"own.py": "import other\nScaled = other.Scaled", "other.py": CODE}, ["unknown-argument"]),
        ({"own.py": "from other import *", "other.py": CODE}, ["unknown-argument"]),
        ({"own.py": f"{CODE}\nfrom other import *"}, []),
        ({"own.py": f"from keras.layers import *\n{CODE.replace('L.Layer', 'Layer')}"}, ["unknown-argument"]),
        ({"own.py": "from keras.layers import *\nfrom other import *\nclass Scaled(Layer):\n    pass"}, []),
        ({"own.py": "from keras.layers import *\nfrom keras.losses import *\nclass Scaled(Layer):\n    pass"},
         ["too-many-arguments", "unknown-argument"]),
        ({"own.py": "from own import Scaled"}, []),
        ({"own.py": "class Scaled(Scaled): pass"}, []),
        ({"own.py": "class Scaled:\n    def __init__(self, a = (1 +): pass"}, ["bad-module"]),
        ({"own.py": "(" * 5000 + ")" * 5000}, ["bad-module"]),
    ],
)  # fmt: skip
def test_names_are_followed_as_far_as_they_can_be_read(told, files, names):
    text = f"from own import Scaled\n{X}h = Scaled(3, scal=1)(x)\noutput y = Dense(1)(h)"
    assert [code for code, _ in told(text, files=files) if code != "unknown-shape"] == names


def test_a_syntax_error_is_told_once(checked):
    text = f"from own import A, B\n{X}output y = Dense(1)(A()(B()(x)))"
    found = [
        one
        for one in checked(text, files={"own.py": "x = 1\ny = (1 +)\n"}).diagnostics
        if one.code.id == "bad-module"
    ]
    (warning,) = found
    assert (warning.span.text, warning.labels[0].span.text) == ("own", "y = (1 +)")


def test_files_are_found_beside_the_graph_as_python_finds_them(tmp_path):
    (tmp_path / "random.py").write_text("")  # one of Python's own: not this one, perhaps
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "layers.py").write_text(CODE)
    (tmp_path / "blocks.graph").write_text(
        "from pkg.layers import Scaled\nblock B()(x):\n    return Scaled(3, a=1)(x)\n"
    )
    main = tmp_path / "main.graph"
    main.write_text(
        f'from "blocks.graph" import B\nfrom random import choice\n{X}output y = Dense(1)(choice(B()(x)))'
    )
    source = read_source(str(main))
    found = check(source, loader=loader_beside(source)).diagnostics
    assert [one.code.id for one in found if one.severity == "error"] == ["unknown-argument"]


@pytest.mark.parametrize(
    ("body", "warned"),
    [
        ("h = Scaled(3)(x)\nk = Dense(3)(h) + h", ["Scaled(3)(x)"]),
        ("h = TimeDistributed(Mixed(3))(reshape(x, [-1, 2, 2]))\nk = Flatten()(h)", ["TimeDistributed(Mixed(3))"]),
        ("k: [2, 4] = RNN(Anything(3))(reshape(x, [-1, 2, 2]))", ["RNN(Anything(3))"]),
        ("h: [4] = Scaled(3)(Scaled(4)(x))\nk = Dense(1)(h)", ["Scaled(3)(Scaled(4)(x))", "Scaled(4)(x)"]),
        ("h, k: [4], int32[2] = Scaled(3)(x)\nk = cast(k, float32)", ["Scaled(3)(x)"]),
        ("h = Dense(3, activation=doubled)(x)\nk = h", []),
    ],
)  # fmt: skip
def test_one_warning_where_a_shape_gets_lost(told, body, warned):
    text = f"from own import Scaled, Anything, Mixed, doubled\n{X}{body}\noutput y = Dense(1)(k)"
    found = [one for one in told(text, files=FILES) if one[0] != "unused-tensor"]
    assert found == [("unknown-shape", place) for place in warned]


def test_only_what_is_annotated_is_said_to_be_taken_from_there(checked):
    text = f"from own import Scaled\n{X}h: [4] = Scaled(3)(Scaled(4)(x))\noutput y = Dense(1)(h)"
    outer, inner = [one.message for one in checked(text, files=FILES).diagnostics]
    assert "taken from the annotation" in outer
    assert "taken as unknown" in inner


def test_names_in_a_block_stand_behind_its_own(told):
    block = "block B()(x):\n    return Scaled(3, name='same')(x)\n"
    twice = f"from own import Scaled\n{block}{X}output y = Dense(1)(B()(B()(x)))"
    assert [code for code, _ in told(twice, files=FILES) if code != "unknown-shape"] == []
    plain = f"from own import Scaled\n{X}output y = Dense(1)(Scaled(3, name='s')(Scaled(3, name='s')(x)))"
    assert "duplicate-name" in [code for code, _ in told(plain, files=FILES)]


def test_names_that_keras_gives_to_layers_of_ones_own_are_left_to_them(checked, told):
    text = (
        f"from own import Scaled\n{X}scaled = Dense(3)(x)\noutput y = Dense(1)(Scaled(3)(scaled))"
    )
    assert [one.name for one in checked(text, files=FILES).program.operations] == [
        "x",
        "scaled_layer",
        "scaled",
        "y",
    ]
    named = "from own import Scaled\ninput scaled: [4]\noutput y = Dense(1)(Scaled(3)(scaled))"
    assert ("duplicate-name", "scaled") in told(named, files=FILES)
    named = "from own import Scaled\ninput scaled: [4]\noutput y = Dense(1)(Scaled(3, name='s')(scaled))"
    assert [code for code, _ in told(named, files=FILES)] == ["unknown-shape"]


def test_an_input_has_no_name_that_keras_gives_to_an_operator(rejects, accepts):
    rejects("input add: [4]\noutput y = Dense(1)(add + 1.0)", "duplicate-name", "add")
    accepts("input add: [4]\noutput y = Dense(1)(add * 2.0)")
