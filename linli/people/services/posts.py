"""Bodies, their posts, and the terms of those who hold them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Account, Organisation, Post
from linli.people.queries import in_term
from linli.people.rules import PMC, Body, Role, cross_posts, may_appoint, may_end, may_set_up
from linli.people.signals import ending, handing_on, left
from linli.people.words import BODIES
from linli.places.models import Community, Compound, Subdistrict
from linli.plumbing.acts import Actor, record

from .accounts import account_for


@transaction.atomic
def create_body(
    *, by: Actor, kind: str, name: str, at: datetime, phone: str = "", compound: Compound | None = None,
    community: Community | None = None,
) -> Organisation:  # fmt: skip
    """Of a compound, or of the whole community (an agency that serves all its compounds)."""
    if no := may_set_up(by_role=by.role, body=kind):
        raise Refused(no, "kind")
    same = Organisation.objects.filter(kind=kind, name=name, compound=compound, community=community, ended_on=None)
    if same.exists():
        raise Refused(Refusal("body_exists", _("这个组织已经有了")), "name")
    body = Organisation.objects.create(kind=kind, name=name, phone=phone, compound=compound, community=community)
    record(
        by=by, act="create_body", subject_kind="organisation", subject_id=body.pk, at=at,
        compound_id=compound.pk if compound else None,
    )  # fmt: skip
    return body


@transaction.atomic
def end_body(*, by: Actor, body: Organisation, last_day: date, reason: str, at: datetime) -> Organisation:
    """Its posts end with it, from now on. Refused while something is still to be done by it; nothing is deleted."""
    if no := may_end(by_role=by.role, body=body.kind):
        raise Refused(no)
    return _end(by=by, body=body, last_day=last_day, reason=reason, at=at)


def _end(*, by: Actor, body: Organisation, last_day: date, reason: str, at: datetime) -> Organisation:
    body = Organisation.objects.select_for_update(of=("self",)).get(pk=body.pk)
    if body.ended_on:
        return body
    today = timezone.localdate(at)
    if last_day > today:
        raise Refused(Refusal("future", _("到那一天再来结束，现在它还在办事")), "last_day")
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么")), "reason")
    ending.send(Organisation, body=body, compound_ids=_where(body), by=by, at=at)
    body.ended_on, body.ended_reason = last_day, reason.strip()[:120]
    body.save(update_fields=["ended_on", "ended_reason"])
    posts = Post.objects.select_related("account").filter(Q(to_day=None) | Q(to_day__gte=today), organisation=body)
    for post in posts:
        _end_with_body(by, post, body, at)
    record(
        by=by, act="end_body", subject_kind="organisation", subject_id=body.pk, at=at, compound_id=body.compound_id,
        words=body.ended_reason, data={"last_day": last_day.isoformat(), "posts": len(posts)},
    )  # fmt: skip
    return body


def _where(body: Organisation) -> list[UUID]:
    """The compounds it acts in: its own, or all of its community."""
    if body.compound_id:
        return [body.compound_id]
    return list(Compound.objects.filter(community=body.community_id).values_list("pk", flat=True))


def _end_with_body(by: Actor, post: Post, body: Organisation, at: datetime) -> None:
    today = timezone.localdate(at)
    post.to_day, post.ended_reason = min(body.ended_on or today, today - timedelta(days=1)), body.ended_reason
    post.save(update_fields=["to_day", "ended_reason"])
    flag_cross_posts(post.account, today)
    record(
        by=by, act="end_post", subject_kind="post", subject_id=post.pk, at=at, compound_id=body.compound_id,
        words=body.ended_reason, data={"post": post.kind, "body": str(body.pk)},
    )  # fmt: skip


@transaction.atomic
def first_post(
    *, by: Actor, phone: str, name: str, at: datetime, community: Community | None = None,
    subdistrict: Subdistrict | None = None,
) -> Post:  # fmt: skip
    """The operator names the first community secretary, or the first subdistrict officer; later ones are not theirs to name."""
    if by.role != Role.OPERATOR or (community is None) == (subdistrict is None):
        raise Refused(Refusal("not_operator", _("第一个岗位由系统运营者设")))
    body_kind, post = (
        (Body.COMMUNITY, Role.COMMUNITY_SECRETARY) if community else (Body.SUBDISTRICT, Role.SUBDISTRICT_OFFICER)
    )
    where = community or subdistrict
    body, _made = Organisation.objects.get_or_create(
        kind=body_kind, community=community, subdistrict=subdistrict, compound=None, ended_on=None,
        defaults={"name": f"{where}{'' if community else BODIES[Body.SUBDISTRICT]}"},
    )  # fmt: skip
    today = timezone.localdate(at)
    if Post.objects.filter(in_term(today), organisation=body, kind=post).exists():
        raise Refused(Refusal("not_first", _("这里已经有人了，之后由他们自己任命")), "phone")
    return _appointed(by, body, post, phone, name, today, None, at)


@transaction.atomic
def appoint(
    *, by: Actor, organisation: Organisation, kind: str, phone: str, name: str, from_day: date, at: datetime,
    to_day: date | None = None, obtained: str = "appointed", buildings: Sequence[str] = (), specialties: Sequence[str] = (),
) -> Post:  # fmt: skip
    """The number's account is made if missing; it proves itself by its first code. The same appointment twice is one."""
    no = may_appoint(
        by_role=by.role,
        by_body=by.body_kind,
        body=organisation.kind,
        post=kind,
        same_body=by.body_id == organisation.pk,
    )
    if no:
        raise Refused(no, "kind")
    if organisation.ended_on:
        raise Refused(Refusal("body_ended", _("这个组织已经结束了")), "kind")
    if kind in PMC and obtained != "appointed":
        raise Refused(Refusal("not_elected", _("物管会的主任和委员由街道任命")), "obtained")
    if to_day and to_day < from_day:
        raise Refused(Refusal("term", _("结束的日子在开始之前")), "to_day")
    held = Post.objects.filter(organisation=organisation, kind=kind, account__phone=phone)
    if earlier := held.filter(in_term(max(from_day, timezone.localdate(at)))).first():
        return earlier
    return _appointed(by, organisation, kind, phone, name, from_day, to_day, at, obtained, buildings, specialties)


