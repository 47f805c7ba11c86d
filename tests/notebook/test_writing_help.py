"""Completion and Shift-Tab in a `%%graph` cell."""

from types import SimpleNamespace

import pytest

from magics import completing

CELL = "%%graph small --epochs 3\ninput x: [8]\nunits = 3\n"


@pytest.fixture
def fits(notebook):
    """What the shell's completer offers at the `|` of a cell."""

    from IPython.core.completer import provisionalcompleter

    def run(cell, **names):
        notebook.shell.push(names)
        at = cell.index("|")
        with provisionalcompleter():
            found = list(notebook.shell.Completer.completions(cell.replace("|", "", 1), at))
        return [(cell[one.start : one.end], one.text) for one in found]

    return run


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("y = Den|", ("Den", "Dense")),
        ("y = Dense(8, activation=rel|", ("rel", "relu")),
        ("y = Dense($wid|", ("wid", "width")),
        ("output y = Dense(2)(x)\ntrain:\n    opt|", ("opt", "optimizer")),
    ],
)
def test_a_cell_is_completed(fits, written, first):
    assert fits(CELL + written, width=8)[0] == first


def test_options_and_the_variables_behind_them(fits):
    assert ("--ep", "--epochs") in fits("%%graph --ep|\ninput x: [3]\n")
    assert ("dig", "digits") in fits("%%graph --fit --data dig|\ninput x: [3]\n", digits={})


def test_where_nothing_fits_nobody_else_is_asked(fits):
    assert [word for _, word in fits(CELL + "y = Dense(8, activation=impor|")] in ([], ["impor"])


def test_other_cells_are_left_to_others(fits):
    assert ("impor", "import") in fits("impor|")
    assert not any(word == "Dense" for _, word in fits("Den|"))


def test_shift_tab_tells_signature_and_shapes(notebook):
    cell = "%%graph\ninput x: [8]\noutput y = Dense($n)(x)\n"
    notebook.shell.push({"n": 4})
    found = completing.told(cell, cell.index("ense("), notebook.shell)
    assert found["found"]
    assert "here: float32[8] -> float32[4], 36 params" in found["data"]["text/plain"]
    assert "<script" not in found["data"]["text/html"]
    assert not completing.told(cell, 3, notebook.shell)["found"]


def test_a_place_past_the_end_is_the_end(notebook):
    cell = "%%graph\ninput x: [8]\noutput y = Dense"
    assert completing.told(cell, len(cell) + 9, notebook.shell)["found"]


def test_a_kernel_answers_for_these_cells_alone_and_forgets_it(notebook):
    class Kernel:
        def do_inspect(self, code, cursor_pos, detail_level=0):
            return "theirs", code, cursor_pos, detail_level

    notebook.shell.kernel = SimpleNamespace()
    notebook.shell.kernel = kernel = Kernel()
    completing.install(notebook.shell)
    assert kernel.do_inspect("x = 1", 2, 1) == ("theirs", "x = 1", 2, 1)
    assert kernel.do_inspect("%%graph\ninput x: [3]\ny = Dense", 25)["found"]
    notebook.shell.run_line_magic("unload_ext", "magics")
    assert "do_inspect" not in vars(kernel)
    assert not list(notebook.shell.Completer.custom_matchers)
    del notebook.shell.kernel
