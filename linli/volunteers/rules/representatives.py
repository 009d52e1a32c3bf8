"""Resident representatives (domain M15): the kinds of what they do, which homes are theirs, and the words of M14's grid."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from linli.kernel.refusal import Refusal


class Kind(StrEnum):
    SERVICE = "door_to_door_service"
    PATROL = "volunteer_patrol"
    PERSUASION = "civil_persuasion"
    SOLVING = "problem_solving"


class Force(StrEnum):
    """Of the three forces of a grid (M14), the one that solved a problem."""

    MEMBERS = "representative_members"
    REPRESENTATIVES = "resident_representatives"
    TEAMS = "volunteer_teams"


KINDS = {
    Kind.SERVICE: "上门服务",
    Kind.PATROL: "志愿巡逻",
    Kind.PERSUASION: "文明劝导",
    Kind.SOLVING: "解决问题",
}
FORCES = {Force.MEMBERS: "党代表、委员", Force.REPRESENTATIVES: "居民代表", Force.TEAMS: "志愿服务队"}
# The motto of the grid: what somebody is praised for.
MOTTO = {"diligence": "勤", "warmth": "暖", "sincerity": "诚"}
RESULT_MOST, PLACE_MOST, ASK_MOST = 300, 60, 100
BACK = timedelta(days=31)
ASK_AGAIN = timedelta(minutes=30)


def room_key(room: str) -> tuple[int, str]:
    """1203 stands behind 302; what follows the number decides last."""
    digits = re.search(r"\d+", room)
    return (int(digits[0]) if digits else 0, room)


def within(room: str, first: str, last: str) -> bool:
    """Whether a room lies in a range; an end left blank is open."""
    here = room_key(room)[0]
    return (not first or room_key(first)[0] <= here) and (not last or here <= room_key(last)[0])


def may_cover(*, first: str, last: str, from_day: object, to_day: object) -> tuple[Refusal, str] | None:
    """And the field that the refusal is about."""
    for name, room in (("first", first), ("last", last)):
        if room and not re.search(r"\d", room):
            return Refusal("room", "写房号，如 101"), name
    if first and last and room_key(first)[0] > room_key(last)[0]:
        return Refusal("range", "从小号写到大号"), "last"
    if to_day is not None and to_day < from_day:  # type: ignore[operator]  # both are days
        return Refusal("days", "结束不能早过开始"), "to_day"
    return None


def may_record(
    *, kind: str, force: str, place: bool, result: str, when: datetime, at: datetime
) -> tuple[Refusal, str] | None:
    """And the field that the refusal is about."""
    if kind not in KINDS:
        return Refusal("kind", "选一个：做了哪样"), "kind"
    if kind == Kind.SOLVING and force not in FORCES:
        return Refusal("force", "选一个：靠谁解决的"), "force"
    if not place:
        return Refusal("place", "选一户，或者写在哪里"), "place"
    if not result.strip():
        return Refusal("result", "写一句结果"), "result"
    if len(result) > RESULT_MOST:
        return Refusal("too_long", "最多写 %(most)s 个字", values={"most": RESULT_MOST}), "result"
    if not at - BACK <= when <= at:
        return Refusal("when", "只能记最近 %(days)s 天的", values={"days": BACK.days}), "when"
    return None


COUNTS = "rep:"


def counted(month: str, representative: str, kind: str, force: str) -> dict[str, int]:
    """The kept counts that one act stands in."""
    own = {f"{COUNTS}{month}:all:{kind}": 1, f"{COUNTS}{month}:{representative}:{kind}": 1}
    return own | ({f"{COUNTS}{month}:force:{force}": 1} if force else {})


def source(kind: str, *, at_home: bool) -> str:
    """How a matter that comes out of an act was found."""
    return "home_visit" if at_home and kind != Kind.PATROL else "patrol"
