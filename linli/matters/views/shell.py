"""In which frame a page stands that residents, workers and the desk share."""

from typing import Any

from django.http import HttpRequest

from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right


def shell(request: HttpRequest) -> dict[str, Any]:
    """The desk's for who keeps lists there, and for the committee where it orders."""
    resident = request.actor.role in RESIDENTS
    desk = not resident and (request.may(Right.EXPORT_LIST) or request.may(Right.PLACE_ORDER))
    frame = "base_resident.html" if resident else "base_desk.html" if desk else "base_work.html"
    return {"shell": frame, "desk_shell": desk, "resident": resident}
