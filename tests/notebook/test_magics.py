import sys
from importlib import metadata

import pytest

IPython = pytest.importorskip("IPython")

GOOD = "input x: [4]\noutput y = Dense(3)(x)\n"
WRONG = "input x: [4]\noutput y = Dence(3)(x)\n"
TRAINS = GOOD + "train:\n    loss = mse\n    epochs = 2\n    batch_size = 4\n"


def test_a_cell_is_checked_and_its_summary_shown(notebook):
    ran = notebook(f"%%graph --check\n{GOOD}")
    assert ran.ok
    (summary,) = ran.shown
    assert "y (Dense)" in summary["text/plain"]
    assert "<td" in summary["text/html"]
    assert "model" not in ran.names


def test_checking_a_cell_imports_no_framework(notebook, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    assert notebook(f"%%graph --check\n{GOOD}").ok


def test_a_keras_that_is_too_old_is_not_imported(notebook, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: {"keras": "3.13.0"}[name])
    monkeypatch.setitem(sys.modules, "keras", None)
    ran = notebook("%%graph\ninput x: [4, 3]\noutput y = nanmean(x, axis=1)\n")
    assert [one.code.id for one in ran.error.diagnostics] == ["newer-keras"]


def test_quiet_shows_nothing(notebook):
    assert notebook(f"%%graph --check --quiet\n{GOOD}").shown == []


def test_an_error_stops_the_cell_with_its_line_as_the_notebook_counts(notebook):
    ran = notebook(f"%%graph --check\n{WRONG}")
    assert type(ran.error).__name__ == "GraphError"
    assert "cell:3:12" in str(ran.error)
    assert "^^^^^" in ran.out
    assert "Traceback" not in ran.out
    assert "magics/cell.py" not in ran.out


def test_warnings_are_shown_and_do_not_stop(notebook):
    graph = "input x: [4]\nspare = Dense(2)(x)\noutput y = Dense(3)(x)\n"
    ran = notebook(f"%%graph --check --quiet\n{graph}")
    assert ran.ok
    (warning,) = ran.shown
    assert "warning[" in warning["text/plain"]
    assert "Dense(2)(x)" in warning["text/html"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%%graph --frobnicate", "unrecognized arguments: --frobnicate"),
        ("%%graph --epochs none", "none is no positive number"),
        ("%%graph a b", "unrecognized arguments: b"),
        ("%%graph 2x", "2x is no name for the model"),
        ("%%graph 'open", "no closing quotation"),
    ],
)
def test_a_wrong_option_stops_the_cell_in_one_line(notebook, line, words):
    ran = notebook(f"{line}\n{GOOD}")
    assert type(ran.error).__name__ == "GraphError"
    assert words in str(ran.error)
    assert ran.out.count("\n") == 1


def test_a_file_is_a_graph_too(notebook, tmp_path):
    (tmp_path / "m.graph").write_text(GOOD)
    assert "model m" in notebook("%graph m.graph --check").words
    assert "there is no such file" in str(notebook("%graph n.graph --check").error)


def test_help_is_answered_and_nothing_else_done(notebook):
    for line in ("%graph --help", f"%%graph --help\n{GOOD}"):
        ran = notebook(line)
        assert ran.ok
        assert "--batch-size" in ran.out
        assert ran.shown == []


def test_the_magic_has_its_options_for_documentation(notebook):
    magic = notebook.shell.find_magic("graph", "cell")
    assert "--batch-size" in magic.__doc__


def test_outside_values_are_the_notebooks_variables(notebook):
    np = pytest.importorskip("numpy")
    cell = "%%graph --check\ninput x: [4]\noutput y = Dense($units)(x)\n"
    assert "[7]" in notebook(cell, units=7).words
    assert "[8]" in notebook(cell, units=np.int64(8)).words


def test_text_of_the_cell_is_not_expanded(notebook):
    ran = notebook("%%graph --check\n# {1 + 1} $HOME\n" + GOOD)
    assert ran.ok


def test_the_python_is_shown_and_written(notebook, tmp_path):
    ran = notebook(f"%%graph --check --quiet --python -o m.py\n{GOOD}")
    assert "def build_model" in ran.words
    assert (tmp_path / "m.py").read_text() in ran.words + "\n"


def test_errors_write_no_file(notebook, tmp_path):
    assert not notebook(f"%%graph --check -o m.py\n{WRONG}").ok
    assert not (tmp_path / "m.py").exists()


def test_a_cell_is_laid_out_anew(notebook, monkeypatch):
    asked = []
    monkeypatch.setattr(
        notebook.shell, "set_next_input", lambda text, replace=False: asked.append((text, replace))
    )
    notebook("%%graph_fmt digits --check\ninput x :[4]\noutput y=Dense( 3 )( x ) # why\n")
    text = "%%graph digits --check\ninput x: [4]\noutput y = Dense(3)(x)  # why"
    assert asked == [(text, True)]


