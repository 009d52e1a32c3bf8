"""Which part somebody has in a matter, and the only getters that take a matter's number from outside."""

from datetime import datetime
from uuid import UUID

from django.core import signing

from linli.people.models import Binding, Organisation, Post
from linli.people.rules import RESIDENTS, RIGHTS, Body, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.prepared import Prepared

from .models import (
    AlertCall,
    Ask,
    Attachment,
    Batch,
    BatchHome,
    BatchImport,
    BatchVisit,
    CheckIn,
    Decoration,
    Follower,
    HomeSeen,
    HotlineImport,
    HotlineOrder,
    Matter,
    MatterPaper,
    Order,
    Outage,
    PartPhoto,
    ProposedTopic,
    Whistle,
    WhistleMatter,
)
from .queries.batches import SHOWS_HOME, homes_in, homes_of_resident, tenures
from .queries.public import open_to_all
from .queries.visits import WORK_ACTS, firms_of, part_posts
from .rules import alerts, whistles
from .rules import batches as batch_rules
from .rules.categories import is_complaint
from .rules.help import Part
from .rules.orders import SHOWN
from .rules.publicity import KEPT_INSIDE
from .rules.rapid import KIND as RAPID
from .rules.states import IN_SECRET, Facts, Side, State, Who, parts

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


def _text(value) -> str | None:
    return str(value) if value else None


def handlers_of(matter: Matter) -> frozenset[str]:
    """Who did it, and whose it was to do: a desk may report for them (their post's account, their order part's)."""
    entries = AuditEntry.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, act__in=WORK_ACTS)
    posts = Post.objects.filter(pk__in=[pk for pk in (matter.handler_post_id, *part_posts(matter)) if pk])
    accounts = {*entries.values_list("account_id", flat=True), *posts.values_list("account_id", flat=True)}
    return frozenset(str(a) for a in accounts if a)


def facts_of(matter: Matter, handlers: frozenset[str] = frozenset()) -> Facts:
    return Facts(
        state=State(matter.state), category=matter.category, level=matter.level, first_body=_text(matter.first_receiver_id),
        handler_body=_text(matter.handler_body_id), handler_post=_text(matter.handler_post_id),
        is_complaint=is_complaint(matter.category, matter.urgency), handlers=handlers,
        hotline=matter.hotline > 0, caller_secret=matter.caller_secret, rapid=RAPID in matter.beside,
    )  # fmt: skip


def parts_by_post(matter: Matter, by: Actor) -> frozenset[Who]:
    """What somebody's post makes of them in a matter; no query, for many at once."""
    side = Side(
        role=by.role,
        body=_text(by.body_id),
        body_kind=by.body_kind,
        post=_text(by.role_id),
        account=_text(by.account_id),
    )
    return parts(facts_of(matter), side)


def parts_in(matter: Matter, by: Actor, *, follower_kinds: frozenset[str] | None = None) -> frozenset[Who]:
    """`follower_kinds`: how the actor follows it, if the caller knows; otherwise looked up."""
    state = State(matter.state)
    if follower_kinds is None:
        follower_kinds = follows(matter, by)
    reports = _reports(matter, by)
    complaint = is_complaint(matter.category, matter.urgency)
    handlers = handlers_of(matter) if state == State.RESOLVED and by.role not in RESIDENTS else frozenset()
    side = Side(
        role=by.role, body=_text(by.body_id), body_kind=by.body_kind, post=_text(by.role_id), account=_text(by.account_id),
        reports=reports, voices="reporter" in follower_kinds or "me_too" in follower_kinds, follows=bool(follower_kinds),
        of_firm=complaint and state == State.RESOLVED and matter.handler_body_id in firms_of(by),
    )  # fmt: skip
    found = parts(facts_of(matter, handlers), side)
    return found | {Who.ORDERED} if matter.order_id and Who.VOICE in found else found


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


WHOLE_LIST, OWN_LINES = "whole", "own"


def contacts_part(home: Home, by: Actor) -> str | None:
    """Who keeps the list of whom to reach for a home: its owners of now and their family, a clerk; who else lives there own
    lines."""
    if by.compound_id != home.compound_id:
        return None
    if may(by.role, Right.BIND_PERSON):
        return WHOLE_LIST
    if by.role not in RESIDENTS or by.home_id != home.pk:
        return None
    binding = Binding.objects.filter(compound_id=home.compound_id, pk=by.role_id).first()
    if binding is None or binding.relation not in SHOWS_HOME:
        return OWN_LINES
    return WHOLE_LIST if tenures(home.compound_id, [home.pk])[home.pk].still(binding) else None


