"""What sorting, giving out and raising a level must say (domain §4.2, §4.4), and the answer to a complaint (§4.5)."""

from datetime import datetime

import pytest

from linli.kernel.clock import SHANGHAI, Calendar
from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Clock
from linli.matters.rules import times
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .desk.pages import sort_data, url
from .makers import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture(autouse=True)
def _here(place):
    with compound_scope(place.compound.pk):
        yield


def sort(place, by, matter, category, **more):
    given = {"category": category, "level": "compound", "urgency": "normal", "at": NOW, **more}
    return services.triage(by=by, matter=matter, **given)


# ── first receiver ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("0101", Body.PROPERTY), ("1103", Body.COMMUNITY), ("1201", Body.COMMITTEE), ("1301", Body.COMMUNITY), ("0801", Body.COMMUNITY),
        ("9901", Body.PROPERTY),
    ],
)  # fmt: skip
def test_the_category_says_who_receives_first(place, owner, desk, category, kind):
    m = sort(place, desk, place.matter(owner), category)
    assert m.first_receiver.kind == kind
    data = AuditEntry.objects.get(subject_id=m.pk, act="triage").data
    assert data["first_receiver_name"] == m.first_receiver.name


def test_the_desk_may_choose_another_and_sees_who_it_is(place, owner, secretary):
    m = place.matter(owner)
    browser = place.client(secretary)
    place.post(Role.COMMITTEE_CHAIR)
    given = sort_data(
        place, first_receiver=str(place.committee.pk), body=str(place.community.pk), post=str(secretary.role_id)
    )
    assert browser.post(url(place, "panel", m.number), given).status_code == 302
    m.refresh_from_db()
    assert m.first_receiver_id == place.committee.pk
    assert "首接单位" in browser.get(f"/c/{place.slug}/matters/{m.number}/").content.decode()


def test_a_body_from_elsewhere_receives_nothing(place, owner, desk):
    other = Organisation.objects.create(kind=Body.COMMITTEE, name="别处", compound=makers.compound("bieshu").compound)
    with pytest.raises(Refused, match="不管这个小区"):
        sort(place, desk, place.matter(owner), "0101", first_receiver=other)


# ── giving out ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_body_with_people_is_given_it_by_name(place, owner, secretary, engineer):
    m = place.matter(owner)
    browser = place.client(secretary)
    page = browser.post(url(place, "panel", m.number), sort_data(place, post=""))
    assert (page.status_code, page.context["form"].errors["post"]) == (422, ["请选派给这个单位的谁"])
    given = sort_data(place, post=str(engineer.role_id))
    said = browser.post(url(place, "panel", m.number), given, follow=True).content.decode()
    assert f"派给了{place.property.name} {Post.objects.get(pk=engineer.role_id).holder_name}" in said
    m.refresh_from_db()
    assert m.handler_post_id == engineer.role_id
    again = browser.get(url(place, "panel", place.matter(owner, category="0101").number))
    assert again.context["form"]["post"].value() == str(engineer.role_id)


def test_a_body_in_which_nobody_can_take_it_is_not_offered(place, owner, secretary, engineer):
    """Agencies are whistled for (§4.6); a committee that has nobody in office, a mediation committee have no hands either."""
    Organisation.objects.create(kind=Body.MEDIATION, name="调委会", community=place.compound.community)
    m = place.matter(owner)
    browser = place.client(secretary)
    form = browser.get(url(place, "panel", m.number)).context["form"]
    able = [(str(b.pk), b.name) for b in (place.property, place.community)]
    assert form.fields["body"].choices == able and form.fields["first_receiver"].choices[1:] == able
    for body in (place.agency, place.committee):
        assert browser.post(url(place, "panel", m.number), sort_data(place, body=str(body.pk))).status_code == 422


def test_an_agency_is_whistled_for_and_given_nothing(place, owner, secretary):
    m = sort(place, secretary, place.matter(owner), "0901")
    with pytest.raises(Refused, match="要吹哨"):
        services.dispatch(by=secretary, matter=m, body=place.agency, at=NOW)


def test_mediation_needs_both_sides_and_is_not_given_out(place, owner, secretary):
    """§5.7; who quarrels with whom stays with the community, its first receiver (§4.2)."""
    body = Organisation.objects.create(kind=Body.MEDIATION, name="调委会", community=place.compound.community)
    mediator = Post.objects.get(pk=place.post(Role.MEDIATOR, body).role_id)
    with pytest.raises(Refused, match="双方自愿") as no:
        sort(place, secretary, place.matter(owner), "0806", first_receiver=body)
    assert (no.value.field, no.value.refusal.article) == ("first_receiver", "人民调解法第十七条")
    m = sort(place, secretary, place.matter(owner), "0806")
    assert m.first_receiver_id == place.community.pk
    with pytest.raises(Refused, match="双方自愿"):
        services.dispatch(by=secretary, matter=m, body=body, post=mediator, at=NOW)
    form = place.client(secretary).get(url(place, "panel", m.number)).context["form"]
    assert str(body.pk) not in dict(form.fields["body"].choices)


def test_a_project_is_given_out_with_a_date(place, owner, desk):
    m = sort(place, desk, place.matter(owner), "0501", urgency="project")
    with pytest.raises(Refused) as no:
        services.dispatch(by=desk, matter=m, body=place.property, at=NOW)
    assert (no.value.field, str(no.value)) == ("due_at", "项目没有规定的期限，请定一个办完的日子")
    m = services.dispatch(by=desk, matter=m, body=place.property, due_at=at(30, 18, month=6), at=NOW)
    assert Clock.objects.get(matter=m, kind="finish").due_at == m.due_at == at(30, 18, month=6)


# ── a level higher ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_level_higher_has_a_new_due_time_and_the_broken_one_stays_broken(place, owner, desk, engineer):
    m = makers.in_progress(place, owner, desk, engineer)
    with pytest.raises(Refused, match="新的期限"):
        services.escalate(by=engineer, matter=m, level="compound", reason="要动总闸", due_at=None, at=NOW)
    with pytest.raises(Refused, match="现在以后"):
        services.escalate(by=engineer, matter=m, level="compound", reason="要动总闸", due_at=at(23), at=NOW)
    m = services.escalate(by=engineer, matter=m, level="compound", reason="要动总闸", due_at=at(30, month=4), at=at(31))
    before, after = Clock.objects.filter(matter=m, kind="finish").order_by("round")
    assert (before.breached_at, before.done_at) == (before.due_at, at(31))
    assert (after.started_at, after.due_at, after.done_at) == (at(31), at(30, month=4), None)
    assert (m.due_at, m.overdue) == (at(30, month=4), False)


# ── a complaint ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raised", "due"),
    [((2026, 9, 30), (2026, 10, 8)), ((2026, 3, 24), (2026, 3, 31)), ((2026, 2, 13), (2026, 2, 24))],
)
def test_a_complaint_is_answered_in_seven_days_whatever_holidays_there_are(raised, due):
    """Five working days and never later than seven days; a seventh day in the holidays gives way to the next working day (§0.2)."""
    plan = times.plan("finish", "complaint", datetime(*raised, 10, tzinfo=SHANGHAI), Calendar())
    assert plan.due_at == datetime(*due, 17, 30, tzinfo=SHANGHAI)
    assert datetime(*raised, 10, tzinfo=SHANGHAI) < plan.half_at < plan.late_at < plan.due_at
