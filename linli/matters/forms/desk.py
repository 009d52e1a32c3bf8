"""What the handlers and the visitors are asked for, act by act."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation
from linli.plumbing.forms import PhotosField, YuanField, offer

from ..models import HotlineOrder
from ..queries import panel as reads
from ..queries.visits import people_of, to_ask
from ..rules import turns
from ..rules.publicity import TITLE_MOST
from ..rules.states import RESOLVE_OUTCOMES, State
from ..rules.times import Urgency
from ..services.hotline.callers import may_see
from ..words import (
    CONTACT_REASONS,
    CONTACTS,
    DECLINE_REASONS,
    ENDINGS,
    NEEDS,
    PAUSE_REASONS,
    RATINGS,
    SOLVED,
    level_names,
)
from .base import MatterForm, RefusableForm, compound_of
from .fields import PayerField, other_payer, pick, say, with_payer


def end_of(day: date) -> datetime:
    """When that day's work ends."""
    return timezone.make_aware(datetime.combine(day, time(17, 30)))


class Bare(MatterForm):
    """Nothing to fill in: only the button."""


class Accept(Bare):
    pass


class Decline(MatterForm):
    reason = pick(_("为什么不受理"), DECLINE_REASONS.choices(), need="reason")
    words = say(_("补一句"), required=False, rows=2, help_text=_("报告人会看到原因和这句话。"))


class Meet(MatterForm):
    words = say(_("商量了什么"))


class Propose(MatterForm):
    words = say(_("方案"), rows=4)


class Return(MatterForm):
    reason = say(_("为什么不归这边办"), need="reason", rows=2)
    proposed_body = pick(_("应该由谁办"), [], need="proposed_body")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.bodies = [b for b in reads.bodies(compound_of(self.matter)) if b.pk != self.matter.handler_body_id]
        offer(self, "proposed_body", [(str(b.pk), b.name) for b in self.bodies])

    def clean_proposed_body(self) -> Organisation | None:
        return next((b for b in self.bodies if str(b.pk) == self.cleaned_data["proposed_body"]), None)


class Take(MatterForm):
    contact = pick(_("和报告人联系上了吗"), CONTACTS.choices(), need="contact", initial="called")
    words = say(_("说好什么"), rows=2, help_text=_("报告人会看到，如：今天下午 3 点来。"))


class Arrive(MatterForm):
    words = say(_("补一句"), required=False, rows=2)


