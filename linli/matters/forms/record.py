"""A matter raised for somebody by one who works here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.places.models import Compound
from linli.plumbing.forms import MomentField, PhotosField, offer
from linli.plumbing.numbers import uuid_in

from ..models import Price
from ..queries import homes
from ..queries.duplicates import Where
from ..queries.help import price_of
from ..rules import sources
from .base import RefusableForm
from .fields import RADIO, pick

SOURCES_OF_RECORD = [
    ("front_desk", _("前台来的")),
    ("resident_phone", _("电话打来的")),
    ("chat_group", _("群里说的")),
    ("patrol", _("巡查看到的")),
    ("home_visit", _("走访听到的")),
    ("committee", _("业委会自己发现的")),
    ("party_branch", _("党支部知道的")),
    ("agency_transfer", _("部门转来的")),
    ("mediation", _("调解时知道的")),
]

NOT_KEPT = {"data-private": "", "autocomplete": "off"}  # no draft of it stays on a counter's machine


class Record(RefusableForm):
    """A matter raised for somebody by one who works here."""

    source = pick(_("怎么知道的"), SOURCES_OF_RECORD)
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
    name = forms.CharField(
        label=_("名册上没有：姓名"), required=False, max_length=40, widget=forms.TextInput(attrs=NOT_KEPT)
    )
    phone = forms.CharField(
        label=_("电话"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", **NOT_KEPT})
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

    def __init__(self, *args: Any, compound: Compound, role: str, at: datetime, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.compound, self.at = compound, at
        known = dict(SOURCES_OF_RECORD)
        offer(self, "source", [(key, known[key]) for key in sources.offered(role)])
        self.fields["source"].initial = sources.offered(role)[0]
        self.price = self._price(str((self.data if self.is_bound else self.initial).get("line", "") or ""))
        offer(self, "building", [("", _("说不清")), *homes.buildings(compound)])
        asked = str((self.data if self.is_bound else self.initial).get("room", "") or "")
        self.found = homes.people_at(compound, asked) if asked.strip() else []

    def where(self) -> Where:
        """What is known of the place by now: the building that was chosen, or else the home of who said it."""
        building = homes.building(self.compound, str(self["building"].value() or ""))
        if building:
            return Where(building)
        lives = next((one for one in self.found if str(one.person_id) == str(self["person"].value() or "")), None)
        return Where(lives.home.building, lives.home.entrance) if lives else Where()

    def _price(self, line: str) -> Price | None:
        """What was chosen from the price list, if they came from there."""
        key = uuid_in(line)
        return price_of(self.compound, key, timezone.localdate(self.at)) if key else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["price"] = self.price
        chosen: UUID | None = data.get("person")
        data["lives"] = next((one for one in self.found if one.person_id == chosen), None)
        room = data.get("room", "").strip()
        data["home"] = data["lives"].home if data["lives"] else homes.home_at(self.compound, room) if room else None
        if room and not (data["home"] or data.get("building") or data.get("place")):
            self.add_error("room", _("没有找到这一户：房号写全，如 7-2-301，或者在下面写在哪里"))
        if data.get("source") == "chat_group" and not data.get("group"):
            self.add_error("group", _("请写是哪个群"))
        said = data.get("said_at")
        if said and said > self.at:
            self.add_error("said_at", _("这个时间还没到"))
        return data
