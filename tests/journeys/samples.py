"""A sample of every page: each named address as somebody who may see it, and in which state of its matter or vote."""

from collections.abc import Callable, Iterator

from audit import Sample
from django.urls import reverse
from ground import STRANGER, Village
from village import NOW
from vote_samples import CODE, casting, choosing, counts, forming, sessions

from linli.matters.access import matter_for
from linli.matters.models import Attachment
from linli.matters.rules.states import State, allowed
from linli.matters.services.alerts import token_of
from linli.matters.views.acts import table
from linli.matters.views.panel_page import NOT_HERE

MOMENT = NOW.timestamp()


def samples(v: Village) -> list[Sample]:
    rows: list[Sample] = []

    def page(name: str, role: str, *args, label: str = "", query: str = "", session: dict | None = None) -> None:
        rows.append(Sample(name, role, reverse(name, args=args) + query, label, session or {}))

    s, n = v.slug, v.number
    page("web:front", STRANGER)
    page("web:style", STRANGER)
    page("web:offline", STRANGER)
    page("web:offline", STRANGER, query="?left=1", label="left")
    page("people:sign-in", STRANGER)
    page("people:sign-in", STRANGER, query="?way=password", label="password")
    page("people:code", STRANGER, session={"asked_phone": "13800005170", "code_sent": CODE})
    page("people:privacy", STRANGER)
    page(
        "people:privacy",
        STRANGER,
        label="waiting",
        session={"proven": {"phone": "13800005170", "way": "code", "at": MOMENT}},
    )
    page("people:lost", STRANGER)
    page("matters:public", STRANGER, s)
    page("matters:solved", STRANGER, s)

    page("people:standings", "newcomer")
    page("people:standings", "newcomer", query="?q=柳", label="found")
    page("people:standings", "both")
    page("people:account", "owner")
    page("people:account", "clerk")
    page("people:password", "owner", session={"fresh": {"way": "code", "at": MOMENT}})
    page("people:phone", "owner", session={"fresh": {"way": "code", "at": MOMENT}})
    page(
        "people:phone-code",
        "owner",
        session={"fresh": {"way": "code", "at": MOMENT}, "new_phone": {"phone": "13800009999", "sent": CODE}},
    )
    page("notices:inbox", "owner", s)
    page("notices:council", "owner", s)
    page("notices:in-person", "grid", s)
    shot = (
        Attachment.objects.filter(compound_id=v.place.compound.pk, kind="photo")
        .select_related("matter")
        .order_by("id")[0]
    )
    page("matters:photo-original", "clerk", s, shot.matter.number, shot.pk)
    page("matters:home", "owner", s)
    page("matters:home", "both", s, label="empty")
    page("matters:mine", "owner", s)
    page("matters:report", "owner", s)
    page("matters:sent", "owner", s, n("submitted"))
    for state in ("in_progress", "resolved", "submitted", "asked", "suspended", "closed", "withdrawn", "reopened"):
        page("matters:matter", "owner", s, n(state), label=f"owner-{state}")
    for state in ("merged", "declined", "visited", "late", "emergency"):
        page("matters:matter", "tenant", s, n(state), label=f"tenant-{state}")
    page("matters:print", "owner", s, n("closed"))

    line = v.rows["换水龙头"].line
    page("matters:alert", "owner", s)
    page("matters:alert", "front", s, query="?room=7-1", label="front")
    page("matters:contacts", "owner", s, v.people["owner"].home_id)
    page("matters:contacts", "clerk", s, v.people["owner"].home_id, label="clerk")
    page("matters:contact-number", "clerk", s, v.rows["contact"].home_id, v.rows["contact"].pk)
    page("matters:reach", STRANGER, s, token_of(v.rows["call"]))
    page("matters:reach-number", "front", s, n("alert"), v.rows["call"].pk)
    page("matters:matter", "tenant", s, n("alert"), label="tenant-alert")
    page("matters:matter", "front", s, n("alert"), label="front-alert")
    page("matters:act", "front", s, n("alert"), "alert_answer", label="alert-answer")
    page("matters:checkins", "steward", s)
    page("matters:checkins", "manager", s, label="manager")
    page("matters:check-in", "steward", s, v.rows["seen"].pk)
    page("matters:check-plans", "manager", s)
    page("matters:prices", STRANGER, s)
    page("assembly:check-result", STRANGER)
    page("matters:help", "owner", s)
    page("matters:help", "front", s, label="front")
    page("matters:help-order", "owner", s, query=f"?line={line}")
    page("matters:price-list", "manager", s)
    page("matters:price-new", "manager", s)
    page("matters:price", "manager", s, line)
    for name in ("quoted", "paid"):
        page("matters:matter", "owner", s, n(name), label=f"owner-{name}")
    page("matters:act", "engineer", s, n("quoted"), "quote", label="quote")
    page("matters:act", "manager", s, n("quoted"), "agree", label="agree")

    page("matters:work", "engineer", s)
    page("matters:outbox", "engineer", s)
    for state in ("in_progress", "dispatched", "emergency"):
        page("matters:field", "engineer", s, n(state), label=f"engineer-{state}")
    page("matters:work", "grid", s, label="empty")
    page("matters:saved", "clerk", s, query="?view=overdue")
    page("matters:categories", "secretary", s)
    page("matters:category", "secretary", s, "01")
    page("matters:find", "engineer", s, query="?q=漏水")
    page("matters:matter", "engineer", s, n("in_progress"), label="engineer")
    page("matters:matter", "engineer", s, n("dispatched"), label="engineer-dispatched")
    page("matters:record", "engineer", s)
    page("matters:visits", "grid", s)
    page("matters:visits", "clerk", s, label="clerk")
    page("matters:hotline", "clerk", s)
    page("matters:hotline", "clerk", s, query="?answered=1", label="answered")
    page("matters:hotline-bring", "clerk", s)
    page("matters:hotline-import", "clerk", s, v.rows["hotline-import"].pk)
    page("matters:hotline-order", "clerk", s, v.rows["hotline-order"].pk)
    page("matters:outages", "manager", s)
    page("matters:decorations", "manager", s)
    page("matters:decorator", "manager", s, v.rows["decoration"].pk)
    page("matters:hot", "clerk", s)
    page("matters:listed", "chair", s)
    page("matters:together", "clerk", s)
    page("matters:whistles", "clerk", s)
    page("matters:whistles", "officer", s, label="officer")
    page("matters:whistles", "chair", s, label="chair")
    page("matters:whistle", "clerk", s, 1)
    page("matters:whistle", "officer", s, 2, label="draft")
    page("matters:whistle-new", "clerk", s, query=f"?matter={n('late')}")
    for act in ("call", "minutes", "fund_step", "close"):
        page("matters:whistle-act", "clerk", s, 1, act, label=act)
    page("matters:whistle-act", "officer", s, 2, "approve", label="approve")
    page("matters:ask-act", "clerk", s, 1, 1, "assign", label="assign")
    page("matters:ask-act", "clerk", s, 1, 2, "send_link", label="link")
    page("matters:ask-act", "clerk", s, 1, 2, "see_link", label="see-link")
    page("matters:link", STRANGER, v.rows["link"])
    page("matters:link-act", STRANGER, v.rows["link"], "answer", label="answer")
    page("matters:link-act", STRANGER, v.rows["link"], "start", label="start")
    page("matters:link-act", STRANGER, v.rows["link"], "sign_for", label="sign-for")
    page("matters:whistle-act", "chair", s, 1, "sign", label="sign")
    page("people:agencies", "clerk", s)
    page("people:new-agency", "clerk", s)
    page("people:agency", "officer", s, v.rows["court"].pk)
    page("matters:rapid", "clerk", s)
    page("matters:rapid", "chair", s)
    page("matters:act", "clerk", s, n("submitted"), "send_rapid", label="send-rapid")
    page("matters:act", "engineer", s, n("rapid"), "rapid_parts", label="rapid-parts")
    for role, name in (("owner", "rapid"), ("engineer", "rapid"), ("owner", "rapid_done")):
        page("matters:matter", role, s, n(name), label=f"{role}-{name}")
    for role in ("owner", "chair"):
        page("matters:matter", role, s, n("gated"), label=f"{role}-gated")
        page("matters:matter", role, s, n("lacking"), label=f"{role}-lacking")
    page("matters:act", "chair", s, n("lacking"), "gate_paper", label="gate-paper")
    page("matters:act", "chair", s, n("in_progress"), "gate_set", label="gate-set")
    page("matters:act", "chair", s, n("in_progress"), "plan_open", label="plan-open")
    page("matters:act", "chair", s, n("gated"), "plan_option", label="plan-option")
    page("matters:act", "chair", s, n("gated"), "plan_choose", label="plan-choose")
    page("matters:act", "chair", s, n("gated"), "gate_decide", label="gate-decide")
    page("matters:orders", "chair", s)
    page("matters:orders", "owner", s, label="owner")
    page("matters:order", "chair", s, 1, label="chair")
    page("matters:order", "manager", s, 1, label="manager")
    page("matters:order", "owner", s, 1, label="owner")
    page("matters:order-add", "chair", s, query="?q=灯")
    page("matters:order-act", "manager", s, 1, "accept", label="accept")
    page("matters:contact", "engineer", s, n("in_progress"))

    page("matters:desk", "front", s)
    page("matters:desk", "clerk", s)
    page("matters:desk", "clerk", s, query="?q=没有这样的事", label="nothing")
    page("matters:desk", "clerk", s, query="?view=ended", label="ended")
    page("matters:panel", "front", s, n("submitted"), label="submitted")
    page("matters:panel", "clerk", s, n("returned"), label="returned")
    page("matters:panel", "front", s, n("in_progress"), label="in_progress")
    page("matters:panel", "front", s, n("merged"), label="merged")
    page("matters:contact", "clerk", s, n("submitted"), label="clerk")
    page("matters:record", "clerk", s, label="clerk")
    page("matters:record", "clerk", s, query="?words=7栋1单元楼道灯不亮，晚上看不见", label="hints")
    page("matters:matter", "clerk", s, n("visited"), label="clerk")

    community = v.place.compound.community
    page("places:operator", "operator")
    page("places:new-subdistrict", "operator")
    page("places:new-community", "operator", community.subdistrict_id)
    page("places:community", "secretary", community.pk)
    page("places:new-compound", "secretary", community.pk)
    page("places:settings", "secretary", s)
    page("places:settings", "front", s)
    page("people:first-post", "operator", community.pk)
    page("people:first-officer", "operator", community.subdistrict_id)
    post = v.people["grid"].role_id
    page("people:community-posts", "secretary", community.pk)
    page("people:community-appoint", "secretary", community.pk, v.place.community.pk)
    page("people:community-end-post", "secretary", community.pk, post)
    page("people:bodies", "secretary", s)
    page("people:new-body", "secretary", s)
    page("people:end-body", "secretary", s, v.place.property.pk)
    page("people:appoint", "manager", s, v.place.property.pk)
    page("people:end-post", "manager", s, v.people["engineer"].role_id)

    binding, confirmed, owned = v.rows["binding"], v.rows["confirmed"], v.rows["owned"]
    page("people:me", "owner", s)
    page("people:me", "engineer", s)
    page("people:my-data", "owner", s)
    page("people:my-data", "engineer", s)
    page("people:withdraw", "owner")
    page("people:data-requests", "clerk", s)
    page("people:data-answer", "clerk", s, v.rows["asked-data"].pk)
    page("people:me", "clerk", s)
    page("people:bind", "newcomer", s)
    page("people:bind", "newcomer", s, query=f"?home={v.homes[3].pk}", label="home")
    page("people:bindings", "clerk", s)
    page("people:binding", "clerk", s, binding.pk)
    page("people:binding-refuse", "clerk", s, binding.pk)
    page("people:binding-end", "clerk", s, confirmed.pk)
    page("people:binding-reset", "clerk", s, confirmed.pk)
    page("people:register", "clerk", s)
    page("people:register", "clerk", s, query="?q=王", label="found")
    page("people:home", "clerk", s, owned.home_id)
    page("people:add-person", "clerk", s, owned.home_id)
    for name in ("show-phone", "correct-person", "end-tenure", "died", "guardian"):
        page(f"people:{name}", "clerk", s, owned.home_id, owned.person_id)
    page("people:changes", "clerk", s)
    page("people:change-paper", "clerk", s, v.rows["death"].pk)
    page("people:imports", "keeper", s)
    page("people:import-header", "keeper", s, v.rows["import-odd"].pk, 0)
    for step in ("import", "import-checked", "import-applied", "import-odd", "import-working"):
        page("people:import", "keeper", s, v.rows[step].pk, label=step)
    page("people:assist", "grid", s)
    page("people:paper", "grid", s, v.rows["paper"].pk)
    batches(v, page)
    for role in ("clerk", "officer", "front"):
        page("people:exports", role, s)
    page("people:exports", "manager", s, label="empty")
    page("people:new-export", "front", s, "batch", query="?number=1&state=blocked")
    for role, number in (("clerk", 1), ("officer", 1), ("front", 1), ("front", 2), ("secretary", 2), ("front", 3)):
        page("people:export", role, s, number, label=f"{role}-{number}")
    calls(v, page)
    night_talks(v, page)
    sessions(v, page)
    casting(v, page)
    counts(v, page)
    forming(v, page)
    choosing(v, page)
    standards(v, page)
    committee(v, page)
    representatives(v, page)
    for role in ("clerk", "engineer"):
        page("insight:numbers", role, s)
        page("insight:records", role, s, query="?what=accepted")
    page("insight:numbers", "clerk", s, query="?month=2025-01", label="empty")
    page("notices:council", "clerk", s)
    for role in ("clerk", "secretary"):
        page("notices:posting", role, s, v.rows["draft"].pk)
    page("notices:posting", "owner", s, v.rows["issued"].pk, label="issued")
    page("notices:posting", "secretary", s, v.rows["issued"].pk, label="to-take-down")
    return rows + list(acts(v))


