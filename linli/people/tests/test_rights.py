"""Domain §4.9 as data, written a second time by hand, against the table in code: every role, every act, here and next door.

Rows that §4.9 splits into a paper chain (ballots, register lock) come with the assembly; acts of matters follow §4.4.
"""

from datetime import date

import pytest

from linli.matters import services
from linli.matters.access import matter_for
from linli.matters.models import Matter
from linli.matters.queries.desk import visible
from linli.matters.tests import makers
from linli.people.access import may_act, reaches, standing_by_key, standings
from linli.people.models import Organisation, Post
from linli.people.rules import POSTS, Act, Body, Role, may, may_appoint, may_end, may_set_up

# Every worker may enter for a resident what the resident could (§0.3.5). One letter a role keeps the table readable:
KEYS = {
    "op": "operator", "ow": "owner", "oc": "occupant", "sd": "subdistrict_officer", "cs": "community_secretary",
    "cw": "community_worker", "gl": "grid_leader", "gw": "grid_worker", "bs": "branch_secretary", "ch": "committee_chair",
    "vc": "committee_vice_chair", "cm": "committee_member", "am": "alternate_member", "se": "committee_secretary", "pc": "pmc_chair",
    "pm": "pmc_member", "rc": "register_clerk", "tr": "treasurer", "au": "auditor", "pr": "preparatory_member", "mg": "property_manager",
    "fd": "front_desk", "st": "steward", "gu": "guard", "cl": "cleaner", "en": "engineer", "bc": "building_captain",
    "ec": "entrance_captain", "rr": "resident_representative", "vo": "volunteer", "tl": "team_leader", "sk": "store_keeper", "me": "mediator",
    "al": "agency_liaison", "clock": "clock",
}  # fmt: skip
COMMUNITY, GRID, COMMITTEE, PMC = "cs cw", "gl gw", "ch vc cm", "pc pm"
PROPERTY, NEIGHBOURS = "mg fd st gu cl en", "bc ec rr vo tl"
WORKERS = f"{COMMUNITY} {GRID} {COMMITTEE} {PMC} {PROPERTY} {NEIGHBOURS} se bs"

EXPECTED = {
    "raise_matter": "ow oc",
    "raise_for_someone": WORKERS,
    "see_matters": f"{WORKERS} sd",
    "work_on_matters": WORKERS,
    "return_visit": f"{COMMUNITY} {GRID} {COMMITTEE}",
    "create_subdistrict": "op",
    "create_compound": "cs",
    "appoint_community_post": "cs",
    "appoint_in_body": "mg ch pc cs bs",
    "import_homes": f"fd mg {COMMUNITY} rc",
    "import_owners": f"rc {COMMUNITY}",
    "bind_person": f"rc {COMMUNITY}",
    "see_register": f"{COMMUNITY} {GRID} rc fd mg st se",
    "see_phone": f"{COMMUNITY} {GRID} {PROPERTY} {NEIGHBOURS} {COMMITTEE} rc se me",
    "blow_whistle_draft": f"{COMMITTEE} {PMC} {COMMUNITY}",
    "blow_whistle_approve": "ch cs sd",
    "answer_whistle": "al",
    "call_meeting": "cs bs ch pc",
    "run_opinion_round": f"{COMMITTEE} {PMC} {COMMUNITY}",
    "open_survey": f"{COMMUNITY} {COMMITTEE}",
    "create_assembly_session": f"pr {COMMITTEE} {PMC} sd",
    "appoint_pmc": "sd",
    "organise_pmc": COMMUNITY,
    "record_service": "tl",
    "daily_check": f"vo {GRID}",
    "open_care_file": f"{GRID} {COMMUNITY}",
    "mediate": "me",
    "enter_income": "tr",
    "approve_income": "ch",
    "draft_notice": "se cw mg",
    "issue_notice": "ch pc cs bs",
    "export_list": f"{COMMUNITY} mg fd se gl",
    "open_batch": f"{COMMITTEE} {PMC} {COMMUNITY}",
    "keep_batch": f"{COMMITTEE} {PMC} {COMMUNITY} se mg fd rc",
    "approve_export": f"{COMMUNITY} ch vc bs sd",
    "call_neighbours": f"ow oc {WORKERS}",
    "answer_call": f"ow oc {NEIGHBOURS}",
    "watch_calls": f"{COMMUNITY} {GRID}",
    "plan_check_ins": "mg",
    "check_in": "st",
    "set_prices": f"{COMMUNITY} mg",
    "place_order": f"{COMMITTEE} {PMC} se",
    "mind_hotline": COMMUNITY,
    "plan_outage": f"{COMMUNITY} mg fd",
    "keep_decorations": "mg fd",
    "record_talk": f"{COMMUNITY} {COMMITTEE} {PMC} se bs",
    "name_representative": f"{COMMUNITY} {GRID} bs",
    "tell_in_person": f"{COMMUNITY} {GRID}",
    "record_house_act": "rr",
    "ask_representative": f"ow oc {WORKERS}",
    "sit_in_body": f"{COMMITTEE} {PMC}",
    "keep_minutes": "ch vc pc se",
}
TODAY = date(2026, 3, 24)


