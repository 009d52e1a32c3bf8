"""What the inbox and the page of postings ask of the contexts above."""

from django.dispatch import Signal

# (compound_id, by, numbers) -> {number: what the matter is called, as this reader may read it}
naming = Signal()

# (compound_id, by, slug, now) -> cells of where people meet, for the page under 议事
gathering = Signal()
