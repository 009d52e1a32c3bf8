import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from linli.assembly.papers import (
    Backer,
    BallotPaper,
    Candidate,
    CandidateCount,
    CountSheet,
    Delivery,
    DeliveryRegister,
    Election,
    ElectionCount,
    Filed,
    FilingList,
    Item,
    ItemCount,
    JointRecommendation,
    JointRequest,
    Mark,
    Nominee,
    Notice,
    Register,
    RegisterRow,
    ResultNotice,
    Section,
    SessionNotice,
    ShareSheet,
    TickForm,
    Vote,
    ballot,
    ballots,
    common,
    count_sheet,
    delivery_register,
    filing_list,
    joint_recommendation,
    joint_request,
    masked,
    notice,
    register,
    result_notice,
    session_notice,
    share_sheet,
    tick_form,
)  # fmt: skip
from linli.assembly.rules.printed import DUPLICATES, LABELS, from_profile, printed
from linli.kernel import shares
from linli.kernel.clock import SHANGHAI
from linli.kernel.profiles import DEFAULT, UNWRITTEN, profile, profiles
from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.settling import RULE_WORDS
from linli.kernel.tally.thresholds import Result, Weight
from linli.plumbing import papers as press
from linli.plumbing.papers import Grid, Paper
from linli.plumbing.tests.test_papers import read, text_of

CLOSES = datetime(2026, 3, 31, 18, 0, tzinfo=SHANGHAI)
MARK = Mark(fingerprint="7c4e19b0a2d5" + "0" * 52, persons=652, area=6841236)
ITEMS = (
    Item(title="选聘和安物业为物业服务企业", matter_no=4, about="合同三年，1.65元/平方米·月", materials="合同文本"),
    Item(title="用维修资金更换水泵", matter_no=5),
    Item(title="7栋东侧空地建充电棚", matter_no=8),
)
ELECTION = Election(
    title="选举第三届业主委员会委员",
    seats=5,
    by_strokes=True,
    candidates=[Candidate(name=name, home="7-2-301") for name in ("王某甲", "𠮷某乙", "欧阳某")],
)
VOTE = Vote(
    compound="柳溪苑小区", session="2026年第一次业主大会会议", closes_at=CLOSES, items=ITEMS, boxes="5栋一层、小区东门",
    results_by=date(2026, 4, 3), results="各单元门口", contact="0000-1234567", mark=MARK,
)  # fmt: skip
PAPER = BallotPaper(
    number="K7D2-90QX-3", link="https://linli.example/b/K7D290QX3", owners=("王某甲", "𠮷某"), homes=("7-2-301", "车位B-017"), area=8950,
    shares=("", "您家约 1,659 元"),
)  # fmt: skip
ALL, VOTED = Weight(6841236, 652), Weight(5210044, 497)
WON = ItemCount(
    title=ITEMS[0].title, matter_no=4, total=ALL, participating=VOTED, approve=Weight(3900012, 371), against=Weight(1000000, 96),
    abstain=Weight(310032, 30), invalid=Weight(31000, 3),
)  # fmt: skip
SHORT = replace(WON, title=ITEMS[2].title, matter_no=8, approve=Weight(3907533, 372), also=Result.REJECTED)
CHOSEN = ElectionCount(
    title=ELECTION.title, seats=5, total=ALL, participating=VOTED, invalid=Weight(31000, 3), outcome="选举有效，业主委员会成立",
    candidates=[
        CandidateCount(name="王某甲", participating=VOTED, approve=Weight(3900012, 371), against=Weight(), abstain=Weight(), place="当选"),
        CandidateCount(name="欧阳某", participating=VOTED, approve=Weight(2700012, 259), against=Weight(), abstain=Weight()),
    ],
    lots=("王某甲、赵某并列，当众抽签，王某甲当选。",),
)  # fmt: skip
SESSION = SessionNotice(
    compound="柳溪苑小区", session="2026年第一次业主大会会议", ground="经业主委员会决定", items=ITEMS, elections=(ELECTION,),
    opens_at=CLOSES - timedelta(days=14), closes_at=CLOSES, count_at=CLOSES + timedelta(hours=1), count_place="5栋一层", ways="书面征求意见",
    boxes="小区东门", contact="0000-1234567", body="柳溪苑小区业主委员会（第二届）", on=date(2026, 3, 15), mark=MARK,
    parties=652, area=6841236, record_date=date(2026, 3, 14), head_key="ab12" * 16, share_holders=("主持人", "计票人", "监票人"),
)  # fmt: skip
COUNTED = CountSheet(
    compound="柳溪苑小区", session="2026年第一次业主大会会议", mark=MARK, closed_at=CLOSES, counted_at=CLOSES, place="5栋一层",
    delivered=Weight(6600000, 640), on_paper=301, online=199, items=(WON, SHORT), elections=(CHOSEN,), invalid=[("K1", "没有签名")],
    repeated=[("K2", "线上同意、纸质反对，先投有效")], disputed=["7-2-301"], tellers=("周某", "吴某"), link="https://linli.example/c/1",
)  # fmt: skip
RESULT = ResultNotice(
    compound="柳溪苑小区", session="2026年第一次业主大会会议", body="柳溪苑小区业主委员会（第二届）", on=date(2026, 4, 1), mark=MARK, closed_at=CLOSES,
    items=(WON, SHORT), elections=(CHOSEN,), open_until=date(2026, 4, 8), objections="向业主委员会提出。",
)  # fmt: skip
ROW = RegisterRow(
    home="7-2-301", kind="住宅", area=8950, source="registered", owners=("张某甲", "欧阳某乙"), party="31"
)
REGISTER = Register(
    compound="柳溪苑小区", session="2026年第一次业主大会会议", record_date=date(2026, 3, 14), rows=[ROW], mark=MARK, frozen=True,
)  # fmt: skip
HANDED = Delivery(number="K7D2-90QX-3", homes=("7-2-301",), owners=("张某甲",), area=8950)
SHEETS = {
    "ballot": ballot(VOTE, PAPER),
    "large ballot": ballot(VOTE, PAPER, large=True),
    "election": ballot(replace(VOTE, items=(), elections=(ELECTION,)), PAPER),
    "posting": notice(Notice(title="公示", compound="柳溪苑小区", body="业主委员会", on=date(2026, 3, 21), sections=(Section(heading="内容", blocks=("甲", Grid(("乙",), [("丙",)]))),), attachments=("丁", "戊"))),
    "session": session_notice(SESSION),
    "register": register(REGISTER),
    "delivery": delivery_register(DeliveryRegister(compound="柳溪苑小区", session="2026年第一次业主大会会议", part="7栋", rows=[HANDED], mark=MARK)),
    "count": count_sheet(COUNTED),
    "result": result_notice(RESULT),
    "recommendation": joint_recommendation(JointRecommendation(compound="柳溪苑小区", body="业主委员会")),
    "self": joint_recommendation(JointRecommendation(compound="柳溪苑小区", body="业主委员会", least=0, nominee=Nominee(name="王某甲", area=8950))),
    "request": joint_request(JointRequest(compound="柳溪苑小区", matter="解聘物业", reasons="电梯停用", mark=MARK, asked=Weight(8950, 1), of=Weight(6841236, 652), backers=[Backer(name="王某甲", home="7-2-301", area=8950, on=date(2026, 3, 1))])),
    "ticks": tick_form(TickForm(compound="北湖一号", body="物业管理委员会", number="H7", home="1-1-101", candidates=((1, "甲"), (3, "乙")), most=1)),
    "filing": filing_list(FilingList(compound="柳溪苑小区", subject="业主委员会", to="街道办事处", body="业主委员会", on=date(2026, 4, 20), due=date(2026, 4, 30), rows=[Filed(name="决定", fingerprint="ab" * 32), Filed(name="管理规约", ready=False)])),
    "share": share_sheet(ShareSheet(compound="柳溪苑小区", session="2026年第一次业主大会会议", place=1, holder="王某甲", role="会议主持人", text="AHQ7-M2PX", made_at=CLOSES, mark=MARK)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SHEETS))
