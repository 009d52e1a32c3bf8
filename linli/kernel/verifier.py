"""Checks a vote, trusting nobody: python3 verifier.py BULLETIN.zip [--receipt R.json]. Exit 0 holds, 1 contradicted, 2 unreadable.
The public bulletin proves log, register and that its figures fit; with what each ballot says (inspection) every sum is made again."""

import json
import sys
import zipfile
from collections import defaultdict
from fractions import Fraction
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any


# fmt: off
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
    message, raw = about("head", {k: head[k] for k in ("session", "size", "root", "at")}), bytes.fromhex(head["signature"])
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
    sent, refused = {leaf["ballot"] for leaf in leaves}, set(b["refused"])
    demand({leaf["ballot"] for leaf in leaves if leaf["kind"] == "voided"} <= refused, "a ballot that was voided is not among the refused")
    demand(refused.union(*(item["not_counted"] for item in b["items"])) <= sent, "a ballot that never came is said not to count")

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
    demand((r["head"]["session"], r["key"]) == (b["session"]["id"], b["session"]["key"]), "the receipt is of another vote")
    demand(r["register"] == b["register"]["fingerprint"], "the receipt names another register")
    demand(signed(r["head"], r["key"]), "the receipt's head is not signed by the key")
    size, index, leaves = r["head"]["size"], r["index"], b["leaves"]
    demand(0 <= index < len(leaves) and leaves[index] == r["leaf"], "the receipt's ballot is not in the log")
    demand(roots(leaves, {size}).get(size) == r["head"]["root"], "the log was changed after the receipt was given")

# The count: what its figures must be in themselves; and, with the openings of the inspection bulletin, all of them made again.
WORDS, ASIDE = ("approve", "against", "abstain"), ("statement", "objection")
def pair(w: Any) -> list[int]:
    return [w["area"], w["persons"]]

def judged(total: list[int], part: list[int], yes: list[int], special: bool = False) -> str:
    """Article 278 of the Civil Code: two thirds take part; of those more than half approve, or three quarters."""
    if not all(part) or any(3 * part[i] < 2 * total[i] for i in (0, 1)):
        return "quorum_not_met"
    return "passed" if all(4 * yes[i] >= 3 * part[i] if special else 2 * yes[i] > part[i] for i in (0, 1)) else "rejected"

def rows_of(item: Any, b: Any) -> list[Any]:
    return [r for r in b["register"]["rows"] if r["party"] is not None and (item["scope"] is None or r["home"] in item["scope"])]

def seated(e: Any, said: Any, found: list[Any], total: list[int], no: Any) -> str:
    """The result, where those who passed sit by rank: share of area plus share of persons; area; persons. Lots part who is level."""
    rank = {n: (Fraction(y[0], p[0]) + Fraction(y[1], p[1]), *y) for n, p, y in found if judged(total, p, y) == "passed"}
    best, seats, order = sorted(rank.values(), reverse=True), e["seats"], said["elected"] + said["alternates"]
    end, sits, full = len(order), min(seats, len(rank)), min(2 * seats, len(rank))
    level = best.count(best[end]) if best[end:] and best.index(best[end]) == end else 0  # for whom lots are still to be drawn
    whole = bool(said.get("lots_needed", end < full)) == (end < full) and (end == full or (level > 1 and end + level > seats))
    whole = whole and len(set(order)) == end and said["elected"] == order[:seats]
    demand(whole and [rank.get(n) for n in order] == best[:end], f"item {no}: those who passed do not sit by rank")
    return "quorum_not_met" if all(judged(total, p, p) != "passed" for _, p, _ in found) else "passed" if sits >= e["least"] and 2 * sits > seats else "rejected"