def call_for(*, compound: Compound, token: str) -> AlertCall | None:
    """The contact whom a text's link names, while the link lasts."""
    try:
        key = UUID(signing.loads(token, salt="linli.matters.reach", max_age=alerts.LINK_LASTS))
    except (signing.BadSignature, ValueError):
        return None
    return AlertCall.objects.select_related("alert__home", "alert").filter(compound_id=compound.pk, pk=key).first()


def seen_for(*, compound: Compound, seen_id: UUID, by: Actor, ended: bool = False) -> HomeSeen | None:
    """A home that this steward's running plan names; with `ended` also one that has ended since."""
    rows = HomeSeen.objects.select_related("home", "plan").filter(compound_id=compound.pk, pk=seen_id)
    rows = rows.filter(plan__compound_id=compound.pk, plan__post_id=by.role_id)
    return (rows if ended else rows.filter(plan__ended_at=None)).first()


def check_in_for(*, compound: Compound, pk: UUID) -> CheckIn | None:
    return CheckIn.objects.filter(compound_id=compound.pk, pk=pk).first()


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
    own = by.role in RESIDENTS or not by.assistance_id
    if own:
        rows = _by_account.all(compound=matter.compound_id, matter=matter.pk, account=by.account_id)
    elif by.person_id:
        rows = _by_person.all(compound=matter.compound_id, matter=matter.pk, person=by.person_id)
    else:
        rows = []
    # On a merge everybody left for the main matter; the number they know keeps opening.
    kinds = {kind for kind, left_at in rows if left_at is None or matter.state == State.MERGED}
    return frozenset(kinds & {"follower"} if own and by.role not in RESIDENTS else kinds)


def matter_for(*, compound: Compound, number: int, by: Actor) -> tuple[Matter, frozenset[Who]] | None:
    """The matter and the actor's parts in it, or None: unknown and forbidden alike.

    A resident sees what they raised or follow; a worker the compound's matters, secret ones only with a part in them.
    """
    matter = (
        Matter.objects.select_related(
            "building",
            "entrance",
            "home",
            "handler_body",
            "handler_post",
            "first_receiver",
            "proposed_body",
            "merged_into",
            "order",
        )
        .filter(compound_id=compound.pk, number=number)
        .first()
    )
    if matter is None or by.compound_id != compound.pk:
        return None
    matter.compound = compound
    found = parts_in(matter, by)
    if not found:
        return None
    if Who.WATCHER in found and not may(by.role, Right.SEE_MATTERS) and found == {Who.WATCHER}:
        return None
    if matter.privacy == "secret" and not found & IN_SECRET:
        return None
    return matter, found


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
    matter = Matter.objects.filter(
        compound_id=compound.pk, number=number, open=True, privacy="normal", caller_secret=False
    ).first()
    return None if matter is None or matter.category[:2] in KEPT_INSIDE else matter


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


# ── batch cases ─────────────────────────────────────────────────────────────────────────────────────────────────────


def batch_part(batch: Batch, by: Actor) -> batch_rules.Part | None:
    if by.compound_id != batch.compound_id:
        return None
    return batch_rules.part(by.role, leads=RIGHTS[Right.OPEN_BATCH], keeps=RIGHTS[Right.KEEP_BATCH])


def batch_for(*, compound: Compound, number: int, by: Actor | None) -> Batch | None:
    """For those who keep its list."""
    batch = Batch.objects.select_related("matter").filter(compound_id=compound.pk, number=number).first()
    if batch is None or by is None or batch_part(batch, by) is None:
        return None
    batch.compound = compound
    return batch


def batch_progress_for(*, compound: Compound, number: int, by: Actor | None) -> Batch | None:
    """Its progress: for everybody where compound and case allow it, else for whoever has a standing here."""
    batch = Batch.objects.filter(compound_id=compound.pk, number=number).first()
    if batch is None:
        return None
    inside = by is not None and by.compound_id == compound.pk
    return batch if inside or (compound.public_page and batch.public) else None


def batch_homes_for(*, batch: Batch, by: Actor) -> list[BatchHome]:
    """A resident's own homes in it: as owner or the owner's family, never as a tenant (domain §6.3)."""
    if by.role not in RESIDENTS or by.compound_id != batch.compound_id or by.account_id is None:
        return []
    return homes_of_resident(batch, by.account_id, by.home_id)


def batch_home_for(*, batch: Batch, home_id: UUID) -> BatchHome | None:
    """Of a batch that `batch_for` gave."""
    return homes_in(batch).select_related("home", "building").filter(home_id=home_id).first()


