"""Diagnostics as text and HTML."""

import pytest

from dsl import codes
from dsl.compiler import check
from dsl.diagnostics import Diagnostic, Label
from dsl.report import html
from dsl.report.text import render, render_all
from dsl.source import Source

TEXT = 'input x: [3]\n\ty = "日本" -> Dense(3)\nz = f(\n    a,\n)\n'
SOURCE = Source("a.graph", TEXT)
OTHER = Source("b.graph", "q = 1\n")


def at(words, source=SOURCE):
    start = source.text.index(words)
    return source.span(start, start + len(words))


def about(span, *labels, code=codes.SYNTAX):
    return Diagnostic(code, span, "it is wrong", "mend it", labels)


def test_place_line_and_carets():
    assert render(about(at("x"))) == (
        "error[syntax]: it is wrong\n"
        " --> a.graph:1:7\n"
        "  |\n"
        "1 | input x: [3]\n"
        "  |       ^\n"
        "  = help: mend it"
    )


def test_labels_of_this_line_of_others_and_of_other_files():
    labels = (
        Label(at("input"), "declared"),
        Label(at("a,"), "used"),
        Label(at("q", OTHER), "elsewhere"),
    )
    assert render(about(at("x"), *labels)) == (
        "error[syntax]: it is wrong\n"
        " --> a.graph:1:7\n"
        "  |\n"
        "1 | input x: [3]\n"
        "  |       ^\n"
        "  | ----- declared\n"
        "...\n"
        "4 |     a,\n"
        "  |     -- used\n"
        " ::: b.graph:1:1\n"
        "  |\n"
        "1 | q = 1\n"
        "  | - elsewhere\n"
        "  = help: mend it"
    )


def test_tabs_and_wide_characters_keep_the_carets_in_place():
    lines = render(about(at("Dense(3)"))).splitlines()
    assert lines[3] == '2 |     y = "日本" -> Dense(3)'
    assert lines[4] == "  | " + " " * 18 + "^" * 8


def test_a_span_of_several_lines_shows_its_first():
    lines = render(about(at("f(\n    a,\n)"))).splitlines()
    assert lines[3:5] == ["3 | z = f(", "  |     ^^..."]


def test_the_end_of_the_text_has_a_caret():
    assert render(about(SOURCE.span(len(TEXT), len(TEXT)))).splitlines()[4] == "  | ^"


def test_line_numbers_have_one_width():
    source = Source("long.graph", "a\n" * 12)
    lines = render(about(source.span(0, 1), Label(source.span(22, 23), "here"))).splitlines()
    assert lines[1:4] == ["  --> long.graph:1:1", "   |", " 1 | a"]


def test_a_summary_ends_several():
    found = [about(at("x")), about(at("y")), about(at("z"), code=codes.UNKNOWN_CODE)]
    assert render_all(found).endswith("\n\n2 errors, 1 warning")
    assert render_all(found[:1]).endswith("\n\n1 error")
    assert render_all([]) == ""


def test_colours_change_no_word():
    import re

    plain = re.sub(
        "\x1b\\[[0-9;]*m", "", render(about(at("x"), Label(at("y"), "here")), color=True)
    )
    assert plain == render(about(at("x"), Label(at("y"), "here")))


def test_control_characters_of_a_source_never_reach_the_terminal():
    source = Source("c\x1b[2J.graph", "x = \x1b[31m\x07\n")
    assert "\x1b" not in render(Diagnostic(codes.SYNTAX, source.span(4, 5), "\x1b", "\x07"))


def test_html_is_escaped_and_balanced():
    source = Source("<b>.graph", "x = a < b & c \x01error\x02\n")
    text = html.render(Diagnostic(codes.SYNTAX, source.span(4, 9), "<i>", "use `<=`"))
    assert "<b>" not in text
    assert "<i>" not in text
    assert "a &lt; b &amp; c" in text
    assert text.count("<span") == text.count("</span>")


def test_html_of_several_ends_with_how_many():
    assert "1 error" in html.render_all([about(at("x"))])
    assert html.render_all([]) == ""


# ---- much of it


def test_of_many_the_first_are_shown_and_all_are_counted():
    lines = "".join(f"y{number} = nothing_{number}(x)\n" for number in range(70))
    found = check(
        Source("many.graph", f"input x: [8]\n{lines}output y = Dense(1)(x)\n")
    ).diagnostics
    shown = render_all(found)
    assert shown.count("error[") == 50
    assert shown.endswith("70 errors; the first 50 are shown")
    assert html.render_all(found).count("error[") == 50


def test_errors_are_shown_before_warnings_where_not_all_are():
    warnings = [about(at("x"), code=codes.UNUSED_VALUE) for _ in range(70)]
    shown = render_all([*warnings, about(at("f"))])
    assert (shown.count("error["), shown.count("warning[")) == (1, 49)
    assert shown.endswith("1 error, 70 warnings; the first 50 are shown")


def test_of_a_long_line_what_is_near_is_shown():
    numbers = ", ".join(map(str, range(2_000)))
    text = f"input x: [8]\na = [{numbers}, nowhere, {numbers}]\noutput y = Dense(1)(x)\n"
    (error,) = check(Source("wide.graph", text)).diagnostics[:1]
    line, carets = render(error).splitlines()[3:5]
    assert len(line) < 200
    assert line.count("…") == 2
    assert line[carets.index("^") : carets.rindex("^") + 1] == "nowhere"


def test_two_places_far_apart_on_a_line_are_both_shown():
    text = f"input x: [8]; a = [{'1, ' * 400}]\n"
    source = Source("wide.graph", text)
    label = Label(source.span(1_000, 1_004), "and here")
    one = Diagnostic(codes.SYNTAX, source.span(6, 7), "it begins here", "mend it", (label,))
    shown = render(one)
    assert "and here" in shown
    assert max(map(len, shown.splitlines())) < 200


@pytest.mark.parametrize(
    "statement", ["output y = {}(x)", "{} = 3\noutput y = x + {}", "output y = Dense(1, {}=3)(x)"]
)
def test_a_name_without_measure_is_cut_in_every_message(statement):
    name = "n" * 50_000
    found = check(
        Source("long.graph", f"input x: [8]\n{statement.replace('{}', name)}\n")
    ).diagnostics
    assert all(len(line) < 400 for one in found for line in render(one).splitlines())
