"""From an empty installation to a compound with bodies and posts, through the pages."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.people import services
from linli.people.models import Account, Organisation, Post
from linli.places.models import Community, Compound, ProfileAdoption
from linli.plumbing.tenancy import compound_scope

pytestmark = pytest.mark.django_db
OPERATOR, SECRETARY, MANAGER = "13900000001", "13900000002", "13900000003"


def enter(phone):
    browser = Client()
    browser.post(reverse("people:sign-in"), {"phone": phone})
    answer = browser.post(reverse("people:code"), {"code": browser.session["code_sent"]["code"]})
    if answer.url == reverse("people:privacy"):
        browser.post(reverse("people:privacy"))
    return browser


@pytest.fixture
def operator():
    services.make_operator(phone=OPERATOR, name="吴一", password="three-rings-9", at=timezone.now())
    browser = Client()
    browser.post(reverse("people:sign-in"), {"way": "password", "phone": OPERATOR, "password": "three-rings-9"})
    browser.post(reverse("people:privacy"))
    return browser


def start(operator):
    """Subdistrict, community, secretary, compound; gives back the secretary's browser."""
    operator.post(reverse("places:new-subdistrict"), {"region": "某省某市", "name": "临溪街道"})
    page = operator.get(reverse("places:operator"))
    subdistrict = page.context["subdistricts"][0]["place"]
    answer = operator.post(reverse("places:new-community", args=[subdistrict.pk]), {"name": "柳溪社区"})
    community = Community.objects.get()
    assert answer.url == reverse("people:first-post", args=[community.pk])
    operator.post(answer.url, {"name": "周书记", "phone": SECRETARY})
    secretary = enter(SECRETARY)
    assert secretary.get(reverse("people:standings")).url == reverse("places:community", args=[community.pk])
    answer = secretary.post(
        reverse("places:new-compound", args=[community.pk]),
        {"name": "柳溪苑小区", "slug": "liuxiyuan", "address": "柳溪路 8 号", "phone": "0000-1234567", "is_unmanaged": "0",
         "hours": "8:30-12:00，14:00-17:30", "public_page": "1", "profile": "hangzhou"},
    )  # fmt: skip
    assert answer.url == reverse("people:bodies", args=["liuxiyuan"])
    return secretary


def test_operator_sees_places_only(operator):
    assert operator.get(reverse("people:standings")).url == reverse("places:operator")
    start(operator)
    page = operator.get(reverse("places:operator")).content.decode()
    assert "柳溪社区" in page
    assert "周书记" not in page
    assert SECRETARY not in page
    for name in ("people:bodies", "people:me", "places:settings"):
        assert operator.get(reverse(name, args=["liuxiyuan"])).status_code == 404


def test_operator_names_only_the_first_secretary(operator):
    start(operator)
    community = Community.objects.get()
    answer = operator.post(reverse("people:first-post", args=[community.pk]), {"name": "别人", "phone": "13900000009"})
    assert answer.status_code == 422
    assert "已经有人了" in answer.content.decode()


def test_compound_is_made_with_its_profile_and_hours(operator):
    start(operator)
    compound = Compound.objects.get()
    assert (compound.ordinal, compound.profile) == (1, "hangzhou")
    assert compound.settings["hours"] == [["08:30", "12:00"], ["14:00", "17:30"]]
    with compound_scope(compound.pk):
        assert ProfileAdoption.objects.get().profile == "hangzhou"


def test_slug_taken_is_said_beside_the_field(operator):
    secretary = start(operator)
    community = Community.objects.get()
    answer = secretary.post(
        reverse("places:new-compound", args=[community.pk]),
        {"name": "另一个", "slug": "liuxiyuan", "is_unmanaged": "1", "public_page": "1", "profile": "beijing"},
    )
    assert answer.status_code == 422
    assert "换一个" in str(answer.context["form"].errors["slug"])
    assert "另一个" in answer.content.decode()


