"""The grammar and its saved table."""

import subprocess
import sys

from dsl.parser import table


def test_the_grammar_has_no_conflict():
    assert table.build(strict=True)


def test_the_saved_table_is_fresh():
    saved = table.packaged(table.TABLE).partition(b"\n")[0]
    assert saved.split()[1] == table.stamp().split()[1], "run `python -m dsl.parser.table`"


def test_a_stale_table_is_not_used(monkeypatch):
    monkeypatch.setattr(table, "TABLE", "missing.table")
    assert table.parser.__wrapped__().source_path != "<deserialized>"


def test_the_saved_table_is_used():
    assert (
        table.parser.__wrapped__().source_path == "<deserialized>" or b"1.3.1" not in table.stamp()
    )


def test_the_grammar_names_no_layer():
    grammar = table.packaged(table.GRAMMAR).decode()
    assert not any(name in grammar for name in ("Dense", "Conv", "LSTM", "concatenate"))


def test_importing_the_parser_loads_no_lark():
    code = "import sys, dsl.parser; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