def test_every_sheet_prints_and_shows(name):
    sheet = SHEETS[name]
    assert press.pdf(sheet).startswith(b"%PDF-")
    assert sheet.title in press.html(sheet)


@pytest.mark.parametrize("name", ["ballot", "session", "count", "result", "delivery", "share"])
def test_every_sheet_after_freezing_names_the_register(name):
    page = press.html(SHEETS[name])
    assert "名册指纹 7C4E-19B0-A2D5" in page and "652 人　68,412.36 平方米" in page


def test_ballot_holds_what_the_law_wants():
    page = press.html(ballot(VOTE, PAPER))
    for words in ("K7D2-90QX-3", "2026年3月31日 18:00", "王某甲、𠮷某", "7-2-301、车位B-017", "89.50 平方米", "1 人", "代理人电话", "领票人", "存根", "送票人"):  # fmt: skip
        assert words in page
    assert page.count('class="tick"') == 9
    assert (
        "合同三年，1.65元/平方米·月。过半数通过。" in page
        and "您家约 1,659 元。过半数通过。" in page
        and "四分之三以上通过。" in page
    )


@pytest.mark.parametrize("mode", list(Silence))
def test_what_silence_means_is_bold(mode):
    assert f"<b>{common.SILENCE[mode]}</b>" in press.html(ballot(replace(VOTE, silence=mode), PAPER))
    assert f"<b>{common.SILENCE[mode]}</b>" in press.html(session_notice(replace(SESSION, silence=mode)))


