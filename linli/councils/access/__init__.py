"""Who has which part, and the only getters that take a key from outside."""