def test_a_cell_that_cannot_be_read_is_not_laid_out(notebook):
    ran = notebook("%%graph_fmt\nx = (1\n")
    assert type(ran.error).__name__ == "GraphError"
    assert "cell:2:5" in str(ran.error)


def test_unloading_takes_the_magics_away(notebook):
    notebook("%unload_ext magics")
    assert notebook.shell.find_magic("graph", "cell") is None
    assert notebook.shell.find_magic("graph", "line") is None
    notebook("%load_ext magics")
    assert notebook.shell.find_magic("graph", "cell") is not None


def test_what_is_written_to_descriptor_2_is_said_only_on_failure(capfd):
    import os

    from magics.keras_import import quiet_stderr

    with quiet_stderr():
        os.write(2, b"noise")
    assert capfd.readouterr().err == ""

    def fail():
        os.write(2, b"reason")
        raise ImportError

    with pytest.raises(ImportError), quiet_stderr():
        fail()
    assert capfd.readouterr().err == "reason"


def test_without_keras_building_says_what_to_install(notebook, monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_NoKeras(), *sys.meta_path])
    ran = notebook(f"%%graph --quiet\n{GOOD}")
    assert "pip install dslc[train]" in str(ran.error)


class _NoKeras:
    def find_spec(self, name, path=None, target=None):
        if name == "keras":
            raise ModuleNotFoundError("No module named 'keras'", name="keras")


@pytest.mark.keras
def test_a_cell_builds_a_compiled_model_under_its_name(notebook):
    ran = notebook(f"%%graph net --quiet\n{TRAINS}")
    assert ran.ok
    assert ran.names["net"].output_shape == (None, 3)
    assert ran.names["net"].compiled


@pytest.mark.keras
def test_the_magic_trains_on_the_notebooks_arrays(notebook):
    import numpy as np

    arrays = {"x": np.ones((8, 4)), "y": np.zeros((8, 3))}
    ran = notebook(f"%%graph --quiet --fit\n{TRAINS}", **arrays)
    assert ran.ok, ran.error
    assert len(ran.names["history"].history["loss"]) == 2


@pytest.mark.keras
@pytest.mark.parametrize("form", ["dict", "tuple", "file", "path"])
def test_the_magic_trains_on_data_of_every_form(notebook, tmp_path, form):
    import numpy as np

    x, y = np.ones((8, 4)), np.zeros((8, 3))
    np.savez(tmp_path / "d.npz", x=x, y=y)
    data = {"dict": {"x": x, "y": y}, "tuple": (x, [y]), "path": "d.npz", "file": None}[form]
    name = "d.npz" if form == "file" else "data"
    line = f"%%graph --quiet --fit --epochs 1 --batch-size 8 --data {name}"
    ran = notebook(f"{line}\n{TRAINS}", data=data)
    assert ran.ok, ran.error
    assert len(ran.names["history"].history["loss"]) == 1


@pytest.mark.keras
def test_data_that_does_not_fit_is_named_before_training(notebook):
    import numpy as np

    def said(**arrays):
        return str(notebook(f"%%graph --quiet --fit --data data\n{TRAINS}", data=arrays).error)

    good, y = np.ones((8, 4)), np.zeros((8, 3))
    assert said(x=good) == "data: holds ['x'], cell expects ['x', 'y']"
    assert "array 'x' has shape (8, 5), cell:2 expects" in said(x=np.ones((8, 5)), y=y)
    assert "{'x': 8, 'y': 7}" in said(x=good, y=y[:7])
    assert "has nan in row 2 (1 rows" in said(
        x=np.array([[0.0] * 4] * 2 + [[np.nan] * 4] * 6)[:3], y=y[:3]
    )
    assert "history" not in notebook.shell.user_ns
    cell = f"%%graph --quiet --fit --data nothing\n{TRAINS}"
    assert "no such variable or file" in str(notebook(cell).error)


@pytest.mark.keras
def test_a_graph_that_does_not_train_cannot_be_fitted(notebook):
    ran = notebook(f"%%graph --quiet --fit\n{GOOD}")
    assert "no `train:`" in str(ran.error)


@pytest.mark.keras
def test_an_interrupt_keeps_the_model_and_the_partial_history(notebook, monkeypatch):
    import keras
    import numpy as np

    epochs = []

    def interrupt(self, epoch, logs=None):
        epochs.append(epoch)
        if len(epochs) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.CallbackList, "on_epoch_begin", interrupt)
    arrays = {"x": np.ones((8, 4)), "y": np.zeros((8, 3))}
    ran = notebook(f"%%graph --quiet --fit\n{TRAINS}", **arrays)
    assert "interrupted after 1 whole epochs" in str(ran.error)
    assert len(ran.names["history"].history["loss"]) == 1
    assert ran.names["model"].built


