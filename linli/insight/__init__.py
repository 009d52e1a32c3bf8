"""What the compound's numbers say: reads everything, writes nothing; the counts are kept where they are made."""
