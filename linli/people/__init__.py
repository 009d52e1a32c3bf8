"""People: persons, accounts, ownership, residency, organisations, posts and their terms."""
