"""What the rules ask of a matter and of who acts, before they say which part somebody has in it."""

from typing import Any

from linli.plumbing.acts import Actor

from ..models import Matter
from ..rules.beside import has
from ..rules.categories import is_complaint
from ..rules.parts import Facts, Side
from ..rules.rapid import KIND as RAPID
from ..rules.states import State


def _text(value: Any) -> str | None:
    return str(value) if value else None


def facts_of(matter: Matter, handlers: frozenset[str] = frozenset()) -> Facts:
    return Facts(
        state=State(matter.state), category=matter.category, level=matter.level, first_body=_text(matter.first_receiver_id),
        handler_body=_text(matter.handler_body_id), handler_post=_text(matter.handler_post_id),
        is_complaint=is_complaint(matter.category, matter.urgency), handlers=handlers,
        hotline=matter.hotline > 0, caller_secret=matter.caller_secret, rapid=has(matter, RAPID),
        visit_owed=matter.visit_due_at is not None,
    )  # fmt: skip


def side_of(by: Actor, **more: bool) -> Side:
    """`more`: what they are to this matter."""
    return Side(
        role=by.role, body=_text(by.body_id), body_kind=by.body_kind, post=_text(by.role_id), account=_text(by.account_id), **more
    )  # fmt: skip
