"""`python -m dsl` is `dslc`."""

from __future__ import annotations

from dsl.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
