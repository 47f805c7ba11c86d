"""The emitted script, run: it trains, saves, and refuses data it can't train on in one line."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dsl.emit import plan
from dsl.emit.literals import literal
from dsl.emit.text import render
from dsl.records import replace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.keras

R = plan.Raw


def call(func: str, *args: Any, **named: Any) -> plan.Call:
    given = [literal(a) if isinstance(a, int | str | tuple) else a for a in args]
    return plan.Call(R(func), (*given, *(plan.Keyword(k, literal(v)) for k, v in named.items())))


def layer(name: str, config: plan.Call, *tensors: plan.Expr) -> plan.Assign:
    return plan.Assign(R(name), plan.Call(config, tensors))


def listed(*names: str) -> plan.Sequence:
    return plan.Sequence("list", tuple(map(R, names)))


BUILD = plan.Def(
    "build_model",
    (),
    (),
    "Two inputs, two outputs.",
    (
        plan.Assign(R("image"), call("keras.Input", (4,), name="image")),
        plan.Assign(R("words"), call("keras.Input", (None,), name="words", dtype="int32")),
        layer("h", call("layers.Embedding", 9, 4, name="embedding"), R("words")),
        layer("h", call("layers.GlobalAveragePooling1D", name="pool"), R("h")),
        layer("h", call("layers.Add", name="add_both"), listed("h", "image")),
        layer("kind", call("layers.Dense", 3, activation="softmax", name="kind"), R("h")),
        layer("size", call("layers.Dense", 1, name="size"), R("h")),
        plan.Return(
            plan.Call(R("keras.Model"), (listed("image", "words"), listed("kind", "size")))
        ),
    ),
    returns="keras.Model",
)
LOSS = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
TRAINING = plan.TrainingPlan(
    (plan.Keyword("optimizer", literal("adam")), plan.Keyword("loss", literal(LOSS))),
    (),
    R("2"),
    R("8"),
    "",
)
MODULE = plan.Module(
    name="pair",
    source_name="pair.graph",
    source_hash="0123456789ab",
    version="0.1.0",
    doc=("A picture and words.",),
    imports=(),
    uses=("layers",),
    constants=(),
    functions=(),
    build=BUILD,
    inputs=(
        plan.DataSpec("image", "inputs of float32", "float32", (4,), line=1),
        plan.DataSpec("words", "indices from 0 to 8", "int32", (None,), 0, 8, line=2),
    ),
    outputs=(
        plan.DataSpec("kind", "class numbers from 0 to 2", "int32", (1,), 0, 2, line=5),
        plan.DataSpec("size", "targets", "float32", (1,), line=6),
    ),
    training=TRAINING,
)


def arrays(**changes: Any) -> dict[str, Any]:
    import numpy as np

    random = np.random.default_rng(0)
    made = {
        "image": random.normal(size=(16, 4)).astype("float32"),
        "words": random.integers(0, 9, (16, 5)),
        "kind": random.integers(0, 3, 16),
        "size": random.normal(size=16),
    } | changes
    return {name: array for name, array in made.items() if array is not None}


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "script.py", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(render(MODULE), encoding="utf-8")
    return tmp_path


def test_a_script_trains_validates_saves_and_repeats_itself(script: Path) -> None:
    import numpy as np

    np.savez(script / "train.npz", **arrays())
    done = run(
        script,
        "--data=train.npz",
        "--validation=train.npz",
        "--seed=3",
        "--save=m.keras",
        "--history=h.json",
        "--summary",
    )
    assert done.returncode == 0, done.stderr
    assert "Epoch 2/2" in done.stdout
    assert "Total params" in done.stdout
    assert sorted(one.name for one in script.iterdir()) == [
        "h.json",
        "m.keras",
        "script.py",
        "train.npz",
    ]
    history = json.loads((script / "h.json").read_text())
    assert len(history["val_kind_loss"]) == 2
    again = run(
        script, "--data=train.npz", "--validation=train.npz", "--seed=3", "--history=again.json"
    )
    assert again.returncode == 0, again.stderr
    assert json.loads((script / "again.json").read_text()) == history


def test_a_refused_script_ends_with_code_2_and_one_line(script: Path) -> None:
    import numpy as np

    np.savez(script / "train.npz", **arrays(kind=None, sort=np.zeros(16, int)))
    done = run(script, "--data=train.npz")
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        last
        == "script.py: train.npz: holds ['image', 'words', 'size', 'sort'], pair.graph expects ['image', 'words', 'kind', 'size']"
    )


def loaded(module: plan.Module = MODULE) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(render(module), "script.py", "exec"), space)  # noqa: S102
    return space


def refusal(space: dict[str, Any], path: Path) -> str:
    with pytest.raises(ValueError) as caught:
        space["load_data"](str(path))
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.fixture(scope="module")
def space() -> dict[str, Any]:
    return loaded()


def test_a_file_of_other_arrays_is_refused(space: dict[str, Any], tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "d.npz", **arrays(size=None))
    words = refusal(space, tmp_path / "d.npz")
    assert words.startswith("holds ['image', 'words', 'kind'], pair.graph expects ['image', ")


@pytest.mark.parametrize("content", [None, b"", b"no arrays", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_npz_is_refused(
    content: bytes | None, space: dict[str, Any], tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "d.npz").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # NumPy leaves it open
        assert refusal(space, tmp_path / "d.npz").startswith("not a readable .npz file (")
        gc.collect()


def test_a_single_array_file_is_refused(space: dict[str, Any], tmp_path: Path) -> None:
    import numpy as np

    np.save(tmp_path / "d.npy", np.zeros(3))
    assert refusal(space, tmp_path / "d.npy").startswith("not a readable .npz file (")


def test_arrays_come_in_the_order_of_the_graph(space: dict[str, Any], tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "d.npz", **dict(reversed(arrays().items())))
    (image, words), (kind, size) = space["load_data"](str(tmp_path / "d.npz"))
    assert [one.shape for one in (image, words, kind, size)] == [(16, 4), (16, 5), (16,), (16,)]


def one_of_each() -> plan.Module:
    body = (
        plan.Assign(R("image"), call("keras.Input", (4,), name="image")),
        layer("size", call("layers.Dense", 1, name="size"), R("image")),
        plan.Return(plan.Call(R("keras.Model"), (listed("image"), listed("size")))),
    )
    training = replace(
        TRAINING,
        compile_args=(
            plan.Keyword("optimizer", literal("sgd")),
            plan.Keyword("loss", literal("mse")),
        ),
        precision="mixed_bfloat16",
    )
    return replace(
        MODULE,
        build=replace(BUILD, body=body),
        inputs=MODULE.inputs[:1],
        outputs=MODULE.outputs[1:],
        training=training,
    )


def test_x_and_y_stand_for_the_only_input_and_output(tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "d.npz", x=np.zeros((16, 4)), y=np.zeros(16))
    x, y = loaded(one_of_each())["load_data"](str(tmp_path / "d.npz"))
    assert (x.shape, y.shape) == ((16, 4), (16,))


def test_a_precision_holds_while_building_and_is_put_back() -> None:
    import keras

    before = keras.config.dtype_policy()
    model = loaded(one_of_each())["build_model"]()
    assert model.layers[-1].compute_dtype == "bfloat16"
    assert keras.config.dtype_policy() is before


def test_an_output_without_a_target_takes_no_array(tmp_path: Path) -> None:
    import numpy as np

    outputs = (MODULE.outputs[0], plan.DataSpec("size", "", "", None))
    loss = plan.Keyword("loss", literal([LOSS["kind"], None]))
    training = replace(TRAINING, compile_args=(TRAINING.compile_args[0], loss))
    made = loaded(replace(MODULE, outputs=outputs, training=training))
    np.savez(tmp_path / "d.npz", **arrays(size=None))
    data = made["load_data"](str(tmp_path / "d.npz"))
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        made["train"](made["compile_model"](made["build_model"]()), data, None, 1, 8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--data is missing"),
        (["--summary", "--save=m.keras"], "--data is missing"),
        (["--data=d", "--save=m.h5"], "--save m.h5: the name must end in .keras"),
        (["--data=d", "--save=gone/m.keras"], "gone/m.keras: no file can be written there"),
        (["--data=d", "--history=gone/h.json"], "gone/h.json: no file can be written there"),
        (["--data=d", "--epochs=0"], "--epochs and --batch-size start at 1, --seed at 0"),
        (["--data=d", "--seed=-1"], "--epochs and --batch-size start at 1, --seed at 0"),
    ],
)
def test_what_could_not_be_done_after_training_is_refused_before(
    options: list[str],
    words: str,
    space: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["script.py", *options])
    with pytest.raises(SystemExit) as caught:
        space["main"]()
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"script.py: {words}\n"


def test_a_file_is_written_whole_or_not_at_all(space: dict[str, Any], tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("the disk is full")

    (tmp_path / "h.json").write_text("before")
    with pytest.raises(OSError, match="full"):
        space["write_whole"](tmp_path / "h.json", fail)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["before"]


def test_a_graph_without_training_shows_its_model_and_says_why_it_takes_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = loaded(replace(MODULE, training=None))
    monkeypatch.setattr(sys, "argv", ["script.py", "--data=train.npz"])
    with pytest.raises(SystemExit) as caught:
        made["main"]()
    assert caught.value.code == 2
    assert "the graph has no `train:`" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["script.py", "--summary"])
    made["main"]()
    assert "Total params" in capsys.readouterr().out