def batches(v: Village, page: Callable[..., None]) -> None:
    s, home = v.slug, v.people["owner"].home_id
    page("matters:batches", "chair", s)
    page("matters:batch-new", "chair", s)
    for name in ("desk", "table", "add", "imports", "tell", "visits", "settings"):
        page(f"matters:batch-{name}", "chair", s, 1)
    page("matters:batch-desk", "manager", s, 1, query="?state=blocked", label="blocked")
    page("matters:batch-import", "chair", s, 1, v.rows["roster"].pk)
    page("matters:batch-home", "chair", s, 1, home)
    for step in ("check", "block", "correct"):
        page("matters:batch-step", "chair", s, 1, home, step, label=step)
    page("matters:batch", STRANGER, s, 1)
    page("matters:batch-mine", "owner", s, 1)


def night_talks(v: Village, page: Callable[..., None]) -> None:
    s, said, left = v.slug, v.rows["said"].pk, v.rows["point"].pk
    for role in ("owner", "clerk", "engineer"):
        page("councils:talks", role, s)
        for number in (1, 2, 3):
            page("councils:talk", role, s, number, label=f"{role}-{number}")
    page("councils:talk", "chair", s, 2, label="chair-2")
    page("councils:announce", "chair", s)
    page("councils:topic", "clerk", s, 3, v.rows["topic"].pk)
    page("councils:act", "chair", s, 3, "cancel", label="cancel")
    page("councils:act", "chair", s, 2, "publish", label="publish")
    for act in ("answer", "hand_on", "reword"):
        page("councils:point-act", "clerk", s, 2, said, act, label=act)
    page("councils:point-act", "clerk", s, 2, left, "follow_up", label="follow_up")
    page("councils:point-act", "clerk", s, 1, left, "correct", label="correct")


