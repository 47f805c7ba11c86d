"""The language and its compiler."""
