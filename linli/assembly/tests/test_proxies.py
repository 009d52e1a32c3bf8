"""Written authorities: who may sign for whom, and how such a paper is counted."""

from collections import Counter
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.forms.proxies import ProxyForm
from linli.assembly.models import Enclosed, Leaf, Paper, Proxy, RegisterOwner
from linli.assembly.queries import cases, proxies, reading
from linli.assembly.queries.casting import voices
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.proxies import Typed
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, returning
from linli.assembly.services import proxies as services
from linli.assembly.services.reading import plain, read_paper
from linli.assembly.tests import makers
from linli.kernel.refusal import Refused
from linli.kernel.tests.refusing import refused
from linli.matters.tests.makers import NOW
from linli.people.models import Account, Binding, Person
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.images import MB
from linli.plumbing.tests.threads import together

from . import boxes
from .test_casting import AT, YES, bound, cast
from .test_scanning import pdf, picture

AFTER = makers.CLOSES + timedelta(minutes=30)
UNTIL = makers.CLOSES.date() + timedelta(days=20)
LI, WANG = Typed("李平", "110101199003070011"), Typed("王芳", "110101198802020022")
NUMBERS = [drawn(lambda signs, n=n: signs[n]) for n in range(6)]


@pytest.fixture
def vote(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000, 6_000, 5_000, 4_000), by=chair)
    makers.officer(made, Office.CARRIER, chair)
    for party, number in zip(made.parties, NUMBERS, strict=True):
        Paper.objects.create(
            compound=place.compound, session=made.session, party=party, number=number, printed_at=made.session.drafted_at
        )  # fmt: skip
    return made


def mark(vote, party):
    rows = RegisterOwner.objects.filter(compound_id=vote.session.compound_id, row__party=vote.parties[party - 1])
    return rows.values_list("mark", flat=True).get()


def give(vote, by, party=1, *agents, at=AT, once=None, **more):
    given = {
        "owner": mark(vote, party), "agents": agents or (LI,), "severally": False, "items": {"1"}, "until": UNTIL, "signed": True,
        "accepted": True, "not_staff": True, "photo": BytesIO(picture(nth=party)), **more,
    }  # fmt: skip
    return services.register_proxy(
        by=by, session=vote.session, party=vote.parties[party - 1], at=at, once=once, **given
    )


def test_authority_is_kept_without_the_number_of_papers(place, vote, chair):
    made = give(vote, chair)
    kept = str(Proxy.objects.filter(compound_id=place.compound.pk).values())
    assert LI.papers not in kept and vault.keyed_hash(LI.papers) not in kept
    assert [agent["name"] for agent in made.agents] == ["李平"]
    enclosed = Enclosed.objects.get(compound_id=place.compound.pk)
    assert enclosed.proxy_id == made.pk
    with pytest.raises(vault.Unopened):
        vault.open_sealed(enclosed.scan.file)  # it may say how to vote


def test_every_page_of_a_pdf_is_kept(place, vote, chair):
    back = picture(nth=20)
    give(vote, chair, photo=BytesIO(pdf(picture(nth=1), back)))
    give(vote, chair, 2, photo=BytesIO(pdf(picture(nth=2), picture(nth=3), back)))
    rows = Enclosed.objects.filter(compound_id=place.compound.pk).order_by("id")
    assert sorted(Counter(rows.values_list("proxy_id", flat=True)).values()) == [2, 3]
    assert refused(give, vote, chair, 3, photo=BytesIO(pdf(picture(nth=1), back))) == "same_picture"


