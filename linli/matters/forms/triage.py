"""What it is and whom it goes to: sorting, dispatching, one matter or several at once."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Post
from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing.forms import MomentField, offer

from ..models import Matter
from ..queries import panel as reads
from ..rules import categories, times
from ..rules.publicity import TITLE_MOST
from ..rules.states import State
from ..words import DECLINE_REASONS, LEVELS, NEEDS, URGENCIES, category_name
from ..words import category_groups as groups
from .base import MatterForm, RefusableForm, compound_of
from .fields import CategoryField, category_groups, pick


class Triage(MatterForm):
    """Category as a chip of the recent ones or from the whole list; level as usual for the category unless chosen."""

    category = forms.CharField(required=False)
    category_more = CategoryField(label=_("换一个"), required=False, widget=forms.Select)
    urgency = pick(_("紧急程度"), URGENCIES.choices(), need="urgency", initial=times.Urgency.NORMAL)
    level = pick(_("哪一层办"), [("", _("按类别")), *LEVELS.choices()], required=False)
    privacy = pick(_("谁能看"), [("normal", _("照常")), ("secret", _("要保密"))], required=False, initial="normal")
    hazard = forms.BooleanField(label=_("有危险，撤回也要办"), required=False)
    first_receiver = forms.ChoiceField(
        label=_("首接单位"), required=False, help_text=_("不选就按类别。没人接手前由它管。")
    )

    public_title = forms.CharField(
        label=_("公开时这样写"),
        required=False,
        max_length=TITLE_MOST,
        help_text=_("谁都看得到：不写人名、门牌和电话。空着就只写类别。"),
    )

    def __init__(self, *args: Any, compound: Compound | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.compound = compound or compound_of(self.matter)
        self.own = categories.of(self.compound.settings)
        chosen = self.matter.category
        more = self.fields["category_more"]
        assert isinstance(more, CategoryField)
        more.own, more.already, more.widget.choices = self.own, chosen, category_groups(self.own)
        recent = reads.recent_categories(self.compound)
        # A value of the whole list posted by the chips is as good as a recent one.
        posted = self.data.get(self.add_prefix("category"), "") if self.is_bound else ""
        codes = [
            c
            for c in dict.fromkeys([chosen, self.initial.get("category", ""), *recent, posted])
            if self.own.may_take(c, chosen)
        ]
        self.fields["category"] = pick(
            _("类别"), [(c, category_name(c, self.own)) for c in codes], need="category", required=False, initial=chosen
        )
        self.fields["urgency"].initial = self.matter.urgency or times.Urgency.NORMAL
        self.fields["level"].initial = self.matter.level
        self.bodies, self.posts = reads.hands_of(reads.bodies(self.compound), timezone.localdate(self.at))
        offer(self, "first_receiver", [("", _("按类别")), *((str(b.pk), b.name) for b in self.bodies)])
        if self.matter.triaged_at and self.matter.first_receiver_id:
            self.fields["first_receiver"].initial = str(self.matter.first_receiver_id)
        # A caller of the hotline who asked for secrecy: the clerk unasks it, rather than having to think of it.
        asked = self.matter.caller_secret and not self.matter.triaged_at
        self.fields["privacy"].initial = "secret" if asked else self.matter.privacy
        self.fields["hazard"].initial = self.matter.hazard
        # Said in public is what somebody read and typed, never what was there when Enter was pressed.
        title = self.fields["public_title"]
        title.initial = self.matter.public_title if self.matter.titled_at else ""
        title.widget.attrs["placeholder"] = self.matter.public_title

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.add_prefix("public_title") not in self.data:
            data["public_title"] = None  # left as it is
        code = data.get("category_more") or data.get("category") or ""
        if not code and "category" not in self.errors and "category_more" not in self.errors:
            self.add_error("category", NEEDS["category"])
        data["category"] = code
        found = self.own.get(code)
        data["level"] = data.get("level") or (found.level if found else "")
        data["privacy"] = data.get("privacy") or self.fields["privacy"].initial
        data["first_receiver"] = next((b for b in self.bodies if str(b.pk) == data.get("first_receiver")), None)
        return data


class Hand(forms.Form):
    """Whom it goes to: a body and a person of it (domain §4.4)."""

    bodies: list[Organisation]
    posts: list[Post]

    def find_hands(self, compound: Compound, at: datetime) -> None:
        self.bodies, self.posts = reads.hands_of(reads.bodies(compound), timezone.localdate(at))

    def add_hands(self, compound: Compound, matter: Matter | None) -> None:
        """After `find_hands`."""
        self.fields["body"] = pick(
            _("派给"),
            [(str(b.pk), b.name) for b in self.bodies],
            need="body",
            initial=first_body(compound, matter, self.bodies),
        )
        category = self.initial.get("category") or (matter.category if matter else "")
        fit = reads.fitting(compound, category, self.posts)
        groups = [
            (b.name, [(str(p.pk), reads.hand_label(p, fit.loads.get(p.pk, 0))) for p in fit.posts if p.organisation_id == b.pk])
            for b in self.bodies
        ]  # fmt: skip
        self.fields["post"] = forms.ChoiceField(
            label=_("派给谁"),
            required=False,
            choices=[("", _("请选人")), *((name, rows) for name, rows in groups if rows)],
            widget=forms.Select(attrs={"data-find": ""}),
        )
        has_it = matter.handler_post_id if matter else None
        usual = str(has_it) if has_it in {p.pk for p in self.posts} else fit.usual if matter else ""
        theirs = [str(p.pk) for p in self.posts if str(p.organisation_id) == self.fields["body"].initial]
        self.fields["post"].initial = usual or (theirs[0] if len(theirs) == 1 else "")
        self.fields["due_at"] = MomentField(label=_("另定期限"), required=False, help_text=_("不填就按规定的期限。"))

    def take_hands(self, data: dict[str, Any]) -> None:
        """A person alone names their body too."""
        post = next((p for p in self.posts if str(p.pk) == data.get("post")), None)
        body = next((b for b in self.bodies if str(b.pk) == data.get("body")), None)
        if post and body and post.organisation_id != body.pk:
            self.add_error("post", _("这个人不在这个单位，请重新选"))
        elif body and not post:
            self.add_error("post", _("请选派给这个单位的谁"))
        data["post"], data["body"] = post, body


def first_body(compound: Compound, matter: Matter | None, bodies: list[Organisation]) -> str:
    """The body a clerk would most likely choose: the one proposed after a return, the last handler, the community where it
    came up to it, the category's usual."""
    known = {b.pk for b in bodies}
    if matter:
        for pk in (matter.proposed_body_id, matter.handler_body_id):
            if pk in known:
                return str(pk)
        if matter.desk == "community" and matter.level_entry not in {"", matter.level}:
            return next((str(b.pk) for b in bodies if b.kind == Body.COMMUNITY), "")
    found = reads.usual_receiver(compound, matter.category if matter else "", bodies)
    return str(found.pk) if found else ""


