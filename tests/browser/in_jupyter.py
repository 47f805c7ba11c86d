"""A notebook in real JupyterLab and Notebook 7: `make browser`. Screenshots are left in build/browser.

It is no part of `make test`: it needs Chromium, and the `browser` extra beside the installed wheel.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser.server import FLAGS, PATHS, TOKEN, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHOTS = Path(__file__).resolve().parents[2] / "build" / "browser"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

GRAPH = """\
%%graph small --check
# a comment
input x: float32[8]
units = $width
h = x -> Dense(units, activation=relu) -> Dropout(0.5)
output y = Dense(3, "softmax")(h)"""
CELLS = ["%load_ext magics\nwidth = 16", GRAPH, "print('plain Python')"]
FILE = "block Unit(n)(x):\n    return x -> Dense(n, relu)\n"

READY = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const panel = app.shell.currentWidget;
  await panel.revealed;
  await panel.sessionContext.ready;
  for (let i = 0; i < 600 && panel.sessionContext.kernelDisplayStatus !== 'idle'; i++)
    await new Promise(done => setTimeout(done, 100));
  return panel.sessionContext.kernelDisplayStatus;
}"""
LISTEN = """() => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  window.asked = [];
  kernel.anyMessage.connect((_, { msg, direction }) => {
    if (direction === 'send' && msg.header.msg_type.startsWith('comm_')) window.asked.push(kernel.status);
  });
}"""
RESTART = """async () => {
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  await context.restartKernel();
  for (let i = 0; i < 300 && context.session.kernel.status !== 'idle'; i++)
    await new Promise(done => setTimeout(done, 100));
  return context.session.kernel.status;
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"


@pytest.fixture(params=[("lab", "Light"), ("lab", "Dark"), ("notebook", "Light")], ids="-".join)
def page(request, tmp_path):
    """A page with the notebook open and its kernel ready; what it says of errors is looked at afterwards."""
    import nbformat
    from playwright.sync_api import sync_playwright

    app, theme = request.param
    folder, home = tmp_path / "work", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    cells = [nbformat.v4.new_code_cell(one) for one in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(made, folder / "small.ipynb")
    (folder / "unit.graph").write_text(FILE)
    SHOTS.mkdir(parents=True, exist_ok=True)
    with served(app, folder, home, theme) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1200, "height": 900},
        )
        try:
            shown = browser.pages[0]
            shown.set_default_timeout(60_000)
            shown.app, shown.address, shown.shot = app, address, f"{app}-{theme.lower()}"
            shown.said = []
            shown.on("pageerror", lambda error: shown.said.append(str(error.stack)))
            shown.on("console", lambda said: shown.said.append(said.text))
            shown.goto(f"{address}/{PATHS[app]}/small.ipynb?token={TOKEN}")
            shown.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content")
            assert shown.evaluate(READY) == "idle"
            yield shown
            shoot(shown, "end")
        finally:
            browser.close()
    log = (home / "server.log").read_text()
    assert "Traceback" not in log, log


def cell(page, number):
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number)


def coloured(page, number):
    """Of each coloured word of a cell its class; words of one class have one colour."""
    words = cell(page, number).locator(".cm-line span").all()
    return {one.inner_text(): one.get_attribute("class") for one in words}


def shoot(page, what):
    page.screenshot(path=SHOTS / f"{page.shot}-{what}.png")


def write(page, number, text):
    """Type at the end of a cell."""
    cell(page, number).locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_a_graph_is_written_in_a_notebook(page):
    cell(page, 1).locator(".cm-line span", has_text="%%graph").wait_for()
    colours_hold(page)
    page.evaluate(RUN_ALL)
    cell(page, 1).locator(".jp-OutputArea table").wait_for()
    assert "y (Dense)" in cell(page, 1).locator("table").inner_text()
    assert page.locator(".dslc-mark").count() == 0
    squiggles_come_and_go(page)
    completion_answers(page)
    the_first_line_decides(page)
    files_have_colours(page)
    assert [one for one in page.said if "dslc" in one] == []


def colours_hold(page):
    found = coloured(page, 1)
    assert found["input"] == found["output"]
    assert found["Dense"] == found["Dropout"]
    assert "x" in found
    different = (
        "%%graph",
        "# a comment",
        "input",
        "float32",
        "$width",
        "Dense",
        "activation",
        "0.5",
    )
    kinds = {found[one] for one in (*different, '"softmax"')}
    assert len(kinds) == len(different) + 1, found
    wait_for_language(page, 2, "text/x-ipython")


def squiggles_come_and_go(page):
    write(page, 1, "\noutput z = Dence(3)(x)")
    mark = cell(page, 1).locator(".dslc-error")
    mark.wait_for()
    assert mark.inner_text() == "Dence"
    mark.hover()
    tip = page.locator(".dslc-tip")
    tip.wait_for()
    assert "no layer or block is called `Dence`" in tip.inner_text()
    assert "did you mean `Dense`?" in tip.inner_text()
    shoot(page, "squiggle")
    page.mouse.move(5, 5)
    tip.wait_for(state="detached")
    for _ in "Dence(3)(x)":
        page.keyboard.press("Backspace")
    page.keyboard.type("Dense(3)(x)")
    mark.wait_for(state="detached")
    write(page, 1, "\nunused = Dense(2)(x)")
    cell(page, 1).locator(".dslc-warning, .dslc-error").first.wait_for()
    shoot(page, "warning")


def completion_answers(page):
    write(page, 1, "\noutput w = Dense(4, activation=sof")
    page.keyboard.press("Tab")
    found = page.locator(".jp-Completer")
    found.wait_for()
    page.wait_for_timeout(500)
    assert "softmax" in found.inner_text()
    shoot(page, "completion")
    page.keyboard.press("Escape")


def the_first_line_decides(page):
    write(page, 2, "")
    page.keyboard.press("Control+Home")
    page.keyboard.type("%%graph\n")
    cell(page, 2).locator(".cm-line").nth(1).wait_for()
    wait_for_language(page, 2, "text/x-dslc-graph")
    page.keyboard.press("Backspace")
    for _ in "%%graph":
        page.keyboard.press("Backspace")
    wait_for_language(page, 2, "text/x-ipython")
    cell(page, 2).locator(".dslc-mark").first.wait_for(state="detached")


def wait_for_language(page, number, mime):
    page.wait_for_function(
        "([number, mime]) => window.jupyterapp.shell.currentWidget.content.widgets[number].model.mimeType === mime",
        arg=[number, mime],
    )


def files_have_colours(page):
    """A .graph file in the editor of files."""
    where = "lab/tree" if page.app == "lab" else "edit"
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.goto(f"{page.address}/{where}/unit.graph?token={TOKEN}")
    word = page.locator(".jp-FileEditor .cm-line span", has_text="block").first
    word.wait_for()
    assert word.inner_text() == "block"
    shoot(page, "file")


@pytest.mark.parametrize("page", [("lab", "Light")], indirect=True)
def test_a_kernel_is_asked_when_it_is_idle_and_has_the_magics(page):
    page.evaluate(RUN_ALL)
    page.evaluate(LISTEN)
    write(page, 2, "\nimport time; time.sleep(3); width = -1")
    page.keyboard.press("Control+Enter")
    cell(page, 2).locator(".jp-InputPrompt", has_text="[*]").wait_for()
    write(page, 1, "\noutput z = Dence(3)(x)")
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.asked") == []
    cell(page, 1).locator(".dslc-error", has_text="Dence").wait_for()
    cell(page, 1).locator(".dslc-error", has_text="units").wait_for()
    assert set(page.evaluate("window.asked")) == {"idle"}
    asked = len(page.evaluate("window.asked"))
    assert page.evaluate(RESTART) == "idle"
    write(page, 1, " # restarted")
    page.wait_for_timeout(1_500)
    write(page, 1, ", twice")
    page.wait_for_timeout(1_500)
    assert len(page.evaluate("window.asked")) <= asked + 2, "what opens the comm, and one cell"
    assert "No such comm" not in page.locator(".jp-Notebook").inner_text()
    cell(page, 0).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("asked => window.asked.length > asked + 2", arg=asked)
    cell(page, 1).locator(".dslc-error", has_text="units").wait_for(state="detached")
    cell(page, 1).locator(".dslc-error", has_text="Dence").wait_for()
