"""Diagnostics as text and HTML."""

from dsl import codes
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
