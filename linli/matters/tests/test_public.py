import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from linli.matters import services
from linli.matters.models import Attachment, Matter
from linli.people.rules import Role
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry

from . import makers
from .residents import photo, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def crew(place):
    return place.resident(), place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)


def url(place, name="public", *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def fixed(place, crew, words="7栋1单元301室门口灯不亮，电话13900001111", *, photos=True, **triage) -> Matter:
    reporter, desk, worker = crew
    m = services.raise_with_photos(
        by=reporter, compound=place.compound, words=words, files=[photo("a.jpg", "black")] if photos else [], at=makers.at(20),
        spot=services.Spot(home=place.home),
    )  # fmt: skip
    m = services.triage(
        by=desk, matter=m, at=makers.at(20),
        **{"category": "0101", "level": "building", "urgency": "normal", "public_title": m.public_title, **triage},
    )  # fmt: skip
    m = services.dispatch(by=desk, matter=m, body=place.property, at=makers.at(20))
    m = services.take(by=worker, matter=m, words="来", at=makers.at(20))
    if photos:
        services.photos.attach(by=worker, matter=m, files=[photo("b.jpg", "white")], phase="after", at=makers.at(21))
    m = services.resolve(by=worker, matter=m, words="换了灯", evidence=True, at=makers.at(21))
    return services.confirm(by=reporter, matter=m, at=makers.at(22))


def test_public_page_opens_without_signing_in(place):
    assert place.client().get(url(place)).status_code == 200


@pytest.mark.parametrize("name", ["public", "solved"])
def test_public_page_is_not_found_when_the_compound_keeps_it_closed(name):
    closed = makers.compound("closed", public_page=False)
    assert closed.client().get(url(closed, name)).status_code == 404
    assert closed.client(closed.resident()).get(url(closed, name)).status_code == 404


def test_public_page_says_the_month_in_one_sentence_and_the_overdue_openly(place, crew):
    fixed(place, crew)
    place.matter(crew[0], "还有一件")
    shift(place.compound.pk, {"open:overdue": 1})
    page = text(place.client().get(url(place)))
    assert "这个月，邻居们说了2件事，办好1件。" in page
    assert "还有1件在办，其中1件超过了答应的时间。" in page
    assert "楼栋里1件" in page
    assert "公共设施维修10" in page
    assert "还没分类11" in page


def test_public_page_says_in_how_many_days_half_was_solved(place, crew):
    for n in range(4):
        m = fixed(place, crew, f"第{n}盏灯", photos=False)
    assert "一半在" not in text(place.client().get(url(place)))  # four have no half worth a sentence
    shift(place.compound.pk, {"took:2026-01:3": 3, "took:2026-02:14": 2, "took:2025-12:1": 50})
    assert "最近三个月办好的事，一半在3天内解决。" in text(place.client().get(url(place)))
    assert kept(place.compound.pk, "took:2026-03") == {"took:2026-03:1": 4}
    services.reopen(by=crew[0], matter=m, reason="又坏了", at=makers.at(23))
    assert kept(place.compound.pk, "took:2026-03") == {"took:2026-03:1": 3}


def test_everybody_reads_what_the_desk_put_until_then_the_kind_alone(place, crew):
    """Traps 13: a neighbour's name in the first sentence of a report."""
    _reporter, desk, _worker = crew
    place.resident(place.homes[1], name="王建国")
    m = fixed(place, crew, "王建国家楼上老往下滴水，楼道地上都是水", photos=False, public_title="")
    assert m.public_title.startswith("某人家楼上")
    page = text(place.client().get(url(place)))
    assert "王建国" not in page and "滴水" not in page and "楼道照明" in page
    browser, there = place.client(desk), url(place, "act", m.number, "public_title")
    assert "某人家楼上" in browser.get(there).content.decode()
    for words in ("王建国家漏水", "7栋1单元301漏水"):
        assert browser.post(there, {"words": words}).status_code == 422
    assert browser.post(there, {"words": "楼上往下滴水"}).status_code == 302
    assert browser.post(there, {"words": "楼上漏水，修好了"}).status_code == 302
    page = text(place.client().get(url(place)))
    assert "楼上漏水，修好了" in page and "滴水" not in page
    entries = AuditEntry.objects.filter(subject_id=m.pk, act="public_title").order_by("id")
    assert [e.data["public_title"] for e in entries] == ["楼上往下滴水", "楼上漏水，修好了"]
    assert place.client(crew[0]).post(there, {"words": "别的"}).status_code == 422
    assert place.client(place.post(Role.STEWARD)).post(there, {"words": "别的"}).status_code == 422


@pytest.mark.parametrize("sorting", [False, True])
def test_what_the_desk_put_is_taken_back_by_a_blank(place, crew, sorting):
    desk = crew[1]
    m = fixed(place, crew, "楼上老往下滴水", photos=False, public_title="楼上漏水，修好了")
    browser = place.client(desk)
    if sorting:
        again = {"matter": m, "category": "0101", "level": "building", "urgency": "normal", "at": makers.NOW}
        m = services.reopen(by=crew[0], matter=m, reason="又滴了", at=makers.NOW)
        again["matter"] = m
        m = services.triage(by=desk, **again)
        assert m.titled_at and m.public_title == "楼上漏水，修好了"
        m = services.triage(by=desk, **again, public_title=" ")
    else:
        assert "楼上漏水，修好了" in text(place.client().get(url(place)))
        assert browser.post(url(place, "act", m.number, "public_title"), {"words": ""}).status_code == 302
        page = text(place.client().get(url(place)))
        assert "楼上漏水" not in page and "楼道照明" in page
        assert "公开时只写类别" in text(browser.get(url(place, "matter", m.number)))
    m.refresh_from_db()
    assert (m.public_title, m.titled_at) == ("楼上老往下滴水", None)


def test_desk_puts_it_while_sorting_and_names_are_refused_beside_the_field(place, crew):
    desk = crew[1]
    place.resident(place.homes[1], name="王建国")
    m = place.matter(crew[0], "楼道灯不亮")
    given = {"category": "0101", "urgency": "normal", "body": str(place.property.pk), "post": str(crew[2].role_id)}
    browser, there = place.client(desk), url(place, "panel", m.number)
    page = browser.get(there).content.decode()
    assert 'placeholder="楼道灯不亮"' in page and 'value="楼道灯不亮"' not in page  # nothing is said by pressing Enter
    refused = browser.post(there, {**given, "public_title": "王建国家门口灯不亮"})
    assert refused.status_code == 422 and "比如写：某人家门口灯不亮" in refused.content.decode()
    assert browser.post(there, {**given, "public_title": "门口灯不亮"}).status_code == 302
    m.refresh_from_db()
    assert (m.state, m.public_title, m.titled_at) == ("dispatched", "门口灯不亮", makers.NOW)


def test_public_page_names_nobody_and_no_home(place, crew):
    fixed(place, crew)
    for name in ("public", "solved"):
        response = place.client().get(url(place, name))
        # The key of a photo may hold a room's number by chance.
        page = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", response.content.decode())
        assert "7栋门口灯不亮" in text(response)
        for secret in ("301", "13900001111", "李小满", "李*", "周一平", "换了灯"):
            assert secret not in page, secret


def test_public_page_shows_before_and_after_and_serves_the_photos(place, crew):
    m = fixed(place, crew)
    page = place.client().get(url(place)).content.decode()
    shown = re.findall(r'src="([^"]+/thumb/)"', page)
    assert len(shown) == 2
    for address in shown:
        answer = place.client().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    # the guarded address stays guarded
    pk = Attachment.objects.filter(compound_id=place.compound.pk, matter=m).first().pk
    assert place.client().get(url(place, "file", pk, "thumb")).status_code == 302


@pytest.mark.parametrize("change", ["open", "secret", "care", "hidden", "internal", "closed_page"])
def test_public_file_only_of_fixed_open_matters(place, crew, change):
    m = fixed(place, crew)
    row = Attachment.objects.filter(compound_id=place.compound.pk, matter=m).first()
    address = url(place, "public-file", row.pk, "thumb")
    assert place.client().get(address).status_code == 200
    if change == "open":
        services.reopen(by=crew[0], matter=m, reason="又坏了", at=makers.at(23))
    elif change == "secret":
        Matter.objects.filter(compound_id=place.compound.pk, pk=m.pk).update(privacy="secret")
    elif change == "care":
        Matter.objects.filter(compound_id=place.compound.pk, pk=m.pk).update(category="1401")
    elif change == "hidden":
        services.photos.hide(by=crew[0], attachment=row, reason="拍到人了", at=makers.at(23))
    elif change == "internal":
        Attachment.objects.filter(compound_id=place.compound.pk, pk=row.pk).update(internal=True)
    else:
        place.compound.public_page = False
        place.compound.save()
    assert place.client().get(address).status_code == 404


def test_public_file_of_another_compound_is_not_found(place, crew):
    m = fixed(place, crew)
    pk = Attachment.objects.filter(compound_id=place.compound.pk, matter=m).first().pk
    other = makers.compound("taoyuan")
    assert other.client().get(url(other, "public-file", pk, "thumb")).status_code == 404
    assert place.client().get(url(place, "public-file", pk, "sealed")).status_code == 404


def test_public_lists_leave_out_what_was_not_fixed(place, crew):
    reporter, desk, _worker = crew
    services.decline(by=desk, matter=place.matter(reporter, "没头没脑的一句"), reason="no_content", at=makers.NOW)
    services.withdraw(by=reporter, matter=place.matter(reporter, "撤回的一句"), at=makers.NOW)
    fixed(place, crew, "吵架的一件", category="0806", photos=False)
    fixed(place, crew, "解释的一件", photos=False)
    Matter.objects.filter(compound_id=place.compound.pk, title="解释的一件").update(outcome="explained")
    page = text(place.client().get(url(place, "solved")))
    assert "还没有办好的事" in page
    for words in ("没头没脑", "撤回的一句", "吵架", "解释的"):
        assert words not in page


@pytest.mark.parametrize("n", [1, 3])
def test_public_page_takes_the_same_queries_whatever_the_number(place, crew, n):
    for i in range(n):
        m = fixed(place, crew, f"第{i}盏灯", photos=False)
        Matter.objects.filter(compound_id=place.compound.pk, pk=m.pk).update(photo_before="x", photo_after="y")
    with assertNumQueries(6):
        place.client().get(url(place))
    with assertNumQueries(4):
        place.client().get(url(place, "solved"))


def test_solved_goes_on_where_the_page_ended(place, crew):
    for i in range(22):
        fixed(place, crew, f"第{i:02d}盏灯", photos=False)
    first = place.client().get(url(place, "solved"))
    link = re.search(r'href="(\?after=[^"]+)"', first.content.decode())[1]
    second = place.client().get(url(place, "solved") + link)
    seen = re.findall(r"第\d\d盏灯", text(first)) + re.findall(r"第\d\d盏灯", text(second))
    assert (len(seen), len(set(seen))) == (22, 22)


@pytest.mark.parametrize("after", ["x", "1_x", f"{10**30}_018f0000-0000-7000-8000-000000000001"])
def test_solved_with_a_broken_place_starts_at_the_top(place, after):
    assert place.client().get(url(place, "solved"), {"after": after}).status_code == 200
