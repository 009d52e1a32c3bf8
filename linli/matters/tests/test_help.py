"""Household help (M28): the price list by versions, the quote before work, the cost never above it."""

import re
from datetime import date
from itertools import product

import pytest
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import HelpOrder, Matter, Price, Quote
from linli.matters.queries.help import in_force, prices
from linli.matters.rules import help
from linli.matters.rules.help import Help, HelpAct, Part
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.tenancy import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
DAY = date(2026, 3, 1)
H, A, P = Help, HelpAct, Part
MAY = {
    (A.AGREE, P.HOUSEHOLD): {H.QUOTED: H.AGREED, H.REQUOTED: H.AGREED},
    (A.AGREE, P.WITNESS): {H.QUOTED: H.AGREED, H.REQUOTED: H.AGREED},
    (A.DISAGREE, P.HOUSEHOLD): {H.QUOTED: H.REFUSED, H.REQUOTED: H.AGREED},
    (A.DISAGREE, P.WITNESS): {H.QUOTED: H.REFUSED, H.REQUOTED: H.AGREED},
    (A.START, P.WORKER): {H.AGREED: H.WORKING},
    (A.MARK_FREE, P.WORKER): {H.ASKED: H.FREE, H.QUOTED: H.FREE, H.REFUSED: H.FREE},
    (A.QUOTE, P.WORKER): {H.ASKED: H.QUOTED, H.QUOTED: H.QUOTED, H.REFUSED: H.QUOTED, H.AGREED: H.REQUOTED, H.REQUOTED: H.REQUOTED, H.WORKING: H.REQUOTED},
}  # fmt: skip


@pytest.mark.parametrize(("state", "act", "part"), list(product(Help, HelpAct, Part)))
def test_each_part_does_each_act_in_each_state_as_the_table_says(state, act, part):
    to = MAY.get((act, part), {}).get(state)
    rule = help.rule_for(act, state, frozenset({part}))
    assert (rule.to if rule else None) == to
    assert (help.refuse(act, state, frozenset({part})) is None) is (to is not None)


COSTS = [
    (H.FREE, True, 0, None, ""), (H.FREE, True, 100, None, "free"), (H.ASKED, True, 0, None, "not_agreed"), (H.ASKED, False, 0, None, ""),
    (H.QUOTED, False, 100, None, "not_agreed"), (H.REFUSED, False, 0, None, ""), (H.REFUSED, True, 0, None, "not_agreed"),
    (H.AGREED, True, 8000, 8000, ""), (H.WORKING, True, 8000, 8000, ""), (H.WORKING, True, 8001, 8000, "over_quote"),
    (H.REQUOTED, True, 8001, 8000, "requoted"), (H.REQUOTED, True, 8000, 8000, ""), (H.DONE, True, 8001, 8000, "over_quote"), (H.DONE, True, 7000, 8000, ""),
]  # fmt: skip


@pytest.mark.parametrize(("state", "fixed", "cost", "agreed", "key"), COSTS)
def test_cost_is_held_to_what_was_agreed(state, fixed, cost, agreed, key):
    no = help.refuse_cost(state, fixed=fixed, cost_fen=cost, agreed_fen=agreed)
    assert (no.key if no else "") == key


def listed(place, by, name="换水龙头", fen=3000, **more):
    return services.set_price(
        by=by, compound=place.compound, **{"name": name, "category": "0301", "paid": fen > 0, "price_fen": fen, "unit": "次", "doer": "property", "from_day": DAY, "at": NOW, **more}
    )  # fmt: skip


def asked(place, owner, manager, engineer, price=None, **triage):
    m = services.ask_help(
        by=owner,
        compound=place.compound,
        words="厨房龙头滴水",
        price=price,
        spot=services.Spot(home=place.home),
        at=NOW,
    )
    m = services.triage(
        by=manager, matter=m, at=NOW, **{"category": "0301", "level": "building", "urgency": "normal", **triage}
    )
    body = Organisation.objects.get(pk=engineer.body_id)
    m = services.dispatch(by=manager, matter=m, body=body, post=Post.objects.get(pk=engineer.role_id), at=NOW)
    return services.take(by=engineer, matter=m, words="下午来看", at=NOW)