def batch_import_for(*, batch: Batch, import_id: UUID) -> BatchImport | None:
    return BatchImport.objects.filter(compound_id=batch.compound_id, batch=batch, pk=import_id).first()


def batch_visit_for(*, batch: Batch, visit_id: UUID) -> BatchVisit | None:
    return BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch, pk=visit_id).first()


# Of the hotline and of outages: who may mind them sees all of the compound's; the views' guards hold the right.


def hotline_order_for(*, compound: Compound, pk: UUID) -> HotlineOrder | None:
    rows = HotlineOrder.objects.select_related("matter", "likely")
    return rows.filter(compound_id=compound.pk, pk=pk).first()


def hotline_import_for(*, compound: Compound, pk: UUID) -> HotlineImport | None:
    return HotlineImport.objects.filter(compound_id=compound.pk, pk=pk).first()


def topic_for(*, compound: Compound, pk: UUID) -> ProposedTopic | None:
    return ProposedTopic.objects.filter(compound_id=compound.pk, pk=pk).first()


def decoration_for(*, compound: Compound, pk: UUID) -> Decoration | None:
    return Decoration.objects.filter(compound_id=compound.pk, pk=pk).first()


def outage_for(*, compound: Compound, pk: UUID) -> Outage | None:
    return Outage.objects.filter(compound_id=compound.pk, pk=pk).first()


def order_for(*, compound: Compound, number: int, by: Actor) -> Order | None:
    """Workers of the compound see every order, residents those that were placed; unknown and forbidden alike."""
    if by.compound_id != compound.pk:
        return None
    order = (
        Order.objects.select_related("by_body", "to_body", "proposed_body")
        .filter(compound_id=compound.pk, number=number)
        .first()
    )
    if order is None or not (may(by.role, Right.SEE_MATTERS) or by.role in RESIDENTS and order.state in SHOWN):
        return None
    return order


def part_photo(*, compound: Compound, photo_id: UUID, by: Actor) -> PartPhoto | None:
    row = (
        PartPhoto.objects.select_related("part__order")
        .filter(compound_id=compound.pk, pk=photo_id, hidden_at=None)
        .first()
    )
    if row is None or order_for(compound=compound, number=row.part.order.number, by=by) is None:
        return None
    return row


# ── whistles ────────────────────────────────────────────────────────────────────────────────────────────────────────


def whistle_parts(whistle: Whistle, by: Actor, ask: Ask | None = None) -> frozenset[whistles.Who]:
    """In the whole, or in one ask of it."""
    if by.compound_id != whistle.compound_id:
        return frozenset()
    facts = whistles.Facts(
        whistles.Level(whistle.level),
        str(whistle.drafted_body_id),
        whistle.drafted_body.kind,
        _text(ask and ask.body_id),
    )
    return whistles.parts(facts, whistles.Side(by.role, _text(by.body_id)))


def whistle_for(*, compound: Compound, number: int, by: Actor) -> tuple[Whistle, list[Ask]] | None:
    """The whistle with its asks, or None: unknown and forbidden alike.

    A draft is seen by those who drafted it and who approve it; an agency's own people see what was asked of it. About a
    secret matter nobody else sees it.
    """
    rows = Whistle.objects.select_related("drafted_body", "parent")
    whistle = rows.filter(compound_id=compound.pk, number=number).first()
    if whistle is None:
        return None
    asks = list(Ask.objects.select_related("body").filter(compound_id=compound.pk, whistle=whistle).order_by("place"))
    found = whistle_parts(whistle, by)
    unsent = whistle.blown_at is None
    if unsent and not found & {whistles.Who.DRAFTER, whistles.Who.APPROVER}:
        return None
    found = found.union(*(whistle_parts(whistle, by, ask) for ask in asks))
    if not found or not found & whistles.IN_SECRET and _is_secret(whistle):
        return None
    return whistle, asks


def _is_secret(whistle: Whistle) -> bool:
    rows = WhistleMatter.objects.filter(compound_id=whistle.compound_id, whistle=whistle, matter__privacy="secret")
    return rows.exists()


def ask_by_link(*, compound_id: UUID, ask_id: UUID, serial: int, at: datetime) -> Ask | None:
    """What a link still opens: the newest sent, within its time."""
    ask = (
        Ask.objects.select_related("body", "whistle__drafted_body")
        .filter(compound_id=compound_id, pk=ask_id, link_serial=serial, link_until__gt=at)
        .first()
    )
    return ask if ask is not None and ask.whistle.blown_at else None
