"""A call in the words of its readers: a card on the board, whose turn it is since when, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import RESIDENTS, Role
from linli.people.words import ROLES
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import lasting, moment, short

from ..models import Call, Claim
from ..rules import FINAL, LOOKED_AT, UNDER_WAY, Act, State, Who
from ..words import KINDS
from . import waiting

TITLE_MOST = 40


def title(call: Call) -> str:
    first = call.words.splitlines()[0]
    return first if len(first) <= TITLE_MOST else first[: TITLE_MOST - 1] + "…"


def place(call: Call) -> str:
    return " · ".join(filter(None, [call.building.label if call.building else "", str(KINDS[call.kind])]))


@dataclass(frozen=True, slots=True)
class Card:
    """On the board: until when large at the left, the building only."""

    number: int
    title: str
    note: str
    when: str
    left: str
    looked: bool = False


def card(call: Call, now: datetime) -> Card:
    """The hour today, the day later on: an hour alone would be read as tonight's."""
    local = timezone.localtime(call.due_at)
    clock = f"{local.hour}:{local.minute:02d}"
    today = local.date() == timezone.localtime(now).date()
    left = _("还有 %(span)s") % {"span": lasting(call.due_at - now)} if call.due_at > now else _("到时间了")
    asked = _("%(span)s前喊的") % {"span": lasting(now - call.called_at)}
    note = f"{place(call)} · {asked}"
    return Card(
        call.number,
        title(call),
        note,
        clock if today else short(call.due_at),
        left if today else clock,
        call.kind in LOOKED_AT,
    )


MARKS = {
    State.OPEN: "nobody", State.CLAIMED: "outer", State.DONE: "nobody", State.CONFIRMED: "done", State.FALLEN: "inner",
    State.WITHDRAWN: "done",
}  # fmt: skip


def said(state: str) -> str:
    return {
        State.OPEN: _("等邻居接"),
        State.CLAIMED: _("有邻居接了"),
        State.DONE: _("说办好了"),
        State.CONFIRMED: _("办好了"),
        State.FALLEN: _("没人接，交上去办了"),
        State.WITHDRAWN: _("撤回了"),
    }[State(state)]


def waits_for(by: Actor, slug: str, now: datetime) -> list[dict]:
    """On a resident's home page: what somebody says is done (the answers judge: equal weight, nothing chosen), and the neighbour
    whom this one promised to come to."""
    return [(_done_card if call.state == State.DONE else _promised_card)(call, slug, now) for call in waiting(by=by)]


def _since(call: Call, now: datetime) -> str:
    return _("%(when)s 起 · 已经 %(span)s") % {"when": moment(call.since, now), "span": lasting(now - call.since)}


def _done_card(call: Call, slug: str, now: datetime) -> dict:
    return {
        "lead": _("邻居说办好了"),
        "until": _("请您看一看"),
        "title": title(call),
        "note": _since(call, now),
        "href": numbered("volunteers:call", slug, call.number),
        "answers": [
            {"label": _("还没办好"), "icon": "close", "href": address("volunteers:act", slug, call.number, Act.NOT_DONE.value)},
            {"label": _("办好了"), "icon": "check", "href": address("volunteers:act", slug, call.number, Act.CONFIRM.value)},
        ],
    }  # fmt: skip


def _promised_card(call: Call, slug: str, now: datetime) -> dict:
    href = numbered("volunteers:call", slug, call.number)
    return {
        "lead": _("您接了，邻居在等您"),
        "until": "",
        "title": title(call),
        "note": _since(call, now),
        "href": href,
        "answers": [
            {"label": _("看怎么去"), "href": href},
            {"label": _("办好了"), "icon": "check", "href": address("volunteers:act", slug, call.number, Act.FINISH.value)},
        ],
    }  # fmt: skip


def cell(call: Call, slug: str, now: datetime) -> dict:
    note = " · ".join([said(call.state), place(call), moment(call.since, now)])
    return {
        "title": title(call),
        "note": note,
        "href": numbered("volunteers:call", slug, call.number),
        "turn": MARKS[State(call.state)],
    }


@dataclass(frozen=True)
class Turn:
    mark: str
    title: str
    note: str


