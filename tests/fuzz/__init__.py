"""Fuzzing: any bytes give a tree or diagnostics, never another exception and never a hang."""
