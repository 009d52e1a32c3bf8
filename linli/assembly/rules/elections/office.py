"""In office, and out of it: results in force, posts that end, recalls heard first, the handover (domain §3.10, §3.12)."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.clock import months_later
from linli.kernel.refusal import Refusal

from .states import by_another


def may_take_office(
    *, announced: bool, until: date | None, today: date, objections: int, outcome: bool, lots: bool
) -> Refusal | None:
    if not announced or until is None or not outcome:
        return Refusal("not_announced", "选举结果还没公布")
    if lots:
        return Refusal("lots", "还有并列的没抽签")
    if today <= until:
        return Refusal("objecting", "结果异议期到 %(until)s，过了才生效", values={"until": until})
    if objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": objections})
    return None


def willing(elected: Sequence[str], alternates: Sequence[str], stand: Collection[str]) -> tuple[list[str], list[str]]:
    """Who is seated and who waits, of those that still stand: the next in rank takes the place of one who withdrew."""
    left = [code for code in (*elected, *alternates) if code in stand]
    return left[: len(elected)], left[len(elected) :]


def stands(members: int, *, seats: int, least: int) -> bool:
    """A committee stands with the legal minimum and more than half of the agreed number (domain §3.10)."""
    return members >= min(least, seats) and 2 * members > seats


def alternates_cap(cap: str | int, members: int) -> int:
    return members if cap == "members" else int(cap)


class Ended(StrEnum):
    """Why a whole body's term is over (domain M11)."""

    RENEWED = "renewed"
    COMMITTEE = "committee"
    TERM = "term"


ENDED = {Ended.RENEWED: "换届", Ended.COMMITTEE: "业主委员会选出来了", Ended.TERM: "任期届满"}


class Left(StrEnum):
    """Why a member's post ends by itself (domain §3.12); `removed` only by the owners' vote."""

    NOT_OWNER = "not_owner"
    RESIGNED = "resigned"
    INCAPABLE = "incapable"
    CRIMINAL = "criminal"
    DIED = "died"
    REMOVED = "removed"


RESEATED = "重新计票，当选的人变了"

LEFT = {
    Left.NOT_OWNER: "不再是业主",
    Left.RESIGNED: "书面辞职",
    Left.INCAPABLE: "丧失民事行为能力",
    Left.CRIMINAL: "被追究刑事责任",
    Left.DIED: "去世",
    Left.REMOVED: "业主大会决定罢免",
}


HEADS_DAYS = 3  # after the meeting that chose them their names are posted (domain §3.10)


def needs_second(left: int) -> bool:
    """The committee confirms that a post has ended (domain §3.12): two members say so, where two are left."""
    return left > 1


def may_second(*, put: bool, by_same: bool) -> Refusal | None:
    return by_another(Refusal("not_put", "还没有委员提出"), put=put, by_same=by_same)


def may_choose(
    *, chair: Hashable, vice: Hashable, members: Collection[Hashable], has_chair: bool, has_vice: bool
) -> tuple[Refusal, str] | None:
    """The committee chooses from among its members whom it lacks."""
    if has_chair and chair:
        return Refusal("has_chair", "已经有主任了"), "chair"
    if has_vice and vice:
        return Refusal("has_vice", "已经有副主任了"), "vice"
    if not has_chair and chair not in members:
        return Refusal("no_chair", "从委员里选一位主任"), "chair"
    if vice and vice not in members:
        return Refusal("no_vice", "从委员里选一位副主任"), "vice"
    if vice and vice == chair:
        return Refusal("same", "主任和副主任是两个人"), "vice"
    return None


def below_half(members: int, seats: int) -> bool:
    """Fewer than half of the seats are filled: an interim session elects anew (domain §3.12)."""
    return 2 * members < seats


SPEAKS = "杭州市物业管理条例第三十一条；天数法律没有写，当地规定可以另定"


def may_press(*, presses: bool) -> Refusal | None:
    return None if presses else Refusal("not_yours", "这次会议不是您召集的")


def may_put(*, drafting: bool, taken: bool, himself: bool) -> tuple[Refusal, str] | None:
    """Known with the agenda, and not by the member himself: he would choose what he is reproached with."""
    if himself:
        return Refusal("himself", "罢免自己的提议要由别人来提"), ""
    if not drafting:
        return Refusal("noticed", "议程已经公告，罢免谁不能再加", "物业管理条例第十四条"), "item"
    if taken:
        return Refusal("item", "这一项已经有罢免提议了，另加一项表决"), "item"
    return None


def may_hear(*, opened: bool, heard: bool, himself: bool) -> Refusal | None:
    """Somebody else writes down what he said; what he leaves unsaid nobody says for him."""
    if himself:
        return Refusal("himself", "自己的申辩写在自己那一页，记录要由别人来")
    if heard:
        return Refusal("heard", "申辩已经记过了")
    return _before(opened)


def may_speak(*, opened: bool, spoke: bool) -> Refusal | None:
    if spoke:
        return Refusal("spoke", "您的申辩已经公布了")
    return _before(opened)


def _before(opened: bool) -> Refusal | None:
    return Refusal("opened", "投票已经开始，申辩要在投票前听") if opened else None


def may_decide(*, heard: bool, announced: bool, passed: bool | None, himself: bool) -> Refusal | None:
    """The vote decides, and only a vote before which he could defend himself."""
    if himself:
        return Refusal("himself", "自己的罢免要由别人来办")
    if not heard:
        return Refusal("unheard", "没有记录本人申辩，罢免不能生效", "杭州市物业管理条例第三十一条")
    if not announced or passed is None:
        return Refusal("not_announced", "表决结果还没公布")
    return None


HANDED = {
    "seals": "印章",
    "books": "账册和凭证",
    "bank": "银行账户",
    "contracts": "合同",
    "files": "档案和会议记录",
    "register": "业主名册",
}


HANDED_WORDS = "、".join(HANDED.values())


def last_hand_over(ended: date, values: Mapping[str, object]) -> date:
    return ended + timedelta(days=int(str(values["handover_days"])))


def renewal_day(term_to: date, values: Mapping[str, object]) -> date:
    """So many months (or days) before the term ends the renewal begins."""
    if days := values.get("renewal_report_days"):
        return term_to - timedelta(days=int(str(days)))
    return months_later(term_to, -int(str(values["renewal_report_months"])))


def may_vote_on_recall(unheard: Sequence[str], days: int) -> Refusal | None:
    """`days`: from when he was told to the vote, where he says nothing; no law names a number (the profile's `recall_silence_days`)."""
    if unheard:
        return Refusal(
            "unheard",
            "还没听%(names)s本人申辩。听了，或者当面告诉他满 %(days)s 天，才能开始投票",
            SPEAKS,
            {"names": "、".join(unheard), "days": days},
        )
    return None
