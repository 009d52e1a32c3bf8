"""What every page's frame needs to know (documented in plumbing/templates/components/README.md)."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.people.rules import DESK, Role

RESIDENTS = {Role.OWNER, Role.OCCUPANT}


def look(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    compound, standing = getattr(request, "compound", None), getattr(request, "standing", None)
    elder = user.elder if signed_in else request.COOKIES.get("elder") == "1"
    theme = user.theme if signed_in else request.COOKIES.get("theme", "auto")
    role = standing.actor.role if standing else ""
    return {
        "look": {
            "elder": elder,
            "theme": theme,
            "signed_in": signed_in,
            "compound_name": compound.name if compound else "",
            "slug": compound.slug if compound else "",
            "compound_phone": compound.phone if compound else "",
            "standing_label": standing.label if standing else "",
            "is_resident": role in RESIDENTS,
            "is_worker": bool(standing) and role not in RESIDENTS,
            "is_desk": role in DESK,
            "role": role,
            "path": request.path,
            "switch_url": reverse("people:standings") if signed_in else "",
            "brand": _("邻里"),
        }
    }
