"""What people raised, person by person, for the worker; and the kept issues, for the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.texts.message import Message
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import Counter
from linli.plumbing.tenancy import unscoped

from ..models import Follower, HotIssues, Matter
from .desk import visible
from .public import spoken

WINDOWS = (7, 30, 90)
MOST = 10_000
AGAIN = timedelta(minutes=30)
LINKED = 5
PAGE = 50
GATHERED = 100  # as many as one order takes in at once


@dataclass(frozen=True)
class Told:
    number: int
    place: str
    body: str
    message: Message


@dataclass(frozen=True)
class Row:
    title: str
    people: int
    count: int
    trend: str
    place: str
    body: str
    matters: list[tuple[int, str, str]]
    more: int
    seen: list[int]


def due(at: datetime) -> Iterable[tuple[UUID, UUID]]:
    """Compounds whose issues are of yesterday, or older than half an hour with something raised since."""
    with unscoped("due hot issues"):
        kept = {
            pk: (when, upto)
            for pk, when, upto in HotIssues.objects.filter(days=WINDOWS[0]).values_list(
                "compound_id", "worked_at", "upto"
            )
        }
        last = dict(Counter.objects.filter(name="matter").values_list("compound_id", "value"))
    today = timezone.localdate(at)
    return [
        (pk, pk)
        for pk, number in last.items()
        if pk not in kept
        or timezone.localdate(kept[pk][0]) != today
        or (number > kept[pk][1] and kept[pk][0] <= at - AGAIN)
    ]


def told(compound_id: UUID, at: datetime) -> tuple[int, list[Told]]:
    """The last number, and a message for each person who raised a matter or joined it. Nothing secret, no care, no quarrels."""
    since = at - timedelta(days=max(WINDOWS))
    rows = (
        spoken(Matter.objects.filter(compound_id=compound_id, reported_at__gt=since))
        .exclude(state="withdrawn")
        .order_by("-number")
    )
    last = Counter.objects.filter(compound_id=compound_id, name="matter").values_list("value", flat=True).first() or 0
    found = {m.pk: m for m in rows.select_related("building", "handler_body")[:MOST]}
    voices: dict[UUID, list[tuple[str, datetime]]] = {}
    joined = Follower.objects.filter(compound_id=compound_id, since__gt=since, left_at=None).exclude(kind="follower")
    for matter, account, person, phone, when in joined.values_list(
        "matter_id", "account_id", "person_id", "phone", "since"
    ):
        if matter in found:
            voices.setdefault(matter, []).append((str(account or person or phone), when))
    return last, [one for m in reversed(found.values()) for one in _told(m, voices.get(m.pk, []))]


def _told(m: Matter, voices: list[tuple[str, datetime]]) -> list[Told]:
    raised = str(m.reporter_account_id or m.reporter_person_id or m.reporter_phone or m.reporter_name or m.pk)
    people = {who: when for who, when in voices if who} | {raised: m.reported_at}
    place = m.building.label if m.building else m.place
    body = m.handler_body.name if m.handler_body else ""
    return [
        Told(m.number, place, body, Message(f"{m.number}:{who}", m.title, m.words, timezone.localdate(when).toordinal(), who))
        for who, when in people.items()
    ]  # fmt: skip


def issues(compound: Compound, by: Actor, days: int) -> tuple[datetime | None, list[Row]]:
    """When they were worked out, and what `by` may see of them; two queries."""
    row: HotIssues | None = HotIssues.objects.filter(compound_id=compound.pk, days=days).first()
    if row is None:
        return None, []
    numbers = {number for issue in row.issues for number in issue["numbers"][:GATHERED]}
    seen = visible(Matter.objects.filter(compound_id=compound.pk, number__in=numbers, privacy="normal"), by)
    titles = dict(seen.values_list("number", "title"))
    rows = [_row(issue, titles) for issue in row.issues]
    return row.worked_at, [one for one in rows if one.matters]


def all_of(
    compound: Compound, by: Actor, days: int, number: int, after: int | None
) -> tuple[str, list[tuple[int, str, str]]] | None:
    """What it is about, and each of its messages that `by` may see, newest first, one more than a page; three queries."""
    row: HotIssues | None = HotIssues.objects.filter(compound_id=compound.pk, days=days).first()
    issue = next((i for i in row.issues if number in i["numbers"]), None) if row else None
    if issue is None:
        return None
    numbers = [n for n in issue["numbers"] if after is None or n < after]
    rows = Matter.objects.filter(compound_id=compound.pk, number__in=numbers, privacy="normal")
    seen = visible(rows, by).order_by("-number").values_list("number", "title")[: PAGE + 1]
    found = [(n, f"{n:04d}", title) for n, title in seen]
    whole = visible(Matter.objects.filter(compound_id=compound.pk, number__in=issue["numbers"], privacy="normal"), by)
    titles = [title for _n, _label, title in found]
    return (issue["title"] if whole.filter(title=issue["title"]).exists() else next(iter(titles), "")), found


def _row(issue: dict[str, Any], titles: dict[int, str]) -> Row:
    seen = [n for n in issue["numbers"][:GATHERED] if n in titles]
    matters = [(n, f"{n:04d}", titles[n]) for n in seen[:LINKED]]
    # The words of what became secret since go with it.
    title = issue["title"] if issue["title"] in titles.values() else next((titles[n] for n in seen), "")
    return Row(
        title, issue["people"], len(issue["numbers"]), issue["trend"], issue["place"], issue["body"], matters,
        max(0, len(issue["numbers"]) - len(matters)), seen,
    )  # fmt: skip
