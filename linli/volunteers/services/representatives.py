"""Resident representatives (domain M15): homes are named, acts recorded, followed up and praised, a resident reaches theirs."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.utils import timezone

from linli.kernel import masks
from linli.kernel.clock import month_of
from linli.kernel.refusal import Refusal, Refused
from linli.matters.models import Matter
from linli.matters.services import Spot, open_matter
from linli.notices.services import To, queue
from linli.people.models import Post
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Building, Compound, Entrance, Home
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value, shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import home_of, own_representative
from ..models import Cover, HouseAct, Representative
from ..queries import representatives as read
from ..rules import representatives as rules

NAME, END, RECORD, FOLLOW_UP, PRAISE, ASK = (
    "name_representative", "end_cover", "record_house_act", "follow_up", "praise", "ask_representative"
)  # fmt: skip
SUBJECT, HOUSE_ACT = "representative", "house_act"


def _held(by: Actor, compound_id: UUID, right: Right) -> None:
    if by.compound_id != compound_id or not may(by.role, right):
        raise Refused(Refusal("not_yours", "这一步不归您办"))


def name_representative(
    *, by: Actor, compound: Compound, post: Post, building: Building, entrance: Entrance | None = None, first: str = "", last: str = "",
    from_day: date, to_day: date | None = None, at: datetime, once: UUID | None = None,
) -> Cover:  # fmt: skip
    """Homes for somebody who holds the post: a building, one entrance, or a range of rooms. The same `once` names them once."""
    _held(by, compound.pk, Right.NAME_REPRESENTATIVE)
    first, last = first.strip(), last.strip()
    if no := rules.may_cover(first=first, last=last, from_day=from_day, to_day=to_day):
        raise Refused(no[0], field=no[1])
    if not read.posts(compound, timezone.localdate(at)).filter(pk=post.pk).exists():
        raise Refused(Refusal("no_post", "请选一位居民代表"), field="post")
    if entrance and entrance.building_id != building.pk:
        raise Refused(Refusal("entrance", "这个单元不在这一栋"), field="where")
    try:
        with one_act():
            return _name(by, compound, post, building, entrance, first, last, from_day, to_day, at, once)
    except IntegrityError:
        again = Cover.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return again


def _name(
    by: Actor, compound: Compound, post: Post, building: Building, entrance: Entrance | None, first: str, last: str, from_day: date,
    to_day: date | None, at: datetime, once: UUID | None,
) -> Cover:  # fmt: skip
    if once and (earlier := Cover.objects.filter(compound_id=compound.pk, once=once).first()):
        return earlier
    who, _made = Representative.objects.get_or_create(
        compound_id=compound.pk, account_id=post.account_id, defaults={"id": uuid7(), "name": post.holder_name, "since": at}
    )  # fmt: skip
    cover = Cover(
        id=uuid7(), compound_id=compound.pk, representative=who, building=building, entrance=entrance, first=first, last=last,
        from_day=from_day, to_day=to_day, once=once,
    )  # fmt: skip
    cover.save(force_insert=True)
    entry = record(
        by=by, act=NAME, subject_kind=SUBJECT, subject_id=who.pk, at=at, compound_id=compound.pk, once=once,
        data={"cover": str(cover.pk), "building": str(building.pk), "from": from_day.isoformat()},
    )  # fmt: skip
    _tell(who, kind=NAME, title="社区给您定了要看的人家", subject=who.pk, key=str(entry.pk), at=at)
    return cover


def _tell(
    who: Representative, *, kind: str, title: str, body: str = "", subject: UUID, subject_kind: str = SUBJECT,
    number: int | None = None, key: str, at: datetime,
) -> None:  # fmt: skip
    queue(
        compound_id=who.compound_id, to=[To(who.account_id)], kind=kind, title=title, body=body, subject_kind=subject_kind,
        subject_id=subject, number=number, key=key, at=at,
    )  # fmt: skip


@one_act()
def end_cover(*, by: Actor, cover: Cover, at: datetime) -> Cover:
    """From today on the homes are somebody else's, or nobody's. Ending twice ends once."""
    _held(by, cover.compound_id, Right.NAME_REPRESENTATIVE)
    row = Cover.objects.select_for_update().get(compound_id=cover.compound_id, pk=cover.pk)
    yesterday = timezone.localdate(at) - timedelta(days=1)
    if row.to_day and row.to_day <= yesterday:
        return row
    row.to_day = yesterday
    row.save(update_fields=["to_day"])
    record(
        by=by, act=END, subject_kind=SUBJECT, subject_id=row.representative_id, at=at, compound_id=row.compound_id,
        data={"cover": str(row.pk)},
    )  # fmt: skip
    return row


def record_act(
    *, by: Actor, compound: Compound, kind: str, result: str, home: Home | None = None, place: str = "", force: str = "",
    when: datetime | None = None, needs: str = "", at: datetime, once: UUID | None = None,
) -> HouseAct:  # fmt: skip
    """What the representative did, in one of the named homes or at a spot; `needs` opens a matter with it. Raises Refused."""
    _held(by, compound.pk, Right.RECORD_HOUSE_ACT)
    when, result, place = when or at, masks.scrub(result.strip()), masks.scrub(place.strip())[: rules.PLACE_MOST]
    if no := rules.may_record(kind=kind, force=force, place=bool(home or place), result=result, when=when, at=at):
        raise Refused(no[0], field=no[1])
    who = own_representative(by)
    covers = read.covers_on(compound.pk, who.pk, timezone.localdate(when)) if who else []
    if who is None or not covers:
        raise Refused(Refusal("no_homes", "社区还没有给您定人家"))
    if home and not any(read.holds(cover, home) for cover in covers):
        raise Refused(Refusal("not_your_home", "这一户不归您看"), field="home")
    row = HouseAct(
        id=uuid7(), compound_id=compound.pk, representative=who, once=once, kind=kind, force=force if kind == rules.Kind.SOLVING else "",
        done_at=when, recorded_at=at, home=home, place=place, result=result,
    )  # fmt: skip
    try:
        with one_act():
            return _record(by, compound, row, needs, at)
    except IntegrityError:
        again = HouseAct.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return again


def _record(by: Actor, compound: Compound, row: HouseAct, needs: str, at: datetime) -> HouseAct:
    if row.once and (earlier := HouseAct.objects.filter(compound_id=compound.pk, once=row.once).first()):
        return earlier
    row.number = next_value(compound.pk, HOUSE_ACT)
    row.save(force_insert=True)
    shift(compound.pk, rules.counted(month_of(row.done_at), row.representative_id.hex, row.kind, row.force))
    record(
        by=by, act=RECORD, subject_kind=HOUSE_ACT, subject_id=row.pk, at=at, compound_id=compound.pk, once=row.once,
        data={"kind": row.kind, "done_at": row.done_at.isoformat()},
    )  # fmt: skip
    if needs.strip():
        _open(by, compound, row, needs, by.received_at or at)
    return row


@one_act()
def follow_up(*, by: Actor, compound: Compound, act: HouseAct, words: str, at: datetime) -> Matter:
    """A matter out of an act, by whoever did it; a second time gives the first. Raises Refused."""
    _held(by, compound.pk, Right.RECORD_HOUSE_ACT)
    row = _locked(act)
    if row.representative.account_id != by.account_id:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    return row.matter if row.matter else _open(by, compound, row, words, at)


def _open(by: Actor, compound: Compound, row: HouseAct, words: str, at: datetime) -> Matter:
    """As any patrol or visit, of the moment at which somebody can take it up; the mark of the matter comes from the act's key."""
    spot = Spot(home=row.home) if row.home else Spot(words=row.place)
    matter = open_matter(
        by=by, compound=compound, words=words, at=at, source=rules.source(row.kind, at_home=row.home is not None), spot=spot,
        once=uuid5(row.pk, FOLLOW_UP),
    )  # fmt: skip
    row.matter = matter
    row.save(update_fields=["matter"])
    record(
        by=by, act=FOLLOW_UP, subject_kind=HOUSE_ACT, subject_id=row.pk, at=at, compound_id=compound.pk,
        data={"matter": str(matter.pk)},
    )  # fmt: skip
    return matter


