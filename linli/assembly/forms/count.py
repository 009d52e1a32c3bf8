"""Forms of the count: two sheets, one paper, a name under it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import OnceForm, chips, lines, words
from linli.plumbing.labels import Labels

from ..models import Item
from ..queries.reading import Signer, form_on
from ..rules.counting import OBJECTION_CHOICES, PAPER_FAULTS
from ..rules.official import ALTERNATE, ELECTED, Chosen
from ..rules.returning import OBJECTION, STATEMENT
from ..services.reading import plain
from ..words import BALLOT_CHOICES, FOLLOW, RESULTS
from .announced import AreaField, PersonsField

VALID = "valid"


class SheetsForm(OnceForm):
    """What is printed on two of the three sheets, typed or read from their QR."""

    first = forms.CharField(
        label=_("第一份密钥单"), max_length=80, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )
    second = forms.CharField(
        label=_("第二份密钥单"), max_length=80, required=False, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )  # fmt: skip

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {"sheets": (found["first"], found["second"]), "once": found["once"]}


@dataclass(frozen=True)
class Asked:
    """The questions of one item on the page: one, or one for each candidate."""

    title: str
    note: str
    fields: list[Any]


class EntryForm(OnceForm):
    """One paper, item by item, as it is printed."""

    def __init__(
        self, *args: Any, items: Sequence[Item], people: Mapping[UUID, Sequence[tuple[str, str]]], signers: Sequence[Signer],
        follow: bool, kind: str, **kw: Any,
    ) -> None:  # fmt: skip
        """`kind`: a statement of all owners, of whom nobody is asked; or an objection, which says of each item whether it is meant."""
        super().__init__(*args, **kw)
        self.kind, self.joint, self.objection = kind, kind == STATEMENT, kind == OBJECTION
        self.items, self.people, self.signers = items, people, {signer.key: signer for signer in signers}
        options = [*Labels(BALLOT_CHOICES).choices(), *(Labels(FOLLOW).choices() if follow else ())]
        options = list(Labels(OBJECTION_CHOICES).choices()) if self.objection else options
        for item in items:
            for name, label, choices in self._questions(item, options):
                self.fields[name] = self._field(item, label, choices)
        if len(signers) > 1 and not self.joint:
            self.fields["signer"] = chips(_("谁签的名"), [(s.key, s.name) for s in signers], required=False)
        self.fields["fault"] = chips(_("整张票"), [(VALID, _("有效")), *Labels(PAPER_FAULTS).choices()], initial=VALID)

    def _questions(self, item: Item, options: list[Any]) -> Iterator[tuple[str, str, list[Any]]]:
        people, asked = self.people.get(item.pk, ()), form_on(self.kind, item)
        if asked == "approve":
            yield f"item{item.place}", item.title, options
        elif asked == "per_candidate":
            yield from ((f"item{item.place}-{code}", name, options) for code, name in people)
        else:
            yield f"item{item.place}", item.title, list(people)

    def _field(self, item: Item, label: str, choices: list[Any]) -> forms.Field:
        if form_on(self.kind, item) == "choose_up_to_N":
            return forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        return chips(label, choices, required=False)

    @property
    def asked(self) -> list[Asked]:
        return [
            Asked(
                item.title if form_on(self.kind, item) == "per_candidate" else "",
                "",
                [self[name] for name, _label, _c in self._questions(item, [])],
            )
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors or found["fault"] != VALID:
            return found
        for item in self.items:
            for name, _label, _choices in self._questions(item, []):
                if form_on(self.kind, item) != "choose_up_to_N" and not found[name]:
                    self.add_error(name, _("先选一个") if self.objection else _("这一项还没选；票上空着就选“没选”"))
        if "signer" in self.fields and not found["signer"]:
            self.add_error("signer", _("选一下谁签的名"))
        if not self.signers and not self.joint:
            self.add_error("fault", _("名册上这户没有业主，选为什么无效"))
        return found

    @property
    def said(self) -> dict[str, Any]:
        """As `services.reading.plain` has it."""
        found = self.cleaned_data
        if found["fault"] != VALID:
            return plain({}, fault=found["fault"])
        choices = {str(item.place): self._chosen(item) for item in self.items}
        if self.joint:
            return plain(choices)
        signer = self.signers[found["signer"]] if "signer" in self.fields else next(iter(self.signers.values()))
        return plain(choices, owner=signer.owner, agents=signer.agents)

    def _chosen(self, item: Item) -> Any:
        found, asked = self.cleaned_data, form_on(self.kind, item)
        if asked == "approve":
            return found[f"item{item.place}"]
        codes = [code for code, _name in self.people.get(item.pk, ())]
        if asked == "per_candidate":
            return {code: found[f"item{item.place}-{code}"] for code in codes}
        return {code: "approve" for code in codes if code in found[f"item{item.place}"]}


def initial_of(said: Mapping[str, Any], kind: str, items: Sequence[Item], signers: Sequence[Signer]) -> dict[str, Any]:
    """A reading as the form shows it again."""
    found: dict[str, Any] = {"fault": said["fault"] or VALID}
    for item in items:
        choice, asked = said["choices"].get(str(item.place)), form_on(kind, item)
        if asked == "per_candidate":
            found |= {f"item{item.place}-{code}": one for code, one in (choice or {}).items()}
        elif asked == "choose_up_to_N":
            found[f"item{item.place}"] = list(choice or ())
        else:
            found[f"item{item.place}"] = choice
    agents = tuple(said["agent"] or ())
    signer = next((s for s in signers if s.owner == said["owner"] and s.agents == agents), None)
    return found | ({"signer": signer.key} if signer else {})


class WordsForm(OnceForm):
    words = lines(_("为什么"))


class LookAgainForm(WordsForm):
    number = words(_("哪张票（编号）"), 20)
    field_order = ("once", "number", "words")


class LotsForm(OnceForm):
    """The names of one tie in the order drawn: a choice for each place."""

    drawn_by = words(_("谁抽的"), 40)
    witnesses = lines(_("在场的人，一行一个"))
    words = words(_("怎么抽的"), required=False)

    def __init__(self, *args: Any, tie: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.places = [f"place{n}" for n in range(1, len(tie) + 1)]
        for n, name in enumerate(self.places, 1):
            self.fields[name] = forms.ChoiceField(
                label=_("第 %(n)s 个抽到") % {"n": n}, choices=[("", _("选一个")), *tie]
            )
        self.order_fields(["once", *self.places, "drawn_by", "witnesses", "words"])

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "order": [found[name] for name in self.places], "drawn_by": found["drawn_by"], "words": found["words"],
            "witnesses": found["witnesses"].splitlines(), "once": found["once"],
        }  # fmt: skip


class OfficialForm(OnceForm):
    result = chips(_("官方系统的结果"), Labels(RESULTS).choices())
    participating_persons, participating_area = PersonsField(_("参与表决的人数")), AreaField(_("参与表决的面积（㎡）"))
    approve_persons, approve_area = PersonsField(_("同意的人数")), AreaField(_("同意的面积（㎡）"))
    document = forms.FileField(label=_("结果文件（PDF）"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kw: Any) -> None:
        """`people`: of an election, code and name of each candidate, who are asked for one by one."""
        super().__init__(*args, **kw)
        self.people = people
        if people:
            del self.fields["approve_persons"], self.fields["approve_area"]
        places: list[tuple[str, Any]] = [("", _("没有当选")), (ELECTED, _("当选"))]
        places += [(f"{ALTERNATE}{n}", _("候补第 %(n)s 位") % {"n": n}) for n in range(1, len(people))]
        for code, name in people:
            self.fields[f"place-{code}"] = forms.ChoiceField(label=name, choices=places, required=False)
            self.fields[f"persons-{code}"] = PersonsField(_("同意%(name)s的人数") % {"name": name})
            self.fields[f"area-{code}"] = AreaField(_("同意%(name)s的面积（㎡）") % {"name": name})
        self.order_fields([name for name in self.fields if name != "document"])

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        figures = {
            key: {measure: found.get(f"{key}_{measure}") for measure in ("area", "persons")}
            for key in ("participating", "approve")
        }
        document = found["document"]
        return {
            "result": found["result"], "figures": figures, "name": document.name[-120:], "data": document.read(), "once": found["once"],
            "chosen": [self._chosen(code, name) for code, name in self.people],
        }  # fmt: skip

    def _chosen(self, code: str, name: str) -> Chosen:
        found = self.cleaned_data
        place, rank = found[f"place-{code}"], 0
        if place.startswith(ALTERNATE):
            place, rank = ALTERNATE, int(place.removeprefix(ALTERNATE))
        return Chosen(code, name, place, rank, {m: found[f"{m}-{code}"] for m in ("area", "persons")})
