"""Money held by somebody else, asked for under a whistle."""

from datetime import date

import pytest

from linli.kernel.tests.refusing import refused
from linli.matters.models import FundingRequest
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message

from .whistle_cast import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def funding(cast):
    w = cast.blown((cast.court, "解冻资金"))
    return whistles.request_funding(
        by=cast.worker, whistle=w, liable="某置业公司", why="账户被法院冻结", court="区法院", case_no="(2022)执 12 号", frozen_fen=300_000_000,
        asked_fen=25_000_000, basis="民法典 1253", at=NOW,
    )  # fmt: skip


def test_money_is_asked_decided_released_spent_and_the_works_accepted(cast, funding):
    def put(kind, day, **more):
        return whistles.enter(by=cast.worker, funding=funding, kind=kind, day=date(2026, 3, day), at=at(31), **more)

    put("sent", 24, paper="申请函")
    put("got", 25, paper="受理通知书")
    assert refused(lambda: put("released", 26, fen=1, payee="施工队")) == "more_than_granted"
    put("decided", 26, decision="partly", fen=21_000_000)
    wrong = put("released", 27, fen=20_000_000, payee="施工队")
    put("released", 27, fen=21_000_000, payee="施工队", corrects=wrong, words="少写了一万")
    put("receipt", 28, fen=20_500_000, payee="施工队", paper="发票 3 张")
    assert refused(lambda: put("receipt", 28, fen=600_000, payee="施工队", paper="发票")) == "more_than_released"
    put("accepted", 30, words="住建和业委会一起验的")
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.decision, row.granted_fen, row.released_fen, row.spent_fen, row.accepted_on) == (
        "partly",
        21_000_000,
        21_000_000,
        20_500_000,
        date(2026, 3, 30),
    )
    told = Message.objects.filter(
        compound=cast.place.compound, account_id=cast.owner.account_id, kind="whistle"
    ).order_by("id")
    assert [m.title for m in told][-2:] == ["第 0001 号，钱拨出来了，200,000 元", "第 0001 号，修好了，验收过了"]


def test_money_entry_needs_its_facts_and_no_day_to_come(cast, funding):
    def put(**given):
        return refused(
            lambda: whistles.enter(
                by=cast.worker, funding=funding, at=at(25), **{"day": date(2026, 3, 24), "kind": "sent", **given}
            )
        )

    assert put() == "no_paper"
    assert put(day=date(2026, 3, 26), paper="函") == "future"
    assert put(kind="released", fen=5) == "no_payee"
    assert put(kind="released", payee="队") == "no_amount"
    assert put(kind="decided", decision="granted") == "no_amount"
    assert put(day=None) == "missing_day"


@pytest.mark.parametrize(("late", "fen", "left"), [(False, 30_00, 40_00), (True, 30_00, 30_00)])
def test_a_correction_takes_the_place_of_what_it_corrects(cast, funding, late, fen, left):
    """The later decision holds, whichever of both is put right; a correction may move the day."""

    def put(day, fen, **more):
        return whistles.enter(
            by=cast.worker, funding=funding, kind="decided", decision="partly", day=date(2026, 3, day), fen=fen, at=at(31), **more
        )  # fmt: skip

    first, _later = put(20, 20_00), put(23, 40_00)
    first = put(20, 25_00, corrects=first, words="看错了")
    put(24 if late else 20, fen, corrects=first, words="又看错了")
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.decision, row.granted_fen) == ("partly", left)


def test_an_earlier_decision_is_whole_though_a_later_one_holds(cast, funding):
    given = {"by": cast.worker, "funding": funding, "kind": "decided", "at": at(31)}
    whistles.enter(**given, day=date(2026, 3, 23), decision="refused")
    assert refused(lambda: whistles.enter(**given, day=date(2026, 3, 20))) == "no_decision"
    assert refused(lambda: whistles.enter(**given, day=date(2026, 3, 20), decision="granted")) == "no_amount"


def test_a_sum_asked_for_wrongly_is_put_right_by_an_entry(cast, funding):
    def put(kind, **given):
        return whistles.enter(by=cast.worker, funding=funding, kind=kind, day=date(2026, 3, 24), at=at(25), **given)

    assert refused(lambda: put("decided", decision="granted", fen=210_000_000)) == "more_than_asked"
    assert refused(lambda: put("asked", fen=250_000_000)) == "missing_words"
    assert refused(lambda: put("asked", words="少写一个零")) == "no_amount"
    wrong = put("asked", fen=240_000_000, words="少写一个零")
    put("asked", fen=250_000_000, words="看错了", corrects=wrong)
    put("decided", decision="granted", fen=210_000_000)
    assert refused(lambda: put("asked", fen=200_000_000, words="要少一点")) == "more_than_asked"
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.asked_fen, row.granted_fen) == (250_000_000, 210_000_000)


def test_money_that_comes_after_the_whistle_was_closed_is_entered(cast, funding):
    def put(kind, day, **given):
        whistles.enter(by=cast.worker, funding=funding, kind=kind, day=date(2026, 3, day), at=at(31), **given)

    put("decided", 24, decision="granted", fen=21_000_000)
    w = funding.whistle
    whistles.end_ask(by=cast.worker, whistle=w, ask=cast.ask(w), words="答应了", at=at(25))
    w = whistles.close(by=cast.worker, whistle=w, words="等钱到账", at=at(25))
    assert "记一笔资金" in text(page(cast, "worker", "1/"))
    put("released", 26, fen=21_000_000, payee="施工队")
    put("accepted", 30)
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.released_fen, row.accepted_on) == (21_000_000, date(2026, 3, 30))
    assert cast.counts() == {"whistle:ended": 1}
