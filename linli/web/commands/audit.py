"""`linli audit verify [--compound SLUG [--head HEX]]`: exit 0 nothing was touched, 1 something was, 2 no such compound."""

import sys
from argparse import Namespace
from itertools import islice

from linli.places.access import compound_by_slug
from linli.places.models import Compound
from linli.plumbing import chain
from linli.plumbing.tenancy import compound_scope

SHOWN = 50


def run(args: Namespace) -> int:
    one = compound_by_slug(args.compound) if args.compound else None
    if (args.compound or args.head) and one is None:
        print(f"No such compound: {args.compound or '(--head needs --compound)'}", file=sys.stderr)
        return 2
    touched = 0
    for compound in [one] if one else Compound.objects.order_by("ordinal"):
        with compound_scope(compound.pk):
            found = chain.check(compound.pk, args.head)
        print(f"{compound.slug}: {found.entries} entries, {found.seals} seals, head {found.head}")
        for fault in islice(found.faults, SHOWN):
            print(f"  {fault.kind}: {fault.what}")
        if len(found.faults) > SHOWN:
            print(f"  … and {len(found.faults) - SHOWN} more")
        touched += len(found.faults)
    return 1 if touched else 0
