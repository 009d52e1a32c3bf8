"""Naming a representative for homes, recording an act with one thumb, following it up, praising it, asking for a visit."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Post
from linli.places.models import Building, Entrance, Home
from linli.plumbing.forms import DayField, Form, MomentField, Once, OnceForm, chips, lines, offer, words

from ..rules.representatives import ASK_MOST, PLACE_MOST, RESULT_MOST, Force
from ..words import ACT_KINDS, FORCES, MOTTO

NEEDS_MOST = 1000


class NameForm(Form):
    post = forms.ChoiceField(label=_("哪位居民代表"))
    where = forms.ChoiceField(label=_("看哪一栋、哪个单元"))
    first = words(_("从哪一号"), 20, required=False, help_text=_("如 101；整栋、整个单元就空着。"))
    last = words(_("到哪一号"), 20, required=False)
    from_day = DayField(label=_("从哪天"))
    to_day = DayField(label=_("到哪天"), required=False, help_text=_("空着就是一直看下去。"))
    once = Once()

    def __init__(
        self, *args: Any, posts: Iterable[Post], places: Iterable[tuple[Building, Entrance | None]], **kw: Any
    ):
        super().__init__(*args, **kw)
        self.posts = {str(p.pk): p for p in posts}
        self.places = {f"{b.pk}.{e.pk}" if e else str(b.pk): (b, e) for b, e in places}
        self._offer("post", [(key, p.holder_name) for key, p in self.posts.items()])
        self._offer("where", [(key, b.label + (str(e) if e else "")) for key, (b, e) in self.places.items()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        offer(self, name, [("", _("请选")), *choices])


class RecordForm(Form):
    """Homes are offered by their doors' names, which say the same in fewer bytes than keys."""

    kind = chips(_("做了哪样"), ACT_KINDS.choices(), error_messages={"required": _("选一个：做了哪样")})
    home = forms.ChoiceField(label=_("在哪一户"), required=False)
    place = words(_("或者在哪里"), PLACE_MOST, required=False, help_text=_("如：2单元门口。"))
    result = lines(
        _("结果"), most=RESULT_MOST, rows=2, error_messages={"required": _("写一句结果")},
        help_text=_("不写病情、证件号和电话。"),
    )  # fmt: skip
    force = chips(_("解决了问题的：靠谁解决的"), FORCES.choices(), required=False, initial=str(Force.REPRESENTATIVES))
    when = MomentField(label=_("什么时候做的"), required=False)
    needs = lines(
        _("还要接着办的事"), most=NEEDS_MOST, rows=2, required=False, help_text=_("写了就报上去，有编号、有时限。")
    )
    once = Once()

    def __init__(self, *args: Any, homes: list[Home], at: datetime, **kw: Any):
        super().__init__(*args, **kw)
        self.homes = {home.label: home for home in homes}
        offer(self, "home", [("", _("不在谁家里")), *((label, label) for label in self.homes)])
        today = timezone.localtime(at)
        self.fields["when"].widget.attrs |= {
            "min": f"{today - timedelta(days=31):%Y-%m-%dT%H:%M}",
            "max": f"{today:%Y-%m-%dT%H:%M}",
        }

    def wishes(self) -> dict[str, Any]:
        """The arguments of the service."""
        return {**self.cleaned_data, "home": self.homes.get(self.cleaned_data["home"])}


class FollowForm(OnceForm):
    words = lines(_("还要接着办的事"), most=NEEDS_MOST, rows=2, error_messages={"required": _("请先写是什么事")})


class PraiseForm(OnceForm):
    word = chips(_("夸一个字"), MOTTO.choices(), error_messages={"required": _("选一个字")})


class AskForm(OnceForm):
    words = lines(_("什么事"), most=ASK_MOST, rows=2, required=False, help_text=_("可以不写。不写病情、证件号和电话。"))
