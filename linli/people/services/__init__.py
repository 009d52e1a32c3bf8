"""Every write on accounts, registers and posts."""

from .accounts import (
    accept_notice,
    account_for,
    change_phone,
    end_sessions,
    forget_codes,
    make_operator,
    prove_by_code,
    prove_by_password,
    send_code,
    set_look,
    set_password,
    signed_in,
)
from .bindings import ask_binding, confirm_binding, end_binding, refuse_binding, reset_in_person
from .posts import appoint, create_body, end_post, first_post

__all__ = [
    "appoint",
    "ask_binding",
    "confirm_binding",
    "create_body",
    "end_binding",
    "end_post",
    "first_post",
    "refuse_binding",
    "reset_in_person",
    "accept_notice",
    "account_for",
    "change_phone",
    "end_sessions",
    "forget_codes",
    "make_operator",
    "prove_by_code",
    "prove_by_password",
    "send_code",
    "set_look",
    "set_password",
    "signed_in",
]