def test_a_paper_of_too_many_pages_is_refused_with_their_number(place, vote, chair):
    with pytest.raises(Refused) as no:
        give(vote, chair, photo=BytesIO(pdf(*[picture(nth=n) for n in range(11)])))
    assert (no.value.refusal.key, no.value.field) == ("too_many_pages", "photo")
    assert "这份有 11 页" in str(no.value)
    assert not Enclosed.objects.filter(compound_id=place.compound.pk).exists()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"agents": ()}, "no_agent"), ({"agents": [Typed("李平", "")]}, "no_agent"), ({"agents": [LI, LI]}, "agents"), ({"signed": False}, "unsigned"),
        ({"accepted": False}, "unsigned"), ({"not_staff": False}, "staff"), ({"items": set()}, "items"), ({"until": None}, "period"),
        ({"until": makers.CLOSES.date()}, "period"), ({"owner": "x"}, "no_owner"), ({"photo": None}, "no_photo"),
    ],
    ids=["nobody", "no papers", "twice", "unsigned", "not accepted", "staff", "no items", "no end", "too short", "stranger", "no picture"],
)  # fmt: skip
def test_paper_that_is_no_authority_is_refused(place, vote, chair, more, key):
    """The session may be extended by 15 days: the authority must last as long."""
    assert refused(give, vote, chair, **more) == key
    assert not Proxy.objects.filter(compound_id=place.compound.pk).exists()


def test_nobody_signs_for_a_fourth_owner(place, vote, chair):
    """V15b: by time of registration; his own ballot is extra, and a second paper of the same owner none more."""
    for party in (1, 2, 3):
        give(vote, chair, party)
    assert refused(give, vote, chair, 4) == "proxy_cap"
    give(vote, chair, 4, WANG)
    services.withdraw_proxy(by=chair, session=vote.session, proxy=Proxy.objects.filter(compound_id=place.compound.pk).first(), reason="本人来投", at=AT)  # fmt: skip
    give(vote, chair, 5)


def test_the_same_papers_under_another_name_are_the_same_agent(vote, chair):
    """The number of his papers tells who he is, however the desk writes his name."""
    for party in (1, 2, 3):
        give(vote, chair, party)
    assert refused(give, vote, chair, 4, Typed("李萍", LI.papers)) == "proxy_cap"
    assert refused(give, vote, chair, 4, WANG, Typed("王 芳", WANG.papers)) == "agents"


def test_owner_gives_one_authority_at_a_time(vote, chair):
    give(vote, chair)
    assert refused(give, vote, chair, 1, WANG) == "has_proxy"


@pytest.mark.parametrize("way", ["identity", "phone"])
def test_property_staff_are_known_and_refused(place, vote, chair, way):
    staff = place.post(Role.STEWARD, name="管家")
    if way == "identity":
        person = Person.objects.create(compound=place.compound, name="管家", identity_hash=vault.keyed_hash(LI.papers))
        Binding.objects.create(
            compound=place.compound, account_id=staff.account_id, person=person, home=place.home, relation="occupant", claimed_name="管家",
            state="confirmed", asked_at=NOW,
        )  # fmt: skip
    phone = Account.objects.get(pk=staff.account_id).phone if way == "phone" else ""
    assert refused(give, vote, chair, 1, LI._replace(phone=phone)) == "staff"
    assert refused(give, vote, chair, 1, WANG, LI._replace(phone=phone)) == "staff"


@pytest.mark.parametrize("state", [s for s in State if s not in {State.NOTICED, State.OPEN}])
def test_authority_is_registered_before_closing_alone(vote, chair, state):
    vote.session.state = state
    vote.session.save()
    assert refused(give, vote, chair) == "not_now"


def test_after_the_hour_nothing_is_registered_or_withdrawn_though_the_box_is_still_open(vote, chair):
    made, late = give(vote, chair), makers.CLOSES + timedelta(seconds=1)
    assert refused(give, vote, chair, 2, at=late) == "late"
    assert refused(services.withdraw_proxy, by=chair, session=vote.session, proxy=made, reason="x", at=late) == "late"
    give(vote, chair, 2, at=makers.CLOSES)


def test_owner_registers_nothing_himself(place, vote):
    assert refused(give, vote, bound(place, vote, 1)) == "not_yours"