@pytest.mark.keras
def test_what_keras_refuses_is_shown_at_its_place_in_the_cell(notebook, monkeypatch):
    import keras

    def refuse(*_, **__):
        raise ValueError("no such thing")

    monkeypatch.setattr(keras.layers.Dense, "build", refuse)
    ran = notebook(f"%%graph --quiet\n{GOOD}")
    assert "cell:3:" in str(ran.error)
    assert "no such thing" in str(ran.error)
    assert "Traceback" not in ran.out


class Column:
    """A column of a table: it gives an array of objects where something is missing."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        import numpy as np

        found = np.empty(len(self.values), object)
        found[:] = self.values
        return found


NOTHING = type("NAType", (), {})()
COLUMN = "input x: [1]\noutput y = Dense(1)(x)\ntrain:\n    loss = mse\n    epochs = 1\n"


@pytest.mark.keras
def test_lists_and_columns_of_objects_are_arrays(notebook):
    for x in ([1, 2.5, 3], Column([1, 2.5, True])):
        ran = notebook(f"%%graph --quiet --fit\n{COLUMN}", x=x, y=[1, 0, 1])
        assert ran.ok, ran.error


@pytest.mark.keras
@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([[1], [2, 3], [4]], "array 'x' is none: its rows have different shapes"),
        (Column([1, NOTHING, 3]), "array 'x' has nan in row 1 (1 rows are wrong)"),
        (Column([1, 2, None]), "array 'x' has nan in row 2 (1 rows are wrong)"),
        (Column([1, {}, 3]), "array 'x' holds things that are no numbers: a dict in row 1"),
        (Column(["a", "b", "c"]), "array 'x' has 3 values of <U1, cell:2 expects inputs of float32"),
        (Column([1, "b", 3]), "array 'x' holds things that are no numbers: a str in row 1"),
        (None, "array 'x' holds things that are no numbers"),
    ],
)  # fmt: skip
def test_what_is_no_array_of_numbers_is_named(notebook, x, words):
    ran = notebook(f"%%graph --quiet --fit\n{COLUMN}", x=x, y=[1, 0, 1])
    assert words in str(ran.error) or (x is None and "has nan" not in words and not ran.ok)


@pytest.mark.keras
def test_sparse_matrices_and_datasets_are_told_from_arrays(notebook):
    import tensorflow as tf
    from scipy.sparse import csr_matrix

    ran = notebook(f"%%graph --quiet --fit\n{COLUMN}", x=csr_matrix([[1], [2]]), y=[1, 0])
    assert "array 'x' is a sparse matrix" in str(ran.error)
    rows = tf.data.Dataset.from_tensor_slices([1, 2])
    ran = notebook(f"%%graph --quiet --fit\n{COLUMN}", x=rows, y=[1, 0])
    assert "array 'x' is a dataset" in str(ran.error)


@pytest.fixture
def failing(monkeypatch):
    """Dropout fails while the model is trained."""
    import keras

    def fail(self, inputs, training=False):
        if training:
            raise ValueError("no such thing")
        return inputs

    monkeypatch.setattr(keras.layers.Dropout, "call", fail)


DROPS = "input x: [4]\nh = x -> Dense(3)\n    -> Dropout(0.5)\noutput y = Dense(3)(h)\n" + TRAINS.partition("(x)\n")[2]  # fmt: skip


@pytest.mark.keras
def test_an_error_of_training_is_shown_at_its_layer_and_stops_the_cell(notebook, failing):
    import numpy as np

    arrays = {"x": np.ones((8, 4)), "y": np.zeros((8, 3))}
    ran = notebook(f"%%graph --quiet --fit\n{DROPS}", **arrays)
    assert [one.code.id for one in ran.error.diagnostics] == ["training-failed"]
    assert "cell:4:8" in ran.out
    assert "no such thing" in ran.out
    assert "-> Dropout(0.5)" in ran.out
    assert "Traceback" not in ran.out
    assert "--traceback shows all of it" in ran.out
    assert ran.names["model"].built


@pytest.mark.keras
def test_the_whole_traceback_is_an_option_away(notebook, failing):
    import numpy as np

    arrays = {"x": np.ones((8, 4)), "y": np.zeros((8, 3))}
    ran = notebook(f"%%graph --quiet --fit --traceback\n{DROPS}", **arrays)
    assert isinstance(ran.error, ValueError)
    assert "Traceback" in ran.out
    assert "train:" in ran.out
    assert "traceback_utils.py" in ran.out
