"""Posts, bodies and rights: who may do which act, as one table (domain §4.9)."""

from collections.abc import Iterable
from enum import StrEnum

from linli.kernel.refusal import Refusal

# Raised when the privacy notice changes: everybody sees it once more.
NOTICE_VERSION = "2026-12"


class Body(StrEnum):
    SUBDISTRICT = "subdistrict_office"
    COMMUNITY = "residents_committee"
    PARTY = "community_party_organisation"
    BRANCH = "compound_party_branch"
    COMMITTEE = "owners_committee"
    PMC = "property_management_committee"
    PREPARATORY = "preparatory_group"
    RENEWAL = "renewal_group"
    PROPERTY = "property_company"
    VOLUNTEERS = "volunteer_team"
    MEDIATION = "mediation_committee"
    AGENCY = "agency"


class Role(StrEnum):
    """What somebody acts as: a post's kind, or one of the four that need no post."""

    OPERATOR = "operator"
    OWNER = "owner"
    OCCUPANT = "occupant"
    CLOCK = "clock"

    SUBDISTRICT_OFFICER = "subdistrict_officer"
    COMMUNITY_SECRETARY = "community_secretary"
    COMMUNITY_WORKER = "community_worker"
    GRID_LEADER = "grid_leader"
    GRID_WORKER = "grid_worker"
    BRANCH_SECRETARY = "branch_secretary"
    COMMITTEE_CHAIR = "committee_chair"
    COMMITTEE_VICE_CHAIR = "committee_vice_chair"
    COMMITTEE_MEMBER = "committee_member"
    ALTERNATE_MEMBER = "alternate_member"
    COMMITTEE_SECRETARY = "committee_secretary"
    PMC_CHAIR = "pmc_chair"
    PMC_MEMBER = "pmc_member"
    REGISTER_CLERK = "register_clerk"
    TREASURER = "treasurer"
    AUDITOR = "auditor"
    PREPARATORY_MEMBER = "preparatory_member"
    PROPERTY_MANAGER = "property_manager"
    FRONT_DESK = "front_desk"
    STEWARD = "steward"
    GUARD = "guard"
    CLEANER = "cleaner"
    ENGINEER = "engineer"
    BUILDING_CAPTAIN = "building_captain"
    ENTRANCE_CAPTAIN = "entrance_captain"
    RESIDENT_REPRESENTATIVE = "resident_representative"
    VOLUNTEER = "volunteer"
    TEAM_LEADER = "team_leader"
    STORE_KEEPER = "store_keeper"
    MEDIATOR = "mediator"
    AGENCY_LIAISON = "agency_liaison"


class Act(StrEnum):
    RAISE_MATTER = "raise_matter"
    RAISE_FOR_SOMEONE = "raise_for_someone"
    SEE_MATTERS = "see_matters"
    WORK_ON_MATTERS = "work_on_matters"
    RETURN_VISIT = "return_visit"
    CREATE_SUBDISTRICT = "create_subdistrict"
    CREATE_COMPOUND = "create_compound"
    APPOINT_COMMUNITY_POST = "appoint_community_post"
    APPOINT_IN_BODY = "appoint_in_body"
    IMPORT_HOMES = "import_homes"
    IMPORT_OWNERS = "import_owners"
    BIND_PERSON = "bind_person"
    SEE_REGISTER = "see_register"
    SEE_PHONE = "see_phone"
    BLOW_WHISTLE_DRAFT = "blow_whistle_draft"
    BLOW_WHISTLE_APPROVE = "blow_whistle_approve"
    ANSWER_WHISTLE = "answer_whistle"
    CALL_MEETING = "call_meeting"
    RUN_OPINION_ROUND = "run_opinion_round"
    OPEN_SURVEY = "open_survey"
    CREATE_ASSEMBLY_SESSION = "create_assembly_session"
    APPOINT_PMC = "appoint_pmc"
    ORGANISE_PMC = "organise_pmc"
    RECORD_SERVICE = "record_service"
    DAILY_CHECK = "daily_check"
    OPEN_CARE_FILE = "open_care_file"
    MEDIATE = "mediate"
    ENTER_INCOME = "enter_income"
    APPROVE_INCOME = "approve_income"
    DRAFT_NOTICE = "draft_notice"
    ISSUE_NOTICE = "issue_notice"
    EXPORT_LIST = "export_list"
    OPEN_BATCH = "open_batch"
    KEEP_BATCH = "keep_batch"
    APPROVE_EXPORT = "approve_export"
    CALL_NEIGHBOURS = "call_neighbours"
    ANSWER_CALL = "answer_call"
    WATCH_CALLS = "watch_calls"
    SET_PRICES = "set_prices"
    PLAN_CHECK_INS = "plan_check_ins"
    CHECK_IN = "check_in"
    PLACE_ORDER = "place_order"
    MIND_HOTLINE = "mind_hotline"
    PLAN_OUTAGE = "plan_outage"
    KEEP_DECORATIONS = "keep_decorations"
    RECORD_TALK = "record_talk"
    NAME_REPRESENTATIVE = "name_representative"
    RECORD_HOUSE_ACT = "record_house_act"
    ASK_REPRESENTATIVE = "ask_representative"
    SIT_IN_BODY = "sit_in_body"
    TELL_IN_PERSON = "tell_in_person"
    KEEP_MINUTES = "keep_minutes"


