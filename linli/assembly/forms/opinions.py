"""What an owner thinks of each item. Nothing is chosen beforehand, and nothing must be."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.plumbing.forms import OnceForm, lines
from linli.plumbing.labels import label

from ..models import Item
from ..queries.casting import Asked
from ..rules.casting import CHOICES
from ..rules.opinions import MOST, Said


class OpinionForm(OnceForm):
    def __init__(self, *args: Any, asked: Sequence[Asked], said: Mapping[str, Said], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.asked = asked
        options = [(key, label(words)) for key, words in CHOICES.items()]
        for one in asked:
            held = said.get(one.no, Said())
            if one.item.form == "approve":
                self.fields[f"choice_{one.no}"] = forms.ChoiceField(
                    label=f"{one.item.place}. {one.item.title}", choices=options, widget=forms.RadioSelect, required=False,
                    initial=held.choice, error_messages={"invalid_choice": _("在上面选一个")},
                )  # fmt: skip
            self.fields[f"words_{one.no}"] = lines(_("想说的话"), most=MOST, rows=2, required=False, initial=held.words)

    @property
    def each(self) -> list[tuple[Item, Any, Any]]:
        return [
            (one.item, self[name] if (name := f"choice_{one.no}") in self.fields else None, self[f"words_{one.no}"])
            for one in self.asked
        ]

    @property
    def given(self) -> dict[str, Any]:
        held = self.cleaned_data
        said = {one.no: Said(held.get(f"choice_{one.no}", ""), held[f"words_{one.no}"]) for one in self.asked}
        return {"said": said, "once": held["once"]}
