"""Reads, one module a kind of meeting."""
