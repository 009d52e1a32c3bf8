"""What proves that a party got its ballot, and what does not (domain §3.9)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from linli.kernel.refusal import Refusal

ARTICLE = "以本小区议事规则为准"
# What the desk may choose; `online_read` is written when somebody opens the ballot, never by hand.
EVIDENCE = {
    "signed_by_owner": "业主本人签收",
    "signed_by_co_resident": "同住的家人签收",
    "mailbox_drop_photo": "投进信箱，拍了照",
    "registered_post": "挂号信",
    "public_posting": "找不到人，张贴公告满 7 天",
    "refused": "不肯收",
    "absent": "没人在家",
}
ONLINE = "online_read"
ALL = {**EVIDENCE, ONLINE: "在网上打开看了"}
AT_THE_DOOR = frozenset({"signed_by_owner", "signed_by_co_resident", "mailbox_drop_photo", "refused", "absent"})
DELIVERS = frozenset(ALL) - {"refused", "absent"}
NEEDS_PHOTO = frozenset({"mailbox_drop_photo"})
NEEDS_WORDS = {"registered_post": "写上挂号信的单号", "public_posting": "写上贴在哪里"}
POSTED_DAYS = 7


class Carrier(NamedTuple):
    """`account`: None of an outsider, whose name was typed."""

    name: str
    account: UUID | None = None


def refuse_delivery(*, evidence: str, carriers: Sequence[Carrier], photo: bool, words: str, posted_on: date | None, today: date, printed: date) -> tuple[Refusal, str] | None:  # fmt: skip
    """And the field that the refusal is about. `printed`: the day from which there were papers."""
    two = Refusal("two_carriers", "上门要两个人一起，写上两位的名字", ARTICLE)
    picked = [one.account for one in carriers if one.account]
    if len(set(picked)) < len(picked):
        return two, "known_b"
    if evidence not in EVIDENCE:
        return Refusal("evidence", "选一种送达的方式"), "evidence"
    if evidence in AT_THE_DOOR and len({one.name for one in carriers}) < 2:
        return two, "carrier_b"
    if evidence in NEEDS_PHOTO and not photo:
        return Refusal("photo", "要有一张投进信箱的照片", ARTICLE), "photo"
    if evidence in NEEDS_WORDS and not words.strip():
        return Refusal("words", NEEDS_WORDS[evidence], ARTICLE), "words"
    if evidence == "public_posting" and (posted_on is None or today < posted_on + timedelta(days=POSTED_DAYS)):
        return Refusal("posted", "张贴要满 %(n)s 天", ARTICLE, {"n": POSTED_DAYS}), "posted_on"
    if evidence == "public_posting" and posted_on and posted_on < printed:
        return Refusal("posted_before", "票是 %(day)s 才有的，贴的日子不能更早", ARTICLE, {"day": printed}), "posted_on"
    return None
