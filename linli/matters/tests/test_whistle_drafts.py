import pytest

from linli.kernel.tests.refusing import refused
from linli.matters.access.whistles import whistle_for
from linli.matters.models import Whistle
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW
from linli.notices.models import Message

pytestmark = pytest.mark.django_db


def test_draft_waits_for_the_approver_and_is_hidden_from_the_others(cast):
    w = cast.draft()
    assert (w.number, w.state, w.turn) == (1, "drafted", "approver")
    seen = {
        who: whistle_for(compound=cast.place.compound, number=1, by=getattr(cast, who)) is not None
        for who in ("worker", "secretary", "officer", "chair", "owner", "engineer")
    }
    assert seen == {
        "worker": True,
        "secretary": True,
        "officer": True,
        "chair": False,
        "owner": False,
        "engineer": False,
    }
    assert cast.counts() == {"whistle:open": 1, "whistle:turn:approver": 1}
    told = Message.objects.get(compound=cast.place.compound, kind="whistle_draft")
    assert told.account_id == cast.officer.account_id


@pytest.mark.parametrize("who", ["worker", "secretary", "chair", "member", "engineer", "owner"])
def test_whistle_to_agencies_is_approved_by_the_subdistrict_alone(cast, who):
    w = cast.draft()
    assert refused(lambda: whistles.approve(by=getattr(cast, who), whistle=w, at=NOW)) == "not_yours"


def test_levels_are_drafted_and_approved_as_the_domain_says(cast):
    to_community = cast.draft((None, "请社区出面协调"), by=cast.member, level="community")
    assert cast.ask(to_community).body == cast.place.community
    assert refused(lambda: whistles.approve(by=cast.member, whistle=to_community, at=NOW)) == "not_yours"
    assert (
        whistles.approve_and_blow(by=cast.chair, whistle=to_community, at=NOW).state,
        cast.ask(to_community).step,
    ) == ("blown", "blown")
    up = cast.draft((None, "请街道统筹"), by=cast.worker, level="subdistrict")
    assert cast.ask(up).body == cast.office
    assert whistles.approve_and_blow(by=cast.secretary, whistle=up, at=NOW).state == "blown"
    assert (
        refused(lambda: cast.draft((None, "请社区"), by=cast.worker, level="community")) == "not_yours"
    )  # not to itself


def test_draft_says_what_is_missing(cast):
    for field in ("title", "facts", "done_below"):
        assert refused(lambda field=field: cast.draft(**{field: " "})) == f"missing_{field}"
    assert refused(lambda: cast.draft((cast.court, " "))) == "missing_asks"
    assert refused(lambda: cast.draft((cast.court, "一"), (cast.court, "二"))) == "twice"
    assert Whistle.objects.filter(compound=cast.place.compound).count() == 0


def test_community_is_never_asked_to_do_an_agencys_job(cast):
    assert refused(lambda: cast.draft((cast.place.community, "把坡修好"))) == "not_theirs"


def test_draft_is_sent_back_put_right_and_approved(cast):
    w = cast.draft()
    w = whistles.send_back(by=cast.officer, whistle=w, words="写清楚案号", at=NOW)
    assert (w.sent_back, w.state) == ("写清楚案号", "drafted")
    w = whistles.edit(
        by=cast.secretary, whistle=w, told=cast.told((cast.court, "解冻 20 万元"), basis="(2022)执 12 号"), at=NOW
    )
    assert (w.sent_back, w.basis, cast.ask(w).words) == ("", "(2022)执 12 号", "解冻 20 万元")
    w = whistles.drop(by=cast.worker, whistle=w, words="对方已经办了", at=NOW)
    assert (w.state, w.turn, cast.counts()) == ("dropped", "nobody", {"whistle:ended": 1})


def test_the_drafter_hears_that_it_was_approved(cast):
    def heard() -> list[str]:
        rows = Message.objects.filter(compound=cast.place.compound, account_id=cast.worker.account_id)
        return list(rows.order_by("id").values_list("title", flat=True))

    cast.blown()
    assert heard() == ["哨单第 1 号批准了，已经吹给区法院、自然资源局"]
    whistles.approve(by=cast.officer, whistle=cast.draft(), at=NOW)
    assert heard()[1:] == ["哨单第 2 号批准了，请您吹哨"]
