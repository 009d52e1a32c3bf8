"""Decision gates (domain §4.8): put before the work, passed by a decision record, lifted only when put by mistake."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import CLOCK, Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Decision, Gate, GatePaper, Matter
from ..queries.gates import KIND, papers_of
from ..queries.plans import residents_asked
from ..rules import gates, turns
from ..rules.beside import has, put
from ..rules.states import NEEDS, State
from .deciding import to_confirm, your_turn
from .papers import Ready, keep_of
from .steps import SUBJECT, aside, counts_of, followers, locked, move
from .taken import took
from .work import resume, wait_for_decision

# Who must decide, and what was decided, says more than that the clock stands or runs on.
DECIDED = 1


@one_act()
def set_gate(
    *, by: Actor, matter: Matter, planned: str, review_at: datetime | None, words: str = "", at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """What is planned says who must decide. A running clock stops for it at once; the people are told. Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m
    if no := gates.refuse_set(State(m.state), parts_in(m, by)):
        raise Refused(no)
    if planned not in gates.GATES:
        raise Refused(Refusal("missing_planned", "请选打算做什么"), field="planned")
    if review_at is None or review_at <= at:
        raise Refused(Refusal("past", "再看的日子要在今天以后"), field="review_at")
    if Gate.objects.filter(compound_id=m.compound_id, matter=m, planned=planned, lifted_at=None).exists():
        raise Refused(Refusal("gate_there", "这一条已经有了"), field="planned")
    row = gates.GATES[gates.Planned(planned)]
    gate = Gate(
        compound_id=m.compound_id, matter=m, planned=planned, decider=row.decider, words=words.strip()[:200], review_at=review_at, set_at=at,
        set_by=by.account_id,
    )  # fmt: skip
    gate.save(force_insert=True)
    if not has(m, KIND):
        put(m, KIND)
    _show(m, by, at)
    _record(by, m, gates.SET, at, {"planned": planned}, words="", once=once)
    if row.holds:
        _tell(m, by, gates.SET, f"第 {m.label} 号{gates.LINES[row.decider]}", at, key=str(gate.pk))
    else:
        to_confirm(m, gate, by=by, at=at)
    return wait_for_decision(matter=m, at=at)


@one_act()
def ask_anew(*, by: Actor, matter: Matter, at: datetime) -> Matter:
    """Another way was found after a no: the same bodies decide on it, in as much time as before. The no stays on record."""
    m = locked(matter)
    for row in Gate.objects.filter(compound_id=m.compound_id, matter=m, result=gates.Result.FAILED, lifted_at=None):
        row.result, row.review_at, row.set_at, row.set_by = "", at + (row.review_at - row.set_at), at, by.account_id
        row.save(update_fields=["result", "review_at", "set_at", "set_by"])
        entry = _record(by, m, gates.SET, at, {"planned": row.planned, "anew": True}, words="", once=None)
        decider = gates.GATES[gates.Planned(row.planned)].decider
        _tell(m, by, gates.SET, f"第 {m.label} 号换了方案，{gates.LINES[decider]}", at, key=entry)
    _show(m, by, at)
    return wait_for_decision(matter=m, at=at)


