import importlib.metadata
import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

GOOD = "input x: [4]\noutput y = Dense(3)(x)\n"
WRONG = "input x: [4]\noutput y = Dence(3)(x)\n"
OUTSIDE = "input x: [4]\noutput y = Dense($units)(x)\n"
INI = "[pytest]\ndslc_graphs = true\n"


@pytest.fixture(autouse=True, scope="module")
def _loaded():
    """Load the compiler before pytester does, which forgets what its runs import."""
    import dsl.testing.fixture
    import dsl.testing.items

    dsl.compile(GOOD)
    assert not dsl.check(WRONG).ok


@pytest.fixture(scope="module")
def keras():
    """Keras, loaded before pytester, for the same reason."""
    return pytest.importorskip("keras")


@pytest.fixture
def project(pytester):
    """A project with an ini file and graph files: runs pytest in it."""
    installed = {one.name for one in importlib.metadata.entry_points(group="pytest11")}
    plugin = [] if "dslc" in installed else ["-p", "dsl.testing.plugin"]

    def run(*argv, ini=INI, **graphs):
        pytester.makefile(".ini", pytest=ini)
        for name, text in graphs.items():
            pytester.makefile(".graph", **{name: text})
        return pytester.runpytest_inprocess(*plugin, "-p", "no:cacheprovider", *argv)

    return run


def test_graphs_are_collected_where_the_setting_says_so(project):
    project("--no-dslc-build", a=GOOD, b=GOOD).assert_outcomes(passed=2)


def test_graphs_are_left_alone_otherwise(project):
    assert project(ini="[pytest]\n", a=WRONG).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_failure_shows_the_diagnostics_and_nothing_of_python(project):
    ran = project("--no-dslc-build", a=WRONG)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["error[[]*[]]: *", "*--> a.graph:2:12"])
    assert "Traceback" not in ran.stdout.str()
    assert ".py:" not in ran.stdout.str()


def test_a_file_that_cannot_be_read_fails_in_one_line(project, pytester):
    (pytester.path / "a.graph").write_bytes(b"\xff")
    ran = project("--no-dslc-build")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["cannot read a.graph: it is not UTF-8 text*"])


def test_values_of_outside_names_come_from_the_setting(project):
    project("--no-dslc-build", a=OUTSIDE).assert_outcomes(failed=1)
    ini = INI + "dslc_values =\n    units = 3\n    other = [1, 2]\n"
    project("--no-dslc-build", ini=ini).assert_outcomes(passed=1)


def test_a_wrong_value_in_the_setting_is_told(project):
    ran = project("--no-dslc-build", ini=INI + "dslc_values =\n    units = 1 + 1\n", a=OUTSIDE)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["dslc_values: units = 1 + 1: write one value*"])


def test_graphs_in_folders_are_named_from_the_root(project, pytester):
    folder = pytester.mkdir("nets")
    (folder / "a.graph").write_text(WRONG)
    project("--no-dslc-build").stdout.fnmatch_lines(["*--> nets/a.graph:2:12"])


def test_the_fixture_gives_the_checked_graph(project, pytester):
    pytester.makepyfile(
        """
        from pathlib import Path
        import pytest
        from dsl import CompileError

        def test_text(dslc_graph):
            graph = dslc_graph("input x: [4]\\noutput y = Dense($n)(x)\\n", n=3)
            assert graph.program.params == 15
            assert "def build_model" in graph.python
            assert graph.warnings == ()

        def test_file(dslc_graph):
            assert dslc_graph(Path("a.graph")).program.name == "a"

        def test_wrong(dslc_graph):
            with pytest.raises(CompileError, match="Dence"):
                dslc_graph("input x: [4]\\noutput y = Dence(3)(x)\\n")

        def test_unused_value(dslc_graph):
            with pytest.raises(TypeError, match=r"no \\$n"):
                dslc_graph("input x: [4]\\noutput y = Dense(3)(x)\\n", n=3)
        """
    )
    project(ini="[pytest]\n", a=GOOD).assert_outcomes(passed=4)


def test_the_plugin_imports_nothing_of_the_compiler_at_start():
    code = (
        "import sys, dsl.testing.plugin;"
        "print([m for m in ('lark', 'jinja2', 'keras', 'dsl.compiler') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True
    )
    assert ran.stdout == b"[]\n"


@pytest.mark.keras
def test_a_graph_is_built_and_compared_with_what_was_announced(project, keras):
    project("--dslc-build", a=GOOD).assert_outcomes(passed=1)


@pytest.mark.keras
def test_a_built_model_that_differs_fails_with_each_difference(project, keras, monkeypatch):
    from dsl import build

    def other(_):
        x = keras.Input((4,), name="x")
        return keras.Model([x], [keras.layers.Dense(5, name="y", dtype="float16")(x)])

    monkeypatch.setattr(build.Script, "model", other)
    ran = project("--dslc-build", a=GOOD)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "a.graph: the built model differs",
            "output y: dtype float32 announced, float16 built",
            "output y: shape [[]3[]] announced, (None, 5) built",
            "y: 15 parameters announced, 25 built",
        ]
    )


@pytest.mark.keras
def test_what_keras_refuses_is_shown_at_its_place(project, keras, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("no such thing")

    monkeypatch.setattr(keras.layers.Dense, "build", refuse)
    ran = project("--dslc-build", a=GOOD)
    ran.stdout.fnmatch_lines(["error[[]build-failed[]]*no such thing*", "*--> a.graph:2:*"])