def test_same_press_is_one_authority(place, vote, chair):
    once = uuid4()
    for _ in range(2):
        give(vote, chair, once=once)
    assert Proxy.objects.filter(compound_id=place.compound.pk).count() == 1


def test_withdrawn_before_a_ballot_came_back_and_not_after(place, vote, chair):
    made, other = give(vote, chair), give(vote, chair, 2)
    services.withdraw_proxy(by=chair, session=vote.session, proxy=made, reason="本人来投", at=AT)
    assert (
        refused(services.withdraw_proxy, by=chair, session=vote.session, proxy=made, reason="再来", at=AT)
        == "withdrawn"
    )
    returning.receive(by=chair, session=vote.session, number=NUMBERS[1], at=AT, once=uuid4())
    assert (
        refused(services.withdraw_proxy, by=chair, session=vote.session, proxy=other, reason="迟了", at=AT)
        == "came_back"
    )


@pytest.mark.django_db(transaction=True)
def test_cap_holds_when_four_are_registered_at_once(place, vote, chair):
    got = together(*[lambda n=n: give(vote, chair, n) for n in (1, 2, 3, 4)])
    assert sum(isinstance(one, Refused) for one in got) == 1
    assert Proxy.objects.filter(compound_id=place.compound.pk).count() == 3


# ── online nobody votes for somebody else; on paper it counts as such ───────────────────────────────────────────────


def test_agent_has_no_voice_online(place, vote, chair):
    agent = bound(place, vote, 2)
    give(vote, chair, 1, Typed(vote.owners[1][0].name, LI.papers))
    assert [voice.party.pk for voice in voices(vote.session, agent)] == [vote.parties[1].pk]


def counted(place, vote, chair, read):
    """`read`: party to (choices, signer)."""
    staff = boxes.officers(place, vote, chair=chair)
    for party in read:
        returning.receive(by=chair, session=vote.session, number=NUMBERS[party - 1], at=AT, once=uuid4())
    vote.session.state = State.CLOSED
    vote.session.save()
    boxes.opened(vote, staff, at=AFTER)
    for party, (choices, signer) in read.items():
        paper = reading.paper_of(vote.session, NUMBERS[party - 1])
        found = {one.name: one for one in reading.signers(paper)}
        one = found[signer]
        for clerk in ("clerk1", "clerk2"):
            said = plain(choices, owner=one.owner, agents=one.agents)
            read_paper(session=vote.session, by=staff[clerk], number=paper.number, said=said, at=AFTER)
    (outcome,) = count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    return outcome


def test_paper_signed_by_an_agent_counts_as_its_owners(place, vote, chair):
    give(vote, chair, 1)
    outcome = counted(place, vote, chair, {1: (YES, "业主10（李平）")})
    assert outcome.found["approve"] == {"area": 9_000, "persons": 1}
    assert cases.box(vote.session).proxies[0]["owner"] == mark(vote, 1)
    (shown,) = proxies.shown(vote.session)
    assert shown.kind == "proxy" and shown.label == vote.parties[0].label


def test_count_page_shows_each_page_and_says_what_was_withdrawn(place, vote, chair):
    made = give(vote, chair, 1, photo=BytesIO(pdf(picture(nth=1), picture(nth=2))))
    services.withdraw_proxy(by=chair, session=vote.session, proxy=made, reason="本人来投", at=AT)
    give(vote, chair, 2)
    broken = give(vote, chair, 3)
    path = vault.path(Enclosed.objects.get(compound_id=place.compound.pk, proxy=broken).scan.file)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    staff = boxes.officers(place, vote, chair=chair)
    vote.session.state = State.CLOSED
    vote.session.save()
    boxes.opened(vote, staff, at=AFTER)
    found = [(one.page, one.pages, one.withdrawn, one.pk is None) for one in proxies.shown(vote.session)]
    assert found == [(1, 2, True, False), (2, 2, True, False), (1, 1, False, False), (1, 1, False, True)]
    with time_machine.travel(AFTER, tick=False):
        page = place.client(staff["teller1"]).get(url(place, vote, "count")).content.decode()
    assert page.count("撤回了") == 2 and "委托书，第 2 页，共 2 页" in page and page.count("打不开，被动过") == 1


