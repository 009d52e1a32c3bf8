"""Organisations and posts, of a compound or of a community; and the first post, by the operator."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people import queries, services
from linli.people.access import organisation_for, post_for
from linli.people.forms import AppointForm, BodyForm, EndBodyForm, FirstPostForm, ReasonForm
from linli.people.models import Organisation
from linli.people.rules import HEADS, POSTS, Act, Body, Role, may_appoint, may_end, may_set_up
from linli.people.words import BODIES, ROLES
from linli.places.access import community_by_id, subdistrict_by_id
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, operator, or_404
from linli.plumbing.refusals import refusals_beside

from .doors import frame


def _urls(request: HttpRequest, slug: str | None, community: UUID | None) -> dict[str, str]:
    if slug:
        return {
            "page": address("people:bodies", slug),
            "appoint": "people:appoint",
            "end": "people:end-post",
            "place": slug,
        }
    return {
        "page": address("people:community-posts", community), "appoint": "people:community-appoint",
        "end": "people:community-end-post", "place": str(community),
    }  # fmt: skip


def posts_open_to(by: Actor, organisation: Organisation) -> list[tuple[str, str]]:
    """Which posts of the body the actor may fill, in the order of the glossary."""
    return [
        (role, ROLES[role])
        for role in Role
        if role in POSTS
        and not may_appoint(
            by_role=by.role,
            by_body=by.body_kind,
            body=organisation.kind,
            post=role,
            same_body=by.body_id == organisation.pk,
        )
    ]


def _page(request: HttpRequest, slug: str | None, community: UUID | None) -> HttpResponse:
    today = timezone.localdate()
    if slug:
        organisations = queries.bodies_of(request.compound)
        heading = _("组织和岗位")
    else:
        organisations = queries.bodies_of_community(community)
        heading = _("社区和网格的岗位")
    by = request.actor
    posts = queries.posts_of([o.pk for o in organisations], today)
    shows_flags = not slug or request.compound.settings.get("cross_posts", "show") == "show"
    rows = [
        {
            "pk": o.pk, "name": o.name, "kind": BODIES.get(o.kind, o.kind), "phone": o.phone,
            "may_appoint": bool(posts_open_to(by, o)), "may_end": bool(slug) and may_end(by_role=by.role, body=o.kind) is None,
            "posts": [
                {**p, "flags": p["flags"] if shows_flags else [],
                 "may_end": p["holds"] and (p["account"] == by.account_id or not may_appoint(
                    by_role=by.role, by_body=by.body_kind, body=o.kind, post=p["kind"], same_body=by.body_id == o.pk))}
                for p in posts.get(o.pk, [])
            ],
        }
        for o in organisations
    ]  # fmt: skip
    context = {
        "base": frame(request), "heading": heading, "bodies": rows, "urls": _urls(request, slug, community),
        "ended": queries.ended_bodies(request.compound.pk) if slug else [],
        "may_set_up": bool(slug) and any(may_set_up(by_role=by.role, body=b) is None for b in Body),
    }  # fmt: skip
    return render(request, "people/bodies.html", context)


@allow()
def bodies(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug, None)


@allow("appoint_community_post")
def community_posts(request: HttpRequest, community: UUID) -> HttpResponse:
    return _page(request, None, community)


@allow(Act.APPOINT_COMMUNITY_POST, Act.APPOINT_PMC)
def new_body(request: HttpRequest, slug: str) -> HttpResponse:
    """A body and, in the same act, its first head: who from then on appoints in it."""
    kinds = [
        (b.value, BODIES[b]) for b in Body if may_set_up(by_role=request.actor.role, body=b) is None and b != Body.PARTY
    ]
    form = BodyForm(request.POST or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        given, now = form.cleaned_data, timezone.now()
        with refusals_beside(form):
            with transaction.atomic():
                body = services.create_body(
                    by=request.actor,
                    kind=given["kind"],
                    name=given["name"],
                    phone=given["phone"],
                    compound=request.compound,
                    at=now,
                )
                head = HEADS.get(Body(body.kind)) or _only_post(request.actor, body)
                if given["head_phone"] and head:
                    services.appoint(
                        by=request.actor, organisation=body, kind=head, phone=given["head_phone"], name=given["head_name"],
                        from_day=timezone.localdate(now), at=now,
                    )  # fmt: skip
            return redirect("people:bodies", slug)
    context = {"base": frame(request), "form": form, "back": address("people:bodies", slug)}
    return render(request, "people/new_body.html", context, status=422 if form.is_bound else 200)


def _only_post(by: Actor, body: Organisation) -> str:
    """Bodies without a head of law: the first post that the community may fill (team leader, mediator, liaison)."""
    first = {
        Body.VOLUNTEERS: Role.TEAM_LEADER,
        Body.PREPARATORY: Role.PREPARATORY_MEMBER,
        Body.RENEWAL: Role.PREPARATORY_MEMBER,
    }
    open_to = [role for role, _label in posts_open_to(by, body)]
    wanted = first.get(Body(body.kind))
    return wanted if wanted in open_to else next(iter(open_to), "")


@allow(Act.APPOINT_COMMUNITY_POST, Act.APPOINT_PMC)
def end_body(request: HttpRequest, slug: str, body: UUID) -> HttpResponse:
    """The company leaves, the committee's term is over: the body and all its posts end, what was done stays."""
    found = organisation_for(body, compound=request.compound)
    if found is None or found.ended_on or may_end(by_role=request.actor.role, body=found.kind):
        raise Http404
    form = EndBodyForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            services.end_body(
                by=request.actor, body=found, last_day=given["last_day"], reason=given["reason"], at=timezone.now()
            )
            messages.success(request, _("%(name)s 结束了，岗位也都结束了") % {"name": found.name})
            return redirect("people:bodies", slug)
    context = {
        "base": frame(request), "form": form, "body": found, "back": address("people:bodies", slug),
        "posts": [p for p in queries.posts_of([found.pk], timezone.localdate()).get(found.pk, []) if p["holds"]],
    }  # fmt: skip
    return render(request, "people/end_body.html", context, status=422 if form.is_bound else 200)


