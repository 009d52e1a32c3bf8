"""The papers of a session from its tables: who may have which, and when."""

import io
from datetime import date
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from linli.assembly.models import Candidate, Formation, Item, Lots, Paper, Party, Session
from linli.assembly.queries import print_results
from linli.assembly.queries import prints as queries
from linli.assembly.queries.held import term_no
from linli.assembly.rules.prints import Print, may_print
from linli.assembly.rules.sessions import State, Who
from linli.assembly.services import count, register, requests
from linli.assembly.tests import boxes, stage
from linli.kernel.tally.tests.examples import examples
from linli.matters.tests.makers import NOW, compound
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing import papers as press
from linli.plumbing.models import AuditEntry

from .. import papers

PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)


def ask(place, actor, name, *args, query="", data=None, at=stage.FROZEN):
    address = reverse(f"assembly:{name}", args=[place.slug, 1, *args])
    with time_machine.travel(at, tick=False):
        client = place.client(actor)
        return client.get(address + query) if data is None else client.post(address, data)


def read(answer):
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


@pytest.fixture
def made(place, chair):
    stage.owned(place)
    return stage.frozen(place, chair)


def test_the_notice_is_on_a_page_and_as_pdf(place, chair, made):
    page = ask(place, chair, "print", "notice").content.decode()
    assert (
        "关于召开" in page
        and "2026 年第一次业主大会会议的公告" in page
        and "选聘物业服务企业" in page
        and "style=" not in page
    )
    text = "".join(read(ask(place, chair, "print", "notice", query="?as=pdf")))
    assert "没有交回的票，不计入参与表决的人数和面积" in text.replace("\n", "")


def test_before_the_register_is_frozen_the_notice_has_no_fingerprint(place, chair):
    stage.owned(place)
    stage.noticed(place, chair)
    page = ask(place, chair, "print", "notice", at=NOW).content.decode()
    assert "名册同时公示，有异议的，请在2026年3月31日以前提出" in page and "名册指纹" not in page


def test_everybody_may_have_the_masked_register_and_nobody_else_the_ballots(place, made):
    resident = place.post(Role.GRID_WORKER)
    book = ask(place, resident, "print", "register", query="?as=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["序号", "专有部分座落", "业主"] and rows[2][2] == "业*" and len(rows) == 2 + len(place.homes)
    assert ask(place, resident, "print", "delivery", query=f"?building={place.home.building_id}").status_code == 404
    assert ask(place, resident, "print-ballots", data={"building": place.home.building_id}).status_code == 404
    page = ask(place, resident, "prints").content.decode()
    assert "业主名册" in page and "表决票" not in page


def test_a_buildings_ballots_are_printed_with_names_and_it_is_written_down(place, chair, made):
    data = {"building": place.home.building_id}
    pages = read(ask(place, chair, "print-ballots", data=data))
    rows = Paper.objects.filter(compound_id=place.compound.pk, party__building_id=place.home.building_id)
    numbers = list(rows.order_by("party__number").values_list("number", flat=True))
    assert [page.count(number) for page, number in zip(pages, numbers, strict=True)] == [3, 3]  # head, stub, foot
    assert "业主0" in pages[0]
    assert len(read(ask(place, chair, "print-ballots", data=data | {"large": "1"}))) > 2
    entries = AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_print")
    assert [entry.data["sheets"] for entry in entries] == [2, 2]


def test_buildings_that_all_have_it_are_folded(place, chair, made):
    rows = Party.objects.filter(compound_id=place.compound.pk, building_id=place.home.building_id)
    asked = ask(place, chair, "prints")
    waiting = len(asked.context["blocks"])
    assert waiting and asked.context["delivered"] == []
    rows.update(delivered_at=NOW)
    asked = ask(place, chair, "prints")
    assert (len(asked.context["blocks"]), len(asked.context["delivered"])) == (waiting - 1, 1)
    assert "都送到了的 1 栋" in asked.content.decode()


def test_ballots_are_read_on_a_page_and_come_as_a_workbook(place, chair, made):
    data = {"building": place.home.building_id}
    page = ask(place, chair, "print-ballots", data=data | {"as": "page"}).content.decode()
    numbers = Paper.objects.filter(compound_id=place.compound.pk, party__building_id=place.home.building_id)
    assert all(number in page for number in numbers.values_list("number", flat=True)) and "业主0" in page
    assert "?as=pdf" not in page
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(ask(place, chair, "print-ballots", data=data | {"as": "xlsx"}).content)
    )
    assert len(book.sheet_names) == 2 * numbers.count()