def check_figures(item: Any, b: Any) -> None:
    """In either bulletin: the electorate, the order of the figures, the result, who is seated."""
    rows, no, e, found = rows_of(item, b), item["no"], item.get("election"), list[Any]()
    total = [sum(r["area"] for r in rows), len({r["party"] for r in rows})]
    demand(pair(item["total"]) == total, f"item {no}: the electorate is another")
    for c in e["candidates"] if e else [item]:
        name, figures, part = c.get("name", ""), [[0, 0]] + [pair(c[w]) for w in WORDS], pair(c["participating"])
        adds = all(sum(w[i] for w in figures) == part[i] <= total[i] >= pair(item["invalid"])[i] for i in (0, 1))
        demand(adds and min(map(min, figures)) == 0, f"item {no} {name}: the figures do not fit together")
        result = judged(total, part, figures[1], item["matter_no"] in (6, 7, 8))
        demand(c["result"] == result, f"item {no} {name}: the result is {result}")
        found.append((name, part, figures[1]))
    if e:
        result, open_ = seated(e, e, found, total, no), e["lots_needed"] and len(e["elected"]) < e["seats"]
        outcome = {"passed": "lots_needed" if open_ else "formed", "rejected": "not_formed"}.get(result, result)
        demand([item["result"], e["outcome"], e["empty_seats"] + len(e["elected"])] == [result, outcome, e["seats"]], f"item {no} : the result is {outcome}")
        most = max((part for _, part, _ in found), key=lambda w: w[::-1])
        demand(pair(item["participating"]) == most, f"item {no} : the figures do not fit together")
    demand(item["quorum_met"] == (result != "quorum_not_met"), f"item {no} : the quorum is said otherwise")

def ballots(b: Any) -> tuple[list[Any], list[Any]]:
    """(ballots; what co-owners state or object) as opened, each held against its commitment, with `why` it is none; of a paper what was read."""
    found, rows = dict[str, Any](), {r["home"]: r for r in b["register"]["rows"]}
    for leaf, opening in zip(b["leaves"], b["openings"], strict=True):
        number = leaf["ballot"]
        demand(opening is not None, f"{number} was not opened")
        demand(sha256(about("ballot", opening)).hexdigest() == leaf["commitment"], f"{number} does not say what was sealed")
        demand(all(opening[k] == leaf[k] for k in ("kind", "ballot")), f"{number} was opened as another")
        if leaf["kind"] == "voided":
            demand(number in found and b["refused"][number] == opening["reason"], f"{number} was voided otherwise")
            found[number]["why"].add(opening["reason"])
        elif leaf["kind"] == "entered":
            demand(found.get(number, {}).get("channel") == "paper", f"{number} was entered and never came back")
            found[number] |= {"fault": "", **opening, "kind": found[number]["kind"]}
        elif number in found:
            found[number]["why"].add("twice")
        else:
            found[number] = {**opening, "at": leaf["at"], "why": set()}
    for number, x in found.items():
        row, agents = rows.get(x["home"]), [set(p["agents"]) for p in b["proxies"] if p["owner"] == x.get("owner")]
        x["why"] |= {x["fault"]} if x.get("fault") else set()
        if x["kind"] != "statement":
            x["why"] |= {"late"} if x["at"] > b["session"]["closes_at"] else set()
            x["why"] |= {"unknown_home"} if not row else {"parking_not_counted"} if row["party"] is None else set()
            mine = not row or x.get("owner") is None or x["owner"] in row["owners"]
            x["why"] |= set() if mine and (not x.get("agent") or any(set(x["agent"]) <= a for a in agents)) else {"not_an_owner"}
        demand("choices" in x or x["why"], f"{number} came back and was not entered")
    said = sorted(found.values(), key=lambda x: (x["at"], x["ballot"]))
    return [x for x in said if x["kind"] not in ASIDE], [x for x in said if x["kind"] in ASIDE]

def mark_of(choice: Any, name: Any, e: Any, rules: Any) -> Any:
    """One word for what was ticked (the names, where up to N may be): "double" where it is no vote."""
    if e and e["form"] == "choose_up_to_N":
        ticks = frozenset(c["name"] for c in e["candidates"] if choice.get(c["name"]) == "approve")
        return "double" if len(ticks) > e["seats"] else ticks
    said = choice.get(name, "blank") if e else choice or "blank"
    return "abstain" if said == "blank" or (said == "follow_majority" and not rules["follow_majority"]) else said

