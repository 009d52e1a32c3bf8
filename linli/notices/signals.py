"""What the inbox, the page of postings and a resident's home ask of the contexts above, and what these say to each other."""

from django.dispatch import Signal

# (compound_id, by, numbers) -> {number: what the matter is called, as this reader may read it}
naming = Signal()

# (compound_id, by, numbers) -> the matters among these that this reader may not know of
withheld = Signal()

# (compound_id, by, slug, now) -> cells of where people meet, for the page under 议事
gathering = Signal()

# (compound_id, by, slug, now) -> cards of what waits for this resident, as components/question.html takes them; and cells
# (title, note, href, icon: no answers) of what waits for nobody and is looked for again
waiting = Signal()

# (compound_id) -> [(id, what it is called, the kinds of matter by law it may be decided as)] of what waits for the owners' decision
awaiting = Signal()

# (compound, by, ids) -> {id: (words, href)} of what waits for the owners' decision, as far as this reader may open it
opening = Signal()

# (compound, by, id) -> [(words, href)] of the votes that decide what waits, as far as this reader may open them
voting = Signal()

# (compound_id, matter_id, matter_no, passed, day, reference, paper: (name, bytes), at): the owners decided it, and the result stands
decided = Signal()
