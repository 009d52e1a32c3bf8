"""The papers of an election: one source for page, PDF and workbook (ADR 0011); who may have which, and when."""

import io

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from linli.assembly.papers.common import short
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.rules.elections.prints import FORMS, Print, may_print
from linli.assembly.rules.elections.states import BEFORE, Kind, State, Who
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW

from .forming import COUNTED, ENDS, LISTED, TICKS, announced, counted, listed, noticed, ticking, village
from .test_election_pages import get, text
from .test_prints import read


@pytest.fixture
def v(db):
    return village(homes=12)


def pages(v, by, kind: str, query: str = "") -> list[str]:
    return ["".join(one.split()) for one in read(get(v, by, "election-print", 1, kind, query=f"?as=pdf{query}"))]


def rows(v, by, kind: str) -> dict[str, list[list[str]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(v, by, "election-print", 1, kind, query="?as=xlsx").content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@time_machine.travel(NOW, tick=False)
def test_recommendation_and_self_nomination_are_forms_for_a_pen(v):
    announced(v, households=3)
    joint = text(get(v, v.owner(0), "election-print", 1, "joint"))
    assert "物业管理委员会候选人联名推荐表" in joint and "推荐人（不少于3户，每户一人签名）" in joint
    alone = text(get(v, v.owner(0), "election-print", 1, "self"))
    assert "候选人自荐表" in alone and "推荐人（" not in alone
    assert "联名推荐表" in pages(v, v.worker, "joint")[0]
    assert rows(v, v.owner(0), "joint")["推荐人"][1][:3] == ["序号", "姓名", "房号"]
    page = text(get(v, v.owner(0), "election", 1))
    assert "联名推荐表打开PDF表格" in page and "划票表" not in page


@time_machine.travel(NOW, tick=False)
def test_whose_signatures_are_gathered_stands_on_the_form_for_who_may_see_him(v):
    announced(v)
    said = {"name": v.persons[2].name, "home": v.place.homes[2], "way": "joint", "why": "管过账"}
    nominee = v.does(elections.nominate, v.owner(1), NOW, **said)
    query = f"?nominee={nominee.pk}"
    assert query in get(v, v.owner(1), "nominee", 1, nominee.pk).content.decode()
    assert "管过账" in text(get(v, v.owner(1), "election-print", 1, "joint", query=query))
    assert "管过账" not in text(get(v, v.owner(5), "election-print", 1, "joint", query=query))


@time_machine.travel(LISTED, tick=False)
def test_the_candidates_notice_is_the_list_in_its_order(v):
    made = listed(v).made
    names = [row.name for row in queries.listed(made)]
    table = rows(v, v.owner(5), "candidates")["候选人"]
    assert [row[1] for row in table[2:]] == names
    said = pages(v, v.owner(5), "candidates")[0]
    assert short(made.fingerprint) in said and "异议方式" in said and "（7天）" in said
    assert get(v, v.owner(5), "election-print", 1, "joint").status_code == 404


@time_machine.travel(TICKS, tick=False)
def test_a_building_is_printed_a_page_a_home(v):
    ticking(v)
    building = queries.buildings_of_forms(v.made)[0]["building_id"]
    query = f"?building={building}"
    answer = get(v, v.worker, "election-print", 1, "ticks", query=query)
    assert answer.content.decode().count('class="paper"') == 6 and "限选4名" in text(answer)
    made = pages(v, v.worker, "ticks", query=f"&building={building}")
    labels = [form.label for form in queries.forms_in(v.made, building)]
    assert len(made) == 6 and all(label in page for label, page in zip(labels, made, strict=True))
    assert f"{query}" in get(v, v.worker, "election-forms", 1, query=query).content.decode()


@time_machine.travel(TICKS, tick=False)
def test_a_form_has_the_places_by_which_it_is_read(v):
    listed(v)
    gone = queries.listed(v.made)[1]
    v.does(elections.drop, v.worker, LISTED, nominee=gone, reason="搬走了")
    v.does(elections.start_ticks, v.secretary, TICKS)
    names = [(row.place, row.name) for row in queries.listed(v.made)]
    assert [place for place, _name in names] == [1, 3, 4, 5]
    page = pages(v, v.worker, "ticks")[0]
    assert all(f"{place}{name}" in page for place, name in names) and gone.name not in page


def test_the_result_is_posted_with_who_was_not_confirmed_and_why(v):
    ticking(v, stand=5)
    counted(v, {n: [0, 1, 2, 3] if n < 4 else [1, 2, 3, 4] for n in range(1, 8)})
    with time_machine.travel(COUNTED, tick=False):
        assert get(v, v.owner(0), "election-print", 1, "members").status_code == 404
    first = offices.in_rank(v.made, queries.last_result(v.made))[0]
    v.does(elections.pass_over, v.officer, COUNTED, nominee=first, reason="有违建")
    noticed(v)
    with time_machine.travel(COUNTED, tick=False):
        said = "".join(pages(v, v.owner(0), "members"))
        assert "收回7张（58.33%）" in said and "没有确认：有违建" in said and "异议方式" in said
        members = rows(v, v.owner(0), "members")["委员"]
    assert len(members) == 2 + 7 and [row[2] for row in members].count("主任") == 1
    with time_machine.travel(ENDS, tick=False):
        v.does(elections.establish, v.officer, ENDS)
        assert "任期" in text(get(v, v.owner(0), "election-print", 1, "members"))


@time_machine.travel(NOW, tick=False)
def test_no_such_paper_and_nobody_next_door(v):
    announced(v)
    assert get(v, v.owner(0), "election-print", 1, "ballots").status_code == 404
    other = village(homes=4, slug="other")
    assert other.place.client(other.owner(0)).get(f"/c/{v.place.slug}/elections/1/print/joint/").status_code == 404


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", list(State))
def test_no_result_before_it_is_posted_and_no_forms_after(kind, state):
    for who in Who:
        may = may_print(kind, state, frozenset({who}), ticking=True)
        assert bool(may & FORMS) is (state == State.RECOMMENDING)
        if state in BEFORE - {State.NOTICED}:
            assert Print.MEMBERS not in may
        if who in {Who.OWNER, Who.RESIDENT, Who.NOMINEE}:
            assert Print.TICKS not in may
    assert not may_print(kind, state, frozenset(), ticking=True)
