"""A ballot by phone: item by item, a look at all of it, a one-time code, a receipt.

What is chosen on the way lies sealed in the reader's own cookie: the server keeps nothing of it before it is in the box.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused
from linli.kernel.tally.sheet import area
from linli.people import services as people
from linli.people.models import Account
from linli.people.services.accounts import CAST
from linli.plumbing import codes, throttle, vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, label, said
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.tenancy import uuid7

from ..forms.casting import CallForm, ConfirmForm, ItemForm, VoiceForm
from ..models import Leaf, Party, Session
from ..queries import casting as read
from ..queries.casting import Asked, Came, Voice
from ..queries.opinions import speakers
from ..rules.casting import CHOICES, FOLLOWS
from ..services import calls
from ..services import casting as services
from ..services.box import kept_before
from ..services.calls import Call
from ..services.delivery import read_online
from .base import found_session, page_of
from .receipts import page, receipt_rows

KEPT, SENT = "ballot", "ballot_sent"


# ── what was chosen so far ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Draft:
    """`once` names the ballot that will be cast, so that pressing twice casts it once."""

    session: UUID
    voice: str
    once: UUID
    choices: dict[str, Any]
    call: Call | None = None  # where the owner is on the telephone

    def sealed(self, account: UUID) -> str:
        held = [self.session.hex, account.hex, self.voice, self.once.hex, self.choices, calls.kept(self.call)]
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(vault.seal(text)).decode()

    def keep(self, request: HttpRequest, key: str = KEPT) -> None:
        request.session[key] = self.sealed(request.actor.account_id)


def draft_of(request: HttpRequest, session: Session, key: str = KEPT) -> Draft | None:
    try:
        text = vault.unseal(base64.urlsafe_b64decode(request.session.get(key, "")))
        of, account, voice, once, choices, call = json.loads(text)
    except (vault.Unopened, binascii.Error, ValueError):
        return None
    if (of, account) != (session.pk.hex, request.actor.account_id.hex):
        return None
    return Draft(session.pk, voice, UUID(once), choices, calls.again(call))


# ── the way through ─────────────────────────────────────────────────────────────────────────────────────────────────


def _cannot(request: HttpRequest, session: Session, slug: str, no: Refusal) -> HttpResponse:
    """Why not, and what can be done instead: nobody is left standing before a closed door."""
    return page(
        request, "cannot", session, slug, why=said(no), article=article(no), back=page_of(session, slug),
        receipts=receipt_rows(request, session, slug),
        opinion=numbered("assembly:opinion", slug, session.number) if speakers(session, request.actor, timezone.now()) else "",
    )  # fmt: skip


def _item_page(slug: str, session: Session, nth: int) -> str:
    return address("assembly:cast-item", slug, session.number, nth)


@allow()
@never_cache
def cast(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """For whom; asked only where there is something to choose or something came in already."""
    session, now = found_session(request, number), timezone.now()
    if no := services.refuse_entry(session, request.actor, now):
        return _cannot(request, session, slug, no)
    try:
        voices = services.voices_of(session, request.actor, now)
    except Refused as no_voice:
        return _cannot(request, session, slug, no_voice.refusal)
    came = read.came_by_party(session, [voice.party for voice in voices])
    form = (CallForm if request.actor.assistance_id else VoiceForm)(
        request.POST if request.method == "POST" else None,
        voices=[
            (voice, _voice_words(voice, came[voice.party.pk].times if voice.party.pk in came else 0))
            for voice in voices
        ],
    )
    chosen = call = None
    if isinstance(form, CallForm):
        chosen, call = _called(request, session, form)
    elif form.is_bound and form.is_valid():
        chosen = form.cleaned_data["voice"]
    elif len(voices) == 1 and not came and request.method != "POST":
        chosen = voices[0].key
    if chosen is None:
        return page(
            request, "whom", session, slug, form=form, back=page_of(session, slug), done=read.in_the_box(read.receipts_of(session, request.actor)) if all(v.party.pk in came for v in voices) else "",
            one_vote=len({v.row.pk for v in voices}) < len(voices), only=voices[0].key if len(voices) == 1 else "", receipts=receipt_rows(request, session, slug),
            warnings=_warnings(voices, came), objects=_objects(request, session, slug, read.disputable(voices, came)), apart=read.apart_words(came.values()), together=read.together_words(session, came.values()),
        )  # fmt: skip
    if call is None:
        read_online(session=session, party=_party(voices, chosen), by=request.actor, at=now)
    held = draft_of(request, session)
    if call or held is None or held.voice != chosen:
        Draft(session.pk, chosen, uuid7(), {}, call).keep(request)
    return redirect(_item_page(slug, session, 1))


def _objects(request: HttpRequest, session: Session, slug: str, voices: Sequence[Voice]) -> str:
    """The way to an objection, for who may hand one in himself."""
    return numbered("assembly:objection", slug, session.number) if voices and not request.actor.assistance_id else ""


def _called(request: HttpRequest, session: Session, form: CallForm) -> tuple[str | None, Call | None]:
    if not form.is_bound or not form.is_valid():
        return None, None
    given = dict(form.cleaned_data)
    voice = given.pop("voice")
    try:
        return voice, calls.call_of(by=request.actor, session=session, at=timezone.now(), **given)
    except Refused as no:
        form.refuse(no)
        return None, None


def _warnings(voices: Sequence[Voice], came: Mapping[UUID, Came]) -> list[str]:
    """Before another ballot of a party that sent one: what that does."""
    found = {v.party.pk: _warning(v, came[v.party.pk], co_owners=True) for v in voices if v.party.pk in came}
    return list(found.values())


def _warning(voice: Voice, came: Came, *, co_owners: bool) -> str:
    values = {"home": voice.row.label, "n": came.times}
    if co_owners and came.owners > 1:
        return _("%(home)s这一户已经收到 %(n)s 张。内容不一样、又没有共同声明，这一户就算无效。") % values
    return _("%(home)s已经收到 %(n)s 张。再投一张也会留着、做上记号，哪一张算数按公告的规则在计票时定。") % values


def _party(voices: Sequence[Voice], key: str) -> Party:
    return next(voice.party for voice in voices if voice.key == key)


def _voice_words(voice: Voice, came: int) -> str:
    # Their own names: two owners of a home who share a phone are told apart by nothing else.
    values = {"home": voice.row.label, "name": voice.name, "n": voice.homes, "area": area(voice.area), "came": came}
    words = (
        _("%(home)s 等 %(n)s 处，%(name)s，%(area)s ㎡") if voice.homes > 1 else _("%(home)s，%(name)s，%(area)s ㎡")
    )
    if came:
        words += _("。已经收到 %(came)s 张")
    return words % values


@dataclass
class Step:
    """A reader in the middle of a ballot."""

    session: Session
    draft: Draft
    voice: Voice
    asked: list[Asked]
    hand: UUID  # whose code confirms it: the owner's own, or of who hears the call, too

    @property
    def follow(self) -> bool:
        return bool(self.session.rules.get("follow_majority"))

    @property
    def open(self) -> int | None:
        """The first item that is not answered yet, from 1."""
        return next((n for n, one in enumerate(self.asked, 1) if self._wants(one)), None)

    def _wants(self, one: Asked) -> bool:
        held = self.draft.choices.get(one.no)
        return bool(services.refuse_choices([one.question], {} if held is None else {one.no: held}, follow=self.follow))


def _step(request: HttpRequest, slug: str, number: int) -> Step | HttpResponse:
    session = found_session(request, number)
    if no := services.refuse_entry(session, request.actor, timezone.now()):
        return _cannot(request, session, slug, no)
    draft = draft_of(request, session)
    try:
        voice = services.voice_of(session, request.actor, draft.voice if draft else "", timezone.now())
    except Refused:
        return redirect(numbered("assembly:cast", slug, number))
    assert draft is not None
    if (draft.call is None) == bool(request.actor.assistance_id):
        return redirect(numbered("assembly:cast", slug, number))
    hand = draft.call.witness if draft.call else request.actor.account_id
    return Step(session, draft, voice, read.asked_of(session, voice.party, voice.alone), hand)


@allow()
@never_cache
def item(request: HttpRequest, slug: str, number: int, nth: int) -> HttpResponse:
    step = _step(request, slug, number)
    if isinstance(step, HttpResponse):
        return step
    if not 1 <= nth <= len(step.asked):
        raise Http404
    asked = step.asked[nth - 1]
    title = _question(asked)
    form = ItemForm(
        request.POST if request.method == "POST" else None, asked=asked, question=title, follow=step.follow,
        said=step.draft.choices.get(asked.no),
    )  # fmt: skip
    back = request.POST.get("go") == "back"
    if request.method == "POST":
        fits = form.is_valid()
        if form.said is not None:  # what was ticked is kept, also on the way back
            step.draft.choices[asked.no] = form.said
            step.draft.keep(request)
        if back:
            return redirect(_item_page(slug, step.session, max(1, nth - 1)))
        if fits:
            return redirect(_next(request, slug, step, nth))
    return page(
        request, "item", step.session, slug, form=form, asked=asked, nth=nth, of=len(step.asked), voice=step.voice,
        left=_("、").join(one.name for one in asked.left),
        area=area(step.voice.area), title=title, leave=page_of(step.session, slug), last=nth == len(step.asked),
        review="review" in request.GET,
    )  # fmt: skip


def _next(request: HttpRequest, slug: str, step: Step, nth: int) -> str:
    if nth == len(step.asked) or "review" in request.GET:
        return numbered("assembly:cast-review", slug, step.session.number)
    return _item_page(slug, step.session, nth + 1)


def _question(asked: Asked) -> str:
    if asked.item.form == "approve":
        return _("%(title)s，您同意吗？") % {"title": asked.item.title}
    if asked.item.form == "choose_up_to_N":
        return _("%(title)s，最多选 %(seats)s 位") % {"title": asked.item.title, "seats": asked.item.seats or 1}
    return _("%(title)s，每位候选人都选一个") % {"title": asked.item.title}


@allow()
@never_cache
def review(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All of it once more, each with a way back; then the code."""
    step = _step(request, slug, number)
    if isinstance(step, HttpResponse):
        return step
    if (missing := step.open) is not None:
        messages.error(request, _("第 %(nth)s 项还没选") % {"nth": missing})
        return redirect(_item_page(slug, step.session, missing))
    wrong = ""
    if request.method == "POST":
        try:
            return _send_code(request, slug, step)
        except Refused as no:
            wrong = said(no.refusal)
    row = step.voice.row if step.session.rules.get("per_home_ballot") else None
    came = read.came_by_party(step.session, [step.voice.party], row).get(step.voice.party.pk)
    again = _warning(step.voice, came, co_owners=came.of_others(step.voice.person_id)) if came else ""
    return page(
        request, "review", step.session, slug, rows=_answers(slug, step), voice=step.voice, area=area(step.voice.area),
        last=_item_page(slug, step.session, len(step.asked)), wrong=wrong, call=step.draft.call, again=again,
    )  # fmt: skip