class Dispatch(Hand, MatterForm):
    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.find_hands(compound_of(self.matter), self.at)
        self.add_hands(compound_of(self.matter), self.matter)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.take_hands(data)
        return data


class Sort(Hand, Triage):
    """The panel's one form: category, urgency, level and whom it goes to."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.add_hands(self.compound, self.matter)
        if self.matter.state == State.RETURNED:
            for name in (
                "category",
                "category_more",
                "urgency",
                "level",
                "privacy",
                "hazard",
                "first_receiver",
                "public_title",
            ):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.take_hands(data)
        if self.matter.state == State.RETURNED:
            self.errors.pop("category", None)
        return data


class Bulk(Hand, RefusableForm):
    """One act for several matters at once; each is done or refused on its own."""

    def __init__(self, *args: Any, act: str, compound: Compound, rows: list[Matter], at: datetime, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.act, self.rows = act, rows
        if act == "decline":
            self.fields["reason"] = pick(_("为什么不受理"), DECLINE_REASONS.choices(), need="reason")
        if act == "merge":
            order = sorted(rows, key=lambda m: m.reported_at)
            choices = [(str(m.number), f"{m.label} {m.title}") for m in order]
            self.fields["target"] = pick(
                _("并到哪一件"), choices, need="target", initial=choices[0][0] if choices else ""
            )
        if act == "triage":
            self.own = categories.of(compound.settings)
            codes = reads.recent_categories(compound, 12)
            self.fields["category"] = forms.ChoiceField(
                label=_("类别"), choices=[("", ""), (str(_("最近用过")), [(c, category_name(c, self.own)) for c in codes]), *groups(self.own)],
                error_messages={"required": NEEDS.lazy("category")},
            )  # fmt: skip
            self.fields["urgency"] = pick(_("紧急程度"), URGENCIES.choices(), need="urgency", initial="normal")
            self.fields["level"] = pick(_("哪一层办"), [("", _("按类别")), *LEVELS.choices()], required=False)
        if act == "dispatch":
            self.find_hands(compound, at)
            self.add_hands(compound, None)
            del self.fields["due_at"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.act == "dispatch":
            self.take_hands(data)
        if self.act == "triage" and data.get("category"):
            found = self.own.get(data["category"])
            data["level"] = data.get("level") or (found.level if found else "")
        return data
