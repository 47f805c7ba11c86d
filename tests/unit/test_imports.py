"""Import lines in the order that ruff has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.emit.imports import import_sections

RUFF = Path(sys.executable).with_name("ruff")
MODULES = st.sampled_from(
    ["keras", "numpy", "my_code", "my_code.parts", "Zoo", "json", "os.path", "a2", "a10", "B"]
)
NAMES = st.sampled_from(["b2", "b10", "layers", "Layer", "LAYER", "x", "X", "_p", "A_B"])
MEMBERS = st.tuples(NAMES, st.sampled_from(["", "", " as other"])).map("".join)
LINES = st.one_of(
    MODULES.map("import {}".format),
    MODULES.map("import {} as short".format),
    st.builds(
        "from {} import {}".format,
        MODULES,
        st.lists(MEMBERS, min_size=1, unique=True).map(", ".join),
    ),
)


def test_sections_have_the_standard_library_first() -> None:
    lines = ["from keras import ops, layers", "import keras", "import os", "from keras import ops"]
    assert import_sections(lines) == (
        ["import os"],
        ["import keras", "from keras import layers, ops"],
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(LINES, min_size=1, max_size=12))
def test_ruff_finds_them_sorted_and_formatted(lines: list[str]) -> None:
    sections = ["\n".join(section) for section in import_sections(lines) if section]
    text = "\n\n".join(sections) + "\n"
    for command in (["check", "--select=I"], ["format", "--diff"]):
        options = [RUFF, *command, "--isolated", "--stdin-filename=x.py", "-"]
        done = subprocess.run(options, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, text + done.stdout
