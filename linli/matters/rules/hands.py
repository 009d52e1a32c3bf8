"""Who comes first among those who could take it."""

# The kind of hand that a category's work mostly falls to.
_FITTING = {
    "01": {"engineer"}, "02": {"engineer"}, "03": {"engineer"}, "04": {"guard"}, "05": {"engineer", "guard"},
    "06": {"guard", "engineer"}, "07": {"cleaner"}, "10": {"guard"}, "11": {"property_manager", "front_desk"},
}  # fmt: skip


def rank(category: str, kind: str, *, handled: int, load: int) -> tuple[int, bool, int]:
    """Smaller is nearer: who had the last ones of this category, whose post it is, who has less in hand."""
    return -handled, kind not in _FITTING.get(category[:2], ()), load
