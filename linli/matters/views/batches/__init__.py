"""Batch cases: what everybody sees, and the desk that keeps them."""
