"""From homes and ballots to voting parties that stand somewhere (domain §3.3, 3.4, 3.6, 3.8, 3.9)."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from .case import PARKING, Ballot, Case, Channel, Choice, Duplicates, Home, Proxy, Statement


@dataclass(frozen=True, slots=True)
class Note:
    """What the count record says beside the sums; `ballot` by its number, `homes` by their ids, never a person."""

    code: str
    words: str
    ballot: str = ""
    homes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"code": self.code, "words": self.words}
        if self.ballot:
            found["ballot"] = self.ballot
        if self.homes:
            found["homes"] = list(self.homes)
        return found


@dataclass(slots=True)
class Party:
    """The homes of one and the same set of owners: one person, the sum of the areas.

    `sent`: a ballot came, whenever; `received`: one came by closing. `ballots` are those that hold, earliest first; `part_signed`
    wait for the other agents of a joint paper. `objectors`: owners who objected in writing to what another says.
    """

    homes: list[Home] = field(default_factory=list)
    area: int = 0
    delivered: bool = False
    sent: bool = False
    received: bool = False
    ballots: list[Ballot] = field(default_factory=list)
    part_signed: list[tuple[Ballot, Proxy]] = field(default_factory=list)
    statement: Statement | None = None
    objectors: set[str] = field(default_factory=set)

    @property
    def speaks(self) -> bool:
        return bool(self.ballots or self.part_signed or self.statement)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(home.id for home in self.homes))


WORDS = {
    "used_id": "编号已经用过，无效",
    "late": "截止以后收到，无效",
    "void": "票面无效（未签名、涂改、复印等）",
    "unknown_home": "名册上没有这户，无效",
    "parking_not_counted": "议事规则没有把车位计入，无效",
    "out_of_scope": "不在本次表决范围，无效",
    "not_an_owner": "不是这户的业主，也没有有效委托，无效",
    "over_proxy_cap": "受托人接受的委托超过上限，这份委托登记时不予接受",
    "late_paper": "委托在截止以后登记，不予接受",
    "joint_agents": "几个受托人须共同签同一张票（民法典第一百六十六条），无效",
    "over_ticked": "所选人数超过应选人数，无效",
    "double": "同一项选了两个以上，无效",
    "double_dropped": "同一项选了两个以上，另有有效票，不计",
    "in_person": "业主本人投了票，受托人的票不计",
    "repeated": "重复投票，内容相同，只计一张",
    "conflict": "前后不一致，按“%s”计一张",
    "disputed": "共有人意见不一致，截止时没有共同声明，按无效计",
    "objected": "有共有人书面提出异议，截止时没有共同声明，按无效计（《业主大会和业主委员会指导规则》第二十五条）",
    "homes_differ": "同一业主的几户选择不同，按无效计",
    "objection_late": "书面异议在截止以后收到，不计",
    "objection_of_nobody": "提出书面异议的不是这户的业主，或者这户没有表决权，不计",
    "statement_late": "共同声明在截止以后收到，不计",
    "statement_of_nobody": "共同声明所写的房屋没有表决权，不计",
    "joint_statement": "按共有人共同声明计",
    "nobody_named": "名册上没有业主姓名，仍计入总数",
}  # fmt: skip
RULE_WORDS = {
    Duplicates.FIRST: "先投有效", Duplicates.LAST: "后投有效", Duplicates.PAPER: "纸质优先", Duplicates.ONLINE: "线上优先",
}  # fmt: skip


def note(code: str, *, ballot: str = "", homes: Sequence[str] = (), words: str = "") -> Note:
    return Note(code, words or WORDS[code], ballot, tuple(homes))


def parties_of(case: Case) -> tuple[list[Party], dict[str, Party], list[Note]]:
    """Parties of the electorate, the party of each counted home, and what the register leaves open."""
    by_owners: dict[Hashable, Party] = {}
    by_home: dict[str, Party] = {}
    notes: list[Note] = []
    for home in case.homes:
        if home.kind == PARKING and not case.rules.count_parking:
            continue
        if case.scope is not None and home.id not in case.scope:
            continue
        if not home.owners:
            notes.append(note("nobody_named", homes=[home.id]))
        # Homes without a known owner are not one owner's.
        party = by_owners.setdefault(home.owners or home.id, Party())
        party.homes.append(home)
        party.area += home.area
        party.delivered |= home.delivered
        by_home[home.id] = party
    return list(by_owners.values()), by_home, notes


@dataclass(slots=True)
class _Authorities:
    """Who may sign for whom: the accepted papers by owner."""

    by_owner: dict[str, list[Proxy]]

    def paper(self, owner: str, signed: frozenset[str]) -> Proxy | None:
        """The paper under which these may sign; one under which they are all that must sign goes before."""
        papers = [paper for paper in self.by_owner.get(owner, ()) if signed <= paper.agents]
        return next((paper for paper in papers if _is_whole(paper, signed)), papers[0] if papers else None)


def _is_whole(paper: Proxy, signed: frozenset[str]) -> bool:
    """Several agents act together unless the paper says severally (Civil Code 166)."""
    return paper.severally or signed == paper.agents


def _authorities(case: Case) -> tuple[_Authorities, list[Note]]:
    """By time of registration; a paper that would give an agent more owners than the local rule allows is refused."""
    cap = case.profile.values["proxy_cap"]
    held: dict[str, set[str]] = defaultdict(set)
    by_owner: dict[str, list[Proxy]] = defaultdict(list)
    refused: list[tuple[str, Proxy]] = []
    for paper in sorted(case.proxies, key=_registered):
        if paper.registered_at > case.closes_at:
            refused.append(("late_paper", paper))
        elif any(len(held[agent] | {paper.owner}) > cap for agent in paper.agents):
            refused.append(("over_proxy_cap", paper))
        else:
            for agent in paper.agents:
                held[agent].add(paper.owner)
            by_owner[paper.owner].append(paper)
    homes = _homes_of({paper.owner for _, paper in refused}, case)
    return _Authorities(by_owner), [note(code, homes=homes[paper.owner]) for code, paper in refused]


def accepted(case: Case) -> list[Proxy]:
    """The papers under which ballots count, by time of registration."""
    held = [paper for papers in _authorities(case)[0].by_owner.values() for paper in papers]
    return sorted(held, key=_registered)


def _registered(paper: Proxy) -> tuple[Any, ...]:
    return paper.registered_at, paper.owner, sorted(paper.agents), paper.severally


def _homes_of(owners: set[str], case: Case) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {owner: [] for owner in owners}
    for home in case.homes if owners else ():
        for owner in owners & home.owners:
            found[owner].append(home.id)
    return {owner: sorted(ids) for owner, ids in found.items()}


def _in_order(ballots: Sequence[Ballot]) -> list[Ballot]:
    """By time and number; two of one number and moment by what they say, so that their place in the file never matters."""
    alone = len({b.id for b in ballots}) == len(ballots)
    return sorted(ballots, key=lambda b: (b.at, b.id, () if alone else (*b[1:3], sorted(b.choices.items()), *b[4:])))


def receive(case: Case) -> tuple[list[Party], list[Note]]:
    """Every ballot to its party, if it holds; what does not is noted."""
    parties, by_home, notes = parties_of(case)
    authorities, refused = _authorities(case)
    notes += refused
    homes = {home.id: home for home in case.homes}
    by_owners = {homes[home].owners: party for home, party in by_home.items()}
    used: set[str] = set()
    for ballot in _in_order(case.ballots):
        party, home = by_home.get(ballot.home), homes.get(ballot.home)
        in_time = ballot.at <= case.closes_at
        # Who sent a ballot for a home that does not count has sent one all the same.
        sender = party or (by_owners.get(home.owners) if home and home.owners else None)
        parked = home is not None and home.kind == PARKING and not case.rules.count_parking
        if not case.rules.per_home_ballot and not parked:
            party = sender  # a party speaks for its homes in scope from any of its homes
        if sender:
            sender.sent = True
            sender.received |= in_time
        signatures = _signatures(ballot, home, authorities) if home else []
        why = "" if signatures else "not_an_owner"
        if ballot.id in used:
            why = "used_id"
        elif not in_time:
            why = "late"
        elif home is None:
            why = "unknown_home"
        elif party is None:
            why = "parking_not_counted" if parked else "out_of_scope"
        elif not ballot.valid:
            why = "void"
        used.add(ballot.id)
        if why or party is None:
            notes.append(note(why, ballot=ballot.id))
            continue
        for signed, paper in signatures:
            if paper is None or _is_whole(paper, frozenset(signed.agents)):
                party.ballots.append(signed)
            else:
                party.part_signed.append((signed, paper))
    for statement in case.statements:
        home = homes.get(statement.home)
        party = by_home.get(statement.home) or (by_owners.get(home.owners) if home and home.owners else None)
        notes += _state(statement, party, case.closes_at)
    for objection in case.objections:
        home = homes.get(objection.home)
        party = by_home.get(objection.home) or (by_owners.get(home.owners) if home else None)
        if party is None or home is None or objection.owner not in home.owners:
            notes.append(note("objection_of_nobody", homes=[objection.home]))
        elif objection.at > case.closes_at:
            notes.append(note("objection_late", homes=party.ids))
        else:
            party.objectors.add(objection.owner)
    return parties, notes


def _signatures(ballot: Ballot, home: Home, authorities: _Authorities) -> list[tuple[Ballot, Proxy | None]]:
    """The ballot as each owner's it is for, with the paper it is signed under: an agent of two co-owners speaks for both.

    `owner` may name an owner, or an agent. None, if somebody signed without a paper.
    """
    if ballot.owner in home.owners and not ballot.agents:
        return [(ballot, None)]
    principals = [ballot.owner] if ballot.owner in home.owners else sorted(home.owners)
    signed = frozenset(ballot.agents) | ({ballot.owner} - home.owners)
    found: list[tuple[Ballot, Proxy | None]] = []
    for owner in principals:
        paper = authorities.paper(owner, signed)
        if paper:
            found.append((ballot._replace(owner=owner, agents=tuple(sorted(signed))), paper))
    return found


def _state(statement: Statement, party: Party | None, closes_at: datetime) -> list[Note]:
    if party is None:
        return [note("statement_of_nobody", homes=[statement.home])]
    if statement.at > closes_at:
        return [note("statement_late", homes=party.ids)]
    party.sent = party.received = True
    if party.statement is None or party.statement.at <= statement.at:
        party.statement = statement
    return []


# ── what a party says on one item ───────────────────────────────────────────────────────────────────────────────────

Mark = Hashable
Marking = Callable[[Mapping[str, Choice]], Mark]
DOUBLE = Choice.DOUBLE


class Settled(NamedTuple):
    """`mark` is None where nothing counts; `area` is less than the party's where each home votes by itself."""

    mark: Mark | None
    area: int
    disputed: bool = False


