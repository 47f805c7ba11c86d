"""An error of Keras in a script names the line of the graph, as long as it is known."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import dsl
from dsl.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

pytestmark = pytest.mark.keras

LAYERS = '''\
import keras


class Fails(keras.layers.Layer):
    def build(self, shape):
        raise ValueError("no such \x1b[1mthing\x1b[0m")

    def compute_output_shape(self, shape):
        return shape


class FailsLater(keras.layers.Layer):
    """Gives what it is said to while the model is built, and not in a run."""

    def call(self, x):
        return keras.ops.reshape(x, (-1, 7))[:, :4]

    def compute_output_spec(self, x):
        return keras.KerasTensor((x.shape[0], 4), x.dtype)
'''
IMPORT = "from layers_of_this_test import Fails, FailsLater\n"
LIBRARY = "from layers_of_this_test import Fails\nblock There()(x):\n    return Fails()(x)\n"
TRAIN = "train:\n    optimizer = sgd\n    loss = mse\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "layers_of_this_test.py").write_text(LAYERS)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "lib.graph").write_text(LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "layers_of_this_test", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    (folder / "m.graph").write_text(text)
    script = folder / "m.py"
    script.write_text(dsl.compile(folder / "m.graph"))
    return script


def loaded(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("script_of_this_test", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(module: ModuleType, capsys: pytest.CaptureFixture[str], *arguments: Any) -> list[str]:
    """What is said where the model is built, or fitted to data, and fails."""
    try:
        model = module.build_model()
        module.train(module.compile_model(model), arguments, None, 1, 6)
    except Exception:  # noqa: BLE001 -- it is what `told` is for
        module.told(*sys.exc_info())
    return capsys.readouterr().err.splitlines()


PLACES = {
    "a chain": ("h = x\n    -> Dense(4)\n    # here\n    -> Fails()\n    -> Dense(4)\n", "m.graph:6"),
    "a loop": ("h = x\nfor n in [4, 4]:\n    h = Dense(n)(h)\n    h = h -> Fails()\n", "m.graph:6"),
    "a list": ("h = average([\n    Dense(4, kernel_initializer=he_normal, bias_initializer=zeros)(x),\n    Fails()(x),\n])\n", "m.graph:3"),
    "a long statement": ('h = x -> Dense(4) -> Fails(name="a_layer_with_a_name_that_fills_its_line_up_to_the_end")\n', "m.graph:3"),
    "a block": ("block B()(x):\n    y = Dense(4)(x)\n    return Fails()(y)\nh = x -> B -> Dense(4)\n", "m.graph:5"),
    "a nested model": ("model M()(x: [4]):\n    y: [4] = Fails()(x)\n    return y\nh = M()(x)\n", "m.graph:4"),
    "another file": ('from "parts/lib.graph" import There\nh = x -> Dense(4) -> There\n', "parts/lib.graph:3"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_an_error_of_building_names_its_line_and_that_of_the_script(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body, place = PLACES[name]
    script = written(folder, f"{IMPORT}input x: [4]\n{body}output y = Dense(1)(h)\n")
    first, second = told(loaded(script), capsys)
    assert first == f"{place}: ValueError: no such thing"
    assert second.startswith(f"  {script}:")
    assert "Fails(" in second


def test_lines_that_are_moved_keep_theirs_and_lines_that_are_added_have_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = written(
        folder, f"{IMPORT}input x: [4]\nh = Dense(4)(x)\noutput y = h -> Fails() -> Dense(1)\n"
    )
    text = script.read_text()
    moved = text.replace("    h = ", "    # a note\n    x = x\n    h = ", 1)
    script.write_text(moved)
    assert told(loaded(script), capsys)[0].startswith("m.graph:4: ValueError")
    script.write_text(moved.replace("x = x\n", "x = Fails()(\n        x\n    )\n"))
    first, second = told(loaded(script), capsys)
    assert first == "ValueError: no such thing"
    assert "x = Fails()(" in second


def test_an_error_of_training_names_the_layer_that_tensorflow_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    script = written(
        folder, f"{IMPORT}input x: [4]\nh = FailsLater()(x)\noutput y = Dense(1)(h)\n{TRAIN}"
    )
    lines = told(loaded(script), capsys, np.ones((16, 4)), np.ones(16))
    assert lines[0].startswith("m.graph:3: InvalidArgumentError: Detected at node ")
    assert lines[2].startswith("Input to reshape is a tensor with 24 values")
    assert lines[3].startswith(f"  {script}:")
    assert "FailsLater(" in lines[3]
    assert len(lines) == 4


POOLS = """
block Half()(x):
    return x -> MaxPooling1D(3) -> MaxPooling1D(2)
