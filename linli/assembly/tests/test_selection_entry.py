"""A property company chosen: the new one comes, the old one hands over."""

from datetime import timedelta
from uuid import uuid4

from linli.assembly.models import HandOver, Selection, ServiceContract
from linli.assembly.queries import selections as queries
from linli.assembly.rules import selections as rules
from linli.assembly.services import selections as verbs
from linli.assembly.tasks import tell_late_hand_overs
from linli.matters import services as matters
from linli.matters.tests.makers import NOW, compound
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry

from . import choosing
from .choosing import (
    COMES,
    ENDS,
    UNTIL,
    entered,
    filed,
    refused,
)

# ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_new_company_comes_when_the_old_contract_is_over(place):
    c = filed(place)
    said = {"manager": "林建", "phone": "13812340001"}
    assert refused(c, verbs.admit, c.chair, COMES - timedelta(days=1), **said) == "not_ended"
    c.does(verbs.admit, c.chair, COMES, **said)
    body = c.made.new
    assert (body.name, body.kind) == ("甲安物业服务有限公司", Body.PROPERTY)
    post = Post.objects.get(organisation=body)
    assert (post.kind, post.obtained, post.from_day, post.holder_name) == (
        "property_manager",
        "chosen",
        COMES.date(),
        "林建",
    )
    assert matters.intake.responsible(place.compound, "property") == body


def test_the_old_company_goes_when_its_open_matters_are_anothers(place):
    c = entered(place)
    desk = place.post(Role.FRONT_DESK)
    m = place.matter(place.resident())
    m = matters.triage(by=desk, matter=m, category="0101", level="compound", urgency="normal", at=NOW)
    matters.dispatch(by=desk, matter=m, body=place.property, at=NOW)
    assert refused(c, verbs.leave, c.chair, COMES) == "open_matters"
    assert refused(c, verbs.hand_on_work, c.writer, COMES) == "not_yours"
    once = uuid4()
    for _ in range(2):
        c.does(verbs.hand_on_work, c.chair, COMES, once=once)
    m.refresh_from_db()
    assert (m.handler_body_id, m.handler_post_id) == (c.made.new_id, None)
    told = Message.objects.filter(compound_id=place.compound.pk, kind="hand_on")
    assert [row.title for row in told.filter(account_id=m.reporter_account_id)] == [
        f"第 {m.label} 号，原来由清和物业办，现在转给甲安物业服务有限公司接着办"
    ]
    assert AuditEntry.objects.get(compound_id=place.compound.pk, act="selection_hand_on").data == {"matters": 1}
    c.does(verbs.leave, c.chair, COMES)
    assert Organisation.objects.get(pk=place.property.pk).ended_on == COMES.date()
    assert all(post.to_day for post in Post.objects.filter(organisation=place.property))
    assert c.made.state == "entered"
    assert refused(c, verbs.leave, c.chair, COMES) == "left"


def test_each_thing_is_handed_over_by_two_and_what_is_lacking_stays_open(place):
    c = entered(place)
    said = {"key": "keys", "what": "门禁卡 12 张，钥匙 3 串"}
    assert refused(c, verbs.take, c.chair, COMES, **said) == "not_given"
    assert refused(c, verbs.give, c.writer, COMES, **said) == "no_words"
    c.does(verbs.give, c.manager, COMES, **said)
    assert refused(c, verbs.give, c.manager, COMES, **said) == "given"
    c.does(verbs.take, c.chair, COMES, **said, lacking="少一串地下室钥匙")
    rows = queries.handed(c.made)["keys"]
    assert (queries.thing_of(rows), [row.side for row in rows]) == (rules.Thing.SHORT, ["gave", "took"])
    assert rows[0].gave == "清和物业 物业经理" and rows[1].took == "业委会 业委会主任"
    c.does(verbs.give, c.writer, COMES, key="keys", what="地下室钥匙一串", name="周一平")
    assert refused(c, verbs.take, c.writer, COMES, key="keys", what="地下室钥匙一串") == "same"
    c.does(verbs.take, c.chair, COMES, key="keys", what="地下室钥匙一串")
    assert queries.thing_of(queries.handed(c.made)["keys"]) == rules.Thing.DONE
    assert refused(c, verbs.give, c.manager, COMES, **said) == "done"


def test_it_is_done_when_all_is_handed_over_and_the_old_company_gone(place):
    c = entered(place)
    for key in rules.HANDED:
        c.does(verbs.give, c.manager, COMES, key=key, what="按清单")
        c.does(verbs.take, c.chair, COMES, key=key, what="按清单")
    assert c.made.state == "entered"
    c.does(verbs.leave, c.chair, COMES)
    assert (c.made.state, c.made.done_at) == ("done", COMES)
    assert HandOver.objects.filter(compound_id=place.compound.pk).count() == 12


def test_a_late_list_is_told_once_to_both_companies_committee_and_community(place):
    secretary = place.post(Role.COMMUNITY_SECRETARY)
    c = entered(place)
    late = COMES + timedelta(days=12)
    assert tell_late_hand_overs(COMES + timedelta(days=10)) == 0
    assert (tell_late_hand_overs(late), tell_late_hand_overs(late)) == (1, 0)
    told = set(
        Message.objects.filter(compound_id=place.compound.pk, kind="hand_over_late").values_list(
            "account_id", flat=True
        )
    )
    new = Post.objects.get(organisation=c.made.new).account_id
    assert {c.chair.account_id, c.manager.account_id, secretary.account_id, new} <= told
    assert late.date() > UNTIL


def test_an_unmanaged_compound_is_managed_when_its_company_comes(place):
    bare = compound("bare", unmanaged=True)
    c = choosing.choice(bare)
    c.selection = verbs.start(by=c.chair, compound=bare.compound, ground="none", contact="业委会", at=NOW)
    assert refused(c, verbs.give_notice, c.chair, given_on=NOW.date(), ends_on=ENDS, delivered="无") == "no_company"
    Selection.objects.filter(compound_id=bare.compound.pk).update(
        state="filed", planned_at=NOW, months=12, fee_model="lump_sum", signed_at=NOW
    )
    ServiceContract.objects.create(
        compound=bare.compound, number=1, selection=c.made, body=bare.committee, company_name="甲安", signed_on=NOW.date(), starts_on=NOW.date(),
        ends_on=ENDS, months=6, fee_model="lump_sum", price_fen=100, signer="甲", company_signer="乙", name="x", kind="pdf", digest="", sealed="",
        at=NOW,
    )  # fmt: skip
    c.does(verbs.admit, c.chair, NOW, manager="林建", phone="13812340001")
    bare.compound.refresh_from_db()
    assert c.made.state == "done" and not bare.compound.is_unmanaged
