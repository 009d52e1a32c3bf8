"""Who called: sealed, and opened one at a time, for a reason that is written down (domain §6.3)."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing import vault
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import unscoped
from linli.plumbing.whole import one_act

from ...access import parts_in
from ...models import HotlineOrder
from ...rules.hotline import KEEP_CALLER
from ...rules.states import State, Who

SEE_CALLER = "see_caller"
IN_CASE = frozenset({"grid_worker", "grid_leader"})


@dataclass(frozen=True)
class Caller:
    name: str = ""
    phone: str = ""
    home: str = ""
    words: str = ""


NOBODY = Caller()


def sealed(caller: Caller) -> bytes:
    return vault.seal(json.dumps(asdict(caller), ensure_ascii=False))


def opened(order: HotlineOrder) -> Caller:
    return Caller(**json.loads(vault.unseal(order.caller_sealed))) if order.caller_sealed else NOBODY


def may_see(by: Actor, order: HotlineOrder) -> bool:
    """The community; the grid in a case of its own, unless the caller asked for secrecy. Nobody else."""
    if by.compound_id != order.compound_id:
        return False
    if may(by.role, Right.MIND_HOTLINE):
        return True
    if order.secret or by.role not in IN_CASE:
        return False
    found = parts_in(order.matter, by)
    return Who.HANDLER in found or Who.VISITOR in found and order.matter.state in {State.RESOLVED, State.CLOSED}


@one_act()
def caller_of(*, by: Actor, order: HotlineOrder, reason: str, at: datetime) -> Caller:
    """Name, number, home and every word, for one look; each look is written down. Raises Refused."""
    if not may_see(by, order):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请选看号码做什么"), field="reason")
    record(
        by=by, act=SEE_CALLER, subject_kind="matter", subject_id=order.matter_id, at=at, compound_id=order.compound_id,
        words=reason.strip(), data={"order": order.number}, internal=True,
    )  # fmt: skip
    return opened(order)


def forget_callers(at: datetime) -> int:
    """Copies of the hotline's callers are kept two years (domain §6.4)."""
    with unscoped("callers of long ago"):
        rows = HotlineOrder.objects.filter(taken_in_at__lt=at - KEEP_CALLER, caller_sealed__isnull=False)
        return rows.update(caller_sealed=None)