def state_of(m):
    return HelpOrder.objects.get(compound=m.compound_id, matter=m).state


def quoted(m, engineer, *lines):
    return services.quote(by=engineer, matter=m, lines=lines or [("上门", 2000), ("龙头", 6000)], at=NOW)


def done(m, engineer, fen, **more):
    return services.resolve(
        by=engineer, matter=m, words="换好了", cost_fen=fen, paid_by="住户", evidence=True, at=NOW, **more
    )


def test_a_price_is_corrected_by_a_new_version_from_its_day_on(place, manager):
    first = listed(place, manager)
    second = listed(
        place, manager, fen=3500, line=first.line, from_day=date(2026, 4, 1), reason="配件涨价", once=uuid7()
    )
    every = list(Price.objects.filter(compound=place.compound).order_by("version"))
    assert [(p.version, p.price_fen) for p in every] == [(1, 3000), (2, 3500)]
    assert [p.price_fen for p in in_force(every, date(2026, 3, 31))] == [3000]
    assert [p.price_fen for p in in_force(every, date(2026, 4, 1))] == [3500]
    with pytest.raises(TypeError):
        second.save()


def test_a_dropped_line_leaves_the_list_and_stays_readable(place, manager):
    line = listed(place, manager).line
    listed(place, manager, line=line, dropped=True, reason="不做了")
    assert prices(place.compound, NOW.date()) == []
    assert Price.objects.filter(compound=place.compound, line=line).count() == 2


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": " "}, "no_name"),
        ({"paid": True, "price_fen": 0}, "no_price"),
        ({"doer": "nobody"}, "no_doer"),
        ({"category": "0399"}, "unknown_category"),
        ({"line": uuid7()}, "unknown_line"),
    ],
)
def test_a_price_that_says_too_little_is_refused(place, manager, change, key):
    with pytest.raises(Refused) as no:
        listed(place, manager, **change)
    assert no.value.refusal.key == key


def test_the_same_price_sent_twice_is_one_version(place, manager):
    once = uuid7()
    listed(place, manager, once=once)
    listed(place, manager, once=once)
    assert Price.objects.filter(compound=place.compound).count() == 1


def test_only_some_set_prices(place, engineer):
    with pytest.raises(Refused):
        listed(place, engineer)


def test_an_order_is_a_matter_of_household_repair_with_the_quote_beside_it(place, owner, manager):
    m = services.ask_help(by=owner, compound=place.compound, words="龙头滴水", price=listed(place, manager), at=NOW)
    assert (m.category, m.beside, state_of(m)) == ("0301", "help", Help.ASKED)
    once = uuid7()
    two = [services.ask_help(by=owner, compound=place.compound, words="灯不亮", at=NOW, once=once) for _ in range(2)]
    assert two[0].pk == two[1].pk and HelpOrder.objects.filter(compound=place.compound).count() == 2


def test_a_free_item_needs_no_quote_and_takes_no_money(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer, listed(place, manager, "换灯泡", 0, unit=""))
    assert state_of(m) == Help.FREE
    with pytest.raises(Refused, match="不收钱"):
        done(m, engineer, 100)
    assert done(m, engineer, 0).state == "resolved"


def test_looking_and_danger_wait_for_no_quote(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer, urgency="urgent", hazard=True)
    m = services.arrive(by=engineer, matter=m, at=NOW)
    m = services.make_safe(by=engineer, matter=m, words="总阀关了", at=NOW)
    assert (state_of(m), m.state, m.arrived_at) == (Help.ASKED, "in_progress", NOW)


