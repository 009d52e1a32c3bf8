"""Whistle and report-in (domain §4.6): every write, a verb each."""

from .asks import answer, decide, decline, pass_on, receive, report_in, score_back, start, told
from .drafting import (
    Told,
    approve,
    approve_and_blow,
    blow,
    draft,
    drop,
    edit,
    first_level,
    raise_higher,
    same_again,
    send_back,
)
from .ends import blow_again, check, close, end_ask, redo, score
from .funding import enter, request_funding
from .links import see_link, send_link, stop_link
from .meeting import assign, call, call_off, minutes, sign
from .tokens import read_token, token_of

__all__ = [
    "Told", "answer", "approve", "approve_and_blow", "assign", "blow", "blow_again", "call", "call_off", "check", "close", "decide", "decline", "draft", "drop", "edit",
    "end_ask", "enter", "first_level", "minutes", "pass_on", "raise_higher", "read_token", "receive", "redo", "report_in", "request_funding", "same_again",
    "score", "score_back", "see_link", "send_back", "send_link", "sign", "start", "stop_link", "told", "token_of",
]  # fmt: skip
