"""What the inbox asks of the contexts above."""

from django.dispatch import Signal

# (compound_id, by, numbers) -> {number: what the matter is called, as this reader may read it}
naming = Signal()
