"""What happened beside a matter, in the same plain sentences as its own acts: prices and answers."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.notices.services import TELL_IN_PERSON
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day

from ..rules import chat, gates, plans, rapid
from ..rules.alerts import AlertAct
from ..rules.help import HelpAct, yuan
from ..words import (
    ANSWERS,
    ENTERED_WITH,
    GATE_LINES,
    GATE_PAPERS,
    GATE_PLANS,
    GATE_RESULTS,
    GATE_VERDICTS,
    NOBODY_COMES,
    PLAN_DIRECTIONS,
    PLAN_KINDS,
    RELATIONS,
)


def beside(entry: AuditEntry, who: str, *, own: bool) -> str:
    """ "" for what is none of ours."""
    given = {"who": who, "yuan": yuan(entry.data.get("total_fen") or 0)}
    if entry.act == "ask_help":
        name = entry.data.get("name")
        return _("请人上门：%(name)s") % {"name": name} if name else _("请人上门帮忙")
    if entry.act == HelpAct.QUOTE:
        return _("%(who)s报价 %(yuan)s 元，等住户同意") % given
    if entry.act == HelpAct.MARK_FREE:
        return _("%(who)s说这次不收钱") % given
    if entry.act == HelpAct.AGREE:
        return _("您同意了 %(yuan)s 元") % given if own else _("住户同意了 %(yuan)s 元") % given
    if entry.act == HelpAct.DISAGREE:
        return _("您没同意 %(yuan)s 元") % given if own else _("住户没同意 %(yuan)s 元") % given
    if entry.act == HelpAct.START:
        return _("按说好的价动工了")
    if entry.act == rapid.SEND:
        data = {"who": who, "body": entry.data.get("body_name", ""), "n": entry.data.get("minutes", 0)}
        return _("%(who)s派了快修：%(body)s，答应 %(n)s 分钟内到") % data
    if entry.act == rapid.PARTS:
        return _("用料：%(words)s") % {"words": entry.words}
    if entry.act == TELL_IN_PERSON:
        told = {"visited": _("%(who)s上门告诉了本人"), "called": _("%(who)s打电话告诉了本人")}
        return told.get(entry.data.get("how", ""), _("%(who)s去告诉本人，没找到")) % given
    if entry.act in {chat.ACKNOWLEDGE, chat.ANSWER}:
        return (_("%(who)s在群里回了") if entry.act == chat.ACKNOWLEDGE else _("%(who)s在群里说了结果")) % given
    if entry.act in {gates.SET, gates.DECIDE, gates.LIFT, gates.PAPER}:
        return _gate(entry, who)
    if entry.act in set(plans.Act):
        return _plan(entry, who)
    return _alert(entry, who)


def with_rest(told: str, entry: AuditEntry) -> str:
    """Until when the rest of an emergency was promised once it was safe."""
    until = parse_datetime(entry.data.get("due_at") or "")
    return _("%(told)s，余下的%(day)s前办完") % {"told": told, "day": day(until, entry.at)} if until else told


def _plan(entry: AuditEntry, who: str) -> str:
    data, words = entry.data, entry.words.strip()
    act = plans.Act(entry.act)
    counted = _("，").join(f"{what} {n}" for what, n in data.get("counts") or [])
    if act == plans.Act.OPEN:
        return _("%(who)s把它当%(kind)s来办") % {"who": who, "kind": PLAN_KINDS[data["kind"]]}
    if act == plans.Act.OPINION:
        figures = _("问了 %(asked)s 人，赞成 %(agree)s，反对 %(against)s") % data if data.get("asked") else words
        return _("%(who)s的意见：%(words)s") % {"who": data.get("who", ""), "words": figures}
    if act == plans.Act.WAY:
        return _("%(gate)s：%(direction)s") % {"gate": data["gate"], "direction": PLAN_DIRECTIONS[data["direction"]]}
    told = {
        plans.Act.VERIFY: _("数清楚了：%(counts)s") % {"counts": counted},
        plans.Act.OPTION: _("加了一个方案：%(site)s") % {"site": data.get("site", "")},
        plans.Act.CHOOSE: _("选定了方案：%(site)s") % {"site": data.get("site", "")},
        plans.Act.INSTALL: _("装好了"),
        plans.Act.USE: _("用上了"),
        plans.Act.REPORT: _("写成了公示草稿"),
    }[act]
    if act == plans.Act.USE and counted:
        told = _("用上了：%(counts)s") % {"counts": counted}
    return _("%(told)s：%(words)s") % {"told": told, "words": words} if words else told


def _gate(entry: AuditEntry, who: str) -> str:
    data, words = entry.data, entry.words.strip()
    planned = gates.Planned(data["planned"])
    if entry.act == gates.SET:
        given = {"plan": GATE_PLANS[planned], "line": GATE_LINES[gates.GATES[planned].decider]}
        told = (_("%(plan)s换了方案：%(line)s") if data.get("anew") else _("%(plan)s：%(line)s")) % given
    elif entry.act == gates.LIFT:
        told = _("%(plan)s：不用先决定了") % {"plan": GATE_PLANS[planned]}
    elif entry.act == gates.PAPER:
        given = {
            "paper": GATE_PAPERS[data["kind"]],
            "body": data["body"],
            "verdict": GATE_VERDICTS[gates.verdict(data["kind"], data["result"])],
            "ref": data["reference"],
        }
        told = _("%(paper)s，%(body)s%(verdict)s（%(ref)s）") % given
    else:
        given = {
            "body": data.get("body", ""),
            "result": GATE_RESULTS[data["result"]],
            "plan": GATE_PLANS[planned],
            "ref": data.get("reference", ""),
        }
        told = (
            _("更正：%(plan)s，%(body)s%(result)s（%(ref)s）")
            if data.get("again")
            else _("%(plan)s，%(body)s%(result)s（%(ref)s）")
        )
        told = told % given
    return _("%(told)s：%(words)s") % {"told": told, "words": words} if words else told


def _alert(entry: AuditEntry, who: str) -> str:
    """Neither name nor number of anybody in that home."""
    data, words = entry.data, entry.words.strip()
    given = {"who": who, "relation": RELATIONS.get(data.get("relation", ""), ""), "words": words}
    if entry.act == "alert_nobody":
        return str(NOBODY_COMES[data.get("why") or ("silent" if data.get("asked") else "none")])
    if entry.act == "alert_relay":
        return _("系统给这家的%(relation)s发了信息") % given
    if entry.act == AlertAct.ANSWER:
        return _("%(relation)s回话：%(answer)s") % {**given, "answer": ANSWERS.get(data.get("answer", ""), "")}
    if entry.act in {AlertAct.ENTER, AlertAct.FORCE}:
        told = _("和%(with)s一起进了门") % {"with": ENTERED_WITH.get(data.get("with", ""), "")}
        return _("%(told)s：%(words)s") % {"told": told, "words": words} if words else told
    if entry.act == AlertAct.CAUSE:
        return _("原因：%(words)s") % given
    if entry.act == AlertAct.SAFE:
        return with_rest(words or _("危险先控制住了"), entry)
    if entry.act == AlertAct.THANK:
        return words or _("%(who)s谢谢报信的邻居") % given
    return ""