def _appoint(request: HttpRequest, body: UUID, slug: str | None, community: UUID | None) -> HttpResponse:
    organisation = organisation_for(body, compound=request.compound, community_id=community)
    kinds = posts_open_to(request.actor, organisation) if organisation else []
    if organisation is None or organisation.ended_on or not kinds:
        raise Http404
    today = timezone.localdate()
    form = AppointForm(
        request.POST or None, kinds=kinds, initial={"from_day": today, "kind": kinds[0][0] if len(kinds) == 1 else None}
    )
    urls = _urls(request, slug, community)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            post = services.appoint(by=request.actor, organisation=organisation, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s 用自己的手机号登录就行") % {"name": post.holder_name})
            return redirect(urls["page"])
    context = {"base": frame(request), "form": form, "organisation": organisation, "back": urls["page"]}
    return render(request, "people/appoint.html", context, status=422 if form.is_bound else 200)


@allow(Act.APPOINT_IN_BODY, Act.APPOINT_COMMUNITY_POST, Act.APPOINT_PMC)
def appoint(request: HttpRequest, slug: str, body: UUID) -> HttpResponse:
    return _appoint(request, body, slug, None)


@allow("appoint_community_post")
def community_appoint(request: HttpRequest, community: UUID, body: UUID) -> HttpResponse:
    return _appoint(request, body, None, community)


def _end(request: HttpRequest, post: UUID, slug: str | None, community: UUID | None) -> HttpResponse:
    found = or_404(post_for(post, compound=request.compound, community_id=community))
    own = found.account_id == request.user.pk
    body = found.organisation
    if not own and may_appoint(
        by_role=request.actor.role, by_body=request.actor.body_kind, body=body.kind, post=found.kind,
        same_body=request.actor.body_id == body.pk,
    ):  # fmt: skip
        raise Http404
    form = ReasonForm(request.POST or None)
    urls = _urls(request, slug, community)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.end_post(by=request.actor, post=found, reason=form.cleaned_data["reason"], at=timezone.now())
            messages.success(request, _("岗位结束了"))
            return redirect("people:standings" if own else urls["page"])
    context = {
        "base": frame(request), "form": form, "post": found, "post_label": ROLES.get(found.kind, found.kind), "own": own, "back": urls["page"],
    }  # fmt: skip
    return render(request, "people/end_post.html", context, status=422 if form.is_bound else 200)


@allow()
def end_post(request: HttpRequest, slug: str, post: UUID) -> HttpResponse:
    return _end(request, post, slug, None)


@allow("appoint_community_post")
def community_end_post(request: HttpRequest, community: UUID, post: UUID) -> HttpResponse:
    return _end(request, post, None, community)


# ── the operator's ──────────────────────────────────────────────────────────────────────────────────────────────────


@operator
def first_post(request: HttpRequest, community: UUID) -> HttpResponse:
    place = or_404(community_by_id(community))
    return _first(request, _("%(place)s的书记") % {"place": place.name}, community=place)


@operator
def first_officer(request: HttpRequest, subdistrict: UUID) -> HttpResponse:
    place = or_404(subdistrict_by_id(subdistrict))
    return _first(request, _("%(place)s的干部") % {"place": place.name}, subdistrict=place)


def _first(request: HttpRequest, title: str, **where) -> HttpResponse:
    form = FirstPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = Actor(account_id=request.user.pk, role=Role.OPERATOR)
        with refusals_beside(form):
            services.first_post(by=by, at=timezone.now(), **form.cleaned_data, **where)
            messages.success(request, _("用这个手机号收验证码，就能登录"))
            return redirect("places:operator")
    return render(
        request, "people/first_post.html", {"form": form, "title": title}, status=422 if form.is_bound else 200
    )