def allowed(role: Role, act: Act) -> bool:
    return role.value in {KEYS[key] for key in EXPECTED[act.value].split()}


def test_table_names_every_act_and_every_role():
    assert set(EXPECTED) == {act.value for act in Act}
    assert set(KEYS.values()) == {role.value for role in Role}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_role_may_do_what_the_table_says_and_nothing_else(role, act):
    assert may(role, act) is allowed(role, act)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [r for r in Role if r in POSTS or r in (Role.OWNER, Role.OCCUPANT)])
def test_post_holds_its_rights_in_its_own_compound_and_none_next_door(role):
    here, there = makers.compound("here"), makers.compound("there")
    if role in POSTS:
        kind = next(iter(POSTS[role]))
        where = {"compound": here.compound}
        if kind == Body.COMMUNITY:
            where = {"community": here.compound.community}
        if kind == Body.SUBDISTRICT:
            where = {"subdistrict": here.compound.community.subdistrict}
        actor = here.post(role, body=Organisation.objects.create(kind=kind, name="某组织", **where))
    else:
        actor = here.resident(relation="owner" if role == Role.OWNER else "tenant")
    assert {act for act in Act if may_act(actor, act, here.compound)} == {act for act in Act if allowed(role, act)}
    assert [act for act in Act if may_act(actor, act, there.compound)] == []
    assert standings(actor.account_id, there.compound, TODAY) == []
    assert standing_by_key(here.keys[actor.role_id], actor.account_id, there.compound, TODAY) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (date(2026, 3, 24), None, True),
        (date(2026, 3, 25), None, False),
        (date(2026, 1, 1), date(2026, 3, 24), True),
        (date(2026, 1, 1), date(2026, 3, 23), False),
    ],
)
def test_post_acts_within_its_term_alone(start, end, holds):
    place = makers.compound()
    actor = place.post(Role.ENGINEER)
    Post.objects.filter(pk=actor.role_id).update(from_day=start, to_day=end)
    assert bool(standings(actor.account_id, place.compound, TODAY)) is holds


@pytest.mark.django_db
def test_community_reaches_its_own_compounds_alone():
    here, there = makers.compound("here"), makers.compound("there")
    assert [reaches(here.community, c) for c in (here.compound, there.compound)] == [True, False]
    assert [reaches(here.agency, c) for c in (here.compound, there.compound)] == [True, False]
    assert [reaches(here.property, c) for c in (here.compound, there.compound)] == [True, False]