def test_owner_in_person_goes_before_his_agent(place, vote, chair):
    give(vote, chair, 1)
    cast(vote, bound(place, vote, 1), {"1": "against"})
    outcome = counted(place, vote, chair, {1: (YES, "业主10（李平）")})
    assert (outcome.found["against"]["persons"], outcome.found["approve"]["persons"]) == (1, 0)
    assert "in_person" in {row["code"] for row in outcome.listed}


def test_joint_agents_sign_the_same_paper(place, vote, chair):
    give(vote, chair, 1, LI, WANG)
    paper = Paper.objects.get(compound_id=place.compound.pk, number=NUMBERS[0])
    assert [one.name for one in reading.signers(paper)] == ["业主10", "业主10（李平、王芳）"]
    give(vote, chair, 2, LI, WANG, severally=True)
    paper = Paper.objects.get(compound_id=place.compound.pk, number=NUMBERS[1])
    assert [one.name for one in reading.signers(paper)] == [
        "业主20", "业主20（李平、王芳）", "业主20（李平）", "业主20（王芳）",
    ]  # fmt: skip


def test_withdrawn_agent_is_no_signer(place, vote, chair):
    made = give(vote, chair)
    services.withdraw_proxy(by=chair, session=vote.session, proxy=made, reason="本人来投", at=AT)
    paper = Paper.objects.get(compound_id=place.compound.pk, number=NUMBERS[0])
    assert [one.name for one in reading.signers(paper)] == ["业主10"]


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def die(vote, party, day):
    Person.objects.filter(compound=vote.session.compound, pk=vote.owners[party - 1][0].pk).update(deceased_on=day)


def test_the_dead_authorise_nobody_and_what_they_signed_is_marked(place, vote, chair):
    give(vote, chair, 1)
    give(vote, chair, 2)
    die(vote, 1, AT.date())
    die(vote, 3, AT.date())
    assert refused(give, vote, chair, 3) == "dead"
    ended = {line.home: line.ended for line in proxies.listed(vote.session, AT)}
    assert ended == {vote.parties[0].label: True, vote.parties[1].label: False}
    page = place.client(chair).get(url(place, vote, "proxies")).content.decode()
    assert page.count("委托人去世，终止") == 1


def test_what_an_agent_signed_after_the_death_waits_for_what_two_clerks_say(place, vote, chair):
    """§3.8: it may stand (Civil Code 174) or not; a ballot that came back in lifetime asks nothing."""
    for party in (1, 2, 3):
        give(vote, chair, party, LI if party < 3 else WANG)
    for party, day in ((1, AT.date() - timedelta(days=1)), (2, AT.date() - timedelta(days=1)), (3, AT.date())):
        die(vote, party, day)
    staff = boxes.officers(place, vote, chair=chair)
    for party in (1, 2, 3):
        returning.receive(by=chair, session=vote.session, number=NUMBERS[party - 1], at=AT, once=uuid4())
    vote.session.state = State.CLOSED
    vote.session.save()
    boxes.opened(vote, staff, at=AFTER)
    papers = [reading.paper_of(vote.session, number) for number in NUMBERS[:3]]
    assert [[day for _name, day in reading.died_before(paper)] for paper in papers] == [
        [AT.date() - timedelta(days=1)]
    ] * 2 + [[]]
    with time_machine.travel(AFTER, tick=False):
        page = place.client(staff["clerk1"]).get(url(place, vote, "count-paper", papers[0].number)).content.decode()
        assert "这张票是后来收回的" in page and "业主10 " not in page.replace("业主10（", "")
        assert (
            place.client(staff["teller1"]).get(url(place, vote, "count")).content.decode().count("委托到那天为止") == 3
        )
    for paper, fault in zip(papers, ("after_death", "", ""), strict=True):
        one = next(one for one in reading.signers(paper) if one.agents)
        for clerk in ("clerk1", "clerk2"):
            assert refused(count.tally, session=vote.session, by=staff["teller1"], at=AFTER) == "unread"
            said = plain(YES, owner=one.owner, agents=one.agents, fault=fault)
            read_paper(session=vote.session, by=staff[clerk], number=paper.number, said=said, at=AFTER)
    (outcome,) = count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    assert outcome.found["approve"] == {"area": 15_000, "persons": 2}
    assert [(row["ballot"], row["code"]) for row in outcome.listed] == [(NUMBERS[0], "after_death")]


