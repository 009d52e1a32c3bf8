"""Lists with names and numbers that leave: one asks, two others agree (domain §4.9, §6.3)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.kernel.refusal import Refusal


class Export(StrEnum):
    """Those of EXPORT_RUNNING end by themselves at `ends_at`."""

    ASKED = "asked"
    OPEN = "open"  # two agreed; who asked may download
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


EXPORT_RUNNING = (Export.ASKED, Export.OPEN)
EXPORT_VOICES = 2
EXPORT_LASTS = timedelta(hours=48)
EXPORT_AHEAD = timedelta(days=30)


def may_ask_export(*, purpose: str, needed_by: date, today: date, deciders: int) -> tuple[Refusal, str] | None:
    """And the field that the refusal is about."""
    if not purpose.strip():
        return Refusal("no_purpose", "写清楚拿去做什么", "个人信息保护法第六条"), "purpose"
    if not today <= needed_by <= today + EXPORT_AHEAD:
        return Refusal("needed_by", "用到哪天：今天起 %(days)s 天以内", values={"days": EXPORT_AHEAD.days}), "needed_by"
    if deciders < EXPORT_VOICES:
        return Refusal("too_few_deciders", "除您以外，这里能批准的不到两个人，现在申请不了"), ""
    return None


def may_decide_export(
    *, state: str, ends_at: datetime, at: datetime, asker: object, by_account: object, heard: Collection[object]
) -> Refusal | None:
    """Two others, each once."""
    if state != Export.ASKED:
        return Refusal("decided", "这份申请已经有结果了")
    if at >= ends_at:
        return Refusal("lapsed", "这份申请过期了")
    if by_account == asker:
        return Refusal("own_export", "自己的申请要由别人批")
    if by_account in heard:
        return Refusal("heard", "您已经同意过了，还要另一个人")
    return None


def may_download_export(
    *, state: str, ends_at: datetime, at: datetime, asker: tuple[object, object], by: tuple[object, object]
) -> Refusal | None:
    """Account and post of who asked, and of who is there: nobody else, and not as somebody else."""
    if asker[0] != by[0]:
        return Refusal("not_yours", "只有申请的人能下载")
    if asker[1] != by[1]:
        return Refusal("other_post", "请换回申请时的岗位再下载")
    if state in EXPORT_RUNNING and at >= ends_at:
        return Refusal("lapsed", "这份申请过期了")
    if state != Export.OPEN:
        return Refusal("not_open", "现在不能下载")
    return None