def test_follow_majority_is_a_fourth_box_only_where_it_is_adopted():
    assert "从多" not in press.html(ballot(VOTE, PAPER))
    page = press.html(ballot(replace(VOTE, follow_majority=True), PAPER))
    assert page.count('class="tick"') == 12 and "从多" in page


def test_choosing_up_to_so_many_has_one_box_a_name():
    page = press.html(
        ballot(replace(VOTE, items=(), elections=(replace(ELECTION, per_candidate=False, seats=2),)), PAPER)
    )
    assert page.count('class="tick"') == 3 and "最多选 2 名" in page and "多选的这次选举作废" in page


def test_an_election_names_the_term_it_elects():
    elections, found = (replace(ELECTION, term="第三届"),), (replace(CHOSEN, term="第三届"),)
    for sheet in (
        ballot(replace(VOTE, elections=elections), PAPER),
        session_notice(replace(SESSION, elections=elections)),
        count_sheet(replace(COUNTED, elections=found)),
        result_notice(replace(RESULT, elections=found)),
    ):
        assert "第三届，应选 5 名" in press.html(sheet)


def test_what_is_signed_stands_on_the_page_of_what_was_ticked():
    """However long the notes grow and however large the type, the signature is never alone on a page."""
    long = replace(
        VOTE,
        boxes="社区活动室、小区东门、5栋一层大厅",
        items=[replace(i, about=f"{i.about}，{'要先知道的' * 4}") for i in ITEMS],
    )
    for vote, large in (
        (VOTE, False),
        (long, False),
        (VOTE, True),
        (long, True),
        (replace(VOTE, elections=(ELECTION,)), False),
    ):
        pages = [page.extract_text() for page in read(ballots(vote, [PAPER], large=large)).pages]
        signed = next(page for page in pages if "业主（签名）" in page)
        assert (
            "同意" in signed
            and "7栋东侧空地" in signed.replace("\n", "")
            and "选聘和安物业" in signed.replace("\n", "")
        )


@pytest.mark.parametrize("rule", list(Duplicates))
def test_the_printed_rule_says_what_the_count_does_with_co_owners(rule):
    """One owner's several ballots follow the rule; co-owners who differ are disputed whatever it says (domain §3.4)."""
    said = f"同一位业主投了几张的，{RULE_WORDS[rule]}。共有人投得不一样或者有一位截止前书面异议、又没有共同声明的，这一户这项无效。"
    assert said in press.html(ballot(replace(VOTE, duplicates=rule), PAPER))
    assert said in press.html(session_notice(replace(SESSION, duplicates=rule)))
    lines = printed({**from_profile(profile(DEFAULT)), "duplicate_rule": rule.value}, profile(DEFAULT), first=False)
    at = next(n for n, line in enumerate(lines) if line.label == "同一位业主投了几张票")
    assert (lines[at].value, lines[at + 1].label) == (
        DUPLICATES[rule.value],
        "共有人投得不一样，或者有一位截止前书面异议",
    )
    assert "同一户" not in lines[at].label and "无效" in str(lines[at + 1].value)


@pytest.mark.parametrize("place", [one.key for one in profiles()])
@pytest.mark.parametrize("first", [True, False])
def test_each_rule_of_the_notice_names_what_it_comes_from(place, first):
    rules = from_profile(profile(place))
    for line in printed(rules, profile(place), first=first):
        assert line.sources and not any(
            "默认" in source or ("议事规则；" in source and first) for source in line.sources
        )
    assert "默认" not in profile(place).source


@pytest.mark.parametrize("first", [True, False])
def test_who_types_a_telephoned_ballot_comes_from_the_place_and_never_from_the_owners(first):
    national = profile(DEFAULT)
    local = replace(
        national,
        source="某市物业管理条例",
        own=frozenset({"phone_entry"}),
        values={**national.values, "phone_entry": True},
    )
    for given, source in ((national, "当地没有规定可以代录"), (local, "某市物业管理条例")):
        line = next(
            one for one in printed(from_profile(given), given, first=first) if one.label == LABELS["phone_entry"]
        )
        assert line.sources == (source,)


def test_a_value_that_no_law_has_is_said_to_be_unwritten():
    assert profile("beijing").cite("official_evote_required") == profile("beijing").source
    assert profile("beijing").cite("notice_days") == "物业管理条例第十四条"
    assert profile("beijing").cite("proxy_cap") == UNWRITTEN
    assert profile("weifang").cite("proxy_cap") == profile("weifang").source


def test_one_thing_has_one_name_on_the_notice():
    page = press.html(session_notice(SESSION))
    assert "密钥纸" in page and "票箱封签" in page and "钥匙" not in page and "票据日志" not in page


