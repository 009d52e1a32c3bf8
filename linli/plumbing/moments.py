"""Moments in the words people use: relative only within two days, always with the clock time."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NEAR = {0: "今天", -1: "昨天", 1: "明天"}
MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def moment(at: datetime, now: datetime) -> str:
    """今天 9:40, 昨天 10:35, 明天 9:00, 3月25日 周三 18:00; another year is named."""
    zone = timezone.get_current_timezone()
    local, today = at.astimezone(zone), now.astimezone(zone)
    near = NEAR.get(local.toordinal() - today.toordinal())
    return f"{_(near) if near else _day(local, today)} {local.hour}:{local.minute:02d}"


def day(at: datetime, now: datetime) -> str:
    return _day(timezone.localtime(at), timezone.localtime(now))


def _day(local: datetime, today: datetime) -> str:
    values = {"month": month(local), "day": local.day, "year": local.year, "weekday": _(WEEKDAYS[local.weekday()])}
    if local.year != today.year:
        return _("%(year)s年%(month)s%(day)s日") % values
    if abs(local.toordinal() - today.toordinal()) < 7:
        return _("%(month)s%(day)s日 %(weekday)s") % values
    return _("%(month)s%(day)s日") % values


def month(local: datetime) -> str:
    """3月; a name where the language has names."""
    return _(MONTHS[local.month - 1])


def short(at: datetime) -> str:
    """3月25日, for labels with little room."""
    local = timezone.localtime(at)
    return _("%(month)s%(day)s日") % {"month": month(local), "day": local.day}


def whole(day: date) -> str:
    """2026年3月25日, for dates that stand for long."""
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def day_and_hour(at: datetime) -> str:
    """3月25日 18:00, as a message says it, which is kept in its language and read on another day too: never 今天."""
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def lasting(span: timedelta) -> str:
    """40 分钟, 3 小时, 1 天 8 小时, 12 天; what has just begun or is all but over is a minute."""
    minutes = max(1, int(span.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days >= 3 or (days and not hours):
        return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
    if days:
        return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}
    if hours:
        return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    return ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}
