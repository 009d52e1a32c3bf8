"""A ballot item by item: nothing is chosen beforehand, and every choice is as large as the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.plumbing.forms import CodeField, Form, MomentField, PhoneField, offer, words
from linli.plumbing.labels import label

from ..models import Item
from ..queries.casting import Asked, Voice
from ..rules.casting import CHOICES, CHOSEN, FOLLOWS


def _words(follow: bool) -> list[tuple[str, str]]:
    return [(key, label(words)) for key, words in {**CHOICES, **(FOLLOWS if follow else {})}.items()]


class ItemForm(Form):
    """One item: one choice; one for each candidate; or so many candidates."""

    def __init__(self, *args: Any, asked: Asked, question: str, follow: bool, said: Any = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.asked, item = asked, asked.item
        if item.form == "approve":
            self._add("choice", question, forms.ChoiceField(choices=_words(follow), widget=forms.RadioSelect), said)
        elif item.form == "per_candidate":
            held = said or {}
            for n, one in enumerate(asked.candidates):
                field = forms.ChoiceField(choices=_words(follow), widget=forms.RadioSelect)
                self._add(f"candidate_{n}", one.name, field, held.get(one.code))
        else:
            names = [(one.code, one.name) for one in asked.candidates]
            boxes = forms.MultipleChoiceField(choices=names, widget=forms.CheckboxSelectMultiple, required=False)
            self._add("chosen", question, boxes, list(said or ()))

    def _add(self, name: str, label: str, field: forms.Field, initial: Any) -> None:
        field.label, field.initial = label, initial
        field.error_messages |= {"required": _("先选一个"), "invalid_choice": _("在上面选一个")}
        self.fields[name] = field

    def clean_chosen(self) -> list[str]:
        found: list[str] = self.cleaned_data["chosen"]
        seats = self.asked.item.seats or 1
        if len(found) > seats:
            raise forms.ValidationError(
                _("最多选 %(seats)s 位，现在选了 %(n)s 位。多选了整张选票无效") % {"seats": seats, "n": len(found)}
            )
        return found

    @property
    def each(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("candidate_")]

    @property
    def said(self) -> Any:
        """As the count takes it, of what is valid so far; None where nothing is chosen yet."""
        held = self.cleaned_data
        if "choice" in self.fields:
            return held.get("choice") or None
        if "chosen" in self.fields:
            return dict.fromkeys(held.get("chosen", ()), CHOSEN)
        names = {one.code: held.get(f"candidate_{n}") for n, one in enumerate(self.asked.candidates)}
        return {code: word for code, word in names.items() if word}


class VoiceForm(Form):
    voice = forms.ChoiceField(label=gettext_lazy("为哪一户投票"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, voices: Sequence[tuple[Voice, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "voice", [(voice.key, words) for voice, words in voices])


class CallForm(VoiceForm):
    """Of an owner who is on the telephone."""

    called_at = MomentField(label=gettext_lazy("几点打来的"))
    number = words(gettext_lazy("从哪个号码打来的"), 20, help_text=gettext_lazy("手机或者座机，只留头几位和后四位。"))
    witness = PhoneField(
        label=gettext_lazy("见证人登录用的手机号"),
        help_text=gettext_lazy("另一位同时在听的人，验证码发给他。"),
    )

    def clean_number(self) -> str:
        found: str = self.cleaned_data["number"]
        if sum(sign.isdigit() for sign in found) < 7:
            raise forms.ValidationError(_("号码至少 7 位数字"))
        return found


class ObjectForm(Form):
    """What a co-owner objects to: `voice` where there are several homes; `decided`: by each."""

    voice = forms.ChoiceField(label=gettext_lazy("对哪一户的票"), widget=forms.RadioSelect)
    items = forms.MultipleChoiceField(
        label=gettext_lazy("对哪几项有异议"), widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("选一下对哪几项有异议")}
    )  # fmt: skip

    def __init__(
        self, *args: Any, voices: Sequence[tuple[str, str]], decided: Mapping[str, Sequence[Item]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.decided = {voice: {str(item.place): item.title for item in items} for voice, items in decided.items()}
        every = {no: title for items in self.decided.values() for no, title in items.items()}
        offer(self, "voice", list(voices))
        offer(self, "items", sorted(every.items(), key=lambda one: int(one[0])))

    def clean(self) -> dict[str, Any]:
        voice, items = self.cleaned_data.get("voice"), self.cleaned_data.get("items", ())
        if voice and not set(items) <= self.decided[voice].keys():
            self.add_error("items", _("这一户不表决的，不用选"))
        return self.cleaned_data


class ConfirmForm(Form):
    code = CodeField()