def test_secretary_sets_up_a_body_whose_head_appoints(operator):
    secretary = start(operator)
    answer = secretary.post(
        reverse("people:new-body", args=["liuxiyuan"]),
        {"kind": "property_company", "name": "清和物业", "head_name": "王经理", "head_phone": MANAGER},
    )
    assert answer.url == reverse("people:bodies", args=["liuxiyuan"])
    body = Organisation.objects.get(kind="property_company")
    assert Account.objects.get(phone=MANAGER).verified_at is None
    manager = enter(MANAGER)
    assert Account.objects.get(phone=MANAGER).verified_at
    assert manager.get(reverse("people:standings")).status_code == 302
    answer = manager.post(
        reverse("people:appoint", args=["liuxiyuan", body.pk]),
        {"kind": "engineer", "name": "李师傅", "phone": "13900000004", "from_day": "2026-01-01", "obtained": "hired"},
    )
    assert answer.status_code == 302
    assert Post.objects.filter(organisation=body).count() == 2
    assert "李师傅" in manager.get(reverse("people:bodies", args=["liuxiyuan"])).content.decode()


def test_secretary_names_the_community_s_own_posts(operator):
    secretary = start(operator)
    community = Community.objects.get()
    own = Organisation.objects.get(kind="residents_committee")
    answer = secretary.post(
        reverse("people:community-appoint", args=[community.pk, own.pk]),
        {
            "kind": "grid_worker",
            "name": "孙网格",
            "phone": "13900000005",
            "from_day": "2026-01-01",
            "obtained": "appointed",
        },
    )
    assert answer.status_code == 302
    assert secretary.get(reverse("people:community-posts", args=[community.pk])).status_code == 200
    assert secretary.get(reverse("places:community", args=[community.pk])).status_code == 200
    secretary.post(reverse("places:new-grid", args=[community.pk]), {"name": "第一网格"})
    assert community.grid_set.count() == 1
    manager_page = reverse("people:appoint", args=["liuxiyuan", own.pk])
    assert secretary.get(manager_page).status_code == 200


def test_ended_post_opens_nothing(operator):
    secretary = start(operator)
    secretary.post(
        reverse("people:new-body", args=["liuxiyuan"]),
        {"kind": "property_company", "name": "清和物业", "head_name": "王经理", "head_phone": MANAGER},
    )
    manager = enter(MANAGER)
    assert manager.get(reverse("people:bodies", args=["liuxiyuan"])).status_code == 200
    post = Post.objects.get(account__phone=MANAGER)
    answer = secretary.post(reverse("people:end-post", args=["liuxiyuan", post.pk]), {"reason": "换了公司"})
    assert answer.status_code == 302
    assert manager.get(reverse("people:bodies", args=["liuxiyuan"])).status_code == 404


def test_cross_posts_are_flagged_not_forbidden(operator):
    secretary = start(operator)
    for kind, name in (("property_company", "清和物业"), ("owners_committee", "业委会")):
        secretary.post(
            reverse("people:new-body", args=["liuxiyuan"]),
            {"kind": kind, "name": name, "head_name": "王经理", "head_phone": MANAGER},
        )
    assert {tuple(p.cross_flags) for p in Post.objects.filter(account__phone=MANAGER)} == {("property_and_committee",)}
    assert "同时在物业公司和业委会任职" in secretary.get(reverse("people:bodies", args=["liuxiyuan"])).content.decode()


def test_settings_are_changed_by_the_secretary_alone(operator):
    secretary = start(operator)
    url = reverse("places:settings", args=["liuxiyuan"])
    given = {
        "name": "柳溪苑",
        "is_unmanaged": "1",
        "public_page": "0",
        "profile": "beijing",
        "cross_posts": "hide",
        "hours": "",
    }
    assert secretary.post(url, given).status_code == 302
    compound = Compound.objects.get()
    assert (compound.name, compound.public_page, compound.profile) == ("柳溪苑", False, "beijing")
    secretary.post(
        reverse("people:new-body", args=["liuxiyuan"]),
        {"kind": "property_company", "name": "清和物业", "head_name": "王经理", "head_phone": MANAGER},
    )
    manager = enter(MANAGER)
    assert manager.get(url).status_code == 200
    assert manager.post(url, given).status_code == 404
