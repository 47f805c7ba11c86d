"""Where `dslc` begins, and `python -m dsl`, which is the same."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command line of this process; its exit status.

    Loading takes a tenth of a second, and an interrupt in it is one as well.
    """
    try:
        from dsl.cli.main import main  # noqa: PLC0415 -- as above

        return main()
    except KeyboardInterrupt:
        sys.stderr.write("dslc: interrupted\n")
        return 2


if __name__ == "__main__":
    raise SystemExit(run())
