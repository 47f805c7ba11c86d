"""What the kernel answers while a `%%graph` cell is typed."""

import json
from types import SimpleNamespace

import pytest

from magics import squiggles

RIGHT = "%%graph small\ninput x: [8]\noutput y = Dense(3)(x)\n"


def marks(text, **names):
    found = squiggles.answer({"id": 7, "source": text}, names)
    assert found["id"] == 7
    assert json.loads(json.dumps(found)) == found
    return found["marks"]


def places(text, **names):
    """What is underlined, as the page would cut it out of the cell, with the severity."""
    found = []
    for one in marks(text, **names):
        assert one["line"] == one["end_line"]
        line = text.split("\n")[one["line"] - 1].encode("utf-16-le")
        stretch = line[2 * one["column"] : 2 * one["end_column"]].decode("utf-16-le")
        found.append((one["severity"], stretch))
    return found


def test_nothing_is_said_of_a_right_cell():
    assert marks(RIGHT) == []
    assert marks("\n\n" + RIGHT) == []


def test_an_error_has_place_words_and_help():
    (found,) = marks(RIGHT.replace("Dense", "Dence"))
    assert found == {
        "line": 3,
        "column": 11,
        "end_line": 3,
        "end_column": 16,
        "severity": "error",
        "message": "no layer or block is called `Dence`",
        "help": "did you mean `Dense`?",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%%graph\ninput x: [8]\noutput y = add(['🐍', Dence(3)(x)])", ("error", "'🐍'")),
        ("%%graph\ninput x: [8] # 🐍\noutput y = add('🐍', b)(x)", ("error", "b")),
        ("%%graph\ninput x: [8]\noutput y = Dense(3)(x) +", ("error", "+")),
        ("%%graph --check", ("error", "%%graph --check")),
        (
            "%%graph\ninput x: [8]\nz = Dense(2)(x)\noutput y = Dense(3)(x)",
            ("warning", "Dense(2)(x)"),
        ),
        ("%%graph\ninput x: [8]\noutput y = Dense($n)(x)", ("error", "$n")),
    ],
)
def test_what_is_wrong_is_underlined(text, found):
    assert places(text)[0] == found


def test_the_notebooks_variables_are_read():
    text = "%%graph\ninput x: [8]\noutput y = Dense($n)(x)"
    assert marks(text, n=4) == []
    assert places(text, n=-4) == [("error", "$n")]


def test_an_error_in_another_file_is_marked_where_the_cell_leads_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts.graph").write_text("block U(n)(x):\n    return Dence(n)(x)\n")
    text = '%%graph\nfrom "parts.graph" import U\ninput x: [8]\noutput y = U(3)(x)'
    assert places(text) == [("error", "U(3)(x)")]
    assert marks(text)[0]["message"].endswith("(parts.graph, line 2)")


def test_a_long_cell_is_not_checked_and_that_is_said():
    text = RIGHT.replace("Dense", "Dence") + "#" * squiggles.LONGEST
    (found,) = marks(text)
    assert (found["line"], found["severity"]) == (1, "warning")
    assert "10,000" in found["message"]


def test_marks_are_few_enough_to_read():
    wrong = "\n".join(f"output y{n} = Dence{n}(3)(x)" for n in range(150))
    assert len(marks(f"%%graph\ninput x: [8]\n{wrong}")) == squiggles.MOST_MARKS


def test_a_failure_is_told_in_the_cell(monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("broken")

    monkeypatch.setattr("dsl.compiler.check", fail)
    (found,) = marks(RIGHT)
    assert found["line"] == 1
    assert "RuntimeError: broken" in found["message"]


def test_keras_is_not_imported(notebook):
    code = (
        "import sys; from magics import squiggles; "
        f"squiggles.answer({{'id': 1, 'source': {RIGHT!r}}}, {{}}); "
        "sys.exit('keras' in sys.modules or 'IPython' in sys.modules)"
    )
    import subprocess
    import sys
    from pathlib import Path

    root = Path(squiggles.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 0


@pytest.fixture
def kernel(notebook, monkeypatch):
    """A shell with a kernel around it, as far as comms go; `ask` sends what a page would send."""
    from comm.base_comm import BaseComm, CommManager

    class Comm(BaseComm):
        sent = ()

        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            self.sent = (*self.sent, (msg_type, data))

    manager = CommManager()
    monkeypatch.setattr("comm.get_comm_manager", lambda: manager)

    def opened():
        comm = Comm(target_name=squiggles.TARGET, primary=False)
        manager.register_comm(comm)
        manager.targets[squiggles.TARGET](comm, {})
        return comm

    def ask(comm, source):
        comm.handle_msg({"content": {"data": {"id": 1, "source": source}}})
        return comm.sent[-1]

    notebook.shell.kernel = SimpleNamespace(comm_manager=manager)
    squiggles.install(notebook.shell)
    yield SimpleNamespace(manager=manager, opened=opened, ask=ask, shell=notebook.shell)
    del notebook.shell.kernel


def test_a_page_asks_over_a_comm(kernel):
    kernel.shell.push({"n": 4})
    comm = kernel.opened()
    assert kernel.ask(comm, RIGHT.replace("3", "$n")) == ("comm_msg", {"id": 1, "marks": []})
    _, answer = kernel.ask(comm, RIGHT.replace("3", "$m"))
    assert "$m" in answer["marks"][0]["message"]


def test_unloading_closes_what_is_open(kernel):
    comm = kernel.opened()
    squiggles.remove(kernel.shell)
    assert comm.sent[-1][0] == "comm_close"
    assert squiggles.TARGET not in kernel.manager.targets
    squiggles.remove(kernel.shell)
