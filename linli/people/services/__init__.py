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

__all__ = [
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
