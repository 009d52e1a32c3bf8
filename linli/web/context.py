"""What every page's frame needs to know (documented in plumbing/templates/components/README.md)."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.people.access import door
from linli.people.rules import RESIDENTS, Act, may
from linli.plumbing.addresses import address
from linli.plumbing.offline import holder

Link = tuple[str, str, str, int]

# all pages of a context, and a view's name -> the entry of the navigation it belongs to
WHOLE = {"assembly": "assembly", "councils": "council"}
ACTIVE = {
    "matters:home": "home", "matters:report": "say", "matters:sent": "say", "matters:mine": "home", "notices:council": "council",
    "people:me": "me", "notices:inbox": "me", "people:bind": "me", "matters:desk": "desk", "matters:panel": "desk", "matters:matter": "desk",
    "matters:record": "record", "matters:visits": "visits", "notices:in-person": "tell", "people:register": "register", "people:home": "register",
    **{f"matters:{name}": "together" for name in ("listed", "rapid", "hotline", "hotline-bring", "hotline-import", "hotline-order", "hotline-act", "outages", "decorations", "together", "orders", "order", "order-act", "order-add", "batches", "batch-new", "batch-desk", "batch-table", "batch-home", "batch-step", "batch-add", "batch-bulk", "batch-imports", "batch-import", "batch-tell", "batch-visits", "batch-settings")},
    "people:bindings": "bindings", "people:imports": "imports", "people:import": "imports", "people:bodies": "bodies",
    "places:settings": "settings", "matters:whistles": "together", "matters:whistle": "together",
    "matters:whistle-new": "together", "matters:whistle-act": "together", "matters:ask-act": "together", "people:agencies": "together", "people:exports": "together", "people:export": "together", "people:new-export": "together", "matters:work": "clock", "matters:field": "clock", "matters:outbox": "clock", "matters:help": "home", "matters:help-order": "home", "matters:price-list": "settings", "matters:price": "settings", "matters:find": "search", "matters:public": "public", "insight:numbers": "chart", "notices:posting": "council", "insight:records": "chart",
    **{f"volunteers:{name}": "together" for name in ("representatives", "representative", "representative-new", "house-acts")},
}  # fmt: skip


def _address(name: str, slug: str) -> str:
    try:
        return address(name, slug)
    except NoReverseMatch:
        return ""


def _links(slug: str, rows: list[tuple[str, str, str, int]]) -> list[Link]:
    return [(key, label, url, count) for key, label, name, count in rows if (url := _address(name, slug))]


def _resident(slug: str) -> list[Link]:
    return _links(
        slug,
        [
            ("home", _("首页"), "matters:home", 0),
            ("say", _("我要说"), "matters:report", 0),
            ("council", _("议事"), "notices:council", 0),
            ("me", _("我的"), "people:me", 0),
        ],
    )


def _work(slug: str, role: str) -> list[Link]:
    """The first three that the role may open, and its own page; whoever works on matters needs no others."""
    rows = [
        *_when(role, Act.WORK_ON_MATTERS, ("clock", _("今天"), "matters:work", 0)),
        *_when(role, Act.RAISE_FOR_SOMEONE, ("camera", _("记一件"), "matters:record", 0)),
        *_when(role, Act.SEE_MATTERS, ("search", _("查找"), "matters:desk", 0)),
        *_when(role, Act.SEE_REGISTER, ("register", _("人和房"), "people:register", 0)),
        *_when(role, Act.BIND_PERSON, ("bindings", _("绑定申请"), "people:bindings", 0)),
        *_when(role, Act.ANSWER_WHISTLE, ("together", _("协同"), "matters:whistles", 0)),
        ("assembly", _("业主大会"), "assembly:sessions", 0),
        ("council", _("公告"), "notices:council", 0),
    ]
    return _links(slug, [*rows[:3], ("me", _("我的"), "people:me", 0)])


def _when(role: str, act: Act, row: Link) -> list[Link]:
    return [row] if may(role, act) else []


def _desk(slug: str, role: str) -> list[list[Link]]:
    def when(act: Act, row: Link) -> list[Link]:
        return _when(role, act, row)

    groups = [
        when(Act.SEE_MATTERS, ("desk", _("诉求"), "matters:desk", 0))
        + when(Act.RAISE_FOR_SOMEONE, ("record", _("记一件"), "matters:record", 0))
        + when(Act.RETURN_VISIT, ("visits", _("回访"), "matters:visits", 0))
        + when(Act.TELL_IN_PERSON, ("tell", _("要上门说的"), "notices:in-person", 0))
        + when(Act.SEE_MATTERS, ("together", _("协同"), "matters:together", 0))
        + when(Act.SEE_MATTERS, ("chart", _("数字"), "insight:numbers", 0))
        + when(Act.WORK_ON_MATTERS, ("clock", _("我手上的"), "matters:work", 0)),
        when(Act.SEE_REGISTER, ("register", _("人和房"), "people:register", 0))
        + when(Act.BIND_PERSON, ("bindings", _("绑定申请"), "people:bindings", 0))
        + (
            when(Act.IMPORT_HOMES, ("imports", _("导入台账"), "people:imports", 0))
            or when(Act.IMPORT_OWNERS, ("imports", _("导入台账"), "people:imports", 0))
        ),
        [
            ("assembly", _("业主大会"), "assembly:sessions", 0),
            ("council", _("公告"), "notices:council", 0),
            ("bodies", _("组织和岗位"), "people:bodies", 0),
            ("public", _("公开页"), "matters:public", 0),
            ("settings", _("设置"), "places:settings", 0),
            ("me", _("我的"), "people:me", 0),
        ],
    ]
    return [links for group in groups if (links := _links(slug, group))]


def _active(view: str, resident: bool) -> str:
    """Residents find the assembly under where everybody meets."""
    found = ACTIVE.get(view) or WHOLE.get(view.partition(":")[0], "")
    return "council" if resident and found == "assembly" else found


def look(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    compound, standing = getattr(request, "compound", None), getattr(request, "standing", None)
    slug = compound.slug if compound else ""
    role = standing.actor.role if standing else ""
    resident = role in RESIDENTS
    home = door(role) if standing else "matters:public"
    view = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "look": {
            "elder": user.elder if signed_in else request.COOKIES.get("elder") == "1",
            "theme": user.theme if signed_in else request.COOKIES.get("theme", "auto"),
            "language": get_language(),
            "signed_in": signed_in,
            "compound_name": compound.name if compound else "",
            "compound_phone": compound.phone if compound else "",
            "slug": slug,
            "home_url": (_address(home, slug) if slug else "") or "/",
            "login_url": "" if signed_in else address("people:sign-in"),
            "standing_label": standing.label if standing else "",
            "acting_for": getattr(request, "acting_for", ""),
            "is_resident": resident,
            "is_worker": bool(standing) and not resident,
            "role": role,
            # Pages of work go with somebody where there is no signal: a worker's, and a neighbour's who answers calls.
            "holder": holder(request.actor) if standing and (not resident or view.startswith("volunteers:")) else "",
            "switch_url": address("people:standings") if signed_in else "",
            # Made when they are drawn, which is seldom: the frame keeps them.
            "nav": lambda: (_resident(slug) if resident else _work(slug, role)) if standing else [],
            "groups": lambda: _desk(slug, role) if standing and not resident else [],
            "active": _active(view, resident),
        }
    }
