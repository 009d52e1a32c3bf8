"""What happened beside a matter, in the same plain sentences as its own acts: prices and answers."""

from django.utils.translation import gettext as _

from linli.plumbing.models import AuditEntry

from ..rules.help import HelpAct, yuan


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
    return ""