def _send_code(request: HttpRequest, slug: str, step: Step) -> HttpResponse:
    phone = Account.objects.get(pk=step.hand).phone
    now = timezone.now()
    shown = people.send_code(phone=phone, purpose=CAST, address=throttle.address(request), at=now)
    request.session[SENT] = codes.kept(shown, now)
    return redirect(numbered("assembly:cast-confirm", slug, step.session.number))


def _answers(slug: str, step: Step) -> list[dict[str, Any]]:
    return [
        {
            "title": one.item.title, "said": _said(one, step.draft.choices.get(one.no)),
            "href": f"{_item_page(slug, step.session, nth)}?review",
        }
        for nth, one in enumerate(step.asked, 1)
    ]  # fmt: skip


def _said(asked: Asked, choice: Any) -> list[str]:
    words = {**CHOICES, **FOLLOWS}
    if isinstance(choice, str):
        return [label(words[choice])]
    held = choice or {}
    if asked.item.form == "choose_up_to_N":
        return [one.name for one in asked.candidates if one.code in held] or [_("一位也没选")]
    return [
        _("%(name)s：%(said)s") % {"name": one.name, "said": label(words[held[one.code]])}
        for one in asked.candidates
        if one.code in held
    ]


@allow()
@never_cache
def confirm(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The code, then the box. Whoever presses again after a lost answer gets the receipt of what is in it."""
    session = found_session(request, number)
    draft = draft_of(request, session)
    if request.method == "POST" and draft and (kept := kept_before(session, request.actor, draft.once, Kind.CAST)):
        return _cast(request, slug, session, kept)
    step = _step(request, slug, number)
    if isinstance(step, HttpResponse):
        return step
    if step.open is not None or SENT not in request.session:
        return redirect(numbered("assembly:cast-review", slug, number))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_beside(form):
            return _into_the_box(request, slug, step, form.cleaned_data["code"])
    return page(
        request, "confirm", session, slug, form=form, sent=codes.sent(request.session[SENT], timezone.now()), count=len(step.asked),
        back=numbered("assembly:cast-review", slug, number), voice=step.voice, call=step.draft.call,
    )  # fmt: skip


def _into_the_box(request: HttpRequest, slug: str, step: Step, code: str) -> HttpResponse:
    draft, now = step.draft, timezone.now()
    leaf = with_code(
        step.hand, code, now,
        put=lambda: services.cast(
            by=request.actor, session=step.session, voice=draft.voice, choices=draft.choices, at=now, once=draft.once, call=draft.call
        ),
        kept=lambda: kept_before(step.session, request.actor, draft.once, Kind.CAST),
    )  # fmt: skip
    return _cast(request, slug, step.session, leaf)


def with_code(hand: UUID, code: str, at: datetime, *, put: Callable[[], Leaf], kept: Callable[[], Leaf | None]) -> Leaf:
    """The code is used with what goes into the box or not at all: the same press at the same moment waits for it, and gets its receipt.
    Raises Refused."""
    with transaction.atomic():
        try:
            people.confirm_by_code(account_id=hand, purpose=CAST, code=code, at=at)
        except Refused as no:  # the try is counted
            wrong = no
        else:
            return put()
    found = kept()
    if found is None:
        raise wrong
    return found


def _cast(request: HttpRequest, slug: str, session: Session, leaf: Leaf) -> HttpResponse:
    for key in (KEPT, SENT):
        request.session.pop(key, None)
    return redirect(address("assembly:receipt", slug, session.number, leaf.index))
