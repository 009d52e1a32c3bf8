"""The tick count: numbered forms from door to door by two carriers, read twice by two people, counted, ties by lots."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.kernel.ticks import count_ticks
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ...models import Formation, TickForm, TickReading, TickResult
from ...queries import elections as queries
from ...queries import offices
from ...queries.tick_pages import ticks_of
from ...rules.elections import forms as rules
from ...rules.elections.forms import FORM_MOVES, Form
from ...rules.elections.states import Act
from .base import Step, ask_at, begin, finish

NAME_MOST = 20
HOW_MOST = 200
RIGHT = ["right_state", "right_why", "right_at", "right_by"]


@transaction.atomic
def start_ticks(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """The list has stood its days: one numbered form for each home, in the order of a walk. Raises Refused."""
    step = begin(formation, by=by, act=Act.START, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    assert made.list_until
    ask(
        rules.may_start(
            until=made.list_until, today=step.today, open_objections=queries.open_objections(made), changed=queries.changed(made)
        )
    )  # fmt: skip
    homes = queries.homes_with_forms(made.compound_id)
    TickForm.objects.bulk_create(
        TickForm(
            id=uuid7(), compound_id=made.compound_id, formation=made, number=n, home=home, building=home.building,
            label=home.label, area=home.building_area or 0,
        )
        for n, home in enumerate(homes, 1)
    )  # fmt: skip
    made.homes, made.ticks_at = len(homes), at
    finish(step, data={"forms": len(homes)})
    return made


@transaction.atomic
def carry(
    *, by: Actor, formation: Formation, numbers: Sequence[int], state: str, first: str, second: str, at: datetime, once: UUID | None = None
) -> int:  # fmt: skip
    """What two carriers say of the doors they were at. How many forms changed; one that came back stays back. Raises Refused."""
    step = begin(formation, by=by, act=Act.CARRY, at=at, once=once)
    if step.done_before:
        return 0
    if not numbers:
        raise Refused(Refusal("no_forms", "先选是哪几张"), "numbers")
    if state not in FORM_MOVES or state == Form.PRINTED:
        raise Refused(Refusal("no_state", "选一个"), "state")
    names = written(first, "first", NAME_MOST), written(second, "second", NAME_MOST)
    ask_at(rules.carriers(*names, {row.name for row in queries.listed(step.formation)}))
    rows = TickForm.objects.filter(
        compound_id=step.formation.compound_id, formation=step.formation, number__in=numbers,
        state__in=[before for before, after in FORM_MOVES.items() if state in after],
    )  # fmt: skip
    changed = list(rows.values_list("number", flat=True))
    moved: dict[str, Any] = {"state": state, "carriers": list(names)}
    moved["back_at" if state == Form.RETURNED else "out_at"] = at
    rows.update(**moved)
    if state == Form.RETURNED:
        step.formation.forms_back += len(changed)
    finish(step, data={"state": state, "numbers": sorted(changed), "carriers": list(names)}, internal=True)
    return len(changed)


@transaction.atomic
def correct(
    *, by: Actor, formation: Formation, form: TickForm, state: str, reason: str, at: datetime, once: UUID | None = None
) -> TickForm:  # fmt: skip
    """A form that is marked wrongly, as returned or refused: what it should say, and why, until another agrees. Raises Refused."""
    step = begin(formation, by=by, act=Act.CORRECT, at=at, once=once)
    fresh = TickForm.objects.get(compound_id=step.formation.compound_id, formation=step.formation, pk=form.pk)
    if step.done_before:
        return fresh
    _touches(step, fresh)
    ask_at(rules.may_correct(now=fresh.state, to=state, put=fresh.right_at is not None))
    fresh.right_state, fresh.right_why = state, written(reason, "reason", HOW_MOST)
    fresh.right_at, fresh.right_by = at, by.account_id
    fresh.save(update_fields=RIGHT)
    finish(step, words=fresh.right_why, data={"form": fresh.number, "was": fresh.state, "now": state}, internal=True)
    return fresh


@transaction.atomic
def agree_form(
    *, by: Actor, formation: Formation, form: TickForm, state: str, agrees: bool = True, at: datetime, once: UUID | None = None
) -> TickForm:  # fmt: skip
    """The second of two, who read that it should say `state`: now it does, and what it said is told with the result. Or it is not so,
    and stays as it was. Raises Refused."""
    step = begin(formation, by=by, act=Act.AGREE, at=at, once=once)
    made = step.formation
    fresh = TickForm.objects.get(compound_id=made.compound_id, formation=made, pk=form.pk)
    if step.done_before:
        return fresh
    _touches(step, fresh)
    put, by_same = fresh.right_at is not None, fresh.right_by == by.account_id
    ask(rules.may_agree(put=put, same_state=fresh.right_state == state, agrees=agrees, by_same=by_same))
    was, why = fresh.state, fresh.right_why
    if agrees:
        made.forms_back += (state == Form.RETURNED) - (was == Form.RETURNED)
        fresh.state, fresh.back_at = state, at if state == Form.RETURNED else None
        fresh.corrected = [*fresh.corrected, {"was": was, "now": state, "why": why}]
    fresh.right_state, fresh.right_why, fresh.right_at, fresh.right_by = "", "", None, None
    fresh.save(update_fields=["state", "back_at", "corrected", *RIGHT])
    data = {"form": fresh.number, "was": was, "now": fresh.state, "agrees": agrees}
    finish(step, words=why, data=data, internal=True)
    return fresh


def _touches(step: Step, form: TickForm) -> None:
    """Raises Refused."""
    account = step.by.account_id
    has_read = form.pk in queries.read_by(step.formation, account)
    ask(rules.touches(stands=queries.stands(step.formation, account), has_read=has_read))


@transaction.atomic
def close_ticks(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """No form is taken in after this. Raises Refused."""
    step = begin(formation, by=by, act=Act.CLOSE, at=at, once=once)
    if not step.done_before:
        if not step.formation.forms_back:
            raise Refused(Refusal("none_back", "一张都没收回"))
        step.formation.ticks_closed_at = at
        finish(step, data={"back": step.formation.forms_back, "homes": step.formation.homes})
    return step.formation


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def read(
    *, by: Actor, formation: Formation, form: TickForm, ticks: Collection[int], at: datetime, once: UUID | None = None
) -> TickForm:
    """What one of two clerks sees ticked, by places on the list; more than allowed is written down as it is. Raises Refused."""
    step = begin(formation, by=by, act=Act.ENTER, at=at, once=once)
    fresh = _locked(step.formation, form)
    if step.done_before:
        return fresh
    assert by.account_id
    _known(step.formation, ticks)
    earlier = queries.readings_of([fresh]).get(fresh.pk, [])
    same = any(row.account_id == by.account_id for row in earlier)
    ask(rules.may_read(readings=len(earlier), by_same=same, stands=queries.stands(step.formation, by.account_id)))
    TickReading(
        id=uuid7(), compound_id=fresh.compound_id, form=fresh, turn=len(earlier) + 1, account_id=by.account_id,
        ticks=_sealed(ticks), at=at,
    ).save(force_insert=True)  # fmt: skip
    fresh.readings = len(earlier) + 1
    if earlier and ticks_of(earlier[0].ticks) == sorted(set(ticks)):
        fresh.ticks = _sealed(ticks)
    fresh.save(update_fields=["readings", "ticks"])
    finish(step, data={"form": fresh.number, "turn": fresh.readings}, internal=True)
    return fresh


@transaction.atomic
def settle(
    *, by: Actor, formation: Formation, form: TickForm, ticks: Collection[int], at: datetime, once: UUID | None = None
) -> TickForm:
    """Where two read differently the paper is looked at again by two, and holds when both say the same. Raises Refused."""
    step = begin(formation, by=by, act=Act.SETTLE, at=at, once=once)
    fresh = _locked(step.formation, form)
    if step.done_before:
        return fresh
    assert by.account_id
    _known(step.formation, ticks)
    said = queries.looked_again(fresh)
    no = rules.may_settle(
        differs=fresh.readings == 2 and fresh.ticks is None, by_same=bool(said) and said[-1].account_id == by.account_id,
        stands=queries.stands(step.formation, by.account_id),
    )  # fmt: skip
    ask(no)
    turn = said[-1].turn + 1 if said else rules.LOOKED_AGAIN
    TickReading(
        id=uuid7(), compound_id=fresh.compound_id, form=fresh, turn=turn, account_id=by.account_id, ticks=_sealed(ticks), at=at
    ).save(force_insert=True)  # fmt: skip
    if said and ticks_of(said[-1].ticks) == sorted(set(ticks)):
        fresh.ticks = _sealed(ticks)
        fresh.save(update_fields=["ticks"])
    finish(step, data={"form": fresh.number, "turn": turn}, internal=True)
    return fresh


def _locked(formation: Formation, form: TickForm) -> TickForm:
    fresh = TickForm.objects.get(compound_id=formation.compound_id, formation=formation, pk=form.pk)
    if fresh.state != Form.RETURNED:
        raise Refused(Refusal("not_back", "这一张没有收回"))
    return fresh


def _known(formation: Formation, ticks: Collection[int]) -> None:
    if not set(ticks) <= {row.place for row in queries.listed(formation)}:
        raise Refused(Refusal("unknown", "名单上没有这一位"), "ticks")


def _sealed(ticks: Collection[int]) -> bytes:
    return vault.seal(json.dumps(sorted(set(ticks))))


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def count(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> TickResult | None:
    """In the open, when every form was read twice and alike. Raises Refused."""
    step = begin(formation, by=by, act=Act.COUNT, at=at, once=once)
    if step.done_before:
        return queries.last_result(step.formation)
    unread, differ = queries.to_read(step.formation)
    ask(rules.may_count(pending=queries.pending(step.formation), unread=unread, differing=differ))
    result = _counted(step.formation, (), 1, at, by)
    step.formation.counted_at = at
    finish(step, data={"returned": result.found["returned"], "valid": result.found["valid"]})
    return result


def _counted(
    formation: Formation, lots: Sequence[int], turn: int, at: datetime, by: Actor, how: str = "", witnesses: Sequence[str] = ()
) -> TickResult:  # fmt: skip
    """Candidates go by their places on the list, two digits: 01, 02, …"""
    forms = [(form, ticks_of(form.ticks)) for form in queries.returned(formation) if form.ticks is not None]
    found = count_ticks(
        ((form.area, [code(place) for place in ticks]) for form, ticks in forms),
        [code(row.place or 0) for row in queries.listed(formation)], formation.most, formation.homes,
        [code(place) for place in lots],
    )  # fmt: skip
    made = TickResult(
        id=uuid7(), compound_id=formation.compound_id, formation=formation, turn=turn, lots=list(lots), drawn=how,
        witnesses=list(witnesses), at=at, account_id=by.account_id,
        found={
            "returned": found.returned, "homes": found.homes, "valid": found.valid, "low_reach": found.low_reach,
            "ranking": [[int(place.name), place.homes, place.area] for place in found.ranking],
            "ties": [[int(name) for name in tie] for tie in found.ties],
            "invalid": [form.number for form, ticks in forms if len(ticks) > formation.most],
            "corrected": queries.corrected(formation),
        },
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def code(place: int) -> str:
    return f"{place:03}"


@transaction.atomic
def draw(
    *, by: Actor, formation: Formation, order: Sequence[int], how: str, witnesses: Sequence[str], at: datetime, once: UUID | None = None
) -> TickResult | None:  # fmt: skip
    """Lots for the tie that the last seat falls into, drawn in public: the order, how it was drawn, two who saw it. Raises Refused."""
    step = begin(formation, by=by, act=Act.DRAW, at=at, once=once)
    last = queries.last_result(step.formation)
    if step.done_before or last is None:
        return last
    how, seen = how.strip()[:HOW_MOST], [name.strip()[:NAME_MOST] for name in witnesses if name.strip()]
    ask_at(rules.may_draw(order=order, tied=offices.tied(step.formation, last), how=how, witnesses=seen))
    made = _counted(step.formation, list(order), last.turn + 1, at, by, how, seen)
    finish(step, words=how, data={"order": list(order), "witnesses": seen})
    return made
