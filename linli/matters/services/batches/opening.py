"""A batch case as a whole: opened, its homes joined by building, its milestones and the ways to the agencies."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import PARTY_OF_BODY, Body, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing import images, vault
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import next_value
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome, BatchMilestone, BatchVisit, Matter
from ...queries.batches import papers_of
from ...rules import batches as rules
from ...rules.batches import HomeState, Paper, Part, Stage
from ...rules.publicity import public_words
from ...rules.states import Act
from ..many import tell_many
from .base import SUBJECT, locked, must, must_be_open
from .moving import Move, lacks_text, write

PAPERS_A_VISIT = 6
TITLE_MOST = 40


@one_act()
def open_batch(
    *, by: Actor, compound: Compound, title: str, words: str = "", path: Sequence[Stage], papers: Sequence[Paper], matter: Matter | None = None,
    bring_to: str = "", public: bool = True, at: datetime, once: UUID | None = None,
) -> Batch:  # fmt: skip
    """By committee or community, from a matter or afresh; the matter's people hear that it goes on here. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.OPEN_BATCH):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if once and (again := Batch.objects.filter(compound_id=compound.pk, once=once).first()):
        return again
    if len(title.strip()) < 4:
        raise Refused(Refusal("no_title", "写一个大家看得懂的名字，如“补办不动产权证”"), "title")
    for no, field in ((rules.valid_path(path), "path"), (rules.valid_papers(papers), "papers")):
        if no:
            raise Refused(no, field)
    batch = Batch(
        id=uuid7(), compound=compound, number=next_value(compound.pk, SUBJECT), once=once, title=public_words(title.strip())[:TITLE_MOST],
        words=public_words(words.strip())[:400],
        matter=matter, lead=PARTY_OF_BODY.get(Body(by.body_kind), "committee") if by.body_kind else "committee",
        path=[s.__dict__ for s in path], papers=[{**p.__dict__, "also": list(p.also)} for p in papers], public=public,
        bring_to=bring_to.strip()[:80], opened_at=at, opened_by=by.account_id,
    )  # fmt: skip
    batch.save(force_insert=True)
    record(
        by=by,
        act="open_batch",
        subject_kind=SUBJECT,
        subject_id=batch.pk,
        at=at,
        compound_id=compound.pk,
        words=batch.title,
        once=once,
    )
    if matter is not None:
        entry = record(
            by=by, act=Act.NOTE, subject_kind="matter", subject_id=matter.pk, at=at, compound_id=compound.pk,
            words=f"很多家都是这样，立了专项“{batch.title}”一起办，进度看专项页面", data={"batch": batch.number},
        )  # fmt: skip
        tell_many(
            [matter], by=by, kind="batch", title=lambda m: f"第 {m.label} 号和很多家一样，一起办", body=f"立了专项“{batch.title}”，进度看专项页面",
            key=str(entry.pk), at=at,
        )  # fmt: skip
    return batch


@one_act()
def add_buildings(*, by: Actor, batch: Batch, buildings: Sequence[UUID], at: datetime, once: UUID | None = None) -> int:
    """All dwellings of these buildings that have no certificate on record and are not in it yet. Raises Refused."""
    must(by, batch)
    batch = locked(batch)
    if done_before(batch.compound_id, once):
        return 0
    must_be_open(batch)
    rows = {row.home_id: row for row in BatchHome.objects.filter(compound_id=batch.compound_id, batch=batch)}
    homes = Home.objects.select_related("building", "entrance").filter(
        compound_id=batch.compound_id, building_id__in=list(buildings), kind="residence", title_no=""
    )
    moves = [
        joined(batch, home, rows.get(home.pk), at) for home in homes if home.pk not in rows or rows[home.pk].left_at
    ]
    if not moves:
        raise Refused(Refusal("no_homes", "选的楼里没有还没进来的房屋"), "buildings")
    write(batch, moves, by=by, act="add_homes", at=at, once=once, tell=False)
    return len(moves)


def joined(batch: Batch, home: Home, row: BatchHome | None, at: datetime, step: str = "join") -> Move:
    """A home comes in, or comes back as it was when it was taken out."""
    if row is None:
        return Move.joining(new_row(batch, home, at), step)
    move = Move.of(row, step)
    row.left_at = None
    return move


def new_row(batch: Batch, home: Home, at: datetime) -> BatchHome:
    lacks = lacks_text([p.key for p in papers_of(batch)])
    return BatchHome(
        id=uuid7(), compound_id=batch.compound_id, batch=batch, home=home, building_id=home.building_id, sort=place_of(home),
        state=HomeState.NOT_STARTED, since=at, lacks=lacks, have={}, joined_at=at,
    )  # fmt: skip


def place_of(home: Home) -> str:
    """Building, entrance, floor, room, so that text sorts as people read it."""
    floor = (home.floor or 0) + 100
    return (
        f"{home.building.position:04d}.{home.entrance.position:03d}.{floor:03d}.{home.room_no:0>10}.{home.pk.hex[-6:]}"
    )