def standards(v: Village, page: Callable[..., None]) -> None:
    s, kept, waits = v.slug, v.rows["standard"].pk, v.rows["standard_waits"].pk
    for role in ("owner", "chair", "manager", "engineer"):
        page("councils:standards", role, s)
        page("councils:standard", role, s, kept)
    page("councils:standard", "chair", s, waits, label="waits")
    page("councils:standard-new", "chair", s)
    page("councils:standards-act", "manager", s, "pledge")
    for act in ("check", "end"):
        page("councils:standard-act", "chair", s, kept, act, label=act)
    page("councils:standard-correct", "chair", s, kept, v.rows["standard_check"].pk)


def committee(v: Village, page: Callable[..., None]) -> None:
    s, n = v.slug, {k: v.rows[k].number for k in ("done", "signing", "waits", "agenda", "asked_for", "few")}
    for role in ("owner", "engineer", "chair", "member", "writer"):
        page("councils:meetings", role, s)
        page("councils:meeting", role, s, n["done"], label=f"{role}-done")
        page("councils:seals", role, s)
        page("councils:fees", role, s)
        page("councils:seal", role, s, 1, label=f"{role}-used")
    for role in ("owner", "member", "absent", "writer"):
        page("councils:meeting", role, s, n["signing"], label=f"{role}-signing")
        page("councils:meeting", role, s, 2, label=f"{role}-called")
    for role, name in (
        ("chair", "waits"),
        ("writer", "waits"),
        ("chair", "agenda"),
        ("member", "asked_for"),
        ("absent", "asked_for"),
        ("owner", "few"),
    ):
        page("councils:meeting", role, s, n[name], label=f"{role}-{name}")
    page("councils:meeting-new", "member", s)
    page("councils:item-assembly", "chair", s, n["done"], 2)
    page("councils:fees-new", "chair", s)
    steps = {"chair": (("agenda", "call"), ("agenda", "cancel"), ("waits", "publish")), "absent": (("asked_for", "support"),),
             "writer": (("signing", "minutes"), ("done", "correct"))}  # fmt: skip
    for role, rows in steps.items():
        for name, act in rows:
            page("councils:meeting-act", role, s, n[name], act, label=act)
    page("councils:item-act", "member", s, n["signing"], 1, "sign", label="sign")
    page("councils:item-act", "writer", s, n["signing"], 1, "enter", label="enter")
    page("councils:seal-new", "writer", s)
    for number in (2, 3):
        page("councils:seal", "member", s, number, label=f"member-{number}")
    page("councils:seal", "writer", s, 2, label="writer-2")
    page("councils:seal-act", "member", s, 2, "agree", label="agree")
    page("councils:seal-act", "writer", s, 3, "use", label="use")
    page("councils:seal-act", "writer", s, 1, "correct", label="correct")


