"""Batch cases, pure: steps by state and part, whose turn, what a row of the office's list says, small cells."""

from datetime import date

import pytest

from linli.matters.rules import certificates
from linli.matters.rules.batches import (
    TABLE,
    USUAL_PAPERS,
    USUAL_PATH,
    HomeState,
    Paper,
    Part,
    Stage,
    Step,
    by_papers,
    merged_cells,
    missing,
    reached,
    refuses,
    steps_from,
    turn,
    valid_papers,
    valid_path,
)

S = HomeState
ALL = {p.key: "yes" for p in USUAL_PAPERS}
GIVEN = {"day": date(2026, 3, 1), "missing": ["contract"], "words": "写错了", "reason": "land", "state": "submitted"}
# Written a second time by hand: from where each step may be taken.
FROM = {
    Step.CHECK: "not_started documents_missing documents_ready", Step.SUBMIT: "documents_ready", Step.PAY_TAX: "submitted", Step.REGISTER: "tax_done",
    Step.CERTIFY: "registering", Step.SEND_BACK: "submitted tax_done registering",
    Step.BLOCK: "not_started documents_missing documents_ready submitted tax_done registering", Step.UNBLOCK: "blocked",
    Step.CORRECT: " ".join(HomeState),
}  # fmt: skip


@pytest.mark.parametrize("who", [Part.LEAD, Part.KEEPER, None])
@pytest.mark.parametrize("state", HomeState)
@pytest.mark.parametrize("step", Step)
def test_step_by_state_and_part(step, state, who):
    may = state in FROM[step].split() and (who == Part.LEAD or (who == Part.KEEPER and step != Step.CORRECT))
    assert (refuses(step, state, who, GIVEN) is None) is may
    assert (step in steps_from(state, who)) is may


@pytest.mark.parametrize(("step", "need"), [(step, need) for step, rule in TABLE.items() for need in rule.needs])
def test_step_without_what_it_needs(step, need):
    state = next(iter(TABLE[step].states))
    no = refuses(step, state, Part.LEAD, {**GIVEN, need: None})
    assert (no[0].key, no[1]) == (f"missing_{need}", need)


def test_submitting_without_papers():
    assert refuses(Step.SUBMIT, S.READY, Part.KEEPER, {}, ("contract",))[0].key == "papers_missing"


def test_papers_say_where_a_home_stands():
    assert by_papers(USUAL_PAPERS, {}, begun=False) == S.NOT_STARTED
    assert by_papers(USUAL_PAPERS, {}) == S.MISSING
    assert by_papers(USUAL_PAPERS, {"contract": "yes"}, begun=False) == S.MISSING
    assert by_papers(USUAL_PAPERS, ALL | {"survey": "no_need"}) == S.READY
    assert missing(USUAL_PAPERS, ALL | {"fund": ""}) == ("fund",)


def test_unblocked_home_goes_on_where_it_was():
    assert reached(Step.UNBLOCK, S.BLOCKED, S.TAX_DONE, USUAL_PAPERS, {}) == S.TAX_DONE
    assert reached(Step.UNBLOCK, S.BLOCKED, S.MISSING, USUAL_PAPERS, ALL) == S.READY
    assert reached(Step.UNBLOCK, S.BLOCKED, S.NOT_STARTED, USUAL_PAPERS, {}) == S.NOT_STARTED


@pytest.mark.parametrize(
    ("state", "lacking", "reason", "whose"),
    [
        (S.NOT_STARTED, ("contract", "survey"), "", "owner"), (S.MISSING, ("survey",), "", "agency"), (S.READY, (), "", "committee"),
        (S.SUBMITTED, (), "", "agency"), (S.CERTIFIED, (), "", "nobody"), (S.BLOCKED, (), "owner_away", "committee"),
        (S.BLOCKED, (), "inheritance", "owner"), (S.BLOCKED, (), "unheard", "committee"),
    ],
)  # fmt: skip
def test_whose_turn(state, lacking, reason, whose):
    assert turn(state, USUAL_PAPERS, lacking, reason) == whose


def test_path_goes_forward():
    assert valid_path(USUAL_PATH) is None
    assert valid_path(()).key == "no_path"
    back = (Stage("税务局", "办税", "", S.TAX_DONE), Stage("住建局", "收件", "", S.SUBMITTED))
    assert valid_path(back).key == "path_order"


