"""The checker: tree to program."""
