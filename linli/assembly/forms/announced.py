"""An announced result as it was published: square metres with two decimals, persons, what was not published left empty."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.tally.announced import FIGURES, Announcement, announcement_of
from linli.kernel.tally.case import MOST, Malformed
from linli.kernel.tally.thresholds import MATTERS
from linli.plumbing.forms import Form, words
from linli.plumbing.labels import Labels

from ..words import FIGURES as FIGURE_WORDS
from ..words import RESULTS

FIGURE = re.compile(r"\d{1,12}(\.\d{1,2})?")


def _plain(value: str) -> str:
    """Full-width digits, thousands separators, units."""
    return re.sub(r"[\s,，]|㎡|m2|m²|平方米|人$|户$|位$", "", unicodedata.normalize("NFKC", value))


class AreaField(forms.CharField):
    """Square metres as people write them; 0.01 m²."""

    def __init__(self, label: Any = _("面积（㎡）")) -> None:
        super().__init__(label=label, required=False, max_length=30, widget=forms.TextInput({"inputmode": "decimal"}))

    def clean(self, value: Any) -> int | None:
        text = _plain(super().clean(value))
        if not text:
            return None
        if not FIGURE.fullmatch(text):
            raise forms.ValidationError(_("写成 3508.53 这样，最多两位小数"))
        whole, _dot, part = text.partition(".")
        return int(whole) * 100 + int(part.ljust(2, "0") or 0)


class PersonsField(forms.CharField):
    def __init__(self, label: Any = _("人数")) -> None:
        super().__init__(label=label, required=False, max_length=20, widget=forms.TextInput({"inputmode": "numeric"}))

    def clean(self, value: Any) -> int | None:
        text = _plain(super().clean(value))
        if not text:
            return None
        if not text.isdecimal() or int(text) > MOST:
            raise forms.ValidationError(_("写一个整数"))
        return int(text)


class AnnouncementForm(Form):
    matter_no = forms.TypedChoiceField(
        label=_("表决的是什么"),
        coerce=int,
        choices=[("", _("选一项")), *((no, _(name)) for no, name in MATTERS.items())],
    )
    total_persons, total_area = PersonsField(), AreaField()
    participating_persons, participating_area = PersonsField(), AreaField()
    approve_persons, approve_area = PersonsField(), AreaField()
    announced = forms.ChoiceField(
        label=_("公布的结果"),
        required=False,
        choices=[("", _("没有写")), *Labels(RESULTS).choices()],
    )
    date = words(_("哪天公布的"), 20, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors:
            return found
        given: dict[str, Any] = {
            name: {measure: found[f"{name}_{measure}"] for measure in ("area", "persons")} for name in FIGURES
        }
        given |= {
            "matter_no": found["matter_no"],
            "announced": found["announced"] or None,
            "date": found["date"] or None,
        }
        try:
            found["announcement"] = announcement_of(given)
        except Malformed as no:
            self._beside(no.path)
        return found

    def _beside(self, path: str) -> None:
        """Only what form fields cannot tell alone is left: more of one than of the other, and the day."""
        if path == "$.date":
            self.add_error("date", _("写成 2025-10-31、2025-10 或 2025"))
        else:
            self.add_error(path.removeprefix("$.").replace(".", "_"), _("比上面的还多，看看是不是抄错了"))

    @property
    def announcement(self) -> Announcement:
        found: Announcement = self.cleaned_data["announcement"]
        return found

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(_(FIGURE_WORDS[name]), self[f"{name}_persons"], self[f"{name}_area"]) for name in FIGURES]