def settled(good: list[Any], rules: Any) -> set[Any]:
    """One mark of each owner: the owner's own ballots before an agent's, then by the printed rule."""
    said, channel = set(), {"paper_wins": "paper", "online_wins": "online"}.get(rules["duplicate_rule"])
    for owner in {x["owner"] for x in good}:
        mine = [x for x in good if x["owner"] == owner and not x["agent"]] or [x for x in good if x["owner"] == owner]
        first = ([x for x in mine if x["channel"] == channel] or mine)[0]
        said.add((mine[-1] if rules["duplicate_rule"] == "last_valid_wins" else first)["mark"])
    return said

def together(theirs: list[Any], papers: Any, rules: Any) -> tuple[list[Any], set[str]]:
    """Agents who act together are one ballot, once the last has signed the same (Civil Code 166); and what still waits for one."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for x in theirs:
        signed = set(x["agent"])
        mine = [p for p in papers if p["owner"] == x["owner"] and signed <= set(p["agents"])]
        alone = not signed or any(p["severally"] or signed == set(p["agents"]) for p in mine)
        what = x["ballot"] if alone else (x["owner"], x["mark"], rules["per_home_ballot"] and x["home"])
        groups[what, frozenset(signed if alone else mine[0]["agents"])].append(x)
    live = [g for (_, needed), g in groups.items() if needed <= {agent for x in g for agent in x["agent"]}]
    waiting = {x["ballot"] for g in groups.values() if g not in live for x in g}
    return sorted((g[-1] for g in live), key=lambda x: (x["at"], x["ballot"])), waiting

def stand(live: list[Any], words: list[Any], against: set[Any], homes: dict[str, int], rules: Any) -> tuple[int, Any]:
    """(area, mark) of a party that sent something; no mark: nothing counts, owners or homes differ, or one objects to another's."""
    whole, good = sum(homes.values()), [x for x in words[-1:] or live if x["mark"] != "double"]
    if not words and any(x["owner"] != one for x in good for one in against):
        return whole, None
    if words or not rules["per_home_ballot"]:
        said = {x["mark"] for x in good} if words else settled(good, rules)
        return whole, said.pop() if len(said) == 1 else None
    by_home = {home: settled([x for x in good if x["home"] == home], rules) for home in homes}
    said = set().union(*by_home.values())
    return (sum(homes[h] for h in homes if by_home[h]), said.pop()) if len(said) == 1 else (whole, None)

def sums(stands: Any, silence: str, total: list[int]) -> list[list[int]]:
    """Participating and each choice, from (area, word) of each party."""
    got: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for area, word in stands:
        got[word] = [got[word][0] + area, got[word][1] + 1]
    ahead = [w for w in WORDS if all(got[w][i] > got[o][i] for o in WORDS if o != w for i in (0, 1))]
    choice, lead, part = {w: got[w] for w in WORDS}, (ahead or ["abstain"])[0], [0, 0]
    for what in ("follow_majority", "silent"):
        if what != "silent" or silence == "C" or (silence == "B" and judged(total, part, part) == "passed"):
            choice[lead] = [choice[lead][i] + got[what][i] for i in (0, 1)]
            part = [sum(choice[w][i] for w in WORDS) for i in (0, 1)]
    return [part, *choice.values()]

