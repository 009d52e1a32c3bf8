"""Calls and representatives as people meet them."""
