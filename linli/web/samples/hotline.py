"""A week of the hotline at the largest compound: an export taken in, one told twice, one secret, one answered, one sent back."""

import csv
import io
from datetime import datetime, timedelta

from linli.kernel.clock import SHANGHAI
from linli.matters import services
from linli.matters.models import HotlineOrder, Matter
from linli.matters.services import hotline
from linli.people.rules import Body, Role

from .registers import Town

WHERE = "liuxi"
HEADER = ("工单编号", "来电时间", "来电人", "联系电话", "来电人地址", "事发地址", "诉求内容", "办理时限", "是否保密")  # fmt: skip
CALLERS = (("尹若晴", "13900095501"), ("覃青山", "13900095502"), ("尹若晴", "13900095501"), ("段和平", "13900095504"), ("洪丽", "13900095505"))  # fmt: skip
# Days ago, days allowed, building by place in the list, words, secret.
SAID = (
    (6, 9, 0, "电梯上下抖得厉害，老人不敢坐，请派人检查", "否"),
    (5, 6, 1, "楼下棋牌室半夜还在吵，要求保密", "是"),
    (4, 9, 0, "电梯上下还是抖得厉害，老人不敢坐，没人来检查", "否"),
    (3, 8, 2, "地下车库出口减速带翘起来，割轮胎", "否"),
    (2, 9, 3, "单元门口的垃圾桶三天没清", "否"),
)


def fill(town: Town) -> None:
    if town.compound.slug != WHERE:
        return
    worker = town.as_post(town.plan.places.posts_of("community_worker")[0].key)
    came = town.now - timedelta(days=1)
    batch = hotline.upload(
        by=worker, compound=town.compound, filename="12345 工单.csv", data=_export(town), at=came
    )  # fmt: skip
    hotline.take_in(by=worker, batch=batch, at=came)
    orders = list(HotlineOrder.objects.filter(compound_id=town.compound.pk).order_by("received_at"))
    soon = came + timedelta(hours=1)
    hotline.explain(by=worker, order=orders[0], words="电话里说了，维保单位约在后天来", at=soon)
    _done(town, worker, orders[-1].matter, soon)


def _export(town: Town) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADER)
    labels = [b.label for b in town.plan.places.buildings]
    for n, ((days, allowed, building, words, secret), (caller, phone)) in enumerate(zip(SAID, CALLERS, strict=True), 1):
        at = town.now - timedelta(days=days)
        due = (at + timedelta(days=allowed)).replace(hour=17, minute=30)
        home = f"{labels[building]}1单元302"
        rows.writerow(
            (f"{at:%Y%m%d}{n:04d}", _said(at), caller, phone, home, labels[building], words, _said(due), secret)
        )
    return out.getvalue().encode("gb18030")


def _said(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _done(town: Town, worker, matter: Matter, at: datetime) -> None:
    """Given to the property company's engineer, who has been and shown it."""
    post = next(
        p for p in town.posts.values() if p.kind == Role.ENGINEER and p.organisation.kind == Body.PROPERTY
    )  # fmt: skip
    engineer = town._as(f"post:{post.pk}", post.account_id)
    m = services.triage(by=worker, matter=matter, category="0701", level="building", urgency="normal", at=at)
    m = services.dispatch(by=worker, matter=m, body=post.organisation, post=post, at=at)
    m = services.take(by=engineer, matter=m, words="现在去", at=at + timedelta(minutes=20))
    services.resolve(by=engineer, matter=m, words="桶清了，约了每天早上一趟", evidence=True, at=at + timedelta(hours=2))
