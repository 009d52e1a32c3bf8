"""Several steps that one submit makes: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from linli.kernel.masks import scrub
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation, Person, Post
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.people.services import note_look
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Matter, Merge, Price
from ..queries.voices import Voice, to_hear
from ..rules.advice import Advice
from ..rules.parts import may_call
from ..rules.states import State, Who
from . import photos
from .chat import keep_message
from .desk import dispatch, triage
from .help import put_beside
from .intake import NOWHERE, Spot, earlier, open_matter
from .merging import merge, unmerge
from .steps import SUBJECT
from .voices import internal_note
from .work import resolve

SEE_CONTACT = "see_contact"
EXPORT = "export_list"


@one_act()
def sort_out(
    *, by: Actor, matter: Matter, category: str = "", level: str = "", urgency: str = "", privacy: str | None = None, hazard: bool | None = None,
    body: Organisation | None, post: Post | None = None, due_at: datetime | None = None, at: datetime, once: UUID | None = None,
    advised: Advice | None = None, took: bool = False, alike: Sequence[int] = (), first_receiver: Organisation | None = None,
    public_title: str | None = None,
) -> Matter:  # fmt: skip
    """Accept, triage and dispatch in one go; what was returned is only dispatched anew. Raises Refused.

    What the level hands to the community (domain §4.9) stops after triage: the community gives it out.
    """
    if done_before(matter.compound_id, once):
        return Matter.objects.get(compound_id=matter.compound_id, pk=matter.pk)
    if matter.state == State.RETURNED:
        return dispatch(by=by, matter=matter, body=body, post=post, due_at=due_at, at=at, once=once)
    matter = triage(
        by=by, matter=matter, category=category, level=level, urgency=urgency, privacy=privacy, hazard=hazard, at=at, once=once,
        advised=advised, took=took, alike=alike, first_receiver=first_receiver, public_title=public_title,
    )  # fmt: skip
    if Who.DESK not in parts_in(matter, by):
        return matter
    return dispatch(by=by, matter=matter, body=body, post=post, due_at=due_at, at=at)


def resolve_shown(
    *, by: Actor, matter: Matter, words: str, outcome: str, cost_fen: int | None = None, paid_by: str = "", files: Sequence[UploadedFile] = (),
    at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """Resolve with the photos that show it. Raises Refused."""
    ready = photos.ready(files)
    with one_act():
        done = resolve(
            by=by, matter=matter, words=words, outcome=outcome, cost_fen=cost_fen, paid_by=paid_by, at=at, once=once,
            evidence=any(p.kind == "photo" for p in ready),
        )  # fmt: skip
        if done.resolved_at == at:
            photos.attach(by=by, matter=done, files=ready, phase="after", at=at)
    return done


@dataclass(frozen=True)
class Heard:
    """A message of a group chat as it was pasted: where, when, and every word of it."""

    group: str
    said_at: datetime | None
    words: str


def record_for(
    *, by: Actor, compound: Compound, words: str, source: str, spot: Spot = NOWHERE, person: Person | None = None, reporter_name: str = "",
    reporter_phone: str = "", hazard: bool = False, heard: Heard | None = None, files: Sequence[UploadedFile] = (), price: Price | None = None,
    into: Matter | None = None, alike: Sequence[int] = (), at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """Raise for somebody; with `price` it is household help of the price list, with `into` it is joined to that matter. Of a chat message only the words without numbers and plates are the matter's; the whole of it
    stays inside as a note of the desk, with its group and time (M4). Raises Refused."""
    ready = photos.ready(files)
    if again := earlier(compound, once=once):
        return again
    with one_act():
        made = open_matter(
            by=by, compound=compound, words=scrub(words) if heard else words, at=at, source=source, spot=spot, person=person,
            reporter_name=reporter_name, reporter_phone=reporter_phone, hazard=hazard, once=once,
            category=price.category if price else "",
        )  # fmt: skip
        if price:
            put_beside(by=by, matter=made, price=price, at=at)
        if heard:
            internal_note(by=by, matter=made, words=_as_heard(heard), at=at)
            keep_message(made, group=heard.group, said_at=heard.said_at, at=at)
        photos.attach(by=by, matter=made, files=ready, phase="before", at=at)
        if into:
            made = merge(by=by, matter=made, target=into, alike=alike, at=at)
    return made


def _as_heard(heard: Heard) -> str:
    when = f"{heard.said_at:%Y-%m-%d %H:%M}" if heard.said_at else ""
    return f"{heard.group} {when}：{heard.words}".strip()


@one_act()
def undo_merge(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    """Take back one's own last merge. Raises Refused when it was somebody else's."""
    link = Merge.objects.filter(compound_id=matter.compound_id, source=matter, undone_at=None).order_by("-at").first()
    if link is None or link.by != by.account_id:
        raise Refused(Refusal("not_last", "这一步不是您刚做的"))
    return unmerge(by=by, matter=matter, reason="并错了，撤回", at=at, once=once)


@one_act()
def see_contact(*, by: Actor, matter: Matter, reason: str, at: datetime) -> Voice:
    """The reporter's name and number in full, for one who works on this matter; every look is written down. Raises Refused."""
    if not may(by.role, Right.SEE_PHONE) or not may_call(State(matter.state), parts_in(matter, by)):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请选看号码做什么"), field="reason")
    who = to_hear(matter)
    person, account = who.person.pk if who.person else None, who.account.pk if who.account else None
    record(
        by=by, act=SEE_CONTACT, subject_kind=SUBJECT, subject_id=matter.pk, at=at, compound_id=matter.compound_id,
        words=reason.strip(), internal=True, person_id=person,
    )  # fmt: skip
    note_look(
        by=by, compound_id=matter.compound_id, person_id=person, account_id=account,
        reason=f"{reason.strip()}，第 {matter.label} 号", at=at,
    )  # fmt: skip
    return who


def record_export(*, by: Actor, compound: Compound, filters: dict[str, str], at: datetime) -> None:
    """A list leaves the system: who took it, and which. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.EXPORT_LIST):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    record(
        by=by,
        act=EXPORT,
        subject_kind="matter_list",
        subject_id=compound.pk,
        at=at,
        compound_id=compound.pk,
        data={"filters": filters},
    )