class Safe(MatterForm):
    """`due_at` until when the rest is done, where nothing was promised yet."""

    words = say(_("补一句"), required=False, rows=2)
    due_at = forms.DateField(
        label=_("余下的哪天办完"), required=False, widget=forms.DateInput(attrs={"type": "date"}), error_messages={"invalid": _("请写成 2026-03-25")},
        help_text=_("不写就按一般的事，3 个工作日。报告人会看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.matter.urgency != Urgency.EMERGENCY or self.matter.due_at:
            del self.fields["due_at"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("due_at")
        return {**data, "due_at": end_of(day) if day else None}


class Suspend(MatterForm):
    pause_reason = pick(_("在等什么"), PAUSE_REASONS.choices(), need="pause_reason")
    review_at = forms.DateField(
        label=_("哪天再看"), widget=forms.DateInput(attrs={"type": "date"}), error_messages={"required": NEEDS.lazy("review_at"), "invalid": _("请写成 2026-03-25")},
        help_text=_("到那天时钟自动接着走。"),
    )  # fmt: skip
    words = say(_("告诉报告人"), required=False, rows=2)

    def clean_review_at(self) -> datetime:
        # In the morning of that day: the review is part of the day's work.
        return timezone.make_aware(datetime.combine(self.cleaned_data["review_at"], time(8, 30)))


class Escalate(MatterForm):
    level = pick(_("升到哪一层"), [], need="level")
    reason = say(_("为什么这一层办不了"), need="reason", rows=2)
    due_at = forms.DateField(
        label=_("新的期限"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("报告人会看到。"),
        error_messages={"required": NEEDS.lazy("due_at"), "invalid": _("请写成 2026-03-25")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        order = turns.LEVEL_ORDER
        here = order.index(self.matter.level) if self.matter.level in order else 0
        names = level_names(compound_of(self.matter).settings.get("levels", {}))
        offer(self, "level", [(level, names[level]) for level in order[here + 1 :]])

    def clean_due_at(self) -> datetime:
        return end_of(self.cleaned_data["due_at"])


class Extend(MatterForm):
    until = forms.DateField(
        label=_("延到哪天"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("只能延一次。"),
        error_messages={"required": NEEDS.lazy("until"), "invalid": _("请写成 2026-03-25")},
    )  # fmt: skip
    reason = say(_("为什么要延"), need="reason", rows=2, help_text=_("报告人会看到。"))

    def clean_until(self) -> datetime:
        return end_of(self.cleaned_data["until"])


class Resolve(MatterForm):
    """What was done, how it looks after, what it cost (domain §4.4). How it looked before is the report's, with its photo
    where there was one: whoever comes when it is done already cannot take one."""

    outcome = pick(_("结果"), ENDINGS.choices(RESOLVE_OUTCOMES), need="outcome", initial="fixed")
    words = say(_("做了什么"), help_text=_("报告人会看到，如：换了 3 盏声控灯。"))
    photos = PhotosField(label=_("办好后的照片"), help_text=_("办好了的要拍一张。"))
    cost_fen = YuanField(label=_("花了多少元"), required=False, help_text=_("没花钱写 0。"))
    paid_by = PayerField()
    payer = other_payer()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "fixed":
            if not data.get("photos") and not self.matter.photo_after and "photos" not in self.errors:
                self.add_error("photos", _("请拍一张办好后的照片"))
            if data.get("cost_fen") is None and "cost_fen" not in self.errors:
                self.add_error("cost_fen", _("请写花了多少元，没花钱写 0"))
        return with_payer(self, data)


class Visit(MatterForm):
    """Reached or not; then the four questions in the order they are asked on the telephone (domain §4.7)."""

    order = pick(_("问的是谁"), [], need="order")
    way = pick(
        _("怎么回访的"), [("phone", _("打电话")), ("home", _("上门")), ("message", _("发消息"))], initial="phone"
    )
    contacted = pick(_("联系上了吗"), [("yes", _("联系上了")), ("no", _("没联系上"))], need="contacted")
    called = pick(
        _("有人为这件事联系过吗"), [("yes", _("联系过")), ("no", _("没联系过"))], required=False, need="contacted"
    )
    solved = pick(_("事情解决了吗"), SOLVED.choices(), required=False)
    satisfied = pick(_("满意吗"), RATINGS.choices(), required=False)
    comment = say(_("还有什么要说的"), required=False, rows=2)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.left = _offer_people(self, to_ask(self.matter))

    def clean_contacted(self) -> bool:
        return self.cleaned_data["contacted"] == "yes"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("contacted"):
            for name in ("called", "solved", "satisfied"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("请选一个"))
        data["order"] = self.left.get(data.get("order", ""))
        return data


def _offer_people(form: MatterForm, people: list[HotlineOrder | None]) -> dict[str, HotlineOrder | None]:
    """By what the form calls them; who is the only one is not chosen."""
    found = {str(one.pk) if one else "reporter": one for one in people}
    if len(found) > 1:
        offer(form, "order", [(key, _caller(one)) for key, one in found.items()])
    else:
        del form.fields["order"]
    return found


def _caller(order: HotlineOrder | None) -> Any:
    return _("工单 %(number)s 的来电人") % {"number": order.number} if order else _("报告人")


class Close(MatterForm):
    outcome = pick(_("归档为"), [], required=False)
    words = say(_("补一句"), required=False, rows=2)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.matter.state == State.VISITED:
            given = self.matter.outcome if self.matter.outcome in RESOLVE_OUTCOMES else "fixed"
            choices = ENDINGS.choices(RESOLVE_OUTCOMES)
        else:
            given, choices = "not_confirmed", [("not_confirmed", ENDINGS["not_confirmed"])]
        offer(self, "outcome", choices)
        self.fields["outcome"].initial = given


class Reason(MatterForm):
    reason = say(_("为什么"), need="reason", rows=2)


class Words(MatterForm):
    words = say(_("写几个字"), rows=3)


class PublicTitle(MatterForm):
    words = forms.CharField(
        label=_("公开时这样写"), max_length=TITLE_MOST, required=False,
        help_text=_("谁都看得到：不写人名、门牌和电话。空着就只写类别。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["words"].initial = self.matter.public_title


class Contact(MatterForm):
    """Why somebody wants to see a number that is masked everywhere else; of a hotline's matter whose."""

    order = pick(_("看谁的"), [], need="order")
    reason = pick(_("看号码做什么"), CONTACT_REASONS.items(), initial="ask")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        seen = [one for one in people_of(self.matter) if one is None or may_see(self.by, one)]
        self.people = _offer_people(self, seen or [None])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["order"] = self.people.get(data.get("order", next(iter(self.people))))
        return data


class SavedList(RefusableForm):
    name = forms.CharField(
        label=_("叫什么"), max_length=12, help_text=_("如：7栋超时的。"), error_messages={"required": _("写个名字")}
    )
