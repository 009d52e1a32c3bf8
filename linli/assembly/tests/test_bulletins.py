"""From a closed box to a bulletin that a stranger checks; and what was tampered with is found."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from linli.assembly.models import Bulletin, Head, Leaf, Log, Outcome, RegisterHome
from linli.assembly.queries import bulletins as queries
from linli.assembly.rules.sessions import Office
from linli.assembly.services import bulletins as services
from linli.assembly.services import count, log, reading, signing
from linli.assembly.words import CONTRADICTIONS
from linli.kernel import verifier
from linli.kernel.bulletins import VERIFIER
from linli.kernel.merkle import Frontier
from linli.kernel.refusal import Refused
from linli.kernel.tally.tests.examples import examples
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from . import boxes, makers
from .test_signing import AFTER, announced, counted, signed, text, url

MIXED = boxes.case(*["approve"] * 5, *["against"] * 2)
MIXED["ballots"] = [{**b, "channel": "paper" if n % 2 else "online"} for n, b in enumerate(MIXED["ballots"])]


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def published_head(made, day=1):
    """As the desk posts one while the box is open."""
    box = Log.objects.get(compound_id=made.session.compound_id, session=made.session)
    tree = Frontier(box.size, tuple(bytes.fromhex(root) for root in box.frontier))
    at = made.session.closes_at + timedelta(minutes=day)
    Head.objects.create(
        compound_id=made.session.compound_id, session=made.session, size=box.size, on=at.date(), kind=f"day{day}",
        head=log.head(made.session, tree, at),
    )  # fmt: skip


def file_of(made, kind):
    return vault.open_sealed(queries.last(made.session, kind).file)


def bulletin_of(made, kind):
    with zipfile.ZipFile(io.BytesIO(file_of(made, kind))) as packed:
        return json.loads(packed.read("bulletin.json"))


def verified(made, tmp_path, kind="inspection", receipt=None) -> tuple[int, str]:
    path, slip = tmp_path / f"{kind}.zip", tmp_path / "r.json"
    path.write_bytes(file_of(made, kind))
    args = [str(path)]
    if receipt:
        slip.write_text(json.dumps(receipt), encoding="utf-8")
        args += ["--receipt", str(slip)]
    return verifier.main(args), str(path)


def test_from_a_closed_box_to_a_bulletin_that_verifies(place, chair, tmp_path, capsys):
    """Online and paper, two sheets, papers entered twice, signed, announced, published, checked by the other program."""
    made = boxes.laid(place, MIXED, by=chair, entered=False)
    staff = boxes.officers(place, made, chair=chair)
    published_head(made)
    boxes.opened(made, staff)
    for number in ("B002", "B004", "B006"):
        choice = next(b["choice"] for b in MIXED["ballots"] if b["id"] == number)
        said = reading.plain({"1": choice}, owner=boxes.mark_of(made, int(number[1:])))
        for clerk in ("clerk1", "clerk2"):
            reading.read_paper(session=made.session, by=staff[clerk], number=number, said=said, at=AFTER)
    (outcome,) = count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    announced(made, staff)
    for kind in ("public", "inspection"):
        assert verified(made, tmp_path, kind)[0] == 0
    lines = capsys.readouterr().out
    assert "item 1: no sum could be recomputed" in lines and "item 1: every sum recomputed" in lines
    found = bulletin_of(made, "inspection")
    (item,) = found["items"]
    for key in ("total", "participating", "approve", "against", "abstain", "invalid", "result"):
        assert item[key] == outcome.found[key], key
    assert (outcome.result, item["approve"]["persons"]) == ("passed", 5)
    assert len(found["leaves"]) == 7 + 3 and len(found["heads"]) == 2
    assert found["register"]["fingerprint"] == made.session.register_fingerprint
    for leaf in Leaf.objects.filter(compound_id=place.compound.pk, kind__in=["cast", "returned"]):
        assert verified(made, tmp_path, "public", leaf.receipt)[0] == 0


PLAIN = [(name, given) for name, given, _ in examples()]


@pytest.mark.parametrize(("name", "given"), PLAIN, ids=[name for name, _ in PLAIN])
def test_the_other_program_gives_the_same_for_every_example(place, chair, tmp_path, name, given):
    made, staff = counted(place, chair, given)
    signed(made, staff)
    outcome = Outcome.objects.get(compound_id=place.compound.pk)
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    assert verified(made, tmp_path)[0] == 0
    assert bulletin_of(made, "inspection")["items"][0]["result"] == outcome.result


def test_agents_who_agree_on_one_item_and_not_on_another(place, chair, tmp_path):
    """Civil Code 166: on the second item there is no ballot, and the bulletin that says so is not contradicted."""
    made = boxes.laid(place, boxes.case(*["approve"] * 5, homes=9), by=chair)
    second = makers.Item.objects.create(
        compound=place.compound,
        session=made.session,
        place=2,
        matter_no=5,
        title="动用维修资金",
        total_parties=9,
        total_area=90_000,
    )
    mark = boxes.mark_of(made, 7)
    person = makers.RegisterOwner.objects.get(compound_id=place.compound.pk, session=made.session, mark=mark).person
    boxes.Proxy.objects.create(
        compound=place.compound,
        session=made.session,
        person=person,
        agents=["甲", "乙"],
        registered_at=made.session.opens_at,
    )
    for n, (agent, said) in enumerate([("甲", "approve"), ("乙", "against")]):
        opening = {
            "choices": {"1": "approve", "2": said}, "owner": mark, "agent": [agent], "home": made.rows[6].label, "channel": "online",
        }  # fmt: skip
        at = made.session.closes_at - timedelta(hours=9 - n)
        boxes._leaf(made, log.receipts.Leaf.CAST, f"J00{n}", opening, "online", at, row=made.rows[6])
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    first, other = count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    assert (first.found["participating"]["persons"], other.found["participating"]["persons"]) == (6, 5)
    assert other.item_id == second.pk
    announced(made, staff)
    assert verified(made, tmp_path)[0] == 0
    found = bulletin_of(made, "public")
    assert [item["not_counted"] for item in found["items"]] == [{}, {"J000": "joint_agents", "J001": "joint_agents"}]
    assert found["refused"] == {} and "proxies" not in found


def test_co_owners_at_odds_are_listed_in_both_bulletins(place, chair):
    given = boxes.case(*["approve"] * 7, homes=9)
    given["homes"][0]["owners"].append("q1")
    given["ballots"].append(
        dict(given["ballots"][0], id="B777", owner="q1", choice="against", at="2026-03-26T09:00:00+08:00")
    )
    made, staff = counted(place, chair, given)
    announced(made, staff)
    for kind in ("public", "inspection"):
        (item,) = bulletin_of(made, kind)["items"]
        assert item["not_counted"] == {"B001": "disputed", "B777": "disputed"}


def test_the_public_one_says_no_choice_and_no_name(place, chair):
    made, staff = counted(place, chair, MIXED)
    announced(made, staff)
    plain = json.dumps(bulletin_of(made, "public"), ensure_ascii=False)
    assert "openings" not in plain and "salt" not in plain and '"p1"' not in plain
    assert "openings" in bulletin_of(made, "inspection")


# ── tampering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def key(place, made):
    return made.hex if connection.vendor == "sqlite" else made


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def removed(place, made):
    compound = key(place, place.compound.pk)
    first = Leaf.objects.filter(compound_id=place.compound.pk).order_by("index").first()
    run("DELETE FROM assembly_leaf WHERE id = %s AND compound_id = %s", key(place, first.pk), compound)


def changed(place, made):
    compound = key(place, place.compound.pk)
    run('UPDATE assembly_leaf SET ballot = %s WHERE "index" = 1 AND compound_id = %s', "ZZZ", compound)


def added(place, made):
    """Somebody with the database and the public key can seal a ballot; the published head knows nothing of it."""
    box = Log.objects.get(compound_id=place.compound.pk, session=made.session)
    size, frontier = box.size, box.frontier
    said = {
        "choices": {"1": "approve"},
        "owner": boxes.mark_of(made, 8),
        "agent": "",
        "home": "9-1-0008",
        "channel": "online",
    }
    with transaction.atomic():
        forged = log.append(log.locked(made.session), made.session, kind=log.receipts.Leaf.CAST, ballot="F001", opening=said, channel="online", at=made.session.closes_at - timedelta(hours=1), row=made.rows[7])  # fmt: skip
    compound = key(place, place.compound.pk)
    run('UPDATE assembly_leaf SET "index" = 1000 WHERE id = %s AND compound_id = %s', key(place, forged.pk), compound)
    run('UPDATE assembly_leaf SET "index" = "index" + 1 WHERE "index" < 1000 AND compound_id = %s AND "index" >= 6', compound)  # fmt: skip
    run('UPDATE assembly_leaf SET "index" = 6 WHERE "index" = 1000 AND compound_id = %s', compound)
    assert (size, len(frontier)) == (7, 3)


@pytest.mark.parametrize("tamper", [removed, changed, added], ids=["removed", "changed", "added"])
def test_a_ballot_removed_changed_or_added_in_the_tables_is_found(place, chair, tmp_path, tamper):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    staff = boxes.officers(place, made, chair=chair)
    published_head(made)
    tamper(place, made)
    boxes.opened(made, staff)
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    announced(made, staff)
    for kind in ("public", "inspection"):
        assert verified(made, tmp_path, kind)[0] == 1


def test_a_register_swapped_after_the_count_is_found(place, chair, tmp_path):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 7))
    receipt = Leaf.objects.filter(compound_id=place.compound.pk).first().receipt
    RegisterHome.objects.filter(compound_id=place.compound.pk, place=9).update(area=20_000)
    signed(made, staff)
    with pytest.raises(Refused) as no:
        signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    assert no.value.refusal.key == "changed_since"
    RegisterHome.objects.filter(compound_id=place.compound.pk, place=9).update(area=10_000, kind="shop")
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    assert verified(made, tmp_path, "public", receipt)[0] == 1


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_takes_the_public_one_and_nobody_before_it_is_announced(place, chair):
    made, staff = counted(place, chair, MIXED)
    signed(made, staff)
    address = url(place, "bulletin")
    assert place.client().get(address).status_code == 404
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    answer = place.client().get(address)
    assert answer.status_code == 200 and answer.content == file_of(made, "public")
    place.compound.public_page = False
    place.compound.save()
    assert place.client().get(address).status_code == 404
    assert place.client(place.resident()).get(address).status_code == 200


def test_the_inspection_one_goes_with_a_reason_to_those_who_inspect(place, chair):
    made, staff = counted(place, chair, MIXED)
    announced(made, staff)
    address = url(place, "inspection")
    owner, manager = place.resident(), place.post(Role.PROPERTY_MANAGER)
    for actor in (staff["clerk1"], owner, manager):
        assert place.client(actor).get(address).status_code == 404
    for who in ("teller1", "scrutineer2"):
        browser = place.client(staff[who])
        assert "谁、为什么下载，都记下来" in text(browser.get(address))
        assert browser.post(address, {"words": ""}).status_code == 422
        answer = browser.post(address, {"words": "业主异议，核对 3 号票"})
        assert answer.content == file_of(made, "inspection")
    entries = AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_inspect")
    assert {entry.words for entry in entries} == {"业主异议，核对 3 号票"} and entries.count() == 2


@pytest.mark.parametrize("open_", [False, True])
def test_owners_take_it_only_where_the_rules_say_that_votes_are_open(place, chair, open_):
    given = boxes.case(*["approve"] * 7)
    given["rules"]["open_ballots"] = open_
    made, staff = counted(place, chair, given)
    announced(made, staff)
    owner = place.resident()
    made.session.registerowner_set.model.objects.filter(compound_id=place.compound.pk, row=made.rows[0]).update(
        person_id=owner.person_id
    )
    assert place.client(owner).get(url(place, "inspection")).status_code == (200 if open_ else 404)
    assert Office.TELLER  # sworn people take it either way, with a reason


def sent(browser, **files):
    data = {name: SimpleUploadedFile(name, content) for name, content in files.items()}
    return browser.post(reverse("assembly:verify"), data)


def test_the_page_says_what_the_verifier_says(place, chair):
    made, staff = counted(place, chair, MIXED)
    receipt = Leaf.objects.filter(compound_id=place.compound.pk).first().receipt
    announced(made, staff)
    browser, whole = place.client(), file_of(made, "inspection")
    page = text(sent(browser, bulletin=whole, receipt=json.dumps(receipt).encode()))
    assert "相符" in page and "在，是第1条" in page and "每个数字都重新加过，一样" in page
    assert "加不了" in text(sent(browser, bulletin=file_of(made, "public")))
    found = bulletin_of(made, "inspection")
    found["leaves"][0]["ballot"] = "X"
    page = text(sent(browser, bulletin=services.bulletins.packed(found)))
    assert "有矛盾" in page and "票箱里有票被删、被改或者被加" in page
    torn = bytearray(whole)
    torn[60] ^= 0xFF  # inside what is packed
    for junk in (b"junk", bytes(torn), services.bulletins.packed({"linli_bulletin": 1}), services.bulletins.packed([])):
        assert "读不出来" in text(sent(browser, bulletin=junk))
    assert "读不出来" in text(sent(browser, bulletin=whole, receipt=b"{}"))
    assert Bulletin.objects.filter(compound_id=place.compound.pk).count() == 2


def test_every_contradiction_of_the_verifier_is_said_in_chinese():
    said = re.findall(r'demand\((?:[^"]|"[^"]*"\])*?, f?"([^"]+)"', VERIFIER.read_text(encoding="utf-8"))
    texts = [re.sub(r"\{[^}]*\}", "3", line) for line in said]
    assert len(texts) > 10
    unknown = [t for t in texts if not any(re.fullmatch(pattern, t) for pattern in CONTRADICTIONS)]
    assert set(unknown) <= {"a key or signature is not a point of the curve"}
