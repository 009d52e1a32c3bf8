"""Checks a vote, trusting nobody: python3 verifier.py BULLETIN.zip [--receipt R.json]. Exit 0 holds, 1 contradicted, 2 unreadable.
Python's standard library alone, no network. The public bulletin proves the log and the register; the inspection bulletin also holds what
each ballot says, so that every sum is made again."""

import json
import sys
import zipfile
from collections import defaultdict
from fractions import Fraction
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any


class Contradiction(Exception): ...


def demand(true: Any, what: str) -> None:
    if not true:
        raise Contradiction(what)


def about(what: str, value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"linli {what} 1\n{text}".encode()


# Ed25519 (RFC 8032): is this head signed by the key that was printed on the notice?
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


def plus(a: Any, b: Any) -> Any:
    (x, y, z, t), (u, v, w, s) = a, b
    e, f, g, h = (y - x) * (v - u) % P, (y + x) * (v + u) % P, 2 * t * s * D % P, 2 * z * w % P
    k, m, n, o = f - e, h - g, h + g, f + e
    return k * m % P, n * o % P, m * n % P, k * o % P


def times(n: int, a: Any) -> Any:
    rest = times(n >> 1, plus(a, a)) if n else (0, 1, 1, 0)
    return plus(rest, a) if n & 1 else rest


def point(raw: bytes) -> Any:
    sign, y = divmod(int.from_bytes(raw, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - square) % P else x
    demand(len(raw) == 32 and y < P and (x * x - square) % P == 0, "a key or signature is not a point of the curve")
    return (P - x if x & 1 != sign else x), y, 1, (P - x if x & 1 != sign else x) * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(head: Any, key: str) -> bool:
    message = about("head", {k: head[k] for k in ("session", "size", "root", "at")})
    raw = bytes.fromhex(head["signature"])
    s = int.from_bytes(raw[32:], "little")
    h = int.from_bytes(sha512(raw[:32] + bytes.fromhex(key) + message).digest(), "little") % Q
    a, b = times(s, BASE), plus(point(raw[:32]), times(h, point(bytes.fromhex(key))))
    return len(raw) == 64 and s < Q and (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


# The log (RFC 9162): one tree of hashes over all ballots, in order.
def roots(leaves: list[Any], sizes: set[int]) -> dict[int, str]:
    found, stack = {0: sha256(b"").hexdigest()}, list[bytes]()
    for n, leaf in enumerate(leaves, 1):
        node, place = sha256(b"\x00" + about("leaf", leaf)).digest(), n
        while place & 1 == 0:
            node, place = sha256(b"\x01" + stack.pop() + node).digest(), place >> 1
        stack.append(node)
        if n in sizes:
            found[n] = reduce(lambda right, left: sha256(b"\x01" + left + right).digest(), reversed(stack)).hex()
    return found


def check_log(b: Any) -> None:
    session, leaves, sizes = b["session"], b["leaves"], [h["size"] for h in b["heads"]]
    demand(sizes == sorted(sizes), "a later head is smaller than an earlier one")
    found = roots(leaves, set(sizes))
    for h in b["heads"]:
        demand(h["session"] == session["id"] and signed(h, session["key"]), f"head {h['size']} is not signed by it")
        demand(found.get(h["size"]) == h["root"], f"the log is not the one whose head {h['size']} was published")
    demand(sizes[-1] == len(leaves), "the last head does not cover the whole log")
    sent, void = {leaf["ballot"] for leaf in leaves}, {leaf["ballot"] for leaf in leaves if leaf["kind"] == "voided"}
    demand(void <= set(b["refused"]), "a ballot that was voided is not among the refused")
    listed = {number for item in b["items"] for number in item["not_counted"]} | set(b["refused"])
    demand(listed <= sent, "a ballot that never came is said not to count")


def check_register(b: Any) -> None:
    said, rows = b["register"], b["register"]["rows"]
    found = sha256(about("register", sorted(rows, key=lambda row: row["home"]))).hexdigest()
    demand(found == said["fingerprint"], "the register is not the one whose fingerprint was published")
    demand(len({row["home"] for row in rows}) == len(rows), "a home is in the register twice")
    counted = [row for row in rows if row["party"] is not None]
    demand(len({row["party"] for row in counted}) == said["parties"], "the number of parties is another")
    demand(sum(row["area"] for row in counted) == said["area"], "the total area is another")
    pairs = {(row["party"], frozenset(row["owners"]) or row["home"]) for row in counted}
    demand(len(pairs) == len({p for p, _ in pairs}) == len({o for _, o in pairs}), "parties are not the sets of owners")


def check_receipt(b: Any, r: Any) -> None:
    same = r["head"]["session"] == b["session"]["id"] and r["key"] == b["session"]["key"]
    demand(same, "the receipt is of another vote")
    demand(r["register"] == b["register"]["fingerprint"], "the receipt names another register")
    demand(signed(r["head"], r["key"]), "the receipt's head is not signed by the key")
    size, index, leaves = r["head"]["size"], r["index"], b["leaves"]
    demand(0 <= index < len(leaves) and leaves[index] == r["leaf"], "the receipt's ballot is not in the log")
    demand(roots(leaves, {size}).get(size) == r["head"]["root"], "the log was changed after the receipt was given")


# The count, made again from the openings (inspection bulletin).
def ballots(b: Any) -> tuple[list[Any], list[Any]]:
    """(ballots, joint statements) as opened, each held against its commitment; a paper with what was read on it."""
    found = dict[str, Any]()
    for leaf, opening in zip(b["leaves"], b["openings"], strict=True):
        number = leaf["ballot"]
        demand(opening is not None, f"{number} was not opened")
        sealed = sha256(about("ballot", opening)).hexdigest()
        demand(sealed == leaf["commitment"], f"{number} does not say what was sealed")
        demand(all(opening[k] == leaf[k] for k in ("kind", "ballot")), f"{number} was opened as another")
        if leaf["kind"] == "voided":
            demand(number in found and b["refused"][number] == opening["reason"], f"{number} was voided otherwise")
        elif leaf["kind"] == "entered":
            demand(found.get(number, {}).get("channel") == "paper", f"{number} was entered and never came back")
            found[number] |= {k: opening[k] for k in ("choices", "owner", "agent")}
        else:
            demand(number not in found or number in b["refused"], f"{number} is in the log twice")
            found.setdefault(number, {**opening, "at": leaf["at"]})
    for number, x in found.items():
        demand("choices" in x or number in b["refused"], f"{number} came back and was not entered")
    said = sorted(found.values(), key=lambda x: (x["at"], x["ballot"]))
    words = [x for x in said if x["kind"] == "statement" and x["ballot"] not in b["refused"]]
    return [x for x in said if x["kind"] != "statement"], words


def mark_of(choice: Any, rules: Any, seats: int) -> Any:
    """One word for what was ticked (the names, where up to N may be): "double" where it is no vote."""
    if seats:
        ticks = frozenset(name for name, said in choice.items() if said == "approve")
        return "double" if len(ticks) > seats else ticks
    return "abstain" if choice == "blank" or (choice == "follow_majority" and not rules["follow_majority"]) else choice


def settled(good: list[Any], rules: Any) -> set[Any]:
    """One mark of each owner: the owner's own ballots before an agent's, then by the printed rule."""
    said, channel = set(), {"paper_wins": "paper", "online_wins": "online"}.get(rules["duplicate_rule"])
    for owner in {x["owner"] for x in good}:
        mine = [x for x in good if x["owner"] == owner and not x["agent"]] or [x for x in good if x["owner"] == owner]
        first = ([x for x in mine if x["channel"] == channel] or mine)[0]
        said.add((mine[-1] if rules["duplicate_rule"] == "last_valid_wins" else first)["mark"])
    return said


def together(theirs: list[Any], papers: Any, rules: Any) -> list[Any]:
    """Agents who act together are one ballot, once the last has signed the same (Civil Code 166)."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for x in theirs:
        signed = set(x["agent"])
        mine = [p for p in papers if p["owner"] == x["owner"] and signed <= set(p["agents"])]
        demand(mine or not signed, f"{x['ballot']} was signed without authority")
        alone = not signed or any(p["severally"] or signed == set(p["agents"]) for p in mine)
        what = x["ballot"] if alone else (x["owner"], x["mark"], rules["per_home_ballot"] and x["home"])
        groups[what, frozenset(signed if alone else mine[0]["agents"])].append(x)
    live = [g[-1] for (_, needed), g in groups.items() if needed <= {agent for x in g for agent in x["agent"]}]
    return sorted(live, key=lambda x: (x["at"], x["ballot"]))


def stand(theirs: list[Any], words: list[Any], homes: dict[str, int], rules: Any, papers: Any) -> tuple[int, Any]:
    """(area, mark) of a party that sent something; no mark: nothing counts, or its owners or homes differ."""
    live, whole = words[-1:] or together(theirs, papers, rules), sum(homes.values())
    good = [x for x in live if x["mark"] != "double"]
    if words or not rules["per_home_ballot"]:
        said = {x["mark"] for x in good} if words else settled(good, rules)
        return whole, said.pop() if len(said) == 1 else None
    by_home = {home: settled([x for x in good if x["home"] == home], rules) for home in homes}
    said = set().union(*by_home.values())
    return (sum(homes[h] for h in homes if by_home[h]), said.pop()) if len(said) == 1 else (whole, None)


def sums(stands: Any, silence: str, special: bool, total: list[int]) -> dict[str, Any]:
    """Participating, each choice and the result by article 278 of the Civil Code, from (area, word) of each party."""
    got: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for area, word in stands:
        got[word][0], got[word][1] = got[word][0] + area, got[word][1] + 1
    words = ("approve", "against", "abstain")
    ahead = [w for w in words if all(got[w][i] > got[o][i] for o in words if o != w for i in (0, 1))]
    choice, lead = {w: list(got[w]) for w in words}, (ahead or ["abstain"])[0]
    part, quorum = [0, 0], False
    for what in ("follow_majority", "silent"):
        if what == "follow_majority" or silence == "C" or (silence == "B" and quorum):
            choice[lead] = [choice[lead][i] + got[what][i] for i in (0, 1)]
            part = [sum(choice[w][i] for w in words) for i in (0, 1)]
            quorum = all(part) and all(3 * part[i] >= 2 * total[i] for i in (0, 1))
    yes, result = choice["approve"], "quorum_not_met"
    if quorum:
        enough = all(4 * yes[i] >= 3 * part[i] if special else 2 * yes[i] > part[i] for i in (0, 1))
        result = "passed" if enough else "rejected"
    return {"participating": part, **choice, "result": result}


def check_item(item: Any, b: Any, opened: list[Any], words: list[Any]) -> None:
    rules, scope, no = item["rules"], item["scope"], str(item["no"])
    rows = [r for r in b["register"]["rows"] if r["party"] is not None and (scope is None or r["home"] in scope)]
    party_of: dict[str, int] = {r["home"]: r["party"] for r in rows}
    owned = {frozenset(r["owners"]): r["party"] for r in rows if r["owners"]}
    sender: Any = {r["home"]: party_of.get(r["home"], owned.get(frozenset(r["owners"]))) for r in b["register"]["rows"]}
    votes = {r["home"] for r in (rows if rules["per_home_ballot"] else b["register"]["rows"]) if r["party"] is not None}
    homes: dict[int, dict[str, int]] = {r["party"]: {} for r in rows}
    for row in rows:
        homes[row["party"]][row["home"]] = row["area"]
    total = [sum(row["area"] for row in rows), len(homes)]
    demand([item["total"]["area"], item["total"]["persons"]] == total, f"item {no}: the electorate is another")
    reached = {party_of.get(h) for h in b["delivered"]}
    came: dict[int, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))  # ballots and joint words of a party
    for x in (x for x in opened + words if sender.get(x["home"]) and x["at"] <= b["session"]["closes_at"]):
        if x["kind"] != "statement":  # who sent anything is not silent
            came[sender[x["home"]]][0].extend([x] if x["home"] in votes and x["ballot"] not in b["refused"] else [])
        elif no in x["choices"]:
            came[sender[x["home"]]][1].append(x)
    dead: list[set[str]] = []  # what counts nowhere, for each candidate

    def again(said: Any, word: Any, pick: Any, seats: int = 0) -> dict[str, Any]:
        def read(found: list[Any]) -> list[Any]:
            return [{**x, "mark": mark_of(pick(x["choices"].get(no, {})), rules, seats)} for x in found]

        dead.append(set())
        stands: list[tuple[int, str]] = []
        for party, areas in homes.items():
            if party not in came:
                stands.append((sum(areas.values()), "silent" if party in reached else "unreached"))
                continue
            area, mark = stand(read(came[party][0]), read(came[party][1]), areas, rules, b["proxies"])
            dead[-1].update(x["ballot"] for x in came[party][0] if mark is None and not came[party][1])
            stands.append((area, "invalid" if mark is None else word(mark)))
        made = sums(stands, rules["silence_mode"], item["matter_no"] in (6, 7, 8), total)
        for key in ("participating", "approve", "against", "abstain"):
            same = [said[key]["area"], said[key]["persons"]] == made[key]
            demand(same, f"item {no} {said.get('name', '')}: {key} is {made[key]} when added up again")
        demand(said["result"] == made["result"], f"item {no} {said.get('name', '')}: the result is {made['result']}")
        return made

    election, rank = item.get("election") or {"candidates": [], "elected": [], "seats": 0}, {}
    _ = election["candidates"] or again(item, str, lambda said: said or "blank")
    for c in election["candidates"]:
        name = c["name"]
        if election["form"] == "choose_up_to_N":
            made = again(c, lambda m, n=name: "approve" if n in m else "abstain", dict, election["seats"])
        else:
            made = again(c, str, lambda x, n=name: x.get(n, "blank"))
        if made["result"] == "passed":
            yes, part = made["approve"], made["participating"]
            rank[name] = (Fraction(yes[0], part[0]) + Fraction(yes[1], part[1]), *yes)
    seated = election["elected"]
    demand(set(seated) <= set(rank) and len(seated) <= election["seats"], f"item {no}: one is seated who did not pass")
    over = [r for r in rank if r not in seated and any(rank[r] > rank[s] for s in seated)]
    demand(not over, f"item {no}: {over} rank higher than one who was seated")
    demand(set.intersection(*dead) <= set(item["not_counted"]), f"item {no}: what does not count is not listed")


def check(b: Any, receipt: Any = None) -> list[str]:
    check_register(b)
    check_log(b)
    marks = {"register": b["register"]["fingerprint"], "log": b["heads"][-1]["root"], "key": b["session"]["key"]}
    lines = [f"{what} holds; compare with the notice: {mark}" for what, mark in marks.items()]
    if receipt is not None:
        check_receipt(b, receipt)
        lines.append(f"receipt: entry {receipt['index']} is in the log as it was given")
    inspected = b["kind"] == "inspection"
    opened, words = ballots(b) if inspected else ([], [])
    for item in b["items"]:
        if inspected:
            check_item(item, b, opened, words)
        lines.append(f"item {item['no']}: {'every sum' if inspected else 'no sum could be'} recomputed")
    return [*lines, f"{len(b['refused'])} ballots refused by the tellers, with their reasons in the bulletin"]


def main(args: list[str]) -> int:
    try:
        bulletin = json.loads(zipfile.ZipFile(args[0]).read("bulletin.json"))
        receipt = json.loads(Path(args[args.index("--receipt") + 1]).read_bytes()) if args[1:] else None
        if bulletin["linli_bulletin"] != 1 or (receipt and receipt["linli_receipt"] != 1):
            raise ValueError("another format")
        print("\n".join([*check(bulletin, receipt), "HOLDS"]))
        return 0
    except Contradiction as no:
        print(f"CONTRADICTED: {no}")
        return 1
    except Exception as no:  # a damaged file may fail anywhere
        print(f"unreadable: {type(no).__name__} {no}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
