"""Build the wheel and use it in an environment of its own, outside of the checkout: `make wheel`.

It prints what it did and exits with 1 at the first thing that is not as it should be.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "question_answering.graph"
EXTENSION = ROOT / "magics" / "labextension"
IN_JUPYTER = Path("share", "jupyter", "labextensions", "dslc")
"""Where Jupyter looks for extensions of its pages, in an environment."""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and give its output; what fails ends everything."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check_extension(environment: Path, wheel: Path) -> None:
    """The files of JupyterLab's extension are where it looks for them, and in the wheel once."""
    for file in filter(Path.is_file, EXTENSION.rglob("*")):
        name = file.relative_to(EXTENSION)
        installed = environment / IN_JUPYTER / name
        if not installed.is_file() or installed.read_bytes() != file.read_bytes():
            sys.exit(f"the wheel does not install {IN_JUPYTER / name}")
    with zipfile.ZipFile(wheel) as archive:
        twice = [one for one in archive.namelist() if one.startswith("magics/labextension")]
    if twice:
        sys.exit(f"the wheel has files of the extension twice: {', '.join(twice)}")


def main() -> None:
    """Build, install, compile, compare."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
        run(*pip, "wheel", "--no-deps", "-w", work, ROOT, cwd=work)
        (wheel,) = work.glob("dslc-*.whl")
        venv.create(work / "env", with_pip=True)
        python = work / "env" / "bin" / "python"
        run(python, "-m", "pip", "--disable-pip-version-check", "-q", "install", wheel, cwd=work)
        installed = run(python, "-m", "pip", "list", "--format", "freeze", cwd=work)
        names = {line.partition("==")[0].lower() for line in installed.splitlines()}
        extra = names - {"dslc", "lark", "jinja2", "markupsafe", "pip", "setuptools", "wheel"}
        if extra:
            sys.exit(f"the base installation brought {', '.join(sorted(extra))}")
        check_extension(work / "env", wheel)
        dslc = work / "env" / "bin" / "dslc"
        text = run(dslc, EXAMPLE, cwd=work)
        ours = run(sys.executable, "-m", "dsl", EXAMPLE, cwd=ROOT)
        if text != ours:
            sys.exit("the installed compiler writes other Python than the one of the checkout")
        run(dslc, "check", EXAMPLE, cwd=work)
        version = run(dslc, "--version", cwd=work).strip()
        print(f"{wheel.name} installs alone, and {version} compiles outside of the checkout")


if __name__ == "__main__":
    main()
