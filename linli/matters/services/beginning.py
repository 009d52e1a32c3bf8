"""What begins a matter that nobody mends by going there: the first meeting, or the plan (domain §4.5)."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ..models import Matter
from ..rules.beside import has
from ..rules.plans import KIND as PLAN
from ..rules.states import Act
from ..rules.times import BEGINS, UNTRIAGED, ClockKind, Urgency
from .steps import begin, finish, running


@one_act()
def meet(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    """The parties sat down together for the first time. Raises Refused."""
    return _begun(by, matter, Act.MEET, words, at, once, tell="，已经碰过头了")


@one_act()
def propose(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    """How it is to be done is there, where nobody compares options (`plans`). Raises Refused."""
    return _begun(by, matter, Act.PROPOSE, words, at, once, tell="，方案拿出来了")


def _begun(by: Actor, matter: Matter, act: Act, words: str, at: datetime, once: UUID | None, *, tell: str) -> Matter:
    step = begin(matter, by=by, act=act, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    if no := refuse_beginning(act, step.matter):
        raise Refused(no)
    finish(step, tell=f"第 {step.matter.label} 号{tell}")
    return step.matter


def refuse_beginning(act: Act, matter: Matter) -> Refusal | None:
    """Once, for the kind of matter that begins so; a project with options begins when one is chosen."""
    if BEGINS.get(Urgency(matter.urgency or UNTRIAGED)) != act:
        return Refusal("other_kind", "只有协调的事记碰头，项目记方案")
    if act == Act.PROPOSE and has(matter, PLAN):
        return Refusal("planned", "这件当项目来办，选定方案就算拿出来了")
    if not any(clock.kind == ClockKind.START for clock in running(matter)):
        return Refusal("begun", "已经记过了")
    return None