def url(place, vote, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, vote.session.number, *args])


def test_pages_from_the_home_to_the_masked_list(place, vote, chair, no_plain_file):
    with time_machine.travel(AT, tick=False):
        desk, owner = place.client(chair), place.client(bound(place, vote, 2))
        assert url(place, vote, "proxy-register", 1) in desk.get(f"{url(place, vote, 'proxies')}?q=0001").content.decode()  # fmt: skip
        photo = BytesIO(picture() + bytes(3 * MB))
        photo.name = "委托书.jpg"
        given = {
            "owner": mark(vote, 1), "agents": "李平，110101199003070011", "items": ["1"], "until": UNTIL.isoformat(), "signed": "on",
            "accepted": "on", "photo": photo, "once": str(uuid4()),
        }  # fmt: skip
        form = url(place, vote, "proxy-register", 1)
        assert desk.get(form).status_code == 200
        wrong = desk.post(form, given)
        assert wrong.status_code == 422 and "不能做受托人" in wrong.content.decode()
        photo.seek(0)
        assert desk.post(form, {**given, "not_staff": "on", "photo": photo})["Location"] == url(place, vote, "proxies")
        page = owner.get(url(place, vote, "proxies")).content.decode()
        assert "李*" in page and "李平" not in page and "撤回" not in page
        assert url(place, vote, "proxies") in owner.get(url(place, vote, "session")).content.decode()
        made = Proxy.objects.get(compound_id=place.compound.pk)
        away = url(place, vote, "proxy-withdraw", made.pk)
        assert away in desk.get(url(place, vote, "proxies")).content.decode()
        assert desk.post(away, {"reason": "本人来投", "once": str(uuid4())}).status_code == 302
        assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("李平，110101199003070011", [LI]),
        ("李平, 110101 19900307 0011, +86 138-1111-0001\n\n王芳、110101198802020022", [LI._replace(phone="13811110001"), WANG]),
        ("李平", None), ("李平，110101199003070011，138", None), ("李平，110101199003070011，13811110001，王芳", None),
    ],
    ids=["without telephone", "two", "no papers", "misread", "two in a line"],
)  # fmt: skip
def test_agents_are_typed_one_a_line(vote, typed, found):
    form = ProxyForm({"agents": typed}, owners=[], asked=[])
    form.is_valid()
    assert form.cleaned_data.get("agents") == found and ("agents" in form.errors) is (found is None)


def test_desk_pages_are_for_those_who_carry(place, vote, chair):
    made = give(vote, chair)
    with time_machine.travel(AT, tick=False):
        others = [bound(place, vote, 1), place.post(Role.GRID_WORKER, name="网格员"), place.post(Role.FRONT_DESK, name="前台")]  # fmt: skip
        for address in (url(place, vote, "proxy-register", 1), url(place, vote, "proxy-withdraw", made.pk)):
            assert [place.client(by).get(address).status_code for by in others] == [404, 404, 404]
            assert place.client(chair).get(address).status_code == 200
        assert place.client(chair).get(url(place, vote, "proxy-register", 99)).status_code == 404
        assert place.client(chair).get(url(place, vote, "proxy-withdraw", uuid4())).status_code == 404
