"""A company goes and another comes: what was not done is formally handed over, all of it by one act (domain 首接负责, M43)."""

from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.notices.services import To, queue
from linli.people.models import Organisation, Post
from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, Actor, Said, record_many
from linli.plumbing.tenancy import unscoped
from linli.plumbing.whole import one_act

from ..models import Clock, Matter, Order
from ..rules.states import OPEN, Act
from .bodies import at_desk, holders, office
from .figures import Moved, facts_of, keep
from .many import note_many, save_many, tell_many
from .orders.base import SUBJECT as ORDER
from .steps import SUBJECT

TITLE = "第 %(label)s 号，原来由%(old)s办，现在转给%(new)s接着办"


@one_act()
def hand_on(*, by: Actor, old: Organisation, new: Organisation, at: datetime) -> int:
    """How many matters. Numbers, states and promises stay; whoever raised or follows one hears of it once, and so does the new company."""
    compound_id = old.compound_id
    assert compound_id
    responsible = Q(handler_body=old) | Q(handler_body=None, first_receiver=old)
    rows = Matter.objects.select_for_update().filter(responsible, compound_id=compound_id, state__in=OPEN)
    matters = list(rows.order_by("number"))
    _orders(compound_id, by, old, new, at)
    if not matters:
        return 0
    was = {m.pk: facts_of(m) for m in matters}
    handled = [m for m in matters if m.handler_body_id]
    for m in matters:
        if m.handler_body_id:
            m.handler_body, m.handler_post = new, None
        else:
            m.first_receiver = new
        m.proposed_body_id = new.pk if m.proposed_body_id == old.pk else m.proposed_body_id
    save_many(matters)
    clocks = Clock.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in matters], done_at=None)
    clocks.update(body_id=new.pk, post_id=None)
    data = {"body": str(new.pk), "body_name": new.name, "from_name": old.name}
    entries = note_many(handled, by=by, act=Act.HAND_ON, at=at, data=data)
    keep((Moved(m, was[m.pk], Act.HAND_ON, data) for m in handled), by=by, at=at)
    if not entries:
        return 0
    key = str(entries[0].pk)
    tell_many(
        handled, by=by, kind=Act.HAND_ON, at=at, key=key, title=lambda m: TITLE % {"label": m.label, "old": old.name, "new": new.name}
    )  # fmt: skip
    queue(
        compound_id=compound_id, to=holders(new, timezone.localdate(at)), kind=Act.HAND_ON, title=f"{old.name}没办完的 {len(handled)} 件诉求转来了",
        subject_kind=SUBJECT, subject_id=handled[0].pk, number=handled[0].number, key=f"{key}:new", at=at,
    )  # fmt: skip
    return len(handled)


def term_over(*, post_id: UUID, at: datetime) -> bool:
    """The last day of a post has passed by itself."""
    post = Post.objects.select_related("organisation").get(pk=post_id)
    if post.to_day is None or post.to_day >= timezone.localdate(at):
        return False
    give_back(by=CLOCK, post=post, at=at)
    return True


@one_act()
def give_back(*, by: Actor, post: Post, at: datetime) -> None:
    """Who had it by name has left their post: it is the body's again, for whoever of it takes it."""
    body = post.organisation
    with unscoped("a post of the community serves several compounds"):
        rows = Matter.objects.select_for_update().filter(handler_post=post, state__in=OPEN)
        matters = list(rows.order_by("compound_id", "number"))
    for compound_id, group in groupby(matters, key=lambda m: m.compound_id):
        theirs = list(group)
        for m in theirs:
            m.handler_post = None
        save_many(theirs)
        clocks = Clock.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in theirs], done_at=None)
        clocks.update(post_id=None)
        data = {"body": str(body.pk), "body_name": body.name, "from_role": post.kind}
        note_many(theirs, by=by, act=Act.HAND_ON, at=at, data=data)
        queue(
            compound_id=compound_id, to=_told(body, compound_id, at), kind=Act.HAND_ON, title=f"有人离任，{len(theirs)} 件诉求要重新派人接手",
            subject_kind=SUBJECT, subject_id=theirs[0].pk, number=theirs[0].number, key=f"{post.pk}:left", at=at,
        )  # fmt: skip


def _told(body: Organisation, compound_id: UUID, at: datetime) -> list[To]:
    """Who is still there; nobody being, the community, which can take it back."""
    today = timezone.localdate(at)
    community = office(Compound.objects.get(pk=compound_id), Body.COMMUNITY)
    return holders(body, today) or (at_desk(community, today) if community else [])


def _orders(compound_id: UUID, by: Actor, old: Organisation, new: Organisation, at: datetime) -> None:
    """The committee's open orders go with what is in them."""
    rows = Order.objects.filter(compound_id=compound_id, to_body=old, open=True)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        rows.update(to_body=new)
        said = [Said(pk, data={"body_name": new.name}) for pk in ids]
        record_many(by=by, act=Act.HAND_ON, subject_kind=ORDER, at=at, compound_id=compound_id, rows=said)
