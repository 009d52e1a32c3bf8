"""Minutes of a joint consultation are signed by those who were there, or contradicted in words (domain §4.6)."""

from itertools import product

import pytest
import time_machine
from django.test import Client

from linli.kernel.refusal import Refused
from linli.matters.models import Consultation, MinutesSignature
from linli.matters.rules import whistles as rules
from linli.matters.rules.whistles import Do, State, Step, Who
from linli.matters.services import whistles
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from .makers import at
from .whistle_cast import link, page, text

WAS_THERE = [("区法院", "王"), ("自然资源局", ""), ("柳溪社区", "周一平")]


@pytest.mark.parametrize(
    ("body", "found"),
    [("区法院", [0]), ("区法院执行局", []), ("法院", []), ("自然资源局", [1]), ("交警", []), ("", [])],
)
def test_who_came_for_a_body(body, found):
    assert rules.there_for(body, [{"body": b, "name": n} for b, n in WAS_THERE]) == found


@pytest.mark.parametrize(("state", "step", "who"), list(product(State, Step, Who)))
def test_signed_as_long_as_the_whistle_can_be_read(state, step, who):
    """By those who look after it, of a body that is asked by its own alone; after it ended too."""
    out = state in {"blown", "closed", "blown_again"}
    whole = out and who in {"drafter", "approver", "blower", "watcher"}
    assert (rules.refuse(Do.SIGN, state, None, frozenset({who})) is None) is whole
    part = out | (state == "dropped") and who == "receiver" and step != "waiting"
    assert (rules.refuse(Do.SIGN_FOR, state, step, frozenset({who})) is None) is part


@pytest.fixture
def met(cast):
    w = cast.blown()
    whistles.minutes(by=cast.worker, whistle=w, words="法院先解冻 10 万", attendance=WAS_THERE, at=at(24, 11))
    return w


def sign(cast, w, person, by=None, ask=None, agrees=True, **more):
    return whistles.sign(
        by=by or cast.liaison(ask.body), whistle=w, ask=ask, meeting=Consultation.objects.get(whistle=w), person=person, agrees=agrees,
        **{"at": at(24, 12), **more},
    )  # fmt: skip