R = Role
RESIDENTS = frozenset({R.OWNER, R.OCCUPANT})
COMMUNITY = frozenset({R.COMMUNITY_SECRETARY, R.COMMUNITY_WORKER})
GRID = frozenset({R.GRID_LEADER, R.GRID_WORKER})
COMMITTEE = frozenset({R.COMMITTEE_CHAIR, R.COMMITTEE_VICE_CHAIR, R.COMMITTEE_MEMBER})
PMC = frozenset({R.PMC_CHAIR, R.PMC_MEMBER})
PROPERTY = frozenset({R.PROPERTY_MANAGER, R.FRONT_DESK, R.STEWARD, R.GUARD, R.CLEANER, R.ENGINEER})
NEIGHBOURS = frozenset({R.BUILDING_CAPTAIN, R.ENTRANCE_CAPTAIN, R.RESIDENT_REPRESENTATIVE, R.VOLUNTEER, R.TEAM_LEADER})
WORKERS = COMMUNITY | GRID | PROPERTY | COMMITTEE | PMC | NEIGHBOURS | {R.COMMITTEE_SECRETARY, R.BRANCH_SECRETARY}
DESK = COMMUNITY | {R.PROPERTY_MANAGER, R.FRONT_DESK, R.COMMITTEE_SECRETARY}

