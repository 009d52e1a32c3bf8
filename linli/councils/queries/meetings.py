"""Meetings of committees and PMCs, read in few statements."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import bodies
from linli.kernel.profiles import Profile, profile
from linli.matters.rules.publicity import public_words
from linli.people.models import Organisation
from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, whole
from linli.plumbing.tenancy import unscoped

from ..models import AgendaItem, Meeting, MeetingPaper, MeetingRecord, Seat, Signature, Supporter
from ..rules.meetings import CHOICES, OPEN, RESULTS, SAT, Result, State, needed
from ..words import MEETING_STATES

PAGE = 20


def local_rules(meeting: Meeting) -> Profile:
    """Those it was called under, or the compound's."""
    return profile(meeting.profile or Compound.objects.get(pk=meeting.compound_id).profile)


def meetings(compound_id: UUID, *, of_body: UUID | None = None, before: int | None = None) -> list[Meeting]:
    """Newest first; one more than PAGE tells of a next page. `of_body`: with what that body has not called yet."""
    shown = Q(state__in=OPEN) | Q(state=State.CANCELLED, called_at__isnull=False)
    rows = Meeting.objects.filter(shown | Q(body=of_body) if of_body else shown, compound_id=compound_id)
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.select_related("body").order_by("-number")[: PAGE + 1])


def items_of(meeting: Meeting) -> list[AgendaItem]:
    return list(AgendaItem.objects.filter(compound_id=meeting.compound_id, meeting=meeting).order_by("place"))


def seats_of(meeting: Meeting) -> list[Seat]:
    return list(Seat.objects.filter(compound_id=meeting.compound_id, meeting=meeting).order_by("id"))


def signatures_of(meeting: Meeting) -> dict[UUID, dict[UUID, Signature]]:
    """By item, then by seat."""
    found: dict[UUID, dict[UUID, Signature]] = {}
    for row in Signature.objects.filter(compound_id=meeting.compound_id, item__meeting=meeting).order_by("id"):
        found.setdefault(row.item_id, {})[row.seat_id] = row
    return found


def unsigned(meeting: Meeting) -> set[str]:
    """Who came and has not signed every item that is open to signing."""
    items = {item.pk for item in items_of(meeting)}
    signed = signatures_of(meeting)
    return {
        seat.name
        for seat in seats_of(meeting)
        if seat.present and any(seat.pk not in signed.get(item, {}) for item in items)
    }


def supporters_of(meeting: Meeting) -> list[Supporter]:
    return list(Supporter.objects.filter(compound_id=meeting.compound_id, meeting=meeting).order_by("id"))


def records_of(meeting: Meeting) -> list[MeetingRecord]:
    return list(MeetingRecord.objects.filter(compound_id=meeting.compound_id, meeting=meeting).order_by("id"))


def papers_of(meeting: Meeting) -> list[MeetingPaper]:
    return list(MeetingPaper.objects.filter(compound_id=meeting.compound_id, meeting=meeting).order_by("id"))


def meet_again_by(body: Organisation, compound: Compound) -> date:
    """By when the committee must have met again: two months from the last meeting, or from when it began here."""
    rows = Meeting.objects.filter(compound_id=compound.pk, body=body, state__in=SAT)
    last = rows.aggregate(last=Max("held_at"))["last"] or compound.created_at
    return bodies.next_meeting_by(profile(compound.profile), timezone.localdate(last))


def committees(compound_id: UUID | None = None) -> list[Organisation]:
    rows = Organisation.objects.filter(kind=Body.COMMITTEE, ended_on=None, compound__isnull=False)
    return list((rows.filter(compound=compound_id) if compound_id else rows).select_related("compound").order_by("pk"))


def coming(body: Organisation) -> bool:
    """Whether a meeting is called already."""
    rows = Meeting.objects.filter(compound_id=body.compound_id, body=body)
    return rows.filter(state=State.CALLED).exists()


def unposted(at: datetime, most: int = 200) -> list[tuple[UUID, UUID]]:
    """(meeting, compound) whose result should be posted by now."""
    with unscoped("results of meetings to be posted"):
        rows = Meeting.objects.filter(state__in=(State.HELD, State.CLOSED), remind_at__lte=at).order_by("remind_at")
        return list(rows.values_list("id", "compound_id")[:most])


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def title(meeting: Meeting, now: datetime) -> str:
    if meeting.starts_at is None:
        return _("%(body)s第 %(n)s 次会议") % {"body": meeting.body.name, "n": meeting.number}
    return _("%(body)s会议，%(when)s") % {"body": meeting.body.name, "when": moment(meeting.starts_at, now)}


def cell(meeting: Meeting, slug: str, now: datetime) -> dict:
    late = (
        meeting.result_due
        and meeting.state in (State.HELD, State.CLOSED)
        and timezone.localdate(now) > meeting.result_due
    )
    return {
        "title": title(meeting, now),
        "note": " · ".join(filter(None, [meeting.spot, _("第 %(n)s 次") % {"n": meeting.number}])),
        "href": numbered("councils:meeting", slug, meeting.number),
        "pill": str(MEETING_STATES[meeting.state]),
        "pill_kind": "late" if late else "done" if meeting.state == State.PUBLISHED else "",
    }


def under_council(compound_id: UUID, slug: str, now: datetime) -> list[dict]:
    """The next meeting, and the way to all, for the page under 议事."""
    rows = Meeting.objects.filter(compound_id=compound_id, state=State.CALLED, starts_at__gte=now)
    cells = []
    if following := rows.select_related("body").order_by("starts_at").first():
        cells.append({**cell(following, slug, now), "icon": "calendar", "pill": _("看议程")})
    cells.append({"title": _("业委会的会和决定"), "icon": "council", "href": address("councils:meetings", slug)})
    return cells


def notice_words(
    meeting: Meeting, items: Iterable[AgendaItem], seats: list[Seat], signed: dict[UUID, dict[UUID, Signature]]
) -> str:
    """What is posted: who came, and of each item the result with each member's vote."""
    assert meeting.starts_at is not None
    came = [seat.name for seat in seats if seat.present]
    away = [seat.name for seat in seats if not seat.present]
    lines = [
        f"{whole(timezone.localdate(meeting.starts_at))}，{meeting.body.name}在{meeting.spot}开会。",
        f"全体 {meeting.members} 人，到会 {len(came)} 人：{'、'.join(came)}。"
        + (f"没到：{'、'.join(away)}。" if away else ""),
        "",
    ]
    for item in items:
        lines.append(
            f"{item.place}. {public_words(item.title)}：{RESULTS[Result(item.result)]}（全体 {meeting.members} 人，要 {needed(meeting.members)} 人同意）"
        )
        votes = signed.get(item.pk, {})
        for choice, label in CHOICES.items():
            names = [seat.name for seat in seats if seat.pk in votes and votes[seat.pk].choice == choice]
            if names:
                lines.append(f"   {label} {len(names)} 人：{'、'.join(names)}")
        silent = [seat.name for seat in seats if seat.present and seat.pk not in votes]
        if silent:
            lines.append(f"   没签 {len(silent)} 人：{'、'.join(silent)}")
    return "\n".join(lines)
