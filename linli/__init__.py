"""Linli (邻里): governing a residential compound together."""
