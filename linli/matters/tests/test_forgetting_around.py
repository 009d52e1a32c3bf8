"""Five years on, what a matter left in a whistle, in an order and at the hotline names nobody either (domain §6.4)."""

import json
import time

import pytest
from django.utils import timezone

from linli.matters import tasks
from linli.matters.models import (
    Ask,
    HotlineOrder,
    HotlineReply,
    Matter,
    Order,
    OrderPart,
    PartPhoto,
    Whistle,
    WhistleFile,
    WhistleMatter,
)
from linli.matters.services import hotline, orders, whistles
from linli.matters.services.papers import ready
from linli.matters.tests.hotline_books import row
from linli.notices.models import Message
from linli.plumbing import chain, vault
from linli.plumbing.models import AuditEntry

from .crew import picture
from .hotline.orders import done, taken
from .makers import NOW, at
from .test_forgetting import YEARS
from .whistle_cast import SITE, page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_at_ten")]

NAME, PHONE = "赵秀兰", "13800002222"


def over(compound, *matters) -> None:
    for m in matters:
        Matter.objects.filter(compound=compound, pk=m.pk).update(
            open=False, state="closed", closed_at=at(25), reporter_name=NAME, reporter_phone=PHONE
        )


def everything(compound, *subjects) -> str:
    rows = AuditEntry.objects.filter(compound=compound, subject_id__in=[s.pk for s in subjects])
    told = Message.objects.filter(compound=compound, subject_id__in=[s.pk for s in subjects])
    return json.dumps(
        [[e.words, e.data] for e in rows] + [[m.title, m.body, m.phone] for m in told], ensure_ascii=False
    )


def sealed_and_checked(compound) -> list:
    time.sleep(0.002)
    chain.seal(timezone.now() + chain.SETTLED)
    return chain.check(compound.pk).faults


def test_a_whistle_keeps_what_was_asked_and_who_answered_for_the_agency_and_names_no_resident(cast):
    here = cast.place.compound
    told = cast.told((cast.court, f"解冻资金，{NAME}家最急"), facts=f"{NAME}家（7栋1单元301）下面的坡裂了，打{PHONE}")
    drafted = whistles.draft(
        by=cast.worker, compound=here, level="agencies", matters=[cast.matter], told=told, files=ready([picture()]), at=NOW
    )  # fmt: skip
    w = whistles.approve_and_blow(by=cast.officer, whistle=drafted, at=NOW, site=SITE)
    by, ask = cast.liaison(cast.court), cast.ask(w)
    whistles.report_in(by=by, whistle=w, ask=ask, officer="王工", way="site", phone="13911112222", at=at(24, 11))
    whistles.answer(by=by, whistle=w, ask=ask, words=f"和{NAME}说过了，坡已加固", officer="王工", at=at(24, 12))
    original = WhistleFile.objects.get(compound=here).sealed
    over(here, cast.matter)
    assert sealed_and_checked(here) == [] and NAME in everything(here, w)
    assert tasks.forget_people(YEARS) == 1
    w, ask = Whistle.objects.get(compound=here, pk=w.pk), Ask.objects.get(compound=here, pk=ask.pk)
    for text in (w.facts, ask.words, ask.answer, everything(here, w)):
        assert NAME not in text and PHONE not in text and "单元301" not in text and "1391111" not in text
    assert "坡裂了" in w.facts and "坡已加固" in ask.answer
    assert (ask.officer, ask.officer_phone, ask.link_phone, ask.link_until) == ("王工", "", "", None)
    kept = WhistleFile.objects.get(compound=here)
    assert kept.sealed == "" and vault.path(kept.small).exists() and not vault.path(original).exists()
    acts = AuditEntry.objects.filter(compound=here, subject_id=w.pk)
    assert (
        acts.get(act="report_in").data["officer"] == "王工"
        and acts.get(act="blow").account_id == cast.officer.account_id
    )
    assert sealed_and_checked(here) == []
    assert page(cast, "worker", f"{w.number}/").status_code == 200


def test_what_is_still_somebodys_keeps_the_numbers_of_who_answers(cast):
    here = cast.place.compound
    w = cast.blown((cast.court, f"解冻资金，{NAME}家最急"))
    other = cast.place.matter(cast.owner, "另一段坡也裂了")
    WhistleMatter(compound=here, whistle=w, matter=other).save(force_insert=True)
    over(here, cast.matter)
    assert tasks.forget_people(YEARS) == 1
    ask = cast.ask(w)
    assert NAME not in ask.words and ask.link_phone == "13700000001" and cast.messages("13700000001")


def test_an_order_keeps_what_was_done(crew):
    here = crew.place.compound
    matters = crew.sorted(2)
    order = crew.gathered(matters)
    order = orders.place(
        by=crew.chair, order=order, title="修门口的灯", words=f"先修{NAME}家门口", wanted_by=at(27, 18), at=NOW
    )
    order = orders.accept(by=crew.manager, order=order, words="周五前", at=at(24, 11))
    crew.report(crew.split(order, matters), words=f"{NAME}家门口和 3 号都换了灯")
    orders.check(by=crew.chair, order=order, words=f"{NAME}说亮了", at=at(25, 15))
    original = PartPhoto.objects.get(compound=here).sealed
    over(here, *matters)
    assert NAME in everything(here, order) and tasks.forget_people(YEARS) == 2
    order, part = Order.objects.get(compound=here), OrderPart.objects.get(compound=here)
    assert NAME not in order.words + part.done_words + everything(here, order) and "换了灯" in part.done_words
    assert (part.cost_fen, order.size) == (18600, 2)
    photo = PartPhoto.objects.get(compound=here)
    assert photo.sealed == "" and vault.path(photo.small).exists() and not vault.path(original).exists()
    assert sealed_and_checked(here) == []
    shown = crew.place.client(crew.chair).get(f"/c/{crew.place.slug}/orders/{order.number}/")
    assert shown.status_code == 200 and NAME not in shown.content.decode()


def test_an_answer_to_the_hotline_keeps_what_was_done(place, secretary, engineer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (order,) = taken(place, secretary, row("1", "7栋楼道灯不亮"))
    m = done(place, secretary, engineer, order)
    hotline.correct_answer(by=secretary, order=order, words=f"已给{NAME}换了灯，回电{PHONE}", at=at(25))
    hotline.export_answers(by=secretary, compound=place.compound, orders=[order.pk], at=at(25, 11))
    over(place.compound, m)
    assert tasks.forget_people(YEARS) == 1
    replies = list(HotlineReply.objects.filter(compound=place.compound).values_list("kind", "words").order_by("kind"))
    assert [kind for kind, _words in replies] == ["exported", "written"]
    assert all(NAME not in words and PHONE not in words and "换了灯" in words for _kind, words in replies)
    assert HotlineOrder.objects.get(compound=place.compound).caller_sealed is None
