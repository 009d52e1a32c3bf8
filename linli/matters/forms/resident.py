"""What residents are asked: first what it is, then where; and the small forms around one matter."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import PhotosField, offer

from ..queries.resident import Places
from ..rules import categories, times
from ..rules.states import State
from ..services import Spot
from ..services.intake import WORDS_MOST
from ..words import NEEDS, RATINGS, category_groups
from .base import MatterForm, RefusableForm, shared

# Chosen on purpose, and different from nothing chosen.
UNSURE = "-"
SPOTS = [("楼道", _("楼道")), ("单元门", _("单元门")), ("电梯", _("电梯")), ("屋面", _("屋面")), (UNSURE, _("说不清"))]
GROUNDS = [
    ("大门口", _("大门口")), ("路上", _("路上")), ("停车的地方", _("停车的地方")), ("充电棚", _("充电棚")), ("绿地", _("绿地")),
    ("垃圾桶", _("垃圾桶")), (UNSURE, _("说不清")),
]  # fmt: skip
URGE_WHY = [
    ("越来越严重了", _("越来越严重了")),
    ("说好没来", _("说好没来")),
    ("不安全", _("不安全")),
    (UNSURE, _("别的")),
]
STILL_BROKEN = [
    ("没人来过", _("没人来过")), ("修了又坏", _("修了又坏")), ("只修了一部分", _("只修了一部分")), (UNSURE, _("别的")),
]  # fmt: skip
NOTE_MOST = 1000
SAME_FAULT = _("是同样的毛病，请勾上；别的事请新说一件")


class PlainFile(forms.FileInput):
    """A file input that never says what was there."""


def words_field(
    label: Any, *, required: bool = True, rows: int = 3, most: int = NOTE_MOST, missing: Any = "", **attrs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, widget=forms.Textarea(attrs={"rows": rows, **attrs}),
        error_messages={"required": missing or NEEDS.lazy("words"), "max_length": _("最多写 %(limit_value)s 个字，现在有 %(show_value)s 个字")},
    )  # fmt: skip


class ReportForm(RefusableForm):
    """Words first. The place may stay open, said so on purpose; the desk asks then. `asked`: which likely duplicate was shown and denied."""

    words = shared(words_field(
        _("说说是什么事"), most=WORDS_MOST, rows=4, missing=_("请先说说是什么事"), autocomplete="off",
        placeholder=_("灯坏了、漏水了、有人吵，照平常说话那样写"),
    ))  # fmt: skip
    photos = shared(PhotosField(label=_("拍照")))
    voice = shared(
        forms.FileField(
            label=_("录一段话，最长 60 秒"),
            required=False,
            widget=PlainFile(attrs={"accept": "audio/*", "capture": "user"}),
        )
    )
    where = forms.ChoiceField(label=_("在哪里"), required=False, widget=forms.RadioSelect)
    entrance = forms.ChoiceField(label=_("几单元"), required=False, widget=forms.RadioSelect)
    spot = shared(
        forms.ChoiceField(label=_("楼里哪儿"), required=False, choices=lambda: SPOTS, widget=forms.RadioSelect)
    )
    elsewhere = forms.ChoiceField(label=_("哪一栋"), required=False)
    ground = shared(
        forms.ChoiceField(label=_("小区里哪儿"), required=False, choices=lambda: GROUNDS, widget=forms.RadioSelect)
    )
    asked = shared(forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput))

    field_order = ("words", "photos", "voice", "where", "entrance", "spot", "elsewhere", "ground", "asked", "once")

    def __init__(self, *args: Any, places: Places, **kw: Any) -> None:
        self.places = places
        super().__init__(*args, **kw)
        offer(self, "where", self._where())
        # Asked for when they are drawn or chosen: a compound has hundreds.
        offer(self, "entrance", lambda: [(str(e.pk), e.name) for e in places.own])
        offer(self, "elsewhere", lambda: [("", _("请选")), *places.buildings])

    def _where(self) -> list[tuple[str, Any]]:
        rows: list[tuple[str, Any]] = []
        if self.places.home:
            home = self.places.home
            short = f"{home.building.key}-{home.entrance.key}-{home.room_no}"
            rows = [("home", _("我家 %(home)s") % {"home": short}), ("own", home.building.label)]
        if rows or self.places.entrances:
            rows.append(("other", _("别的楼") if rows else _("楼里")))
        return [*rows, ("ground", _("小区里")), (UNSURE, _("说不清"))]

    def clean_where(self) -> str:
        """Whoever joins a matter that has its place needs to say none."""
        where: str = self.cleaned_data["where"]
        if not where and "me_too" not in self.data:
            raise forms.ValidationError(_("请点一下在哪里；说不清就点“说不清”"))
        return where

    def spot_chosen(self) -> Spot:
        """The place as chosen; what was not chosen stays open."""
        home = self.places.home
        data = {name: "" if value == UNSURE else value for name, value in self.cleaned_data.items()}
        where = data.get("where")
        if where == "home" and home:
            return Spot(home=home)
        if where == "own" and home:
            stair = self.places.entrances.get(data.get("entrance") or "")
            return Spot(
                building=home.building, entrance=stair.entrance if stair else None, words=data.get("spot") or ""
            )
        if where == "other":
            return self._elsewhere(data.get("elsewhere") or "", data.get("spot") or "")
        return Spot(words=data.get("ground") or "") if where == "ground" else Spot()

    def _elsewhere(self, chosen: str, words: str) -> Spot:
        kind, _sep, pk = chosen.partition(":")
        if kind == "e":
            stair = self.places.entrances.get(pk)
            return Spot(building=stair.building, entrance=stair.entrance, words=words) if stair else Spot()
        building = next((e.building for e in self.places.entrances.values() if str(e.building_id) == pk), None)
        return Spot(building=building, words=words)

    def uploads(self) -> list[UploadedFile]:
        return [*(self.cleaned_data.get("photos") or []), *filter(None, [self.cleaned_data.get("voice")])]


class NoteForm(MatterForm):
    words = words_field(_("补充一句"), required=False)
    photos = PhotosField(label=_("拍照"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("words", "").strip() and not data.get("photos") and not self.errors:
            self.add_error("words", _("请写几个字，或者拍一张照片"))
        return data


class AskForm(MatterForm):
    words = words_field(_("想问什么"))


class AnswerForm(MatterForm):
    words = words_field(_("您的回答"))


class UrgeForm(MatterForm):
    why = forms.ChoiceField(label=_("为什么催"), choices=URGE_WHY, required=False, widget=forms.RadioSelect)
    words = words_field(_("再说一句"), required=False, rows=2, most=200)

    def clean_why(self) -> str:
        return "" if self.cleaned_data["why"] == UNSURE else self.cleaned_data["why"]


class ConfirmForm(MatterForm):
    rating = forms.ChoiceField(
        label=_("这次办得怎么样"), choices=RATINGS.choices(), required=False, widget=forms.RadioSelect
    )


class NotMineForm(MatterForm):
    words = words_field(_("您说的是哪一件"), required=False)


class ReopenForm(MatterForm):
    why = forms.ChoiceField(label=_("哪里没办好"), choices=STILL_BROKEN, required=False, widget=forms.RadioSelect)
    reason = words_field(_("说说现在什么样"), required=False, missing=NEEDS.lazy("reason"))
    same_fault = forms.BooleanField(
        label=_("同样的毛病又犯了"), error_messages={"required": SAME_FAULT},
        help_text=_("办结超过 15 天，只有同样的毛病才接着这一件办；别的事请新说一件。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.matter.state != State.CLOSED or not times.too_late_to_reopen(self.matter.closed_at, self.at):
            del self.fields["same_fault"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        why = "" if data.get("why") == UNSURE else data.get("why")
        data["reason"] = "，".join(filter(None, [why, (data.get("reason") or "").strip()]))
        if not data["reason"] and not self.errors:
            self.add_error("why", _("请选一样，或者写几个字"))
        return data


class RateForm(MatterForm):
    rating = forms.ChoiceField(
        label=_("这次办得怎么样"),
        choices=RATINGS.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": NEEDS.lazy("rating")},
    )
    words = words_field(_("想说的"), required=False, rows=2, most=400)


class WithdrawForm(MatterForm):
    words = words_field(_("为什么撤回"), required=False, rows=2, most=200)


class CategoryForm(MatterForm):
    category = forms.ChoiceField(label=_("这是哪一类"), error_messages={"required": NEEDS.lazy("category")})

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        own = categories.of(self.matter.compound.settings)
        offer(self, "category", [("", _("请选")), *category_groups(own)])
        self.fields["category"].initial = self.matter.category


class BareForm(MatterForm):
    """Nothing to fill in: follow, unfollow."""
