"""An agency that no message reaches: somebody goes, and its promises begin when it is told (domain §4.6)."""

import pytest

from linli.kernel.refusal import Refused
from linli.matters import tasks
from linli.matters.models import Whistle
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW, at
from linli.matters.tests.whistle_cast import SITE, Cast, page, post, text
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body


@pytest.fixture
def cast(place):
    return Cast(place)


@pytest.fixture
def blown(cast):
    """Two are asked; the second has neither an account nor a number."""
    gardens = Organisation.objects.create(
        kind=Body.AGENCY, name="园林局", subdistrict=cast.place.compound.community.subdistrict
    )
    return cast.blown((cast.court, "解冻一部分资金"), (gardens, "修剪"))


def again(w):
    return Whistle.objects.get(compound_id=w.compound_id, pk=w.pk)


def heard(cast, who, kind):
    rows = Message.objects.filter(compound=cast.place.compound, kind=kind, account_id=who.account_id).order_by("id")
    return list(rows.values_list("title", flat=True))


@pytest.mark.django_db
class TestUntold:
    def test_nothing_is_promised_for_it_and_the_blower_must_go(self, cast, blown):
        first, second = cast.ask(blown, 1), cast.ask(blown, 2)
        assert (first.step, first.clock, first.blown_at) == ("blown", "receive", NOW)
        assert (second.step, second.clock, second.blown_at) == ("untold", "tell", None)
        assert again(blown).turn == "blower"
        assert heard(cast, cast.worker, "whistle_unreached") == ["哨单第 1 号，消息到不了园林局，请打电话或者当面送去"]

    def test_its_time_begins_when_it_is_told(self, cast, blown):
        ask = whistles.told(
            by=cast.worker, whistle=blown, ask=cast.ask(blown, 2), words="电话告诉了园林局办公室", at=at(25, 11)
        )
        assert (ask.step, ask.clock, ask.clock_from, ask.blown_at, [b["clock"] for b in ask.breaches]) == (
            "blown",
            "receive",
            at(25, 11),
            at(25, 11),
            ["tell"],
        )
        assert again(blown).turn == "receiver"
        with pytest.raises(Refused, match="已经变了"):
            whistles.told(by=cast.worker, whistle=blown, ask=ask, words="又说一次", at=at(25, 12))

    def test_only_who_blew_says_so_and_says_how(self, cast, blown):
        ask = cast.ask(blown, 2)
        for by in (cast.liaison(ask.body), cast.desk, cast.owner):
            with pytest.raises(Refused, match="不归您办"):
                whistles.told(by=by, whistle=blown, ask=ask, words="说了", at=NOW)
        with pytest.raises(Refused, match="请写几个字"):
            whistles.told(by=cast.worker, whistle=blown, ask=ask, words=" ", at=NOW)

    def test_who_does_not_go_is_reminded_and_it_is_no_breach_of_the_agency(self, cast, blown):
        tasks.run_whistles(at(24, 15))
        assert heard(cast, cast.worker, "whistle_warn")[-1].endswith("前当面告诉（园林局），时间过半")
        tasks.run_whistles(at(25, 9))
        assert any(
            "柳溪社区超时了：该在" in one and "当面告诉（园林局）" in one
            for one in heard(cast, cast.worker, "whistle_breach")
        )
        assert [b["clock"] for b in cast.ask(blown, 2).breaches] == ["tell"]
        shown = text(page(cast, "worker", f"{blown.number}/"))
        assert "发哨的超时 1 次" in shown
        late = whistles.told(by=cast.worker, whistle=blown, ask=cast.ask(blown, 2), words="送去了", at=at(25, 16))
        assert len(late.breaches) == 1

    def test_a_number_that_is_found_tells_it(self, cast, blown):
        whistles.send_link(
            by=cast.worker, whistle=blown, ask=cast.ask(blown, 2), phone="13700000009", site=SITE, at=at(25)
        )
        ask = cast.ask(blown, 2)
        assert (ask.step, ask.clock, ask.blown_at) == ("blown", "receive", at(25))

    def test_who_heard_of_it_otherwise_may_come_at_once(self, cast, blown):
        ask = cast.ask(blown, 2)
        ask = whistles.report_in(
            by=cast.liaison(ask.body), whistle=blown, ask=ask, officer="林工", way="site", at=at(25)
        )
        assert (ask.step, ask.blown_at, ask.clock) == ("reported_in", at(25), "plan")

    def test_passed_on_to_one_that_nobody_reaches(self, cast, blown):
        by, ask = cast.liaison(cast.court), cast.ask(blown, 1)
        whistles.decline(by=by, whistle=blown, ask=ask, reason="不归", proper="水务局", officer="王", at=NOW)
        water = Organisation.objects.create(
            kind=Body.AGENCY, name="水务局", subdistrict=cast.place.compound.community.subdistrict
        )
        made = whistles.pass_on(by=cast.worker, whistle=blown, ask=cast.ask(blown, 1), body=water, at=at(25), site=SITE)
        assert (made.step, made.blown_at) == ("untold", None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
def test_page_offers_it_first(cast, blown):
    shown = page(cast, "worker", f"{blown.number}/")
    assert "告诉它了" in text(shown) and "告诉它了" not in text(page(cast, "chair", f"{blown.number}/"))
    assert post(cast, "worker", f"{blown.number}/asks/2/tell/", words="").status_code == 422
    assert post(cast, "worker", f"{blown.number}/asks/2/tell/", words="当面送给园林局").status_code == 302
    assert "打电话或者当面告诉了园林局：当面送给园林局" in text(page(cast, "worker", f"{blown.number}/"))
