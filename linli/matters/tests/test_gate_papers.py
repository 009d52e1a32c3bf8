"""What a yes does not replace: permit, assessment, opinions (domain §4.8, §6.5). Work waits for them too."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Gate, GatePaper
from linli.matters.queries.gates import gates_of
from linli.matters.queries.recount import differences
from linli.matters.rules import gates
from linli.matters.rules.gates import LACKS, NO, Decider, Paper, Planned
from linli.matters.rules.states import Act, Who
from linli.matters.services import gates as verbs
from linli.matters.services import plans
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from .gating import DAY, PDF, again, decided, paper, put

WANTED = {
    "structure": ["planning"], "gift": ["privacy"], "gift_by_covenant": ["privacy"], "traffic": ["police", "fire"],
    "traffic_by_rules": ["police", "fire"], "fund_emergency": ["confirm", "acceptance", "audit", "posted"],
}  # fmt: skip


@pytest.mark.parametrize("planned", Planned)
def test_which_papers_the_domain_asks_for(planned):
    assert gates.lacking(planned, {}) == WANTED.get(planned, [])
    assert gates.lacking(planned, dict.fromkeys(Paper, "passed")) == []
    assert gates.lacking(planned, dict.fromkeys(Paper, "failed")) == WANTED.get(planned, [])
    assert set(gates.PAPER_NAMES) == set(gates.PAPER_SOURCES) == set(Paper)


def test_shown_after_what_is_undecided_and_a_no():
    assert gates.shown([("gift", "passed", True)]) == "+gift" and gates.shown([("gift", "passed", False)]) == ""
    assert gates.shown([("gift", "", True)]) == "gift"
    assert gates.shown([("gift", "passed", True), ("fund", "failed", False)]) == "!fund"


@pytest.mark.parametrize(("act", "urgency"), list(product(Act, ["emergency", "urgent", "normal", "project"])))
def test_missing_papers_hold_up_what_an_open_gate_holds_up(act, urgency):
    open_gate = gates.blocks(act, "structure", urgency=urgency)
    missing = gates.blocks(act, LACKS + "structure", urgency=urgency)
    assert (open_gate is None) is (missing is None)
    if act == Act.RESOLVE:
        assert (missing.key, missing.article) == ("gate_papers", "城乡规划法第40条")


def test_for_whom_it_waits():
    assert [gates.party(LACKS + p) for p in ("structure", "traffic", "gift")] == ["committee", "community", "committee"]
    assert [gates.pause_reason(g) for g in ("structure", "+structure", "+traffic", "+gift", NO + "structure", "")] == [
        "vote", "agency", "agency", "vote", "vote", "vote",
    ]  # fmt: skip


@pytest.mark.parametrize(("decider", "role", "who"), list(product(Decider, Role, [None, *Who])))
def test_brought_by_who_records_the_decision_or_the_community(decider, role, who):
    parts = frozenset({who} if who else ())
    for kind in Paper:
        records = gates.refuse_decide(decider, role, True) is None
        brings = role == Role.SUBDISTRICT_OFFICER if kind == Paper.CONFIRM else records
        may = who == Who.COMMUNITY or who is not None and brings
        assert (gates.refuse_paper(kind, decider, role, parts) is None) is may


@pytest.fixture
def lift(place, owner, desk, engineer):
    return makers.in_progress(
        place, owner, desk, engineer, "想加装电梯", category="0107", urgency="project", level="compound"
    )


def asked(m, by):
    m = plans.verify(by=by, matter=plans.open_plan(by=by, matter=m, kind="traffic", at=NOW), counted="堵 9", at=NOW)
    return plans.add_opinion(by=by, matter=m, voice="round", who="全体住户", asked=186, agree=151, against=14, at=NOW)


def bring(m, by, kind="planning", result="passed", **more):
    gate = next((g for g in gates_of(m) if kind in gates.PAPERS.get(Planned(g.planned), ())), None)
    given = {"body": "自然资源局", "day": DAY, "reference": "建字第 12 号", "papers": paper(), "at": NOW, **more}
    return verbs.add_paper(**{"by": by, "matter": m, "gate": gate, "kind": kind, "result": result, **given})


@pytest.mark.django_db
class TestWaiting:
    def test_the_owners_yes_alone_opens_nothing(self, place, chair, engineer, lift):
        m = put(lift, chair, "structure")
        m = verbs.decided_by_owners(
            compound_id=m.compound_id, matter_id=m.pk, matter_no=7, passed=True, day=DAY, reference="第 1 次", paper=("r.pdf", PDF), at=NOW
        )  # fmt: skip
        assert (m.state, m.gate, m.pause_reason, m.turn) == ("suspended", "+structure", "agency", "committee")
        with pytest.raises(Refused, match="规划许可还没有下来，不能动工") as no:
            services.resume(by=engineer, matter=m, at=NOW)
        assert no.value.refusal.article == "城乡规划法第40条"
        m = bring(m, chair)
        assert (m.state, m.gate, m.turn) == ("in_progress", "", "property")
        assert services.resolve(by=engineer, matter=m, words="装好了", evidence=True, at=NOW).state == "resolved"
        assert not differences(place.compound.pk).counts

    def test_after_the_review_day_nobody_begins_either(self, chair, engineer, lift):
        m = decided(put(lift, chair, "structure"), chair)
        tasks.resume_suspended(NOW + timedelta(days=31))
        m = again(m)
        assert m.state == "in_progress"
        for verb, given in ((services.resolve, {"words": "装好了", "evidence": True}), (services.arrive, {})):
            with pytest.raises(Refused, match="规划许可"):
                verb(by=engineer, matter=m, at=NOW + timedelta(days=31), **given)

    def test_papers_may_come_before_the_vote(self, chair, lift):
        m = bring(put(lift, chair, "structure"), chair)
        assert (m.gate, m.state) == ("structure", "suspended")
        assert decided(m, chair).gate == ""

    def test_both_opinions_and_both_in_favour(self, place, secretary, chair, lift):
        m = put(lift, chair, "traffic")
        with pytest.raises(Refused, match="先问过居民") as no:
            decided(m, secretary, body="议事会", posted_on=DAY, papers=[])
        assert no.value.field == "result"
        m = decided(asked(m, chair), secretary, body="议事会", posted_on=DAY, papers=[])
        assert (m.gate, m.pause_reason, m.turn) == ("+traffic", "agency", "community")
        m = bring(m, secretary, "police", body="交警中队")
        m = bring(m, secretary, "fire", "failed", body="消防救援站", at=NOW + timedelta(minutes=1))
        assert m.gate == "+traffic"
        m = bring(m, secretary, "fire", body="消防救援站", reference="复函", at=NOW + timedelta(minutes=2))
        assert (m.gate, m.state) == ("", "in_progress")
        m = bring(m, secretary, "fire", "failed", body="消防救援站", at=NOW + timedelta(minutes=3))
        assert m.gate == "+traffic"
        with pytest.raises(TypeError):
            GatePaper.objects.filter(compound=place.compound).first().save()

    def test_who_must_bring_them_hears_and_is_reminded(self, place, desk, chair, secretary, lift):
        place.post(Role.COMMUNITY_SECRETARY)
        m = decided(asked(put(lift, desk, "traffic"), chair), secretary, body="议事会", posted_on=DAY, papers=[])
        bring(m, chair, "police", body="交警中队")
        tasks.run_gates(at(31, 17, 30))
        mine = Message.objects.filter(compound=place.compound, account_id=secretary.account_id)
        assert f"第 {m.label} 号还缺消防的意见，已经 7 天：小区里的车怎么走" in mine.filter(
            kind="gate_remind"
        ).values_list("title", flat=True)
        told = Message.objects.filter(compound=place.compound, kind="gate_turn").values_list("title", flat=True)
        assert f"第 {m.label} 号还缺交警的意见、消防的意见：小区里的车怎么走" in told

    def test_papers_of_an_earlier_plan_do_not_count(self, chair, lift):
        m = bring(put(lift, chair, "structure"), chair)
        m = decided(m, chair, "failed")
        m = verbs.ask_anew(by=chair, matter=m, at=NOW + timedelta(days=1))
        assert decided(m, chair, at=NOW + timedelta(days=2)).gate == "+structure"

    def test_the_next_body_is_in_turn_when_the_first_has_decided(self, place, chair, lift):
        m = put(put(lift, chair, "structure"), chair, "traffic")
        assert m.turn == "committee"
        m = bring(decided(m, chair), chair)
        assert (m.gate, m.turn, m.pause_reason) == ("traffic", "community", "vote")
        assert not differences(place.compound.pk).counts


@pytest.mark.django_db
class TestBringing:
    @pytest.mark.parametrize(
        ("missing", "field"),
        [({"result": ""}, "result"), ({"body": " "}, "body"), ({"day": None}, "day"), ({"day": date(2026, 3, 25)}, "day"), ({"reference": ""}, "reference"), ({"papers": []}, "papers"), ({"kind": "fire"}, "which")],
    )  # fmt: skip
    def test_a_paper_is_whole(self, chair, lift, missing, field):
        m = put(lift, chair, "structure")
        with pytest.raises(Refused) as no:
            bring(m, chair, **missing)
        assert no.value.field == field and not GatePaper.objects.filter(compound=m.compound_id).exists()

    def test_sent_twice_it_is_there_once(self, place, chair, lift):
        once, m = uuid7(), put(lift, chair, "structure")
        for _ in range(2):
            bring(m, chair, once=once)
        assert GatePaper.objects.filter(compound=place.compound).count() == 1
        entry = AuditEntry.objects.get(compound=place.compound, act="gate_paper")
        assert (entry.role, entry.data["kind"], entry.data["reference"]) == (
            "committee_chair",
            "planning",
            "建字第 12 号",
        )

    def test_only_where_the_gate_wants_one_and_the_matter_is_open(self, place, owner, chair, lift):
        m = put(lift, chair, "fund")
        with pytest.raises(Refused, match="哪一份"):
            bring(m, chair, gate=gates_of(m)[0])
        other = put(place.matter(owner, "车太乱"), chair, "structure")
        with pytest.raises(Refused, match="哪一份"):
            verbs.add_paper(
                by=chair, matter=m, gate=gates_of(other)[0], kind="planning", result="passed", body="局", day=DAY, reference="1", papers=paper(), at=NOW
            )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
class TestPages:
    def test_the_matter_says_what_is_missing_and_takes_it(self, place, owner, chair, engineer, lift):
        m = decided(put(lift, chair, "structure"), chair)
        page, act = (
            reverse("matters:matter", args=[place.slug, m.number]),
            reverse("matters:act", args=[place.slug, m.number, "gate_paper"]),
        )
        browser = place.client(chair)
        shown = browser.get(page).content.decode()
        assert "已经决定，文书齐了才能动工" in shown and "规划许可（城乡规划法第40条）" in shown and act in shown
        for by in (owner, engineer):
            words = place.client(by).get(page).content.decode()
            assert "还缺" in words and act not in words
        gate = Gate.objects.get(compound=place.compound)
        given = {"which": f"{gate.pk}:planning", "result": "passed", "body": "自然资源局", "day": "2026-03-20", "reference": "建字第 12 号"}  # fmt: skip
        bare = browser.post(act, given)
        assert (
            bare.status_code == 422
            and "建字第 12 号" in bare.content.decode()
            and "请附上文书" in bare.content.decode()
        )
        assert browser.post(act, {**given, "which": "x"}).status_code == 422
        file = SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf")
        assert browser.post(act, {**given, "papers": file}).status_code == 302
        told = place.client(owner).get(page).content.decode()
        assert "已经决定，可以动工" in told and "规划许可，自然资源局同意（建字第 12 号）" in told

    @pytest.mark.parametrize("state", ["undecided", "lacking", "failed", "withdrawn"])
    def test_post_by_state_by_compound(self, place, owner, state):
        chair = place.post(Role.COMMITTEE_CHAIR)
        m = put(place.matter(owner, "想加装电梯"), chair, "structure")
        if state == "withdrawn":
            m = services.withdraw(by=owner, matter=m, words="不用了", at=NOW)
        elif state != "undecided":
            m = decided(m, chair, "passed" if state == "lacking" else "failed")
        may = {
            "committee_chair",
            "committee_vice_chair",
            "pmc_chair",
            "subdistrict_officer",
            "community_secretary",
            "community_worker",
        }
        other = makers.compound("other")
        for role in (
            Role.COMMITTEE_CHAIR,
            Role.COMMUNITY_WORKER,
            Role.PROPERTY_MANAGER,
            Role.FRONT_DESK,
            Role.ENGINEER,
            Role.COMMITTEE_MEMBER,
        ):
            for home in (place, other):
                by = home.post(role)
                if home is place and role in may and state != "withdrawn":
                    bring(m, by)
                    continue
                if home is place:
                    with pytest.raises(Refused):
                        bring(m, by)
                stranger = home.client(by).get(reverse("matters:act", args=[place.slug, m.number, "gate_paper"]))
                assert stranger.status_code == (302 if home is place else 404)
        with pytest.raises(Refused):
            bring(m, owner)


@pytest.mark.django_db
class TestEmergencyRoute:
    """§5.8: repaired at once; the fund pays once the plan is confirmed; acceptance, audit and posting come after."""

    @pytest.fixture
    def wall(self, place, owner, desk, engineer, chair):
        m = makers.in_progress(place, owner, desk, engineer, "外墙砖要掉了", category="0105", urgency="normal")
        return put(m, chair, "fund_emergency")

    def test_the_fund_pays_what_the_community_confirmed(self, place, engineer, chair, desk, wall):
        office = Organisation.objects.create(
            kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=place.compound.community.subdistrict
        )
        worker, officer = place.post(Role.COMMUNITY_WORKER), place.post(Role.SUBDISTRICT_OFFICER, body=office)
        with pytest.raises(Refused, match="方案要先由社区或街道确认") as no:
            paid(engineer, wall)
        assert (no.value.refusal.key, no.value.field) == ("fund_without_confirm", "paid_by")
        for by in (chair, desk, engineer):
            with pytest.raises(Refused, match="不归您办"):
                bring(wall, by, "confirm", body="柳溪社区")
        m = bring(wall, officer, "confirm", "failed", body="临溪街道")
        with pytest.raises(Refused, match="方案要先由社区或街道确认"):
            paid(engineer, m)
        m = bring(m, worker, "confirm", body="柳溪社区", at=NOW + timedelta(minutes=1))
        entry = AuditEntry.objects.filter(compound=place.compound, act="gate_paper").order_by("-id")[0]
        assert (entry.account_id, entry.data["kind"], entry.data["body"]) == (worker.account_id, "confirm", "柳溪社区")
        assert GatePaper.objects.filter(compound=place.compound, kind="confirm", result="passed").get().paper.name
        assert paid(engineer, checked(m, chair)).state == "resolved"

    def test_and_what_the_committee_checked_where_there_is_one(self, place, engineer, chair, wall):
        m = bring(wall, place.post(Role.COMMUNITY_WORKER), "confirm", body="柳溪社区")
        with pytest.raises(Refused, match="方案要先由业委会审核") as no:
            paid(engineer, m)
        assert (no.value.refusal.article, no.value.field) == ("维修资金应急使用", "paid_by")
        Organisation.objects.filter(compound=place.compound, kind=Body.COMMITTEE).update(ended_on=date(2026, 3, 1))
        assert paid(engineer, m).state == "resolved"

    def test_the_committee_is_reminded_of_what_comes_after_until_it_is_there(self, place, owner, engineer, chair, wall):
        worker = place.post(Role.COMMUNITY_WORKER)
        m = paid(engineer, checked(bring(wall, worker, "confirm", body="柳溪社区"), chair))
        services.confirm(by=owner, matter=m, at=at(25))
        told = Message.objects.filter(compound=place.compound, account_id=chair.account_id, kind="gate_remind")
        tasks.run_gates(at(30, 17, 30))
        assert not told.exists()
        for _again in range(2):
            tasks.run_gates(at(31, 17, 30))
        assert told.get().title == f"第 {m.label} 号还缺验收、审核、公示，已经 7 天：紧急抢修，用维修资金"
        for kind in ("acceptance", "audit"):
            bring(m, chair, kind, body="业委会", at=at(31, 18))
        tasks.run_gates(at(31, 17, 30) + timedelta(days=10))
        assert told.order_by("id").last().title.startswith(f"第 {m.label} 号还缺公示，已经 17 天")
        bring(m, chair, "posted", body="业委会", at=at(31, 18) + timedelta(days=10))
        tasks.run_gates(at(31) + timedelta(days=60))
        assert told.count() == 2 and Gate.objects.get(compound=place.compound).next_at is None

    def test_nobody_is_reminded_where_another_paid(self, place, engineer, chair, wall):
        services.resolve(by=engineer, matter=wall, words="补好了", cost_fen=100, paid_by="物业", evidence=True, at=NOW)
        assert Gate.objects.get(compound=place.compound).next_at is None

    def test_what_was_posted_stands_a_week_before_nobody_objected(self, chair, wall):
        with pytest.raises(Refused, match="公示满 7 天") as no:
            bring(wall, chair, "posted", body="业委会", day=date(2026, 3, 18))
        assert no.value.field == "day"
        bring(wall, chair, "posted", "failed", body="业委会", day=date(2026, 3, 18))
        bring(wall, chair, "posted", body="业委会", day=date(2026, 3, 17))

    def test_a_no_of_the_committee_holds_the_money(self, place, engineer, chair, wall):
        m = bring(wall, place.post(Role.COMMUNITY_WORKER), "confirm", body="柳溪社区")
        m = decided(m, chair, "failed", body="业委会")
        with pytest.raises(Refused, match="动用维修资金要先由业主表决通过"):
            paid(engineer, m)

    def test_the_rest_comes_when_it_is_long_repaired(self, place, owner, engineer, chair, wall):
        worker = place.post(Role.COMMUNITY_WORKER)
        m = paid(engineer, checked(bring(wall, worker, "confirm", body="柳溪社区"), chair))
        m = services.confirm(by=owner, matter=m, at=at(25))
        for n, kind in enumerate(("acceptance", "audit", "posted")):
            bring(m, chair, kind, body="业委会", at=at(26 + n))
        assert again(m).state == "closed" and not differences(place.compound.pk).counts
        shown = place.client(worker).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
        assert "业委会：合格" in shown and "业委会：没有异议" in shown and "还缺" not in shown

    @pytest.mark.usefixtures("_at_ten")
    def test_each_is_offered_what_is_theirs(self, place, chair, wall):
        worker = place.post(Role.COMMUNITY_WORKER)
        act = reverse("matters:act", args=[place.slug, wall.number, "gate_paper"])
        whole, part = (place.client(by).get(act).content.decode() for by in (worker, chair))
        assert "社区或街道确认方案" in whole and "同意、合格、没有异议" in whole
        assert "社区或街道确认方案" not in part and "验收" in part
        page = reverse("matters:matter", args=[place.slug, wall.number])
        shown = place.client(worker).get(page).content.decode()
        assert "社区或街道确认方案（维修资金应急使用）" in shown and shown.count("还缺") == 4

    def test_the_community_hears_that_it_is_to_confirm(self, place, owner, desk, engineer, secretary, chair):
        m = makers.in_progress(place, owner, desk, engineer, "外墙砖要掉了", category="0105", urgency="normal")
        m = put(m, chair, "fund_emergency")
        told = Message.objects.filter(compound=place.compound, account_id=secretary.account_id, kind="gate_turn")
        assert told.get().title == f"第 {m.label} 号应急用维修资金，请确认方案、记下文书"


def checked(m, chair):
    return decided(m, chair, body="业委会", reference="业委会第 3 次会议")


def paid(by, m):
    return services.resolve(
        by=by, matter=m, words="补好了", cost_fen=30_000_000, paid_by="维修资金", evidence=True, at=NOW
    )
