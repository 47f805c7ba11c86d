import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dsl.cli.main import main

GOOD = "input x: [4]\noutput y = Dense(3)(x)\n"
WARNS = "input x: [4]\nspare = Dense(2)(x)\noutput y = Dense(3)(x)\n"
WRONG = "input x: [4]\noutput y = Dence(3)(x)\n"
OUTSIDE = "input x: [4]\noutput y = Dense($units)(x)\n"


@pytest.fixture
def dslc(tmp_path, monkeypatch, capsysbinary):
    """Runs `dslc` in an empty folder: status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*argv, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.graph").write_text(text, encoding="utf-8")
        status = main(argv)
        out, err = capsysbinary.readouterr()
        return SimpleNamespace(status=status, out=out.decode(), err=err.decode())

    return run


def test_a_graph_compiles_to_standard_output(dslc):
    ran = dslc("m.graph", m=GOOD)
    assert (ran.status, ran.err) == (0, "")
    compile(ran.out, "m.py", "exec")


def test_a_graph_compiles_to_a_file(dslc, tmp_path):
    ran = dslc("m.graph", "-o", "m.py", m=GOOD)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "m.py").read_text() == dslc("m.graph").out


def test_errors_leave_the_old_output_as_it_was(dslc, tmp_path):
    (tmp_path / "m.py").write_text("old")
    ran = dslc("m.graph", "-o", "m.py", m=WRONG)
    assert (ran.status, ran.out) == (1, "")
    assert "error[" in ran.err
    assert "m.graph:2:12" in ran.err
    assert (tmp_path / "m.py").read_text() == "old"


def test_warnings_are_told_and_the_graph_compiles(dslc):
    ran = dslc("m.graph", m=WARNS)
    assert ran.status == 0
    assert "warning[" in ran.err
    assert ran.out


def test_denied_warnings_are_errors(dslc):
    ran = dslc("m.graph", "--deny-warnings", m=WARNS)
    assert (ran.status, ran.out) == (1, "")
    assert dslc("check", "m.graph", "--deny-warnings").status == 1


def test_a_dash_reads_standard_input(dslc, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(WRONG.encode())))
    ran = dslc("check", "-")
    assert ran.status == 1
    assert "<stdin>:2:12" in ran.err


def test_a_value_from_the_command_line_stands_for_its_name(dslc):
    ran = dslc("summary", "m.graph", "-D", "units=7", m=OUTSIDE)
    assert ran.status == 0
    assert "[7]" in ran.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "no file is given"),
        (["no.graph"], "no.graph: there is no such file"),
        (["chek", "m.graph"], "did you mean the command `dslc check`"),
        (["chek"], "did you mean the command `dslc check`"),
        (["."], "it is a folder"),
        (["bytes.graph"], "not UTF-8"),
        (["m.graph", "n.graph"], "unrecognized arguments: n.graph"),
        (["m.graph", "--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["m.graph", "-D", "units"], "-D units: write NAME=VALUE"),
        (["m.graph", "-D", "units=1+1"], "-D units=1+1: write one value"),
        (["m.graph", "-D", "units=3"], "-D units: there is no $units in m.graph"),
        (["m.graph", "-D", "u=3", "-D", "u=4"], "-D u is given twice"),
        (["m.graph", "-o", "m.graph"], "would overwrite the source m.graph"),
        (["m.graph", "-o", "./link.graph"], "would overwrite the source m.graph"),
        (["m.graph", "-o", "missing/m.py"], "cannot write missing/m.py"),
        (["m.graph", "-o", "."], "cannot write .: it is a folder"),
        (["m.graph", "--templates", "nowhere"], "nowhere is no folder"),
        (["check"], "FILE.graph"),
        (["check", "m.graph", "no.graph"], "no.graph: there is no such file"),
        (["train", "m.graph", "--epoch", "3"], "--epoch"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(dslc, tmp_path, argv, words):
    (tmp_path / "bytes.graph").write_bytes(b"\xff\n")
    (tmp_path / "link.graph").symlink_to("m.graph")
    ran = dslc(*argv, m=GOOD)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("dslc: ")
    assert ran.err.count("\n") == 1
    assert words in ran.err
    assert (tmp_path / "m.graph").read_text() == GOOD


def test_an_imported_file_is_not_overwritten_either(dslc):
    blocks = "block Head(units)(x):\n    return Dense(units)(x)\n"
    main_file = 'from "blocks.graph" import Head\ninput x: [4]\noutput y = Head(3)(x)\n'
    ran = dslc("m.graph", "-o", "blocks.graph", m=main_file, blocks=blocks)
    assert ran.status == 2
    assert "would overwrite the source blocks.graph" in ran.err


def test_check_praises_what_is_right(dslc):
    assert dslc("check", "a.graph", "b.graph", a=GOOD, b=GOOD).out == "2 files checked, no errors\n"


def test_check_tells_the_errors_of_every_file_in_one_document(dslc):
    ran = dslc("check", "--json", "a.graph", "b.graph", "c.graph", a=WRONG, b=GOOD, c=WARNS)
    assert (ran.status, ran.err) == (1, "")
    document = json.loads(ran.out)
    assert document["version"] == 1
    assert [(d["file"], d["severity"]) for d in document["diagnostics"]] == [
        ("a.graph", "error"),
        ("c.graph", "warning"),
    ]


def test_check_gives_a_document_where_all_is_well(dslc):
    ran = dslc("check", "--json", "m.graph", m=GOOD)
    assert (ran.status, json.loads(ran.out)["diagnostics"]) == (0, [])


def test_a_value_that_one_of_several_files_uses_is_right_usage(dslc):
    assert dslc("check", "a.graph", "b.graph", "-D", "units=3", a=GOOD, b=OUTSIDE).status == 0


def test_a_value_whose_use_cannot_be_read_is_no_wrong_usage(dslc):
    ran = dslc("check", "m.graph", "-D", "units=3", m="input x: [4]\noutput y = Dense($units)(x\n")
    assert ran.status == 1
    assert "error[" in ran.err


def test_a_misspelt_value_is_wrong_usage_even_where_the_right_one_is_missing(dslc):
    ran = dslc("check", "m.graph", "-D", "untis=3", m=OUTSIDE)
    assert (ran.status, ran.err) == (2, "dslc: -D untis: there is no $untis in m.graph\n")


def test_summary_is_a_table_or_json(dslc):
    assert "y (Dense)" in dslc("summary", "m.graph", m=GOOD).out
    document = json.loads(dslc("summary", "m.graph", "--json").out)
    assert document["outputs"] == {"y": {"dtype": "float32", "shape": [None, 3]}}
    assert document["params"] == 15


def test_summary_of_a_wrong_graph_is_its_errors(dslc):
    assert "error[" in dslc("summary", "m.graph", m=WRONG).err
    ran = dslc("summary", "m.graph", "--json")
    assert (ran.status, ran.err) == (1, "")
    assert json.loads(ran.out)["diagnostics"]


def test_a_file_named_as_a_command_is_reached_by_its_path(dslc, tmp_path):
    (tmp_path / "check").write_text(GOOD)
    assert dslc("./check").status == 0


def test_a_broken_template_is_wrong_usage(dslc, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "show.py.jinja").write_text("{{ nonsense }}")
    ran = dslc("m.graph", "--templates", "mine", "-o", "m.py", m=GOOD)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "show.py.jinja, line 1" in ran.err
    assert not (tmp_path / "m.py").exists()


def test_a_template_of_ones_own_takes_the_place_of_ours(dslc, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "show.py.jinja").write_text("def main():\n    print('mine')\n")
    assert "print('mine')" in dslc("m.graph", "--templates", "mine", m=GOOD).out


@pytest.mark.parametrize(
    "argv", [["--help"], ["check", "--help"], ["summary", "-h"], ["train", "-h"]]
)
def test_help_reads_as_usage(dslc, argv, capsysbinary):
    if len(argv) == 1:
        assert dslc(*argv).out.startswith("usage: dslc FILE.graph")
        return
    with pytest.raises(SystemExit) as end:
        dslc(*argv)
    assert end.value.code == 0
    assert capsysbinary.readouterr().out.decode().startswith(f"usage: dslc {argv[0]}")


def test_the_version_is_the_packages(dslc):
    from dsl import __version__

    assert dslc("--version").out == f"dslc {__version__}\n"


def test_an_interrupt_is_one_line(dslc, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dsl.cli.check.run", interrupt)
    ran = dslc("check", "m.graph", m=GOOD)
    assert (ran.status, ran.err) == (2, "dslc: interrupted\n")


def _started(argv, folder, **pipes):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", "dsl", *argv]
    return subprocess.Popen(command, cwd=folder, env=environment, **pipes)


def _process(argv, folder, **pipes):
    ran = _started(argv, folder, stderr=subprocess.PIPE, **pipes)
    out, said = ran.communicate()
    return SimpleNamespace(returncode=ran.returncode, stdout=out, stderr=said)


def test_a_closed_pipe_is_one_line_and_status_2(tmp_path):
    (tmp_path / "m.graph").write_text(GOOD)
    reader, writer = os.pipe()
    os.close(reader)
    ran = _process(["m.graph"], tmp_path, stdout=writer)
    os.close(writer)
    assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 1)
    assert b"closed" in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line_and_status_2(tmp_path):
    (tmp_path / "m.graph").write_text(GOOD)
    with Path("/dev/full").open("wb") as full:
        ran = _process(["m.graph"], tmp_path, stdout=full)
    assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_nobody_reading_the_errors_changes_no_status(tmp_path):
    (tmp_path / "m.graph").write_text(WRONG)
    with Path("/dev/full").open("wb") as full:
        ran = _started(["check", "m.graph"], tmp_path, stderr=full)
        assert ran.wait() == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_help_that_cannot_be_written_is_one_line_and_status_2(tmp_path):
    with Path("/dev/full").open("wb") as full:
        ran = _process(["check", "--help"], tmp_path, stdout=full)
    assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 1)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are others here")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_in_one_line_and_leaves_all_as_it_was(tmp_path, name):
    (tmp_path / "m.py").write_text("old")
    ran = _started(["-", "-o", "m.py"], tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _wait_until_it_reads(ran)
        ran.send_signal(getattr(signal, name))
        _, said = ran.communicate()
    finally:
        ran.kill()
    assert (ran.returncode, said) == (2, b"dslc: interrupted\n")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"m.py": "old"}


def _wait_until_it_reads(process):
    """Fill the pipe: what does not fit into it is taken when it is read."""
    process.stdin.write(b"# comment\n" * 30_000)
    process.stdin.flush()


def test_an_output_that_cannot_grow_leaves_the_old_one(tmp_path):
    resource = pytest.importorskip("resource")
    (tmp_path / "m.graph").write_text(GOOD)
    (tmp_path / "m.py").write_text("old")

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    ran = _process(["m.graph", "-o", "m.py"], tmp_path, preexec_fn=small)
    assert (ran.returncode, ran.stderr) == (2, b"dslc: cannot write m.py: file too large\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["m.graph", "m.py"]
    assert (tmp_path / "m.py").read_text() == "old"


def test_control_characters_reach_no_terminal(dslc):
    ran = dslc("a\x1b[31m\n.graph")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "\x1b" not in ran.err
    named = "input x: [4]\noutput y = Dense(3, name='a\x1b[31m')(x)\n"
    assert "\x1b" not in dslc("summary", "m.graph", m=named).out
    assert "\x1b" not in dslc("check", "m.graph", m=named.replace("Dense", "\x1b[31m")).err


@pytest.mark.skipif(sys.platform != "linux", reason="paths are text elsewhere")
def test_a_path_that_is_no_utf8_is_a_path(tmp_path):
    path = os.fsdecode(b"\xff.graph")
    (tmp_path / path).write_text(WRONG)
    ran = _process(["check", "--sarif", path], tmp_path, stdout=subprocess.PIPE)
    (result,) = json.loads(ran.stdout)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (ran.returncode, place["uri"]) == (1, "%FF.graph")
    ran = _process(["check", "--json", path], tmp_path, stdout=subprocess.PIPE)
    assert json.loads(ran.stdout)["diagnostics"][0]["file"] == path


def test_compiling_a_graph_imports_no_framework(tmp_path):
    (tmp_path / "m.graph").write_text(GOOD)
    code = (
        "import sys; from dsl.cli.main import main; main(['m.graph', '-o', 'm.py']);"
        "print([m for m in ('keras', 'tensorflow', 'numpy', 'IPython') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    assert ran.stdout == b"[]\n"


def test_the_options_of_train_are_those_of_the_script(dslc):
    from dsl.cli.train import SCRIPT_OPTIONS

    script = dslc("m.graph", m=GOOD + "train:\n    loss = mse\n").out
    assert [name for name, _, _ in SCRIPT_OPTIONS if f'add_argument("{name}"' not in script] == []


# ---- costs

LINE = "input x: [T, 8]\nh = Conv1D(16, 3)(x) -> Flatten\noutput y = Dense(4)(h)\n"


def test_the_cost_is_shown_where_it_is_asked_for(dslc):
    assert "multiply-adds" not in dslc("summary", "m.graph", m=GOOD).out
    shown = dslc("summary", "m.graph", "--cost", "--batch", "8").out
    assert "inference, a batch of 8:\n  multiply-adds: 96 (192 operations)" in shown
    found = json.loads(dslc("summary", "m.graph", "--cost", "--json").out)
    assert found["cost"]["inference"]["madds"] == 12


def test_a_named_size_gets_a_number(dslc):
    text = "input x: [T, 8]\noutput y = Conv1D(16, 3)(x)\n"
    found = json.loads(dslc("summary", "m.graph", "--size", "T=10", "--cost", "--json", m=text).out)
    assert found["outputs"]["y"]["shape"] == [None, 8, 16]
    assert found["cost"]["inference"]["madds"] == 8 * 3 * 8 * 16


@pytest.mark.parametrize(
    "argv",
    [
        ("--size", "S=10"),
        ("--size", "T=0"),
        ("--size", "T=ten"),
        ("--size", "T"),
        ("--size", "T=1", "--size", "T=2"),
        ("--batch", "2"),
        ("--cost", "--batch", "0"),
    ],
)
def test_a_size_that_is_none_is_wrong_usage(dslc, argv):
    ran = dslc("summary", "m.graph", *argv, m="input x: [T, 8]\noutput y = LSTM(4)(x)\n")
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1


def test_the_nearest_size_is_named(dslc):
    ran = dslc(
        "check", "m.graph", "--size", "step=3", m="input x: [steps, 8]\noutput y = LSTM(4)(x)\n"
    )
    assert ran.status == 2
    assert "did you mean steps?" in ran.err


def test_a_batch_that_the_input_fixes_is_the_one(dslc):
    text = "input x: [4](batch_size=8)\noutput y = Dense(3)(x)\n"
    assert "inference, a batch of 8:" in dslc("summary", "m.graph", "--cost", m=text).out
    assert dslc("summary", "m.graph", "--cost", "--batch", "4").status == 2


@pytest.mark.parametrize(("limit", "status"), [("14", 1), ("15", 0), ("0.1k", 0), ("1M", 0)])
def test_a_limit_on_parameters_is_held(dslc, limit, status):
    assert dslc("check", "m.graph", "--max-params", limit, m=GOOD).status == status


def test_what_weighs_most_is_named_where_a_limit_is_passed(dslc):
    text = "input x: [T, 8]\nh = Conv1D(16, 3)(x) -> GlobalMaxPooling1D\noutput y = Dense(4)(h)\n"
    ran = dslc("check", "m.graph", "--max-madds", "1k", "--size", "T=10", "--json", m=text)
    assert ran.status == 1
    (error,) = json.loads(ran.out)["diagnostics"]
    assert (error["code"], error["line"]) == ("madds-limit", 2)
    assert "has 3,136 multiply-adds, and the limit is 1,000" in error["message"]
    assert "conv1d with 3,072 (98 %), y with 64 (2 %)" in error["help"]


def test_in_a_nested_model_the_layers_are_named(dslc):
    text = """