RIGHTS: dict[Act, frozenset[Role]] = {
    Act.RAISE_MATTER: RESIDENTS,
    Act.RAISE_FOR_SOMEONE: WORKERS,
    Act.SEE_MATTERS: WORKERS | {R.SUBDISTRICT_OFFICER},
    Act.WORK_ON_MATTERS: WORKERS,
    Act.RETURN_VISIT: COMMUNITY | GRID | COMMITTEE,
    Act.CREATE_SUBDISTRICT: frozenset({R.OPERATOR}),
    Act.CREATE_COMPOUND: frozenset({R.COMMUNITY_SECRETARY}),
    Act.APPOINT_COMMUNITY_POST: frozenset({R.COMMUNITY_SECRETARY}),
    Act.APPOINT_IN_BODY: frozenset(
        {R.PROPERTY_MANAGER, R.COMMITTEE_CHAIR, R.PMC_CHAIR, R.COMMUNITY_SECRETARY, R.BRANCH_SECRETARY}
    ),
    Act.IMPORT_HOMES: COMMUNITY | {R.FRONT_DESK, R.PROPERTY_MANAGER, R.REGISTER_CLERK},
    Act.IMPORT_OWNERS: COMMUNITY | {R.REGISTER_CLERK},
    Act.BIND_PERSON: COMMUNITY | {R.REGISTER_CLERK},
    Act.SEE_REGISTER: COMMUNITY
    | GRID
    | {R.REGISTER_CLERK, R.FRONT_DESK, R.PROPERTY_MANAGER, R.STEWARD, R.COMMITTEE_SECRETARY},
    Act.SEE_PHONE: COMMUNITY
    | GRID
    | PROPERTY
    | NEIGHBOURS
    | COMMITTEE
    | {R.REGISTER_CLERK, R.COMMITTEE_SECRETARY, R.MEDIATOR},
    Act.BLOW_WHISTLE_DRAFT: COMMITTEE | PMC | COMMUNITY,
    Act.BLOW_WHISTLE_APPROVE: frozenset({R.COMMITTEE_CHAIR, R.COMMUNITY_SECRETARY, R.SUBDISTRICT_OFFICER}),
    Act.ANSWER_WHISTLE: frozenset({R.AGENCY_LIAISON}),
    Act.CALL_MEETING: frozenset({R.COMMUNITY_SECRETARY, R.BRANCH_SECRETARY, R.COMMITTEE_CHAIR, R.PMC_CHAIR}),
    Act.RUN_OPINION_ROUND: COMMITTEE | PMC | COMMUNITY,
    Act.OPEN_SURVEY: COMMUNITY | COMMITTEE,
    Act.CREATE_ASSEMBLY_SESSION: COMMITTEE | PMC | {R.PREPARATORY_MEMBER, R.SUBDISTRICT_OFFICER},
    Act.APPOINT_PMC: frozenset({R.SUBDISTRICT_OFFICER}),
    Act.ORGANISE_PMC: COMMUNITY,
    Act.RECORD_SERVICE: frozenset({R.TEAM_LEADER}),
    Act.DAILY_CHECK: GRID | {R.VOLUNTEER},
    Act.OPEN_CARE_FILE: COMMUNITY | GRID,
    Act.MEDIATE: frozenset({R.MEDIATOR}),
    Act.ENTER_INCOME: frozenset({R.TREASURER}),
    Act.APPROVE_INCOME: frozenset({R.COMMITTEE_CHAIR}),
    Act.DRAFT_NOTICE: frozenset({R.COMMITTEE_SECRETARY, R.COMMUNITY_WORKER, R.PROPERTY_MANAGER}),
    Act.ISSUE_NOTICE: frozenset({R.COMMITTEE_CHAIR, R.PMC_CHAIR, R.COMMUNITY_SECRETARY, R.BRANCH_SECRETARY}),
    Act.EXPORT_LIST: DESK | {R.GRID_LEADER},
    Act.OPEN_BATCH: COMMITTEE | PMC | COMMUNITY,
    Act.KEEP_BATCH: COMMITTEE
    | PMC
    | COMMUNITY
    | {R.COMMITTEE_SECRETARY, R.PROPERTY_MANAGER, R.FRONT_DESK, R.REGISTER_CLERK},
    Act.APPROVE_EXPORT: COMMUNITY
    | {R.COMMITTEE_CHAIR, R.COMMITTEE_VICE_CHAIR, R.BRANCH_SECRETARY, R.SUBDISTRICT_OFFICER},
    Act.CALL_NEIGHBOURS: RESIDENTS | WORKERS,
    Act.ANSWER_CALL: RESIDENTS | NEIGHBOURS,
    Act.WATCH_CALLS: COMMUNITY | GRID,
    Act.PLAN_CHECK_INS: frozenset({R.PROPERTY_MANAGER}),
    Act.CHECK_IN: frozenset({R.STEWARD}),
    Act.SET_PRICES: COMMUNITY | {R.PROPERTY_MANAGER},
    Act.PLACE_ORDER: COMMITTEE | PMC | {R.COMMITTEE_SECRETARY},
    Act.MIND_HOTLINE: COMMUNITY,  # §6.3: of the duty desk the community alone may see who called
    Act.PLAN_OUTAGE: COMMUNITY | {R.PROPERTY_MANAGER, R.FRONT_DESK},
    Act.KEEP_DECORATIONS: frozenset({R.PROPERTY_MANAGER, R.FRONT_DESK}),
    Act.RECORD_TALK: COMMUNITY | COMMITTEE | PMC | {R.COMMITTEE_SECRETARY, R.BRANCH_SECRETARY},
    Act.NAME_REPRESENTATIVE: COMMUNITY | GRID | {R.BRANCH_SECRETARY},
    Act.RECORD_HOUSE_ACT: frozenset({R.RESIDENT_REPRESENTATIVE}),
    Act.ASK_REPRESENTATIVE: RESIDENTS | WORKERS,  # a worker for the person in a session of help
    Act.TELL_IN_PERSON: COMMUNITY | GRID,  # who may know everybody by name and door (§6.3)
    Act.SIT_IN_BODY: COMMITTEE | PMC,  # §3.11: decisions and the seal are the members'
    Act.KEEP_MINUTES: frozenset({R.COMMITTEE_CHAIR, R.COMMITTEE_VICE_CHAIR, R.PMC_CHAIR, R.COMMITTEE_SECRETARY}),
}

