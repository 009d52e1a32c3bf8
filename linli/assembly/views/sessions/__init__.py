"""A session, as people meet it."""

from .acts import do, draft
from .conducting import release, replaced
from .pages import session, sessions
from .parts import answer, item_act, paper, request_list

__all__ = ["answer", "do", "draft", "item_act", "paper", "release", "replaced", "request_list", "session", "sessions"]
