"""Where smaller bodies meet and listen: so far, night talks (夜话) and what became of each point."""