def settle(party: Party, case: Case, marking: Marking, notes: list[Note], void: str = "double") -> Settled:
    """Of a party that sent something by closing; `void` notes why what is marked DOUBLE is no vote."""
    if party.statement is not None:
        mark = marking(party.statement.choices)
        notes.append(note("joint_statement", homes=party.ids))
        return Settled(None if mark == DOUBLE else mark, party.area)
    if len(party.ballots) == 1 and not party.part_signed and not party.objectors:  # nearly all
        (only,) = party.ballots
        mark = marking(only.choices)
        if mark == DOUBLE:
            notes.append(note(void, ballot=only.id))
            return Settled(None, party.area)
        if not case.rules.per_home_ballot:
            return Settled(mark, party.area)
    live = _together(party, case, marking, notes)
    good = [b for b in live if marking(b.choices) != DOUBLE]
    for b in live:
        if marking(b.choices) == DOUBLE:
            notes.append(note("double_dropped" if good and void == "double" else void, ballot=b.id))
    if not good:
        return Settled(None, party.area)
    if any(b.owner != objector for b in good for objector in party.objectors):
        notes.append(note("objected", homes=party.ids))
        return Settled(None, party.area, disputed=True)
    if not case.rules.per_home_ballot:
        marks = _marks(good, case.rules.duplicates, marking, notes)
        if len(marks) > 1:
            notes.append(note("disputed", homes=party.ids))
            return Settled(None, party.area, disputed=True)
        return Settled(marks.pop(), party.area)
    of_home: dict[str, list[Ballot]] = {home.id: [] for home in party.homes}
    for b in good:
        of_home[b.home].append(b)
    by_home = {home: _marks(theirs, case.rules.duplicates, marking, notes) for home, theirs in of_home.items()}
    if any(len(marks) > 1 for marks in by_home.values()) or len(set().union(*by_home.values())) > 1:
        notes.append(note("homes_differ", homes=party.ids))
        return Settled(None, party.area, disputed=True)
    area = sum(home.area for home in party.homes if by_home[home.id])
    return Settled(set().union(*by_home.values()).pop(), area)


