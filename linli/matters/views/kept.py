"""Photos of a form that comes back: chosen once, they wait sealed until it is sent again."""

from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest

from linli.plumbing import vault
from linli.plumbing.images import BYTES_MOST

from ..services.photos import PHOTOS_A_SUBMIT, VOICES_A_SUBMIT

NAME = "kept"
MOST = PHOTOS_A_SUBMIT + VOICES_A_SUBMIT


def _owner(request: HttpRequest) -> UUID:
    return request.actor.account_id


def marks(request: HttpRequest) -> list[str]:
    return [] if "kept_drop" in request.POST else request.POST.getlist(NAME)[:MOST]


def files(request: HttpRequest) -> list[UploadedFile]:
    """What was chosen before; what is chosen now is the form's."""
    found = [vault.open_waiting(_owner(request), mark) for mark in marks(request)]
    return [SimpleUploadedFile("kept", data) for data in found if data is not None]


def keep(request: HttpRequest, *names: str) -> list[str]:
    """The marks of all that was chosen so far, for the form to carry."""
    known = [mark for mark in marks(request) if vault.open_waiting(_owner(request), mark) is not None]
    fresh = [file for name in names for file in request.FILES.getlist(name) if (file.size or 0) <= BYTES_MOST]
    for file in fresh[: MOST - len(known)]:
        file.seek(0)
        known.append(vault.keep_waiting(_owner(request), file.read()))
    return known


def forget(request: HttpRequest) -> None:
    vault.forget_waiting(_owner(request), request.POST.getlist(NAME)[:MOST])
