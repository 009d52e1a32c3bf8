"""What people fill in, one module a kind of meeting."""
