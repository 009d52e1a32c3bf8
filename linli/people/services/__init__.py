"""Every write on accounts, registers and posts."""

from .accounts import (
    accept_notice,
    account_for,
    change_phone,
    confirm_by_code,
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
from .deaths import propose_death
from .evidence import forget_evidence
from .exports import ask_export, decide_export, download_export, lapse_export, withdraw_export
from .guardians import propose_guardian
from .own_data import answer_about_data, ask_about_data, note_copy, withdraw_consent
from .posts import appoint, create_body, end_body, end_post, first_post
from .register import (
    Shown,
    add_person,
    correct_person,
    decide_change,
    end_tenure,
    note_look,
    propose_ownership,
    show_phone,
)

__all__ = [
    "Shown",
    "add_person",
    "answer_about_data",
    "ask_about_data",
    "note_copy",
    "withdraw_consent",
    "ask_export",
    "decide_export",
    "download_export",
    "lapse_export",
    "forget_evidence",
    "withdraw_export",
    "correct_person",
    "decide_change",
    "drop_list",
    "end_assistance",
    "end_tenure",
    "propose_death",
    "propose_guardian",
    "propose_ownership",
    "save_list",
    "show_paper",
    "note_look",
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
    "confirm_by_code",
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
