"""What the desk, handlers and visitors may do with one matter; `acts` adds this table to the residents'.

Keys are values of rules.states.Act; see `doing.Doing` for a row.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linli.plumbing.acts import Actor

from .. import services
from ..forms import desk as forms
from ..models import Matter
from ..rules.states import Act
from ..services import together
from .doing import Doing

Given = dict[str, Any]
SORTED = ("category", "level", "urgency", "privacy", "hazard")


def _accept(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.accept(by=by, matter=matter, at=at, once=once)


def _decline(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.decline(by=by, matter=matter, reason=data["reason"], words=data["words"], at=at, once=once)


def _merge(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.merge(by=by, matter=matter, target=data["into"], at=at, once=once)


def _unmerge(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.unmerge(by=by, matter=matter, reason=data["reason"], at=at, once=once)


def _triage(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.triage(by=by, matter=matter, at=at, once=once, **{name: data[name] for name in SORTED})


def _dispatch(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.dispatch(
        by=by, matter=matter, body=data["body"], post=data["post"], due_at=data["due_at"], at=at, once=once
    )


def _return(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.send_back(
        by=by, matter=matter, reason=data["reason"], proposed_body=data["proposed_body"], at=at, once=once
    )


def _take(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.take(by=by, matter=matter, words=data["words"], at=at, once=once)


def _arrive(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.arrive(by=by, matter=matter, words=data["words"], at=at, once=once)


def _make_safe(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.make_safe(by=by, matter=matter, words=data["words"], at=at, once=once)


def _suspend(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.suspend(
        by=by, matter=matter, pause_reason=data["pause_reason"], review_at=data["review_at"], words=data["words"], at=at, once=once
    )  # fmt: skip


def _resume(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.resume(by=by, matter=matter, words=data["words"], at=at, once=once)


def _escalate(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.escalate(by=by, matter=matter, level=data["level"], reason=data["reason"], at=at, once=once)


def _resolve(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return together.resolve_shown(
        by=by, matter=matter, words=data["words"], outcome=data["outcome"], cost_fen=data["cost_fen"], paid_by=data["paid_by"],
        files=data["photos"], at=at, once=once,
    )  # fmt: skip


def _visit(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.return_visit(
        by=by, matter=matter, contacted=data["contacted"], solved=data["solved"], satisfied=data["satisfied"], comment=data["comment"],
        way=data["way"], at=at, once=once,
    )  # fmt: skip


def _close(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.close(by=by, matter=matter, outcome=data["outcome"], words=data["words"], at=at, once=once)


def _internal(*, by: Actor, matter: Matter, at: datetime, once: UUID | None, data: Given) -> Matter:
    return services.internal_note(by=by, matter=matter, words=data["words"], at=at, once=once)


DESK_ACTS: dict[str, Doing] = {
    Act.ACCEPT: Doing(
        forms.Accept, _accept, _("受理"), title=_("受理这件事"), note=_("报告人会收到编号。"), said=_("已受理")
    ),
    Act.DECLINE: Doing(
        forms.Decline,
        _decline,
        _("不受理"),
        note=_("报告人会收到原因，和该去哪里。"),
        submit=_("不受理"),
        said=_("没有受理，报告人知道了"),
        judges=True,
    ),
    Act.MERGE: Doing(
        forms.Merge,
        _merge,
        _("合并"),
        title=_("并到哪一件"),
        note=_("报告的人都跟过去，办的结果一起告诉。"),
        submit=_("并到一起"),
        said=_("并到一起了"),
        template="matters/desk_merge.html",
    ),
    Act.UNMERGE: Doing(
        forms.Unmerge,
        _unmerge,
        _("分开"),
        title=_("分开单独办"),
        note=_("回到合并前的样子，时钟接着走。"),
        submit=_("分开"),
        said=_("分开了，单独办"),
    ),
    Act.TRIAGE: Doing(
        forms.Triage, _triage, _("分类"), submit=_("分好了"), said=_("分好类了"), template="matters/desk_triage.html"
    ),
    Act.DISPATCH: Doing(forms.Dispatch, _dispatch, _("派单"), title=_("派给谁"), submit=_("派单"), said=_("派出去了")),
    Act.RETURN: Doing(
        forms.Return,
        _return,
        _("退回"),
        title=_("不归这边办"),
        note=_("派来 1 个工作日内可以退。新的承办人接手前，首接的还要管。"),
        submit=_("退回"),
        said=_("退回了"),
        judges=True,
    ),
    Act.TAKE: Doing(forms.Take, _take, _("接单"), title=_("接下这件事"), submit=_("接单"), said=_("接下了")),
    Act.ARRIVE: Doing(forms.Arrive, _arrive, _("到场了"), submit=_("到场了"), said=_("记下了，您到场了")),
    Act.MAKE_SAFE: Doing(
        forms.Arrive,
        _make_safe,
        _("控制住了"),
        title=_("危险先控制住了"),
        submit=_("控制住了"),
        said=_("记下了，危险控制住了"),
    ),
    Act.RESOLVE: Doing(
        forms.Resolve,
        _resolve,
        _("办好了，拍照"),
        title=_("办好了"),
        note=_("报告人会看到，也会有人回访。"),
        submit=_("办好了"),
        said=_("记下了，请报告人看一看"),
        sheet=False,
    ),
    Act.SUSPEND: Doing(
        forms.Suspend,
        _suspend,
        _("停时钟"),
        note=_("只为这几种原因停，报告人会知道。"),
        submit=_("停到那天"),
        said=_("时钟停了，报告人知道了"),
    ),
    Act.RESUME: Doing(forms.Arrive, _resume, _("接着办"), submit=_("接着办"), said=_("时钟接着走了")),
    Act.ESCALATE: Doing(
        forms.Escalate, _escalate, _("往上升"), title=_("升到上一层"), submit=_("升上去"), said=_("升上去了")
    ),
    Act.VISIT: Doing(
        forms.Visit,
        _visit,
        _("记回访"),
        title=_("回访"),
        submit=_("记下来"),
        said=_("回访记下了"),
        judges=True,
        sheet=False,
        template="matters/visits_form.html",
    ),
    Act.CLOSE: Doing(forms.Close, _close, _("归档"), title=_("办结归档"), submit=_("归档"), said=_("归档了")),
    Act.INTERNAL_NOTE: Doing(
        forms.Words, _internal, _("内部备注"), note=_("报告人看不到。"), submit=_("记下"), said=_("记下了")
    ),
}