def test_the_notice_is_a_workbook_with_its_text_its_number_and_the_bodys_term(place, chair, made):
    book = CalamineWorkbook.from_filelike(io.BytesIO(ask(place, chair, "print", "notice", query="?as=xlsx").content))
    assert book.sheet_names[:2] == ["正文", "表决事项"]
    text = str(book.get_sheet_by_index(0).to_python())
    assert "投票：" in text
    assert f"业主大会公告〔2026〕{made.session.number} 号" in ask(place, chair, "print", "notice").content.decode()
    body = made.session.body
    assert term_no(place.compound.pk, NOW.date()) is None
    Formation.objects.create(
        compound=place.compound, number=1, kind="committee", state="filed", title="业委会", body=body, made=body, profile="national_default",
        seats=5, owner_seats=5, most=5, households=2, contact="居委会", recommend_until=NOW.date(), announced_at=NOW, term_from=date(2020, 1, 1),
    )  # fmt: skip
    Post.objects.filter(organisation=body).update(from_day=date(2020, 1, 1))
    session = Session.objects.select_related("body").get(compound_id=place.compound.pk, pk=made.session.pk)
    assert queries.session_notice(session, "x", "").body == f"{body.name}（第一届）"


def test_a_file_is_called_by_what_is_in_it(place, chair, made):
    data = {"building": place.home.building_id}
    plain, large = (ask(place, chair, "print-ballots", data=data | more) for more in ({}, {"large": "1"}))
    sheet = ask(place, chair, "print", "delivery", query=f"?building={place.home.building_id}&as=pdf")
    label = place.home.building.label
    for found, name in (
        (plain, f"选票-{label}.pdf"),
        (large, f"选票-{label}-大字.pdf"),
        (sheet, f"送达登记表-{label}.pdf"),
    ):
        assert f"filename*=utf-8''{quote(name)}" in found["Content-Disposition"]


def test_a_building_is_chosen_before_its_papers_are_shown(place, chair, made):
    page = ask(place, chair, "prints").content.decode()
    assert f"<summary>{place.home.building.label}</summary>" in page and page.count("<details") == page.count(
        "</details>"
    )


def test_ballots_are_not_to_be_had_by_address_alone(place, chair, made):
    assert ask(place, chair, "print-ballots").status_code == 405
    assert ask(place, chair, "print-ballots", data={"building": "x"}).status_code == 404


def test_a_spoilt_paper_is_not_printed_again(place, chair, made):
    paper = Paper.objects.filter(compound_id=place.compound.pk, party__building_id=place.home.building_id).first()
    Paper.objects.filter(compound_id=place.compound.pk, pk=paper.pk).update(state="void")
    made_again = queries.ballots(made.session, "小区", place.home.building_id, lambda n: n)
    assert len(made_again) == 1 and paper.number not in [one.number[1] for one in made_again]


def test_what_others_alone_decide_is_not_on_the_ballot(place, chair, made):
    other = {"buildings": ["00000000-0000-0000-0000-000000000000"]}
    Item.objects.create(
        compound=place.compound, session=made.session, place=2, matter_no=7, title="加装电梯", scope=other
    )
    mine = {"buildings": [str(place.home.building_id)]}
    Item.objects.create(compound=place.compound, session=made.session, place=3, matter_no=7, title="修屋面", scope=mine)
    page = press.html(queries.ballots(made.session, "小区", place.home.building_id, lambda n: n)[0])
    assert "修屋面" in page and "加装电梯" not in page
    building = place.home.building.label
    assert f"只由{building}的业主表决" in page and "前公布在小区公告栏和本次会议的网页" in page
    agenda = press.html(papers.session_notice(queries.session_notice(made.session, "小区", "")))
    assert f"只由{building}的业主表决" in agenda