# Which body a post belongs to; the body says whose ring of the mark it is.
POSTS: dict[Role, frozenset[Body]] = {
    R.SUBDISTRICT_OFFICER: frozenset({Body.SUBDISTRICT}),
    **{
        r: frozenset({Body.COMMUNITY})
        for r in COMMUNITY | GRID | {R.RESIDENT_REPRESENTATIVE, R.BUILDING_CAPTAIN, R.ENTRANCE_CAPTAIN}
    },
    R.BRANCH_SECRETARY: frozenset({Body.BRANCH}),
    **{r: frozenset({Body.COMMITTEE}) for r in COMMITTEE | {R.ALTERNATE_MEMBER, R.TREASURER, R.AUDITOR}},
    R.COMMITTEE_SECRETARY: frozenset({Body.COMMITTEE, Body.PMC}),
    R.REGISTER_CLERK: frozenset({Body.COMMITTEE, Body.PREPARATORY, Body.RENEWAL, Body.PMC}),
    **{r: frozenset({Body.PMC}) for r in PMC},
    R.PREPARATORY_MEMBER: frozenset({Body.PREPARATORY, Body.RENEWAL}),
    **{r: frozenset({Body.PROPERTY}) for r in PROPERTY},
    **{r: frozenset({Body.VOLUNTEERS}) for r in {R.VOLUNTEER, R.TEAM_LEADER, R.STORE_KEEPER}},
    R.MEDIATOR: frozenset({Body.MEDIATION}),
    R.AGENCY_LIAISON: frozenset({Body.AGENCY}),
}

PARTY_OF_BODY: dict[Body, str] = {
    Body.SUBDISTRICT: "agency",
    Body.COMMUNITY: "community",
    Body.PARTY: "community",
    Body.BRANCH: "community",
    Body.COMMITTEE: "committee",
    Body.PMC: "committee",
    Body.PREPARATORY: "committee",
    Body.RENEWAL: "committee",
    Body.PROPERTY: "property",
    Body.VOLUNTEERS: "community",
    Body.MEDIATION: "community",
    Body.AGENCY: "agency",
}

APPOINTERS: dict[Body, frozenset[Role]] = {
    Body.PROPERTY: frozenset({R.PROPERTY_MANAGER}),
    Body.COMMITTEE: frozenset({R.COMMITTEE_CHAIR}),
    Body.PMC: frozenset({R.PMC_CHAIR}),
    Body.BRANCH: frozenset({R.BRANCH_SECRETARY}),
    Body.COMMUNITY: frozenset({R.COMMUNITY_SECRETARY}),
    Body.VOLUNTEERS: frozenset({R.COMMUNITY_SECRETARY}),
    Body.MEDIATION: frozenset({R.COMMUNITY_SECRETARY}),
    Body.AGENCY: frozenset({R.COMMUNITY_SECRETARY}),
}
# The head of a body is named by the community when it is set up (the first holder); afterwards the head appoints.
HEADS: dict[Body, Role] = {
    Body.PROPERTY: R.PROPERTY_MANAGER,
    Body.COMMITTEE: R.COMMITTEE_CHAIR,
    Body.PMC: R.PMC_CHAIR,
    Body.BRANCH: R.BRANCH_SECRETARY,
    Body.COMMUNITY: R.COMMUNITY_SECRETARY,
}