def _appointed(
    by: Actor, body: Organisation, kind: str, phone: str, name: str, from_day: date, to_day: date | None, at: datetime,
    obtained: str = "appointed", buildings: Sequence[str] = (), specialties: Sequence[str] = (),
) -> Post:  # fmt: skip
    account = account_for(phone=phone, name=name, at=at)
    post = Post.objects.create(
        organisation=body, kind=kind, account=account, holder_name=name, obtained=obtained, from_day=from_day, to_day=to_day,
        buildings=list(buildings), specialties=list(specialties),
    )  # fmt: skip
    flag_cross_posts(account, timezone.localdate(at))
    record(
        by=by, act="appoint", subject_kind="post", subject_id=post.pk, at=at, compound_id=body.compound_id,
        data={"post": kind, "body": str(body.pk)},
    )  # fmt: skip
    post.refresh_from_db(fields=["cross_flags"])
    return post


def flag_cross_posts(account: Account, today: date) -> None:
    """Marks every post an account holds beside another in the same compound (domain M22): shown, not forbidden."""
    posts = list(Post.objects.filter(in_term(today), account=account).select_related("organisation"))
    for post in posts:
        beside = [p for p in posts if p.organisation.compound_id == post.organisation.compound_id]
        flags = cross_posts((p.organisation.kind, p.kind) for p in beside)
        if flags != post.cross_flags:
            Post.objects.filter(pk=post.pk).update(cross_flags=flags)


@transaction.atomic
def end_post(*, by: Actor, post: Post, reason: str, at: datetime) -> Post:
    """From now on: by whoever may appoint to it, or by the holder. What was done in it stays on record."""
    body = post.organisation
    own = by.account_id == post.account_id
    no = may_appoint(
        by_role=by.role, by_body=by.body_kind, body=body.kind, post=post.kind, same_body=by.body_id == body.pk
    )
    if no and not own:
        raise Refused(no)
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么")), "reason")
    today = timezone.localdate(at)
    if post.to_day and post.to_day < today:
        return post
    return _over(by, post, today - timedelta(days=1), reason, at)


