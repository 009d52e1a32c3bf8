"""Which numbered paper may come back, and to which paper a scanned sheet belongs (domain §3.6, 3.9)."""

import re
from collections.abc import Mapping, Sequence

from linli.kernel.receipts import Leaf
from linli.kernel.refusal import Refusal

from .casting import NOTICE
from .numbers import read

VOTES = (Leaf.CAST.value, Leaf.RETURNED.value)  # a ballot of one party, online or on paper
STATEMENT, OBJECTION = Leaf.STATEMENT.value, Leaf.OBJECTION.value
OF_THE_PARTY = (STATEMENT, OBJECTION)  # whichever home they name; on paper their number is given when they come in
HANDED_IN = (Leaf.RETURNED.value, *OF_THE_PARTY)
MISREAD = Refusal("misread", "这个编号不对，看一看是不是抄错了一位")
NO_SUCH = Refusal("unknown_number", "这次会议没有发过这个编号的票，不能收", NOTICE)
VOID = Refusal("void_number", "这张票作废了，换发过新票，不能收", NOTICE)
USED = Refusal("used_number", "这个编号的票已经收过一次，不能再收", NOTICE)
NOT_BACK = Refusal("not_back", "这个编号的票截止前没有收回，不能再收", NOTICE)
MOST_SHEETS = 200
# What became of a sheet of a batch.
FILED, AGAIN, UNREAD, REFUSED = "filed", "again", "unread", "refused"
BECAME: Mapping[str, str] = {
    FILED: "归到这张票",
    AGAIN: "这张票扫过了，另存一份",
    UNREAD: "二维码读不出来",
    REFUSED: "没有收",
}
# Why a sheet was not taken; the rest of its batch went on.
REASONS: Mapping[str, str] = {
    "unknown_number": "这次会议没有发过这个编号的票，不能收",
    "void_number": "这张票作废了，换发过新票，不能收",
    "not_back": "这个编号的票截止前没有收回，不能再收",
    "late": "投票已经截止，截止以后收到的票无效",
    "too_early": "投票还没开始",
    "other_vote": "这是另一次会议的票",
    "two_numbers": "一张图里有两张票，请分开扫",
    "same_picture": "这张图传过了",
    "too_big": "文件太大",
    "too_many_pixels": "图片太大",
    "not_a_photo": "不是照片，也不是 PDF",
    "broken_photo": "这一页打不开，请再扫一次",
    "broken_pdf": "这个 PDF 打不开，可能加了密码或者没有传完整",
    "gone": "没有读到就断了，请再传一次",
}


def refuse_paper(state: str | None) -> Refusal | None:
    """`state` of the paper with this number; None where there is none."""
    if state in HANDED_IN:
        return USED
    return {None: NO_SUCH, "void": VOID}.get(state)


def sheet_number(codes: Sequence[str], page: str) -> tuple[str, str]:
    """(number, "") of the one ballot whose codes these are, or ("", why not). `page`: the path of this session, which the code leads to."""
    numbers, elsewhere = set[str](), False
    for code in codes:
        path, _, mark = code.partition("#")
        number = read(mark)
        if number is None:
            continue
        if re.sub(r"^https?://[^/]+", "", path) == page:
            numbers.add(number)
        else:
            elsewhere = True
    if len(numbers) == 1 and not elsewhere:
        return numbers.pop(), ""
    if numbers:
        return "", "two_numbers"
    return "", "other_vote" if elsewhere else "unread"
