"""Years later things are kept as what happened, no longer as whose they were (domain §6.4)."""

from .matters import forget

__all__ = ["forget"]
