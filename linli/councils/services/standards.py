"""Service standards, a verb each: written, pledged by the company, published, checked, ended (domain M5)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused, written
from linli.matters.models import Matter
from linli.matters.services import open_matter
from linli.notices.services import issue_at_once
from linli.people.models import Organisation
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import standards as access
from ..models import Standard, StandardCheck
from ..queries import standards as queries
from ..rules import standards as rules
from ..rules.standards import Stage

TITLE_MOST, MEASURE_MOST, WORDS_MOST = 60, 200, 200
SUBJECT = "standard"


def _ask(yes: bool) -> None:
    if not yes:
        raise Refused(Refusal("not_yours", "这一步不归您办"))


def _told(by: Actor, act: str, compound_id: UUID, subject: UUID, at: datetime, once: UUID | None, **data: Any) -> None:
    record(
        by=by, act=f"standard_{act}", subject_kind=SUBJECT, subject_id=subject, at=at, compound_id=compound_id, data=data, once=once
    )  # fmt: skip


def _contract(by: Actor, compound: Compound) -> Any:
    found = queries.current_contract(compound.pk) if by.compound_id == compound.pk else None
    if found is None:
        raise Refused(Refusal("no_contract", "还没有记物业服务合同，先记合同"))
    return found


@one_act()
def add(
    *, by: Actor, compound: Compound, title: str, measure: str, every: str, free: bool = False, at: datetime, once: UUID | None = None
) -> Standard:  # fmt: skip
    """To the contract in force. Raises Refused."""
    contract = _contract(by, compound)
    _ask(access.writes(by, queries.company_of(contract)))
    if every not in rules.EVERY:
        raise Refused(Refusal("every", "选多久查一次"), "every")
    Compound.objects.select_for_update().get(pk=compound.pk)
    if once and (first := Standard.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    last = Standard.objects.filter(compound_id=compound.pk, contract_id=contract.pk).aggregate(Max("place"))[
        "place__max"
    ]
    made = Standard(
        id=uuid7(), compound_id=compound.pk, contract_id=contract.pk, once=once, place=(last or 0) + 1, every=every, free=free,
        title=written(title, "title", TITLE_MOST), measure=written(measure, "measure", MEASURE_MOST), proposed_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    _told(by, "add", compound.pk, made.pk, at, None, place=made.place)
    return made


@one_act()
def pledge(*, by: Actor, compound: Compound, at: datetime, once: UUID | None = None) -> int:
    """The company's manager signs all that is written: what it promises openly is a part of the contract (民法典 938). Raises Refused."""
    contract = _contract(by, compound)
    _ask(access.pledges(by, queries.company_of(contract)))
    return _all(by, compound, contract, Stage.PROPOSED, "pledge", at, once, pledged_at=at, pledged_by=by.label[:120])


@one_act()
def publish(*, by: Actor, compound: Compound, at: datetime, once: UUID | None = None) -> int:
    """What the company pledged goes out to every owner, and can be checked from now on. Raises Refused."""
    contract = _contract(by, compound)
    _ask(access.publishes(by))
    assert by.body_id
    done = _all(by, compound, contract, Stage.PLEDGED, "publish", at, once, published_at=at)
    if done:
        rows = [row for row in queries.standards(compound.pk, contract.pk) if row.published_at == at]
        words = "\n".join(
            f"{row.place}. {row.title}：{row.measure}（{rules.EVERY[rules.Every(row.every)]}检查）" for row in rows
        )
        words += f"\n物业公司公开的承诺是物业服务合同的一部分（{rules.PROMISE_ARTICLE}）。"
        issue_at_once(
            by=by, compound_id=compound.pk, body=Organisation.objects.get(pk=by.body_id), kind="disclosure",
            title=f"{contract.company_name}服务标准"[:80], words=words, at=at,
        )  # fmt: skip
    return done


