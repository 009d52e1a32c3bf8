"""The price list as it is today, and what was agreed for one matter."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.places.models import Compound

from ..models import HelpOrder, Matter, Price, Quote
from ..rules.beside import has
from ..rules.help import KIND, yuan


def versions(compound_id: UUID) -> list[Price]:
    return list(Price.objects.filter(compound_id=compound_id).order_by("line", "version"))


def in_force(rows: Iterable[Price], today: date) -> list[Price]:
    """Of each line the newest version that has begun; free ones first, then by name. What was dropped is left out."""
    newest: dict[UUID, Price] = {}
    for row in rows:
        if row.from_day <= today:
            newest[row.line] = row
    return sorted((p for p in newest.values() if not p.dropped), key=lambda p: (p.paid, p.category, p.name))


def prices(compound: Compound, today: date) -> list[Price]:
    return in_force(versions(compound.pk), today)


def price_of(compound: Compound, line: UUID, today: date) -> Price | None:
    return next((p for p in prices(compound, today) if p.line == line), None)


def order_of(matter: Matter) -> HelpOrder | None:
    """Asks the database only where the matter says that there is one."""
    if not has(matter, KIND):
        return None
    return HelpOrder.objects.select_related("price").filter(compound_id=matter.compound_id, matter=matter).first()


def price_words(matter: Matter) -> str:
    """What whoever asked for help is told of its price before anybody comes."""
    order = order_of(matter)
    if order is None or order.price is None or not order.price.paid:
        return ""
    given = {
        "name": order.price.name,
        "yuan": yuan(order.price.price_fen),
        "unit": f"/{order.price.unit}" if order.price.unit else "",
    }
    return _("价目：%(name)s %(yuan)s 元%(unit)s。先报价，您同意了才动工。") % given


def quotes_of(order: HelpOrder) -> list[Quote]:
    return list(Quote.objects.filter(compound_id=order.compound_id, order=order).order_by("-version"))


def waiting_of(matter: Matter) -> Quote | None:
    """The quote that waits for the household's word."""
    rows = Quote.objects.filter(compound_id=matter.compound_id, order__compound_id=matter.compound_id, answer="")
    return rows.filter(order__matter_id=matter.pk).first()


def told(quote: Quote) -> dict[str, Any]:
    """A quote as people read it."""
    return {
        "version": quote.version,
        "lines": [(words, yuan(fen)) for words, fen in quote.lines],
        "total": yuan(quote.total_fen),
        "note": quote.note,
    }


def waiting(compound_id: UUID, matter_ids: Collection[UUID]) -> dict[UUID, int]:
    """Of these matters those with a quote that waits for the household, with its sum in fen; no query for none."""
    if not matter_ids:
        return {}
    rows = Quote.objects.filter(
        compound_id=compound_id, order__compound_id=compound_id, order__matter_id__in=matter_ids, answer=""
    )
    return dict(rows.values_list("order__matter_id", "total_fen"))


def agreed(order: HelpOrder) -> Quote | None:
    """The sum that binds: the last one the household said yes to."""
    rows = Quote.objects.filter(compound_id=order.compound_id, order=order, answer="agreed")
    return rows.order_by("-version").first()
