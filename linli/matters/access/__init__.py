"""Which part somebody has in a matter, and the only getters that take a matter's number from outside."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.people.models import Organisation, Ownership, Post, Residency
from linli.people.rules import RESIDENTS, Body, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.prepared import Prepared

from ..models import Attachment, Follower, Matter, MatterPaper
from ..queries.parts import facts_of, side_of
from ..queries.public import open_to_all
from ..queries.visits import WORK_ACTS, firms_of, part_posts
from ..queries.voices import RAISED, left_to_others
from ..rules import alerts
from ..rules.categories import is_complaint
from ..rules.help import Part
from ..rules.parts import IN_SECRET, may_call, parts
from ..rules.publicity import is_public
from ..rules.states import JUDGED, State, Who

_by_account = Prepared(
    lambda compound, matter, account: Follower.objects.filter(
        compound_id=compound, matter_id=matter, account_id=account
    ).values_list("kind", "left_at")
)
_by_person = Prepared(
    lambda compound, matter, person: Follower.objects.filter(
        compound_id=compound, matter_id=matter, person_id=person
    ).values_list("kind", "left_at")
)

_whole = Prepared(
    lambda compound_id, number: Matter.objects.select_related(
        "building",
        "entrance",
        "home",
        "handler_body",
        "handler_post",
        "first_receiver",
        "proposed_body",
        "merged_into",
        "order",
    ).filter(compound_id=compound_id, number=number)
)
MOST = 1 << 31  # an address may hold any number, the column none above


def handlers_of(matter: Matter) -> frozenset[str]:
    """Who did it, and whose it was to do: a desk may report for them (their post's account, their order part's)."""
    entries = AuditEntry.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, act__in=WORK_ACTS)
    posts = Post.objects.filter(pk__in=[pk for pk in (matter.handler_post_id, *part_posts(matter)) if pk])
    accounts = {*entries.values_list("account_id", flat=True), *posts.values_list("account_id", flat=True)}
    return frozenset(str(a) for a in accounts if a)


def parts_by_post(matter: Matter, by: Actor) -> frozenset[Who]:
    """What somebody's post makes of them in a matter; no query, for many at once."""
    return parts(facts_of(matter), side_of(by))


def parts_in(matter: Matter, by: Actor, *, follower_kinds: frozenset[str] | None = None) -> frozenset[Who]:
    """`follower_kinds`: how the actor follows it, if the caller knows; otherwise looked up."""
    state = State(matter.state)
    if follower_kinds is None:
        follower_kinds = follows(matter, by)
    reports = _reports(matter, by) and bool(follower_kinds)  # who left it to the neighbours reports it no more
    complaint = is_complaint(matter.category, matter.urgency)
    visited = state == State.RESOLVED or matter.visit_due_at is not None
    voices = bool(follower_kinds & RAISED)
    judging = state in JUDGED and (reports or voices)
    handlers = handlers_of(matter) if judging or visited and by.role not in RESIDENTS else frozenset()
    side = side_of(
        by, reports=reports, voices=voices, follows=bool(follower_kinds),
        of_firm=complaint and (visited or judging) and matter.handler_body_id in firms_of(by),
    )  # fmt: skip
    found = parts(facts_of(matter, handlers), side)
    if matter.order_id and Who.VOICE in found:
        found |= {Who.ORDERED}
    if matter.asked and voices and not reports and left_to_others(matter):
        found |= {Who.SPEAKER}
    return found


def help_parts(matter: Matter, by: Actor) -> frozenset[Part]:
    """Who does it never says yes in the household's place."""
    found, mine = parts_in(matter, by), set[Part]()
    if Who.REPORTER in found:
        mine.add(Part.HOUSEHOLD)
    if Who.HANDLER in found and matter.state in {State.IN_PROGRESS, State.DISPATCHED}:
        mine.add(Part.WORKER)
    if found & {Who.DESK, Who.COMMUNITY} and Who.HANDLER not in found:
        mine.add(Part.WITNESS)
    return frozenset(mine)


def alert_parts(matter: Matter, by: Actor) -> frozenset[alerts.Part]:
    """Who works on a neighbour's alert: its handler, the desk, the community; nobody waits there for a named post."""
    works = parts_in(matter, by) & {Who.DESK, Who.INTAKE, Who.HANDLER, Who.COMMUNITY, Who.MANAGER}
    return frozenset({alerts.Part.WORKER} if works else ())


