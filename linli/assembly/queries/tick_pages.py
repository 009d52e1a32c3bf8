"""What the pages of the forms show, made ready."""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered

from ..models import Formation, Nominee, TickForm
from ..rules.elections.forms import FORM_MOVES, Form, touches
from ..rules.elections.states import Act
from ..words.elections import FORMS
from . import elections as queries


def buildings(one: Formation, rows: list[dict[str, Any]], chosen: UUID | None) -> list[dict[str, Any]]:
    here = numbered("assembly:election-forms", one.compound.slug, one.number)
    return [
        {
            "label": row["building__label"], "count": f"{row['back']}/{row['n']}", "href": f"{here}?building={row['building_id']}",
            "chosen": row["building_id"] == chosen,
        }
        for row in rows
    ]  # fmt: skip


def rows(
    one: Formation, building: UUID | None, picked: set[int], can: Collection[Act], account_id: UUID | None
) -> list[dict[str, Any]]:
    """Doors that are still to be knocked at come first."""
    stands, known = queries.stands(one, account_id), queries.read_by(one, account_id)
    return [
        {
            "number": form.number, "label": form.label, "state": FORMS[form.state], "carriers": "、".join(form.carriers),
            "open": bool(FORM_MOVES[Form(form.state)]), "picked": form.number in picked,
            "note": _("有人提出改成“%(state)s”：%(why)s") % {"state": FORMS[form.right_state], "why": form.right_why} if form.right_at else "",
            "act": None if touches(stands=stands, has_read=form.pk in known) else _act(one, form, can, account_id),
        }
        for form in sorted(queries.forms_in(one, building), key=lambda form: not FORM_MOVES[Form(form.state)])
    ]  # fmt: skip


def _act(one: Formation, form: TickForm, can: Collection[Act], account_id: UUID | None) -> tuple[str, str] | None:
    if FORM_MOVES[Form(form.state)]:
        return None
    act, label = (Act.AGREE, _("确认更正")) if form.right_at else (Act.CORRECT, _("记错了"))
    if form.right_at and form.right_by == account_id:
        label = _("撤回更正")
    return (
        (label, address("assembly:election-form", one.compound.slug, one.number, form.number, act.value))
        if act in can
        else None
    )


def compared(form: TickForm, candidates: Sequence[Nominee]) -> list[dict[str, Any]]:
    """A row a candidate: ticked by the first clerk, by the second, and whether they differ."""
    readings = [set(ticks_of(row.ticks)) for row in queries.readings_of([form]).get(form.pk, [])]
    if len(readings) < 2:
        return []
    first, second = readings[:2]
    mark = {True: _("划了"), False: _("没划")}
    return [
        {
            "name": f"{row.place}. {row.name}", "first": mark[row.place in first], "second": mark[row.place in second],
            "differs": (row.place in first) != (row.place in second),
        }
        for row in candidates
    ]  # fmt: skip


def ticks_of(sealed: bytes | memoryview) -> list[int]:
    found: list[int] = json.loads(vault.unseal(sealed))
    return found
