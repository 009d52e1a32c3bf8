"""Years later things are kept as what happened, no longer as whose they were (domain §6.4)."""

from .batches import forget_batch
from .matters import forget
from .names import clean, rest_of

__all__ = ["clean", "forget", "forget_batch", "rest_of"]