model Tower()(x: [8]):
    return x -> Dense(100) -> Dense(2)

input a: [8]
output y = Tower()(a)
"""
    ran = dslc("check", "m.graph", "--max-madds", "10", m=text)
    assert ran.status == 1
    assert "y.dense with 800 (80 %), y.dense_1 with 200 (20 %)" in ran.err


def test_what_is_not_known_passes_no_limit(dslc):
    ran = dslc(
        "check", "m.graph", "--max-madds", "1G", m="input x: [?, 8]\noutput y = LSTM(4)(x)\n"
    )
    assert ran.status == 1
    assert "not known" in ran.err
    assert "--size" in ran.err


@pytest.mark.parametrize("limit", ["", "M", "-1", "1.5", "5 M", "0.0001k", "1e6"])
def test_a_limit_that_is_no_number_is_wrong_usage(dslc, limit):
    assert dslc("check", "m.graph", f"--max-params={limit}", m=GOOD).status == 2


def test_a_picture_is_written_whole(dslc, tmp_path):
    ran = dslc("plot", "m.graph", "-o", "m.svg", m=GOOD)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "m.svg").read_text().startswith("<svg")
    assert dslc("plot", "m.graph", "--mermaid").out.startswith("flowchart TD\n")
    assert dslc("plot", "m.graph", "-o", "m.graph").status == 2
    assert dslc("plot", "m.graph", "--depth", "-1").status == 2


def test_a_picture_of_a_wrong_graph_marks_the_place(dslc):
    ran = dslc("plot", "m.graph", m=WRONG)
    assert ran.status == 1
    assert "unknown-name" in ran.err or "unknown-layer" in ran.err
    assert "bad" in ran.out.partition("</style>")[2]
