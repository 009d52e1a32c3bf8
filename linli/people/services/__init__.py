"""Every write on accounts, registers and posts."""

from .accounts import (
    accept_notice,
    account_for,
    change_phone,
    drop_list,
    end_sessions,
    forget_codes,
    make_operator,
    prove_by_code,
    prove_by_password,
    save_list,
    send_code,
    set_look,
    set_password,
    signed_in,
)
from .assistance import end_assistance, show_paper, start_assistance
from .bindings import ask_binding, confirm_binding, end_binding, refuse_binding, reset_in_person
from .posts import appoint, create_body, end_body, end_post, first_post
from .register import Shown, add_person, correct_person, decide_ownership, end_tenure, propose_ownership, show_phone

__all__ = [
    "Shown",
    "add_person",
    "correct_person",
    "decide_ownership",
    "drop_list",
    "end_assistance",
    "end_tenure",
    "propose_ownership",
    "save_list",
    "show_paper",
    "show_phone",
    "start_assistance",
    "appoint",
    "ask_binding",
    "confirm_binding",
    "create_body",
    "end_binding",
    "end_body",
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