def turn(call: Call, parts: frozenset[Who], claims: Sequence[Claim], now: datetime) -> Turn:
    """Whose turn it is and since when, as this reader sees it."""
    state = State(call.state)
    note = _since(call, now)
    if state in FINAL:
        return Turn(MARKS[state], said(state), moment(call.since, now))
    if state == State.CLAIMED:
        if Who.CLAIMER in parts:
            return Turn("you", _("轮到您，您接的"), note)
        name = next((c.name for c in claims if c.kind == Who.CLAIMER), "")
        return Turn("outer", _("%(name)s接了") % {"name": name}, note)
    if state == State.DONE:
        yours = Who.CALLER in parts
        return Turn("you" if yours else "nobody", _("轮到您看一看") if yours else _("等喊的人看一看"), note)
    return Turn("nobody", _("等邻居来接"), note)


@dataclass(frozen=True)
class Page:
    """`whole`: may read the words and what happened; `home`: to whom the door is shown, and only while it lasts."""

    title: str
    subtitle: str
    turn: Turn
    due: str
    words: str
    home: str
    people: list[tuple[str, str]]
    whole: bool


def page(call: Call, parts: frozenset[Who], claims: Sequence[Claim], now: datetime) -> Page:
    state = State(call.state)
    near = parts & {Who.CALLER, Who.CLAIMER, Who.HELPER}
    whole = bool(near or Who.WATCHER in parts or state in {State.OPEN, State.CLAIMED})
    door = Who.CALLER in parts or bool(near and state in UNDER_WAY)
    label = _("第 %(n)s 号") % {"n": call.number}
    return Page(
        title=title(call) if whole else label,
        subtitle=" · ".join([label, place(call)]),
        turn=turn(call, parts, claims, now),
        due=moment(call.due_at, now) if state in {State.OPEN, State.CLAIMED} else "",
        words=call.words if whole and call.words != title(call) else "",
        home=call.home.label if door and call.home else "",
        people=[(c.name, _who(c.role)) for c in claims] if whole else [],
        whole=whole,
    )


def _who(role: str) -> str:
    return _("邻居") if role in RESIDENTS else str(ROLES.get(role, role))


def lines(call: Call, entries: Sequence[AuditEntry], now: datetime) -> list[dict]:
    """Newest first."""
    return [{"text": _line(call, e), "when": _when(e, now), "who": _by(call, e)} for e in entries]


def _when(entry: AuditEntry, now: datetime) -> str:
    """Both moments of what was done without a signal."""
    came = entry.data.get("received")
    if not came:
        return moment(entry.at, now)
    values = {"when": moment(entry.at, now), "received": moment(datetime.fromisoformat(came), now)}
    return _("%(when)s，%(received)s 送到") % values


def _by(call: Call, entry: AuditEntry) -> str:
    if entry.role == Role.CLOCK:
        return _("到时间了")
    calls = entry.act in {Act.SHOUT, Act.CONFIRM, Act.NOT_DONE, Act.CALL_AGAIN, Act.CALL_ME, Act.WITHDRAW}
    if calls and entry.role in RESIDENTS:
        return _("喊的人")
    return _who(entry.role)


def _line(call: Call, entry: AuditEntry) -> str:
    name, words = entry.data.get("name", ""), entry.words
    plain = {
        Act.SHOUT: _("喊了一声"),
        Act.CLAIM: _("%(name)s接了") % {"name": name},
        Act.UNSAFE: _("邻居看过，有危险，交上去办了"),
        Act.JOIN: _("%(name)s一起去") % {"name": name},
        Act.LEAVE: _("一起去的不去了"),
        Act.RELEASE: _("接的人去不了，又喊了一声"),
        Act.SEE_CONTACT: _("接的人看了电话和门牌"),
        Act.NOTE: _("去帮忙的说"),
        Act.LATE: _("没赶上的"),
        Act.FINISH: _("说办好了"),
        Act.CONFIRM: _("喊的人说办好了"),
        Act.NOT_DONE: _("喊的人说还没办好"),
        Act.CALL_ME: _("请接的人回个电话"),
        Act.CALL_AGAIN: _("没等到人，又喊了一声"),
        Act.WITHDRAW: _("不用了"),
        Act.FALL: _("没有人接，交上去办了"),
    }[Act(entry.act)]
    if not words or entry.act == Act.SHOUT:
        return plain
    return _("%(what)s：%(words)s") % {"what": plain, "words": words}
