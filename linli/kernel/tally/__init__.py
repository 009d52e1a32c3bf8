"""Counting what owners decide (domain §3): register and ballots in, result out. Integers only, no database, no clock."""
