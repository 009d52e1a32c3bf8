"""The clock's way in: imports too long for a request wait in the database until a worker takes them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from linli.plumbing import throttle
from linli.plumbing.batches import each
from linli.plumbing.tenancy import unscoped

from . import services
from .models import RegisterChange, RosterImport
from .queries.exports import lapsed
from .services import imports
from .services.evidence import KEEP_EVIDENCE


def run_imports(at: datetime) -> int:
    """How many steps of imports were done. Small ones are done by their request; one found here lost its request."""
    return each("imports", _waiting(at), lambda pk, home: imports.work(roster_id=pk, compound_id=home, at=at))


def _waiting(at: datetime) -> list[tuple[UUID, UUID]]:
    with unscoped("imports wait for any worker"):
        rows = RosterImport.objects.filter(state__in=imports.WORKING).order_by("uploaded_at")
        return list(rows.values_list("pk", "compound_id")[:20])


def forget_originals(at: datetime) -> int:
    """Uploaded files whose time is over (domain 6.4: 30 days)."""
    with unscoped("originals fall due in every compound"):
        old = Q(original_until__lte=at) | Q(original_until=None, uploaded_at__lte=at - imports.KEEP_ORIGINAL)
        rows = RosterImport.objects.filter(old).exclude(stored="").order_by("uploaded_at")
        due = list(rows.values_list("pk", "compound_id")[:100])
    return each("originals", due, lambda pk, home: imports.forget_original(roster_id=pk, compound_id=home, at=at))


def forget_evidence(at: datetime) -> int:
    """Photos of what proves a change of the register, some time after they came (domain §6.4)."""
    with unscoped("evidence falls due in every compound"):
        rows = (
            RegisterChange.objects.filter(proposed_at__lte=at - KEEP_EVIDENCE).exclude(paper="").order_by("proposed_at")
        )
        due = list(rows.values_list("pk", "compound_id")[:100])
    return each("evidence", due, lambda pk, home: services.forget_evidence(change_id=pk, compound_id=home, at=at))


def forget_stale(at: datetime) -> int:
    """Codes and counts of tries that nobody can use any more."""
    before = at - timedelta(days=1)
    return services.forget_codes(before=before) + throttle.forget(before)


def lapse_exports(at: datetime) -> int:
    """Requests for lists, and granted ones, whose time is over."""
    return each("exports", lapsed(at), lambda pk, home: services.lapse_export(request_id=pk, compound_id=home, at=at))