def _locked(act: HouseAct) -> HouseAct:
    HouseAct.objects.select_for_update().get(compound_id=act.compound_id, pk=act.pk)
    rows = HouseAct.objects.select_related("representative", "home", "matter")
    return rows.get(compound_id=act.compound_id, pk=act.pk)


@one_act()
def praise(*, by: Actor, act: HouseAct, word: str, at: datetime) -> HouseAct:
    """One word of the grid's motto, said once; the representative is told. Raises Refused."""
    _held(by, act.compound_id, Right.NAME_REPRESENTATIVE)
    row = _locked(act)
    if row.representative.account_id == by.account_id:
        raise Refused(Refusal("own_act", "自己做的事由别人来夸"))
    if word not in rules.MOTTO:
        raise Refused(Refusal("motto", "选一个字"))
    if row.praise:
        return row
    row.praise = word
    row.save(update_fields=["praise"])
    entry = record(
        by=by, act=PRAISE, subject_kind=HOUSE_ACT, subject_id=row.pk, at=at, compound_id=row.compound_id, data={"word": word}
    )  # fmt: skip
    _tell(
        row.representative, kind=PRAISE, title=f"社区夸您一个“{rules.MOTTO[word]}”字", body=row.result, subject=row.pk,
        subject_kind=HOUSE_ACT, number=row.number, key=str(entry.pk), at=at,
    )  # fmt: skip
    return row


@one_act()
def ask_representative(
    *, by: Actor, compound: Compound, words: str = "", at: datetime, once: UUID | None = None
) -> list[Representative]:
    """Asks who looks after one's home to come by: neither learns the other's number. Once in half an hour. Raises Refused."""
    _held(by, compound.pk, Right.ASK_REPRESENTATIVE)
    home = home_of(by)
    found = read.covering(compound, home, timezone.localdate(at)) if home else []
    if home is None or not found:
        raise Refused(Refusal("no_representative", "您家还没有居民代表"))
    words = masks.scrub(words.strip())
    if len(words) > rules.ASK_MOST:
        raise Refused(Refusal("too_long", "最多写 %(most)s 个字", values={"most": rules.ASK_MOST}), field="words")
    Home.objects.select_for_update().get(compound_id=compound.pk, pk=home.pk)
    earlier = AuditEntry.objects.filter(compound_id=compound.pk, subject_id=home.pk, act=ASK)
    if once and earlier.filter(once=once).exists():
        return found
    if earlier.filter(at__gt=at - rules.ASK_AGAIN).exists():
        raise Refused(Refusal("asked", "刚刚说过了，过半小时再说"))
    entry = record(
        by=by, act=ASK, subject_kind="home", subject_id=home.pk, at=at, compound_id=compound.pk, words=words, once=once,
        internal=True,
    )  # fmt: skip
    for who in found:
        _tell(who, kind=ASK, title=f"{home.label} 请您来一趟", body=words, subject=who.pk, key=str(entry.pk), at=at)
    return found
