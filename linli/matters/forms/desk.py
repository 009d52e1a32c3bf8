"""What the desk, the handlers and the visitors are asked for, act by act."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation
from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing.forms import MomentField, PhotosField, YuanField, offer
from linli.plumbing.numbers import number_in

from ..models import Matter, Price
from ..queries import desk as reads
from ..queries.duplicates import Where, beside, sign, signed
from ..queries.help import price_of
from ..rules import categories, times, turns
from ..rules.help import OTHER, payer
from ..rules.states import RESOLVE_OUTCOMES, State
from ..words import (
    CONTACT_REASONS,
    DECLINE_REASONS,
    ENDINGS,
    LEVELS,
    NEEDS,
    PAUSE_REASONS,
    PAYERS,
    RATINGS,
    SOLVED,
    URGENCIES,
    category_name,
    level_names,
)  # fmt: skip
from ..words import category_groups as groups
from .base import MatterForm, RefusableForm

RADIO = forms.RadioSelect
WORDS_MOST, PAYER_MOST = 400, 40


def pick(label: Any, choices: Iterable[tuple[str, Any]], *, need: str = "", **kw: Any) -> forms.ChoiceField:
    """Radios or chips; nothing chosen answers with the sentence that says what to choose."""
    kw.setdefault(
        "error_messages", {"required": NEEDS.lazy(need or "rating"), "invalid_choice": _("请从列出的里选一个")}
    )
    return forms.ChoiceField(label=label, choices=list(choices), widget=kw.pop("widget", RADIO), **kw)


def say(label: Any, *, required: bool = True, need: str = "words", rows: int = 3, **kw: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=kw.pop("max_length", WORDS_MOST), widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": NEEDS.lazy(need)}, **kw,
    )  # fmt: skip


class PayerField(forms.ChoiceField):
    """Who pays. A page that was opened before there was a list may still send words."""

    def __init__(self) -> None:
        super().__init__(label=_("谁出钱"), required=False, choices=PAYERS.choices(), widget=RADIO)

    def to_python(self, value: Any) -> str:
        return payer(super().to_python(value))

    def valid_value(self, value: str) -> bool:
        return len(value) <= PAYER_MOST


def other_payer() -> forms.CharField:
    return forms.CharField(
        label=_("别的，是谁出"), required=False, max_length=PAYER_MOST, help_text=_("如：建设单位、街道。")
    )


def with_payer(form: forms.BaseForm, data: dict[str, Any]) -> dict[str, Any]:
    """What costs something says who pays it; somebody else by name."""
    if not data.get("cost_fen"):
        return data
    if data.get("paid_by") == OTHER:
        data["paid_by"] = payer(data.get("payer") or "")
        if data["paid_by"] in {"", OTHER}:
            form.add_error("payer", _("请写谁出钱"))
    elif not data.get("paid_by"):
        form.add_error("paid_by", _("请选谁出钱"))
    return data


class CategoryField(forms.CharField):
    """One of the compound's sub-categories."""

    own, already = categories.USUAL, ""

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if code and not self.own.may_take(code, self.already):
            raise forms.ValidationError(_("没有这个类别，请重新选"))
        return code


def category_groups(own: categories.Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        ("", [("", str(_("换一个")))]),
        *groups(own),
    ]


class Bare(MatterForm):
    """Nothing to fill in: only the button."""


class Accept(Bare):
    pass


class Decline(MatterForm):
    reason = pick(_("为什么不受理"), DECLINE_REASONS.choices(), need="reason")
    words = say(_("补一句"), required=False, rows=2, help_text=_("报告人会看到原因和这句话。"))


