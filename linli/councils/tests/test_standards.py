"""Service standards under the contract (domain M5): pledged, published, checked; what fails becomes a matter; owners read it all."""

import re
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.services import selections
from linli.councils.models import Standard, StandardCheck
from linli.councils.queries import standards as queries
from linli.councils.rules import standards as rules
from linli.councils.services import standards as verbs
from linli.kernel.refusal import Refused
from linli.matters.models import Matter
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.notices.models import Posting
from linli.people.rules import Role
from linli.plumbing.tenancy import uuid7
from linli.plumbing.tests.threads import together

LATER = NOW + timedelta(days=3)
SAID = {"title": "楼道保洁", "measure": "每天扫一次，地面没有垃圾", "every": "week"}


class Firm:
    """A compound with a contract in force, its committee and its company's manager."""

    def __init__(self, slug: str = "liuxi", contract: bool = True) -> None:
        self.place = makers.compound(slug)
        self.chair, self.manager = self.place.post(Role.COMMITTEE_CHAIR), self.place.post(Role.PROPERTY_MANAGER)
        self.steward, self.owner = self.place.post(Role.STEWARD), self.place.resident()
        if contract:
            selections.record_contract(
                by=self.chair, compound=self.place.compound, company=self.place.property, price_fen=165, fee_model="lump_sum", months=36,
                signed_on=NOW.date(), starts_on=NOW.date(), notice_days=60, clauses=[], signer="吴海", company_signer="林建", name="合同",
                file=BytesIO(b"%PDF"), at=NOW,
            )  # fmt: skip

    def does(self, verb, by, at=NOW, **more):
        return verb(by=by, compound=self.place.compound, at=at, **more)

    def published(self) -> Standard:
        self.does(verbs.add, self.chair, **SAID)
        self.does(verbs.pledge, self.manager)
        self.does(verbs.publish, self.chair)
        return Standard.objects.get(compound_id=self.place.compound.pk, place=1)

    def url(self, name: str, *args) -> str:
        return reverse(f"councils:{name}", args=[self.place.slug, *args])

    def get(self, by, name: str, *args):
        return self.place.client(by).get(self.url(name, *args))

    def post(self, by, name: str, /, *args, **said):
        return self.place.client(by).post(self.url(name, *args), {"once": str(uuid4()), **said}, follow=True)


@pytest.fixture
def firm(db):
    return Firm()


def refused(firm, verb, by, at=NOW, **more) -> str:
    with pytest.raises(Refused) as no:
        firm.does(verb, by, at, **more)
    return no.value.refusal.key


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


@pytest.mark.parametrize(
    ("every", "day"),
    [("day", date(2026, 2, 1)), ("week", date(2026, 2, 7)), ("month", date(2026, 2, 28)), ("quarter", date(2026, 4, 30)), ("year", date(2027, 1, 31))],
)  # fmt: skip
def test_the_next_check_by_how_often(every, day):
    assert rules.next_check(every, date(2026, 1, 31)) == day


def test_its_own_checks_tell_nothing_about_a_company():
    assert rules.kept_share([(True, True), (True, False), (False, False)]) == (1, 2)


def test_a_standard_belongs_to_a_contract_and_is_pledged_before_it_is_published(firm):
    bare = Firm("bare", contract=False)
    assert refused(bare, verbs.add, bare.chair, **SAID) == "no_contract"
    assert refused(firm, verbs.publish, firm.chair) == "nothing"
    assert refused(firm, verbs.add, firm.steward, **SAID) == "not_yours"
    made = firm.does(verbs.add, firm.chair, **SAID)
    assert refused(firm, verbs.publish, firm.chair) == "nothing"
    assert refused(firm, verbs.pledge, firm.chair) == "not_yours"
    firm.does(verbs.pledge, firm.manager)
    assert refused(firm, verbs.publish, firm.manager) == "not_yours"
    assert refused(firm, verbs.check, firm.chair, standard=made, on=NOW.date(), holds=True) == "not_published"
    firm.does(verbs.publish, firm.chair)
    posted = Posting.objects.get(compound_id=firm.place.compound.pk)
    assert posted.kind == "disclosure" and "楼道保洁：每天扫一次，地面没有垃圾（每周检查）" in posted.body


