"""Arithmetic of sizes, shapes and dtypes: pure, knowing nothing of programs."""