def calls(v: Village, page: Callable[..., None]) -> None:
    s, n = v.slug, {name: call.number for name, call in v.calls.items()}
    for role in ("owner", "both", "tenant", "volunteer", "clerk"):
        page("volunteers:board", role, s)
    page("volunteers:mine", "owner", s)
    page("volunteers:mine", "tenant", s, label="empty")
    page("volunteers:shout", "owner", s)
    page("volunteers:shout", "clerk", s, label="for-whom")
    for name in ("open", "claimed", "done", "confirmed", "withdrawn"):
        page("volunteers:call", "owner", s, n[name], label=f"owner-{name}")
    page("volunteers:call", "volunteer", s, n["far"], label="volunteer-open")
    page("volunteers:call", "volunteer", s, n["claimed"], label="volunteer-claimed")
    page("volunteers:call", "captain", s, n["claimed"], label="helper")
    page("volunteers:call", "tenant", s, n["claimed"], label="neighbour")
    page("volunteers:contact", "volunteer", s, n["claimed"])
    steps = {"owner": (("claimed", "call_me"), ("claimed", "call_again"), ("claimed", "withdraw"), ("done", "confirm"), ("done", "not_done")),
             "volunteer": (("claimed", "note"), ("claimed", "finish"), ("claimed", "release")), "captain": (("claimed", "leave"),)}  # fmt: skip
    for role, rows in steps.items():
        for name, act in rows:
            page("volunteers:act", role, s, n[name], act, label=act)