def test_papers_have_names_of_their_own():
    assert valid_papers(USUAL_PAPERS) is None
    assert valid_papers(()).key == "no_papers"
    assert valid_papers((Paper("a", "合同"), Paper("b", "合同"))).key == "same_paper"


def test_small_buildings_are_joined():
    rows = [("1栋", 2, 3), ("2栋", 1, 9), ("3栋", 0, 0), ("4栋", 6, 6), ("5栋", 1, 2)]
    assert merged_cells(rows) == [(("1栋", "2栋"), 3, 12), (("4栋", "5栋"), 7, 8)]
    assert merged_cells([("1栋", 0, 2)]) == [(("1栋",), 0, 2)]


# ── a row of the office's list ──────────────────────────────────────────────────────────────────────────────────────

TODAY = date(2026, 3, 24)


def read(**cells):
    return certificates.read(cells, USUAL_PAPERS, today=TODAY)


def wrong(**cells):
    found = read(**cells)
    assert isinstance(found, list), found
    return [str(note) for note in found]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("√", "yes"), ("有", "yes"), ("已交", "yes"), ("是", "yes"), ("12,860.50", "yes"), ("2019.3.2", "yes"), ("FP00238", "yes"), ("无", ""),
        ("×", ""), ("未交", ""), ("待补", ""), ("缺原件", ""), ("0", ""), ("不用", "no_need"), ("免", "no_need"),
    ],
)  # fmt: skip
def test_cell_of_a_paper(text, means):
    assert read(契税=text).have == {"deed_tax": means}


def test_unsaid_paper_is_unsaid():
    assert read(契税="", 发票="√").have == {"invoice": "yes"}


def test_list_of_missing_says_the_others_are_there():
    assert read(缺少资料="契税票、测绘").have == ALL | {"deed_tax": "", "survey": ""}
    assert read(缺少资料="无").have == ALL


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("缺资料", S.MISSING), ("资料齐", S.READY), ("已报住建局", S.SUBMITTED), ("已完税", S.TAX_DONE), ("登记中", S.REGISTERING), ("待领证", S.REGISTERING),
        ("还没开始", S.NOT_STARTED), ("未办", S.NOT_STARTED), ("submitted", S.SUBMITTED), ("", ""),
    ],
)  # fmt: skip
def test_words_for_a_state(text, state):
    assert read(当前环节=text).state == state


def test_certified_row():
    facts = read(当前环节="已发证", 办结日期="2025.11.3", 证号="湘(2025)第001号", 合同号="HT-7")
    assert (facts.state, facts.certified_on, facts.title_no, facts.contract_no) == (
        S.CERTIFIED,
        date(2025, 11, 3),
        "湘(2025)第001号",
        "HT-7",
    )
    assert facts.have == ALL
    assert read(办结日期="2025-11-03").state == S.CERTIFIED


def test_blocked_row():
    facts = read(当前环节="受阻：开发商欠税")
    assert (facts.state, facts.reason, facts.reason_words) == (S.BLOCKED, "developer_tax", "开发商欠税")
    assert read(当前环节="卡住了", 原因="联系不上业主").reason == "owner_away"
    assert read(当前环节="暂停", 原因="在等通知").reason == "other"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"契税": "随便"}, "契税票一栏看不懂：“随便”，写有或没有"),
        ({"缺少资料": "结婚证"}, "缺少资料里的“结婚证”不在这件事的材料清单上"),
        ({"契税": "√", "缺少资料": "契税"}, "契税票一栏写着有，缺少资料里又写着缺"),
        ({"当前环节": "天晓得"}, "当前环节一栏看不懂：“天晓得”"),
        ({"当前环节": "资料齐", "契税": "未交"}, "环节写的是“材料齐了”，材料却还缺契税票"),
        ({"当前环节": "已发证"}, "写着拿到证了，没写办结日期"),
        ({"当前环节": "登记中", "办结日期": "2025.1.4"}, "写了办结日期，环节却不是拿到证"),
        ({"办结日期": "2026.4.1"}, "办结日期还没有到"),
        ({"当前环节": "受阻"}, "写着卡住了，没写卡在哪里"),
    ],
)
def test_row_that_contradicts_itself(cells, sentence):
    assert wrong(**cells) == [sentence]
