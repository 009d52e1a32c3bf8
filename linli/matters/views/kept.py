"""Files of a form that comes back: chosen once, they wait sealed until it is sent again."""

from collections.abc import Callable
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest

from linli.plumbing import vault
from linli.plumbing.images import BYTES_MOST

from ..services.photos import PHOTOS_A_SUBMIT, VOICES_A_SUBMIT

NAME = "kept"
END = b"\0"  # after the name
MOST = PHOTOS_A_SUBMIT + VOICES_A_SUBMIT


def _owner(request: HttpRequest, owner: UUID | None = None) -> UUID:
    """Whose they are: of who is signed in, or of the liaison behind a link, whom its ask stands for."""
    return owner or request.actor.account_id


def marks(request: HttpRequest) -> list[str]:
    return [] if "kept_drop" in request.POST else request.POST.getlist(NAME)[:MOST]


def files(request: HttpRequest, owner: UUID | None = None) -> list[UploadedFile]:
    """What was chosen before; what is chosen now is the form's."""
    found = [vault.open_waiting(_owner(request, owner), mark) for mark in marks(request)]
    return [
        SimpleUploadedFile(name.decode(), data)
        for name, _, data in (one.partition(END) for one in found if one is not None)
    ]


def keep(
    request: HttpRequest, *names: str, fits: Callable[[UploadedFile], bool] | None = None, owner: UUID | None = None
) -> list[str]:  # fmt: skip
    """The marks of all that was chosen so far, for the form to carry; without what would not do anyway."""
    known = [mark for mark in marks(request) if vault.open_waiting(_owner(request, owner), mark) is not None]
    fresh = [
        file
        for name in names
        for file in request.FILES.getlist(name)
        if (file.size or 0) <= BYTES_MOST and (fits is None or fits(file))
    ]
    for file in fresh[: MOST - len(known)]:
        file.seek(0)
        known.append(vault.keep_waiting(_owner(request, owner), (file.name or "kept").encode() + END + file.read()))
    return known


def forget(request: HttpRequest, owner: UUID | None = None) -> None:
    vault.forget_waiting(_owner(request, owner), request.POST.getlist(NAME)[:MOST])
