"""What the community declined twice the subdistrict decides (domain §4.6, §4.4: 首接负责)."""

import pytest

from linli.kernel.refusal import Refused
from linli.kernel.tests.refusing import refused
from linli.matters.models import Whistle
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW, at
from linli.matters.tests.whistle_cast import page, post, text
from linli.notices.models import Message


@pytest.fixture
def bounced(cast):
    """The committee whistled to the community, which said twice that it is not its business."""
    w = cast.draft((None, "请社区协调停车"), by=cast.member, level="community")
    w = whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    _declined(cast, w, 1)
    whistles.pass_on(by=cast.chair, whistle=w, ask=cast.ask(w, 1), body=cast.place.community, at=NOW)
    _declined(cast, w, 2)
    return w


def _declined(cast, w, place):
    whistles.decline(
        by=cast.worker, whistle=w, ask=cast.ask(w, place), reason="不归社区", proper="物业公司", officer="小周", at=NOW
    )


def heard(cast, who):
    rows = Message.objects.filter(compound=cast.place.compound, account_id=who.account_id).order_by("id")
    return list(rows.values_list("title", flat=True))


@pytest.mark.django_db
class TestDecided:
    def test_the_community_does_it_and_declines_no_more(self, cast, bounced):
        assert "哨单第 1 号被推了两次，请街道定由谁办" in heard(cast, cast.officer)
        made = whistles.decide(
            by=cast.officer, whistle=bounced, ask=cast.ask(bounced, 2), whose="community", words="小区里的事", at=at(25)
        )
        assert (made.body, made.step, made.decided, cast.ask(bounced, 2).step) == (
            cast.place.community,
            "blown",
            True,
            "passed_on",
        )
        assert "哨单第 1 号，街道定了由柳溪社区办" in heard(cast, cast.chair)
        assert "哨单第 1 号：1、2 栋后坡裂缝" in heard(cast, cast.worker)
        with pytest.raises(Refused, match="街道定了由你们办"):
            _declined(cast, bounced, 3)
        again = Whistle.objects.get(compound=cast.place.compound, pk=bounced.pk)
        assert again.turn == "receiver"

    def test_the_subdistrict_takes_it_over_and_answers(self, cast, bounced):
        made = whistles.decide(
            by=cast.officer, whistle=bounced, ask=cast.ask(bounced, 2), whose="subdistrict", words="跨社区", at=at(25)
        )
        assert (made.body, made.clock) == (cast.office, "receive")
        whistles.report_in(by=cast.officer, whistle=bounced, ask=made, officer="小林", way="site", at=at(25, 11))
        done = whistles.answer(by=cast.officer, whistle=bounced, ask=made, words="划好了线", officer="小林", at=at(26))
        assert done.step == "answered"
        assert refused(lambda: whistles.answer(by=cast.worker, whistle=bounced, ask=made, words="x", at=at(26)))

    def test_nobody_else_and_not_before_the_second_time(self, cast, bounced):
        ask = cast.ask(bounced, 2)
        for by in (cast.worker, cast.secretary, cast.chair, cast.desk, cast.owner):
            assert refused(lambda by=by: whistles.decide(by=by, whistle=bounced, ask=ask, whose="community", words="x", at=at(25))) == "not_yours"  # fmt: skip
        for whose, words, missing in (("", "x", "whose"), ("property", "x", "whose"), ("community", " ", "words")):
            assert refused(lambda a=whose, b=words: whistles.decide(by=cast.officer, whistle=bounced, ask=ask, whose=a, words=b, at=at(25))) == f"missing_{missing}"  # fmt: skip
        once = whistles.approve_and_blow(
            by=cast.chair, whistle=cast.draft((None, "请社区协调"), by=cast.member, level="community"), at=NOW
        )
        _declined(cast, once, 1)
        first = cast.ask(once, 1)
        assert refused(lambda: whistles.decide(by=cast.officer, whistle=once, ask=first, whose="community", words="x", at=at(25))) == "not_yours"  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
def test_the_officer_s_page_has_it_first(cast, bounced):
    shown = page(cast, "officer", f"{bounced.number}/")
    assert "定由谁办" in text(shown) and "定由谁办" not in text(page(cast, "chair", f"{bounced.number}/"))
    assert post(cast, "officer", f"{bounced.number}/asks/2/decide/", whose="community", words="").status_code == 422
    assert post(cast, "chair", f"{bounced.number}/asks/2/decide/", whose="community", words="x").status_code == 422
    assert (
        post(cast, "officer", f"{bounced.number}/asks/2/decide/", whose="community", words="小区里的事").status_code
        == 302
    )
    assert "街道定了由柳溪社区办：小区里的事" in text(page(cast, "chair", f"{bounced.number}/"))
