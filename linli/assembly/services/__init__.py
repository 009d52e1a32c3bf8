"""Every write of this context, a verb each."""