def _reports(matter: Matter, by: Actor) -> bool:
    if by.role in RESIDENTS:
        return matter.reporter_account_id is not None and matter.reporter_account_id == by.account_id
    # A worker stands in the reporter's place only inside a session of help for that very person.
    return (
        by.assistance_id is not None
        and matter.reporter_person_id is not None
        and matter.reporter_person_id == by.person_id
    )


def follows(matter: Matter, by: Actor) -> frozenset[str]:
    if by.account_id is None:
        return frozenset()
    if _as_self(by):
        rows = _by_account.all(compound=matter.compound_id, matter=matter.pk, account=by.account_id)
    elif by.person_id:
        rows = _by_person.all(compound=matter.compound_id, matter=matter.pk, person=by.person_id)
    else:
        rows = []
    return _kinds(matter, by, rows)


def _as_self(by: Actor) -> bool:
    return by.role in RESIDENTS or not by.assistance_id


def _kinds(matter: Matter, by: Actor, rows: Iterable[tuple[str, datetime | None]]) -> frozenset[str]:
    # On a merge everybody left for the main matter; the number they know keeps opening.
    kinds = {kind for kind, left_at in rows if left_at is None or matter.state == State.MERGED}
    return frozenset(kinds & {"follower"} if _as_self(by) and by.role not in RESIDENTS else kinds)


def matter_for(*, compound: Compound, number: int, by: Actor) -> tuple[Matter, frozenset[Who]] | None:
    """The matter and the actor's parts in it, or None: unknown and forbidden alike.

    A resident sees what they raised or follow; a worker the compound's matters, secret ones only with a part in them.
    """
    matter = _whole.first(compound_id=compound.pk, number=number) if number < MOST else None
    if matter is None or by.compound_id != compound.pk:
        return None
    matter.compound = compound
    found = parts_in(matter, by)
    return (matter, found) if _opens(matter, by, found) else None


def _opens(matter: Matter, by: Actor, found: frozenset[Who]) -> bool:
    if not found or found == {Who.WATCHER} and not may(by.role, Right.SEE_MATTERS):
        return False
    return matter.privacy != "secret" or bool(found & IN_SECRET)


def matters_for(*, compound: Compound, ids: Collection[UUID], by: Actor) -> list[Matter]:
    """Of these the ones that `matter_for` opens. Two queries, more for each secret one alone."""
    if not ids or by.compound_id != compound.pk:
        return []
    who = {"account_id": by.account_id} if _as_self(by) else {"person_id": by.person_id}
    followed: dict[UUID, list[tuple[str, datetime | None]]] = {}
    if all(who.values()):
        rows = Follower.objects.filter(compound_id=compound.pk, matter_id__in=ids, **who)
        for pk, kind, left_at in rows.values_list("matter_id", "kind", "left_at"):
            followed.setdefault(pk, []).append((kind, left_at))
    found = []
    for matter in Matter.objects.filter(compound_id=compound.pk, pk__in=ids):
        kinds = _kinds(matter, by, followed.get(matter.pk, []))
        if matter.privacy == "secret":
            mine = parts_in(matter, by, follower_kinds=kinds)
        else:
            mine = parts(facts_of(matter), side_of(by, follows=bool(kinds)))
        if _opens(matter, by, mine):
            found.append(matter)
    return found


def is_case_of(*, compound_id: UUID, person_id: UUID, number: int, by: Actor) -> bool:
    """Whether it is open, in their hands and has to do with that person, so that they may call them for it. Nobody's case is what
    was not accepted yet; who takes it in rings the reporter, from its own page."""
    rows = Matter.objects.select_related("home").filter(compound_id=compound_id, number=number, open=True)
    matter = rows.exclude(state=State.SUBMITTED).first() if by.compound_id == compound_id else None
    if matter is None or not may_call(State(matter.state), parts_in(matter, by) - {Who.INTAKE}):
        return False
    return _concerns(matter, person_id)


