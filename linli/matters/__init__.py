"""Matters: what someone raised, from intake to return visit."""
