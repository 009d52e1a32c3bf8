"""WeChat subscribe messages: `send(openid, template, values) -> reference`. The real client comes with its issue."""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from . import outbox


class Wechat(Protocol):
    def send(self, openid: str, template: str, values: Mapping[str, str]) -> str: ...


def gateway() -> Wechat:
    return import_string(settings.WECHAT_GATEWAY)()


class RecordedWechat:
    """Sends nothing: a line in a file."""

    def send(self, openid: str, template: str, values: Mapping[str, str]) -> str:
        return outbox.write("wechat", openid=openid, template=template, values=dict(values))
