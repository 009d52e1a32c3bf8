"""What a resident's pages ask of the contexts above."""

from django.dispatch import Signal

# (compound_id, by, slug, now) -> cards of what waits for this resident, as components/question.html takes them
waiting = Signal()
