"""HTTP in, one call, HTTP out; one module a kind of meeting."""