@pytest.mark.django_db
class TestSigning:
    def test_each_for_its_own_body(self, cast, met):
        sign(cast, met, 0, ask=cast.ask(met))
        sign(cast, met, 1, ask=cast.ask(met, 2), officer="林工")
        sign(cast, met, 2, by=cast.worker)
        rows = MinutesSignature.objects.filter(compound=cast.place.compound).order_by("id")
        assert [(r.body, r.name, r.agrees) for r in rows] == [
            ("区法院", "王", True), ("自然资源局", "林工", True), ("柳溪社区", "周一平", True),
        ]  # fmt: skip
        for by, ask, person in (
            (None, cast.ask(met), 1),
            (cast.worker, None, 0),
            (cast.chair, None, 2),
            (cast.officer, None, 2),
        ):
            with pytest.raises(Refused, match="只替自己的单位签"):
                sign(cast, met, person, by=by, ask=ask)
        for by in (cast.owner, cast.desk, cast.engineer):
            with pytest.raises(Refused, match="不归您办"):
                sign(cast, met, 2, by=by)
        with pytest.raises(TypeError):
            rows[0].save()

    def test_a_name_and_what_is_wrong_are_needed(self, cast, met):
        for more, field in (({}, "officer"), ({"officer": "林工", "agrees": False, "words": " "}, "words")):
            with pytest.raises(Refused) as no:
                sign(cast, met, 1, ask=cast.ask(met, 2), **more)
            assert no.value.field == field

    def test_who_disagrees_is_heard_by_who_blew_and_the_minutes_stay(self, cast, met):
        once = uuid7()
        for _ in range(2):
            sign(cast, met, 0, ask=cast.ask(met), agrees=False, words="没说 10 万", once=once)
        assert Consultation.objects.get(whistle=met).minutes == "法院先解冻 10 万"
        assert MinutesSignature.objects.count() == 1
        told = Message.objects.filter(
            compound=cast.place.compound, account_id=cast.worker.account_id, kind="whistle_sign_for"
        )
        assert [(m.title, m.body) for m in told] == [(f"哨单第 {met.number} 号，区法院不同意会商纪要", "没说 10 万")]
        entry = AuditEntry.objects.get(compound=cast.place.compound, act="sign_for")
        assert (entry.role, entry.channel, entry.words, entry.data["officer"]) == (
            "agency_liaison",
            "link",
            "没说 10 万",
            "王",
        )

    def test_names_too_long_are_refused_and_one_kept_from_before_can_sign(self, cast, met):
        for long in (("区" * 81, "王"), ("区法院", "王" * 41)):
            with pytest.raises(Refused, match="第 2 行太长") as no:
                whistles.minutes(
                    by=cast.worker, whistle=met, words="又开", attendance=[WAS_THERE[0], long], at=at(24, 12)
                )
            assert no.value.field == "attendance"
        held = Consultation.objects.get(whistle=met)
        held.attendance[0] = {"body": "区法院", "name": "王" * 300}
        held.save()
        assert sign(cast, met, 0, ask=cast.ask(met)).name == "王" * 300

    def test_who_was_there_is_asked_to_sign(self, cast, met):
        assert "会商纪要写好了，请看一看、签字" in cast.messages("13700000001")[-1]


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
class TestPages:
    def test_the_whistle_says_who_signed_who_did_not_and_since_when(self, cast, met):
        sign(cast, met, 0, ask=cast.ask(met), agrees=False, words="没说 10 万")
        shown = text(page(cast, "worker", f"{met.number}/"))
        assert "区法院 王不同意" in shown and "没说 10 万" in shown and "法院先解冻 10 万" in shown
        assert "等着签字：自然资源局、柳溪社区 周一平" in shown
        with time_machine.travel(at(27, 11, 1)):
            assert "前签字，还没有签" not in text(page(cast, "worker", f"{met.number}/"))
        with time_machine.travel(at(28, 11, 1)):
            assert "前签字，还没有签：自然资源局、柳溪社区 周一平" in text(page(cast, "worker", f"{met.number}/"))

    def test_who_writes_them_is_told_the_whole_names(self, cast):
        shown = text(page(cast, "worker", f"{cast.blown().number}/minutes/"))
        assert "写全名的单位才能签字：区法院、自然资源局、柳溪社区" in shown

    def test_signed_in(self, cast, met):
        here, form = f"{met.number}/", f"{met.number}/sign/"
        assert "会商纪要签字" in text(page(cast, "worker", here))
        assert "会商纪要签字" not in text(page(cast, "chair", here))
        who = page(cast, "worker", form).context["form"].fields["who"].choices[0][0]
        browser = cast.place.client(cast.worker)
        address = f"/c/{cast.place.slug}/whistles/{form}"
        assert browser.post(address, {"who": who, "agrees": "no", "words": ""}).status_code == 422
        assert browser.post(address, {"who": "1", "agrees": "yes"}).status_code == 422
        assert browser.post(address, {"who": who, "agrees": "yes"}).status_code == 302
        assert "柳溪社区 周一平签字" in text(page(cast, "worker", here))

    def test_a_liaison_signs_by_the_link_and_sees_no_names_of_others(self, cast, met):
        sign(cast, met, 2, by=cast.worker)
        phone, here = Client(), link(cast, met)
        assert "会商纪要签字" in text(phone.get(here)) and "周一平" not in text(phone.get(here))
        who = phone.get(f"{here}sign_for/").context["form"].fields["who"].choices
        assert [label.split(" · ")[0] for _key, label in who] == ["区法院 王"]
        bad = phone.post(f"{here}sign_for/", {"who": who[0][0], "agrees": "no", "words": ""})
        assert bad.status_code == 422 and "请写哪里不同意" in bad.content.decode()
        assert (
            phone.post(f"{here}sign_for/", {"who": who[0][0], "agrees": "no", "words": "没说 10 万"}).status_code == 302
        )
        assert "区法院 王不同意" in text(phone.get(here))
        assert "会商纪要签字" in text(phone.get(link(cast, met, 2)))

    def test_before_a_meeting_there_is_nothing_to_sign(self, cast):
        w = cast.blown()
        assert "会商纪要签字" not in text(page(cast, "worker", f"{w.number}/")) + text(Client().get(link(cast, w)))

    def test_of_another_compound_it_is_unknown(self, cast, met):
        stranger = makers.compound("other")
        for role in (Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER):
            browser = stranger.client(stranger.post(role))
            assert browser.get(f"/c/{cast.place.slug}/whistles/{met.number}/sign/").status_code == 404