def test_where_the_official_system_decides_no_paper_offers_a_vote_on_the_web(place, chair, made):
    made.session.profile, made.session.rules = "beijing", {**made.session.rules, "official_evote_required": True}
    page = press.html(papers.session_notice(queries.session_notice(made.session, "小区", "")))
    assert "也可以网上投票" not in page and page.count("电子投票用当地政府的系统，在这里只收意见") == 2


def test_number_of_queries_does_not_grow(place, chair, made, django_assert_num_queries):
    with django_assert_num_queries(6):
        queries.ballots(made.session, "小区", place.home.building_id, lambda n: n)
    with django_assert_num_queries(5):
        queries.delivery(made.session, "小区", place.home.building_id, "1栋", "")


def test_the_delivery_register_lists_each_party(place, chair, made):
    query = f"?building={place.home.building_id}"
    assert "业主0" in ask(place, chair, "print", "delivery", query=query).content.decode()
    assert ask(place, chair, "print", "delivery", query=f"{query}&as=xlsx").content[:2] == b"PK"
    assert ask(place, chair, "print", "delivery").status_code == 404


def test_the_count_prints_for_who_signs_it_and_for_all_once_announced(place, chair):
    vote = boxes.laid(place, PASSING, by=chair)
    staff = boxes.officers(place, vote, chair=chair)
    boxes.opened(vote, staff)
    count.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    resident = place.post(Role.GRID_WORKER)
    assert ask(place, resident, "print", "count", at=boxes.AFTER).status_code == 404
    page = ask(place, staff["teller1"], "print", "count", at=boxes.AFTER).content.decode()
    assert "3 × 600.00 = 1,800.00 ≥ 2 × 900.00 = 1,800.00" in page and "法定结果：<b>通过</b>" in page
    assert ask(place, staff["teller1"], "print", "result", at=boxes.AFTER).status_code == 404
    vote.session.refresh_from_db()
    vote.session.state, vote.session.announced_at = State.ANNOUNCED, boxes.AFTER
    vote.session.save()
    notice = ask(place, resident, "print", "result", at=boxes.AFTER).content.decode()
    assert "4/6（66.67%）" in notice and "2026年4月7日（含当天）以前，对结果有异议的" in notice
    assert "结论" in "".join(read(ask(place, resident, "print", "result", query="?as=pdf", at=boxes.AFTER)))
    assert "管理规约" in ask(place, chair, "print", "filing", at=boxes.AFTER).content.decode()
    assert ask(place, resident, "print", "filing", at=boxes.AFTER).status_code == 404


def test_the_count_sheet_names_the_homes_at_odds_and_a_ballot_beside_another_is_not_invalid(place, chair):
    given = boxes.case(*["approve"] * 7)
    given["homes"][6]["owners"] = ["p7", "q7"]
    more = {"channel": "online", "valid": True}
    given["ballots"] += [
        {**more, "id": "X1", "home": "9-1-0007", "owner": "q7", "choice": "against", "at": "2026-03-26T09:00:00+08:00"},
        {**more, "id": "X2", "home": "9-1-0001", "owner": "p1", "choice": "double", "at": "2026-03-26T09:00:00+08:00"},
    ]
    vote = boxes.laid(place, given, by=chair)
    staff = boxes.officers(place, vote, chair=chair)
    boxes.opened(vote, staff)
    count.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    vote.session.refresh_from_db()
    found = print_results.count_sheet(vote.session, "小区", "")
    assert found.disputed == ["9-1-0007"] and {number for number, _why in found.repeated} == {"X2"}
    assert {number for number, _why in found.invalid} == {"B007", "X1"}


