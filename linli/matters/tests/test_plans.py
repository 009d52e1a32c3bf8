"""A project on a matter (M1) and a traffic plan (M35): its line of steps, what each needs, and the gate before the work."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import MatterPaper, Plan, PlanOption
from linli.matters.queries.gates import decisions_of, gates_of
from linli.matters.queries.plans import options_of, plan_of, ways_of
from linli.matters.rules import plans
from linli.matters.rules.plans import Kind, Step
from linli.matters.rules.states import Who
from linli.matters.services import gates as deciding
from linli.matters.services import plans as verbs
from linli.matters.services.papers import ready
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.notices.models import Message, Posting
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

# Of M1, in its order; "decided" comes from the gate alone.
LINE = {
    "plan_verify": ({"raised", "verified"}, "verified"), "plan_option": ({"verified", "options"}, "options"),
    "plan_choose": ({"options"}, "negotiated"), "plan_install": ({"negotiated"}, "installed"),
    "plan_use": ({"installed"}, "in_use"), "plan_report": ({"in_use"}, "reported"),
    "plan_opinion": ({"verified", "options"}, None), "plan_way": ({"verified", "options", "negotiated"}, None),
}  # fmt: skip
TRAFFIC_ALONE = {"plan_opinion", "plan_way"}
BY_HANDS = {"plan_install", "plan_use"}


@pytest.mark.parametrize(("act", "step"), list(product(plans.TABLE, Step)))
def test_step_by_step(act, step):
    froms, to = LINE[act]
    for kind, who in product(Kind, Who):
        may = step in froms and (kind == "traffic" or act not in TRAFFIC_ALONE)
        may = may and who in {"committee", "community"} | ({"handler"} if act in BY_HANDS else set())
        assert (plans.refuse(act, kind, step, frozenset({who})) is None) is may
    assert plans.TABLE[act].to == to


def test_every_kind_names_every_step():
    assert all(list(steps) == list(Step) for steps in plans.STEPS.values())


@pytest.mark.parametrize(
    ("text", "found"),
    [("电动车 320\n充电口：24", [("电动车", 320), ("充电口", 24)]), ("电动车320", [("电动车", 320)]), ("", None), ("很多车", None), ("320", None), ("车 12345678", None)],
)  # fmt: skip
def test_counts(text, found):
    assert plans.counts(text) == found


@pytest.fixture
def charging(place, owner, desk, engineer):
    return makers.in_progress(
        place, owner, desk, engineer, "充电桩太少", category="0501", urgency="project", level="compound"
    )


def quote(name="报价.pdf"):
    return ready([SimpleUploadedFile(name, b"%PDF-1.4 " + name.encode())])


def begun(m, by, kind="works"):
    m = verbs.open_plan(by=by, matter=m, kind=kind, at=NOW)
    return verbs.verify(by=by, matter=m, counted="电动车 320\n充电口 24", at=NOW)


def chosen(m, by):
    m = verbs.add_option(
        by=by,
        matter=begun(m, by),
        site="东门车棚旁",
        supplier="甲公司",
        price_fen=4_800_000,
        power_kw=40,
        papers=quote(),
        at=NOW,
    )
    m = verbs.add_option(by=by, matter=m, site="西墙边", supplier="乙公司", price_fen=3_900_000, power_kw=30, at=NOW)
    return verbs.choose(by=by, matter=m, option=options_of(plan_of(m))[0], words="物业接电，商家包三年维修", at=NOW)


def passed(m, by):
    if not gates_of(m):
        m = deciding.set_gate(by=by, matter=m, planned="common_land", review_at=NOW + timedelta(days=30), at=NOW)
    return deciding.decide(
        by=by, matter=m, gate=gates_of(m)[0], result="passed", body="业主大会", day=date(2026, 3, 20), reference="第 1 次", papers=quote("结果.pdf"),
        at=NOW,
    )  # fmt: skip


@pytest.mark.django_db
class TestWorks:
    def test_from_the_count_to_the_draft_notice(self, place, chair, engineer, charging):
        m = passed(chosen(charging, chair), chair)
        m = verbs.install(by=engineer, matter=m, at=NOW)
        m = verbs.put_in_use(by=engineer, matter=m, counted="充电口 64", at=NOW)
        once = uuid7()
        m = verbs.report_back(by=chair, matter=m, words="新充电口能用了", at=NOW, once=once)
        verbs.report_back(by=chair, matter=m, words="新充电口能用了", at=NOW, once=once)
        plan = Plan.objects.get(compound=place.compound)
        assert (plan.step, plan.before, plan.after) == ("reported", [["电动车", 320], ["充电口", 24]], [["充电口", 64]])
        row = Posting.objects.get(compound=place.compound)
        assert (row.state, row.by_body_id) == ("draft", chair.body_id)
        assert row.body.splitlines() == [
            "新充电口能用了", "原来：电动车 320，充电口 24", "现在：充电口 64", "选的方案：东门车棚旁，48,000 元",
        ]  # fmt: skip

    def test_nothing_is_installed_before_it_is_decided(self, chair, engineer, charging):
        m = chosen(charging, chair)
        with pytest.raises(Refused, match="先定好动工前谁决定"):
            verbs.install(by=engineer, matter=m, at=NOW)
        m = deciding.set_gate(by=chair, matter=m, planned="common_land", review_at=NOW + timedelta(days=30), at=NOW)
        with pytest.raises(Refused, match="业主大会还没有表决"):
            verbs.install(by=engineer, matter=m, at=NOW)
        assert plan_of(verbs.install(by=engineer, matter=passed(m, chair), at=NOW)).step == "installed"

    def test_who_may_not(self, owner, desk, engineer, chair, charging):
        for by in (owner, desk, engineer):
            with pytest.raises(Refused, match="不归您办"):
                verbs.open_plan(by=by, matter=charging, kind="works", at=NOW)
        m = begun(charging, chair)
        for by in (owner, desk, engineer):
            with pytest.raises(Refused, match="不归您办"):
                verbs.add_option(by=by, matter=m, site="哪里", at=NOW)
        with pytest.raises(Refused):
            verbs.open_plan(by=chair, matter=m, kind="works", at=NOW)

    def test_option_of_another_project_is_not_chosen(self, place, owner, chair, charging):
        other = verbs.add_option(by=chair, matter=begun(place.matter(owner), chair), site="别处", at=NOW)
        m = verbs.add_option(by=chair, matter=begun(charging, chair), site="这里", at=NOW)
        with pytest.raises(Refused, match="请选一个方案"):
            verbs.choose(by=chair, matter=m, option=options_of(plan_of(other))[0], words="好", at=NOW)

    def test_the_same_quotation_is_kept_once(self, place, chair, charging):
        m = begun(charging, chair)
        for site in ("东", "西"):
            m = verbs.add_option(by=chair, matter=m, site=site, papers=quote() + quote(), at=NOW)
        assert (MatterPaper.objects.filter(compound=place.compound).count(), PlanOption.objects.count()) == (1, 2)

    def refused(self, m, chair):
        m = deciding.set_gate(by=chair, matter=m, planned="common_land", review_at=NOW + timedelta(days=30), at=NOW)
        return deciding.decide(
            by=chair, matter=m, gate=gates_of(m)[0], result="failed", body="业主大会", day=date(2026, 3, 20), reference="第 1 次", papers=quote("结果.pdf"),
            at=NOW,
        )  # fmt: skip

    def test_after_a_no_another_option_is_chosen_and_decided_anew(self, place, chair, engineer, charging):
        m = self.refused(chosen(charging, chair), chair)
        assert (m.state, plan_of(m).step) == ("in_progress", "negotiated")
        later = NOW + timedelta(days=1)
        m = verbs.add_option(by=chair, matter=m, site="北门外", at=later)
        assert plan_of(m).step == "options"
        once = uuid7()
        for _ in range(2):
            m = verbs.choose(
                by=chair, matter=m, option=options_of(plan_of(m))[2], words="不占草地", at=later, once=once
            )
        gate = gates_of(m)[0]
        assert (m.state, m.gate, m.review_at, gate.result) == (
            "suspended",
            "common_land",
            later + timedelta(days=30),
            "",
        )
        with pytest.raises(Refused, match="业主大会还没有表决"):
            verbs.install(by=engineer, matter=m, at=later)
        m = deciding.decide(
            by=chair, matter=m, gate=gate, result="passed", body="业主大会", day=date(2026, 3, 25), reference="第 2 次", papers=quote("第二次.pdf"),
            at=NOW + timedelta(days=2),
        )  # fmt: skip
        said = decisions_of(gates_of(m))[gate.pk]
        assert [(one.result, one.corrects_id) for one in said] == [("failed", None), ("passed", None)]
        assert plan_of(verbs.install(by=engineer, matter=m, at=NOW + timedelta(days=3))).step == "installed"
        turns = Message.objects.filter(compound=place.compound, kind="gate_set", title__contains="换了方案")
        assert turns.count() == 1

    def test_one_of_the_options_that_were_there_may_be_put_instead(self, chair, charging):
        m = self.refused(chosen(charging, chair), chair)
        m = verbs.choose(by=chair, matter=m, option=options_of(plan_of(m))[1], words="换乙公司", at=NOW)
        assert (plan_of(m).chosen.site, m.gate, m.state) == ("西墙边", "common_land", "suspended")

    def test_without_a_no_what_is_chosen_stays(self, chair, charging):
        m = chosen(charging, chair)
        for more in (lambda: verbs.add_option(by=chair, matter=m, site="北门外", at=NOW), lambda: verbs.choose(by=chair, matter=m, option=options_of(plan_of(m))[1], words="换", at=NOW)):  # fmt: skip
            with pytest.raises(Refused, match="已经变了"):
                more()

    def test_who_takes_it_up_is_the_first_receiver_and_named(self, place, owner, desk, chair, charging):
        assert charging.first_receiver.kind == "property_company"
        m = verbs.open_plan(by=chair, matter=charging, kind="works", at=NOW)
        assert (m.first_receiver_id, plan_of(m).post_id) == (chair.body_id, chair.role_id)
        opened = AuditEntry.objects.get(compound=place.compound, subject_id=m.pk, act="plan_open")
        assert opened.data["first_receiver_before"] == charging.first_receiver.name
        early = verbs.open_plan(by=chair, matter=place.matter(owner, "路太窄"), kind="works", at=NOW)
        early = services.triage(by=desk, matter=early, category="0405", level="compound", urgency="project", at=NOW)
        assert early.first_receiver_id == chair.body_id


@pytest.mark.django_db
class TestTraffic:
    def test_asked_decided_tried_and_looked_at(self, place, owner, chair, secretary, engineer, desk):
        m = makers.in_progress(
            place, owner, desk, engineer, "南门口天天堵", category="0405", urgency="project", level="compound"
        )
        m = verbs.verify(
            by=chair, matter=verbs.open_plan(by=chair, matter=m, kind="traffic", at=NOW), counted="早高峰堵 5", at=NOW
        )
        m = verbs.add_opinion(by=chair, matter=m, voice="agency", who="消防救援大队", words="南门留出消防车道", at=NOW)
        m = verbs.add_option(by=chair, matter=m, site="南门只进不出", at=NOW)
        option = options_of(plan_of(m))[0]
        with pytest.raises(Refused, match="先问过居民"):
            verbs.choose(by=chair, matter=m, option=option, words="照此办", at=NOW)
        with pytest.raises(Refused, match="不会比问的人多"):
            verbs.add_opinion(by=chair, matter=m, voice="round", who="全体业主", asked=10, agree=8, against=3, at=NOW)
        m = verbs.add_opinion(
            by=chair, matter=m, voice="round", who="全体业主", asked=180, agree=150, against=12, at=NOW
        )
        for direction in ("both", "in"):
            m = verbs.set_way(by=chair, matter=m, way_in="南门", direction=direction, hours="7:00-9:00", at=NOW)
        assert [(w.way_in, w.direction) for w in ways_of(plan_of(m))] == [("南门", "in")]
        m = verbs.choose(by=chair, matter=m, option=option, words="照此办", at=NOW)
        m = deciding.set_gate(by=chair, matter=m, planned="traffic", review_at=NOW + timedelta(days=20), at=NOW)
        m = deciding.decide(
            by=secretary, matter=m, gate=gates_of(m)[0], result="passed", body="议事会", day=date(2026, 3, 20), reference="纪要 3", posted_on=date(2026, 3, 21),
            at=NOW,
        )  # fmt: skip
        with pytest.raises(Refused, match="交警、消防的意见还没有齐"):
            verbs.install(by=engineer, matter=m, at=NOW)
        for kind in ("police", "fire"):
            m = deciding.add_paper(
                by=secretary, matter=m, gate=gates_of(m)[0], kind=kind, result="passed", body="部门", day=date(2026, 3, 21), reference="复函",
                papers=quote("意见.pdf"), at=NOW,
            )  # fmt: skip
        m = verbs.install(by=engineer, matter=m, at=NOW)
        with pytest.raises(Refused, match="哪天看效果"):
            verbs.put_in_use(by=chair, matter=m, counted="", at=NOW)
        m = verbs.put_in_use(by=chair, matter=m, counted="", review_on=date(2026, 4, 24), at=NOW)
        with pytest.raises(Refused, match="还在试行"):
            verbs.report_back(by=chair, matter=m, words="不堵了", at=NOW)
        verbs.report_back(by=chair, matter=m, words="不堵了", counted="早高峰堵 1", at=NOW + timedelta(days=32))
        assert "南门：只进不出，7:00-9:00\n问了 180 人，赞成 150，反对 12" in Posting.objects.get().body


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
class TestPages:
    def test_step_by_step_on_the_matter(self, place, owner, chair, charging):
        slug, n = place.slug, charging.number
        browser, page = place.client(chair), reverse("matters:matter", args=[slug, n])

        def act(name):
            return reverse("matters:act", args=[slug, n, name])

        assert act("plan_open") in browser.get(page).content.decode()
        assert act("plan_open") not in place.client(owner).get(page).content.decode()
        assert browser.post(act("plan_open"), {"kind": "works"}).status_code == 302
        assert browser.post(act("plan_verify"), {"counted": "很多车"}).status_code == 422
        assert browser.post(act("plan_verify"), {"counted": "电动车 320"}).status_code == 302
        file = SimpleUploadedFile("报价.pdf", b"%PDF-1.4 x", content_type="application/pdf")
        given = {"site": "东门车棚旁", "supplier": "甲公司", "price_fen": "48000", "power_kw": "40", "papers": file}
        assert browser.post(act("plan_option"), given).status_code == 302
        told = browser.get(page).content.decode()
        assert "48,000 元" in told and "40 千瓦" in told and "报价.pdf" in told
        open_to = place.client(owner).get(page).content.decode()
        assert "东门车棚旁" in open_to and "报价.pdf" not in open_to
        option = PlanOption.objects.get(compound=place.compound)
        assert browser.post(act("plan_choose"), {"option": str(option.pk), "words": "谈好了"}).status_code == 302
        refused = browser.post(act("plan_install"), {})
        assert refused.status_code == 422 and "先定好动工前谁决定" in refused.content.decode()
        assert place.client(owner).get(act("plan_install")).status_code == 302

    def test_after_a_no_the_page_offers_another_option(self, place, chair, charging):
        m = TestWorks().refused(chosen(charging, chair), chair)
        shown = place.client(chair).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
        option, choose = (
            reverse("matters:act", args=[place.slug, m.number, a]) for a in ("plan_option", "plan_choose")
        )
        assert option in shown and choose in shown and "谁牵头办到底" in shown
        second = str(options_of(plan_of(m))[1].pk)
        assert place.client(chair).post(choose, {"option": second, "words": "换乙公司"}).status_code == 302
        assert (
            option
            not in place.client(chair).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
        )

    def test_management_committee_may_take_it_up(self, place, charging):
        pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=place.compound)
        assert plan_of(begun(charging, place.post(Role.PMC_CHAIR, pmc))).step == "verified"