def check_item(item: Any, b: Any, opened: list[Any], words: list[Any]) -> set[str]:
    """Every figure again; and the ballots that are no vote on it, or not for every candidate."""
    rules, no, e, total = item["rules"], str(item["no"]), item.get("election"), pair(item["total"])
    plain, homes, (came, joint, against) = list[Any](), defaultdict[Any, Any](dict), (defaultdict[Any, Any](list) for _ in range(3))
    for row in rows_of(item, b):
        homes[row["party"]][row["home"]] = row["area"]
    owned = {frozenset(r["owners"]): r["party"] for r in rows_of(item, b) if r["owners"]}
    sender = {r["home"]: r["party"] if r["party"] in homes else owned.get(frozenset(r["owners"])) for r in b["register"]["rows"]}
    invalid, inside = set(homes), {h for h, party in sender.items() if party and (h in homes[party] or not rules["per_home_ballot"])}
    bad, late = {x["ballot"] for x in opened if x["home"] not in inside}, [x for x in opened if "late" in x["why"]]
    for x in (x for x in opened if x not in late):  # who sent anything in time is not silent
        came[sender.get(x["home"])] += [] if x["why"] or x["ballot"] in bad else [x]
    for x in (x for x in words if not x["why"] and x["at"] <= b["session"]["closes_at"] and x["choices"].get(no, "unnamed") != "unnamed"):
        (joint if x["kind"] == "statement" else against)[sender.get(x["home"])].append(x)
    for c in e["candidates"] if e else [item]:
        name, stands, none = c.get("name", ""), list[Any](), {sender.get(x["home"]) for x in late} - set(came) - set(joint)
        for party, areas in homes.items():
            read = [[{**x, "mark": mark_of(x["choices"].get(no) or {}, name, e, rules)} for x in some.get(party, ())] for some in (came, joint)]
            live, waiting = together([] if party in joint else read[0], b["proxies"], rules)
            area, mark = stand(live, read[1], {x["owner"] for x in against.get(party, ())}, areas, rules)
            word = mark if mark is None or isinstance(mark, str) else "approve" if name in mark else "abstain"
            silent = party not in came and party not in joint
            stands.append((area, word or ("invalid" if not silent else "silent" if set(areas) & set(b["delivered"]) else "unreached")))
            none |= set() if silent or word else {party}
            bad |= waiting
        for key, value in zip(("participating", *WORDS), sums(stands, rules["silence_mode"], total), strict=True):
            demand(pair(c[key]) == value, f"item {no} {name}: {key} is {value} when added up again")
        plain.append((name, *sums(stands, "A", total)[:2]))
        invalid &= none
    value = [sum(sum(homes[p].values()) for p in invalid), len(invalid)]
    demand(pair(item["invalid"]) == value, f"item {no} : invalid is {value} when added up again")
    also = seated(e, e.get("also", e), plain, total, no) if e else judged(total, plain[0][1], plain[0][2], item["matter_no"] in (6, 7, 8))
    demand(item["also"] == (None if rules["silence_mode"] == "A" else also), f"item {no} : without silence the result is {also}")
    demand({x["ballot"] for p in invalid - set(joint) for x in came[p]} <= set(item["not_counted"]), f"item {no}: what does not count is not listed")
    return bad

def check(b: Any, receipt: Any = None) -> list[str]:
    check_register(b)
    check_log(b)
    marks = ("register", b["register"]["fingerprint"]), ("log", b["heads"][-1]["root"]), ("key", b["session"]["key"])
    lines = [f"{what} holds; compare with the notice: {mark}" for what, mark in marks]
    if receipt is not None:
        check_receipt(b, receipt)
        lines.append(f"receipt: entry {receipt['index']} is in the log as it was given")
    for item in b["items"]:
        check_figures(item, b)
    if inspected := b["kind"] == "inspection":
        opened, words = ballots(b)
        nowhere = set.intersection(*(check_item(item, b, opened, words) for item in b["items"]))
        why = {x["ballot"]: x["why"] for x in opened + words if x["why"]}
        for number, reason in b["refused"].items():
            whole = reason in ("out_of_scope", "joint_agents") and number in nowhere
            demand(whole or reason in why.get(number, ()), f"{number} is refused without a ground")
        demand(set(why) <= set(b["refused"]), f"{min(set(why) - set(b['refused']), default='')} is no vote and not among the refused")
    lines += [f"item {item['no']}: {'every sum' if inspected else 'no sum could be'} recomputed" for item in b["items"]]
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