def _all(by: Actor, compound: Compound, contract: Any, wanted: Stage, act: str, at: datetime, once: UUID | None, **changes: Any) -> int:  # fmt: skip
    Compound.objects.select_for_update().get(pk=compound.pk)
    if done_before(compound.pk, once):
        return 0
    rows = [row for row in queries.standards(compound.pk, contract.pk) if queries.stage_of(row) == wanted]
    if not rows:
        raise Refused(Refusal("nothing", "现在没有要办的"))
    Standard.objects.filter(compound_id=compound.pk, pk__in=[row.pk for row in rows]).update(**changes)
    _told(by, act, compound.pk, contract.pk, at, once, n=len(rows))
    return len(rows)


@one_act()
def end(*, by: Actor, standard: Standard, why: str, at: datetime, once: UUID | None = None) -> Standard:
    """No longer held to; its checks stay. Raises Refused."""
    _ask(access.publishes(by) and by.compound_id == standard.compound_id)
    Compound.objects.select_for_update().get(pk=standard.compound_id)
    fresh = Standard.objects.select_for_update().get(compound_id=standard.compound_id, pk=standard.pk)
    if fresh.ended_at or done_before(fresh.compound_id, once):
        return fresh
    fresh.ended_at, fresh.ended_why = at, written(why, "why", WORDS_MOST)
    fresh.save(update_fields=["ended_at", "ended_why"])
    _told(by, "end", fresh.compound_id, fresh.pk, at, once)
    return fresh


@one_act()
def check(
    *, by: Actor, compound: Compound, standard: Standard, on: date, holds: bool, words: str = "", at: datetime, once: UUID | None = None,
    corrects: StandardCheck | None = None, reason: str = "",
) -> StandardCheck:  # fmt: skip
    """Somebody looked; what was not kept becomes a matter in the same act. Raises Refused."""
    fresh = Standard.objects.select_for_update().get(compound_id=compound.pk, pk=standard.pk)
    contract = fresh.contract
    _ask(by.compound_id == compound.pk and access.checks(by, queries.company_of(contract)))
    if once and (first := StandardCheck.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    since = timezone.localdate(fresh.published_at) if fresh.published_at else on
    no = rules.may_check(
        published=fresh.published_at is not None, ended=timezone.localdate(fresh.ended_at) if fresh.ended_at else None, on=on, since=since,
        today=timezone.localdate(at), words=words, holds=holds, corrects=corrects is not None,
    )  # fmt: skip
    if no:
        raise Refused(*no)
    if corrects and StandardCheck.objects.filter(compound_id=compound.pk, corrects=corrects).exists():
        raise Refused(Refusal("corrected", "这一次已经更正过了"))
    pk = uuid7()
    made = StandardCheck(
        id=pk, compound_id=compound.pk, once=once, standard=fresh, on=on, holds=holds, words=words.strip()[:WORDS_MOST], who=by.label[:120],
        own=access.own_check(by), matter=None if holds else _raise(by, compound, fresh, words, corrects, pk, at), at=at,
        account_id=by.account_id, corrects=corrects, reason=written(reason, "reason", WORDS_MOST) if corrects else "",
    )  # fmt: skip
    made.save(force_insert=True)
    _told(by, "check", compound.pk, fresh.pk, at, None, holds=holds, own=made.own)
    return made


def _raise(
    by: Actor,
    compound: Compound,
    standard: Standard,
    words: str,
    corrects: StandardCheck | None,
    pk: UUID,
    at: datetime,
) -> Matter:
    """One matter for what failed; a correction keeps the first."""
    if corrects and corrects.matter:
        return corrects.matter
    said = f"服务标准“{standard.title}”没达到：{words.strip()}"
    return open_matter(
        by=by, compound=compound, words=said, source="asset_check", source_ref=f"standard:{pk.hex}", at=at
    )


def correct(*, by: Actor, standard: Standard, first: StandardCheck, **said: Any) -> StandardCheck:
    """By whoever wrote it: another row that names it, with the reason. Raises Refused."""
    _ask(first.account_id is not None and first.account_id == by.account_id and first.standard_id == standard.pk)
    made: StandardCheck = check(by=by, standard=standard, corrects=first, **said)
    return made
