"""Views of a program: summary and JSON; pure."""
