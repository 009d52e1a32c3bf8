"""A matter at its gate: it waits, those who decide are reminded, what they decided goes on (domain §4.8)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Decision, Gate, MatterPaper
from linli.matters.queries.gates import gates_of
from linli.matters.services import gates as verbs
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import POSTS, Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from .gating import DAY, LATER, PDF, again, decided, paper, put


@pytest.fixture
def charging(place, owner, desk, engineer):
    return makers.in_progress(
        place, owner, desk, engineer, "充电桩太少，下班回来充不上", category="0501", urgency="project", level="compound"
    )


@pytest.mark.django_db
class TestWaiting:
    def test_work_waits_and_the_clock_stops_by_itself(self, place, owner, chair, engineer, charging):
        m = put(charging, chair, once=uuid7())
        assert (m.state, m.pause_reason, m.review_at, m.gate) == ("suspended", "vote", LATER, "common_land")
        assert m.turn == "committee"
        told = Message.objects.filter(compound=place.compound, account_id=owner.account_id).values_list(
            "title", flat=True
        )
        assert f"第 {m.label} 号动工前要由业主大会表决" in told
        with pytest.raises(Refused, match="业主大会还没有表决，不能动工") as no:
            services.resume(by=engineer, matter=m, at=NOW)
        assert no.value.refusal.article == "民法典第278条第8项"

    def test_taken_later_it_waits_at_once(self, place, owner, desk, chair, engineer):
        m = services.triage(
            by=desk, matter=place.matter(owner), category="0501", level="compound", urgency="project", at=NOW
        )
        m = put(m, chair)
        assert m.state == "triaged"
        firm = Organisation.objects.get(pk=engineer.body_id)
        m = services.dispatch(by=desk, matter=m, body=firm, due_at=LATER, at=NOW)
        m = services.take(by=engineer, matter=m, words="先量场地", at=NOW)
        assert (m.state, m.pause_reason) == ("suspended", "vote")

    def test_nobody_reports_it_done_after_the_review_day(self, chair, engineer, charging):
        put(charging, chair)
        tasks.resume_suspended(LATER + timedelta(minutes=1))
        m = again(charging)
        assert m.state == "in_progress"
        for verb, given in ((services.resolve, {"words": "装好了", "evidence": True}), (services.arrive, {})):
            with pytest.raises(Refused, match="业主大会还没有表决"):
                verb(by=engineer, matter=m, at=LATER, **given)
        with pytest.raises(Refused, match="还没有表决"):
            services.resolve(by=engineer, matter=m, words="讲过了", outcome="explained", at=LATER)

    def test_a_second_no_leaves_a_matter_that_stands_for_something_else(self, place, chair, charging):
        m = decided(put(charging, chair), chair, "failed")
        assert m.state == "in_progress"
        m = services.suspend(
            by=place.post(Role.PROPERTY_MANAGER),
            matter=m,
            pause_reason="vote",
            review_at=LATER,
            words="再征求一次",
            at=NOW,
        )
        assert decided(m, chair, "failed").state == "suspended"

    def test_of_two_decisions_the_one_whose_day_is_still_to_come_is_waited_for(self, chair, charging):
        m = put(charging, chair)
        tasks.resume_suspended(LATER + timedelta(minutes=1))
        later = LATER + timedelta(days=30)
        m = verbs.set_gate(
            by=chair, matter=again(m), planned="structure", review_at=later, at=LATER + timedelta(minutes=2)
        )
        assert (m.state, m.review_at) == ("suspended", later)

    def test_making_safe_is_never_held_up(self, place, owner, desk, chair, engineer):
        m = makers.in_progress(place, owner, desk, engineer, "外墙砖要掉了", category="0105", urgency="emergency")
        m = put(m, chair, "fund")
        assert m.state == "in_progress"
        m = services.arrive(by=engineer, matter=m, at=NOW)
        m = services.make_safe(by=engineer, matter=m, words="围起来了", at=NOW)
        with pytest.raises(Refused, match="业主大会还没有表决"):
            services.resolve(by=engineer, matter=m, words="补好了", evidence=True, at=NOW)

    def test_emergency_fund_route_holds_nothing_up(self, place, owner, desk, chair, engineer):
        m = makers.in_progress(place, owner, desk, engineer, "外墙砖要掉了", category="0105", urgency="normal")
        m = put(m, chair, "fund_emergency")
        assert (m.gate, m.state) == ("", "in_progress")
        assert services.resolve(by=engineer, matter=m, words="补好了", evidence=True, at=NOW).state == "resolved"

    def test_it_is_not_merged_away(self, place, owner, desk, chair, charging):
        other = services.triage(
            by=desk, matter=place.matter(owner, "充电桩不够用"), category="0501", level="compound", urgency="project", at=NOW
        )  # fmt: skip
        with pytest.raises(Refused, match="不能并走"):
            services.merge(by=desk, matter=put(other, chair), target=charging, at=NOW)

    def test_committee_and_desk_put_it_residents_and_hands_do_not(self, owner, desk, engineer, charging):
        for by in (owner, engineer):
            with pytest.raises(Refused, match="不归您办"):
                put(charging, by)
        assert put(charging, desk).gate == "common_land"
        with pytest.raises(Refused, match="已经有了"):
            put(charging, desk)
        with pytest.raises(Refused, match="请选打算做什么"):
            put(charging, desk, "castle")


@pytest.mark.django_db
class TestReminding:
    @pytest.fixture
    def head(self, place, chair):
        """Another head of the committee than the one who put the gate."""
        return place.post(Role.COMMITTEE_CHAIR)

    def told(self, place, actor):
        rows = Message.objects.filter(compound=place.compound, account_id=actor.account_id, kind__startswith="gate_")
        return list(rows.order_by("id").values_list("kind", "title"))

    def test_the_body_hears_once_when_it_is_its_turn(self, place, desk, chair, head, charging):
        m = put(charging, desk)
        mine = [("gate_turn", f"第 {m.label} 号等业主大会决定：在公共场地新建车棚、车位、广告、摊亭")]
        assert self.told(place, chair) == self.told(place, head) == mine
        assert self.told(place, desk) == []

    def test_who_put_it_needs_no_errand(self, place, chair, head, charging):
        put(charging, chair)
        assert (self.told(place, chair), len(self.told(place, head))) == ([], 1)

    def test_reminded_every_five_working_days_and_last_on_the_day_it_is_looked_at(self, place, desk, chair, charging):
        m = put(charging, desk)
        fifth = at(31, 17, 30)
        assert tasks.run_gates(fifth - timedelta(minutes=1)) == 0
        assert tasks.run_gates(fifth) == 1 and tasks.run_gates(fifth) == 0
        kind, title = self.told(place, chair)[-1]
        assert (kind, title.split("：")[0]) == ("gate_remind", f"第 {m.label} 号等业主大会决定，已经 7 天")
        moment = fifth
        while row := Gate.objects.get(compound=place.compound).next_at:
            moment = row
            tasks.run_gates(moment)
        assert moment == LATER and 4 <= len(self.told(place, chair)) <= 7
        entries = AuditEntry.objects.filter(compound=place.compound, act="gate_remind")
        assert entries.count() == len(self.told(place, chair)) - 1 and not entries.filter(internal=False).exists()

    def test_days_as_the_compound_says(self, place, desk, charging):
        place.compound.settings["gate_days"] = 1
        place.compound.save()
        put(charging, desk)
        assert tasks.run_gates(at(25, 17, 30)) == 1

    @pytest.mark.parametrize("end", ["decided", "lifted", "withdrawn"])
    def test_nobody_is_reminded_of_what_is_over(self, place, owner, desk, chair, end):
        charging = place.matter(owner, "充电桩太少，下班回来充不上")
        m = put(charging, desk)
        if end == "decided":
            decided(m, chair)
        elif end == "lifted":
            verbs.lift_gate(by=chair, matter=m, gate=gates_of(m)[0], reason="放错了", at=NOW)
        else:
            services.withdraw(by=owner, matter=m, words="不用了", at=NOW)
        assert tasks.run_gates(LATER) == 0
        assert Gate.objects.filter(compound=place.compound, next_at__isnull=False).count() == 0

    def test_the_second_body_hears_when_the_first_has_decided(self, place, desk, chair, manager, charging):
        m = put(put(charging, desk), desk, "contract_repair")
        assert self.told(place, manager) == []
        decided(m, chair)
        assert [kind for kind, _title in self.told(place, manager)] == ["gate_turn"]

    def test_without_a_committee_the_subdistrict_hears(self, place, desk, charging):
        above = Organisation.objects.create(
            kind=Body.SUBDISTRICT, name="街道", subdistrict=place.compound.community.subdistrict
        )
        officer = place.post(Role.SUBDISTRICT_OFFICER, above)
        put(charging, desk)
        assert [kind for kind, _title in self.told(place, officer)] == ["gate_turn"]


@pytest.mark.django_db
class TestDeciding:
    def test_passed_the_work_goes_on(self, place, chair, engineer, charging):
        once = uuid7()
        m = decided(put(charging, chair), chair, once=once)
        decided(m, chair, once=once)
        row = Decision.objects.get(compound=place.compound)
        assert (row.result, row.body, row.day, row.reference, row.paper.name) == (
            "passed", "业主大会", DAY, "2026 年第 1 次表决", "表决结果.pdf",
        )  # fmt: skip
        assert (m.state, m.gate, m.paused_at, m.turn) == ("in_progress", "", None, "property")
        assert services.resolve(by=engineer, matter=m, words="装好了", evidence=True, at=NOW).state == "resolved"

    def test_not_passed_only_explaining_is_left_until_another_decision(self, place, chair, engineer, charging):
        m = decided(put(charging, chair), chair, "failed")
        assert (m.state, m.gate) == ("in_progress", "!common_land")
        with pytest.raises(Refused, match="没有通过"):
            services.resolve(by=engineer, matter=m, words="装好了", evidence=True, at=NOW)
        m = decided(m, chair, "passed", reference="2026 年第 2 次表决")
        first, second = Decision.objects.filter(compound=place.compound).order_by("id")
        assert (m.gate, second.corrects_id, first.result) == ("", first.pk, "failed")
        with pytest.raises(TypeError):
            first.save()

    def test_who_may_not(self, owner, desk, manager, engineer, chair, charging):
        m = put(charging, chair)
        for by in (owner, desk, manager, engineer):
            with pytest.raises(Refused, match="不归您办"):
                decided(m, by)

    @pytest.mark.parametrize(
        ("missing", "field"),
        [({"result": ""}, "result"), ({"body": " "}, "body"), ({"day": None}, "day"), ({"day": date(2026, 3, 25)}, "day"), ({"reference": ""}, "reference"), ({"papers": []}, "papers")],
    )  # fmt: skip
    def test_a_decision_is_whole(self, chair, charging, missing, field):
        m = put(charging, chair)
        with pytest.raises(Refused) as no:
            decided(m, chair, **{"result": "passed", **missing})
        assert no.value.field == field and not Decision.objects.filter(compound=m.compound_id).exists()

    def test_what_must_be_posted_says_since_when(self, chair, charging):
        m = put(charging, chair, "gift")
        with pytest.raises(Refused) as no:
            decided(m, chair)
        assert no.value.field == "posted_on"
        assert decided(m, chair, posted_on=DAY, papers=[]).gate == "+gift"

    def test_lifted_by_who_could_decide_or_the_community(self, desk, chair, secretary, charging):
        m = put(charging, chair)
        gate = gates_of(m)[0]
        with pytest.raises(Refused, match="不归您办"):
            verbs.lift_gate(by=desk, matter=m, gate=gate, reason="不想等", at=NOW)
        m = verbs.lift_gate(by=secretary, matter=m, gate=gate, reason="放错了，是修旧的", at=NOW)
        assert (m.gate, m.state, gates_of(m)) == ("", "in_progress", [])
        m = decided(put(m, chair), chair)
        with pytest.raises(Refused, match="已经有决定"):
            verbs.lift_gate(by=chair, matter=m, gate=gates_of(m)[0], reason="算了", at=NOW)

    def test_gate_of_another_matter_is_unknown(self, place, owner, chair, charging):
        put(charging, chair)
        other = put(place.matter(owner, "再装一处"), chair)
        with pytest.raises(Refused, match="哪一条"):
            verbs.decide(
                by=chair, matter=charging, gate=gates_of(other)[0], result="passed", body="业主大会", day=DAY, reference="1", papers=paper(), at=NOW
            )  # fmt: skip

    def test_management_committee_records_what_it_organised(self, place, chair, charging):
        pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=place.compound)
        assert Body.PMC in POSTS[Role.PMC_CHAIR]
        head = place.post(Role.PMC_CHAIR, pmc)
        assert decided(put(charging, chair), head).gate == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
class TestPages:
    def test_matter_says_who_must_decide_and_takes_the_record(self, place, owner, chair, engineer, charging):
        slug, n = place.slug, charging.number
        page, act = reverse("matters:matter", args=[slug, n]), lambda a: reverse("matters:act", args=[slug, n, a])
        browser = place.client(chair)
        assert act("gate_set") in browser.get(page).content.decode()
        form = browser.get(act("gate_set")).context["form"]
        assert [p for p, _label in form.fields["planned"].choices][:2] == ["common_land", "as_planned"]
        assert browser.post(act("gate_set"), {"planned": "", "review_at": ""}).status_code == 422
        assert browser.post(act("gate_set"), {"planned": "common_land", "review_at": "2026-04-24"}).status_code == 302
        line = "动工前要由业主大会表决（民法典第278条第8项，特别多数）"
        for by in (owner, engineer, chair):
            assert line in place.client(by).get(page).content.decode()
        assert act("gate_decide") not in place.client(engineer).get(page).content.decode()
        assert place.client(engineer).get(act("resolve")).status_code == 302
        gate = Gate.objects.get(compound=place.compound)
        given = {
            "gate": str(gate.pk),
            "result": "passed",
            "body": "业主大会",
            "day": "2026-03-20",
            "reference": "第 1 次",
        }
        assert browser.post(act("gate_decide"), given).status_code == 422
        file = SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf")
        assert browser.post(act("gate_decide"), {**given, "papers": file}).status_code == 302
        assert "已经决定，可以动工" in place.client(owner).get(page).content.decode()
        row = MatterPaper.objects.get(compound=place.compound)
        kept = reverse("matters:paper", args=[slug, n, row.pk, "small"])
        shown = browser.get(kept)
        assert (shown.content, shown["Content-Type"]) == (PDF, "application/pdf")
        assert place.client(owner).get(kept).status_code == 404
        assert kept not in place.client(owner).get(page).content.decode()

    def test_panel_says_it(self, place, desk, chair, charging):
        put(charging, chair)
        words = place.client(desk).get(reverse("matters:panel", args=[place.slug, charging.number])).content.decode()
        assert "动工前要由业主大会表决" in words

    def test_story_tells_each_step_to_the_reporter(self, place, owner, chair, charging):
        m = decided(put(charging, chair), chair, "failed")
        decided(m, chair)
        words = place.client(owner).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
        assert "更正：" in words and "业主大会没有通过（2026 年第 1 次表决）" in words
        assert AuditEntry.objects.filter(compound=place.compound, act="gate_decide").count() == 2


def pay(by, m, paid_by):
    return services.resolve(
        by=by, matter=m, words="修好了", cost_fen=30_000_000, paid_by=paid_by, evidence=True, at=NOW
    )


@pytest.mark.django_db
class TestOwnersMoney:
    """§4.8: use of the maintenance fund and of public income."""

    @pytest.mark.parametrize(("paid_by", "why"), [("维修资金", "fund"), ("大修基金", "fund"), ("公共收益", "income")])
    def test_nobody_decided_nobody_spends(self, engineer, charging, paid_by, why):
        with pytest.raises(Refused) as no:
            pay(engineer, charging, paid_by)
        assert (no.value.refusal.key, no.value.field) == (f"{why}_undecided", "paid_by")
        assert pay(engineer, charging, "物业费").state == "resolved"

    def test_what_was_decided_is_spent(self, engineer, chair, charging):
        m = decided(put(charging, chair, "public_income"), chair)
        with pytest.raises(Refused):
            pay(engineer, m, "维修资金")
        assert pay(engineer, m, "公共收益").paid_by == "income"
