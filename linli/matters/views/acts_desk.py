"""What the desk, handlers and visitors may do with one matter; `acts` adds this table to the residents'.

Keys are values of rules.states.Act; see `doing.Doing` for a row.
"""

from django.utils.translation import gettext_lazy as _

from .. import services
from ..forms import desk as forms
from ..rules.states import Act
from ..services import together
from .doing import Doing, hand

DESK_ACTS: dict[str, Doing] = {
    Act.ACCEPT: Doing(
        forms.Accept,
        hand(services.accept),
        _("受理"),
        title=_("受理这件事"),
        note=_("报告人会收到编号。"),
        said=_("已受理"),
    ),
    Act.DECLINE: Doing(
        forms.Decline,
        hand(services.decline, "reason", "words"),
        _("不受理"),
        note=_("报告人会收到原因，和该去哪里。"),
        submit=_("不受理"),
        said=_("没有受理，报告人知道了"),
        judges=True,
    ),
    Act.MERGE: Doing(
        forms.Merge,
        hand(services.merge, target="into"),
        _("合并"),
        title=_("并到哪一件"),
        note=_("报告的人都跟过去，办的结果一起告诉。"),
        submit=_("并到一起"),
        said=_("并到一起了"),
        template="matters/desk_merge.html",
    ),
    Act.UNMERGE: Doing(
        forms.Unmerge,
        hand(services.unmerge, "reason"),
        _("分开"),
        title=_("分开单独办"),
        note=_("回到合并前的样子，时钟接着走。"),
        submit=_("分开"),
        said=_("分开了，单独办"),
    ),
    Act.TRIAGE: Doing(
        forms.Triage,
        hand(services.triage, "category", "level", "urgency", "privacy", "hazard"),
        _("分类"),
        submit=_("分好了"),
        said=_("分好类了"),
        template="matters/desk_triage.html",
    ),
    Act.DISPATCH: Doing(
        forms.Dispatch,
        hand(services.dispatch, "body", "post", "due_at"),
        _("派单"),
        title=_("派给谁"),
        submit=_("派单"),
        said=_("派出去了"),
    ),
    Act.RETURN: Doing(
        forms.Return,
        hand(services.send_back, "reason", "proposed_body"),
        _("退回"),
        title=_("不归这边办"),
        note=_("派来 1 个工作日内可以退。新的承办人接手前，首接的还要管。"),
        submit=_("退回"),
        said=_("退回了"),
        judges=True,
    ),
    Act.TAKE: Doing(
        forms.Take, hand(services.take, "words"), _("接单"), title=_("接下这件事"), submit=_("接单"), said=_("接下了")
    ),
    Act.ARRIVE: Doing(
        forms.Arrive, hand(services.arrive, "words"), _("到场了"), submit=_("到场了"), said=_("记下了，您到场了")
    ),
    Act.MAKE_SAFE: Doing(
        forms.Arrive,
        hand(services.make_safe, "words"),
        _("控制住了"),
        title=_("危险先控制住了"),
        submit=_("控制住了"),
        said=_("记下了，危险控制住了"),
    ),
    Act.RESOLVE: Doing(
        forms.Resolve,
        hand(together.resolve_shown, "words", "outcome", "cost_fen", "paid_by", files="photos"),
        _("办好了，拍照"),
        title=_("办好了"),
        note=_("报告人会看到，也会有人回访。"),
        submit=_("办好了"),
        said=_("记下了，请报告人看一看"),
        sheet=False,
    ),
    Act.SUSPEND: Doing(
        forms.Suspend,
        hand(services.suspend, "pause_reason", "review_at", "words"),
        _("停时钟"),
        note=_("只为这几种原因停，报告人会知道。"),
        submit=_("停到那天"),
        said=_("时钟停了，报告人知道了"),
    ),
    Act.RESUME: Doing(
        forms.Arrive, hand(services.resume, "words"), _("接着办"), submit=_("接着办"), said=_("时钟接着走了")
    ),
    Act.ESCALATE: Doing(
        forms.Escalate,
        hand(services.escalate, "level", "reason"),
        _("往上升"),
        title=_("升到上一层"),
        submit=_("升上去"),
        said=_("升上去了"),
    ),
    Act.VISIT: Doing(
        forms.Visit,
        hand(services.return_visit, "contacted", "called", "solved", "satisfied", "comment", "way"),
        _("记回访"),
        title=_("回访"),
        submit=_("记下来"),
        said=_("回访记下了"),
        judges=True,
        sheet=False,
        template="matters/visits_form.html",
    ),
    Act.CLOSE: Doing(
        forms.Close,
        hand(services.close, "outcome", "words"),
        _("归档"),
        title=_("办结归档"),
        submit=_("归档"),
        said=_("归档了"),
    ),
    Act.INTERNAL_NOTE: Doing(
        forms.Words,
        hand(services.internal_note, "words"),
        _("内部备注"),
        note=_("报告人看不到。"),
        submit=_("记下"),
        said=_("记下了"),
    ),
}
