"""A notebook without a browser: cells are run in a shell of IPython."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Runs cells in a fresh shell: success, error, what was shown, standard output."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "magics")

    def run(cell, **names):
        shell.push(names)
        with capture_output() as shown:
            result = shell.run_cell(cell)
        return SimpleNamespace(
            ok=result.success,
            error=result.error_in_exec,
            shown=[one.data for one in shown.outputs],
            words="".join(one.data.get("text/plain", "") for one in shown.outputs),
            out=shown.stdout,
            names=shell.user_ns,
        )

    run.shell = shell
    yield run
    InteractiveShell.clear_instance()
