"""The pages of resident representatives, and who opens them: post by post, here and next door."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters.models import Matter
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.people.rules import POSTS, Body, Role
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services
from linli.volunteers.models import Cover, HouseAct
from linli.volunteers.queries import representatives as read
from linli.volunteers.rules.representatives import Kind

from .covering import did, name, refused, text, url

pytestmark = pytest.mark.usefixtures("_at_ten")


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_record_on_the_phone_without_script(place, aunt, cover):
    browser, once = place.client(aunt), str(uuid4())
    assert "记一次" in text(browser.get(url(place, "representative-mine")))
    said = {
        "kind": "civil_persuasion",
        "home": place.home.label,
        "result": "狗绳拴上了",
        "once": once,
        "needs": "草坪要补",
    }
    for _ in range(2):
        answer = browser.post(url(place, "house-act-new"), said, follow=True)
    assert "文明劝导：狗绳拴上了" in text(answer) and "开了一件事" in text(answer)
    row = HouseAct.objects.get(compound_id=place.compound.pk)
    assert row.home == place.home
    page = text(browser.get(url(place, "house-act", row.number)))
    assert f"第{row.matter.label}号" in page


def test_record_keeps_what_was_typed(place, aunt, cover):
    answer = place.client(aunt).post(url(place, "house-act-new"), {"kind": "volunteer_patrol", "result": "搬走了"})
    assert answer.status_code == 422 and "选一户" in text(answer) and "搬走了" in text(answer)


def test_office_names_sees_praises_and_ends(place, clerk, aunt):
    browser = place.client(clerk)
    form = {
        "post": str(aunt.role_id),
        "where": str(place.home.building_id),
        "from_day": "2026-03-01",
        "once": str(uuid4()),
    }
    answer = browser.post(url(place, "representative-new"), form, follow=True)
    assert "何秀英" in text(answer) and "7栋" in text(answer)
    row = did(place, aunt)
    assert "志愿巡逻1" in text(browser.get(url(place, "representatives")))
    assert "志愿巡逻" in text(browser.get(url(place, "house-acts")))
    assert "夸好了" in text(browser.post(url(place, "house-act", row.number), {"word": "warmth"}, follow=True))
    cover = Cover.objects.get(compound_id=place.compound.pk)
    browser.post(url(place, "cover-end", cover.pk))
    assert "现在没有要看的人家" in text(browser.get(url(place, "representatives")))


def test_secret_matter_is_not_named_to_who_may_not_open_it(place, clerk, aunt, cover):
    row = did(place, aunt, needs="这家的事先别说")
    Matter.objects.filter(compound_id=place.compound.pk).update(privacy="secret")
    grid = place.client(place.post(Role.GRID_WORKER))
    page = grid.get(url(place, "house-act", row.number)).content.decode()
    assert row.matter.label not in page and "先别说" not in page


def test_lists_take_as_many_queries_for_one_as_for_many(place, clerk, aunt, cover):
    did(place, aunt)
    pages = [(place.client(clerk), url(place, p)) for p in ("representatives", "house-acts")]
    pages += [(place.client(aunt), url(place, "representative-mine"))]
    pages += [(place.client(clerk), url(place, "representative", cover.representative_id))]

    def cost():
        found = []
        for browser, page in pages:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert browser.get(page).status_code == 200
            found.append(len(seen))
        return found

    cost()
    one = cost()
    for n in range(12):
        other = place.post(Role.RESIDENT_REPRESENTATIVE, name=f"代表{n}")
        name(place, clerk, other)
        did(place, other, needs="路灯不亮", kind=Kind.SERVICE, home=place.home)
        did(place, aunt, needs="路灯不亮", home=place.home)
    assert cost() == one


def test_acts_are_read_page_by_page(place, clerk, aunt, cover):
    for n in range(read.PAGE + 3):
        did(place, aunt, result=f"第{n}遍")
    browser = place.client(clerk)
    first = browser.get(url(place, "house-acts"))
    assert first.context["more"] == 4 and len(first.context["acts"]) == read.PAGE
    rest = browser.get(url(place, "house-acts") + "?before=4")
    assert len(rest.context["acts"]) == 3 and rest.context["more"] is None


# ── who: post × here and next door ──────────────────────────────────────────────────────────────────────────────────

OFFICE = {"branch_secretary", "community_secretary", "community_worker", "grid_leader", "grid_worker"}


REPRESENTATIVE = {"resident_representative"}


@pytest.mark.django_db
@pytest.mark.one_database
@pytest.mark.parametrize("role", [r for r in Role if r in POSTS or r in (Role.OWNER, Role.OCCUPANT)])
def test_each_post_opens_its_pages_here_and_none_next_door(role):
    here, there = makers.compound("here"), makers.compound("there")
    made = {}
    for spot in (here, there):
        with compound_scope(spot.compound.pk):
            office = spot.post(Role.COMMUNITY_WORKER)
            aunt = spot.post(Role.RESIDENT_REPRESENTATIVE, name="何秀英")
            cover = name(spot, office, aunt)
            made[spot.slug] = (cover, did(spot, aunt))
    actor = _somebody(here, role)
    cover, act = made["here"]
    opens = {
        page: here.client(actor).get(url(here, page, *args)).status_code
        for page, args in {
            "representatives": (), "representative-new": (), "house-acts": (), "representative": (cover.representative_id,),
            "house-act": (act.number,), "representative-mine": (), "my-representative": (),
        }.items()
    }  # fmt: skip
    office, own, home = role in OFFICE, role in REPRESENTATIVE, role in (Role.OWNER, Role.OCCUPANT)
    yes = {True: 200, False: 404}
    assert opens == {
        "representatives": yes[office], "representative-new": yes[office], "house-acts": yes[office], "representative": yes[office],
        "house-act": yes[office], "representative-mine": yes[own], "my-representative": yes[home],
    }  # fmt: skip
    assert here.client(actor).post(url(here, "cover-end", made["there"][0].pk)).status_code == 404
    for page, args in (
        ("representatives", ()),
        ("house-acts", ()),
        ("representative-mine", ()),
        ("my-representative", ()),
    ):
        assert here.client(actor).get(url(there, page, *args)).status_code == 404, page
    with compound_scope(there.compound.pk), refused("not_yours"):
        services.end_cover(by=actor, cover=made["there"][0], at=NOW)
    with compound_scope(there.compound.pk), refused("not_yours"):
        did(there, actor)


def _somebody(place, role):
    if role in (Role.OWNER, Role.OCCUPANT):
        return place.resident(relation="owner" if role == Role.OWNER else "tenant")
    from linli.people.models import Organisation

    kind = sorted(POSTS[role])[0]
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)


def test_another_representative_reads_no_act_of_this_one(place, clerk, aunt, cover):
    row = did(place, aunt)
    other = place.post(Role.RESIDENT_REPRESENTATIVE, name="赵远")
    assert place.client(other).get(url(place, "house-act", row.number)).status_code == 404
    with refused("not_yours"):
        services.follow_up(by=other, compound=place.compound, act=row, words="灯", at=at(24, 11))
