"""Talks and their points, read in few statements; and what became of each point in the words of whoever may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters.models import Matter, ProposedTopic
from linli.matters.queries.hotline import topics as proposed
from linli.matters.rules.publicity import is_public, public_words
from linli.matters.rules.states import OPEN
from linli.matters.rules.states import State as MatterState
from linli.matters.words import MARKS, PARTIES
from linli.places.models import Compound
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, whole

from ..models import Correction, FollowUp, Point, Talk
from ..rules.talks import PUBLIC, State
from ..words import STATES

PAGE = 20
CARRIED_MOST = 50


def talks(compound_id: UUID, *, before: int | None = None) -> list[Talk]:
    """Newest first; one more than PAGE tells of a next page."""
    rows = Talk.objects.filter(compound_id=compound_id).select_related("body")
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: PAGE + 1])


def next_talk(compound_id: UUID, now: datetime) -> Talk | None:
    rows = Talk.objects.filter(compound_id=compound_id, state=State.ANNOUNCED, starts_at__gte=now)
    return rows.select_related("body").order_by("starts_at").first()


def last_published(compound_id: UUID) -> Talk | None:
    rows = Talk.objects.filter(compound_id=compound_id, state__in=PUBLIC)
    return rows.select_related("body").order_by("-starts_at").first()


def points_of(talk: Talk) -> list[Point]:
    rows = Point.objects.filter(compound_id=talk.compound_id, talk=talk)
    return list(rows.select_related("matter__merged_into").order_by("place"))


def _open() -> Q:
    """Whose matter is still under way, or whose promise no later talk called kept."""
    kept = FollowUp.objects.filter(compound_id=OuterRef("compound_id"), point=OuterRef("pk"), done=True)
    promised = Q(due_on__isnull=False) & ~Exists(kept)
    return promised | Q(matter__open=True) | Q(matter__merged_into__open=True)


def carried(talk: Talk) -> list[Point]:
    """What earlier talks left open, as this one finds it; of a talk that is over, what it spoke of."""
    spoken = Exists(FollowUp.objects.filter(compound_id=OuterRef("compound_id"), point=OuterRef("pk"), talk=talk))
    asked = Q(spoken)
    if talk.state not in PUBLIC:
        asked |= _open() & Q(talk__state__in=PUBLIC, talk__starts_at__lt=talk.starts_at)
    rows = Point.objects.filter(asked, compound_id=talk.compound_id).select_related("talk", "matter__merged_into")
    return list(rows.order_by("talk__starts_at", "place")[:CARRIED_MOST])


def spoken(talk: Talk) -> dict[UUID, FollowUp]:
    return {row.point_id: row for row in FollowUp.objects.filter(compound_id=talk.compound_id, talk=talk)}


def corrections(talk: Talk) -> dict[UUID, list[Correction]]:
    found: dict[UUID, list[Correction]] = {}
    for row in Correction.objects.filter(compound_id=talk.compound_id, point__talk=talk).order_by("id"):
        found.setdefault(row.point_id, []).append(row)
    return found


def later_words(talk: Talk) -> dict[UUID, list[FollowUp]]:
    """What later talks, once published, said of this one's points."""
    rows = FollowUp.objects.filter(compound_id=talk.compound_id, point__talk=talk, talk__state__in=PUBLIC)
    found: dict[UUID, list[FollowUp]] = {}
    for row in rows.select_related("talk").order_by("id"):
        found.setdefault(row.point_id, []).append(row)
    return found


def topics(compound: Compound) -> list[ProposedTopic]:
    """What the hotline proposes and a talk in public may take up: nothing secret, no care, no quarrels."""
    return [topic for topic in proposed(compound) if is_public(topic.matter)]


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Fate:
    """`owner` and `due` are empty where nothing is left to do; `href` for who may open the matter."""

    mark: str
    words: str
    owner: str = ""
    due: str = ""
    href: str = ""
    settled: bool = False
    late: bool = False


