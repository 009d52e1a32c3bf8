"""Handing over: one thing from one body to another, written once and by two people."""

from datetime import datetime
from typing import Any

from linli.kernel.refusal import Refusal, Refused, written
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Formation, HandOver, Selection

WORDS_MOST = 200


def hand(*, by: Actor, of: Formation | Selection, key: str, what: str, at: datetime, **sides: Any) -> HandOver:
    """A row of the list; that it may be written its caller has asked. Raises Refused."""
    gave, took = sides.get("gave", ""), sides.get("took", "")
    if gave and gave == took:
        raise Refused(Refusal("same", "交的和接的是两个人"), "took")
    whose: dict[str, Any] = {"formation": of} if isinstance(of, Formation) else {"selection": of}
    made = HandOver(
        id=uuid7(), compound_id=of.compound_id, key=key, what=written(what, "what", WORDS_MOST), at=at,
        account_id=by.account_id, **whose, **sides,
    )  # fmt: skip
    made.save(force_insert=True)
    return made