class Merge(MatterForm):
    """The target comes as a number (chosen or typed) or as words to search by."""

    target = forms.IntegerField(required=False, widget=RADIO, label=_("是不是这件事"))
    number = forms.CharField(label=_("编号或说的话"), required=False, max_length=60)
    alike = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.compound = compound_of(self.matter)
        typed = str(self.data.get("number", "")).strip() if self.is_bound else ""
        if typed:
            rows = reads.targets(self.compound, self.by, typed, self.matter)
        else:
            found = beside(self.matter, self.compound, self.by, most=6)
            self.fields["alike"].initial = sign(self.matter.pk, found)
            rows = [one.one for one in found]
        # A link from the panel names its target.
        asked = str((self.data if self.is_bound else self.initial).get("target", "") or "")
        if (number := number_in(asked)) is not None and number not in {r.number for r in rows}:
            rows = [*reads.targets(self.compound, self.by, asked, self.matter, most=1), *rows]
        self.rows = rows
        self.fields["target"].widget.choices = [(r.number, f"{r.label} {r.title} {r.place}".strip()) for r in rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["alike"] = signed(self.matter.pk, data.get("alike", ""))
        number = data.get("target")
        typed = data.get("number", "").strip()
        if number is None:
            number = number_in(typed)
        if number is None:
            said = (
                _("没找到，换个词再找")
                if typed and not self.rows
                else _("请选并到哪一件")
                if self.rows
                else NEEDS["target"]
            )
            raise forms.ValidationError({"number" if not self.rows else "target": said})
        data["into"] = matter_numbered(self.compound, self.by, number)
        if data["into"] is None:
            raise forms.ValidationError({"number": _("没有这一件，请看看编号")})
        return data


def compound_of(matter: Matter) -> Compound:
    return Compound.objects.select_related("community").get(pk=matter.compound_id)


def matter_numbered(compound: Compound, by: Any, number: int) -> Matter | None:
    return reads.visible(Matter.objects.filter(compound_id=compound.pk), by).filter(number=number).first()


class Unmerge(MatterForm):
    reason = say(_("为什么分开"), need="reason", rows=2, max_length=200)


class Triage(MatterForm):
    """Category as a chip of the recent ones or from the whole list; level as usual for the category unless chosen."""

    category = forms.CharField(required=False)
    category_more = CategoryField(label=_("换一个"), required=False, widget=forms.Select)
    urgency = pick(_("紧急程度"), URGENCIES.choices(), need="urgency", initial=times.Urgency.NORMAL)
    level = pick(_("哪一层办"), [("", _("按类别")), *LEVELS.choices()], required=False)
    privacy = pick(_("谁能看"), [("normal", _("照常")), ("secret", _("要保密"))], required=False, initial="normal")
    hazard = forms.BooleanField(label=_("有危险，撤回也要办"), required=False)

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
        self.fields["privacy"].initial = self.matter.privacy
        self.fields["hazard"].initial = self.matter.hazard

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code = data.get("category_more") or data.get("category") or ""
        if not code and "category" not in self.errors and "category_more" not in self.errors:
            self.add_error("category", NEEDS["category"])
        data["category"] = code
        found = self.own.get(code)
        data["level"] = data.get("level") or (found.level if found else "")
        data["privacy"] = data.get("privacy") or "normal"
        return data


class Hand(forms.Form):
    """Whom it goes to: a body, and where one is named a person of it."""

    def add_hands(self, compound: Compound, matter: Matter | None, at: datetime) -> None:
        self.bodies = reads.bodies(compound)
        self.posts = reads.hands(self.bodies, timezone.localdate(at))
        self.fields["body"] = pick(
            _("派给"),
            [(str(b.pk), b.name) for b in self.bodies],
            need="body",
            initial=first_body(compound, matter, self.bodies),
        )
        groups = [
            (b.name, [(str(p.pk), reads.hand_label(p)) for p in self.posts if p.organisation_id == b.pk])
            for b in self.bodies
        ]
        self.fields["post"] = forms.ChoiceField(
            label=_("派给谁"),
            required=False,
            choices=[("", _("不指定人")), *((name, rows) for name, rows in groups if rows)],
        )
        if matter and matter.handler_post_id:
            self.fields["post"].initial = str(matter.handler_post_id)
        self.fields["due_at"] = MomentField(label=_("另定期限"), required=False, help_text=_("不填就按规定的期限。"))

    def take_hands(self, data: dict[str, Any]) -> None:
        """A person alone names their body too."""
        post = next((p for p in self.posts if str(p.pk) == data.get("post")), None)
        body = next((b for b in self.bodies if str(b.pk) == data.get("body")), None)
        if post and body and post.organisation_id != body.pk:
            self.add_error("post", _("这个人不在这个单位，请重新选"))
        data["post"], data["body"] = post, body


def first_body(compound: Compound, matter: Matter | None, bodies: list[Organisation]) -> str:
    """The body a clerk would most likely choose: the one proposed after a return, the last handler, the category's usual."""
    known = {b.pk for b in bodies}
    if matter:
        for pk in (matter.proposed_body_id, matter.handler_body_id):
            if pk in known:
                return str(pk)
    found = categories.of(compound.settings).get(matter.category) if matter else None
    wanted = {
        "property": [Body.PROPERTY, Body.COMMUNITY],
        "committee": [Body.COMMITTEE, Body.PMC, Body.COMMUNITY],
        "mediator": [Body.MEDIATION, Body.COMMUNITY],
        "volunteers": [Body.VOLUNTEERS, Body.COMMUNITY],
    }.get(found.receiver if found else "property", [Body.COMMUNITY])
    # A complaint about the company does not go to the company first.
    if found and found.top == "11":
        wanted = [Body.COMMUNITY]
    return next((str(b.pk) for kind in wanted for b in bodies if b.kind == kind), "")


class Dispatch(Hand, MatterForm):
    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.add_hands(compound_of(self.matter), self.matter, self.at)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.take_hands(data)
        return data


class Sort(Hand, Triage):
    """The panel's one form: category, urgency, level and whom it goes to."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.add_hands(self.compound, self.matter, self.at)
        if self.matter.state == State.RETURNED:
            for name in ("category", "category_more", "urgency", "level", "privacy", "hazard"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.take_hands(data)
        if self.matter.state == State.RETURNED:
            self.errors.pop("category", None)
        return data


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
    contact = pick(
        _("和报告人联系上了吗"),
        [
            ("called", _("打过电话")),
            ("met", _("见过面")),
            ("message", _("发过消息")),
            ("unreached", _("没联系上，先去看")),
        ],
        initial="called",
    )
    words = say(_("说好什么"), rows=2, help_text=_("报告人会看到，如：打过电话了，今天下午 3 点来。"))


class Arrive(MatterForm):
    words = say(_("补一句"), required=False, rows=2)


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

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        order = turns.LEVEL_ORDER
        here = order.index(self.matter.level) if self.matter.level in order else 0
        names = level_names(compound_of(self.matter).settings.get("levels", {}))
        offer(self, "level", [(level, names[level]) for level in order[here + 1 :]])


class Extend(MatterForm):
    until = forms.DateField(
        label=_("延到哪天"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("只能延一次。"),
        error_messages={"required": NEEDS.lazy("until"), "invalid": _("请写成 2026-03-25")},
    )  # fmt: skip
    reason = say(_("为什么要延"), need="reason", rows=2, help_text=_("报告人会看到。"))

    def clean_until(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time(17, 30)))


class Resolve(MatterForm):
    outcome = pick(_("结果"), ENDINGS.choices(RESOLVE_OUTCOMES), need="outcome", initial="fixed")
    words = say(_("做了什么"), help_text=_("报告人会看到，如：换了 3 盏声控灯。"))
    photos = PhotosField(label=_("办好后的照片"), help_text=_("办好了的要拍一张。"))
    cost_fen = YuanField(label=_("花了多少元"), required=False)
    paid_by = PayerField()
    payer = other_payer()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("outcome") == "fixed"
            and not data.get("photos")
            and not self.matter.photo_after
            and "photos" not in self.errors
        ):
            self.add_error("photos", _("请拍一张办好后的照片"))
        return with_payer(self, data)


class Visit(MatterForm):
    """Reached or not; then the four questions in the order they are asked on the telephone (domain §4.7)."""

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

    def clean_contacted(self) -> bool:
        return self.cleaned_data["contacted"] == "yes"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("contacted"):
            for name in ("called", "solved", "satisfied"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("请选一个"))
        return data


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


class Contact(MatterForm):
    """Why somebody wants to see a number that is masked everywhere else."""

    reason = pick(_("看号码做什么"), CONTACT_REASONS.items(), initial="ask")


class SavedList(RefusableForm):
    name = forms.CharField(
        label=_("叫什么"), max_length=12, help_text=_("如：7栋超时的。"), error_messages={"required": _("写个名字")}
    )


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
            self.add_hands(compound, None, at)
            del self.fields["due_at"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.act == "dispatch":
            self.take_hands(data)
        if self.act == "triage" and data.get("category"):
            found = self.own.get(data["category"])
            data["level"] = data.get("level") or (found.level if found else "")
        return data


SOURCES_OF_RECORD = [
    ("front_desk", _("前台来的")),
    ("resident_phone", _("电话打来的")),
    ("chat_group", _("群里说的")),
    ("patrol", _("巡查看到的")),
    ("home_visit", _("走访听到的")),
]


class Record(RefusableForm):
    """A matter raised for somebody by one who works here."""

    source = pick(_("怎么知道的"), SOURCES_OF_RECORD, initial="front_desk")
    words = forms.CharField(
        label=_("什么事"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请先写是什么事")},
    )
    group = forms.CharField(label=_("哪个群"), required=False, max_length=40)
    said_at = MomentField(label=_("群里几点说的"), required=False)
    person = forms.UUIDField(required=False, widget=RADIO, label=_("谁说的"))
    room = forms.CharField(label=_("按房号找人"), required=False, max_length=40, help_text=_("如 7-2-301。"))
    name = forms.CharField(label=_("名册上没有：姓名"), required=False, max_length=40)
    phone = forms.CharField(
        label=_("电话"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    building = pick(_("哪一栋"), [], required=False, widget=forms.Select)
    place = forms.CharField(label=_("具体在哪里"), required=False, max_length=60, help_text=_("如：2单元三楼楼道。"))
    hazard = forms.BooleanField(label=_("有危险"), required=False)
    photos = PhotosField(label=_("照片"))
    line = forms.UUIDField(required=False, widget=forms.HiddenInput)
    take = forms.BooleanField(
        label=_("就这么填"),
        required=False,
        help_text=_("记下来后这几样已经填好，可以改。"),
        widget=forms.CheckboxInput(attrs={"data-key": "T"}),
    )

    def __init__(self, *args: Any, compound: Compound, at: datetime, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.compound, self.at = compound, at
        self.price = self._price(str((self.data if self.is_bound else self.initial).get("line", "") or ""))
        offer(self, "building", [("", _("说不清")), *reads.buildings(compound)])
        asked = str((self.data if self.is_bound else self.initial).get("room", "") or "")
        self.found = reads.people_at(compound, asked) if asked.strip() else []

    def where(self) -> Where:
        """What is known of the place by now: the building that was chosen, or else the home of who said it."""
        building = reads.building(self.compound, str(self["building"].value() or ""))
        if building:
            return Where(building)
        lives = next((one for one in self.found if str(one.person_id) == str(self["person"].value() or "")), None)
        return Where(lives.home.building, lives.home.entrance) if lives else Where()

    def _price(self, line: str) -> Price | None:
        """What was chosen from the price list, if they came from there."""
        try:
            return price_of(self.compound, UUID(line), timezone.localdate(self.at))
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["price"] = self.price
        chosen: UUID | None = data.get("person")
        data["lives"] = next((one for one in self.found if one.person_id == chosen), None)
        if data.get("source") == "chat_group" and not data.get("group"):
            self.add_error("group", _("请写是哪个群"))
        said = data.get("said_at")
        if said and said > self.at:
            self.add_error("said_at", _("这个时间还没到"))
        return data
