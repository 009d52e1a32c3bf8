"""My page, asking for a home, and the clerk's list of who asked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.kernel import masks
from linli.people import queries, services
from linli.people.access import binding_for, home_for, person_for
from linli.people.forms import BindForm, ConfirmBindingForm, MoveOutForm, ReasonForm, ResetForm
from linli.people.models import Binding
from linli.people.rules import Act
from linli.people.rules.bindings import Agrees, agrees, same_name
from linli.people.services.accounts import acting
from linli.people.words import RELATIONS
from linli.places import queries as places
from linli.places.models import Compound
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404, signed_in
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_beside

from .doors import frame, own


@allow()
@never_cache
def me(request: HttpRequest, slug: str) -> HttpResponse:
    compound = request.compound
    context = {
        "base": frame(request), "bindings": queries.bindings_of(compound.pk, own(request).pk),
        "is_resident": request.standing.party == "reporter", "standing": request.standing,
        "may_assist": request.may(Act.RAISE_FOR_SOMEONE), "may_register": request.may(Act.SEE_REGISTER),
    }  # fmt: skip
    return render(request, "people/me.html", context)


def picker(compound: Compound, params: Any) -> dict[str, Any]:
    """Building, entrance, room, one level at a time; each level a link, so that it works without script."""
    building, entrance = uuid_in(params.get("building")), uuid_in(params.get("entrance"))
    entrances = places.entrances(compound.pk, building) if building else []
    if len(entrances) == 1:
        entrance = entrances[0].pk
    return {
        "buildings": places.buildings(compound.pk), "building": building, "entrances": entrances, "entrance": entrance,
        "homes": places.homes_of(compound.pk, entrance) if entrance else [],
    }  # fmt: skip


@signed_in
@never_cache
def bind(request: HttpRequest, slug: str) -> HttpResponse:
    """Which home, which name. The register's own number proves it at once; otherwise a clerk looks."""
    compound = request.compound
    home = home_for(compound, pk) if (pk := uuid_in(request.POST.get("home") or request.GET.get("home"))) else None
    form = BindForm(request.POST or None, initial={"home": home.pk if home else None, "name": request.user.name})
    context = {
        "base": frame(request),
        "form": form,
        "home": home,
        "compound": compound,
        "bind_url": address("people:bind", slug),
    }
    if home is None:
        context |= picker(compound, request.GET)
        return render(request, "people/bind.html", context)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            binding = services.ask_binding(
                account=own(request), home=home, name=given["name"], relation=given["relation"], note=given["note"],
                once=given["once"], at=timezone.now(),
            )  # fmt: skip
            if binding.state == "confirmed":
                messages.success(request, _("名册上就是您的号码，%(home)s 绑定好了") % {"home": home.label})
                request.session["standing"] = {**request.session.get("standing", {}), slug: f"binding:{binding.pk}"}
                return redirect("people:me", slug)
            messages.success(request, _("交给工作人员核对了，好了会告诉您"))
            return redirect("people:me" if request.actor else "people:standings", *([slug] if request.actor else []))
    return render(request, "people/bind.html", context, status=422 if form.is_bound else 200)


# ── the clerk ───────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Act.BIND_PERSON)
def bindings(request: HttpRequest, slug: str) -> HttpResponse:
    rows, more = queries.waiting_bindings(request.compound.pk, timezone.now(), uuid_in(request.GET.get("after")))
    return render(request, "people/bindings.html", {"rows": rows, "more": more})


def _binding(request: HttpRequest, pk: UUID, **narrow: Any) -> Binding:
    return or_404(binding_for(request.compound, pk, **narrow))


