"""Gateways: ways out to suppliers, one small class each, and a recorded fake of each."""