@one_act()
def log_visit(
    *, by: Actor, batch: Batch, day: date, agency: str, persons: str, result: str, next_step: str = "", documents: str = "", said: str = "",
    files: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None,
) -> BatchVisit:  # fmt: skip
    """A way to an agency. `said` is read by everybody: numbers, plates and rooms are taken out. Raises Refused."""
    must(by, batch)
    batch = locked(batch)
    if done_before(batch.compound_id, once):
        found = BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch).order_by("-id").first()
        assert found is not None
        return found
    must_be_open(batch)
    if day > timezone.localdate(at):
        raise Refused(Refusal("future", "这一天还没有到"), "day")
    if len(files) > PAPERS_A_VISIT:
        raise Refused(Refusal("too_many_files", "一次最多 %(most)s 张", values={"most": PAPERS_A_VISIT}), "photos")
    kept = [vault.keep_sealed(batch.compound_id, images.photo(f.read()).small) for f in files]
    visit = BatchVisit(
        id=uuid7(), compound_id=batch.compound_id, batch=batch, day=day, agency=agency.strip()[:40], persons=persons.strip()[:120],
        result=result.strip()[:400], next_step=next_step.strip()[:200], documents=documents.strip()[:200], said=public_words(said.strip())[:200],
        papers=kept, at=at, by=by.account_id,
    )  # fmt: skip
    visit.save(force_insert=True)
    record(
        by=by, act="log_visit", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, once=once,
        data={"visit": str(visit.pk), "agency": visit.agency, "papers": len(kept)},
    )  # fmt: skip
    return visit


@one_act()
def show_visit_paper(*, by: Actor, batch: Batch, visit: BatchVisit, place: int, at: datetime) -> bytes:
    """A photo of what an agency gave or took; each look is written down. Raises Refused."""
    must(by, batch)
    try:
        data = vault.open_sealed(visit.papers[place])
    except (IndexError, OSError, vault.Unopened):
        raise Refused(Refusal("paper_lost", "这张照片打不开了，请联系运营的人")) from None
    record(
        by=by, act="show_visit_paper", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id,
        data={"visit": str(visit.pk), "paper": place}, internal=True,
    )  # fmt: skip
    return data


@one_act()
def add_milestone(
    *, by: Actor, batch: Batch, title: str, planned_on: date | None = None, reached_on: date | None = None, at: datetime, once: UUID | None = None
) -> BatchMilestone:  # fmt: skip
    must(by, batch, Part.LEAD)
    batch = locked(batch)
    title = public_words(title.strip())[:TITLE_MOST]
    rows = BatchMilestone.objects.filter(compound_id=batch.compound_id, batch=batch)
    if same := rows.filter(title=title).first():
        if done_before(batch.compound_id, once):
            return same
        raise Refused(Refusal("same_milestone", "已经有这一步"), "title")
    must_be_open(batch)
    made = BatchMilestone(
        id=uuid7(), compound_id=batch.compound_id, batch=batch, title=title, planned_on=planned_on, reached_on=reached_on,
        position=rows.count() + 1,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        by=by, act="add_milestone", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, once=once,
        data={"title": made.title, "planned_on": str(planned_on or ""), "reached_on": str(reached_on or "")},
    )  # fmt: skip
    return made


@one_act()
def reach_milestone(*, by: Actor, batch: Batch, milestone_id: UUID, day: date, at: datetime) -> BatchMilestone:
    """The day is written once. Raises Refused."""
    must(by, batch, Part.LEAD)
    batch = locked(batch)
    found = BatchMilestone.objects.filter(compound_id=batch.compound_id, batch=batch, pk=milestone_id).first()
    if found is None:
        raise Refused(Refusal("no_milestone", "没有这一步"))
    if day > timezone.localdate(at):
        raise Refused(Refusal("future", "这一天还没有到"), "day")
    if found.reached_on is None:
        found.reached_on = day
        found.save(update_fields=["reached_on"])
        record(
            by=by, act="reach_milestone", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id,
            data={"title": found.title, "day": str(day)},
        )  # fmt: skip
    return found


@one_act()
def set_public(*, by: Actor, batch: Batch, public: bool, at: datetime) -> Batch:
    must(by, batch, Part.LEAD)
    batch = locked(batch)
    if batch.public != public:
        batch.public = public
        batch.save(update_fields=["public"])
        record(
            by=by, act="set_batch_public", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, data={"public": public}
        )  # fmt: skip
    return batch


@one_act()
def close_batch(*, by: Actor, batch: Batch, words: str, at: datetime) -> Batch:
    """Its list stays as it is. Raises Refused."""
    must(by, batch, Part.LEAD)
    batch = locked(batch)
    if batch.closed_at:
        return batch
    if len(words.strip()) < 4:
        raise Refused(Refusal("no_words", "写一句办得怎么样"), "words")
    batch.closed_at, batch.closed_words = at, public_words(words.strip())[:200]
    batch.save(update_fields=["closed_at", "closed_words"])
    record(
        by=by,
        act="close_batch",
        subject_kind=SUBJECT,
        subject_id=batch.pk,
        at=at,
        compound_id=batch.compound_id,
        words=batch.closed_words,
    )
    return batch
