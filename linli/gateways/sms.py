"""Text messages. A gateway has `send(phone, text) -> reference` and raises `Unknown` when nobody can tell whether it went out."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from . import outbox


class Unknown(Exception):
    """The supplier may have taken it: sending again might tell somebody twice. Any other exception: it did not go out."""


class Sms(Protocol):
    def send(self, phone: str, text: str) -> str: ...


def gateway() -> Sms:
    return import_string(settings.SMS_GATEWAY)()


class RecordedSms:
    """Sends nothing: a line in a file."""

    def send(self, phone: str, text: str) -> str:
        return outbox.write("sms", phone=phone, text=text)
