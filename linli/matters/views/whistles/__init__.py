"""Whistles: the board by whose turn it is, drafting, one whistle with all its acts."""