def representatives(v: Village, page: Callable[..., None]) -> None:
    s = v.slug
    for role in ("clerk", "grid"):
        page("volunteers:representatives", role, s)
        page("volunteers:representative", role, s, v.rows["representative"].pk)
        page("volunteers:representative-new", role, s)
        page("volunteers:house-acts", role, s)
    page("volunteers:house-act", "clerk", s, v.rows["solved"].number, label="to-praise")
    page("volunteers:house-act", "representative", s, v.rows["patrol"].number)
    page("volunteers:house-act", "representative", s, v.rows["solved"].number, label="to-follow")
    page("volunteers:representative-mine", "representative", s)
    page("volunteers:house-act-new", "representative", s)
    page("volunteers:my-representative", "owner", s)
    page("volunteers:my-representative", "both", s, label="none")


def acts(v: Village) -> Iterator[Sample]:
    """Each act's form once at each door: where it stands first in the village."""
    doors = (("matters:act", ("owner", "tenant"), frozenset()), ("matters:act", ("engineer", "grid", "manager", "clerk"), frozenset()),
             ("matters:panel-act", ("front", "clerk", "secretary"), NOT_HERE))  # fmt: skip
    for door, (name, roles, left_out) in enumerate(doors):
        seen: set[str] = set()
        for role in roles:
            for matter in v.matters.values():
                found = matter_for(compound=v.place.compound, number=matter.number, by=v.people[role])
                for act in allowed(State(found[0].state), found[1]) if found else []:
                    if act in table() and act not in seen and act not in left_out:
                        seen.add(act)
                        yield Sample(name, role, reverse(name, args=[v.slug, matter.number, act]), f"{door}-{act}")
