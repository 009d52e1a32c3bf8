"""Batch cases through the services: opening, steps, visits, counts that agree."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.refusal import Refused
from linli.matters.models import BatchMove, BatchVisit
from linli.matters.queries import batches as reads
from linli.matters.rules.batches import USUAL_PAPERS
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .batching import NOW, S, agree, opened, rows, step, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_committee_opens_and_property_does_not(place, chair):
    assert opened(place, chair).lead == "committee"
    assert opened(place, place.post(Role.COMMUNITY_WORKER)).number == 2
    for role in (Role.PROPERTY_MANAGER, Role.FRONT_DESK, Role.ENGINEER):
        with pytest.raises(Refused, match="不归您办"):
            opened(place, place.post(role))
    with pytest.raises(Refused, match="不归您办"):
        opened(place, place.resident())


def test_same_submit_opens_once(place, chair):
    once = uuid4()
    assert opened(place, chair, once=once).pk == opened(place, chair, once=once).pk


def test_batch_needs_a_name_a_path_and_papers(place, chair):
    for field, more in (("title", {"title": "办证"}), ("path", {"path": ()}), ("papers", {"papers": ()})):
        with pytest.raises(Refused) as no:
            opened(place, chair, **more)
        assert no.value.field == field


def test_matter_hears_of_it(place, chair):
    matter = place.matter(place.resident(), "十年了还没有房产证")
    opened(place, chair, matter=matter)
    last = AuditEntry.objects.filter(compound=place.compound, subject_id=matter.pk).order_by("-id").first()
    assert (last.act, "补办不动产权证" in last.words) == ("note", True)


def test_homes_join_by_building_once(place, chair, batch):
    homes = place.homes
    homes[1].title_no = "湘(2012)第9号"
    homes[1].save(update_fields=["title_no"])
    both = [homes[0].building_id, homes[-1].building_id]
    assert batches.add_buildings(by=chair, batch=batch, buildings=both, at=NOW) == 3
    with pytest.raises(Refused, match="没有还没进来的"):
        batches.add_buildings(by=chair, batch=batch, buildings=both, at=NOW)
    assert {row.state for row in rows(batch).values()} == {S.NOT_STARTED}
    assert list(rows(batch)) == ["7栋1单元301", "8栋1单元301", "8栋2单元301"]
    agree(batch)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_home_goes_the_whole_way(batch, chair):
    taken(batch, chair)
    name = "7栋2单元301"
    step(batch, chair, name, "check", got=[p.key for p in USUAL_PAPERS])
    for what in ("submit", "pay_tax", "register"):
        step(batch, chair, name, what)
    step(batch, chair, name, "certify", day=date(2026, 3, 20), title_no="湘002")
    row = rows(batch)[name]
    assert (row.state, row.certified_on, row.title_no, row.lacks) == (S.CERTIFIED, date(2026, 3, 20), "湘002", "")
    states = (
        BatchMove.objects.filter(compound_id=batch.compound_id, row=row)
        .order_by("id")
        .values_list("state_to", flat=True)
    )
    assert list(states) == [S.MISSING, S.READY, S.SUBMITTED, S.TAX_DONE, S.REGISTERING, S.CERTIFIED]
    agree(batch)


def test_step_that_is_not_possible_names_the_state(batch, chair):
    taken(batch, chair)
    with pytest.raises(Refused, match="缺材料"):
        step(batch, chair, "7栋2单元301", "submit")
    with pytest.raises(Refused) as no:
        step(batch, chair, "7栋2单元301", "block")
    assert no.value.field == "reason"


def test_many_homes_at_once_leave_those_that_cannot(batch, chair):
    taken(batch, chair)
    names = list(rows(batch))
    made = step(batch, chair, names, "block", reason="land", words="等规划核实")
    assert made.done == 2
    assert [(label, no.key) for label, no in made.left] == [("7栋1单元301", "not_now"), ("8栋2单元301", "not_now")]
    back = step(batch, chair, names, "unblock")
    assert back.done == 3
    assert rows(batch)["7栋2单元301"].state == S.MISSING
    agree(batch)


def test_papers_of_many_are_added_to_what_each_has(batch, chair):
    taken(batch, chair)
    step(batch, chair, ["7栋2单元301", "8栋1单元301"], "check", got=["survey", "deed_tax"])
    assert rows(batch)["8栋1单元301"].state == S.READY
    assert rows(batch)["7栋2单元301"].lacks == "|invoice|fund|"


def test_agency_sends_back(batch, chair):
    taken(batch, chair)
    step(batch, chair, "8栋1单元301", "check", got=[p.key for p in USUAL_PAPERS])
    step(batch, chair, "8栋1单元301", "submit")
    step(batch, chair, "8栋1单元301", "send_back", missing=["invoice"], words="发票是复印件")
    row = rows(batch)["8栋1单元301"]
    assert (row.state, row.lacks) == (S.MISSING, "|invoice|")


def test_only_the_lead_corrects(place, batch, chair):
    taken(batch, chair)
    given = {"state": "registering", "words": "证是隔壁的"}
    with pytest.raises(Refused, match="不归您办"):
        step(batch, place.post(Role.FRONT_DESK), "7栋1单元301", "correct", **given)
    step(batch, chair, "7栋1单元301", "correct", **given)
    row = rows(batch)["7栋1单元301"]
    assert (row.state, row.certified_on, row.title_no) == (S.REGISTERING, None, "")
    agree(batch)


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.STEWARD, Role.GRID_WORKER])
def test_others_keep_nothing(place, batch, chair, role):
    taken(batch, chair)
    with pytest.raises(Refused, match="不归您办"):
        step(batch, place.post(role), "7栋2单元301", "block", reason="land")


def test_neighbours_keep_nothing_here(batch, chair):
    taken(batch, chair)
    there = makers.compound("there").post(Role.COMMITTEE_CHAIR)
    with pytest.raises(Refused, match="不归您办"):
        step(batch, there, "7栋2单元301", "block", reason="land")


def test_closed_batch_stays_as_it_is(batch, chair):
    taken(batch, chair)
    with pytest.raises(Refused, match="写一句"):
        batches.close_batch(by=chair, batch=batch, words="", at=NOW)
    batches.close_batch(by=chair, batch=batch, words="都办好了", at=NOW)
    with pytest.raises(Refused, match="已经办结"):
        step(batch, chair, "7栋2单元301", "block", reason="land")


# ── visits and milestones ───────────────────────────────────────────────────────────────────────────────────────────


def test_visit_is_logged_with_its_papers(place, batch, chair):
    from linli.web.samples import photos

    photo = SimpleUploadedFile("a.jpg", photos.jpeg(photos.draw("leak", False, 7)), "image/jpeg")
    visit = batches.log_visit(
        by=chair, batch=batch, day=date(2026, 3, 20), agency="税务局", persons="吴海、赵强", result="同意先办契税", said="税务局同意，找 13800001234",
        files=[photo], at=NOW,
    )  # fmt: skip
    assert (visit.said, len(visit.papers)) == ("税务局同意，找 [电话]", 1)
    assert batches.show_visit_paper(by=chair, batch=batch, visit=visit, place=0, at=NOW)[:2] == b"\xff\xd8"
    with pytest.raises(Refused, match="打不开"):
        batches.show_visit_paper(by=chair, batch=batch, visit=visit, place=1, at=NOW)
    with pytest.raises(Refused, match="还没有到"):
        batches.log_visit(
            by=chair, batch=batch, day=date(2026, 3, 25), agency="税务局", persons="吴海", result="去", at=NOW
        )
    assert BatchVisit.objects.filter(compound=place.compound).count() == 1


def test_milestone_is_reached_once(batch, chair):
    made = batches.add_milestone(by=chair, batch=batch, title="列入历史遗留问题", planned_on=date(2026, 3, 1), at=NOW)
    with pytest.raises(Refused, match="已经有"):
        batches.add_milestone(by=chair, batch=batch, title="列入历史遗留问题", at=NOW)
    for day in (date(2026, 3, 10), date(2026, 3, 12)):
        batches.reach_milestone(by=chair, batch=batch, milestone_id=made.pk, day=day, at=NOW)
    assert reads.milestones(batch)[0].reached_on == date(2026, 3, 10)
