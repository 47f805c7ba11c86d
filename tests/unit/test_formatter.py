"""The formatter: one layout, the same program, comments kept."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.cli.main import main
from dsl.diagnostics import Problems
from dsl.formatter import format_source
from dsl.parser import laid_out
from dsl.source import Source

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "tests/cases/ok").rglob("*.graph")) + sorted(
    (ROOT / "examples").glob("*.graph")
)


def formatted(text):
    return format_source(Source("test.graph", text), Problems())


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("x=Dense( 8,relu )( in )", "x = Dense(8, relu)(in)"),
        ("y=-x  +  2*z", "y = -x + 2 * z"),
        ("n = 2 ** i - 2 ** (i+1)", "n = 2**i - 2 ** (i + 1)"),
        ("y = x[ : ,1 : - 1,... ]", "y = x[:, 1:-1, ...]"),
        ("y = x[:,i*2 : i*2+2]", "y = x[:, i * 2 : i * 2 + 2]"),
        ("a , ( b,c )=F( * xs )( x )", "a, (b, c) = F(*xs)(x)"),
        ("m = ( 1, )", "m = (1,)"),
        ("q = {'a':1}", 'q = {"a": 1}'),
        ("q = 'say \"so\"'", "q = 'say \"so\"'"),
        ("input x :float32[ T , ? ]( batch_size = 3 )", "input x: float32[T, ?](batch_size=3)"),
        ("y = $k*3 if not  n else -1", "y = $k * 3 if not n else -1"),
        ("from my.code import  a  as b", "from my.code import a as b"),
        ("x += x->Dense(3)", "x += x -> Dense(3)"),
        ("for i in range( 3 ) : x = F( i )( x )", "for i in range(3): x = F(i)(x)"),
    ],
)
def test_spaces_within_a_line(written, becomes):
    assert formatted(written) == f"{becomes}\n"


def test_a_long_chain_has_a_stage_a_line():
    stage = "Conv2D(128, 3, same, relu)"
    text = f"y = x -> {stage} -> {stage} -> {stage} -> {stage}\n"
    assert formatted(text) == "y = x\n" + f"    -> {stage}\n" * 4


def test_a_chain_that_its_author_broke_stays_broken():
    assert formatted("y = x ->\n  # why\n  Flatten -> Dense(3)\n") == (
        "y = x\n    # why\n    -> Flatten\n    -> Dense(3)\n"
    )


def test_a_last_comma_keeps_an_item_a_line():
    assert formatted("x = [1,2,]") == "x = [\n    1,\n    2,\n]\n"


def test_long_brackets_have_their_items_on_one_line_or_a_line_each():
    short = ", ".join(["argument_name"] * 6)
    assert formatted(f"x = some_function({short})") == f"x = some_function(\n    {short}\n)\n"
    items = ["argument_name"] * 9
    lines = "".join(f"    {one},\n" for one in items)
    assert formatted(f"x = F({', '.join(items)})") == f"x = F(\n{lines})\n"


def test_a_list_that_is_the_only_argument_shares_its_brackets():
    items = ["x -> Dense(number_of_units)"] * 4
    lines = "".join(f"    {one},\n" for one in items)
    assert formatted(f"x = concatenate([{', '.join(items)}])") == f"x = concatenate([\n{lines}])\n"


def test_comments_stay_with_what_they_speak_of():
    text = "x = F(  # all\n  1, # one\n  # before two\n  2 # two\n  # last\n)(y)  # end\n"
    assert formatted(text) == (
        "x = F(  # all\n    1,  # one\n    # before two\n    2,  # two\n    # last\n)(y)  # end\n"
    )


def test_comments_on_both_sides_of_an_arrow_are_two():
    assert formatted("y = x  # one\n  -> # two\n  F()\n") == "y = x  # one\n    # two\n    -> F()\n"


def test_comments_below_a_body_stay_in_it_by_their_column():
    text = "block F()(x):\n  return x\n  # inside\n# outside\ny = F(a)\n"
    assert formatted(text) == ("block F()(x):\n    return x\n    # inside\n\n# outside\ny = F(a)\n")


def test_blocks_and_training_are_set_off_and_empty_lines_are_one_at_most():
    text = "\n\ninput x: [3]\nblock F()(x):\n\n  return x\ny = F(x)\n\n\n\nz = F(y)\ntrain:\n  loss = mse\n"
    assert formatted(text) == (
        "input x: [3]\n\nblock F()(x):\n    return x\n\ny = F(x)\n\nz = F(y)\n\ntrain:\n    loss = mse\n"
    )


def test_line_ends_of_windows_stay():
    assert formatted("x=1\r\ny=2\r\n") == "x = 1\r\ny = 2\r\n"


def test_what_cannot_be_read_is_not_formatted():
    assert formatted("x = (1\ny = 2\n") is None


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_formatting_again_changes_nothing(path):
    once = formatted(path.read_text(encoding="utf-8"))
    assert once is not None
    assert formatted(once) == once


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROGRAMS), st.integers(0, 2**32))
def test_other_spaces_and_comments_give_a_text_that_is_stable(path, seed):
    """The formatter itself compares the trees and comments, and raises where they differ."""
    once = formatted(mangled(path.read_text(encoding="utf-8"), random.Random(seed)))
    assert once is not None
    assert formatted(once) == once


def mangled(text, chance):
    """The text with other spaces, and with line ends and comments in brackets and chains."""
    lines, _ = laid_out(Source("test.graph", text), Problems())
    pieces, at, depth = [], 0, 0
    for line in lines:
        for token in line.tokens:
            gap = text[at : token.start]
            if token is not line.first and gap.strip(" ") == "" and gap:
                gap = " " * chance.choice([1, 2, 5])
                inside = depth > 0 and chance.random() < 0.1
                if inside or (depth == 0 and token.text == "->" and chance.random() < 0.2):
                    remark = chance.choice(["", f"  # {token.start}", f"\n # {token.start}"])
                    gap = f"{remark}\n{' ' * (line.indent + chance.choice([2, 8]))}"
            pieces += [gap, text[token.start : token.end]]
            at = token.end
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
    return "".join([*pieces, text[at:]])


# ---- the command


def test_the_command_rewrites_what_differs(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("x=1\n", encoding="utf-8")
    assert main(["fmt", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == "x = 1\n"
    assert "1 file laid out anew" in capsys.readouterr().err


def test_check_writes_nothing_and_fails(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("x=1\n", encoding="utf-8")
    assert main(["fmt", "--check", str(file)]) == 1
    assert file.read_text(encoding="utf-8") == "x=1\n"
    assert "would be laid out anew" in capsys.readouterr().err
    file.write_text("x = 1\n", encoding="utf-8")
    assert main(["fmt", "--check", str(file)]) == 0


def test_diff_shows_what_would_change(tmp_path, capsys):
    file = tmp_path / "a.graph"
    file.write_text("x=1", encoding="utf-8")
    assert main(["fmt", "--diff", str(file)]) == 1
    assert "-x=1" in (shown := capsys.readouterr().out)
    assert "+x = 1" in shown


def test_a_file_with_an_error_is_reported_and_left(tmp_path, capsys):
    good, bad = tmp_path / "good.graph", tmp_path / "bad.graph"
    good.write_text("x=1\n", encoding="utf-8")
    bad.write_text("x=(1\n", encoding="utf-8")
    assert main(["fmt", str(good), str(bad)]) == 1
    assert good.read_text(encoding="utf-8") == "x = 1\n"
    assert bad.read_text(encoding="utf-8") == "x=(1\n"
    assert "error[unclosed]" in capsys.readouterr().err


def test_the_examples_are_in_the_layout():
    assert main(["fmt", "--check", *map(str, sorted((ROOT / "examples").glob("*.graph")))]) == 0
