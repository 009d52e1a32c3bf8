"""What others may hear."""

from django.dispatch import Signal

# Somebody with an account is to be told something. Arguments: compound_id, account_id, kind, title, body,
# subject_kind, subject_id, key (names the event: the same event never tells the same account twice), at.
told = Signal()

# A body is about to end; whoever has work of its own with it raises Refused. Arguments: body, compound_ids, at.
ending = Signal()

# An account now speaks for a person in a home. Arguments: compound_id, account_id, person_id, by, at,
# instead_of (the account that spoke for them before and no longer does, or None).
bound = Signal()
