"""Projects of the sample compounds: charging posts that wait for the owners' vote, and a traffic plan on trial."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries.gates import gates_of
from linli.matters.queries.plans import options_of, plan_of
from linli.matters.services import gates, plans
from linli.matters.services.papers import Ready, ready
from linli.people.rules import Role
from linli.plumbing.acts import Actor

from .help import post_of
from .registers import Town

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj trailer<</Root 1 0 R>>\n%%EOF\n"


def fill(town: Town) -> None:
    """Where a committee, a property company with hands, and a community are."""
    keys = [
        post_of(town, role)
        for role in (Role.COMMITTEE_CHAIR, Role.PROPERTY_MANAGER, Role.ENGINEER, Role.COMMUNITY_SECRETARY)
    ]
    if not all(keys):
        return
    chair, manager, engineer, secretary = (town.as_post(key) for key in keys if key)
    person = next(iter(town.bindings))
    when = town.now - timedelta(days=40)
    _charging(town, _taken(town, person, "充电口不够，下班回来充不上", "0501", manager, engineer, when), chair, when)
    _traffic(
        town,
        _taken(town, person, "南门口早晚都堵，公交站也在那里", "0405", manager, engineer, when),
        chair,
        secretary,
        engineer,
        when,
    )


def _taken(town: Town, person: str, words: str, category: str, desk: Actor, hand: Actor, when: datetime) -> Matter:
    m = services.open_matter(
        by=town.as_resident(person), compound=town.compound, words=words, spot=services.Spot(), at=when
    )
    m = services.triage(
        by=desk, matter=m, category=category, level="compound", urgency="project", at=when + timedelta(hours=1)
    )
    body = next(post.organisation for post in town.posts.values() if post.organisation_id == desk.body_id)
    m = services.dispatch(by=desk, matter=m, body=body, due_at=when + timedelta(days=90), at=when + timedelta(hours=1))
    return services.take(by=hand, matter=m, words="先去看现场", at=when + timedelta(hours=2))


def _paper(name: str) -> list[Ready]:
    return ready([SimpleUploadedFile(name, PDF + name.encode())])


def _charging(town: Town, m: Matter, chair: Actor, when: datetime) -> None:
    days = [when + timedelta(days=n) for n in range(12)]
    m = plans.open_plan(by=chair, matter=m, kind="works", at=days[1])
    m = plans.verify(by=chair, matter=m, counted="电动车 320\n充电口 24", words="晚上八点数的", at=days[2])
    m = plans.add_option(
        by=chair, matter=m, site="东侧围墙边", supplier="甲充电服务公司", price_fen=4_860_000, power_kw=48, papers=_paper("甲报价.pdf"), at=days[5]
    )  # fmt: skip
    m = plans.add_option(
        by=chair, matter=m, site="物业用房后", supplier="乙充电服务公司", price_fen=3_920_000, power_kw=36, papers=_paper("乙报价.pdf"), at=days[6]
    )  # fmt: skip
    plan = plan_of(m)
    assert plan
    m = plans.choose(by=chair, matter=m, option=options_of(plan)[0], words="物业负责接电，商家包三年维修", at=days[9])
    gates.set_gate(
        by=chair,
        matter=m,
        planned="common_land",
        review_at=town.now + timedelta(days=14),
        words="占公共场地",
        at=days[10],
    )


def _traffic(town: Town, m: Matter, chair: Actor, secretary: Actor, engineer: Actor, when: datetime) -> None:
    days = [when + timedelta(days=n) for n in range(24)]
    m = plans.open_plan(by=chair, matter=m, kind="traffic", at=days[1])
    m = plans.verify(by=chair, matter=m, counted="早高峰堵 9\n剐蹭 3", words="一周里", at=days[2])
    m = plans.add_opinion(
        by=chair, matter=m, voice="agency", who="消防救援大队", words="南门要留出消防车道", at=days[4]
    )
    m = plans.add_opinion(
        by=chair, matter=m, voice="agency", who="交警中队", words="南门只进，东西门出，可行", at=days[4]
    )
    m = plans.add_option(by=chair, matter=m, site="南门只进不出，车从东西门走", at=days[5])
    m = plans.add_opinion(
        by=chair, matter=m, voice="round", who="全体住户", asked=186, agree=151, against=14, at=days[9]
    )
    for gate, direction in (("南门", "in"), ("东门", "both"), ("西门", "both")):
        m = plans.set_way(by=chair, matter=m, way_in=gate, direction=direction, hours="全天", at=days[10])
    plan = plan_of(m)
    assert plan
    m = plans.choose(by=chair, matter=m, option=options_of(plan)[0], words="先试行一个月", at=days[10])
    m = gates.set_gate(by=chair, matter=m, planned="traffic", review_at=days[10] + timedelta(days=30), at=days[10])
    today = timezone.localdate(days[14])
    m = gates.decide(
        by=secretary, matter=m, gate=gates_of(m)[0], result="passed", body="党群议事会", day=today, reference="会议纪要第 6 号", posted_on=today,
        at=days[15],
    )  # fmt: skip
    for n, (kind, body) in enumerate((("police", "交警中队"), ("fire", "消防救援大队"))):
        m = gates.add_paper(
            by=secretary, matter=m, gate=gates_of(m)[0], kind=kind, result="passed", body=body, day=today, reference=f"复函第 {n + 1} 号",
            papers=_paper(f"{body}意见.pdf"), at=days[16],
        )  # fmt: skip
    m = plans.install(by=engineer, matter=m, words="立了两块牌，划了线", at=days[22])
    plans.put_in_use(
        by=chair,
        matter=m,
        counted="",
        trial_from=timezone.localdate(days[23]),
        review_on=timezone.localdate(town.now) + timedelta(days=14),
        at=days[23],
    )