@one_act()
def decide(
    *, by: Actor, matter: Matter, gate: Gate | None, result: str, body: str, day: date | None, reference: str, posted_on: date | None = None,
    words: str = "", papers: Sequence[Ready] = (), at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """What the body decided, with its paper. Said again it is a new record that corrects the last. Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m
    row = Gate.objects.filter(compound_id=m.compound_id, matter=m, pk=gate.pk if gate else None, lifted_at=None).first()
    if row is None:
        raise Refused(Refusal("missing_gate", "请选是哪一条"), field="gate")
    watches = bool(parts_in(m, by)) and may(by.role, Right.SEE_MATTERS)
    if no := gates.refuse_decide(row.decider, by.role, watches):
        raise Refused(no)
    if not m.open:
        raise Refused(Refusal("wrong_state", "这件事已经变了，请看现在到哪一步"))
    if wrong := gates.refuse_decision(
        row.decider, result=result, body=body, day=day, reference=reference, posted_on=posted_on, paper=bool(papers), today=timezone.localdate(at)
    ):  # fmt: skip
        raise Refused(*wrong)
    if row.decider == gates.Decider.COUNCIL and result == gates.Result.PASSED and not residents_asked(m):
        raise Refused(Refusal("nobody_asked", "先问过居民：当通行方案来办，记下赞成和反对多少人"), field="result")
    assert day is not None
    return _decided(by, m, row, result, body, day, reference, posted_on, words, papers, at, once)


@one_act()
def decided_by_owners(
    *, compound_id: UUID, matter_id: UUID, matter_no: int, passed: bool, day: date, reference: str, paper: tuple[str, bytes], at: datetime
) -> Matter | None:  # fmt: skip
    """The result of their vote stands: it opens what waits for a vote of this kind, or says that they said no. A matter that is closed
    meanwhile, or waits for none, stays as it is."""
    found = Matter.objects.filter(compound_id=compound_id, pk=matter_id).first()
    m = locked(found) if found else None
    if m is None or not m.open:
        return None
    planned = [one for one, no in gates.MATTER_NO.items() if no == matter_no]
    result = gates.Result.PASSED if passed else gates.Result.FAILED
    papers = [Ready(*paper)]
    for row in Gate.objects.filter(compound_id=compound_id, matter=m, planned__in=planned, lifted_at=None).order_by(
        "id"
    ):
        body = gates.BODIES[gates.Decider(row.decider)]
        m = _decided(CLOCK, m, row, result, body, day, reference, None, "", papers, at, None)
    return m


def _decided(
    by: Actor, m: Matter, row: Gate, result: str, body: str, day: date, reference: str, posted_on: date | None, words: str,
    papers: Sequence[Ready], at: datetime, once: UUID | None,
) -> Matter:  # fmt: skip
    last = Decision.objects.filter(compound_id=m.compound_id, gate=row, at__gte=row.set_at).order_by("-id").first()
    Decision(
        compound_id=m.compound_id, gate=row, body=body.strip()[:80], day=day, result=result, reference=reference.strip()[:120],
        posted_on=posted_on, words=words.strip()[:400], paper=keep_of(m, papers[0], at) if papers else None, corrects=last, at=at,
    ).save(force_insert=True)  # fmt: skip
    row.result = result
    if gates.GATES[gates.Planned(row.planned)].holds:
        row.next_at = None
    row.save(update_fields=["result", "next_at"])
    before = _show(m, by, at)
    data = {"planned": row.planned, "result": result, "body": body.strip()[:80], "day": day.isoformat(), "reference": reference.strip()[:120], "again": last is not None}  # fmt: skip
    entry = _record(by, m, gates.DECIDE, at, data, words=words.strip()[:400], once=once)
    _tell(m, by, gates.DECIDE, f"第 {m.label} 号，{body.strip()[:80]}{gates.RESULTS[gates.Result(result)]}了".replace("没有通过了", "没有通过"), at, key=entry)  # fmt: skip
    return _go_on(m, before, at)


@one_act()
def add_paper(
    *, by: Actor, matter: Matter, gate: Gate | None, kind: str, result: str, body: str, day: date | None, reference: str, papers: Sequence[Ready] = (),
    at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """A permit, an assessment or an opinion that must be there before the work, or what proves the emergency route. One that came
    wrong is followed by another. Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m
    row = Gate.objects.filter(compound_id=m.compound_id, matter=m, pk=gate.pk if gate else None, lifted_at=None).first()
    if row is None or kind not in gates.PAPERS.get(gates.Planned(row.planned), ()):
        raise Refused(Refusal("missing_kind", "请选是哪一份"), field="which")
    if no := gates.refuse_paper(kind, row.decider, by.role, parts_in(m, by)):
        raise Refused(no)
    if not gates.comes_after(row.planned, open=m.open):
        raise Refused(Refusal("wrong_state", "这件事已经变了，请看现在到哪一步"))
    if wrong := gates.refuse_record(
        kind=kind, result=result, body=body, day=day, reference=reference, paper=bool(papers), today=timezone.localdate(at)
    ):  # fmt: skip
        raise Refused(*wrong)
    assert day is not None
    body, reference = body.strip()[:80], reference.strip()[:120]
    GatePaper(
        compound_id=m.compound_id, gate=row, kind=kind, result=result, body=body, day=day, reference=reference, paper=keep_of(m, papers[0], at),
        at=at,
    ).save(force_insert=True)  # fmt: skip
    before = _show(m, by, at)
    data = {
        "planned": row.planned,
        "kind": kind,
        "result": result,
        "body": body,
        "day": day.isoformat(),
        "reference": reference,
    }
    entry = _record(by, m, gates.PAPER, at, data, words="", once=once)
    _tell(
        m,
        by,
        gates.PAPER,
        f"第 {m.label} 号，{gates.PAPER_NAMES[gates.Paper(kind)]}：{gates.verdict(kind, result)}",
        at,
        key=entry,
    )
    return _go_on(m, before, at)


def _go_on(m: Matter, before: str, at: datetime) -> Matter:
    """Nothing is waited for any more: the clock runs on. After a no it runs for the explaining, and a second no changes nothing. Else
    it may stand for something else than `before`, and be another's turn."""
    if m.gate == before or m.state != State.SUSPENDED or m.pause_reason != gates.pause_reason(before):
        return m
    if not gates.pauses(m.gate, m.urgency):
        return resume(by=CLOCK, matter=m, at=at)
    step = aside(m, by=CLOCK, act=gates.TURN, at=at)
    step.matter.pause_reason = gates.pause_reason(m.gate)
    move(step)
    step.matter.save(update_fields=["pause_reason", "turn", "turn_since"])
    shift(m.compound_id, turns.change(step.before, counts_of(step.matter)))
    return step.matter


@one_act()
def lift_gate(
    *, by: Actor, matter: Matter, gate: Gate | None, reason: str, at: datetime, once: UUID | None = None
) -> Matter:
    """Put by mistake, says who could record its decision, or the community. Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m
    row = Gate.objects.filter(compound_id=m.compound_id, matter=m, pk=gate.pk if gate else None, lifted_at=None).first()
    if row is None:
        raise Refused(Refusal("missing_gate", "请选是哪一条"), field="gate")
    if no := gates.refuse_lift(row.decider, by.role, parts_in(m, by)):
        raise Refused(no)
    if row.result:
        raise Refused(Refusal("decided", "已经有决定了，只能再记一条更正"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", NEEDS["reason"]), field="reason")
    row.lifted_at = at
    row.save(update_fields=["lifted_at"])
    before = _show(m, by, at)
    _record(by, m, gates.LIFT, at, {"planned": row.planned}, words=reason.strip()[:200], once=once)
    return _go_on(m, before, at)


def _show(m: Matter, by: Actor, at: datetime) -> str:
    """What it waited for before."""
    before = m.gate
    rows = list(Gate.objects.filter(compound_id=m.compound_id, matter=m, lifted_at=None).order_by("id"))
    papers = papers_of(rows)
    said = {pk: {kind: paper.result for kind, paper in found.items()} for pk, found in papers.items()}
    m.gate = gates.shown(
        [(row.planned, row.result, bool(gates.lacking(row.planned, said.get(row.pk, {})))) for row in rows]
    )
    m.save(update_fields=["gate", "beside"])
    your_turn(m, by=by, at=at)
    return before


def _record(by: Actor, m: Matter, act: str, at: datetime, data: dict, *, words: str, once: UUID | None) -> str:
    entry = record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=m.compound_id, words=words, data=data, once=once
    )  # fmt: skip
    took(m.compound_id, [m.pk], by=by, act=act, at=at)
    return str(entry.pk)


def _tell(m: Matter, by: Actor, kind: str, title: str, at: datetime, *, key: str) -> None:
    people: list[To] = [t for t in followers(m) if t.account_id is None or t.account_id != by.account_id]
    queue(
        compound_id=m.compound_id, to=people, kind=kind, title=title, subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=key, at=at,
        rank=DECIDED,
    )  # fmt: skip
