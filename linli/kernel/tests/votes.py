"""A counted vote as it is published, made of any case that `linli tally` takes."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linli.kernel.bulletins import Entry, Vote, item
from linli.kernel.merkle import Frontier
from linli.kernel.receipts import Leaf, commitment, leaf, leaf_digest, owner_mark, receipt, signed_head
from linli.kernel.tally.case import case_of
from linli.kernel.tally.count import count
from linli.kernel.tally.settling import accepted

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw().hex()
WHOLE = {
    "void", "not_an_owner", "used_id", "unknown_home", "out_of_scope", "parking_not_counted", "late", "joint_agents",
}  # fmt: skip


def mark(owner):
    return owner_mark("salt", owner, owner)


def register_of(case):
    parties = {}
    for home in case["homes"]:
        counts = home["kind"] != "parking_space" or case["rules"]["count_parking"]
        owners = frozenset(home["owners"]) or home["id"]
        party = parties.setdefault(owners, len(parties) + 1) if counts else None
        yield {
            "home": home["id"], "kind": home["kind"], "area": home["area"], "party": party,
            "owners": sorted(mark(o) for o in home["owners"]),
        }  # fmt: skip


def entries_of(*cases):
    """A paper is two leaves, what came back and what was read on it; anything else one. Each case is an item of the same ballots."""
    salt = 0
    for ballot in sorted(cases[0]["ballots"], key=lambda b: (b["at"], b["id"])):
        at = datetime.fromisoformat(ballot["at"]).astimezone(UTC)
        each = [next(b for b in case["ballots"] if b["id"] == ballot["id"]) for case in cases]
        said = {
            "choices": {str(no): b.get("choice", b.get("choices")) for no, b in enumerate(each, 1)},
            "owner": mark(ballot["owner"]), "agent": ballot.get("agents", []) or "", **({} if ballot["valid"] else {"fault": "void"}),
        }  # fmt: skip
        where = {"home": ballot["home"], "channel": ballot["channel"]}
        parts = (
            [(Leaf.RETURNED, where, at), (Leaf.ENTERED, said, at + timedelta(days=90))]
            if ballot["channel"] == "paper"
            else [(Leaf.CAST, where | said, at)]
        )
        for kind, more, when in parts:
            salt += 1
            opening = {"salt": f"{salt:032x}", "kind": kind.value, "ballot": ballot["id"], **more}
            yield Entry(leaf(kind, ballot["id"], commitment(opening), when), opening)
    for n, found in enumerate(cases[0].get("objections", ()), 1):
        at = datetime.fromisoformat(found["at"]).astimezone(UTC)
        opening = {
            "salt": f"{salt + n:032x}", "kind": "objection", "ballot": f"o{n}", "home": found["home"], "owner": mark(found["owner"]),
            "channel": "online", "choices": {str(no): "object" for no in range(1, len(cases) + 1)},
        }  # fmt: skip
        yield Entry(leaf(Leaf.OBJECTION, f"o{n}", commitment(opening), at), opening)


def faults_of(case):
    """Objections that are none, by number: what whoever publishes says of them."""
    homes = {home["id"]: home for home in case["homes"]}
    for n, found in enumerate(case.get("objections", ()), 1):
        home = homes[found["home"]]
        if datetime.fromisoformat(found["at"]) > case_of(case).closes_at:
            yield f"o{n}", "late"
        elif home["kind"] == "parking_space" and not case["rules"]["count_parking"]:
            yield f"o{n}", "parking_not_counted"
        elif found["owner"] not in home["owners"]:
            yield f"o{n}", "not_an_owner"


def proxies_of(case):
    return [
        {"owner": mark(paper.owner), "agents": sorted(paper.agents), "severally": paper.severally}
        for paper in accepted(case_of(case))
    ]


def made(case, *others, voided=()):
    """(vote, receipts) of a case; of several, which are the items of one vote. `voided`: number to reason, by leaves of a recount."""
    none = dict(faults_of(case))
    held = [o for n, o in enumerate(case.get("objections", ()), 1) if f"o{n}" not in none]
    counts = [count(case_of(one | {"objections": held})) for one in (case, *others)]
    rows, entries = list(register_of(case)), sorted(entries_of(case, *others), key=lambda e: e.leaf["at"])
    for number, reason in dict(voided).items():
        opening = {"salt": "0f" * 16, "kind": "voided", "ballot": number, "reason": reason}
        late = case_of(case).closes_at + timedelta(days=100)
        entries.append(Entry(leaf(Leaf.VOIDED, number, commitment(opening), late), opening))
    out = [{n.ballot: n.code for n in counted.notes if n.ballot and n.code in WHOLE} for counted in counts]
    tree, heads, receipts = Frontier(), [], []
    for entry in entries:
        before, tree = tree, tree.append(leaf_digest(entry.leaf))
        at = datetime.fromisoformat(entry.leaf["at"])
        head = signed_head("s1", tree, at, KEY)
        receipts.append(
            receipt(found=entry.leaf, before=before, head=head, public_key=PUBLIC, title="试投", register=""),
        )
        heads.append(head)
    heads = heads[-1:] or [signed_head("s1", tree, datetime(2026, 3, 31, tzinfo=UTC), KEY)]
    vote = Vote(
        id="s1", title="试投", compound="柳溪", closes_at=case_of(case).closes_at, key=PUBLIC, register=rows, entries=entries,
        heads=heads, items=[item(no, "一项", counted, dict(case["rules"]), case.get("scope")) for no, counted in enumerate(counts, 1)],
        refused={number: code for number, code in out[0].items() if all(number in here for here in out)} | none, proxies=proxies_of(case),
        delivered=[home["id"] for home in case["homes"] if home["delivered"]],
    )  # fmt: skip
    return vote, receipts
