"""Batch cases through the services: opening, the office's list, steps, what homes hear, counts that agree."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.refusal import Refused
from linli.matters.models import BatchMove, BatchVisit
from linli.matters.queries import batches as reads
from linli.matters.queries import tenure
from linli.matters.queries.batches import counting, homes
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH, HomeState, Step
from linli.matters.services import batches
from linli.matters.services.batches.moving import values_of
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.models import Binding, Ownership, Person
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = makers.NOW
S = HomeState
HEAD = "楼栋,单元,房号,业主,电话,合同号,契税,缺少资料,当前环节,办结日期,证号,备注\n"
GOOD = HEAD + (
    "7,1,301,张某,13800000001,HT-1,,,已发证,2025.11.3,湘001,\n"
    "7,2,301,李某,13800000002,HT-2,未交,,缺资料,,,\n"
    "8,1,301,王某,13800000003,HT-3,,契税、测绘,,,,已打电话\n"
    "8,2,301,陈某,13800000004,HT-4,,,受阻：土地手续没办,,,\n"
)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def batch(place, chair):
    return opened(place, chair)


def opened(place, by, **more):
    more = {
        "title": "补办不动产权证",
        "path": USUAL_PATH,
        "papers": USUAL_PAPERS,
        "bring_to": "物业前台",
        "at": NOW,
        **more,
    }
    return batches.open_batch(by=by, compound=place.compound, **more)


def rows(batch):
    found = reads.homes_in(batch).order_by("sort")
    return {row.home.label: row for row in found.select_related("home")}


def load(batch, by, text=GOOD, name="办证台账.csv", **more):
    return batches.check_import(by=by, batch=batch, filename=name, data=text.encode(), at=NOW, **more)


def taken(batch, by, text=GOOD):
    return batches.apply_import(by=by, batch=batch, roster=load(batch, by, text), at=NOW)


def agree(batch):
    """The kept counts are what counting would give."""
    from linli.plumbing.counters import kept

    prefix = f"batch:{batch.number}:"
    found = {name.removeprefix(prefix): n for name, n in kept(batch.compound_id, prefix).items() if n}
    assert found == counting.recount(batch)


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


# ── the office's list ───────────────────────────────────────────────────────────────────────────────────────────────


def test_list_is_judged_before_it_is_taken(batch, chair):
    roster = load(batch, chair)
    assert roster.counts == {"new": 4}
    assert rows(batch) == {}


def test_list_is_taken(batch, chair):
    taken(batch, chair)
    found = rows(batch)
    states = {label: row.state for label, row in found.items()}
    assert states == {
        "7栋1单元301": S.CERTIFIED,
        "7栋2单元301": S.MISSING,
        "8栋1单元301": S.MISSING,
        "8栋2单元301": S.BLOCKED,
    }
    first, third = found["7栋1单元301"], found["8栋1单元301"]
    assert (first.certified_on, first.title_no, first.lacks) == (date(2025, 11, 3), "湘001", "")
    assert (third.lacks, third.remark, third.contract_no) == ("|deed_tax|survey|", "已打电话", "HT-3")
    assert found["8栋2单元301"].reason == "land"
    agree(batch)


def test_same_file_twice_changes_nothing(batch, chair):
    taken(batch, chair)
    before = BatchMove.objects.filter(compound_id=batch.compound_id).count()
    again = load(batch, chair)
    assert again.counts == {"same": 4}
    batches.apply_import(by=chair, batch=batch, roster=again, at=NOW)
    batches.apply_import(by=chair, batch=batch, roster=again, at=NOW)
    assert BatchMove.objects.filter(compound_id=batch.compound_id).count() == before
    agree(batch)


def test_later_list_moves_homes_on(batch, chair):
    taken(batch, chair)
    roster = load(batch, chair, HEAD + "7,2,301,李某,,,√,,材料齐了,,,\n8,1,301,王某,,,,,已报上去,,,\n")
    assert roster.counts == {"changed": 2}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    found = rows(batch)
    assert (found["7栋2单元301"].state, found["7栋2单元301"].lacks) == (S.READY, "")
    assert (found["8栋1单元301"].state, found["8栋1单元301"].contract_no) == (S.SUBMITTED, "HT-3")
    agree(batch)


def test_faulty_rows_come_back_with_why(batch, chair):
    text = HEAD + (
        "7,1,301,张某,13800000001,,,,天晓得,,,\n"
        "9,1,301,张某,13800000001,,,,,,,\n"
        "7,2,301,李某,,,√,,缺资料,,,\n"
        "7,2,301,李某,,,未交,,缺资料,,,\n"
        "8,1,301,王某,,,√,,,,,\n"
        "8,1,301,王某,,,√,,,,,\n"
        "合计,,,,,,,,,,,\n"
    )
    roster = load(batch, chair, text)
    assert roster.counts == {"refused": 2, "conflict": 2, "new": 1, "repeat": 1, "skipped": 1}
    lines = batches.refused_file(roster, "csv").decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[-2:] == ["行号", "没有收进的原因"]
    why = [line.split(",")[-1] for line in lines[1:]]
    assert why == [
        "当前环节一栏看不懂：“天晓得”",
        "房屋台账里没有这一户，先补到房屋台账里",
        "同一户在第 5 行说的不一样，请核对后只留一行",
        "同一户在第 4 行说的不一样，请核对后只留一行",
    ]
    assert "13800000001" not in "".join(lines)
    # Mended, the file goes in as it came back, its two columns left alone.
    mended = lines[1].replace("天晓得", "缺资料")
    assert load(batch, chair, lines[0] + "\n" + mended + "\n").counts == {"new": 1}


def test_certificate_is_not_taken_back_by_a_list(batch, chair):
    taken(batch, chair)
    roster = load(batch, chair, HEAD + "7,1,301,张某,,,,,登记中,,,\n")
    assert roster.counts == {"conflict": 1}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    assert rows(batch)["7栋1单元301"].state == S.CERTIFIED


def test_workbook_reads_as_the_text_does(batch, chair):
    from linli.plumbing.sheets import Table, as_xlsx

    lines = [line.split(",") for line in GOOD.splitlines()]
    book = as_xlsx([Table("办证", lines[0], lines[1:])])
    roster = batches.check_import(by=chair, batch=batch, filename="办证.xlsx", data=book, at=NOW)
    assert roster.counts == {"new": 4}


@pytest.mark.parametrize(("text", "name"), [("", "a.csv"), ("甲,乙\n1,2\n", "a.csv"), ("x", "a.docx")])
def test_unreadable_file_is_refused(batch, chair, text, name):
    with pytest.raises(Refused) as no:
        load(batch, chair, text, name)
    assert no.value.field == "file"


def test_dropped_list_is_not_taken(batch, chair):
    roster = load(batch, chair)
    batches.drop_import(by=chair, batch=batch, roster=roster, at=NOW)
    with pytest.raises(Refused, match="不要了"):
        batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def step(batch, by, label, what, **given):
    homes = [rows(batch)[name].home_id for name in ([label] if isinstance(label, str) else label)]
    return batches.take_step(by=by, batch=batch, homes=homes, step=Step(what), at=given.pop("at", NOW), **given)


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


# ── what homes hear ─────────────────────────────────────────────────────────────────────────────────────────────────


def heard(actor):
    return list(Message.objects.filter(account_id=actor.account_id).order_by("id").values_list("title", "body"))


def test_bound_family_hears_and_the_tenant_does_not(place, batch, chair):
    home = next(h for h in place.homes if h.label == "8栋1单元301")
    owner, child, tenant = (place.resident(home, kind) for kind in ("owner", "family", "tenant"))
    taken(batch, chair)
    words = (
        "8栋1单元301办证还缺：契税票、房屋测绘成果",
        "契税票：没交过的带身份证到办税厅交；交到物业前台；房屋测绘成果不用您跑。",
    )
    assert heard(owner) == heard(child) == [words]
    assert heard(tenant) == []
    step(batch, chair, "8栋1单元301", "block", reason="frozen", words="法院查封")
    assert heard(owner)[-1] == ("8栋1单元301办证卡住了：法院查封着", "法院查封")


def test_nothing_changed_says_nothing(place, batch, chair):
    owner = place.resident(place.homes[0])
    taken(batch, chair)
    taken(batch, chair)
    assert len(heard(owner)) == 1


def own(place, home, name, phone):
    person = Person.objects.create(compound=place.compound, name=name, phone=phone)
    Ownership.objects.create(compound=place.compound, home=home, person=person)


def test_an_owner_without_an_account_hears_that_it_is_stuck_by_text_or_by_a_visit(place, batch, chair):
    by_label = {h.label: h for h in place.homes}
    own(place, by_label["7栋2单元301"], "王某", "13800000003")
    own(place, by_label["8栋1单元301"], "陈某", "")
    taken(batch, chair)
    assert not Message.objects.filter(compound=place.compound).exists()  # what stood in the sheet is no news
    for label in ("7栋2单元301", "8栋1单元301"):
        step(batch, chair, label, "block", reason="frozen", words="法院查封")
    told = Message.objects.filter(compound=place.compound).order_by("id").values_list("channel", "phone", "title")
    assert list(told) == [
        ("sms", "13800000003", "7栋2单元301办证卡住了：法院查封着"),
        ("visit", "", "8栋1单元301办证卡住了：法院查封着"),
    ]


def test_the_matters_people_hear_that_it_goes_on_as_a_batch(place, chair):
    me = place.resident()
    matter = place.matter(me, "不动产权证一直办不下来")
    before = len(heard(me))
    opened(place, chair, matter=matter)
    assert [title for title, _body in heard(me)[before:]] == [f"第 {matter.label} 号和很多家一样，一起办"]


def test_all_that_miss_a_paper_are_told_each_by_their_way(place, batch, chair):
    by_label = {h.label: h for h in place.homes}
    bound = place.resident(by_label["7栋2单元301"])
    own(place, by_label["8栋1单元301"], "王某", "13800000003")
    own(place, by_label["8栋2单元301"], "陈某", "")
    taken(batch, chair)
    step(batch, chair, "8栋2单元301", "unblock")
    once = uuid4()
    reach = batches.tell_missing(by=chair, batch=batch, papers=["survey"], words="测绘所周六来。", at=NOW, once=once)
    assert (reach.app, reach.text, reach.nobody) == (1, 1, 1)
    assert heard(bound)[-1] == ("7栋2单元301办证还缺房屋测绘成果", "测绘所周六来。 房屋测绘成果不用您跑。")
    text = Message.objects.filter(compound=place.compound, channel="sms").values_list("phone", "title")
    assert list(text) == [("13800000003", "8栋1单元301办证还缺房屋测绘成果")]
    before = Message.objects.filter(compound=place.compound).count()
    batches.tell_missing(by=chair, batch=batch, papers=["survey"], words="测绘所周六来。", at=NOW, once=once)
    assert Message.objects.filter(compound=place.compound).count() == before


def test_several_papers_are_one_act_and_one_message_a_home(place, batch, chair):
    bound = place.resident({h.label: h for h in place.homes}["7栋2单元301"])
    taken(batch, chair)
    papers = reads.papers_of(batch)
    lacking = [p.label for p in papers if f"|{p.key}|" in rows(batch)["7栋2单元301"].lacks]
    before = len(heard(bound))
    batches.tell_missing(by=chair, batch=batch, papers=[p.key for p in papers], at=NOW)
    assert lacking
    assert [title for title, _words in heard(bound)[before:]] == [f"7栋2单元301办证还缺{'、'.join(lacking)}"]
    assert AuditEntry.objects.get(act="tell_missing").data["papers"] == [p.key for p in papers]


def test_nobody_misses_it(batch, chair):
    with pytest.raises(Refused, match="没有哪一户"):
        batches.tell_missing(by=chair, batch=batch, papers=["survey"], at=NOW)
    with pytest.raises(Refused, match="选一样"):
        batches.tell_missing(by=chair, batch=batch, papers=["x"], at=NOW)


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


# ── a list that comes late, comes back, is taken back ───────────────────────────────────────────────────────────────


def stepped(batch, by, home, *steps, **more):
    for one in steps:
        batches.take_step(by=by, batch=batch, homes=[home.pk], step=one, at=NOW, **more)


def test_a_list_taken_late_does_not_undo_what_was_done_since(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[0]
    roster = load(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,缺资料,,,\n7,2,301,李某,,HT-2,,齐全,,,,\n")
    assert roster.counts == {"changed": 2}
    stepped(batch, chair, home, Step.SUBMIT, Step.PAY_TAX)
    roster = batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    found = rows(batch)
    assert (found[home.label].state, found["7栋2单元301"].state) == (S.TAX_DONE, S.READY)
    assert roster.counts == {"changed": 1, "conflict": 1}
    (left,) = batches.shown(roster, lambda st: st == "conflict", 9)
    assert left["p"] == home.label and "又办过，现在是“税办好了”" in left["lines"][0]
    assert "又办过" in batches.refused_file(roster, "csv").decode("utf-8-sig")
    agree(batch)


def test_a_home_that_came_in_or_was_certified_meanwhile_is_left(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n")
    roster = load(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,缺资料,,,\n8,1,301,王某,,HT-3,,契税,,,,\n")
    assert roster.counts == {"changed": 1, "new": 1}
    stepped(batch, chair, place.homes[0], Step.SUBMIT, Step.PAY_TAX, Step.REGISTER)
    stepped(batch, chair, place.homes[0], Step.CERTIFY, day=NOW.date())
    batches.add_buildings(by=chair, batch=batch, buildings=[place.homes[2].building_id], at=NOW)
    roster = batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    assert roster.counts == {"conflict": 2}
    assert rows(batch)[place.homes[0].label].state == S.CERTIFIED


def test_an_export_that_comes_back_unchanged_changes_nothing(place, chair, batch):
    taken(
        batch, chair, HEAD + "7,1,301,张某,,HT-1,未交,,,,,打张某13812345678问过\n7,2,301,李某,,HT-2,,,已发证,2025.11.3,湘001,\n8,1,301,王某,,,,契税,,,,\n8,2,301,陈某,,HT-4,,,受阻：土地,,,\n",
    )  # fmt: skip
    home = place.homes[3]
    stepped(batch, chair, home, Step.UNBLOCK)
    stepped(batch, chair, home, Step.BLOCK, reason="developer_tax", words="欠了三百万，问13812345679")
    before = [values_of(row) for row in rows(batch).values()]
    data = batches.export_file(by=place.post(Role.FRONT_DESK), batch=batch, filters=homes.Filters(), at=NOW)
    back = batches.check_import(by=chair, batch=batch, filename="back.xlsx", data=data, at=NOW)
    assert (back.counts, back.sheets[0]["kept"]) == ({"same": 4}, [])
    batches.apply_import(by=chair, batch=batch, roster=back, at=NOW)
    assert [values_of(row) for row in rows(batch).values()] == before


def test_another_reason_comes_without_the_words_of_the_old_one(place, chair, batch):
    taken(batch, chair, HEAD + "8,2,301,陈某,,HT-4,,,受阻：开发商欠税三百万,,,\n")
    taken(batch, chair, HEAD.replace("备注", "原因") + "8,2,301,陈某,,HT-4,,,卡住了,,,法院查封着\n")
    row = rows(batch)["8栋2单元301"]
    assert (row.reason, row.reason_words) == ("frozen", "")
    taken(batch, chair, HEAD.replace("备注", "原因") + "8,2,301,陈某,,HT-4,,,卡住了,,,法院查封着：一案\n")
    row = rows(batch)["8栋2单元301"]
    assert (row.reason, row.reason_words) == ("frozen", "一案")


def test_columns_nobody_knows_are_kept_and_said(place, chair, batch):
    roster = load(
        batch, chair, "序号,税务金额,身份证号," + HEAD + "1,5000,430102199001011234,7,1,301,张某,,HT-1,,齐全,,,,\n"
    )
    assert roster.sheets[0]["kept"] == ["税务金额"] and set(roster.sheets[0]["left"]) >= {"身份证号", "电话"}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    home = place.homes[0]
    assert rows(batch)[home.label].extra == {"税务金额": "5000"}
    browser = place.client(chair)
    assert "税务金额" in browser.get(f"/c/{place.slug}/batches/{batch.number}/homes/{home.pk}/").content.decode()
    page = browser.get(f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/").content.decode()
    assert "原样留着的栏目" in page and "税务金额" in page


def test_sheets_that_were_not_read_are_said_with_why(place, chair, batch):
    book = openpyxl.Workbook()
    for title, lines, hidden in (
        ("一", (HEAD + "7,1,301,张某,,HT-1,,齐全,,,,").split("\n"), False),
        ("补充", ["门牌,谁,怎么样", "7-2-301,李某,缺契税"], False),
        ("藏着", (HEAD + "8,1,301,王某,,HT-3,,齐全,,,,").split("\n"), True),
    ):
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for line in lines:
            sheet.append(line.split(","))
    book.remove(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    roster = batches.check_import(by=chair, batch=batch, filename="x.xlsx", data=out.getvalue(), at=NOW)
    page = place.client(chair).get(f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/").content.decode()
    assert page.count("这张工作表没有读") == 2 and "补充" in page and "藏着" in page


def test_a_list_is_taken_back_whole(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,先写的\n")
    before = {label: values_of(row) for label, row in rows(batch).items()}
    roster = taken(batch, chair, GOOD)
    assert len(rows(batch)) == 4
    with pytest.raises(Refused, match="为什么"):
        batches.undo_import(by=chair, batch=batch, roster=roster, reason=" ", at=NOW)
    with pytest.raises(Refused, match="不归您办"):
        batches.undo_import(by=place.resident(), batch=batch, roster=roster, reason="拿错表了", at=NOW)
    for _ in range(2):
        roster = batches.undo_import(by=chair, batch=batch, roster=roster, reason="拿错表了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == before
    assert (roster.state, roster.counts["undone"], roster.counts["stay"]) == ("undone", 3, 0)
    agree(batch)
    again = taken(batch, chair, GOOD)
    assert (again.counts["new"], len(rows(batch))) == (2, 4)
    agree(batch)


def test_two_lists_are_taken_back_the_later_first(place, chair, batch):
    first = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,甲\n")
    between = {label: values_of(row) for label, row in rows(batch).items()}
    second = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,,,,乙\n7,2,301,李某,,HT-2,,契税,,,,\n")
    second = batches.undo_import(by=chair, batch=batch, roster=second, reason="错了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == between
    first = batches.undo_import(by=chair, batch=batch, roster=first, reason="也错了", at=NOW)
    assert [(r.counts["undone"], r.counts["stay"]) for r in (second, first)] == [(2, 0), (1, 0)]
    assert rows(batch) == {}
    agree(batch)


def test_what_was_done_between_two_lists_stays_when_both_are_taken_back(place, chair, batch):
    first = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,甲\n")
    stepped(batch, chair, place.homes[0], Step.SUBMIT)
    between = {label: values_of(row) for label, row in rows(batch).items()}
    second = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,乙\n")
    for roster in (second, first):
        batches.undo_import(by=chair, batch=batch, roster=roster, reason="错了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == between


def test_what_was_done_since_stays_when_a_list_is_taken_back(place, chair, batch):
    roster = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,\n")
    stepped(batch, chair, place.homes[0], Step.SUBMIT)
    browser, page = place.client(chair), f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/"
    assert "整份撤回" in browser.get(page).content.decode()
    browser.post(page + "act/", {"undo": "1", "words": "拿错表了"})
    assert list(rows(batch)) == [place.homes[0].label]
    words = browser.get(page).content.decode()
    assert "1 户回到了收进以前的样子" in words and f"没有动的：{place.homes[0].label}" in words
    gone = browser.get(f"/c/{place.slug}/batches/{batch.number}/homes/{place.homes[1].pk}/")
    assert gone.status_code == 404
    agree(batch)


# ── who has left ────────────────────────────────────────────────────────────────────────────────────────────────────


def sold(place, home, old, day=date(2026, 3, 1)):
    """The register says that who was bound here owns it no more, and who does now."""
    person = Binding.objects.get(account_id=old.account_id).person
    Ownership.objects.create(compound=place.compound, home=home, person=person, to_day=day)
    new = Person.objects.create(compound=place.compound, name="新主", phone="13799990000")
    Ownership.objects.create(compound=place.compound, home=home, person=new, from_day=day)


def test_who_sold_hears_nothing_more_and_the_new_owner_does(place, chair, batch):
    taken(batch, chair, HEAD + "7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[1]
    old, child = place.resident(home, name="李老"), place.resident(home, relation="family", name="李小")
    sold(place, home, old)
    batches.tell_missing(by=chair, batch=batch, papers=["deed_tax"], at=NOW)
    sent = Message.objects.filter(compound=place.compound, kind="batch", title__contains="还缺")
    assert {(m.account_id, m.phone) for m in sent} == {(None, "13799990000")}
    for gone in (old, child):
        assert reads.homes_of_resident(batch, gone.account_id, home.pk) == []
        assert reads.mine_open(place.compound.pk, gone.account_id) == []


def test_an_owner_by_the_register_and_the_family_are_told(place, chair, batch):
    taken(batch, chair, HEAD + "7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[1]
    owner, child = place.resident(home, name="李老"), place.resident(home, relation="family", name="李小")
    person = Binding.objects.get(account_id=owner.account_id).person
    Ownership.objects.create(compound=place.compound, home=home, person=person)
    gone = Person.objects.create(compound=place.compound, name="前妻")
    Ownership.objects.create(compound=place.compound, home=home, person=gone, to_day=date(2026, 2, 1))
    assert set(tenure.accounts_of(place.compound.pk, [home.pk])[home.pk]) == {owner.account_id, child.account_id}
