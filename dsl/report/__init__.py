"""Diagnostics as words: text, JSON."""
