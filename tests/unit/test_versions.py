"""What came with which version of Keras: told where a program asks for an older one."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

import dsl
from dsl.build import require_installed
from dsl.catalogue import lookup, versions
from dsl.catalogue.data import read
from dsl.catalogue.harvest_versions import differences
from dsl.cli.main import main
from dsl.compiler import CompileError, emit

X = "input x: [10, 8]\n"
TRAIN = "\ntrain:\n    loss = mse\n    epochs = 1\n    batch_size = 8\n    optimizer = "
PLAIN = f"{X}output y = x -> LSTM(3) -> Dense(1)"


def told(program, keras):
    return [(one.code.id, one.span.text) for one in dsl.check(program, keras=keras).diagnostics]


NEWER = [
    ("output y = MultiHeadAttention(2, 4, use_gate=true)(x, x)", "3.14", "use_gate"),
    ("output y = MultiHeadAttention(2, 4, use_gate)(x, x)", "3.14", "use_gate"),
    ("output y = x -> BatchNormalization(renorm=true)", "3.14", "renorm"),
    ("output y = x -> nanmean(axis=1)", "3.14", "nanmean"),
    ("output y = nanmean(x, axis=1)", "3.14", "nanmean"),
    ("output y = Dense(3, kernel_initializer=HeNormal(input_axes=0))(x)", "3.15", "input_axes"),
    ("block B()(x):\n    return nanmean(x, axis=1)\noutput y = B()(x)", "3.14", "nanmean"),
    (f"output y = x -> Flatten -> Dense(1){TRAIN}muon", "3.14", "muon"),
    (f"output y = x -> Flatten -> Dense(1){TRAIN}Muon()", "", ""),
    (f"output y = x -> Flatten -> Dense(1){TRAIN}ScheduleFreeAdamW()", "3.14", "ScheduleFreeAdamW"),
    (f"output y = x -> Flatten -> Dense(1){TRAIN}ScheduleFreeAdamW", "3.14", "ScheduleFreeAdamW"),
    ("output y = x -> Dense(3, relu, kernel_initializer=he_normal)", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("program", "since", "place"), NEWER)
def test_what_came_later_is_told(program, since, place):
    for version in versions.supported():
        too_old = since and versions.is_older(version, since)
        wanted = [("newer-keras", place)] if too_old else []
        assert [one for one in told(X + program, version) if one[0] == "newer-keras"] == wanted
    assert "newer-keras" not in [code for code, _ in told(X + program, "")]


@pytest.mark.parametrize(("program", "since", "place"), NEWER)
def test_a_script_says_what_it_needs(program, since, place):
    head = emit(dsl.check(X + program)).partition("import")[0]
    assert ("It needs Keras" in head) is bool(since)
    assert f"It needs Keras {since} or newer." in head or not since


OTHERWISE = [
    ("output y = x -> Flatten -> Discretization([0.5])", "Discretization", "3.14"),
    ("output y = Bidirectional(LSTM(3))(RMSNormalization()(x))", "RMSNormalization", "3.14"),
    ("output y = TimeDistributed(RMSNormalization())(x[:, :, None])", "RMSNormalization", "3.14"),
    ("output y = x @ transpose(x, [0, 2, 1])", "matmul", "3.15"),
    ("output y = x @ transpose(x, [0, 2, 1])  # allow: other-keras", "", ""),
    ("block B()(x):\n    return reshape(x, [-1, 4])\noutput y = B()(x)", "reshape", "3.15"),
    ("output y = x -> Dense(3)", "", ""),
]


@pytest.mark.parametrize(("program", "name", "since"), OTHERWISE)
def test_what_an_older_keras_may_do_otherwise_is_told(program, name, since):
    for version in (*versions.supported(), "3.13.2"):
        found = [
            one
            for one in dsl.check(X + program, keras=version).diagnostics
            if one.code.id == "other-keras"
        ]
        older = bool(since) and versions.is_older(version, since)
        assert [name in one.message for one in found] == [True] * older


def test_the_words():
    (error,) = dsl.check(f"{X}output y = nanmean(x, axis=1)", keras="3.13.2").diagnostics
    assert error.message == "nanmean came with Keras 3.14, and this is for Keras 3.13"
    assert error.help == "leave it out, or take Keras 3.14 or newer"


def test_what_is_not_applied_is_no_use():
    program = f"block B()(x):\n    return nanmean(x, axis=1)\n{PLAIN}"
    assert told(program, "3.13") == [("unused-block", "B")]


def test_a_model_is_not_built_with_a_keras_that_is_too_old(monkeypatch):
    compilation = dsl.check(f"{X}output y = nanmean(x, axis=1)")
    monkeypatch.setattr(metadata, "version", lambda name: {"keras": "3.13.0"}[name])
    with pytest.raises(CompileError) as caught:
        require_installed(compilation)
    assert [one.code.id for one in caught.value.diagnostics] == ["newer-keras"]
    require_installed(dsl.check(PLAIN))
    monkeypatch.setattr(metadata, "version", lambda name: {"keras": "3.14.1"}[name])
    require_installed(compilation)


@pytest.mark.parametrize("version", ["3.12", "3", "x", "3.x", "2.15.0", "3.99", "4.0"])
def test_a_version_that_is_none_or_too_old(version, capsys, tmp_path):
    with pytest.raises(ValueError, match="Keras"):
        dsl.check(PLAIN, keras=version)
    (tmp_path / "a.graph").write_text(PLAIN)
    assert main(["check", str(tmp_path / "a.graph"), "--keras", version]) == 2
    assert version in capsys.readouterr().err


def test_the_command_line(tmp_path, capsys):
    (tmp_path / "a.graph").write_text(f"{X}output y = nanmean(x, axis=1)")
    for command in (["check"], ["summary"], []):
        assert main([*command, str(tmp_path / "a.graph"), "--keras=3.13"]) == 1
        assert "newer-keras" in capsys.readouterr().err
        assert main([*command, str(tmp_path / "a.graph"), "--keras=3.14"]) == 0
        capsys.readouterr()


def test_the_newest_is_the_catalogues_own():
    assert versions.newest() == versions.minor(lookup.keras_version())


def test_the_oldest_is_the_one_that_is_promised():
    oldest = Path(__file__).parents[1] / "oldest.txt"
    assert f"keras=={versions.oldest()}." in oldest.read_text()
    assert f"keras>={versions.oldest()}" in (oldest.parents[1] / "pyproject.toml").read_text()


def test_what_came_later_is_in_the_catalogue():
    facts, data = read("keras.json")["symbols"], read("versions.json")
    assert data["symbols"].keys() <= facts.keys()
    for key in ("parameters", "call", "defaults"):
        for path, names in data[key].items():
            listed = {
                versions.name_of(one)
                for one in facts[path]["call" if key == "call" else "parameters"]
            }
            assert names.keys() <= listed


def test_rules_that_older_versions_have_otherwise_are_there():
    for key, kinds in read("versions.json")["rules"].items():
        assert lookup.by_key(key) is not None, key
        assert kinds.keys() <= {"builds", "raises", "gives", "masks", "runs", "refuses values"}
        assert set(kinds.values()) <= set(versions.supported()[1:])


FACTS = [
    {"keras": "3.9.1", "words": {"losses": {}}, "symbols": {"layers.A": {"parameters": ["a", ["b", 1]], "call": ["x"]}}},
    {"keras": "3.10.0", "words": {"losses": {}},
     "symbols": {"layers.A": {"parameters": ["a", ["b", 2], ["c", None]], "call": ["x"]}, "layers.B": "layers.A"}},
    {"keras": "3.11.2", "words": {"losses": {"a": "losses.A"}},
     "symbols": {"layers.A": {"parameters": ["a", ["b", 3], ["c", None]], "call": ["x", ["y", 0]]},
                 "layers.B": "layers.A", "ops.c": {"parameters": ["x"]}}},
]  # fmt: skip


def test_differences_give_the_older_facts_back():
    data = json.loads(json.dumps(differences([FACTS[1], FACTS[0], FACTS[2]])))
    assert data == {
        "keras": ["3.9", "3.10", "3.11"],
        "symbols": {"layers.B": "3.10", "ops.c": "3.11"},
        "parameters": {"layers.A": {"c": "3.10"}},
        "call": {"layers.A": {"y": "3.11"}},
        "words": {"losses": {"a": "3.11"}},
        "defaults": {"layers.A": {"b": {"3.9": 1, "3.10": 2}}},
    }
    for one in FACTS:
        older = versions.as_of(FACTS[2], data, versions.minor(one["keras"]))
        assert older | {"keras": ""} == one | {"keras": ""}
