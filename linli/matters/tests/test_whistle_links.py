"""A liaison without an account: the signed link to one ask."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.matters import tasks
from linli.matters.models import WhistleFile
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW, at
from linli.plumbing.models import AuditEntry, Throttle

from .whistle_cast import SITE, link, page, post, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def cast(cast):
    cast.place.compound.community.phone = "0000-7654321"
    cast.place.compound.community.save()
    return cast


def test_liaison_receives_reports_in_and_answers_by_link_without_an_account(cast):
    w = cast.blown()
    here, phone = link(cast, w), Client()
    shown = phone.get(here)
    assert (
        shown.status_code == 200 and shown["Referrer-Policy"] == "same-origin" and shown["Cache-Control"] == "no-store"
    )
    words = text(shown)
    assert "解冻一部分资金" in words and "雨后裂缝 12 米" in words and "勘查地质隐患" not in words
    for secret in ("李小满", "301", "护坡裂了", cast.owner.label):
        assert secret not in words
    wrong = phone.post(f"{here}receive/", {"officer": " "})
    assert wrong.status_code == 422
    assert phone.post(f"{here}receive/", {"officer": "王工"}).status_code == 302
    assert (
        phone.post(f"{here}report_in/", {"officer": "王工", "phone": "13711112222", "way": "site"}).status_code == 302
    )
    pdf = SimpleUploadedFile("裁定书.pdf", b"%PDF-1.4 x", "application/pdf")
    done = phone.post(f"{here}answer/", {"officer": "王工", "words": "同意解冻 21 万元", "papers": [pdf]})
    assert done.status_code == 302
    ask = cast.ask(w)
    assert (ask.step, ask.officer, ask.answer) == ("answered", "王工", "同意解冻 21 万元")
    kept = WhistleFile.objects.get(compound=cast.place.compound, whistle=w)
    paper = phone.get(f"{here}files/{kept.pk}/small/")
    assert paper.content == b"%PDF-1.4 x" and "attachment" in paper["Content-Disposition"]
    assert phone.get(f"{link(cast, w, 2)}files/{kept.pk}/small/").status_code == 404  # another agency's
    assert (
        phone.post(f"{here}score_back/", {"officer": "王工", "response": "good", "quality": "good"}).status_code == 302
    )
    channels = AuditEntry.objects.filter(compound=cast.place.compound, subject_id=w.pk, role="agency_liaison")
    assert set(channels.values_list("channel", flat=True)) == {"link"}


def test_file_that_is_no_pdf_is_refused_and_the_words_stay(cast):
    w = cast.blown()
    here = link(cast, w)
    Client().post(f"{here}report_in/", {"officer": "王工", "way": "document"})
    fake = SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")
    answer = Client().post(f"{here}answer/", {"officer": "王工", "words": "答复在此", "papers": [fake]})
    assert answer.status_code == 422 and "这不是 PDF 文件" in text(answer) and "答复在此" in text(answer)
    assert cast.ask(w).step == "reported_in"


def test_a_link_lives_as_long_as_the_task_and_stands_in_every_text(cast):
    w = cast.blown()
    ask, by, phone = cast.ask(w), cast.liaison(cast.court), "13700000001"
    whistles.report_in(by=by, whistle=w, ask=ask, officer="王工", way="site", at=at(24, 11))
    first = f"{SITE}{link(cast, w)}"
    whistles.assign(
        by=cast.worker, whistle=w, ask=ask, lead=True, words="放" * 400, due_on=date(2026, 5, 15), at=at(24, 12)
    )
    assert cast.ask(w).link_until == at(30, 17, 30, month=5)
    assert cast.messages(phone)[-1].endswith(f"，请打开 {first}")
    with time_machine.travel(at(20, 9, month=5), tick=False):
        tasks.run_whistles(at(20, 9, month=5))
        assert "超时了" in cast.messages(phone)[-1] and cast.messages(phone)[-1].endswith(f"请打开 {first}")
        assert Client().get(link(cast, w)).status_code == 200
    whistles.stop_link(by=cast.worker, whistle=w, ask=cast.ask(w), at=at(21, month=5))
    whistles.end_ask(by=cast.worker, whistle=w, ask=cast.ask(w), words="不用了", at=at(21, month=5))
    assert "/w/" not in cast.messages(phone)[-1]


def test_expired_and_withdrawn_links_look_alike_and_say_whom_to_call(cast):
    w = cast.blown()
    withdrawn, expiring = link(cast, w, 1), link(cast, w, 2)
    whistles.stop_link(by=cast.worker, whistle=w, ask=cast.ask(w, 1), at=NOW)
    one = Client().get(withdrawn)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        other = Client().get(expiring)

    def strip(answer):
        return re.sub(r'csrf\w*" value="[^"]+"|value="/w/[^"]+"', "", answer.content.decode())

    assert (one.status_code, other.status_code) == (404, 404)
    assert "0000-7654321" in text(one) and strip(one) == strip(other)
    assert Client().get("/w/abc/").status_code == 404
    assert Client().post(f"{withdrawn}receive/", {"officer": "王工"}).status_code == 404
    assert cast.ask(w, 1).step == "blown"


def test_link_does_only_what_a_liaison_may(cast):
    w = cast.blown()
    here = link(cast, w)
    for act in ("check", "score", "send_link", "assign", "close", "pass_on", "nothing"):
        assert Client().post(f"{here}{act}/", {"officer": "王工", "words": "x"}).status_code == 404, act


def test_link_is_seen_by_who_may_send_it_and_that_is_written_down(cast):
    w = cast.blown()
    here = f"/c/{cast.place.slug}/whistles/{w.number}/asks/1/see_link/"
    assert "看链接" in text(page(cast, "worker", "1/")) and "看链接" not in text(page(cast, "chair", "1/"))
    shown = cast.place.client(cast.worker).post(here).content.decode()
    assert f"http://testserver{link(cast, w)}" in shown and "<svg" in shown
    assert cast.place.client(cast.chair).post(here).status_code == 422
    assert cast.place.client(cast.engineer).post(here).status_code == 404
    seen = AuditEntry.objects.get(compound=cast.place.compound, act="see_link")
    assert seen.account_id == cast.worker.account_id and "看了区法院的链接" in text(page(cast, "worker", "1/"))
    assert Client().get(link(cast, w)).status_code == 200
    whistles.stop_link(by=cast.worker, whistle=w, ask=cast.ask(w), at=NOW)
    none = cast.place.client(cast.worker).post(here)
    assert none.status_code == 422 and "现在没有能用的链接" in text(none)


def test_link_is_rate_limited(cast):
    w = cast.blown()
    here = link(cast, w)
    for _ in range(40):
        Client().post(f"{here}receive/", {"officer": ""})
    assert Client().post(f"{here}receive/", {"officer": "王工"}).status_code == 404
    assert cast.ask(w).step == "blown" and Client().get(here).status_code == 200
    Throttle.objects.all().delete()


def test_link_is_sent_anew_from_the_page(cast):
    w = cast.blown()
    old = link(cast, w)
    shown = post(cast, "worker", "1/asks/1/send_link/", phone="13700000009")
    assert link(cast, w) in shown.content.decode() and Client().get(old).status_code == 404
    assert any(link(cast, w) in words for words in cast.messages("13700000009"))


def test_address_of_the_link_is_the_site(cast):
    w = cast.blown()
    assert cast.messages("13700000001")[0].endswith(f"{SITE}{link(cast, w)}")