def test_a_failed_check_becomes_a_matter_and_one_that_held_does_not(firm):
    made = firm.published()
    said = {"standard": made, "on": LATER.date()}
    firm.does(verbs.check, firm.chair, LATER, **said, holds=True)
    assert not Matter.objects.filter(compound_id=firm.place.compound.pk).exists()
    assert refused(firm, verbs.check, firm.chair, LATER, **said, holds=False) == "no_words"
    once = uuid7()
    rows = [
        firm.does(verbs.check, firm.chair, LATER, **said, holds=False, words="三楼有垃圾", once=once) for _ in range(2)
    ]
    matter = Matter.objects.get(compound_id=firm.place.compound.pk)
    assert rows[0] == rows[1] and rows[0].matter == matter
    assert (matter.words, matter.source) == ("服务标准“楼道保洁”没达到：三楼有垃圾", "asset_check")


def test_a_check_is_put_right_by_another_and_its_matter_stays_one(firm):
    made = firm.published()
    said = {"standard": made, "on": LATER.date(), "holds": False}
    first = firm.does(verbs.check, firm.chair, LATER, **said, words="三楼有垃圾")
    other = firm.place.post(Role.COMMITTEE_MEMBER)
    assert (
        refused(firm, verbs.correct, other, LATER, first=first, **said, words="四楼", reason="楼层写错") == "not_yours"
    )
    firm.does(verbs.correct, firm.chair, LATER, first=first, **said, words="四楼有垃圾", reason="楼层写错")
    assert (
        refused(firm, verbs.correct, firm.chair, LATER, first=first, **said, words="五楼", reason="又错") == "corrected"
    )
    held = queries.checks(firm.place.compound.pk, [made])[made.pk]
    assert [(row.words, row.matter_id) for row in held] == [("四楼有垃圾", first.matter_id)]
    assert StandardCheck.objects.filter(compound_id=firm.place.compound.pk).count() == 2
    assert Matter.objects.filter(compound_id=firm.place.compound.pk).count() == 1


def test_a_check_is_put_right_after_its_standard_ended(firm):
    made = firm.published()
    first = firm.does(verbs.check, firm.chair, LATER, standard=made, on=LATER.date(), holds=False, words="三楼有垃圾")
    verbs.end(by=firm.chair, standard=made, why="换了写法", at=LATER)
    said = {"standard": made, "first": first, "holds": False, "words": "四楼有垃圾", "reason": "楼层写错"}
    after = LATER + timedelta(days=2)
    assert refused(firm, verbs.correct, firm.chair, after, on=after.date(), **said) == "day"
    firm.does(verbs.correct, firm.chair, after, on=LATER.date(), **said)
    assert [row.words for row in queries.checks(firm.place.compound.pk, [made])[made.pk]] == ["四楼有垃圾"]
    page = firm.get(firm.chair, "standard-correct", made.pk, first.pk)
    assert page.status_code == 200


def test_a_check_is_put_right_under_its_own_standard(firm):
    made = firm.published()
    other = firm.does(verbs.add, firm.chair, **{**SAID, "title": "绿化"})
    first = firm.does(verbs.check, firm.chair, LATER, standard=made, on=LATER.date(), holds=True)
    said = {"standard": other, "first": first, "on": LATER.date(), "holds": True, "reason": "x"}
    assert refused(firm, verbs.correct, firm.chair, LATER, **said) == "not_yours"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("once", [None, uuid4()], ids=["two presses", "one press twice"])
