"""Rules of layers and functions: pure functions, a family a file."""
