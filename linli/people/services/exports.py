"""Lists with whole names and numbers: one asks and says why, two others agree, that one downloads for a while (domain §4.9, §6.3)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.people.access import holders
from linli.people.models import ExportRequest, ExportVoice, Organisation, Post
from linli.people.queries import exports as reads
from linli.people.queries.exports import SUBJECT
from linli.people.rules import Act, may
from linli.people.rules import exports as rules
from linli.people.rules.exports import EXPORT_LASTS, EXPORT_RUNNING, EXPORT_VOICES, Export
from linli.people.signals import File, told
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, Actor, Said, done_before, record, record_many
from linli.plumbing.counters import next_value
from linli.plumbing.moments import moment, whole

_NOT_YOURS = Refusal("not_yours", "这一步不归您办")


def _must(by: Actor, compound_id: UUID, right: Act) -> tuple[UUID, UUID]:
    """The account and the post that hold the right here."""
    if by.compound_id != compound_id or by.account_id is None or by.role_id is None or not may(by.role, right):
        raise Refused(_NOT_YOURS)
    return by.account_id, by.role_id


def ask_export(
    *, by: Actor, compound: Compound, kind: str, params: Mapping[str, Any], purpose: str, needed_by: date, at: datetime,
    once: UUID | None = None,
) -> ExportRequest:  # fmt: skip
    """Everybody else who may decide is told. Raises Refused."""
    _must(by, compound.pk, Act.EXPORT_LIST)
    if again := _again(compound, once):
        return again
    try:
        with transaction.atomic():
            return _ask(by, compound, kind, params, purpose, needed_by, at, once)
    except IntegrityError:
        if again := _again(compound, once):
            return again
        raise


def _again(compound: Compound, once: UUID | None) -> ExportRequest | None:
    earlier = done_before(compound.pk, once)
    return ExportRequest.objects.get(compound_id=compound.pk, pk=earlier.subject_id) if earlier else None


def _ask(
    by: Actor, compound: Compound, kind: str, params: Mapping[str, Any], purpose: str, needed_by: date, at: datetime, once: UUID | None
) -> ExportRequest:  # fmt: skip
    account, post = _must(by, compound.pk, Act.EXPORT_LIST)
    wanted = reads.listing_of(compound, kind, params)
    if wanted is None or not wanted.open_to(by):
        raise Refused(_NOT_YOURS)
    today = timezone.localdate(at)
    deciders = holders(Act.APPROVE_EXPORT, compound, today) - {account}
    if no := rules.may_ask_export(purpose=purpose, needed_by=needed_by, today=today, deciders=len(deciders)):
        raise Refused(*no)
    rows = wanted.rows()
    made = ExportRequest(
        compound_id=compound.pk, number=next_value(compound.pk, SUBJECT), kind=kind, params=dict(wanted.params), title=wanted.title[:80],
        size=len(rows), rows=b"".join(key.bytes for key in rows), purpose=purpose.strip()[:200], needed_by=needed_by, asked_by=account, asked_post=post,
        asked_name=_name(post), asked_label=by.label[:120], asked_at=at, turn_since=at,
        ends_at=timezone.make_aware(datetime.combine(needed_by + timedelta(days=1), time())),
    )  # fmt: skip
    made.save(force_insert=True)
    _record(by, made, "ask_export", at, made.purpose, once)
    _tell(made, deciders, "ask_export", _("有一份带电话的名单等您批"), _("%(title)s：%(purpose)s"), at)
    return made


def _name(post: UUID) -> str:
    return Post.objects.filter(pk=post).values_list("holder_name", flat=True).first() or ""


def _record(
    by: Actor, request: ExportRequest, act: str, at: datetime, words: str = "", once: UUID | None = None
) -> None:
    record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=request.pk, at=at, compound_id=request.compound_id, words=words,
        data={"number": request.number, "kind": request.kind}, internal=True, once=once,
    )  # fmt: skip


def _tell(
    request: ExportRequest, accounts: Iterable[UUID], act: str, title: str, body: str, at: datetime, words: str = ""
) -> None:
    said = {"title": request.title, "purpose": request.purpose, "words": words}
    for account in sorted(accounts):
        told.send(
            sender=ExportRequest, compound_id=request.compound_id, account_id=account, kind=act, title=title, body=body % said,
            subject_kind=SUBJECT, subject_id=request.pk, number=request.number, key=f"{act}:{request.pk}:{request.voices}", at=at,
        )  # fmt: skip


def _locked(request: ExportRequest) -> ExportRequest:
    return ExportRequest.objects.select_for_update().get(compound_id=request.compound_id, pk=request.pk)


@transaction.atomic
def decide_export(
    *, by: Actor, request: ExportRequest, yes: bool, words: str, at: datetime, once: UUID | None = None
) -> ExportRequest:
    """One no ends it, the second yes opens it; who asked hears of each. Raises Refused."""
    account, post = _must(by, request.compound_id, Act.APPROVE_EXPORT)
    request = _locked(request)
    if done_before(request.compound_id, once):
        return request
    said = reads.voices(request)
    if no := rules.may_decide_export(
        state=request.state, ends_at=request.ends_at, at=at, asker=request.asked_by, by_account=account,
        heard=[v.account_id for v in said],
    ):  # fmt: skip
        raise Refused(no)
    if not yes and not words.strip():
        raise Refused(Refusal("no_reason", "写一句为什么不同意"), "words")
    voice = ExportVoice(
        compound_id=request.compound_id, request=request, seat=len(said) + 1, account_id=account, name=_name(post), label=by.label[:120],
        yes=yes, words=words.strip()[:200], at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            voice.save(force_insert=True)
    except IntegrityError:
        raise Refused(Refusal("decided", "这份申请已经有结果了")) from None
    _heard(request, voice, at)
    _record(by, request, "approve_export" if yes else "refuse_export", at, voice.words, once)
    return request


def _heard(request: ExportRequest, voice: ExportVoice, at: datetime) -> None:
    act, title, body = "approve_export", _("有一个人同意了，还差一个人"), "%(title)s"
    request.voices += voice.yes
    if not voice.yes:
        request.state, request.turn_since = Export.REFUSED, at
        act, title, body = "refuse_export", _("名单没有批"), _("%(title)s：%(words)s")
    elif request.voices == EXPORT_VOICES:
        request.state, request.turn_since = Export.OPEN, at
        request.ends_at = min(request.ends_at, at + EXPORT_LASTS)
        title = _("名单批了，%(when)s 前可以下载") % {"when": moment(request.ends_at, at)}
    request.save(update_fields=["state", "voices", "turn_since", "ends_at"])
    _tell(request, [request.asked_by], act, title, body, at, voice.words)


@transaction.atomic
def withdraw_export(*, by: Actor, request: ExportRequest, at: datetime, once: UUID | None = None) -> ExportRequest:
    """By who asked, while it runs. Raises Refused."""
    request = _locked(request)
    if done_before(request.compound_id, once):
        return request
    if by.compound_id != request.compound_id or by.account_id != request.asked_by:
        raise Refused(_NOT_YOURS)
    if request.state not in EXPORT_RUNNING:
        raise Refused(Refusal("decided", "这份申请已经有结果了"))
    request.state, request.turn_since = Export.WITHDRAWN, at
    request.save(update_fields=["state", "turn_since"])
    _record(by, request, "withdraw_export", at, once=once)
    return request


@transaction.atomic
def download_export(*, by: Actor, compound: Compound, request: ExportRequest, at: datetime) -> bytes:
    """What was in it when it was asked for, made anew each time, each time written down, for everybody in it to read.

    Raises Refused."""
    _must(by, request.compound_id, Act.EXPORT_LIST)
    request = _locked(request)
    if no := rules.may_download_export(
        state=request.state, ends_at=request.ends_at, at=at, asker=(request.asked_by, request.asked_post),
        by=(by.account_id, by.role_id),
    ):  # fmt: skip
        raise Refused(no)
    wanted = reads.listing_of(compound, request.kind, request.params)
    if wanted is None or not wanted.open_to(by):
        raise Refused(_NOT_YOURS)
    rows = reads.rows_of(request)
    if rows is None:
        raise Refused(Refusal("no_rows", "这份申请没有记下有哪几户，请再申请一次"))
    file: File = wanted.make(rows=rows, by=by, at=at, mark=mark_of(request, reads.voices(request), at))
    request.downloads += 1
    request.save(update_fields=["downloads"])
    _record(by, request, "download_export", at)
    _looked(by, request, file.persons, at)
    return file.data


def _looked(by: Actor, request: ExportRequest, persons: Iterable[UUID], at: datetime) -> None:
    body = Organisation.objects.filter(pk=by.body_id).values_list("name", flat=True).first() if by.body_id else ""
    data = {"body": body or "", "body_kind": by.body_kind, "export": request.number}
    rows = [Said(person, request.purpose, data) for person in sorted(persons)]
    record_many(
        by=by, act="export_phone", subject_kind="person", at=at, compound_id=request.compound_id, rows=rows, internal=True
    )  # fmt: skip


def mark_of(request: ExportRequest, said: Iterable[ExportVoice], at: datetime) -> str:
    """What stands on the sheet; a printed footer ends somewhere, so the purpose comes last."""
    return _(
        "第 %(number)s 号名单 · %(when)s 下载 · 不得转给别人 · %(label)s %(name)s 申请，%(agreed)s 同意 · 用到 %(until)s · 用途：%(purpose)s"
    ) % {
        "number": request.number, "label": request.asked_label, "name": request.asked_name, "purpose": request.purpose,
        "agreed": _("、").join(v.name for v in said if v.yes), "until": whole(request.needed_by),
        "when": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
    }  # fmt: skip


@transaction.atomic
def lapse_export(*, request_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Its time is over; False if another worker was first. Who asked is told, unless it was downloaded."""
    rows = ExportRequest.objects.filter(
        compound_id=compound_id, pk=request_id, state__in=EXPORT_RUNNING, ends_at__lte=at
    )
    if not rows.update(state=Export.LAPSED, turn_since=at):
        return False
    request = ExportRequest.objects.get(compound_id=compound_id, pk=request_id)
    _record(CLOCK, request, "lapse_export", at)
    if not request.downloads:
        _tell(request, [request.asked_by], "lapse_export", _("名单的申请过期了"), _("%(title)s。还要用就再申请。"), at)
    return True