def fate(point: Point, now: datetime, slug: str = "", *, opens: bool = False) -> Fate:
    """What became of it, without anybody's name and without a word of the matter itself."""
    if point.matter:
        return _of_matter(point.matter, now, slug, opens)
    if not point.answer:
        return Fate("nobody", _("还没回答"))
    due = whole(point.due_on) if point.due_on else ""
    return Fate(
        "done" if not due else "outer",
        public_words(point.answer),
        point.answered_by,
        due,
        settled=not due,
        late=_past(point.due_on, now),
    )


def _past(due_on: date | None, now: datetime) -> bool:
    return due_on is not None and due_on < timezone.localdate(now)


def _of_matter(matter: Matter, now: datetime, slug: str, opens: bool) -> Fate:
    here = matter.merged_into if matter.state == MatterState.MERGED and matter.merged_into else matter
    if not is_public(here):
        return Fate("nobody", _("转成事项了"))
    href = numbered("matters:matter", slug, here.number) if opens else ""
    if MatterState(here.state) in OPEN:
        owner = str(PARTIES[here.turn or "nobody"])
        due = moment(here.next_due_at, now) if here.next_due_at else ""
        return Fate(
            MARKS[here.turn or "nobody"],
            _("轮到%(party)s") % {"party": owner},
            owner,
            due,
            href,
            late=bool(here.next_due_at and here.next_due_at < now),
        )
    ended = {
        MatterState.CLOSED: _("办结了"),
        MatterState.DECLINED: _("没有受理"),
        MatterState.WITHDRAWN: _("撤回了"),
    }.get(MatterState(here.state), _("并到另一件事里了"))
    return Fate("done", ended, href=href, settled=True)


def under_council(compound_id: UUID, slug: str, now: datetime) -> list[dict]:
    """The next talk, what became of the last, and the way to all: cells for the page under 议事."""
    coming, last = next_talk(compound_id, now), last_published(compound_id)
    rows = []
    if coming:
        rows.append(
            {"title": _("下一次：%(when)s") % {"when": moment(coming.starts_at, now)}, "note": _note(coming), "icon": "calendar",
             "href": numbered("councils:talk", slug, coming.number), "main": True}
        )  # fmt: skip
    if last:
        rows.append(
            {"title": _("上次说的，办得怎样了"), "note": f"{whole(timezone.localtime(last.starts_at).date())} · {last.body.name}",
             "icon": "check", "href": numbered("councils:talk", slug, last.number)}
        )  # fmt: skip
    rows.append({"title": _("历次夜话"), "icon": "people", "href": address("councils:talks", slug)})
    return rows


def _note(talk: Talk) -> str:
    return " · ".join(filter(None, [talk.spot, talk.subject, talk.body.name]))


def cell(talk: Talk, slug: str, now: datetime) -> dict:
    came = _("来了 %(n)s 人") % {"n": talk.attendance} if talk.attendance else ""
    return {
        "title": moment(talk.starts_at, now), "note": " · ".join(filter(None, [_note(talk), came])),
        "href": numbered("councils:talk", slug, talk.number), "pill": str(STATES[talk.state]),
    }  # fmt: skip


def notice_words(talk: Talk, points: Iterable[Point], earlier: Iterable[tuple[Point, FollowUp]], now: datetime) -> str:
    """For the draft of a notice: each point with its answer, owner and day; nobody who spoke."""
    lines = [
        f"{whole(talk.starts_at.astimezone(now.tzinfo).date())}在{talk.spot}开了夜话，来了 {talk.attendance} 人。说了这些：",
        "",
    ]
    for point in points:
        lines.append(f"{point.place}. {public_words(point.words)}")
        lines.append(f"   {_fate_line(point, now)}")
    told = [f"· {public_words(p.words)}：{public_words(f.words)}" for p, f in earlier]
    return "\n".join([*lines, "", "上次没完的：", *told] if told else lines)


def _fate_line(point: Point, now: datetime) -> str:
    found = fate(point, now)
    if point.matter:
        due = point.matter.next_due_at
        # Read on another day too: never 今天.
        told = due and found.owner and not found.settled and point.matter.merged_into_id is None
        until = f"，{whole(due.astimezone(now.tzinfo).date())}前" if due and told else ""
        return f"转成事项去办：{found.words}{until}"
    return (
        "答复："
        + found.words
        + (f"（{found.owner}）" if found.owner else "")
        + (f"，{found.due}前" if found.due else "")
    )