def may(role: str, act: Act) -> bool:
    """Whether the role holds the right at all; whose thing and which compound is asked elsewhere."""
    return role in RIGHTS.get(act, frozenset())


def may_appoint(*, by_role: str, by_body: str, body: str, post: str, same_body: bool) -> Refusal | None:
    """A body's chair or manager appoints in it; the community names its own posts and the first head of the others.

    Who sits in a property management committee the subdistrict alone names (domain §4.9).
    """
    if post not in POSTS or Body(body) not in POSTS[Role(post)]:
        return Refusal("post_not_of_body", "这个岗位不属于这个组织")
    if post in PMC:
        return None if may(by_role, Act.APPOINT_PMC) else Refusal("not_subdistrict", "物管会的主任和委员由街道任命")
    if same_body and by_role in APPOINTERS.get(Body(body), frozenset()):
        return None
    if Body(body) == Body.PMC and may(by_role, Act.APPOINT_PMC):
        return None
    community_acts = by_role == R.COMMUNITY_SECRETARY and Body(body) != Body.SUBDISTRICT
    if community_acts and (
        post == HEADS.get(Body(body))
        or Body(body) in {Body.VOLUNTEERS, Body.MEDIATION, Body.AGENCY, Body.PREPARATORY, Body.RENEWAL}
    ):
        return None
    return Refusal("not_appointer", "这个组织的岗位由它的负责人任命")


def cross_posts(posts: Iterable[tuple[str, str]]) -> list[str]:
    """Flags for one account's posts in a compound, (body kind, post): to be shown, not forbidden (domain M22)."""
    held = list(posts)
    bodies = {body for body, _ in held}
    flags = []
    if Body.PROPERTY in bodies and bodies & {Body.COMMITTEE, Body.PMC}:
        flags.append("property_and_committee")
    if Body.PROPERTY in bodies and Body.BRANCH in bodies:
        flags.append("property_and_branch")
    if Body.COMMITTEE in bodies and Body.BRANCH in bodies:
        flags.append("committee_and_branch")
    return flags


def may_set_up(*, by_role: str, body: str) -> Refusal | None:
    """The community sets up the bodies of its compounds, the subdistrict a property management committee; the community's own
    and the subdistrict's come from the operator."""
    if Body(body) == Body.PMC:
        return None if may(by_role, Act.APPOINT_PMC) else Refusal("not_founder", "物管会由街道设立")
    if by_role == R.COMMUNITY_SECRETARY and Body(body) not in {Body.SUBDISTRICT, Body.COMMUNITY}:
        return None
    return Refusal("not_founder", "组织由社区书记设立")


def may_keep_agencies(by_role: str) -> bool:
    """A community and a subdistrict keep their lists of agencies, with whom to call there."""
    return by_role in COMMUNITY | {R.SUBDISTRICT_OFFICER}


def may_see_paper(*, by_role: str, own: bool) -> bool:
    """The worker who took it, and those who confirm who somebody is: nobody else needs what a resident signed."""
    return own or may(by_role, Act.BIND_PERSON)


def needs_case(by_role: str) -> bool:
    """The register's clerk sees a number for the register's sake, everybody else only for an assigned case (domain §6.3)."""
    return by_role != R.REGISTER_CLERK


def may_end(*, by_role: str, body: str) -> Refusal | None:
    """By whoever sets it up; the community's own body and the subdistrict's do not end here."""
    if may_set_up(by_role=by_role, body=body) is None:
        return None
    return Refusal("not_founder", "物管会由街道结束" if Body(body) == Body.PMC else "组织由社区书记结束")