def _over(by: Actor, post: Post, last_day: date, reason: str, at: datetime) -> Post:
    post.to_day, post.ended_reason = last_day, reason.strip()[:120]
    post.save(update_fields=["to_day", "ended_reason"])
    flag_cross_posts(post.account, timezone.localdate(at))
    record(
        by=by, act="end_post", subject_kind="post", subject_id=post.pk, at=at, compound_id=post.organisation.compound_id,
        words=reason, data={"post": post.kind},
    )  # fmt: skip
    if last_day < timezone.localdate(at):
        left.send(None, post=post, by=by, at=at)
    return post


@transaction.atomic
def end_with_holder(*, by: Actor, post: Post, day: date, reason: str, at: datetime) -> Post:
    """Whoever held it died on that day: nobody's leave is asked. That it is on record its caller has seen to."""
    last_day = min(day, timezone.localdate(at) - timedelta(days=1))
    if post.to_day and post.to_day <= last_day:
        return post
    return _over(by, post, last_day, reason, at)


# ── posts that owners elect to: nobody appoints ─────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_up_elected(*, by: Actor, compound: Compound, kind: str, name: str, at: datetime) -> Organisation:
    """The body that an election brings about, or the one there is. That the election stands its own context has asked."""
    _here(by, compound)
    there = Organisation.objects.filter(kind=kind, compound=compound, ended_on=None).order_by("pk").first()
    if there:
        return there
    body = Organisation.objects.create(kind=kind, name=name, compound=compound)
    record(
        by=by, act="create_body", subject_kind="organisation", subject_id=body.pk, at=at, compound_id=compound.pk,
        data={"obtained": "elected"},
    )  # fmt: skip
    return body


@transaction.atomic
def hold_elected(
    *, by: Actor, body: Organisation, kind: str, phone: str, name: str, from_day: date, to_day: date, at: datetime
) -> Post:  # fmt: skip
    """As `appoint`, but by the owners' vote."""
    assert body.compound
    _here(by, body.compound)
    return _appointed(by, body, kind, phone, name, from_day, to_day, at, "elected")


@transaction.atomic
def end_elected(*, by: Actor, post: Post, last_day: date, reason: str, at: datetime) -> Post:
    """What the vote gave the vote takes, or the law."""
    assert post.organisation.compound
    _here(by, post.organisation.compound)
    if post.to_day and post.to_day <= last_day:
        return post
    return _over(by, post, last_day, reason, at)


# ── a property company that owners choose: nobody sets it up, nobody ends it ────────────────────────────────────────


@transaction.atomic
def bring_in(*, by: Actor, compound: Compound, name: str, phone: str, head: str, at: datetime) -> Organisation:
    """With its manager's post from today. That owners chose it, and that it may come, its own context has asked."""
    _here(by, compound)
    body = Organisation.objects.create(kind=Body.PROPERTY, name=name, compound=compound)
    record(
        by=by, act="create_body", subject_kind="organisation", subject_id=body.pk, at=at, compound_id=compound.pk,
        data={"obtained": "chosen"},
    )  # fmt: skip
    _appointed(by, body, Role.PROPERTY_MANAGER, phone, head, timezone.localdate(at), None, at, "chosen")
    return body


@transaction.atomic
def send_away(*, by: Actor, body: Organisation, last_day: date, reason: str, at: datetime) -> Organisation:
    """As `end_body`, by the owners' vote: its posts end, and its open matters are another's before. Raises Refused."""
    assert body.compound
    _here(by, body.compound)
    return _end(by=by, body=body, last_day=last_day, reason=reason, at=at)


@transaction.atomic
def hand_on(*, by: Actor, old: Organisation, new: Organisation, at: datetime) -> int:
    """What the one has in hand is the other's from now on, and how much it was. That it may be its own context has asked."""
    assert old.compound and old.compound_id == new.compound_id
    _here(by, old.compound)
    return sum(int(moved or 0) for _asked, moved in handing_on.send(Organisation, old=old, new=new, by=by, at=at))


def _here(by: Actor, compound: Compound) -> None:
    if by.compound_id != compound.pk:
        raise Refused(Refusal("not_here", _("这不是您的小区")))