def test_an_election_prints_names_places_and_lots(place, chair):
    given = next(given for _name, given, _expect in examples() if given.get("election"))
    vote = boxes.laid(place, given, by=chair)
    staff = boxes.officers(place, vote, chair=chair)
    boxes.opened(vote, staff)
    count.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    item = vote.items[0]
    first = Candidate.objects.filter(compound_id=place.compound.pk, item=item).order_by("place").first()
    Candidate.objects.filter(compound_id=place.compound.pk, pk=first.pk).update(name="欧阳某")
    Lots.objects.create(
        compound=place.compound, item=item, order=[first.code], drawn_by="冯某", account_id=staff["teller1"].account_id, at=boxes.AFTER
    )  # fmt: skip
    vote.session.refresh_from_db()
    page = press.html(papers.count_sheet(print_results.count_sheet(vote.session, "小区", "")))
    assert "欧阳某" in page and "当选" in page and "3月31日当众抽签，抽签人冯某，顺序：欧阳某" in page


@pytest.mark.parametrize("state", list(State))
def test_nobody_has_a_paper_that_tells_of_choices_while_they_are_sealed(state):
    told = {Print.COUNT, Print.RESULT}
    for who in Who:
        may = may_print(state, frozenset({who}), frozen=True, published=True, counted=False)
        assert not may & told
        if who in (Who.OWNER, Who.COMMUNITY, Who.OBSERVER):
            assert Print.BALLOTS not in may


def test_the_sessions_page_leads_there(place, chair, made):
    assert reverse("assembly:prints", args=[place.slug, 1]) in ask(place, chair, "session").content.decode()


def test_an_empty_joint_request_is_for_everybody_of_the_compound(place, chair):
    for actor in (chair, place.resident(), place.post(Role.PROPERTY_MANAGER)):
        page = place.client(actor).get(reverse("assembly:request-form", args=[place.slug]))
        assert page.status_code == 200 and "召开柳溪苑小区业主大会临时会议联名提议书" in page.content.decode()
    address = reverse("assembly:request-form", args=[place.slug])
    owner = place.client(place.resident())
    assert "合计：　　　人" in "".join(read(owner.get(address + "?as=pdf"))).replace("\n", "")
    assert owner.get(address + "?as=xlsx").status_code == 200
    assert address in owner.get(reverse("assembly:sessions", args=[place.slug])).content.decode()
    there = compound("there")
    assert there.client(there.resident()).get(address).status_code == 404
    assert there.client(None).get(address).status_code == 302


def test_a_joint_request_names_who_signed_for_its_convener_alone(place, chair):
    stage.owned(place)
    made = stage.drafted(place, chair, ground="joint_request")
    assert ask(place, chair, "print", "request", at=NOW).status_code == 200  # no register yet
    register.build(by=chair, session=made.session, at=NOW)
    requests.sign(by=chair, session=made.session, label=place.homes[0].label, name="业主0", at=NOW)
    page = ask(place, chair, "print", "request", at=NOW).content.decode()
    assert "选聘物业服务企业" in page and "业主0" in page and place.homes[0].label in page
    assert "合计：1 人，占总人数 25.00%" in page
    assert "打印联名提议书" in ask(place, chair, "request", at=NOW).content.decode()
    pdf, book = (ask(place, chair, "print", "request", query=f"?as={kind}", at=NOW) for kind in ("pdf", "xlsx"))
    assert "业主0" in "".join(read(pdf)) and book.status_code == 200
    for actor in (place.resident(), made.officers["chair"], place.post(Role.PROPERTY_MANAGER)):
        assert ask(place, actor, "print", "request", at=NOW).status_code == 404


def test_a_session_nobody_asked_for_has_no_joint_request(place, chair, made):
    assert ask(place, chair, "print", "request").status_code == 404
