"""What every form on a matter shares: the mark against repeats, and the sentence of a refusal beside its field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refused
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.labels import article, said

from ..models import Matter


def shared(field: forms.Field) -> Any:
    """For a field that no form of the class changes: it is not copied for each form, which costs more than reading one."""
    field.__deepcopy__ = lambda memo: field  # type: ignore[method-assign]
    return field


class OnceField(forms.UUIDField):
    """The same submit twice carries the same mark; a missing or broken one is simply a new submit."""

    widget = forms.HiddenInput

    def __init__(self, **kw: Any) -> None:
        super().__init__(required=False, initial=uuid4, **kw)

    def to_python(self, value: Any) -> UUID | None:  # type: ignore[override]  # the stubs call it text
        try:
            return super().to_python(value) or uuid4()
        except forms.ValidationError:
            return uuid4()


class RefusableForm(forms.Form):
    """What is missing is said by us, beside its field and in the reader's language, not by a bubble of the browser."""

    use_required_attribute = False
    once = shared(OnceField())

    def refuse(self, no: Refused) -> None:
        """Put a service's refusal where the person looks: at its field, or above the form."""
        law = article(no.refusal)
        sentence = said(no.refusal) + (_("（%(article)s）") % {"article": law} if law else "")
        self.add_error(no.field if no.field in self.fields else None, sentence)


class MatterForm(RefusableForm):
    """A form of one act with one matter. `by` acts, `at` is now; `parts` is what `by` is in it.

    The id of each field begins with `prefix_id`, since several sheets lie on one page.
    """

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: MultiValueDict[str, UploadedFile] | None = None, *, matter: Matter, by: Actor,
        at: datetime, prefix_id: str = "id", **kw: Any,
    ) -> None:  # fmt: skip
        self.matter, self.by, self.at = matter, by, at
        super().__init__(data, files, auto_id=f"{prefix_id}_%s", **kw)


def compound_of(matter: Matter) -> Compound:
    return Compound.objects.select_related("community").get(pk=matter.compound_id)
