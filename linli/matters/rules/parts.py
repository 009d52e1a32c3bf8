"""Which part somebody has in a matter (domain §4.4, §4.9, §6.3)."""

from dataclasses import dataclass, field

from .states import JUDGED, S, State, W, Who


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of one matter to say which part somebody has in it."""

    state: State
    category: str
    level: str
    first_body: str | None
    handler_body: str | None
    handler_post: str | None
    is_complaint: bool = False
    handlers: frozenset[str] = field(default_factory=frozenset)
    hotline: bool = False
    caller_secret: bool = False
    rapid: bool = False
    visit_owed: bool = False


@dataclass(frozen=True)
class Side:
    """What they need to know of the one who asks. `role` is a post's kind; `body` the organisation's id."""

    role: str
    body: str | None = None
    body_kind: str = ""
    post: str | None = None
    account: str | None = None
    reports: bool = False
    voices: bool = False
    follows: bool = False
    of_firm: bool = False  # holds or held a post in the body that handled it, whatever post they stand in now


MAY_CALL = frozenset({W.HANDLER, W.MANAGER, W.DESK, W.COMMUNITY})


def may_call(state: State, found: frozenset[Who]) -> bool:
    """Whose assigned case it is now, so that they may have the reporter's number (domain §6.3): who takes in what is new, who
    visits what is said to be done, and who has it meanwhile."""
    new, done = state in {S.SUBMITTED, S.ACCEPTED}, state in {S.RESOLVED, S.CLOSED}
    return bool(found & MAY_CALL) or new and W.INTAKE in found or done and W.VISITOR in found


COMMUNITY_ROLES = frozenset({"community_secretary", "community_worker"})
NEIGHBOURHOOD_ROLES = COMMUNITY_ROLES | {"grid_worker", "grid_leader"}  # posts of the community's body
MANAGERS = frozenset(
    {"property_manager", "committee_chair", "pmc_chair", "community_secretary", "branch_secretary", "grid_leader"}
)
SUPERVISORS = frozenset({"committee_chair", "pmc_chair", "branch_secretary", "community_secretary"})
# Who is told what is on the list of the tripartite meeting.
HEADS_OF_THREE = SUPERVISORS | {"property_manager"}
OWNERS_BUSINESS = ("12", "13")
# Of a body that has a matter with nobody named, these do not take it by themselves: who answers for the work names them.
ONLY_NAMED = frozenset({"guard", "cleaner"})
# What lets somebody into a matter that is to be kept secret: their own cause, or work in it. Watching, taking in, following,
# calling back, heading a body of the compound do not.
IN_SECRET = frozenset({W.REPORTER, W.VOICE, W.DESK, W.COMMUNITY, W.HANDLER, W.MANAGER, W.LINE})
JUDGING = frozenset({W.REPORTER, W.VOICE})


def parts(facts: Facts, side: Side) -> frozenset[Who]:
    found: set[Who] = set()
    if side.reports:
        found |= {W.REPORTER, W.VOICE, W.FOLLOWER}
    if side.voices:
        found |= {W.VOICE, W.FOLLOWER}
    if side.follows:
        found.add(W.FOLLOWER)
    if side.role == "clock":
        return frozenset({W.CLOCK})
    handled = side.account is not None and side.account in facts.handlers
    if side.role in {"owner", "occupant", ""}:
        return frozenset(found - JUDGING if handled and facts.state in JUDGED else found)
    found.add(W.WATCHER)
    if side.role in COMMUNITY_ROLES:
        found |= {W.COMMUNITY, W.DESK, W.INTAKE}
    # The front desk takes and sorts what has no level yet and keeps what stays in the compound.
    if side.role in {"front_desk", "property_manager"} and facts.level in {"", "building", "compound"}:
        found |= {W.DESK, W.INTAKE}
    if side.role in {"steward", "grid_worker", "grid_leader", "committee_secretary"}:
        found.add(W.INTAKE)
    if side.role == "committee_secretary" and facts.category[:2] in OWNERS_BUSINESS:
        found.add(W.DESK)
    if side.role in {
        "committee_chair",
        "committee_vice_chair",
        "committee_member",
        "pmc_chair",
        "pmc_member",
        "committee_secretary",
    }:
        found.add(W.COMMITTEE)
    if side.role in SUPERVISORS:
        found.add(W.SUPERVISOR)
    same_body = side.body is not None and side.body == facts.handler_body
    # The named handler only (domain §4.9); with nobody named the body's own, and who takes it is named by that.
    unnamed = same_body and facts.handler_post is None and side.role not in ONLY_NAMED
    if side.post is not None and side.post == facts.handler_post or unnamed:
        found.add(W.HANDLER)
    if same_body and side.role in MANAGERS:
        found.add(W.MANAGER)
    if facts.handler_body and facts.handler_body == side.body and side.role in COMMUNITY_ROLES:
        found.add(W.MANAGER)
    if side.role == "community_secretary":
        found.add(W.MANAGER)
    if facts.hotline and side.role in COMMUNITY_ROLES:
        found.add(W.LINE)
    visitor_roles = NEIGHBOURHOOD_ROLES | {"committee_chair", "committee_vice_chair", "committee_member"}
    # Who calls must be allowed the caller's number (domain §6.3): not the committee; a secret one's the community alone.
    if facts.rapid:  # the community checks what it sent out (M6)
        visitor_roles = NEIGHBOURHOOD_ROLES
    if facts.hotline:
        visitor_roles = COMMUNITY_ROLES if facts.caller_secret else NEIGHBOURHOOD_ROLES
    # What the community handled itself is no complaint about it: a colleague asks (domain §4.9), for nobody else might.
    by_community = same_body and side.role in NEIGHBOURHOOD_ROLES
    firm = facts.is_complaint and (same_body or side.of_firm) and not by_community
    if (
        side.role in visitor_roles
        and (facts.state != S.CLOSED or facts.visit_owed)
        and W.HANDLER not in found
        and not handled
        and not firm
        and not side.reports
        and not side.voices
    ):
        found.add(W.VISITOR)
    # Whoever did it judges it in nobody's name: in a session of help as little as at home.
    if facts.state in JUDGED and (handled or firm or W.HANDLER in found):
        found -= JUDGING
    return frozenset(found)
