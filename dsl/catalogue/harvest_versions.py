"""Write down what older versions of Keras lack: `python -m dsl.catalogue.harvest_versions FOLDER…` makes `versions.json`.

Each folder holds a Keras of another version, the oldest supported one among them:

    pip install --no-deps --target FOLDER keras==3.13.0

They run one after another beside the TensorFlow that is installed. `keras.json` has to be fresh. What the rules of older
versions do otherwise stays as it is: `pytest tests/keras --update` under an older Keras adds to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dsl.catalogue import versions
from dsl.catalogue.data import read

TARGET = Path(__file__).with_name("versions.json")
HARVEST = """
import json, sys
from dsl.catalogue.harvest import harvest
facts = harvest()
open(sys.argv[1], "w").write(json.dumps(facts))
"""


def main() -> None:
    """Write `versions.json` beside this module."""
    facts = [_harvested(folder) for folder in sys.argv[1:]]
    data = differences([*facts, read("keras.json")])
    for one in facts:
        version = versions.minor(one["keras"])
        if versions.as_of(read("keras.json"), data, version) | {"keras": ""} != one | {"keras": ""}:
            raise SystemExit(f"Keras {version} differs in more than what came later")
    write({**data, "rules": read("versions.json")["rules"]})


def write(data: dict[str, Any]) -> None:
    """Write `versions.json`."""
    TARGET.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _harvested(folder: str) -> dict[str, Any]:
    """The facts of the Keras in a folder, told by a process of its own."""
    target = Path(folder).resolve() / "facts.json"
    paths = os.pathsep.join([str(Path(folder).resolve()), str(Path.cwd())])
    command = [sys.executable, "-c", HARVEST, str(target)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": paths})
    found = json.loads(target.read_text(encoding="utf-8"))
    target.unlink()
    return dict(found)


def differences(facts: list[dict[str, Any]]) -> dict[str, Any]:
    """What came with which version, from the facts of each, the newest last."""
    ordered = sorted(facts, key=lambda one: [int(part) for part in one["keras"].split(".")])
    newest = ordered[-1]
    tables = {key: _tables(key, ordered) for key in ("parameters", "call")}
    words = {
        name: _since([one["words"][name] for one in ordered], ordered) for name in newest["words"]
    }
    return {
        "keras": [versions.minor(one["keras"]) for one in ordered],
        "symbols": _since([one["symbols"] for one in ordered], ordered),
        **tables,
        "words": {name: came for name, came in words.items() if came},
        "defaults": _defaults(ordered),
    }


def _since(held: list[Any], ordered: list[dict[str, Any]]) -> dict[str, str]:
    """For each name of the newest that the oldest lacks: the first version from which on all have it."""
    found = {}
    for name in held[-1]:
        without = [number for number, one in enumerate(held) if name not in one]
        if without:
            found[name] = versions.minor(ordered[without[-1] + 1]["keras"])
    return found


def _tables(key: str, ordered: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Parameters that came later than their symbols, by symbol."""
    found = {}
    for path, newest in ordered[-1]["symbols"].items():
        having = [one for one in ordered if path in one["symbols"]]
        if isinstance(newest, str) or key not in newest:
            continue
        names = [{versions.name_of(item) for item in one["symbols"][path][key]} for one in having]
        if came := _since(names, having):
            found[path] = came
    return found


def _defaults(ordered: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Former defaults: by symbol, by parameter, by the last version that has them."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for newer, older in zip(reversed(ordered), list(reversed(ordered))[1:], strict=False):
        for path, facts in older["symbols"].items():
            after = newer["symbols"].get(path)
            if isinstance(facts, str) or not isinstance(after, dict):
                continue
            now = {one[0]: one[1] for one in after["parameters"] if isinstance(one, list)}
            for item in facts["parameters"]:
                if isinstance(item, list) and item[0] in now and now[item[0]] != item[1]:
                    former = found.setdefault(path, {}).setdefault(item[0], {})
                    former[versions.minor(older["keras"])] = item[1]
    return found


if __name__ == "__main__":
    main()
