"""Orders of the hotline taken in and done by tests."""

from linli.matters import services
from linli.matters.models import HotlineOrder, Matter
from linli.matters.services import hotline
from linli.notices.models import Message
from linli.people.models import Post

from .. import hotline_books as books
from ..makers import NOW


def taken(place, desk, *rows, when=NOW) -> list[HotlineOrder]:
    batch = hotline.upload(by=desk, compound=place.compound, filename="工单.xlsx", data=books.xlsx(rows), at=when)
    hotline.take_in(by=desk, batch=batch, at=when)
    return list(HotlineOrder.objects.filter(compound_id=place.compound.pk).order_by("number"))


def done(place, desk, worker, order, when=NOW) -> Matter:
    m = Matter.objects.get(compound_id=place.compound.pk, pk=order.matter_id)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=when)
    post = Post.objects.get(pk=worker.role_id)
    m = services.dispatch(by=desk, matter=m, body=place.property, post=post, at=when)
    m = services.take(by=worker, matter=m, words="去看", at=when)
    return services.resolve(by=worker, matter=m, words="换了灯", evidence=True, at=when)


def told(compound) -> list[str]:
    rows = Message.objects.filter(compound_id=compound.pk, channel="inbox", subject_kind="matter")
    return [t for t in rows.order_by("created_at", "id").values_list("title", flat=True) if "12345" in t]
