"""One view for every act with one matter: the form as a page, and what its post does. The table says the rest."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import said
from linli.plumbing.offline import from_phone
from linli.plumbing.refusals import refusals_beside

from .. import services
from ..access import main_of, matter_for
from ..forms import resident as forms
from ..forms.photos import HidePhoto
from ..models import Matter
from ..queries.photos import has_some
from ..queries.timeline import entries_of, question_to_us
from ..rules.gates import blocks
from ..rules.publicity import is_public
from ..rules.states import Act, State, Who, allowed, refuse
from ..rules.times import EXTENSIONS
from ..services import orders, photos
from ..services.beginning import refuse_beginning
from .acts_alerts import ALERT_ACTS
from .acts_desk import DESK_ACTS
from .acts_gates import GATE_ACTS
from .acts_help import HELP_ACTS
from .acts_late import LATE_ACTS
from .acts_plans import PLAN_ACTS
from .acts_rapid import RAPID_ACTS
from .chat import CHAT_ACTS
from .doing import Doing, hand
from .sent import take_in


def _urge(*, by, matter, at, once, data):
    words = "，".join(filter(None, [data.get("why"), data.get("words", "").strip()]))
    return services.urge(by=by, matter=matter, words=words, at=at, once=once)


def _reopen(*, by, matter, at, once, data):
    # A visited matter is reopened by a superior who finds the dissatisfaction justified, not by the reporter.
    if matter.state == State.VISITED:
        return services.reopen_visited(by=by, matter=matter, reason=data["reason"], at=at, once=once)
    same = data.get("same_fault", False)
    return services.reopen(by=by, matter=matter, reason=data["reason"], same_fault=same, at=at, once=once)


def _hide(*, by, matter, at, once, data):
    photos.hide(by=by, attachment=data["photo"], reason=data["reason"], at=at)
    return matter


RESIDENT_ACTS: dict[str, Doing] = {
    Act.NOTE: Doing(forms.NoteForm, hand(services.note_with_photos, "words", files="photos"), _("补充一句"), note=_("写一句，或者再拍一张。办事的人马上看得到。"), submit=_("发出去"), quit=_("先不写"), said=_("发出去了"), field=True),
    Act.URGE: Doing(forms.UrgeForm, _urge, _("催一下"), _("催一下%(party)s"), _("%(party)s负责人会马上收到。半天可以催一次。"), quit=_("先不催"), said=_("催过了，%(party)s收到了")),
    Act.ANSWER: Doing(forms.AnswerForm, hand(services.answer, "words"), _("回答"), _("回答"), submit=_("回答"), quit=_("先不答"), said=_("回答发出去了")),
    Act.ASK: Doing(forms.AskForm, hand(services.ask, "words"), _("问一句"), _("问一句"), submit=_("问"), quit=_("先不问"), said=_("问过了，有回答会告诉您")),
    Act.REOPEN: Doing(forms.ReopenForm, _reopen, _("还没修好"), _("还没修好"), _("这件事会重新办，不用再说一遍。"), submit=_("重新办"), quit=_("再看看"), said=_("知道了，重新办"), judges=True),
    Act.NOT_MINE: Doing(forms.NotMineForm, hand(orders.not_mine, "words"), _("不是我说的那件"), note=_("您说的那件回到前台单独办，时限照旧；这张订单不受影响。"), submit=_("不是这件"), quit=_("再看看"), said=_("知道了，您那件单独办"), judges=True),
    Act.CONFIRM: Doing(forms.ConfirmForm, hand(services.confirm, "rating"), _("修好了"), _("修好了吗？"), submit=_("修好了"), quit=_("再看看"), said=_("谢谢您告诉我们。按错了，可以再点“还没修好”"), judges=True, sheet=False),
    Act.RATE: Doing(forms.RateForm, hand(services.rate, "rating", "words"), _("说说办得怎么样"), _("这次办得怎么样"), submit=_("说好了"), quit=_("先不说"), said=_("记下了"), judges=True, sheet=False),
    Act.CORRECT_CATEGORY: Doing(forms.CategoryForm, hand(services.correct_category, "category"), _("改类别"), _("这件事是哪一类"), _("改了以后，受理的人会再看一眼由谁来办。"), submit=_("改好了"), quit=_("先不改"), said=_("类别改好了"), sheet=False),
    Act.HIDE_PHOTO: Doing(HidePhoto, _hide, _("遮住照片"), _("遮住一张照片"), _("拍到了人脸、车牌、门牌，可以遮住：谁也看不到了，原件封存。"), submit=_("遮住"), quit=_("先不遮"), said=_("遮住了"), sheet=False, template="matters/photo_hide.html"),
    Act.WITHDRAW: Doing(forms.WithdrawForm, hand(services.withdraw, "words"), _("撤回"), _("撤回这件事"), _("撤回以后就不办了；也有邻居说了这件事的，接着办，只是不再告诉您。"), submit=_("撤回"), quit=_("不撤回"), said=_("撤回了")),
    Act.FOLLOW: Doing(forms.BareForm, hand(services.follow), _("跟进"), _("跟进这件事"), _("每一步都会告诉您。"), submit=_("跟进"), quit=_("先不跟"), said=_("跟进了，每一步都会告诉您")),
    Act.UNFOLLOW: Doing(forms.BareForm, hand(services.unfollow), _("不再跟进"), _("不再跟进"), _("这件事照样办，只是不再告诉您。"), submit=_("不再跟进"), quit=_("接着跟"), said=_("不再跟进了")),
}  # fmt: skip
# What is said under a merged number goes on to the matter in which it is handled (traps 1).
FORWARDED = frozenset({Act.NOTE, Act.URGE, Act.RATE, Act.REOPEN, Act.FOLLOW, Act.UNFOLLOW})


def table() -> dict[str, Doing]:
    return {
        **RESIDENT_ACTS,
        **DESK_ACTS,
        **HELP_ACTS,
        **ALERT_ACTS,
        **LATE_ACTS,
        **RAPID_ACTS,
        **GATE_ACTS,
        **PLAN_ACTS,
        **CHAT_ACTS,
    }


def idle(act: Act, matter: Matter) -> bool:
    """Allowed by the state, but there is nothing to it now: a decision comes first, the promise is not to be moved, or it is never public, or has no photo."""
    if act == Act.PUBLIC_TITLE:
        return not is_public(matter)
    if act == Act.HIDE_PHOTO:
        return not has_some(matter)
    if act == Act.EXTEND:
        return matter.urgency not in EXTENSIONS
    if act in {Act.MEET, Act.PROPOSE}:
        return refuse_beginning(act, matter) is not None
    return blocks(act, matter.gate, urgency=matter.urgency, outcome="") is not None


def offered(matter: Matter, parts: frozenset[Who]) -> list[tuple[str, Doing]]:
    """The acts that are allowed now and have a form, in the order of the rules; none that waits for a decision."""
    acts = table()
    may_do = (act for act in allowed(State(matter.state), parts) if not idle(act, matter))
    return [(act.value, acts[act]) for act in may_do if act in acts]


def act_address(slug: str, matter: Matter, act: str) -> str:
    return address("matters:act", slug, matter.number, act)


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    """GET shows the form as a page (the sheet without script); POST does it and goes back to the matter."""
    doing = table().get(act)
    found = _found(request, number, act) if doing else None
    now = timezone.now()
    if doing and from_phone(request):
        return take_in(request, doing, act, found, now)
    if doing is None or found is None:
        raise Http404
    matter, parts = found
    if request.method == "POST":
        return _do(request, doing, act, matter, parts, now)
    no = doing.refuses(matter, request.actor) if doing.refuses else refuse(Act(act), State(matter.state), parts)
    if no:
        messages.error(request, said(no))
        return redirect("matters:matter", slug, matter.number)
    return _page(request, doing, act, matter, parts, doing.form(matter=matter, by=request.actor, at=now), 200)


def _found(request: HttpRequest, number: int, act: str) -> tuple[Matter, frozenset[Who]] | None:
    found = matter_for(compound=request.compound, number=number, by=request.actor)
    if found and found[0].state == State.MERGED and act in FORWARDED:
        return matter_for(compound=request.compound, number=main_of(found[0]).number, by=request.actor)
    return found


def _do(request: HttpRequest, doing: Doing, act: str, matter: Matter, parts: frozenset[Who], now) -> HttpResponse:
    form = doing.form(request.POST, request.FILES, matter=matter, by=request.actor, at=now)
    if form.is_valid():
        with refusals_beside(form):
            done = doing.run(
                by=request.actor, matter=matter, at=now, once=form.cleaned_data["once"], data=form.cleaned_data
            )
            if doing.said:
                messages.success(request, doing.after(done or matter))
            target = _next(request) or _after(request, done or matter)
            if getattr(request, "htmx", False):
                return HttpResponse(status=204, headers={"HX-Redirect": target})
            return redirect(target)
    return _page(request, doing, act, matter, parts, form, 422)


def _after(request: HttpRequest, matter: Matter) -> str:
    """Back to the matter, or home for somebody who just left it."""
    if matter_for(compound=request.compound, number=matter.number, by=request.actor) is None:
        return address("matters:home", request.compound.slug)
    return address("matters:matter", request.compound.slug, matter.number)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


def _question(matter: Matter, *, by: Actor, parts: frozenset[Who]) -> str:
    worker = Who.WATCHER in parts and by.assistance_id is None
    return question_to_us(entries_of(matter, internal=True)) if worker else matter.asked


def _page(
    request: HttpRequest, doing: Doing, act: str, matter: Matter, parts: frozenset[Who], form, status: int
) -> HttpResponse:
    return render(
        request,
        doing.template,
        {
            "doing": doing,
            "words": doing.words(matter),
            "act": act,
            "matter": matter,
            "question": _question(matter, by=request.actor, parts=parts) if act == Act.ANSWER else "",
            "form": form,
            "action": act_address(request.compound.slug, matter, act),
            "next": request.POST.get("next") or request.GET.get("next", ""),
        },
        status=status,
    )
