"""Every write on a batch case: opening, its homes, the list from the office, telling the homes."""

from .homes import Outcome, take_step
from .imports import apply_import, check_import, drop_import, refused_file, shown
from .opening import (
    add_buildings,
    add_milestone,
    close_batch,
    log_visit,
    open_batch,
    reach_milestone,
    set_public,
    show_visit_paper,
)
from .outgoing import KIND, export_file, listing, reach, unreached_file
from .telling import Reach, tell_missing
from .undoing import undo_import

__all__ = ["KIND", "Outcome", "Reach", "add_buildings", "add_milestone", "apply_import", "check_import", "close_batch", "drop_import", "export_file", "listing", "log_visit", "open_batch", "reach", "reach_milestone", "refused_file", "set_public", "show_visit_paper", "shown", "take_step", "tell_missing", "undo_import", "unreached_file"]  # fmt: skip
