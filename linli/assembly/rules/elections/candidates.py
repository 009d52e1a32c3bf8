"""Candidates of an election item: asked for, listed and locked with the agenda (domain §3.10)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from linli.kernel.bodies import committee_size
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal

from ..sessions import State as SessionState
from .nominees import may_list
from .states import by_another

LIST = "宁波市住宅小区物业管理条例第三十一条"
ELECTION_FORMS = frozenset({"per_candidate", "choose_up_to_N"})
VOTES_ON = frozenset({SessionState.DRAFTING, SessionState.NOTICED, SessionState.OPEN})
LEAVING = "leaving"  # what he signed to leave, among the papers kept of him
STANDS = Refusal("stands", "候选人不能决定别人能不能参选")


def right_seats(
    *, profile: Profile, fills: str, seats: int, homes: int, area: int, empty: int | None, rest: int
) -> tuple[Refusal, str] | None:
    """A whole committee is of a lawful size; a further round fills what the earlier one left (`rest`); a by-election no more seats
    than are empty (`empty`, where it is known)."""
    if fills == "rest" and not rest:
        return Refusal("no_rest", "上一次没有空着的席位要补"), "fills"
    if fills == "rest":
        values = {"seats": seats, "empty": rest}
        wrong = Refusal("rest", "上一次空着 %(empty)s 席，这一项要选 %(seats)s 位", values=values)
        return (wrong, "fills") if seats != rest else None
    if fills == "term":
        no = committee_size(profile, seats, homes, area)
        return (no, "fills") if no else None
    if empty is not None and seats > empty:
        values = {"seats": seats, "empty": empty}
        return Refusal("not_empty", "这一项要选 %(seats)s 位，委员会现在缺 %(empty)s 位", values=values), "fills"
    return None


def may_recruit(*, election: bool, drafting: bool, until: date, today: date, days: int) -> tuple[Refusal, str] | None:
    """Candidates of an election item, while its agenda is still being made."""
    if not election:
        return Refusal("no_election", "这一项不是选举"), ""
    if not drafting:
        return Refusal("noticed", "议程已经公告，候选人不能再变", "物业管理条例第十四条"), ""
    if (until - today).days < days:
        return Refusal("too_short", "推荐的时间至少 %(days)s 天", values={"days": days}), "until"
    return None


def latest_list(opens: date, days: int) -> date:
    """Candidates are known so many days before the vote, counted back, working day or not."""
    return opens - timedelta(days=days)


def may_list_candidates(
    *, drafting: bool, fit: int, unchecked: int, until: date, today: date, latest: date | None, cite: str
) -> Refusal | None:
    if not drafting:
        return Refusal("noticed", "议程已经公告，候选人不能再变", "物业管理条例第十四条")
    if no := may_list(until=until, today=today, unchecked=unchecked, fit=fit, seats=1):
        return no
    if latest and today > latest:
        return Refusal("list_late", "候选人名单最晚 %(latest)s 公布，或者把投票往后移", cite, {"latest": latest})
    return None


def may_lock_candidates(
    *, unlisted: Sequence[str], changed: Sequence[str], objections: int, listed: date | None, latest: date, cite: str
) -> Refusal | None:
    """The notice locks the ballot: whoever stands is known by then, agreed, was checked and posted. `listed`: the last list of them;
    `changed`: those that somebody left since."""
    if unlisted:
        return Refusal(
            "unlisted", "%(title)s的候选人名单还没公布，先征集候选人", "物业管理条例第十四条", {"title": unlisted[0]}
        )
    if changed:
        return Refusal("changed", "%(title)s的候选人有变动，先重新公布名单", LIST, {"title": changed[0]})
    if listed and listed > latest:
        return Refusal("list_late", "候选人名单最晚 %(latest)s 公布，或者把投票往后移", cite, {"latest": latest})
    return list_answered(objections)


def list_answered(objections: int) -> Refusal | None:
    if objections:
        return Refusal("list_objections", "候选人名单还有 %(n)s 条异议没答复", LIST, {"n": objections})
    return None


def may_leave(*, noticed: bool, himself: bool) -> Refusal | None:
    """Once the agenda is out nobody else takes a candidate's name off by himself."""
    if noticed and not himself:
        return Refusal("only_himself", "公告以后，只有本人能退出；异议属实的，由两个人决定除名", "物业管理条例第十四条")
    return None


def may_record_leaving(*, put: bool, stands: bool) -> Refusal | None:
    """On the paper that he signed: a second hand confirms it."""
    if stands:
        return STANDS
    return Refusal("leaving", "他的退出书已经记过了，等另一位确认") if put else None


def may_let_go(*, put: bool, by_same: bool, stands: bool) -> Refusal | None:
    nobody = Refusal("not_leaving", "还没有记他的退出书")
    return STANDS if stands else by_another(nobody, put=put, by_same=by_same)


# What is said of who left after the notice, by whether his votes are counted.
LEFT = {
    True: "%(name)s %(day)s退出，投票已经截止，票照原样计；他当选的，由后面的按名次递补。",
    False: "%(name)s %(day)s退出候选人，投给他的不计，对其他候选人的选择不变。",
}


def votes_on(state: str, closes_at: datetime | None, at: datetime) -> bool:
    """Until the vote has closed a candidate's name may still leave the ballot."""
    return state in VOTES_ON and (closes_at is None or at <= closes_at)


def may_name(*, upheld: bool, stands: bool) -> tuple[Refusal, str] | None:
    """Whom an objection disqualifies: its answer says so, and no candidate says it of another."""
    if not upheld:
        return Refusal("not_upheld", "不属实的异议，没有人因此不能参选"), "nominee"
    return (STANDS, "nominee") if stands else None


def may_strike(*, noticed: bool, closed: bool, stands: bool, upheld: bool, struck: bool) -> tuple[Refusal, str] | None:
    """By an objection that was upheld against him, while the vote runs, and not by one alone."""
    if not noticed:
        return Refusal("not_noticed", "议程还没公告，直接退出、重新公布名单就行"), ""
    if no := _during(closed, stands):
        return no, ""
    if struck:
        return Refusal("struck", "已经有人提出除名了，等另一位确认"), ""
    if not upheld:
        return Refusal("not_upheld", "选一条属实、写明他不能参选的异议"), "objection"
    return None


def _during(closed: bool, stands: bool) -> Refusal | None:
    if closed:
        return Refusal("closed", "投票截止了，名单不再变；有异议的，对结果提")
    return STANDS if stands else None


def may_agree(*, struck: bool, by_same: bool, closed: bool, stands: bool) -> Refusal | None:
    nobody = Refusal("not_struck", "还没有人提出除名")
    return _during(closed, stands) or by_another(nobody, put=struck, by_same=by_same)


def may_cancel(*, noticed: bool) -> Refusal | None:
    if noticed:
        return Refusal("noticed", "议程已经公告，不能只停选举；要停，取消这次会议", "物业管理条例第十四条")
    return None
