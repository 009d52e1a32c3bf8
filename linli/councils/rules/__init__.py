"""Pure decisions of smaller bodies, one module a kind of meeting."""
