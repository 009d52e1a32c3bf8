"""Every signed head of a vote that was published, for anybody to copy and compare."""

from ..models import Head, Session


def all_heads(session: Session) -> list[Head]:
    """The last first."""
    return list(Head.objects.filter(compound_id=session.compound_id, session=session).order_by("-size", "-id")[:200])