def test_two_who_publish_at_one_moment_publish_once(once):
    firm = Firm()
    firm.does(verbs.add, firm.chair, **SAID)
    firm.does(verbs.pledge, firm.manager)
    got = together(*[lambda: firm.does(verbs.publish, firm.chair, once=once)] * 3)
    assert Posting.objects.filter(compound_id=firm.place.compound.pk).count() == 1
    assert sum(one == 1 for one in got) == 1
    if once:
        assert sorted(got) == [0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_one_standard_written_twice_at_one_moment_is_one():
    firm, once = Firm(), uuid4()
    got = together(*[lambda: firm.does(verbs.add, firm.chair, once=once, **SAID)] * 3)
    assert len({one.pk for one in got}) == 1


def test_who_checks_and_when(firm):
    made = firm.published()
    said = {"standard": made, "holds": True}
    worker = firm.place.post(Role.COMMUNITY_WORKER)
    assert firm.does(verbs.check, worker, LATER, on=LATER.date(), **said).own is False
    assert firm.does(verbs.check, firm.steward, LATER, on=LATER.date(), **said).own is True
    for by in (firm.place.post(Role.GUARD), firm.owner):
        assert refused(firm, verbs.check, by, LATER, on=LATER.date(), **said) == "not_yours"
    assert refused(firm, verbs.check, worker, LATER, on=LATER.date() + timedelta(days=1), **said) == "day"
    held = queries.checks(firm.place.compound.pk, [made])
    assert queries.month_share(held, LATER.date()) == (1, 1)
    assert queries.due_of(made, held[made.pk]) == LATER.date() + timedelta(days=7)
    verbs.end(by=firm.chair, standard=made, why="换了写法", at=LATER)
    assert refused(firm, verbs.check, worker, LATER, on=LATER.date(), **said) == "not_published"


def test_by_pages_from_the_writing_to_a_failed_check(firm):
    with time_machine.travel(NOW, tick=False):
        assert "等物业公司承诺" in text(firm.post(firm.chair, "standard-new", **SAID))
        assert "楼道保洁" not in text(firm.get(firm.owner, "standards"))
        assert 'aria-disabled="true">公布服务标准' in firm.get(firm.chair, "standards").content.decode()
        assert "楼道保洁每周·" in text(firm.get(firm.manager, "standards-act", "pledge"))
        assert "记下了" in text(firm.post(firm.manager, "standards-act", "pledge"))
        assert "记下了" in text(firm.post(firm.chair, "standards-act", "publish"))
    made = Standard.objects.get(compound_id=firm.place.compound.pk)
    with time_machine.travel(LATER, tick=False):
        wrong = firm.post(firm.chair, "standard-act", made.pk, "check", on="2026-03-27", holds="no")
        assert wrong.status_code == 422
        done = firm.post(firm.chair, "standard-act", made.pk, "check", on="2026-03-27", holds="no", words="三楼有垃圾")
        assert "转成第" in text(done)
        check = StandardCheck.objects.get(compound_id=firm.place.compound.pk)
        fixed = {"on": "2026-03-27", "holds": "no", "words": "四楼有垃圾", "reason": "楼层写错"}
        assert "更正：楼层写错" in text(firm.post(firm.chair, "standard-correct", made.pk, check.pk, **fixed))
        seen = text(firm.get(firm.owner, "standards"))
        assert "查了1次，达到0次" in seen and "没达到" in seen
        assert "还在办" in text(firm.get(firm.owner, "standard", made.pk))
        assert "没做到？说一件事" in text(firm.get(firm.owner, "standard", made.pk))
        assert "没做到？说一件事" not in text(firm.get(firm.manager, "standard", made.pk))
        assert "matters/1/" not in firm.get(firm.owner, "standard", made.pk).content.decode()
        assert "不再执行" in text(firm.post(firm.chair, "standard-act", made.pk, "end", why="换了写法"))


@time_machine.travel(LATER, tick=False)
def test_each_page_is_found_by_those_who_may(firm):
    made = firm.published()
    hidden = firm.does(verbs.add, firm.chair, **{**SAID, "title": "绿化"})
    check = firm.does(verbs.check, firm.steward, LATER, standard=made, on=LATER.date(), holds=True)
    people = {
        "chair": firm.chair,
        "manager": firm.manager,
        "steward": firm.steward,
        "owner": firm.owner,
        "guard": firm.place.post(Role.GUARD),
    }
    may = {
        ("standards",): "chair manager steward owner guard",
        ("standard", made.pk): "chair manager steward owner guard",
        ("standard", hidden.pk): "chair manager",
        ("standard-new",): "chair manager",
        ("standards-act", "pledge"): "manager",
        ("standards-act", "publish"): "chair",
        ("standards-act", "nothing"): "",
        ("standard-act", made.pk, "check"): "chair manager steward",
        ("standard-act", made.pk, "end"): "chair",
        ("standard-correct", made.pk, check.pk): "steward",
    }
    for (name, *args), who in may.items():
        found = {key for key, by in people.items() if firm.get(by, name, *args).status_code == 200}
        assert found == set(who.split()), (name, args)


@time_machine.travel(LATER, tick=False)
def test_the_list_takes_as_many_statements_for_five_as_for_one(firm):
    def statements() -> int:
        client = firm.place.client(firm.owner)
        client.get(firm.url("standards"))
        with CaptureQueriesContext(connection) as seen:
            client.get(firm.url("standards"))
        return len(seen)

    made = firm.published()
    firm.does(verbs.check, firm.chair, LATER, standard=made, on=LATER.date(), holds=True)
    one = statements()
    for n in range(4):
        firm.does(verbs.add, firm.chair, **{**SAID, "title": f"第{n}条"})
    firm.does(verbs.pledge, firm.manager)
    firm.does(verbs.publish, firm.chair, LATER)
    for row in Standard.objects.filter(compound_id=firm.place.compound.pk):
        firm.does(verbs.check, firm.chair, LATER, standard=row, on=LATER.date(), holds=False, words="差")
    assert statements() == one
