"""Every act with a whistle as people meet it: its form, its verb, its words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.plumbing.acts import Actor
from linli.plumbing.moments import short

from ...forms import whistles as forms
from ...models import Ask, Whistle
from ...queries import whistles as reads
from ...rules import whistles as rules
from ...rules.whistles import Do, Level
from ...services import whistles as verbs
from ...services.whistles import files
from .money import money_words


@dataclass(frozen=True)
class Deed:
    """An act as people meet it. `run(verb's own keywords, form=…)`; `main`: the red button when it is offered."""

    form: type
    run: Callable[..., Any]
    label: Any
    note: Any = ""
    main: bool = False
    judges: bool = False


def _plain(verb: Callable[..., Any], *names: str) -> Callable[..., Any]:
    def run(*, form, site, **who):
        return verb(**who, **{name: form.cleaned_data[name] for name in names})

    return run


def _until(day) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(17, 30))) if day else None


def _approve(*, form, site, **who):
    return verbs.approve_and_blow(site=site, **who)


def _blow(*, form, site, **who):
    return verbs.blow(site=site, **who)


def _elsewhere(**_given):
    raise AssertionError("a draft is edited on its own page")


def _minutes(*, form, site, **who):
    d = form.cleaned_data
    return verbs.minutes(words=d["words"], attendance=form.people(), held_at=d["held_at"], **who)


def _sign(*, form, site, whistle, **who):
    d = form.cleaned_data
    meeting, person = d["who"].split(":")
    held = next((m for m in reads.meetings_of(whistle) if str(m.pk) == meeting), None)
    return verbs.sign(
        whistle=whistle, meeting=held, person=int(person), agrees=d["agrees"] == "yes", words=d["words"], officer=d["officer"], **who
    )  # fmt: skip


def _people(one: Whistle, by: Actor, ask: Ask | None) -> dict[str, str]:
    """Who of the own body was at a meeting, those who have not signed first."""
    meetings = reads.meetings_of(one)
    signed = {(s.consultation_id, s.body, s.name) for s in reads.signatures_of(meetings)}
    found = [(m, i, m.attendance[i]) for m, i in reads.signable(meetings, reads.body_of(by, ask))]
    found.sort(key=lambda it: (it[0].pk, it[2]["body"], it[2]["name"]) in signed)
    return {f"{m.pk}:{i}": f"{row['body']} {row['name']} · {short(m.held_at)}" for m, i, row in found if m.held_at}


def _blow_again(*, form, site, by, whistle, at, once):
    d = form.cleaned_data
    told = replace(verbs.same_again(whistle), asks=[(form.agencies.get(d["body"]), d["ask"])])
    return verbs.blow_again(by=by, whistle=whistle, words=d["words"], told=told, at=at, once=once)


def _fund(*, form, site, **who):
    d = form.cleaned_data
    names = ("liable", "why", "court", "case_no", "frozen_fen", "asked_fen", "basis")
    return verbs.request_funding(**who, **{n: d[n] for n in names})


def _fund_step(*, form, site, by, whistle, at, once):
    d, whole = form.cleaned_data, reads.whole(whistle)
    corrects = next((e for e in whole.money if str(e.pk) == d["corrects"]), None)
    assert whole.funding
    return verbs.enter(
        by=by, funding=whole.funding, kind=d["kind"], day=d["day"], fen=d["fen"], decision=d["decision"], payee=d["payee"], paper=d["paper"],
        words=d["words"], corrects=corrects, files=files.ready(d["papers"]), at=at, once=once,
    )  # fmt: skip


def _pass_on(*, form, site, **who):
    d = form.cleaned_data
    return verbs.pass_on(body=form.agencies.get(d["body"]), words=d["words"], site=site, **who)


def _assign(*, form, site, **who):
    d = form.cleaned_data
    return verbs.assign(lead=d["lead"] == "lead", words=d["words"], due_on=d["due_on"], **who)


def _start(*, form, site, **who):
    d = form.cleaned_data
    return verbs.start(words=d["words"], officer=d["officer"], finish_on=_until(d["finish_on"]), **who)


def _answer(*, form, site, **who):
    d = form.cleaned_data
    return verbs.answer(words=d["words"], officer=d["officer"], files=files.ready(d["papers"]), **who)


def _see_link(*, form, site, **who):
    return verbs.see_link(site=site, **who)


def _send_link(*, form, site, **who):
    return verbs.send_link(phone=form.cleaned_data["phone"], site=site, **who)


SIGN_NOTE = gettext_lazy("签字和不同意见都留在纪要后面，不能改。")
WHOLE: dict[str, Deed] = {
    Do.EDIT: Deed(forms.Bare, _elsewhere, gettext_lazy("改一改")),
    Do.SEND_BACK: Deed(
        forms.Words,
        _plain(verbs.send_back, "words"),
        gettext_lazy("请改一改"),
        gettext_lazy("写清楚改什么。"),
        judges=True,
    ),
    Do.DROP: Deed(
        forms.Words, _plain(verbs.drop, "words"), gettext_lazy("不吹了"), gettext_lazy("写一句为什么。"), judges=True
    ),
    Do.APPROVE: Deed(
        forms.Bare,
        _approve,
        gettext_lazy("批准并吹哨"),
        gettext_lazy("马上发给每个单位，各自的时限从现在算。"),
        main=True,
    ),
    Do.BLOW: Deed(
        forms.Bare, _blow, gettext_lazy("吹哨"), gettext_lazy("马上发给每个单位，各自的时限从现在算。"), main=True
    ),
    Do.CALL: Deed(
        forms.Call,
        _plain(verbs.call, "planned_at", "place"),
        gettext_lazy("约会商"),
        gettext_lazy("每个单位都会收到时间和地点；已经约过、还没开的，改成这一次。"),
    ),
    Do.CALL_OFF: Deed(
        forms.Words,
        _plain(verbs.call_off, "words"),
        gettext_lazy("取消会商"),
        gettext_lazy("每个单位都会收到，写一句为什么。"),
        judges=True,
    ),
    Do.MINUTES: Deed(forms.Minutes, _minutes, gettext_lazy("记会商纪要")),
    Do.SIGN: Deed(forms.Sign, _sign, gettext_lazy("会商纪要签字"), SIGN_NOTE, judges=True),
    Do.FUND: Deed(forms.Fund, _fund, gettext_lazy("要钱"), gettext_lazy("钱在别人手里，或者被冻结的时候用。")),
    Do.FUND_STEP: Deed(forms.FundStep, _fund_step, gettext_lazy("记一笔资金")),
    Do.CLOSE: Deed(
        forms.Words,
        _plain(verbs.close, "words"),
        gettext_lazy("哨单办结"),
        gettext_lazy("每个单位都打了分，或者不再等它了，才能办结。"),
    ),
    Do.BLOW_AGAIN: Deed(
        forms.BlowAgain,
        _blow_again,
        gettext_lazy("没办好，往上吹"),
        gettext_lazy("这张哨单到此为止，另拟一张给上一层。"),
        judges=True,
    ),
}
PART: dict[str, Deed] = {
    Do.TELL: Deed(forms.Words, _plain(verbs.told, "words"), gettext_lazy("告诉它了"), gettext_lazy("怎么告诉的、跟谁说的，写一句。它的时限从现在算。"), main=True),
    Do.RECEIVE: Deed(forms.Receive, _plain(verbs.receive, "officer"), gettext_lazy("收到了"), main=True),
    Do.REPORT_IN: Deed(forms.ReportIn, _plain(verbs.report_in, "officer", "phone", "way", "arrives_at"), gettext_lazy("报到"), gettext_lazy("写谁来办，什么时候到。"), main=True),
    Do.DECLINE: Deed(forms.Decline, _plain(verbs.decline, "reason", "proper", "officer"), gettext_lazy("不归我们办"), judges=True),
    Do.PASS_ON: Deed(forms.PassOn, _pass_on, gettext_lazy("转给别的部门"), main=True),
    Do.DECIDE: Deed(forms.Decide, _plain(verbs.decide, "whose", "words"), gettext_lazy("定由谁办"), gettext_lazy("推了两次，由街道定。定了就不能再推。"), main=True),
    Do.ASSIGN: Deed(forms.Assign, _assign, gettext_lazy("定任务")),
    Do.START: Deed(forms.Start, _start, gettext_lazy("开始办")),
    Do.ANSWER: Deed(forms.Answer, _answer, gettext_lazy("答复"), main=True),
    Do.CHECK: Deed(forms.MayWords, _plain(verbs.check, "words"), gettext_lazy("验收通过"), judges=True),
    Do.REDO: Deed(forms.Words, _plain(verbs.redo, "words"), gettext_lazy("没办好，接着办"), judges=True),
    Do.SCORE: Deed(forms.Score, _plain(verbs.score, "response", "quality", "words"), gettext_lazy("打分"), judges=True),
    Do.SCORE_BACK: Deed(forms.ScoreBack, _plain(verbs.score_back, "response", "quality", "words", "officer"), gettext_lazy("给发哨的打分"), judges=True),
    Do.SIGN_FOR: Deed(forms.Sign, _sign, gettext_lazy("会商纪要签字"), SIGN_NOTE, judges=True),
    Do.END_ASK: Deed(forms.Words, _plain(verbs.end_ask, "words"), gettext_lazy("不再等它办"), gettext_lazy("不打分，写一句为什么。"), judges=True),
    Do.SEND_LINK: Deed(forms.SendLink, _send_link, gettext_lazy("重发链接"), gettext_lazy("以前发的马上作废。")),
    Do.SEE_LINK: Deed(forms.Bare, _see_link, gettext_lazy("看链接"), gettext_lazy("谁拿到链接谁就能替那个部门答复，所以看过会记下来。")),
    Do.STOP_LINK: Deed(forms.Bare, _plain(verbs.stop_link), gettext_lazy("收回链接"), judges=True),
}  # fmt: skip


def form_for(
    deed: Deed, act: Do, *args, request: HttpRequest, one: Whistle, ask: Ask | None, now: datetime, named: bool = True
):
    more: dict[str, Any] = {}
    if issubclass(deed.form, forms.Asked):
        more = {"officer": ask.officer if ask else "", "named": named}
    if act in {Do.SIGN, Do.SIGN_FOR}:
        more = {"people": _people(one, request.actor, ask), "named": named}
    if act == Do.MINUTES:
        asks = Ask.objects.filter(compound_id=one.compound_id, whistle=one).order_by("place")
        more = {"bodies": list(dict.fromkeys([*asks.values_list("body__name", flat=True), one.drafted_body.name]))}
    if act == Do.PASS_ON and ask:
        agencies = reads.agencies_for(request.compound)
        more = {"agencies": agencies, "initial": {"body": reads.meant_by(ask, agencies)}}
    if act == Do.BLOW_AGAIN:
        first = Ask.objects.filter(compound_id=one.compound_id, whistle=one).order_by("place").first()
        up = rules.higher(Level(one.level))
        agencies = reads.agencies_for(request.compound) if up == Level.AGENCIES else []
        more = {"agencies": agencies, "initial": {"ask": first.words if first else ""}}
    if act == Do.FUND_STEP:
        rows = reads.whole(one).money
        gone = {e.corrects_id for e in rows}
        more = {"entries": [(str(e.pk), money_words(e, False)["text"]) for e in rows if e.pk not in gone]}
    return deed.form(*args, **more)