@allow(Act.BIND_PERSON)
@never_cache
def binding(request: HttpRequest, slug: str, binding: UUID) -> HttpResponse:
    """Who asks, beside what the register says of that home, masked; alike or not is said in words."""
    found = _binding(request, binding)
    here = [(row, _compared(row, found)) for row in queries.tenures(request.compound.pk, found.home_id)]
    chosen, differs = _likely(here)
    form = ConfirmBindingForm(
        request.POST or None, persons=[_beside(row, how) for row, how in here],
        initial={"relation": found.relation, "person": chosen},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person = None if given["person"] == "new" else person_for(request.compound, UUID(given["person"]))
        with refusals_beside(form):
            services.confirm_binding(
                by=request.actor,
                binding=found,
                person=person,
                relation=given["relation"],
                once=given["once"],
                at=timezone.now(),
            )
            messages.success(request, _("%(home)s 绑定好了，已告诉本人") % {"home": found.home.label})
            return redirect("people:bindings", slug)
    context = {
        "form": form, "refuse": ReasonForm(), "binding": found, "differs": differs, "name": masks.name(found.claimed_name),
        "phone": masks.phone(found.account.phone), "relation": RELATIONS.get(found.relation, found.relation),
    }  # fmt: skip
    return render(request, "people/binding.html", context, status=422 if form.is_bound else 200)


def _compared(row: queries.Row, asked: Binding) -> Agrees:
    return agrees(
        asked=asked.claimed_name, number=asked.account.phone, name=row["name"], phones=(row["phone"], row["phone2"])
    )


def _likely(here: list[tuple[queries.Row, Agrees]]) -> tuple[str, str]:
    """The one person whose name and number both agree; else nobody, and what differs: the clerk looks and chooses."""
    whole = list(dict.fromkeys(str(row["person"]) for row, how in here if how.wholly))
    if len(whole) == 1:
        return whole[0], ""
    if whole:
        return "", _("有几个人的姓名和号码都一致。核对清楚再选。")
    if named := [how for _row, how in here if how.name]:
        if all(how.phone is None for how in named):
            return "", _("名册里有同名的人，没登记号码。核对身份再选。")
        return "", _("名册里有同名的人，号码不同。核对身份再选。")
    if any(how.phone for _row, how in here):
        return "", _("名册里有这个号码，姓名不同。核对身份再选。")
    return "", _("名册里这一户没有姓名或号码一致的人。") if here else _("名册里这一户还没有人。")


def _beside(row: queries.Row, how: Agrees) -> tuple[str, str]:
    """A person of the register, masked, with how name and number compare."""
    words = {
        "label": row["label"],
        "who": masks.name(row["name"]),
        "phone": masks.phone(row["phone"]),
        "name": _("姓名一致") if how.name else _("姓名不同"),
        "number": _("没登记号码") if how.phone is None else _("号码一致") if how.phone else _("号码不同"),
    }
    words["same"] = _("%(name)s，%(phone)s") % {"name": words["name"], "phone": words["number"]}
    return str(row["person"]), _("%(label)s %(who)s %(phone)s（%(same)s）") % words


@allow(Act.BIND_PERSON)
def refuse(request: HttpRequest, slug: str, binding: UUID) -> HttpResponse:
    found = _binding(request, binding)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.refuse_binding(
                by=request.actor,
                binding=found,
                reason=form.cleaned_data["reason"],
                once=form.cleaned_data["once"],
                at=timezone.now(),
            )
            messages.success(request, _("没有绑，原因告诉本人了"))
            return redirect("people:bindings", slug)
    context = {"form": form, "binding": found}
    return render(request, "people/refuse.html", context, status=422 if form.is_bound else 200)


# ── the end, and a lost phone ───────────────────────────────────────────────────────────────────────────────────────


@signed_in
def end(request: HttpRequest, slug: str, binding: UUID) -> HttpResponse:
    """Moving out: the holder's own, or a clerk's for somebody."""
    clerk = request.may(Act.BIND_PERSON)
    found = _binding(request, binding, account_id=None if clerk else request.user.pk)
    mine = found.account_id == request.user.pk
    form = MoveOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = request.actor or acting(own(request), request.compound.pk)
        services.end_binding(by=by, binding=found, reason=form.cleaned_data["reason"], at=timezone.now())
        messages.success(request, _("%(home)s 的绑定结束了") % {"home": found.home.label})
        return redirect("people:standings") if mine else redirect("people:home", slug, found.home_id)
    back = (
        address("people:standings")
        if not request.actor
        else address("people:me", slug)
        if mine
        else address("people:home", slug, found.home_id)
    )
    context = {"base": frame(request), "form": form, "binding": found, "own": mine, "back": back}
    return render(request, "people/end_binding.html", context, status=422 if form.is_bound else 200)


@allow(Act.BIND_PERSON)
def reset(request: HttpRequest, slug: str, binding: UUID) -> HttpResponse:
    """Somebody came in person with a lost phone or a new number."""
    found = _binding(request, binding)
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if not same_name(given["person_name"], found.person.name if found.person else found.claimed_name):
            form.add_error("person_name", _("和名册上的名字不一样"))
        else:
            with refusals_beside(form):
                services.reset_in_person(
                    by=request.actor, binding=found, phone=given["phone"], at=timezone.now(),
                    checked=f"{given['checked']}：{masks.name(given['person_name'])}",
                )  # fmt: skip
                messages.success(request, _("所有地方都退出了，密码作废。本人用验证码登录就行"))
                return redirect("people:home", slug, found.home_id)
    context = {"form": form, "binding": found, "back": address("people:home", slug, found.home_id)}
    return render(request, "people/reset.html", context, status=422 if form.is_bound else 200)
