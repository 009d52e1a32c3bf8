"""Check-ins: who sees which building how often, and what was said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel import masks
from linli.people.models import Post
from linli.places.models import Building
from linli.plumbing.forms import offer

from ..queries.homes import Lives
from ..rules.checkins import DAYS_MOST, NEEDS_MOST
from ..words import CHECK_TOPICS, CHECK_WAYS, RATINGS
from .base import RefusableForm
from .fields import pick, say

MET, NOBODY = "met", "nobody"


class PlanForm(RefusableForm):
    building = pick(_("哪一栋"), [], widget=forms.Select)
    post = pick(_("哪位管家"), [], widget=forms.Select)
    every_days = forms.IntegerField(label=_("隔多少天走访一次"), min_value=1, max_value=DAYS_MOST, initial=30)

    def __init__(self, *args: Any, buildings: list[Building], posts: list[Post], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.buildings, self.posts = {str(b.pk): b for b in buildings}, {str(p.pk): p for p in posts}
        offer(self, "building", [(key, b.label) for key, b in self.buildings.items()])
        offer(self, "post", [(key, p.holder_name) for key, p in self.posts.items()])


class CheckInForm(RefusableForm):
    way = pick(_("怎么联系的"), CHECK_WAYS.choices(), initial="door")
    met = pick(_("见到人了吗"), [(MET, _("见到了")), (NOBODY, _("没人应"))])
    topics = forms.MultipleChoiceField(
        label=_("说了哪些"), choices=CHECK_TOPICS.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    satisfied = pick(_("对物业满意吗"), RATINGS.choices(), required=False, help_text=_("没问就不选。"))
    words = say(_("说了什么"), required=False, rows=2)

    who = pick(_("谁说的"), [], required=False, help_text=_("办到哪一步会告诉这个人，办好了请这个人看一看。"))

    def __init__(self, *args: Any, people: Sequence[Lives] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.people = people
        offer(self, "who", [(str(one.person_id), masks.name(one.name)) for one in people] + [("", _("没说是谁"))])
        self.fields["who"].initial = str(people[0].person_id) if len(people) == 1 else ""
        for i in range(1, NEEDS_MOST + 1):
            self.fields[f"need_{i}"] = say(_("要办的事 %(n)s") % {"n": i}, required=False, rows=2, max_length=400)

    def wishes(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        return {
            "person_id": UUID(data["who"]) if data["who"] else None, "way": data["way"], "met": data["met"] == MET, "topics": data["topics"], "satisfied": data["satisfied"], "words": data["words"],
            "needs": [data[f"need_{i}"] for i in range(1, NEEDS_MOST + 1)], "once": data["once"],
        }  # fmt: skip


class ReviewForm(RefusableForm):
    words = say(_("看后说一句"), required=False, rows=1, max_length=200)