def _together(party: Party, case: Case, marking: Marking, notes: list[Note]) -> list[Ballot]:
    """With what was signed in parts: it counts as one ballot, from when the last agent has signed the same (Civil Code 166)."""
    if not party.part_signed:
        return party.ballots
    parts: dict[Hashable, tuple[Proxy, list[Ballot]]] = {}
    for b, paper in party.part_signed:
        same = (paper, b.home if case.rules.per_home_ballot else "", marking(b.choices))
        parts.setdefault(same, (paper, []))[1].append(b)
    live = list(party.ballots)
    for paper, theirs in parts.values():
        if {agent for b in theirs for agent in b.agents} >= paper.agents:
            live.append(theirs[-1])
        else:
            notes += [note("joint_agents", ballot=b.id) for b in theirs]
    return sorted(live, key=lambda b: (b.at, b.id))


def _marks(ballots: Sequence[Ballot], rule: Duplicates, marking: Marking, notes: list[Note]) -> set[Mark]:
    """One of each owner, by the printed rule; what co-owners say may differ."""
    by_owner: dict[str, list[Ballot]] = {}
    for b in ballots:
        by_owner.setdefault(b.owner, []).append(b)
    return {marking(_one(theirs, rule, marking, notes).choices) for theirs in by_owner.values()}


def _one(theirs: list[Ballot], rule: Duplicates, marking: Marking, notes: list[Note]) -> Ballot:
    if len(theirs) == 1:
        return theirs[0]
    own = [b for b in theirs if not b.agents]
    if own and len(own) < len(theirs):
        notes += [note("in_person", ballot=b.id) for b in theirs if b.agents]
        theirs = own
    kept = _by_rule(theirs, rule)
    for b in theirs:
        if b is not kept:
            same = marking(b.choices) == marking(kept.choices)
            words = "" if same else WORDS["conflict"] % RULE_WORDS[rule]
            notes.append(note("repeated" if same else "conflict", ballot=b.id, words=words))
    return kept


def _by_rule(theirs: Sequence[Ballot], rule: Duplicates) -> Ballot:
    """Within the winning channel the earliest; none there, the earliest."""
    if rule == Duplicates.LAST:
        return theirs[-1]
    channel = {Duplicates.PAPER: Channel.PAPER, Duplicates.ONLINE: Channel.ONLINE}.get(rule)
    return next((b for b in theirs if b.channel == channel), theirs[0])
