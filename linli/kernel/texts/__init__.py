"""What messages say: which label they would get, which tell the same thing, what many people raise."""
