"""What owners decide by law: registers, sessions, ballots, counts, elections, receipts."""