def test_paid_work_begins_only_after_the_household_agreed(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    for verb in (services.start_paid, lambda **who: done(who["matter"], engineer, 8000)):
        with pytest.raises(Refused, match="住户还没同意报价"):
            verb(by=engineer, matter=m, at=NOW)
    quoted(m, engineer)
    with pytest.raises(Refused, match="住户还没同意报价"):
        services.start_paid(by=engineer, matter=m, at=NOW)
    services.agree(by=owner, matter=m, version=1, at=NOW)
    services.start_paid(by=engineer, matter=m, at=NOW)
    with pytest.raises(Refused, match="超过了说好的 80 元"):
        done(m, engineer, 8001)
    assert (done(m, engineer, 8000).cost_fen, state_of(m)) == (8000, Help.DONE)


def test_a_further_quote_is_a_new_record_and_refused_leaves_the_old_sum(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    quoted(m, engineer, ("上门", 2000), ("龙头", 5000))
    services.agree(by=owner, matter=m, version=2, at=NOW)
    services.start_paid(by=engineer, matter=m, at=NOW)
    quoted(m, engineer, ("换整根管", 20000))
    with pytest.raises(Refused, match="新的报价住户还没回话；照说好的 70 元可以先办好"):
        done(m, engineer, 7001)
    services.disagree(by=owner, matter=m, version=3, at=NOW)
    rows = Quote.objects.filter(compound=place.compound).order_by("version")
    assert [(q.version, q.total_fen, q.answer) for q in rows] == [
        (1, 8000, "replaced"),
        (2, 7000, "agreed"),
        (3, 20000, "refused"),
    ]
    assert state_of(m) == Help.WORKING
    with pytest.raises(Refused):
        done(m, engineer, 20000)
    done(m, engineer, 7000)


def test_while_a_further_quote_waits_it_may_be_done_for_what_was_agreed(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    services.agree(by=owner, matter=m, version=1, at=NOW)
    services.start_paid(by=engineer, matter=m, at=NOW)
    quoted(m, engineer, ("换整根管", 20000))
    assert (done(m, engineer, 8000).cost_fen, state_of(m)) == (8000, Help.DONE)
    assert Quote.objects.get(compound=place.compound, version=2).answer == "replaced"


def repaired(place, owner, manager, engineer):
    """A matter in a home that nobody counted as help: no quote was ever asked for."""
    m = place.matter(owner, "厨房龙头滴水", spot=services.Spot(home=place.home))
    m = services.triage(by=manager, matter=m, at=NOW, category="0301", level="building", urgency="normal")
    post = Post.objects.get(pk=engineer.role_id)
    m = services.dispatch(by=manager, matter=m, body=post.organisation, post=post, at=NOW)
    return services.take(by=engineer, matter=m, words="下午来看", at=NOW)


@pytest.mark.parametrize("payer", ["household", "住户", "住户自付", " 业主自费 "])
def test_a_household_is_charged_nothing_without_a_quote_it_agreed_to(place, owner, manager, engineer, payer):
    m = repaired(place, owner, manager, engineer)
    with pytest.raises(Refused, match="先算作便民服务、报价") as no:
        services.resolve(by=engineer, matter=m, words="换好了", cost_fen=88000, paid_by=payer, evidence=True, at=NOW)
    assert no.value.field == "paid_by"
    m = services.resolve(by=engineer, matter=m, words="换好了", cost_fen=0, paid_by=payer, evidence=True, at=NOW)
    assert (m.state, m.cost_fen, m.paid_by) == ("resolved", 0, "household")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("property", "property"), ("物业费", "property"), ("建设单位", "建设单位")],
)
def test_whoever_else_pays_is_written_down(place, owner, manager, engineer, given, kept):
    m = repaired(place, owner, manager, engineer)
    m = services.resolve(by=engineer, matter=m, words="换好了", cost_fen=100, paid_by=given, evidence=True, at=NOW)
    assert m.paid_by == kept


def test_who_pays_is_chosen_and_somebody_else_is_named(place, owner, manager, engineer):
    m = repaired(place, owner, manager, engineer)
    browser, act = place.client(engineer), url(place, "act", m.number, "resolve")
    given = {"outcome": "explained", "words": "换好了", "cost_fen": "80"}
    assert 'name="paid_by" value="fund"' in browser.get(act).content.decode()
    for wrong in ({}, {"paid_by": "other"}, {"paid_by": "household"}, {"paid_by": "other", "payer": "住户"}):
        assert browser.post(act, given | wrong).status_code == 422
    assert browser.post(act, given | {"paid_by": "other", "payer": "开发商"}).status_code == 302
    assert "费用 80 元，开发商出。" in place.client(owner).get(url(place, "matter", m.number)).content.decode()


def test_refused_price_ends_without_work_and_without_money(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    services.disagree(by=owner, matter=m, version=1, at=NOW)
    with pytest.raises(Refused):
        done(m, engineer, 100, outcome="explained")
    assert done(m, engineer, 0, outcome="explained").state == "resolved"


@pytest.mark.parametrize("verb", ["agree", "disagree"])
def test_work_that_was_begun_stays_begun_whatever_the_further_quote_becomes(place, owner, manager, engineer, verb):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    services.agree(by=owner, matter=m, version=1, at=NOW)
    services.start_paid(by=engineer, matter=m, at=NOW)
    quoted(m, engineer, ("换整根管", 20000))
    getattr(services, verb)(by=owner, matter=m, version=2, at=NOW)
    assert state_of(m) == Help.WORKING
    assert url(place, "act", m.number, "start_paid") not in (
        place.client(engineer).get(url(place, "matter", m.number)).content.decode()
    )


@pytest.mark.parametrize("verb", ["agree", "disagree"])
def test_only_the_quote_that_was_read_is_answered(place, owner, manager, engineer, verb):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    quoted(m, engineer, ("上门", 900000))
    for version in (1, None):
        with pytest.raises(Refused, match="报价刚改过，请再看一眼"):
            getattr(services, verb)(by=owner, matter=m, version=version, at=NOW)
    assert [q.answer for q in Quote.objects.filter(compound=place.compound).order_by("version")] == ["replaced", ""]


def test_a_press_on_an_old_page_shows_the_new_sum_before_it_counts(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    browser = place.client(owner)
    page = browser.get(url(place, "matter", m.number)).content.decode()
    form = re.search(r'<form method="post" action="[^"]+agree/">(.*?)</form>', page, re.S)[1]
    given = dict(re.findall(r'name="(\w+)" value="([^"]+)"', form))
    assert set(given) >= {"version", "once"}
    quoted(m, engineer, ("上门", 900000))
    act = url(place, "act", m.number, "agree")
    answer = browser.post(act, given)
    words = answer.content.decode()
    assert (answer.status_code, "报价刚改过" in words, "9,000 元" in words) == (422, True, True)
    again = dict(re.findall(r'<input type="hidden" name="(version|once)" value="([^"]+)"', words))
    assert browser.post(act, again).status_code == 302 and state_of(m) == Help.AGREED


def test_who_heard_the_answer_reads_the_sum_beside_the_form(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    browser = place.client(place.post(Role.COMMUNITY_SECRETARY))
    page = browser.get(url(place, "act", m.number, "agree")).content.decode()
    assert "80 元" in page and 'name="version" value="1"' in page


def test_who_does_it_never_answers_for_the_household(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    quoted(m, engineer)
    with pytest.raises(Refused, match="不归您办"):
        services.agree(by=engineer, matter=m, version=1, heard="他说行", at=NOW)
    with pytest.raises(Refused, match="怎么说的"):
        services.agree(by=manager, matter=m, version=1, at=NOW)
    services.agree(by=manager, matter=m, version=1, heard="10:20 电话里说同意", at=NOW)
    assert Quote.objects.get(compound=place.compound).heard == "10:20 电话里说同意"


def test_the_household_hears_the_sum_and_each_answer_is_asked_once(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    once = uuid7()
    for _ in range(2):
        services.quote(by=engineer, matter=m, lines=[("上门", 2050)], at=NOW, once=once)
    told = Message.objects.filter(compound=place.compound, account_id=owner.account_id, kind="quote")
    assert [t.title for t in told] == [f"第 {m.label} 号报价 20.50 元，您同意了才动工"]


@pytest.mark.parametrize("lines", [[], [("", 100)], [("上门", -1)], [("看看", 0)], [("x", 1)] * 9])
def test_a_quote_without_sense_is_refused(place, owner, manager, engineer, lines):
    m = asked(place, owner, manager, engineer)
    with pytest.raises(Refused):
        services.quote(by=engineer, matter=m, lines=lines, at=NOW)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def url(place, name, *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def test_everybody_reads_the_prices_while_the_page_is_public(place, manager, owner):
    listed(place, manager)
    listed(place, manager, "换灯泡", 0)
    words = place.client().get(url(place, "prices")).content.decode()
    assert "30 元/次" in words and "不收钱" in words
    place.compound.public_page = False
    place.compound.save()
    assert place.client().get(url(place, "prices")).status_code == 404
    assert place.client(owner).get(url(place, "prices")).status_code == 200


def test_a_resident_orders_from_the_list(place, manager, owner):
    price = listed(place, manager)
    browser = place.client(owner)
    assert f"line={price.line}" in browser.get(url(place, "help")).content.decode()
    answer = browser.post(url(place, "help-order") + f"?line={price.line}", {"words": "厨房龙头滴水"})
    made = Matter.objects.get(compound=place.compound)
    assert (answer.status_code, made.home_id, made.category, made.beside) == (302, place.home.pk, "0301", "help")
    assert browser.post(url(place, "help-order"), {"words": ""}).status_code == 422


def test_the_desk_records_a_call_from_the_list(place, manager):
    price = listed(place, manager)
    browser = place.client(place.post(Role.FRONT_DESK))
    page = browser.get(url(place, "record") + f"?source=resident_phone&line={price.line}").content.decode()
    assert "便民服务：换水龙头" in page
    browser.post(
        url(place, "record"),
        {
            "source": "resident_phone",
            "words": "龙头坏了",
            "line": str(price.line),
            "name": "王",
            "phone": "13900001111",
        },
    )
    assert Matter.objects.get(compound=place.compound).beside == "help"


def test_quote_answer_work_and_receipt_by_browser(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    hand, home = place.client(engineer), place.client(owner)
    page = url(place, "matter", m.number)
    assert hand.post(url(place, "act", m.number, "quote"), {"line_1": "龙头", "fen_1": ""}).status_code == 422
    hand.post(url(place, "act", m.number, "quote"), {"line_1": "龙头", "fen_1": "60", "line_2": "上门", "fen_2": "20"})
    words = home.get(page).content.decode()
    assert "80 元" in words and "同意这个价" in words and "同意这个价" not in hand.get(page).content.decode()
    home.post(url(place, "act", m.number, "agree"), {"version": "1"})
    hand.post(url(place, "act", m.number, "start_paid"))
    done(m, engineer, 8000)
    words = home.get(page).content.decode()
    assert "收据" in words and "做完了" in words


def test_a_stranger_s_quote_is_no_page(place, owner, manager, engineer):
    m = asked(place, owner, manager, engineer)
    other = place.client(place.resident(place.homes[1]))
    assert other.post(url(place, "act", m.number, "agree")).status_code == 404


def test_a_worker_counts_a_matter_in_a_home_as_help(place, owner, manager, engineer):
    m = place.matter(owner, "厨房漏水", spot=services.Spot(home=place.home))
    browser = place.client(manager)
    assert url(place, "act", m.number, "ask_help") in browser.get(url(place, "matter", m.number)).content.decode()
    browser.post(url(place, "act", m.number, "ask_help"), {"line": ""})
    m.refresh_from_db()
    assert m.beside == "help"


def test_the_list_is_changed_at_the_desk(place, manager):
    browser = place.client(manager)
    row = {
        "name": "通下水",
        "category": "0304",
        "kind": "paid",
        "price_fen": "50",
        "unit": "次",
        "doer": "firm",
        "from_day": "2026-03-24",
    }
    assert browser.post(url(place, "price-new"), row | {"price_fen": ""}).status_code == 422
    assert browser.post(url(place, "price-new"), row).status_code == 302
    line = Price.objects.get(compound=place.compound).line
    assert browser.post(url(place, "price", line), row | {"price_fen": "60"}).status_code == 422
    assert browser.post(url(place, "price", line), row | {"price_fen": "60", "reason": "涨价"}).status_code == 302
    assert "60 元/次" in browser.get(url(place, "price-list")).content.decode()
    assert place.client(place.post(Role.ENGINEER)).get(url(place, "price-list")).status_code == 404
