"""`linli numbers check [--compound SLUG] [--repair]`: exit 0 all as it should be, 1 something was not, 2 no such compound."""

import sys
from argparse import Namespace
from itertools import islice

from django.utils import timezone

from linli.matters.queries.recount import Found, lines
from linli.matters.services import recount as matters
from linli.places.access import compound_by_slug
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope
from linli.volunteers.services import recount as volunteers

SHOWN = 50


def run(args: Namespace) -> int:
    one = compound_by_slug(args.compound) if args.compound else None
    if args.compound and one is None:
        print(f"No such compound: {args.compound}", file=sys.stderr)
        return 2
    wrong = 0
    for compound in [one] if one else Compound.objects.order_by("ordinal"):
        with compound_scope(compound.pk):
            found = _looked(compound, mend=args.repair)
        _say(compound, found, mend=args.repair)
        wrong += len(found)
    return 1 if wrong else 0


def _looked(compound: Compound, *, mend: bool) -> Found:
    """Of matters, and beside them of what neighbours and representatives did."""
    if mend:
        by, at = Actor(role="operator", channel="terminal", compound_id=compound.pk), timezone.now()
        found = matters.repair(by=by, compound=compound, at=at)
        beside = volunteers.repair(by=by, compound=compound, at=at)
    else:
        found, beside = matters.look(compound=compound), volunteers.look(compound=compound)
    found.counts |= beside
    return found


def _say(compound: Compound, found: Found, *, mend: bool) -> None:
    state = f"{len(found)} differences{', put right' if mend else ''}" if found else "all as it should be"
    print(f"{compound.slug}: {found.matters} matters, {state}")
    for line in islice(lines(found), SHOWN):
        print(f"  {line}")
    if len(found) > SHOWN:
        print(f"  … and {len(found) - SHOWN} more")
