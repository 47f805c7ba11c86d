"""Mends that are certain are edits, and `dslc check --fix` applies them."""

import json

import pytest

from dsl.cli.main import main
from dsl.compiler import check
from dsl.fixes import fixed
from dsl.source import Source


def mended(text):
    source = Source("test.graph", text)
    return fixed(source, lambda one: check(one).diagnostics)[0].text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("y = Dnse(3)(x)", "y = Dense(3)(x)"),
        ("y = conv1d(3, 2)(x)", "y = Conv1D(3, 2)(x)"),
        ("y = Dense(3, kernel_initialiser=zeros)(x)", "y = Dense(3, kernel_initializer=zeros)(x)"),
        ("y = Conv1D(3, 2, border_mode=same)(x)", "y = Conv1D(3, 2, padding=same)(x)"),
        ("y = Conv1D(3, 2, padding=smae)(x)", "y = Conv1D(3, 2, padding=same)(x)"),
        ("y = Dense(3, he_normal)(x)", "y = Dense(3, kernel_initializer=he_normal)(x)"),
        ("y = image.resize(x, [4, 4])", "y = ops.image.resize(x, [4, 4])"),
    ],
)
def test_a_misspelt_or_older_name_is_mended(wrong, right):
    assert mended(f"input x: [8, 4]\noutput {wrong}\n").startswith(
        f"input x: [8, 4]\noutput {right}"
    )


def test_several_mends_in_training():
    graph = "input x: [8]\noutput y = Dense(1)(x)\ntrain:\n    "
    wrong = "optimiser = adam\n    loss = mean_squared_eror\n    metrics = [mae]\n"
    assert mended(graph + wrong) == (
        graph + "optimizer = adam\n    loss = mean_squared_error\n    metrics = [mae]\n"
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("y = x -> Dense(3, softmax)", "y = x -> Flatten -> Dense(3, softmax)"),
        ("y = Dense(3, softmax)(x)", "y = Dense(3, softmax)(Flatten()(x))"),
    ],
)
def test_a_forgotten_flatten_is_put_in(wrong, right):
    assert (
        mended(f"input x: [8, 8, 4]\noutput {wrong}\n") == f"input x: [8, 8, 4]\noutput {right}\n"
    )


def test_what_has_two_readings_is_left():
    text = "input x: [8]\noutput y = Dense(3, relux)(x)\n"
    assert mended(text) == text


def test_a_mend_that_mends_nothing_is_taken_back():
    text = "input x: [8, 8, ?]\noutput y = Dense(3, softmax)(x)\n"
    assert mended(text) == text


def test_fix_writes_the_file_and_tells_the_rest(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("input x: [8]\nh = Dnse(4)(x)\noutput y = Dense(3)(z)\n", encoding="utf-8")
    assert main(["check", "--fix", str(file)]) == 1
    assert "h = Dense(4)(x)" in file.read_text(encoding="utf-8")
    told = capsys.readouterr().err
    assert "1 mend" in told
    assert "nothing is called `z`" in told


def test_fix_leaves_a_right_file_untouched(tmp_path):
    file = tmp_path / "a.graph"
    file.write_text("input x: [8]\noutput y = Dense(3)(x)\n", encoding="utf-8")
    before = file.stat().st_mtime_ns
    assert main(["check", "--fix", str(file)]) == 0
    assert file.stat().st_mtime_ns == before


def test_standard_input_cannot_be_mended_in_place(capsys):
    assert main(["check", "--fix", "-"]) == 2
    assert "in their place" in capsys.readouterr().err


def test_json_carries_the_edit(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("input x: [8]\noutput y = Dnse(3)(x)\n", encoding="utf-8")
    main(["check", "--json", str(file)])
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["fix"]["text"] == "Dense"
    assert (found["fix"]["line"], found["fix"]["column"]) == (2, 12)


def test_sarif_is_a_log_of_one_run(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("input x: [8]\ninput z: [8]\noutput y = Dnse(3)(x)\n", encoding="utf-8")
    assert main(["check", "--sarif", str(file)]) == 1
    log = json.loads(capsys.readouterr().out)
    (run,) = log["runs"]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    unknown = next(one for one in run["results"] if one["ruleId"] == "unknown-name")
    place = unknown["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 16}
    assert unknown["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {
        "text": "Dense"
    }


def test_json_and_sarif_exclude_each_other(capsys):
    assert main(["check", "--json", "--sarif", "a.graph"]) == 2
    assert "not allowed with" in capsys.readouterr().err


def test_a_mend_that_is_wrong_again_is_taken_back():
    text = (
        "widths = [8, 4]\ninput x: [8]\nh = x\nfor i in widths:\n    h = Dense(width)(h)\n"
        "output y = Dence(1)(h)\n"
    )
    assert mended(text) == text.replace("Dence", "Dense")