model Inner()(a: [?, 4]):
    return a -> Half -> MaxPooling1D(2)
input x: [?, 4]
output y = x -> MaxPooling1D(2) -> Inner() -> GlobalMaxPooling1D -> Dense(1)
train:
    loss = mse
"""


@pytest.mark.parametrize(
    ("steps", "line", "place"), [(1, 7, (7, 17)), (2, 7, (3, 17)), (6, 3, (3, 36)), (12, 7, (5, 25))]
)  # fmt: skip
def test_of_layers_of_one_kind_the_one_that_fails_is_named(
    steps: int, line: int, place: tuple[int, int], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    from dsl.build import Script

    # Where two functions have a layer of one name, a script knows the model that they stand in.
    arrays = (np.ones((8, steps, 4)), np.ones(8))
    lines = told(loaded(written(folder, POOLS)), capsys, *arrays)
    assert lines[0].startswith(f"m.graph:{line}: ValueError")
    script = Script(dsl.check(POOLS))
    with pytest.raises(dsl.CompileError) as caught:
        script.train(script.model(), arrays)
    (found,) = caught.value.diagnostics
    assert found.span.source.position(found.span.start) == place


def test_a_script_ends_with_1_and_two_lines_or_all(folder: Path) -> None:
    import numpy as np

    script = written(folder, f"{IMPORT}input x: [4]\noutput y = x -> Fails() -> Dense(1)\n{TRAIN}")
    np.savez(folder / "d.npz", x=np.ones((4, 4)), y=np.ones(4))
    command = [sys.executable, "m.py", "--data=d.npz"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    first, second = done.stderr.splitlines()[-2:]
    assert done.returncode == 1
    assert first == "m.graph:3: ValueError: no such thing"
    assert second.startswith(f"  {script}:")
    command.append("--traceback")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # TensorFlow's
def test_an_interrupt_keeps_what_is_trained(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras
    import numpy as np

    def interrupt(self: Any, epoch: int, logs: Any = None) -> None:
        if epoch:
            raise KeyboardInterrupt

    module = loaded(written(folder, f"input x: [4]\noutput y = Dense(1)(x)\n{TRAIN}"))
    np.savez(folder / "d.npz", x=np.ones((4, 4)), y=np.ones(4))
    monkeypatch.setattr(keras.callbacks.CallbackList, "on_epoch_begin", interrupt)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    options = ["--data=d.npz", "--epochs=3", "--save=m.keras", "--history=h.json"]
    monkeypatch.setattr(sys, "argv", ["m.py", *options])
    module.main()
    assert "interrupted: what is trained so far is kept" in capsys.readouterr().err
    assert (folder / "m.keras").exists()
    assert (folder / "h.json").read_text().count(".") == 1


@pytest.mark.parametrize(("name", "place"), [("Fails", "build-failed"), ("FailsLater", "training-failed")])  # fmt: skip
def test_dslc_train_shows_the_very_expression(
    name: str, place: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    import numpy as np

    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.setattr("sys.argv", ["pytest"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    np.savez(folder / "d.npz", x=np.ones((16, 4)), y=np.ones(16))
    text = f"{IMPORT}block B()(x):\n    y: [4] = {name}()(x)\n    return y\ninput x: [4]\noutput y = x -> B -> Dense(1)\n{TRAIN}"
    (folder / "m.graph").write_text(text)
    assert main(["train", "m.graph", "--data", "d.npz"]) == 1
    said = capfd.readouterr().err
    assert f"error[{place}]" in said
    assert "m.graph:3:14" in said
    assert "Traceback" not in said
    with pytest.raises(Exception, match=r"no such|Input to reshape"):
        main(["train", "m.graph", "--data", "d.npz", "--traceback"])
