"""What homes hear of a batch case, and who of them."""

from datetime import date
from uuid import uuid4

import pytest

from linli.kernel.refusal import Refused
from linli.matters.queries import batches as reads
from linli.matters.queries import tenure
from linli.matters.services import batches
from linli.notices.models import Message
from linli.people.models import Binding, Ownership, Person
from linli.plumbing.models import AuditEntry

from .batching import HEAD, NOW, heard, opened, own, rows, sold, step, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# ── what homes hear ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_bound_family_hears_and_the_tenant_does_not(place, batch, chair):
    home = next(h for h in place.homes if h.label == "8栋1单元301")
    owner, child, tenant = (place.resident(home, kind) for kind in ("owner", "family", "tenant"))
    taken(batch, chair)
    words = (
        "8栋1单元301办证还缺：契税票、房屋测绘成果",
        "契税票：没交过的带身份证到办税厅交；交到物业前台；房屋测绘成果不用您跑。",
    )
    assert heard(owner) == heard(child) == [words]
    assert heard(tenant) == []
    step(batch, chair, "8栋1单元301", "block", reason="frozen", words="法院查封")
    assert heard(owner)[-1] == ("8栋1单元301办证卡住了：法院查封着", "法院查封")


def test_nothing_changed_says_nothing(place, batch, chair):
    owner = place.resident(place.homes[0])
    taken(batch, chair)
    taken(batch, chair)
    assert len(heard(owner)) == 1


def test_an_owner_without_an_account_hears_that_it_is_stuck_by_text_or_by_a_visit(place, batch, chair):
    by_label = {h.label: h for h in place.homes}
    own(place, by_label["7栋2单元301"], "王某", "13800000003")
    own(place, by_label["8栋1单元301"], "陈某", "")
    taken(batch, chair)
    assert not Message.objects.filter(compound=place.compound).exists()  # what stood in the sheet is no news
    for label in ("7栋2单元301", "8栋1单元301"):
        step(batch, chair, label, "block", reason="frozen", words="法院查封")
    told = Message.objects.filter(compound=place.compound).order_by("id").values_list("channel", "phone", "title")
    assert list(told) == [
        ("sms", "13800000003", "7栋2单元301办证卡住了：法院查封着"),
        ("visit", "", "8栋1单元301办证卡住了：法院查封着"),
    ]


def test_the_matters_people_hear_that_it_goes_on_as_a_batch(place, chair):
    me = place.resident()
    matter = place.matter(me, "不动产权证一直办不下来")
    before = len(heard(me))
    opened(place, chair, matter=matter)
    assert [title for title, _body in heard(me)[before:]] == [f"第 {matter.label} 号和很多家一样，一起办"]


def test_all_that_miss_a_paper_are_told_each_by_their_way(place, batch, chair):
    by_label = {h.label: h for h in place.homes}
    bound = place.resident(by_label["7栋2单元301"])
    own(place, by_label["8栋1单元301"], "王某", "13800000003")
    own(place, by_label["8栋2单元301"], "陈某", "")
    taken(batch, chair)
    step(batch, chair, "8栋2单元301", "unblock")
    once = uuid4()
    reach = batches.tell_missing(by=chair, batch=batch, papers=["survey"], words="测绘所周六来。", at=NOW, once=once)
    assert (reach.app, reach.text, reach.nobody) == (1, 1, 1)
    assert heard(bound)[-1] == ("7栋2单元301办证还缺房屋测绘成果", "测绘所周六来。 房屋测绘成果不用您跑。")
    text = Message.objects.filter(compound=place.compound, channel="sms").values_list("phone", "title")
    assert list(text) == [("13800000003", "8栋1单元301办证还缺房屋测绘成果")]
    before = Message.objects.filter(compound=place.compound).count()
    batches.tell_missing(by=chair, batch=batch, papers=["survey"], words="测绘所周六来。", at=NOW, once=once)
    assert Message.objects.filter(compound=place.compound).count() == before


def test_several_papers_are_one_act_and_one_message_a_home(place, batch, chair):
    bound = place.resident({h.label: h for h in place.homes}["7栋2单元301"])
    taken(batch, chair)
    papers = reads.papers_of(batch)
    lacking = [p.label for p in papers if f"|{p.key}|" in rows(batch)["7栋2单元301"].lacks]
    before = len(heard(bound))
    batches.tell_missing(by=chair, batch=batch, papers=[p.key for p in papers], at=NOW)
    assert lacking
    assert [title for title, _words in heard(bound)[before:]] == [f"7栋2单元301办证还缺{'、'.join(lacking)}"]
    assert AuditEntry.objects.get(act="tell_missing").data["papers"] == [p.key for p in papers]


def test_nobody_misses_it(batch, chair):
    with pytest.raises(Refused, match="没有哪一户"):
        batches.tell_missing(by=chair, batch=batch, papers=["survey"], at=NOW)
    with pytest.raises(Refused, match="选一样"):
        batches.tell_missing(by=chair, batch=batch, papers=["x"], at=NOW)


# ── who has left ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_sold_hears_nothing_more_and_the_new_owner_does(place, chair, batch):
    taken(batch, chair, HEAD + "7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[1]
    old, child = place.resident(home, name="李老"), place.resident(home, relation="family", name="李小")
    sold(place, home, old)
    batches.tell_missing(by=chair, batch=batch, papers=["deed_tax"], at=NOW)
    sent = Message.objects.filter(compound=place.compound, kind="batch", title__contains="还缺")
    assert {(m.account_id, m.phone) for m in sent} == {(None, "13799990000")}
    for gone in (old, child):
        assert reads.homes_of_resident(batch, gone.account_id, home.pk) == []
        assert reads.mine_open(place.compound.pk, gone.account_id) == []


def test_an_owner_by_the_register_and_the_family_are_told(place, chair, batch):
    taken(batch, chair, HEAD + "7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[1]
    owner, child = place.resident(home, name="李老"), place.resident(home, relation="family", name="李小")
    person = Binding.objects.get(account_id=owner.account_id).person
    Ownership.objects.create(compound=place.compound, home=home, person=person)
    gone = Person.objects.create(compound=place.compound, name="前妻")
    Ownership.objects.create(compound=place.compound, home=home, person=gone, to_day=date(2026, 2, 1))
    assert set(tenure.accounts_of(place.compound.pk, [home.pk])[home.pk]) == {owner.account_id, child.account_id}
