"""A committee, a property company and some neighbours in a test, and short hands for the steps of an order."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.matters import services
from linli.matters.models import Matter, Order, OrderPart
from linli.matters.services import orders
from linli.notices.models import Message
from linli.people.rules import Role

from .makers import NOW, at


def picture(shade: int = 200) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (shade, 180, 90)).save(out, "JPEG")
    return SimpleUploadedFile("done.jpg", out.getvalue(), "image/jpeg")


class Crew:
    """The three parties, some neighbours, and short hands for the same steps."""

    def __init__(self, place):
        self.place = place
        self.desk = place.post(Role.FRONT_DESK)
        self.clerk = place.post(Role.COMMUNITY_WORKER)
        self.chair = place.post(Role.COMMITTEE_CHAIR)
        self.manager = place.post(Role.PROPERTY_MANAGER)
        self.engineer = place.post(Role.ENGINEER)
        self.neighbours = [place.resident(name=f"业主{i}") for i in range(3)]

    def sorted(self, n: int = 3, urgency: str = "normal") -> list[Matter]:
        made = []
        for i in range(n):
            m = self.place.matter(self.neighbours[i % 3], f"{i} 号门口的灯不亮")
            made.append(
                services.triage(by=self.desk, matter=m, category="0101", level="compound", urgency=urgency, at=NOW)
            )
        return made

    def gathered(self, matters: list[Matter]) -> Order:
        return orders.gather(by=self.chair, compound=self.place.compound, matters=matters, title="修门口的灯", at=NOW)[
            0
        ]

    def placed(self, matters: list[Matter]) -> Order:
        return orders.place(
            by=self.chair,
            order=self.gathered(matters),
            title="修门口的灯",
            words="都换成声控的",
            wanted_by=at(27, 18),
            at=NOW,
        )

    def accepted(self, matters: list[Matter]) -> Order:
        return orders.accept(by=self.manager, order=self.placed(matters), words="周五前换完", at=at(24, 11))

    def split(self, order: Order, matters: list[Matter], post=None) -> OrderPart:
        orders.split(
            by=self.manager, order=order, words="换灯", post=post, due_at=at(26, 18), matters=matters, at=at(24, 12)
        )
        return OrderPart.objects.select_related("order").filter(order=order).order_by("-position")[0]

    def report(self, part: OrderPart, by=None, when=None, **more) -> Order:
        given = {"words": "换好了，试过都亮", "cost_fen": 18600, "paid_by": "物业费", "after": [picture()], **more}
        return orders.report(by=by or self.manager, order=part.order, part=part, at=when or at(25, 10), **given)

    def done(self, matters: list[Matter]) -> Order:
        return self.report(self.split(self.accepted(matters), matters))


def states(matters) -> list[str]:
    rows = dict(Matter.objects.filter(pk__in=[m.pk for m in matters]).values_list("id", "state"))
    return [rows[m.pk] for m in matters]


def said(crew: Crew, act: str) -> set:
    rows = Message.objects.filter(compound=crew.place.compound, kind=act, subject_kind="order")
    return set(rows.values_list("account_id", flat=True))
