"""What the desk, handlers and visitors may do with one matter; `acts` adds this table to the residents'.

Keys are values of rules.states.Act; see `doing.Doing` for a row.
"""

from .doing import Doing

DESK_ACTS: dict[str, Doing] = {}
