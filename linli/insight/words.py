"""What the numbers are called."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# rate → its name, what it means, the share, the whole, and whether more of it is worse.
RATES = (
    ("response", _("按时受理"), _("受理了的里面，在答应的时间里的"), "acknowledged", "accepted", False),
    ("resolution", _("回访说解决了"), _("别人去问过的里面"), "solved", "visited", False),
    ("satisfaction", _("回访说满意"), _("满意和基本满意"), "content", "visited", False),
    ("on_time", _("按时办完"), _("时钟停着的时间不算"), "on_time", "due", False),
    ("reopen", _("又重新办"), _("说办好了，后来又打开"), "reopened", "resolved", True),
)
OUTS = (
    ("fixed", _("办好了")),
    ("explained", _("解释清楚了")),
    ("legal_bar", _("法律不允许，已说明")),
    ("not_ours", _("不归小区管")),
    ("not_confirmed", _("没有确认")),
    ("reopened", _("又重新办")),
)
MEASURES = {
    "accepted": _("受理的"),
    "promised": _("答应过受理时间的"),
    "acknowledged": _("按时受理的"),
    "resolved": _("说办好了的"),
    "due": _("答应过办完时间的"),
    "on_time": _("按时办完的"),
    "reopened": _("说办好了，后来又重新办的"),
    "visited": _("回访到的"),
    "solved": _("回访说解决了的"),
    "content": _("回访说满意的"),
    "closed": _("办结的"),
    "no_answer": _("回访两次没联系上的"),
    "out:fixed": _("办好了的"),
    "out:explained": _("解释清楚了的"),
    "out:legal_bar": _("法律不允许，已说明的"),
    "out:not_ours": _("不归小区管的"),
    "out:not_confirmed": _("没有确认的"),
    "out:reopened": _("办结以后又重新办的"),
    "level:building": _("在楼栋里办好的"),
    "level:compound": _("在小区里办好的"),
    "level:community": _("在社区里办好的"),
    "level:agency": _("请部门办好的"),
}


def measure(what: str, levels: Mapping[str, str]) -> str:
    """`levels`: what the compound itself calls some of them."""
    own = levels.get(what.removeprefix("level:")) if what.startswith("level:") else None
    return gettext("在“%(level)s”这一层办好的") % {"level": own} if own else str(MEASURES[what])
