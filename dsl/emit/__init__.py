"""Emission: the checked program as Python."""