def _concerns(matter: Matter, person_id: UUID) -> bool:
    """Who reported or follows it, and who owns or lives in its home or at its entrance."""
    theirs = {"compound_id": matter.compound_id, "person_id": person_id}
    if (
        matter.reporter_person_id == person_id
        or Follower.objects.filter(**theirs, matter=matter, left_at=None).exists()
    ):
        return True
    entrances = {matter.entrance_id, matter.home and matter.home.entrance_id} - {None}
    near = Q(home=matter.home_id) | Q(home__entrance__in=entrances)
    return any(model.objects.filter(near, **theirs, to_day=None).exists() for model in (Ownership, Residency))


def secrets_from(*, compound_id: UUID, by: Actor, numbers: Collection[int]) -> set[int]:
    """Of these the secret ones that a worker may not know of, whatever their number in one query."""
    rows = Matter.objects.filter(compound_id=compound_id, number__in=numbers, privacy="secret") if numbers else []
    return {m.number for m in rows if not parts_by_post(m, by) & IN_SECRET}


def main_of(matter: Matter) -> Matter:
    """The matter in which a merged one goes on, however often that was merged itself."""
    seen = {matter.pk}
    while matter.state == State.MERGED and matter.merged_into_id and matter.merged_into_id not in seen:
        seen.add(matter.merged_into_id)
        matter = Matter.objects.select_related("handler_body").get(
            compound_id=matter.compound_id, pk=matter.merged_into_id
        )
    return matter


def joinable(*, compound: Compound, number: int, by: Actor) -> Matter | None:
    """An open matter that a neighbour may say "me too" to: nothing secret, no care, no quarrels (as they were shown it)."""
    if by.role not in RESIDENTS or by.compound_id != compound.pk:
        return None
    matter = Matter.objects.filter(compound_id=compound.pk, number=number, open=True).first()
    return matter if matter and is_public(matter) else None


def attachment_for(*, compound: Compound, attachment_id: UUID, by: Actor) -> Attachment | None:
    """A photo or voice note of a matter that the actor may open; internal ones for workers alone."""
    row = (
        Attachment.objects.select_related("matter")
        .filter(compound_id=compound.pk, pk=attachment_id, hidden_at=None)
        .first()
    )
    if row is None or (row.internal and by.role in RESIDENTS):
        return None
    return row if matter_for(compound=compound, number=row.matter.number, by=by) else None


def sealed_for(*, compound: Compound, number: int, attachment_id: UUID, by: Actor) -> Attachment | None:
    """What was sent, covered or hidden since: for the desk of its matter alone."""
    found = matter_for(compound=compound, number=number, by=by)
    if found is None or Who.DESK not in found[1]:
        return None
    rows = Attachment.objects.select_related("matter").filter(compound_id=compound.pk, matter=found[0])
    return rows.filter(pk=attachment_id).first()


def may_cover(row: Attachment, by: Actor, found: frozenset[Who]) -> bool:
    """The desk any, a reporter what they added themselves: never somebody else's proof."""
    return Who.DESK in found or not row.internal and by.account_id is not None and row.added_by == by.account_id


def matter_paper_for(*, compound: Compound, number: int, paper_id: UUID, by: Actor) -> MatterPaper | None:
    """Of a matter that the actor works on; may name people, so residents do not open it."""
    found = matter_for(compound=compound, number=number, by=by)
    if found is None or Who.WATCHER not in found[1]:
        return None
    return MatterPaper.objects.filter(compound_id=compound.pk, matter=found[0], pk=paper_id).first()


def open_attachment(*, compound: Compound, attachment_id: UUID) -> Attachment | None:
    """A photo that everybody may see: of a matter on the public page, while the compound has one."""
    if not compound.public_page:
        return None
    row = Attachment.objects.filter(
        compound_id=compound.pk, pk=attachment_id, hidden_at=None, internal=False, kind="photo"
    ).first()
    if row is None or not open_to_all(compound).filter(pk=row.matter_id).exists():
        return None
    return row


def body_for(*, compound: Compound, body_id) -> Organisation | None:
    """A body that matters of this compound may be given to: its own, its community's, its subdistrict's, an agency's."""
    body = Organisation.objects.filter(pk=body_id, ended_on=None).first()
    if body is None:
        return None
    if body.compound_id:
        return body if body.compound_id == compound.pk else None
    if body.community_id:
        return body if body.community_id == compound.community_id else None
    if body.kind in {Body.SUBDISTRICT, Body.AGENCY} and body.subdistrict_id in {
        None,
        compound.community.subdistrict_id,
    }:
        return body
    return None