# who appoints: (role, own body's kind, the body, the post, is it the appointer's own body, allowed)
APPOINTS = [
    ("property_manager", "property_company", "property_company", "engineer", True, True),
    ("property_manager", "property_company", "property_company", "engineer", False, False),
    ("property_manager", "property_company", "owners_committee", "committee_member", False, False),
    ("front_desk", "property_company", "property_company", "guard", True, False),
    ("committee_chair", "owners_committee", "owners_committee", "committee_member", True, True),
    ("committee_chair", "owners_committee", "property_company", "property_manager", False, False),
    ("committee_member", "owners_committee", "owners_committee", "treasurer", True, False),
    ("pmc_chair", "property_management_committee", "property_management_committee", "pmc_member", True, False),
    ("pmc_chair", "property_management_committee", "property_management_committee", "register_clerk", True, True),
    ("community_secretary", "residents_committee", "property_management_committee", "pmc_chair", False, False),
    ("subdistrict_officer", "subdistrict_office", "property_management_committee", "pmc_member", False, True),
    ("subdistrict_officer", "subdistrict_office", "owners_committee", "committee_chair", False, False),
    ("community_secretary", "residents_committee", "residents_committee", "grid_worker", True, True),
    ("community_secretary", "residents_committee", "residents_committee", "grid_worker", False, False),
    ("community_secretary", "residents_committee", "property_company", "property_manager", False, True),
    ("community_secretary", "residents_committee", "property_company", "engineer", False, False),
    ("community_secretary", "residents_committee", "subdistrict_office", "subdistrict_officer", False, False),
    ("community_worker", "residents_committee", "residents_committee", "grid_worker", True, False),
    ("branch_secretary", "compound_party_branch", "compound_party_branch", "branch_secretary", True, True),
    ("operator", "", "property_company", "property_manager", False, False),
    ("owner", "", "property_company", "property_manager", False, False),
    ("property_manager", "property_company", "property_company", "committee_chair", True, False),
]


@pytest.mark.parametrize(("role", "by_body", "body", "post", "same", "yes"), APPOINTS)
def test_appointing_follows_the_body(role, by_body, body, post, same, yes):
    assert (may_appoint(by_role=role, by_body=by_body, body=body, post=post, same_body=same) is None) is yes


def test_the_subdistrict_alone_sets_up_and_ends_a_property_management_committee():
    founders = {role for role in Role if may_set_up(by_role=role, body=Body.PMC) is None}
    assert founders == {role for role in Role if may_end(by_role=role, body=Body.PMC) is None}
    assert founders == {Role.SUBDISTRICT_OFFICER}


# who opens a matter that is to be kept secret, by the level it stands on; the engineer has it in hand
SECRET = {"community": f"{COMMUNITY} mg en", "compound": f"{COMMUNITY} mg fd en"}


@pytest.mark.django_db
@pytest.mark.parametrize("level", SECRET)
def test_a_secret_matter_is_opened_and_listed_by_who_works_on_it_alone(level):
    place = makers.compound()
    clerk, engineer = place.post(Role.COMMUNITY_WORKER), place.post(Role.ENGINEER)
    matter = makers.in_progress(place, place.resident(), clerk, engineer, privacy="secret", level=level)
    opens, lists = set(), set()
    for role in Role:
        actor = engineer if role == Role.ENGINEER else _anybody(place, role)
        found = matter_for(compound=place.compound, number=matter.number, by=actor) if actor else None
        opens |= {role.value} if found else set()
        listed = visible(Matter.objects.filter(compound=place.compound), actor) if actor else Matter.objects.none()
        lists |= {role.value} if listed.exists() else set()
    assert opens == lists == {KEYS[key] for key in SECRET[level].split()}


@pytest.mark.django_db
def test_following_what_becomes_secret_opens_it_no_longer():
    place = makers.compound()
    clerk, chair = place.post(Role.COMMUNITY_WORKER), place.post(Role.COMMITTEE_CHAIR)
    matter = services.follow(by=chair, matter=place.matter(place.resident()), at=makers.NOW)
    assert matter_for(compound=place.compound, number=matter.number, by=chair)
    sort = {"category": "1101", "level": "community", "urgency": "complaint", "privacy": "secret"}
    services.triage(by=clerk, matter=matter, at=makers.NOW, **sort)
    assert matter_for(compound=place.compound, number=matter.number, by=chair) is None


def _anybody(place, role):
    if role in (Role.OWNER, Role.OCCUPANT):
        return place.resident(relation="owner" if role == Role.OWNER else "tenant")
    if role not in POSTS:
        return None
    kind = sorted(POSTS[role])[0]
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)