def test_the_notice_says_what_each_item_costs():
    assert "合同三年，1.65元/平方米·月" in press.html(session_notice(SESSION))


def test_three_items_fit_one_page():
    assert len(read(ballots(VOTE, [PAPER])).pages) == 1
    assert len(read(ballots(VOTE, [PAPER], large=True)).pages) == 2


def test_ballots_are_one_file_in_order():
    found = ballots(VOTE, [replace(PAPER, number=f"K{at}") for at in range(5)])
    assert [f"K{at}" in page.extract_text() for at, page in enumerate(read(found).pages)] == [True] * 5
    assert text_of(found).count("𠮷某") == 5


def test_register_masks_whatever_it_is_given():
    page = press.html(register(REGISTER))
    assert "张*、欧阳*" in page and "张某甲" not in page
    assert press.tables(register(REGISTER))[0].rows[0][2] == "张*、欧阳*"
    already = replace(ROW, owners=("张*", "欧阳*"))
    assert "张*、欧阳*" in press.html(register(replace(REGISTER, rows=[already])))


def test_register_before_it_is_frozen_has_no_fingerprint():
    page = press.html(register(replace(REGISTER, frozen=False, opens=date(2026, 3, 1), closes=date(2026, 3, 16))))
    assert "公示稿" in page and "指纹" not in page and "（15天）" in page


def test_delivery_register_outside_is_masked():
    assert masked([HANDED])[0].owners == ["张*"]


def test_count_sheet_says_why_more_ballots_came_than_owners_voted():
    voted = max(one.participating.persons for one in COUNTED.items)
    fewer = count_sheet(replace(COUNTED, elections=(), on_paper=voted, online=0))
    more = count_sheet(replace(COUNTED, elections=(), on_paper=voted, online=4))
    said = f"收回 {voted + 4:,} 张，参与表决的 {voted:,} 位"
    assert said in press.html(more) and "合起来算一位" not in press.html(fewer)


def test_count_sheet_shows_each_comparison():
    page = press.html(count_sheet(COUNTED))
    assert "3 × 52,100.44 = 156,301.32 ≥ 2 × 68,412.36 = 136,824.72（76.16%），达到" in page
    assert "4 × 372 = 1,488 &lt; 3 × 497 = 1,491（74.85%），未达到" in page
    assert page.count("法定结果：<b>") == 2 and "抽签：王某甲、赵某并列" in page and "K1" in page


def test_differing_results_carry_the_risk():
    changed = replace(SHORT, also=Result.PASSED)
    for page in (press.html(count_sheet(replace(COUNTED, items=(changed,)))), press.html(result_notice(replace(RESULT, items=(changed,))))):  # fmt: skip
        assert "法律风险" in page
    assert "法律风险" not in press.html(count_sheet(COUNTED))


def test_result_has_fraction_and_percent():
    page = press.html(result_notice(RESULT))
    assert "497/652（76.23%）" in page and "39,000.12/52,100.44（74.86%）" in page
    assert "当选：王某甲" in page and "2026年4月8日（含当天）以前" in page


def test_share_is_as_the_kernel_made_it():
    made = shares.make("s1").sheets[0]
    page = press.html(
        share_sheet(
            ShareSheet(
                compound="柳溪苑",
                session="一",
                place=made.place,
                holder="",
                role="主持人",
                text=made.text,
                made_at=CLOSES,
            )
        )
    )
    first, second = made.text[:19], made.text[20:]
    assert f"<code>{first}</code><br><code>{second}</code>" in page


def test_spreadsheets():
    named = {name: [table.name for table in press.tables(sheet)] for name, sheet in SHEETS.items()}
    assert named["register"] == ["投票人名册"] and named["delivery"] == ["送达登记"] and named["filing"] == ["备案材料"]
    assert named["count"] == ["概况", WON.title, SHORT.title, CHOSEN.title, "无效票", "重复投票"]
    assert press.xlsx(SHEETS["count"]).startswith(b"PK")


def test_numerals():
    assert [common.numeral(n) for n in (1, 9, 10, 11, 20, 21, 99)] == ["一", "九", "十", "十一", "二十", "二十一", "九十九"]  # fmt: skip


def test_paper_is_a_value():
    assert isinstance(SHEETS["ballot"], Paper) and ballot(VOTE, PAPER) == SHEETS["ballot"]


@pytest.mark.soak
def test_a_thousand_ballots_in_a_minute():
    """Processor time: how long it takes beside others is the others' affair. Issue 4, item 10."""
    pile = [
        replace(PAPER, number=f"K{at:03d}-90QX", link=f"https://linli.example/b/K{at:03d}90QX") for at in range(1000)
    ]
    start = time.process_time()
    found = ballots(VOTE, pile)
    assert time.process_time() - start < 60
    assert len(read(found).pages) == 1000
