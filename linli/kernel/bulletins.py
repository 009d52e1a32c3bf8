"""The two bulletins of a vote (docs/proof.md): what anybody may check, and the same with what each ballot says, for lawful inspection."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .receipts import fingerprint, moment
from .tally.count import Count
from .tally.electing import Candidate
from .tally.thresholds import Weight

# Why a single ballot does not count, whatever becomes of its party.
SINGLE = frozenset({
    "used_id", "late", "void", "unknown_home", "parking_not_counted", "out_of_scope", "not_an_owner", "joint_agents", "in_person",
    "repeated", "conflict",
})  # fmt: skip
AT_ODDS = frozenset({"disputed", "objected", "homes_differ", "joint_statement"})
VERIFIER = Path(__file__).with_name("verifier.py")
READ_ME = """怎样核对 / How to check

    python3 verifier.py BULLETIN.zip
    python3 verifier.py BULLETIN.zip --receipt 回执.json

只用 Python 自带的库，不用联网。HOLDS：相符；CONTRADICTED：有矛盾。把打印出来的三行和公告上的对一对。
Python's standard library alone, no network. Exit 0 holds, 1 contradicted, 2 unreadable. Compare the three lines it prints with the notice.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of the log, and what it opens to where it was opened."""

    leaf: Mapping[str, Any]
    opening: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote that was counted. `register` rows as `receipts.fingerprint` takes them; `refused`: ballot number to reason;
    `proxies`: owner, agents, severally of each accepted paper, by time of registration."""

    id: str
    title: str
    compound: str
    closes_at: datetime
    key: str
    register: Sequence[Mapping[str, Any]]
    entries: Sequence[Entry]
    heads: Sequence[Mapping[str, Any]]
    items: Sequence[Mapping[str, Any]]
    refused: Mapping[str, str]
    delivered: Sequence[str]
    proxies: Sequence[Mapping[str, Any]] = ()


def item(no: int, title: str, counted: Count, rules: Mapping[str, Any], scope: Sequence[str] | None) -> dict[str, Any]:
    """`rules` and `scope` as `linli tally` takes them."""
    found = {k: v for k, v in counted.as_dict().items() if k not in {"notes", "disputed"}}
    found["not_counted"] = not_counted(counted)
    found |= {"no": no, "title": title, "matter_no": counted.case.matter_no, "rules": dict(rules), "scope": scope}
    if counted.elected and counted.case.election:
        found["election"] |= {
            "form": counted.case.election.form.value, "seats": counted.elected.seats,
            "candidates": [_candidate(c) for c in counted.elected.candidates],
        }  # fmt: skip
    return found


def not_counted(counted: Count) -> dict[str, str]:
    """Ballots that do not count for an item, by number, with the reason: of themselves, or because their co-owners are at odds."""
    found = {n.ballot: n.code for n in counted.notes if n.ballot and n.code in SINGLE}
    if counted.lost:
        at_odds = {home: n.code for n in counted.notes if n.code in AT_ODDS for home in n.homes}
        said = {n.ballot: n.code for n in counted.notes if n.ballot}
        home_of = {ballot.id: ballot.home for ballot in counted.case.ballots}
        found |= {id: at_odds.get(home_of[id]) or said.get(id, "double") for id in counted.lost}
    return found


def _candidate(c: Candidate) -> dict[str, Any]:
    weights: dict[str, Weight] = {
        "participating": c.sums.participating, "approve": c.sums.approve, "against": c.sums.against, "abstain": c.sums.abstain,
    }  # fmt: skip
    return {"name": c.name, "result": c.sums.result.value, **{key: w.as_dict() for key, w in weights.items()}}


def bulletin(vote: Vote, *, inspection: bool) -> dict[str, Any]:
    counted = [row for row in vote.register if row["party"] is not None]
    found: dict[str, Any] = {
        "linli_bulletin": 1, "kind": "inspection" if inspection else "public",
        "session": {
            "id": vote.id, "title": vote.title, "compound": vote.compound, "closes_at": moment(vote.closes_at), "key": vote.key,
        },
        "register": {
            "fingerprint": fingerprint(vote.register), "parties": len({row["party"] for row in counted}),
            "area": sum(row["area"] for row in counted), "rows": [dict(row) for row in vote.register],
        },
        "leaves": [dict(entry.leaf) for entry in vote.entries], "heads": [dict(head) for head in vote.heads],
        "items": [dict(one) for one in vote.items], "refused": dict(vote.refused),
    }  # fmt: skip
    if inspection:
        found["openings"] = [entry.opening for entry in vote.entries]
        found["delivered"] = list(vote.delivered)
        found["proxies"] = [dict(paper) for paper in vote.proxies]
    return found


def packed(found: Mapping[str, Any]) -> bytes:
    """A .zip of the bulletin, the verifier and how to use it; the same bytes for the same bulletin."""
    files = {
        "bulletin.json": json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode(),
        "verifier.py": VERIFIER.read_bytes(),
        "READ-ME.txt": READ_ME.encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _dated(files.items()):
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _dated(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[zipfile.ZipInfo, bytes]]:
    return ((zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data) for name, data in files)
