"""What happened with a whistle, in sentences: for those who work on it, and for everybody on the matter's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment

from ..rules.help import yuan
from ..rules.promises import BLOWERS
from ..rules.states import Act
from ..rules.whistles import Do
from ..words import WHISTLE_CLOCKS, WHISTLE_LEVELS, WHISTLE_MONEY, WHISTLE_SCORES, WHISTLE_WAYS


def _names(names: list[str]) -> str:
    return _("、").join(names)


def told(data: Mapping[str, Any]) -> str:
    """On a matter's own page, for its reporter too: whom, what they said, never who said it."""
    step, body = data.get("step", ""), data.get("body", "")
    if step == "blown":
        return _("吹哨请%(bodies)s来办") % {"bodies": _names(data.get("bodies", []))}
    if step == "reported_in":
        return _("%(body)s报到了：%(way)s") % {"body": body, "way": WHISTLE_WAYS.get(data.get("way", ""), "")}
    if step == "passed_on":
        return _("%(body)s说不归它办，转请%(to)s") % {"body": body, "to": data.get("to", "")}
    if step == "ended":
        return _("不再等%(body)s来办") % {"body": body}
    if step == "consulted":
        return _("%(bodies)s一起会商过了") % {"bodies": _names(data.get("bodies", []))}
    if step == "answered":
        return _("%(body)s答复：%(words)s") % {"body": body, "words": data.get("answer", "")}
    if step == "released":
        return _("钱拨出来了，%(yuan)s 元") % {"yuan": yuan(data.get("fen") or 0)}
    if step == "accepted":
        return _("工程验收过了")
    if step == "level":
        return _("部门办的事，以后由社区安排")
    if step == "closed":
        return _("哨单办结了：%(words)s") % {"words": data.get("words", "")}
    return ""


def line(entry: AuditEntry) -> str:
    """For those who work on it; "" for what is not told."""
    data, words = entry.data, entry.words
    body, officer = data.get("body", ""), data.get("officer", "")
    given = {"body": body, "officer": officer, "words": words}
    plain: dict[str, str] = {
        Do.DRAFT: _("拟好了哨单，%(level)s") % {"level": WHISTLE_LEVELS.get(data.get("level", ""), "")},
        Do.EDIT: _("改好了，再请批准"),
        Do.SEND_BACK: _("请再改一改"),
        Do.DROP: _("不吹了"),
        Do.APPROVE: _("批准了"),
        Do.BLOW: _("吹哨请%(bodies)s来办") % {"bodies": _names(data.get("bodies", []))},
        Do.CALL: (_("会商改到：%(place)s") if data.get("moved") else _("约会商：%(place)s")) % {"place": data.get("place", "")},
        Do.CALL_OFF: _("取消了会商：%(place)s") % {"place": data.get("place", "")},
        Do.MINUTES: _("会商过了"),
        Do.SIGN: _signed(data),
        Do.SIGN_FOR: _signed(data),
        Do.FUND: _("要 %(yuan)s 元") % {"yuan": yuan(data.get("asked_fen") or 0)},
        Do.FUND_STEP: _("资金：%(step)s") % {"step": WHISTLE_MONEY.get(data.get("kind", ""), "")},
        Do.CLOSE: _("办结了"),
        Do.BLOW_AGAIN: _("没有办好，往上一层吹"),
        Do.TELL: _("打电话或者当面告诉了%(body)s") % given,
        Do.RECEIVE: _("%(body)s收到了（%(officer)s）") % given if officer else _("%(body)s收到了") % given,
        Do.REPORT_IN: _("%(body)s报到了：%(officer)s") % given,
        Do.DECLINE: _("%(body)s说该由%(proper)s办") % {**given, "proper": data.get("proper", "")},
        Do.DECIDE: _("街道定了由%(to)s办") % {"to": data.get("to_body", "")},
        Do.PASS_ON: _("从%(body)s转给%(to)s") % {**given, "to": data.get("to_body", "")},
        Do.ASSIGN: (_("%(body)s牵头") if data.get("lead") else _("%(body)s配合")) % given,
        Do.START: _("%(body)s开始办了") % given,
        Do.ANSWER: _("%(body)s答复了") % given,
        Do.CHECK: _("%(body)s的答复验收通过") % given,
        Do.REDO: _("%(body)s的答复没通过，接着办") % given,
        Do.SCORE: _("给%(body)s打分：%(scores)s") % {**given, "scores": _scores(data)},
        Do.SCORE_BACK: _("%(body)s给发哨的打分：%(scores)s") % {**given, "scores": _scores(data)},
        Do.END_ASK: _("不再等%(body)s来办") % given,
        Do.SEND_LINK: _("给%(body)s的联络员发了链接") % given,
        Do.SEE_LINK: _("看了%(body)s的链接") % given,
        Do.STOP_LINK: _("收回了%(body)s的链接") % given,
        Act.HAND_ON: _("转给%(body)s接着办") % given,
        Do.LIST: _("%(body)s那一份上了三方联席会的清单") % given,
        Do.BREACH: (_("发哨的超时了，没有%(clock)s（%(body)s）") if data.get("clock") in BLOWERS else _("%(body)s超时了，没有%(clock)s")) % {**given, "clock": WHISTLE_CLOCKS.get(data.get("clock", ""), "")},
    }  # fmt: skip
    said = plain.get(entry.act, "")
    return _("%(told)s：%(words)s") % {"told": said, "words": words} if said and words else said


def _signed(data: Mapping[str, Any]) -> str:
    given = {"body": data.get("body", ""), "officer": data.get("officer", "")}
    return (
        _("%(body)s%(officer)s在会商纪要上签了字") if data.get("agrees") else _("%(body)s%(officer)s不同意会商纪要")
    ) % given


def _scores(data: Mapping[str, Any]) -> str:
    return _("、").join(WHISTLE_SCORES.get(data.get(name, ""), "") for name in ("response", "quality"))


def lines(entries: list[AuditEntry], now: datetime) -> list[dict[str, str]]:
    from .timeline import party_name

    found = []
    for entry in entries:
        text = line(entry)
        if text:
            who = "" if entry.role == "clock" else party_name(entry.role)
            found.append({"text": text, "when": moment(entry.at, now), "who": who})
    return found
