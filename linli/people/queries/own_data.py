"""What is kept of an account in a compound, in its own words and whole: for its own eyes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.models import Account, Binding, DataRequest, Guardian, Ownership, Person, Residency
from linli.people.rules.own_data import ANSWER_DAYS
from linli.people.rules.tenure import GUARDIANS
from linli.people.signals import kept
from linli.people.words import ABOUT_DATA, DATA_STATES, RELATIONS
from linli.places.models import Compound, Home
from linli.plumbing.labels import label
from linli.plumbing.moments import moment, whole
from linli.plumbing.sheets import Table

from . import Row, assistances, looks_at
from .guardians import concerning, masked


def own_tables(compound: Compound, account: Account, now: datetime) -> list[Table]:
    mine = list(
        Binding.objects.select_related("person", "home")
        .filter(compound_id=compound.pk, account=account)
        .order_by("asked_at")
    )
    persons = {b.person_id: b.person for b in mine if b.person and b.state == "confirmed"}
    since = [
        [_("登录号码"), account.phone],
        [_("名字"), account.name],
        [_("开始用"), whole(timezone.localdate(account.created_at))],
    ]
    if account.notice_at:
        since.append([_("同意说明"), f"{account.notice_version} {moment(account.notice_at, now)}"])
    above: list[Any] = [told for _asked, told in kept.send(Account, compound=compound, account_id=account.pk, now=now)]
    return [
        Table(_("账号"), [_("什么"), _("内容")], since),
        Table(
            _("绑定"),
            [_("房号"), _("姓名"), _("关系"), _("申请"), _("结束")],
            [
                [
                    b.home.label, b.person.name if b.person else b.claimed_name, str(RELATIONS.get(b.relation, b.relation)),
                    moment(b.asked_at, now), moment(b.ended_at, now) if b.ended_at else "",
                ]
                for b in mine
            ],
        ),
        Table(
            _("名册"),
            [_("姓名"), _("电话"), _("身份证号"), _("哪几户")],
            _register(compound.pk, persons),
        ),
        Table(
            _("代为表决"),
            [_("业主"), _("由谁代为表决"), _("电话"), _("从哪天到哪天")],
            _guardians(compound.pk, persons, account.phone),
        ),
        Table(
            _("工作人员替我办过"),
            [_("什么时候"), _("谁"), _("替谁"), _("办什么"), _("方式")],
            [[r["when"], r["by"], r["who"], r["purpose"], str(r["channel"])] for r in _helped(compound.pk, list(persons), now)],
        ),
        Table(
            _("谁看过我的资料"),
            [_("谁"), _("什么时候，看了什么，为什么")],
            [[r["title"], r["note"]] for r in looks_at(account.pk, now)],
        ),
        *[table for tables in above for table in tables or ()],
    ]  # fmt: skip


def _register(compound_id: UUID, persons: Mapping[UUID, Person]) -> list[list[str]]:
    lines: dict[UUID, list[str]] = defaultdict(list)
    for model in (Ownership, Residency):
        rows = model.objects.filter(compound_id=compound_id, person_id__in=persons).select_related("home")
        for row in rows:
            relation = "owner" if model is Ownership else row.kind
            days = _days(row)
            lines[row.person_id].append(f"{row.home.label} {RELATIONS.get(relation, relation)} {days}".rstrip())
    return [
        [p.name, " ".join(filter(None, (p.phone, p.phone2))), _("有，加密保存") if p.identity_sealed else "", "；".join(lines[pk])]
        for pk, p in persons.items()
    ]  # fmt: skip


def _guardians(compound_id: UUID, persons: Mapping[UUID, Person], phone: str) -> list[list[str]]:
    """One's own side whole, the other's masked."""
    return [
        [
            row.person.name if row.person_id in persons else masks.name(row.person.name),
            f"{label(GUARDIANS[row.kind])} {row.name}" if row.phone == phone else masked(row),
            row.phone if row.phone == phone else masks.phone(row.phone), _days(row),
        ]
        for row in concerning(compound_id, persons, phone)
    ]  # fmt: skip


def _days(row: Ownership | Residency | Guardian) -> str:
    known = [whole(day) if day else "" for day in (row.from_day, row.to_day)]
    return "～".join(known) if any(known) else ""


def _helped(compound_id: UUID, persons: list[UUID], now: datetime) -> list[Row]:
    return assistances(compound_id, now, persons=persons, limit=200) if persons else []


def own_persons(compound_id: UUID, account_id: UUID) -> dict[UUID, tuple[Person, str]]:
    """Whom the account speaks for here, each with their homes."""
    rows = Binding.objects.select_related("person", "home").filter(
        compound_id=compound_id, account_id=account_id, state="confirmed"
    )
    found: dict[UUID, tuple[Person, str]] = {}
    for row in rows.order_by("asked_at"):
        if row.person:
            earlier = found.get(row.person.pk, (row.person, ""))[1]
            found[row.person.pk] = (row.person, f"{earlier} {row.home.label}".strip())
    return found


def own_requests(compound_id: UUID, account_id: UUID, now: datetime) -> list[Row]:
    rows = DataRequest.objects.filter(compound_id=compound_id, account_id=account_id).order_by("-asked_at")
    return [
        {**_request(row, now), "who": row.person.name if row.person else ""}
        for row in rows.select_related("person")[:20]
    ]


def open_requests(compound_id: UUID, now: datetime) -> list[Row]:
    """The clerk's list, oldest first, each with whose data it is about."""
    rows = DataRequest.objects.filter(compound_id=compound_id, state="asked").order_by("asked_at")
    return [{**_request(row, now), "who": who_of(row)} for row in rows.select_related("person")[:100]]


def who_of(asked: DataRequest) -> str:
    return masks.name(asked.person.name) if asked.person else ""


def homes_of(asked: DataRequest) -> list[Home]:
    """Of whom it is about, so that the clerk finds them in the register."""
    rows = Binding.objects.select_related("home").filter(
        compound_id=asked.compound_id, account_id=asked.account_id, person_id=asked.person_id, state="confirmed"
    )
    return [row.home for row in rows]


def _request(row: DataRequest, now: datetime) -> Row:
    due = row.asked_at + timedelta(days=ANSWER_DAYS)
    return {
        "pk": row.pk, "what": ABOUT_DATA[row.kind], "words": row.words, "state": row.state, "label": DATA_STATES[row.state],
        "asked": moment(row.asked_at, now), "due": moment(due, now), "answer": row.answer,
        "late": row.state == "asked" and due < now,
    }  # fmt: skip
