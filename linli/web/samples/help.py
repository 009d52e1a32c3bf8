"""Household help in the sample compounds: a price list corrected once, orders that wait, work and are paid."""

from datetime import timedelta

from linli.matters import services
from linli.matters.models import Alert
from linli.matters.queries.alerts import calls_of, tree
from linli.matters.services import alerts
from linli.people.access import home_for
from linli.people.rules import Role

from .registers import Town

PRICES = (
    ("换灯泡、换开关", "0302", 0, "", "自带配件"), ("紧一紧松了的门", "0305", 0, "", ""), ("量血压前的上门接送", "0307", 0, "", "志愿者陪着"),
    ("换水龙头", "0301", 3000, "次", "龙头另算，先看价"), ("疏通厨房下水", "0304", 5000, "次", "主管道不收钱"), ("装晾衣杆", "0307", 4000, "次", "杆子自备"),
)  # fmt: skip
WAITS, DONE = "厨房水龙头一直滴水，拧不紧", "阳台晾衣杆摇不上去"


def household_help(town: Town) -> None:
    """Where there is a property company with a manager and an engineer."""
    manager, engineer = post_of(town, Role.PROPERTY_MANAGER), post_of(town, Role.ENGINEER)
    if not manager or not engineer:
        return
    compound, start = town.compound, town.now - timedelta(days=200)
    rows = {}
    for name, category, fen, unit, note in PRICES:
        rows[name] = services.set_price(
            by=town.as_post(manager), compound=compound, name=name, category=category, paid=fen > 0, price_fen=fen, unit=unit, note=note,
            doer="volunteers" if "志愿者" in note else "property", from_day=start.date(), at=start,
        )  # fmt: skip
    dearer = rows["疏通厨房下水"]
    services.set_price(
        by=town.as_post(manager), compound=compound, line=dearer.line, name=dearer.name, category=dearer.category, paid=True, price_fen=6000,
        unit="次", note=dearer.note, doer="property", from_day=(start + timedelta(days=90)).date(), reason="机器换新，按台班算", at=start,
    )  # fmt: skip
    person = next(iter(town.bindings))
    _order(town, person, manager, engineer, WAITS, rows["换水龙头"], hours=20, ends=False)
    _order(town, person, manager, engineer, DONE, rows["装晾衣杆"], hours=24 * 9, ends=True)


def neighbours_alert(town: Town) -> None:
    """Water at the door opposite: the household was reached, came, and the neighbour was thanked."""
    manager, person = post_of(town, Role.PROPERTY_MANAGER), next(iter(town.bindings))
    by, desk = town.as_resident(person), town.as_post(manager) if manager else None
    near = next((h for h in town.homes.values() if by.home_id and h.pk != by.home_id and tree(h)), None)
    if desk is None or near is None:
        return
    at = town.now - timedelta(days=3, hours=2)
    m = alerts.raise_alert(
        by=by, compound=town.compound, home=near, sign="water", words="像是装修的龙头没关", site="https://linli.example/", at=at
    )  # fmt: skip
    call = calls_of(Alert.objects.get(compound_id=town.compound.pk, matter=m))[0]
    alerts.answer_by_link(call=call, answer="coming", at=at + timedelta(minutes=2))
    alerts.enter(by=desk, matter=m, entered_with="owner", at=at + timedelta(minutes=21))
    alerts.find_cause(by=desk, matter=m, words="装修师傅走时没关厨房龙头", at=at + timedelta(minutes=25))
    alerts.alert_safe(by=desk, matter=m, words="龙头关了，水扫干净了，楼下没湿", at=at + timedelta(minutes=30))
    alerts.thank(by=desk, matter=m, words="多亏您看见，谢谢", at=at + timedelta(hours=2))


def post_of(town: Town, kind: Role) -> str:
    return next((key for key, post in town.posts.items() if post.kind == kind and post.to_day is None), "")


def _order(town: Town, person: str, manager: str, engineer: str, words: str, price, *, hours: int, ends: bool) -> None:
    at = town.now - timedelta(hours=hours)
    by, desk, hand = town.as_resident(person), town.as_post(manager), town.as_post(engineer)
    home = home_for(town.compound, by.home_id) if by.home_id else None
    m = services.ask_help(by=by, compound=town.compound, words=words, price=price, spot=services.Spot(home=home), at=at)
    m = services.triage(by=desk, matter=m, category=price.category, level="building", urgency="normal", at=at)
    post = town.posts[engineer]
    m = services.dispatch(by=desk, matter=m, body=post.organisation, post=post, at=at)
    m = services.take(by=hand, matter=m, words="下午来看，看了再说要多少钱", at=at + timedelta(minutes=9))
    services.arrive(by=hand, matter=m, at=at + timedelta(hours=3))
    lines = [(price.name, price.price_fen), ("配件", 4500)]
    services.quote(by=hand, matter=m, lines=lines, note="换下来的旧件留给您", at=at + timedelta(hours=3))
    if not ends:
        return
    services.agree(by=by, matter=m, version=1, at=at + timedelta(hours=4))
    services.start_paid(by=hand, matter=m, at=at + timedelta(hours=4))
    m = services.resolve(
        by=hand, matter=m, words="装好了，摇了几遍都顺", cost_fen=price.price_fen + 4500, paid_by="住户", evidence=True, at=at + timedelta(hours=5),
    )  # fmt: skip
    services.confirm(by=by, matter=m, rating="satisfied", at=at + timedelta(hours=8))
