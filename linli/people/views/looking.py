"""A sealed photo of a paper, for a reason."""

from base64 import b64encode
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from linli.people import services
from linli.people.forms import LookForm
from linli.people.models import Assistance, RegisterChange
from linli.plumbing.acts import Actor
from linli.plumbing.refusals import refusals_beside


def look(request: HttpRequest, by: Actor, form: LookForm, kept: Assistance | RegisterChange) -> dict[str, Any]:
    """Asks why, writes it down, has the photo for this one answer; reloading asks again."""
    photo = b""
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            photo = services.show_paper(
                by=by, kept=kept, reason=form.why, once=form.cleaned_data["once"], at=timezone.now()
            )
    return {"form": form, "photo": f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else ""}
